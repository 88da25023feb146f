//! How long whole training steps take: the trainer itself at work on the run's own batches, watched by a clock.

use std::time::{Duration, Instant};

use super::prepare::Prepared;
use crate::config::{Config, Head, RelativeTo, State, Window};
use crate::error::Result;
use crate::model::{Architecture, BLOCK_ROWS, Read, cell, initial_params};
use crate::train::{Control, Event, Observer};

/// One update: windows filled, forward, loss, backward, clip, optimizer.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Step {
    /// What the clock said.
    pub(super) seconds: f64,
    /// Timesteps of all its sequences.
    pub(super) timesteps: u64,
    /// Its sequences.
    pub(super) sequences: u64,
}

/// When a measurement begins, and when it has seen enough.
#[derive(Clone, Copy, Debug)]
pub(super) struct Patience {
    /// Steps not counted: buffers grow, caches and threads warm up.
    pub(super) warm_up: usize,
    /// The same, in time: as many steps as fit into it.
    pub(super) warm_up_time: Duration,
    /// Fewest steps that count.
    pub(super) least: usize,
    /// Longest time, if there are as many.
    pub(super) most: Duration,
    /// So many steps in so long a time are enough before that.
    pub(super) enough: (usize, Duration),
}

/// Trains from the initial weights and forgets what was learnt; never scores validation rows.
pub(super) fn steps(config: &Config, prepared: &Prepared, patience: Patience) -> Result<Vec<Step>> {
    let mut config = config.clone();
    config.training.epochs = config.training.epochs.max(1);
    let mut trainer = prepared.trainer(&config);
    let mut progress = trainer.start(initial_params(&prepared.network, config.training.seed));
    let now = Instant::now();
    let mut clock = Clock {
        patience,
        updates: trainer.updates(),
        started: now,
        last: now,
        counted_from: None,
        sequences: 0,
        passed: 0,
        steps: Vec::new(),
    };
    while !clock.is_enough() {
        trainer.run(&mut progress, &mut clock)?;
        progress.update = 0; // the epoch once more
    }
    Ok(clock.steps)
}

struct Clock {
    patience: Patience,
    /// In an epoch.
    updates: u64,
    started: Instant,
    last: Instant,
    /// When warming up was over.
    counted_from: Option<Instant>,
    /// Sequences of the epoch so far.
    sequences: u64,
    passed: usize,
    steps: Vec<Step>,
}

impl Clock {
    fn is_enough(&self) -> bool {
        let Some(time) = self.counted_from.map(|from| from.elapsed()) else { return false };
        let (patience, steps) = (self.patience, self.steps.len());
        let enough = steps >= patience.enough.0 && time >= patience.enough.1;
        steps >= patience.least && (enough || time >= patience.most)
    }
}

impl Observer for Clock {
    fn on(&mut self, event: Event<'_>) -> Result<Control> {
        let mut control = Control::Go;
        match event {
            Event::EpochStart { .. } => self.sequences = 0,
            Event::Step { progress, rows } => {
                let seconds = self.last.elapsed().as_secs_f64();
                let sequences = progress.sums.loss.sequences - self.sequences;
                self.sequences = progress.sums.loss.sequences;
                self.passed += 1;
                if self.counted_from.is_some() {
                    self.steps.push(Step { seconds, timesteps: rows, sequences });
                } else if self.passed >= self.patience.warm_up
                    && self.started.elapsed() >= self.patience.warm_up_time
                {
                    self.counted_from = Some(Instant::now());
                }
                if self.is_enough() || progress.update == self.updates {
                    control = Control::Stop;
                }
            }
            _ => {}
        }
        self.last = Instant::now();
        Ok(control)
    }
}

/// Floating-point operations of a training step, forward and back: 3 x 2 x gates x hidden x (in + hidden) for
/// each timestep, layer and direction; 3 x 2 x directions x hidden x outputs wherever the head reads. Layers over
/// characters are not counted: how often they run hangs on the words.
#[derive(Clone, Copy, Debug)]
pub(super) struct Flops {
    per_timestep: f64,
    per_reading: f64,
    every_step: bool,
}

impl Flops {
    pub(super) fn new(a: &Architecture) -> Self {
        let (hidden, width) = (a.hidden as f64, (a.directions * a.hidden) as f64);
        let gates = cell::gates(a.cell) as f64;
        let layer = |input: f64| 6.0 * gates * width * (input + hidden);
        let linear = a.head == Head::Linear;
        Self {
            per_timestep: layer(a.input.features() as f64) + (a.layers as f64 - 1.0) * layer(width),
            per_reading: if linear { 6.0 * width * a.outputs as f64 } else { 0.0 },
            every_step: a.read == Read::EveryStep,
        }
    }

    /// Of so many timesteps in so many sequences.
    pub(super) fn of(&self, timesteps: u64, sequences: u64) -> f64 {
        let readings = if self.every_step { timesteps } else { sequences };
        self.per_timestep * timesteps as f64 + self.per_reading * readings as f64
    }
}

/// The same run with smaller batches, then shorter windows, where a step would take more than `most` operations:
/// what a timestep takes can be measured on less.
pub(super) fn affordable(config: &Config, prepared: &Prepared, most: f64) -> Config {
    let mut config = config.clone();
    let flops = Flops::new(prepared.network.architecture());
    let longest = prepared.windows(&config).longest() as u64;
    let rows = |batch: usize| flops.of(longest * batch as u64, batch as u64);
    let training = &mut config.training;
    let side_by_side = BLOCK_ROWS * rayon::current_num_threads();
    if rows(training.batch_size) > most {
        training.batch_size = training.batch_size.min(side_by_side);
    }
    let step = rows(training.batch_size);
    if step > most {
        let length = ((longest as f64 * most / step) as usize).max(1);
        let whole = Window { length, stride: length, relative_to: RelativeTo::None };
        let carried = training.state != State::Reset;
        let window = config.data.window.get_or_insert(whole);
        window.length = window.length.min(length);
        if carried {
            window.stride = window.length;
        }
    }
    config
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Cell;
    use crate::model::InputShape;

    #[test]
    fn operations_of_a_step_by_hand() {
        let a = Architecture {
            cell: Cell::Gru,
            directions: 2,
            layers: 2,
            input: InputShape::numbers(5),
            hidden: 4,
            outputs: 3,
            head: Head::Linear,
            read: Read::EveryStep,
            dropout: 0.0,
            input_dropout: 0.0,
        };
        // 3 gates of 4 units in 2 directions read 5 + 4 numbers, then 8 + 4; the head reads 8.
        let recurrent = 6.0 * 3.0 * 4.0 * 2.0 * (9.0 + 12.0);
        assert_eq!(Flops::new(&a).of(10, 2), 10.0 * (recurrent + 6.0 * 8.0 * 3.0));
        let last = Architecture { read: Read::FinalState, ..a };
        assert_eq!(Flops::new(&last).of(10, 2), 10.0 * recurrent + 2.0 * 6.0 * 8.0 * 3.0);
    }

    /// Thirty rows, windows of four: 30 - 1 - 3 = 26 windows in batches of 8.
    fn prepared(folder: &std::path::Path, extra: &str) -> (Config, Prepared) {
        let rows: String = (0..30).map(|row| format!("{}\n", row % 7)).collect();
        std::fs::write(folder.join("y.csv"), format!("y\n{rows}")).expect("a scratch file");
        let text = format!(
            r#"{{"data":{{"path":"y.csv","targets":["y"],"window":{{"length":4}},"split":{{"valid":0,"test":0}}}},
                "task":{{"type":"forecast"}},"model":{{"topology":"single","cell":"rnn","hidden_size":3}},
                "training":{{"batch_size":8,"epochs":0{extra}}}}}"#
        );
        let config = Config::parse(&text, "test", folder, &[]).expect("valid");
        let prepared = Prepared::new(&config).expect("rows");
        (config, prepared)
    }

    fn timed(config: &Config, prepared: &Prepared, least: usize) -> Vec<(u64, u64)> {
        let zero = Duration::ZERO;
        let patience =
            Patience { warm_up: 4, warm_up_time: zero, least, most: zero, enough: (0, zero) };
        let steps = steps(config, prepared, patience).expect("steps");
        assert!(steps.iter().all(|step| step.seconds > 0.0));
        steps.iter().map(|step| (step.sequences, step.timesteps)).collect()
    }

    #[test]
    fn an_epoch_is_gone_through_again_its_last_batch_too() {
        let folder = tempfile::tempdir().expect("a scratch folder");
        let (config, prepared) = prepared(folder.path(), "");
        let (whole, last) = ((8, 32), (2, 8));
        let wanted = [whole, whole, whole, last, whole, whole];
        assert_eq!(timed(&config, &prepared, wanted.len()), wanted);
    }

    #[test]
    fn a_step_that_would_take_long_is_timed_in_part() {
        let folder = tempfile::tempdir().expect("a scratch folder");
        let (config, prepared) = prepared(folder.path(), "");
        let window = |config: &Config| config.data.window.map(|w| w.length);
        let flops = Flops::new(prepared.network.architecture());
        let whole = affordable(&config, &prepared, flops.of(32, 8));
        assert_eq!((whole.training.batch_size, window(&whole)), (8, Some(4)));
        let half = affordable(&config, &prepared, flops.of(16, 8));
        assert_eq!(window(&half), Some(2));
        assert_eq!(timed(&half, &prepared, 1), [(8, 16)]);
        let least = affordable(&config, &prepared, 1.0);
        assert_eq!(window(&least), Some(1));
    }
}
