//! What a run needs in memory, summed up before anything is allocated.

mod available;
mod passes;
mod rows;

use super::prepare::Prepared;
use crate::config::{Config, Optimizer};
use crate::data::{Dataset, Encoder, PartRows};
use crate::error::{Error, Result};
use crate::eval::Ridge;
use crate::model::Architecture;
use crate::optim::OptimizerState;
use crate::store::Model;

pub(super) use rows::{check_files, check_sources};

/// What the program itself takes, with its threads' stacks, its tables and the system's bookkeeping, about.
const PROGRAM: u128 = 15 << 19;

/// Bytes by purpose; the largest first where it is shown.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Estimate {
    /// The program itself.
    pub(super) program: u128,
    /// Parameters, their gradients, and packed for both ways.
    pub(super) weights: u128,
    /// What the optimizer keeps, the best model, the model file's.
    pub(super) moments: u128,
    /// Rows read.
    pub(super) rows: u128,
    /// An update's states, gradients, outputs.
    pub(super) passes: u128,
    /// The same of scoring; it comes between updates, whose buffers stay.
    pub(super) scoring: u128,
    /// What scoring takes more with a ridge regression beside the model.
    pub(super) ridge: u128,
    /// A checkpoint on its way to the disk; what was taken for scoring is free by then.
    pub(super) saving: u128,
}

impl Estimate {
    /// The most that is there at a time.
    pub(super) fn total(&self) -> u128 {
        let Self { program, weights, moments, rows, passes, scoring, ridge, saving } = self;
        program + weights + moments + rows + passes + (scoring + ridge).max(*saving)
    }

    /// The sum, largest first.
    pub(super) fn parts(&self) -> String {
        let mut parts = vec![
            (self.weights + self.moments, "weights and moments"),
            (self.rows, "data"),
            (self.passes, "activations"),
            (self.program, "the program"),
        ];
        let scoring = self.scoring + self.ridge;
        if scoring >= self.saving {
            parts.push((scoring, "scoring"));
        } else {
            parts.push((self.saving, "saving"));
        }
        parts.retain(|(bytes, _)| *bytes > 0);
        parts.sort_by_key(|(bytes, _)| std::cmp::Reverse(*bytes));
        let parts = parts.iter().map(|(bytes, what)| format!("{what} {}", size(*bytes)));
        parts.collect::<Vec<_>>().join(", ")
    }
}

/// The weights' share, of a network that is not made yet.
fn of_weights(a: &Architecture, optimizer: &Optimizer) -> Estimate {
    let count = a.parameters();
    // One parameter tells what is kept of each.
    let state = OptimizerState::new(optimizer, 1);
    let kept = (state.first.len() + state.second.len() + state.mean.len()) as u128;
    Estimate {
        program: PROGRAM,
        weights: 4 * (2 * count + a.packed(true)),
        moments: 4 * count * (kept + 2),
        scoring: 4 * a.packed(false),
        saving: 8 * count * (kept + 2),
        ..Estimate::default()
    }
}

/// Refuses a network whose weights alone do not fit.
pub(super) fn check_parameters(a: &Architecture, optimizer: &Optimizer) -> Result<()> {
    refuse_if_too_big(&of_weights(a, optimizer), SMALLER)
}

/// The whole estimate.
pub(super) fn estimate(config: &Config, prepared: &Prepared) -> Estimate {
    let a = prepared.network.architecture();
    let (dataset, encoder) = (&prepared.dataset, &prepared.encoder);
    let parts = ["valid", "test"].iter().filter_map(|name| dataset.part(name));
    let scoring = parts.map(|part| passes::scoring(config, a, encoder, part));
    let scoring = with_leftovers(scoring.max().unwrap_or(0));
    let judged = dataset.valid.is_some() || dataset.test.is_some();
    let with_ridge = judged && prepared.without_ridge.is_none();
    Estimate {
        rows: with_leftovers(rows::of_tables(prepared)),
        passes: with_leftovers(passes::training(config, prepared)),
        scoring,
        ridge: if with_ridge { ridge(config, encoder, dataset, scoring) } else { 0 },
        ..of_weights(a, &config.training.optimizer)
    }
}

/// What a ridge regression adds to what scoring takes: it is fitted before, and stands beside it.
fn ridge(config: &Config, encoder: &Encoder, dataset: &Dataset, scoring: u128) -> u128 {
    let window = config.data.window.map(|window| window.length);
    let bytes = Ridge::bytes(encoder, window, &dataset.train, dataset.valid.as_ref());
    with_leftovers(bytes.fitting).max(scoring + bytes.kept) - scoring
}

/// Buffers that grow, or come and go, leave pieces behind that are not given back.
fn with_leftovers(bytes: u128) -> u128 {
    bytes + bytes / 10
}

/// Refuses a run that would not fit. One that fits without its ridge regression does without, and says so.
pub(super) fn check(config: &Config, prepared: &Prepared) -> Result<Option<String>> {
    let mut estimate = estimate(config, prepared);
    let left_out = leave_out_ridge(&mut estimate);
    let mostly_rows = estimate.rows * 2 > estimate.total();
    refuse_if_too_big(&estimate, if mostly_rows { FEWER } else { SMALLER })?;
    Ok(left_out)
}

/// The same of an evaluation; its rows have been read, and those of its run where they are at hand.
pub(super) fn check_evaluation(
    model: &Model,
    part: &PartRows,
    run: Option<&Dataset>,
) -> Result<Option<String>> {
    let a = model.network.architecture();
    let tables = run.map_or(vec![&part.table], Dataset::tables);
    let scoring = with_leftovers(passes::scoring(&model.config, a, &model.encoder, part));
    let mut estimate = Estimate {
        program: PROGRAM,
        weights: 4 * a.parameters(),
        rows: tables.into_iter().map(|table| rows::of_table(table)).sum(),
        scoring,
        ridge: run.map_or(0, |run| ridge(&model.config, &model.encoder, run, scoring)),
        ..Estimate::default()
    };
    let left_out = leave_out_ridge(&mut estimate);
    refuse_if_too_big(&estimate, FEWER)?;
    Ok(left_out)
}

/// A run is not refused because of what stands beside its model.
fn leave_out_ridge(estimate: &mut Estimate) -> Option<String> {
    let (needed, available) = (estimate.total(), available::available()?);
    if estimate.ridge == 0 || needed <= available {
        return None;
    }
    estimate.ridge = 0;
    Some(format!(
        "without a ridge regression beside the model: with it about {} would be needed, and {} is available",
        size(needed),
        size(available)
    ))
}

/// What to do about it.
const SMALLER: &str = "make model.hidden_size, training.batch_size or data.window.length smaller";
const FEWER: &str = "read fewer rows or columns";

fn refuse_if_too_big(estimate: &Estimate, cure: &str) -> Result<()> {
    match available::available() {
        Some(available) if estimate.total() > available => Err(Error::Memory(format!(
            "needs about {} ({}), and {} is available; {cure}",
            size(estimate.total()),
            estimate.parts(),
            size(available),
        ))),
        _ => Ok(()),
    }
}

/// Bytes for people: `14.9 TiB`.
pub(super) fn size(bytes: u128) -> String {
    let units = ["B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"];
    let mut value = bytes as f64;
    let mut unit = 0;
    while value >= 1024.0 && unit + 1 < units.len() {
        value /= 1024.0;
        unit += 1;
    }
    if unit == 0 { format!("{bytes} B") } else { format!("{value:.1} {}", units[unit]) }
}
