//! What training tells the outside, and what it may be told.

use serde::{Deserialize, Serialize};

use super::non_finite::NonFinite;
use super::progress::Progress;

/// Something that happened.
#[derive(Debug)]
pub enum Event<'a> {
    /// A run of so many epochs begins.
    Epochs(usize),
    /// An epoch begins (or goes on) with so many updates and sequences in all.
    EpochStart {
        /// From 1.
        epoch: usize,
        /// Updates in the epoch.
        updates: u64,
        /// Updates of it already done.
        done: u64,
    },
    /// An update was made.
    Step {
        /// Where training stands.
        progress: &'a Progress,
        /// Timesteps it was made from.
        rows: u64,
    },
    /// The validation rows are being scored.
    Validating,
    /// An epoch has ended.
    EpochEnd {
        /// Its figures.
        record: &'a EpochRecord,
        /// Where training stands.
        progress: &'a Progress,
        /// Whether this is the best model so far.
        improved: bool,
    },
    /// Numbers have stopped being finite; what becomes of the update is told by what comes next.
    NonFinite(&'a NonFinite),
    /// Something worth knowing.
    Note(String),
    /// Something the user should act on.
    Warning(String),
}

/// The answer to an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Control {
    /// Go on.
    Go,
    /// End now; progress is whole.
    Stop,
}

/// Who is told. Failing ends the training with that error.
pub trait Observer {
    /// Takes in an event.
    fn on(&mut self, event: Event<'_>) -> crate::error::Result<Control>;

    /// Whether to end as soon as may be; asked between the rows of a validation, which is no event.
    fn is_to_stop(&self) -> bool {
        false
    }
}

/// How training ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// All epochs are done.
    Finished,
    /// Early stopping ended it.
    StoppedEarly,
    /// The observer ended it.
    Interrupted,
}

fn is_zero(number: &u64) -> bool {
    *number == 0
}

/// A line of `metrics.jsonl`; nothing in it depends on clock or machine.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct EpochRecord {
    /// From 1.
    pub epoch: usize,
    /// Updates so far.
    pub step: u64,
    /// Mean over the epoch's sequences of the loss summed over their steps, as trained.
    pub train_loss: Option<f64>,
    /// Mean over their steps.
    pub train_loss_per_step: Option<f64>,
    /// Mean of `l` over the scored validation rows.
    pub valid_loss: Option<f64>,
    /// Of the last update.
    pub learning_rate: f64,
    /// Mean before clipping.
    pub grad_norm: Option<f64>,
    /// Updates that were passed over because their numbers were not finite.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub skipped: u64,
    /// Validation figures: scaled over all targets, in data units where there is one.
    #[serde(flatten)]
    pub valid: serde_json::Map<String, serde_json::Value>,
}
