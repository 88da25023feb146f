//! The section on memory and time.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::layout::Page;
use crate::config::{Config, TaskKind};
use crate::data::PartRows;
use crate::error::{Error, Result};
use crate::eval::{Evaluation, Wanted, valid_loss};
use crate::job::memory;
use crate::job::prepare::Prepared;
use crate::job::timing::{self, Patience, affordable};
use crate::model::initial_params;
use crate::optim::Loss;
use crate::serve::Plan;
use crate::text::{counted, seconds, thousands};

const PATIENCE: Patience = Patience {
    warm_up: 2,
    warm_up_time: Duration::ZERO,
    least: 3,
    most: Duration::from_millis(500),
    enough: (40, Duration::from_millis(20)),
};
/// Operations of a step that is timed as it is; larger ones are timed in part.
const STEP: f64 = 1e10;
/// Rows that are scored first, and how long scoring more of them may take.
const FIRST_ROWS: usize = 64;
const SCORING: Duration = Duration::from_millis(100);

/// Seconds of a run by what they are for.
pub(super) struct Times {
    updates: u64,
    epoch_training: f64,
    epoch_scoring: f64,
    last_scoring: f64,
}

impl Times {
    /// For programs.
    pub(super) fn json(&self, config: &Config) -> Value {
        let epoch = self.epoch_training + self.epoch_scoring;
        json!({
            "update": self.epoch_training / self.updates as f64,
            "epoch": epoch,
            "run": config.training.epochs as f64 * epoch + self.last_scoring,
            "threads": rayon::current_num_threads(),
        })
    }
}

/// Times a few steps and a few predictions. A run that diverges at once is no error here but a finding.
pub(super) fn times(
    config: &Config,
    prepared: &Prepared,
) -> Result<std::result::Result<Times, String>> {
    let smaller = affordable(config, prepared, STEP);
    let steps = match timing::steps(&smaller, prepared, PATIENCE) {
        Ok(steps) => steps,
        Err(Error::Diverged(message)) => return Ok(Err(message)),
        Err(error) => return Err(error),
    };
    let seconds: f64 = steps.iter().map(|step| step.seconds).sum();
    let timestep = seconds / steps.iter().map(|step| step.timesteps).sum::<u64>() as f64;
    let per_row = scoring(config, prepared, timestep)?;
    let scored = |part: &str| {
        let part = prepared.dataset.part(part);
        part.map_or(0.0, |part| per_row * work(config, prepared, part) as f64)
    };
    let (used, _) = prepared.row_counts(config);
    let carried = config.training.state != crate::config::State::Reset;
    let timesteps = if carried { used } else { prepared.windows(config).timesteps() };
    let (valid, test) = (scored("valid"), scored("test"));
    Ok(Ok(Times {
        updates: prepared.trainer(config).updates(),
        epoch_training: timestep * timesteps as f64,
        epoch_scoring: valid,
        last_scoring: if prepared.dataset.test.is_some() { test } else { valid },
    }))
}

/// Rows that scoring a part goes through: each asked for by itself where it has a window, else each once.
fn work(config: &Config, prepared: &Prepared, part: &PartRows) -> u64 {
    let (plan, encoder) = (Plan::new(config), &prepared.encoder);
    let rows = part.ranges.iter().zip(&part.table.series).map(|(range, s)| {
        let wanted =
            Wanted::new(range.clone(), (s.rows(), &s.cuts), plan, encoder.lead, encoder.reach());
        let rows = if matches!(plan, Plan::Window { .. }) { wanted.asked } else { wanted.pushed };
        rows.len() as u64
    });
    rows.sum()
}

/// Seconds to score a row, measured on the first train rows: which they are makes no difference. Where even few
/// take long, a third of what training on as many timesteps takes.
fn scoring(config: &Config, prepared: &Prepared, timestep: f64) -> Result<f64> {
    let params = initial_params(&prepared.network, config.training.seed);
    let plan = Plan::new(config);
    let evaluation = Evaluation {
        network: &prepared.network,
        params: &params,
        encoder: &prepared.encoder,
        scalers: &prepared.scalers,
        plan,
        whole_series: config.task.kind == TaskKind::Classification,
        intervals: None,
        loss: Loss {
            kind: config.training.loss,
            sequences: 1.0,
            class_weights: &prepared.encoder.class_weights,
        },
        beside: None,
    };
    let guess =
        timestep / 3.0 * if let Plan::Window { length, .. } = plan { length as f64 } else { 1.0 };
    let mut rows = FIRST_ROWS;
    loop {
        let part = first_rows(&prepared.dataset.train, rows);
        let work = work(config, prepared, &part) as f64;
        if guess * work > 5.0 * SCORING.as_secs_f64() {
            return Ok(guess);
        }
        let started = Instant::now();
        valid_loss(&evaluation, &part, |_| Ok(()))?;
        let elapsed = started.elapsed();
        if elapsed > SCORING / 4 || part.rows() < rows as u64 {
            return Ok(elapsed.as_secs_f64() / work.max(1.0));
        }
        rows *= 4;
    }
}

/// The first rows of a part, one series after the other.
fn first_rows(part: &PartRows, rows: usize) -> PartRows {
    let mut part = part.clone();
    let mut left = rows;
    for range in &mut part.ranges {
        range.end = range.end.min(range.start + left);
        left -= range.len();
    }
    part
}

/// The whole section.
pub(super) fn estimate(
    config: &Config,
    prepared: &Prepared,
    times: Option<&Times>,
    page: Page,
) -> String {
    let memory = memory::estimate(config, prepared);
    let text = format!("about {} ({})", memory::size(memory.total()), memory.parts());
    let mut out = format!("\nEstimate\n{}", page.paragraph("  memory  ", &text));
    if let Some(why) = &prepared.without_ridge {
        out += &page.paragraph("          ", why);
    }
    if let Some(times) = times {
        out += &page.paragraph("  time    ", &time_text(config, prepared, times));
    }
    out
}

fn time_text(config: &Config, prepared: &Prepared, times: &Times) -> String {
    let epoch = times.epoch_training + times.epoch_scoring;
    let epochs = config.training.epochs;
    let updates = counted(times.updates, "update");
    let each = seconds(times.epoch_training / times.updates as f64);
    let mut text = format!("about {} an epoch ({updates} of {each}", seconds(epoch));
    if prepared.dataset.valid.is_some() {
        text += &format!(", {} of scoring", seconds(times.epoch_scoring));
    }
    let total = seconds(epochs as f64 * epoch + times.last_scoring);
    let stop = if config.training.early_stopping.is_some() { " at most" } else { "" };
    let threads = counted(rayon::current_num_threads() as u64, "thread");
    let epochs =
        if epochs == 1 { "1 epoch".into() } else { format!("{} epochs", thousands(epochs as u64)) };
    text + &format!("), {total} for {epochs}{stop}, on {threads}")
}
