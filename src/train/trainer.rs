//! The loop over epochs and updates.

use super::batch::Assembler;
use super::events::{Control, Event, Observer, Outcome};
use super::health::Health;
use super::non_finite::{Pass, first_fault, in_tensors};
use super::order::{Order, Pool};
use super::progress::{Best, EpochSums, Progress};
use super::step::{Batch, Workspace};
use crate::config::{Config, State as StateMode};
use crate::data::{Chunk, Dataset, Encoder, Scalers, Span, Windows, lanes};
use crate::error::Result;
use crate::model::{DropoutKey, Network, State, Tensors};
use crate::optim::{LearningRate, Loss, OptimizerState, Update, clip_factor, norm, scale};

/// Everything a run works on; what changes is in [`Progress`].
pub struct Trainer<'a> {
    pub(super) config: &'a Config,
    pub(super) dataset: &'a Dataset,
    pub(super) encoder: &'a Encoder,
    pub(super) scalers: &'a Scalers,
    pub(super) network: &'a Network,
    windows: Windows,
    pool: Pool,
    /// Updates of an epoch with carried state; empty otherwise.
    chunks: Vec<Vec<Chunk>>,
    workspace: Workspace,
    /// A run that is clipped all the time need not hear it every epoch.
    pub(super) told_of_clipping: bool,
    pub(super) health: Health,
}

impl<'a> Trainer<'a> {
    /// A trainer for a network on the train rows of a data set.
    pub fn new(
        config: &'a Config,
        dataset: &'a Dataset,
        encoder: &'a Encoder,
        scalers: &'a Scalers,
        network: &'a Network,
    ) -> Self {
        let (segments, reach) = (dataset.train.segments(), encoder.reach());
        let windows = Windows::new(config, &segments, reach);
        let chunks = match (config.training.state, config.data.window) {
            (StateMode::Carry { lanes: parts }, Some(window)) => {
                let batch_size = config.training.batch_size;
                lanes::updates(&segments, reach, window.length, parts, batch_size)
            }
            _ => Vec::new(),
        };
        let workspace = Workspace::new(network);
        Self {
            config,
            dataset,
            encoder,
            scalers,
            network,
            windows,
            pool: Pool::default(),
            chunks,
            workspace,
            told_of_clipping: false,
            health: Health::default(),
        }
    }

    /// How many output numbers (targets x horizon, at each timestep of a block) may exist at once; beyond, they are made in
    /// chunks of time. It changes memory and speed, and no bit.
    pub fn hold_outputs(&mut self, numbers: usize) {
        self.workspace.most_outputs = numbers;
    }

    /// The state of a run before its first update.
    pub fn start(&self, params: Tensors) -> Progress {
        let optimizer =
            OptimizerState::new(&self.config.training.optimizer, params.as_slice().len());
        Progress {
            epoch: 0,
            update: 0,
            step: 0,
            optimizer,
            plateau: self.learning_rate(0).plateau(),
            cosine_epochs: self.config.training.epochs,
            sums: EpochSums::default(),
            best: Some(Best { epoch: 0, valid_loss: None, params: params.clone() }),
            stopping_best: None,
            stopping_bad: 0,
            lanes: self.no_lanes(),
            stopped_early: false,
            params,
        }
    }

    /// The lanes' states at the start of an epoch: zeros; none without carried state.
    fn no_lanes(&self) -> Option<State> {
        let carried = self.config.training.state != StateMode::Reset;
        carried.then(|| self.network.zero_state(self.config.training.batch_size))
    }

    pub(super) fn learning_rate(&self, cosine_epochs: usize) -> LearningRate {
        let training = &self.config.training;
        LearningRate {
            start: training.optimizer.learning_rate(),
            schedule: training.schedule,
            warmup_steps: training.warmup_steps,
            cosine_epochs,
        }
    }

    /// Updates in an epoch.
    pub fn updates(&self) -> u64 {
        match self.config.training.state {
            StateMode::Carry { .. } => self.chunks.len() as u64,
            StateMode::Reset => {
                self.windows.count().div_ceil(self.config.training.batch_size as u64)
            }
        }
    }

    /// Goes on from `progress` to the end, or until the observer says stop.
    pub fn run(&mut self, progress: &mut Progress, observer: &mut dyn Observer) -> Result<Outcome> {
        if progress.stopped_early {
            return Ok(Outcome::StoppedEarly);
        }
        observer.on(Event::Epochs(self.config.training.epochs))?;
        while progress.epoch < self.config.training.epochs {
            if self.epoch(progress, observer)? == Control::Stop {
                return Ok(Outcome::Interrupted);
            }
            let control = self.end_epoch(progress, observer)?;
            if progress.stopped_early {
                return Ok(Outcome::StoppedEarly);
            }
            if control == Control::Stop && progress.epoch < self.config.training.epochs {
                return Ok(Outcome::Interrupted);
            }
        }
        Ok(Outcome::Finished)
    }

    fn epoch(&mut self, progress: &mut Progress, observer: &mut dyn Observer) -> Result<Control> {
        let (updates, epoch) = (self.updates(), progress.epoch + 1);
        if progress.update == 0 {
            progress.sums = EpochSums::default();
            progress.lanes = self.no_lanes();
        }
        observer.on(Event::EpochStart { epoch, updates, done: progress.update })?;
        while progress.update < updates {
            let rows = self.update(progress, observer)?;
            if observer.on(Event::Step { progress, rows })? == Control::Stop {
                return Ok(Control::Stop);
            }
        }
        Ok(Control::Go)
    }

    /// One update; returns the timesteps it was made from.
    fn update(&mut self, progress: &mut Progress, observer: &mut dyn Observer) -> Result<u64> {
        let chunks = self.chunks.get(progress.update as usize).cloned();
        let (spans, chunks) = match chunks {
            Some(mut chunks) => {
                chunks.sort_by_key(|chunk| std::cmp::Reverse(chunk.span.len));
                (chunks.iter().map(|chunk| chunk.span).collect(), chunks)
            }
            None => (self.spans(progress), Vec::new()),
        };
        let initial = self.take_lanes(progress, &chunks);
        let training = &self.config.training;
        let batch = Batch {
            spans: &spans,
            initial: initial.as_ref(),
            loss: Loss {
                kind: training.loss,
                sequences: spans.len() as f32,
                class_weights: &self.encoder.class_weights,
            },
            dropout: Some(DropoutKey { seed: training.seed, step: progress.step }),
        };
        let assembler = Assembler {
            part: &self.dataset.train,
            encoder: self.encoder,
            scalers: self.scalers,
            input: &self.network.architecture().input,
            loss_steps: self.config.task.loss_steps,
            forget: (training.seed, progress.step),
        };
        let loss = self.workspace.gradients(self.network, &progress.params, assembler, &batch);
        let norm = norm(self.workspace.gradient());
        let rows = spans.iter().map(|span| span.len as u64).sum();
        if let Some(noticed) = self.not_finite(loss.per_sequence(), norm) {
            let first = first_fault(self.network, &progress.params, assembler, &batch);
            let gradient = self.workspace.gradient();
            let first = first
                .or_else(|| in_tensors(self.network, gradient, Pass::Gradient, "gradient of "));
            let report = self.report(progress, noticed, norm, first, &spans);
            self.pass_over(progress, &report, observer)?;
            self.clear_lanes(progress, &chunks);
            return Ok(rows);
        }
        progress.sums.loss.add(loss);
        self.apply(progress, norm);
        self.check_result(progress, norm, &spans, observer)?;
        if !chunks.is_empty() {
            let ended = self.workspace.final_states(self.network, spans.len());
            self.put_lanes(progress, &chunks, &ended);
        }
        Ok(rows)
    }

    /// The windows of the next update, longest first.
    fn spans(&mut self, progress: &Progress) -> Vec<Span> {
        let training = &self.config.training;
        let order = Order {
            windows: &self.windows,
            batch_size: training.batch_size as u64,
            shuffle: training.shuffle,
            seed: training.seed,
        };
        order.spans(&mut self.pool, progress.epoch as u64, progress.update)
    }

    /// Clips the gradient and moves the weights.
    fn apply(&mut self, progress: &mut Progress, norm: f64) {
        let training = &self.config.training;
        let gradient = self.workspace.gradient();
        if let Some(factor) = training.clip_grad_norm.and_then(|max| clip_factor(norm, max)) {
            scale(gradient, factor);
            progress.sums.clipped += 1;
        }
        let learning_rate = self.learning_rate(progress.cosine_epochs).at(
            progress.epoch,
            progress.step,
            &progress.plateau,
        );
        let update = Update { optimizer: training.optimizer, learning_rate };
        update.apply(
            progress.params.as_mut_slice(),
            self.workspace.gradient(),
            &mut progress.optimizer,
        );
        progress.sums.norms += norm;
        progress.sums.learning_rate = learning_rate;
        progress.step += 1;
        progress.update += 1;
    }

    /// The states the chunks go on from.
    fn take_lanes(&self, progress: &Progress, chunks: &[Chunk]) -> Option<State> {
        if chunks.is_empty() {
            return None;
        }
        let lanes = self.config.training.batch_size;
        let hidden = self.network.architecture().hidden;
        let state = progress.lanes.as_ref()?;
        let mut rows = self.network.zero_state(chunks.len());
        for (row, chunk) in chunks.iter().enumerate().filter(|(_, chunk)| !chunk.fresh) {
            rows.copy_row(row, chunks.len(), state, chunk.lane, lanes, hidden);
        }
        Some(rows)
    }

    fn put_lanes(&self, progress: &mut Progress, chunks: &[Chunk], ended: &State) {
        let lanes = self.config.training.batch_size;
        let hidden = self.network.architecture().hidden;
        let Some(state) = &mut progress.lanes else { return };
        for (row, chunk) in chunks.iter().enumerate() {
            state.copy_row(chunk.lane, lanes, ended, row, chunks.len(), hidden);
        }
    }
}
