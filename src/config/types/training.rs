//! `training`: how the network is fitted.

use super::{Optimizer, Schedule};
use crate::config::levels::Levels;

/// `training`.
#[derive(Clone, Debug, PartialEq)]
pub struct TrainingConfig {
    /// Passes over the training windows; 0 writes the initial model.
    pub epochs: usize,
    /// Sequences per update.
    pub batch_size: usize,
    /// The loss of one output.
    pub loss: LossKind,
    /// What the loss of each class is multiplied by.
    pub class_weights: ClassWeights,
    /// The update rule.
    pub optimizer: Optimizer,
    /// The learning rate over time.
    pub schedule: Schedule,
    /// Updates over which the learning rate rises linearly from zero.
    pub warmup_steps: u64,
    /// Largest gradient norm.
    pub clip_grad_norm: Option<f64>,
    /// When to give up.
    pub early_stopping: Option<EarlyStopping>,
    /// What an update does that is not made of finite numbers.
    pub on_non_finite: OnNonFinite,
    /// Whether windows come in random order.
    pub shuffle: bool,
    /// The one seed.
    pub seed: u64,
    /// Whether state crosses windows.
    pub state: State,
}

/// The loss of one output, or of the outputs of one class each.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum LossKind {
    /// Squared error.
    Mse,
    /// Absolute error.
    Mae,
    /// Squared below `delta`, absolute above.
    Huber {
        /// Where it changes.
        delta: f64,
    },
    /// Pinball loss of the quantiles at some levels; the prediction is the median.
    Quantile {
        /// Which quantiles.
        levels: Levels,
    },
    /// Log-loss of a category: the only one it can have.
    CrossEntropy,
}

/// `training.class_weights`.
#[derive(Clone, Debug, PartialEq)]
pub enum ClassWeights {
    /// All are 1.
    None,
    /// Train rows / (classes x train rows of the class).
    Balanced,
    /// These, sorted by label; 1 for the others.
    Given(Vec<(String, f64)>),
}

/// `training.on_non_finite`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OnNonFinite {
    /// Training ends.
    Stop,
    /// The batch is passed over.
    Skip {
        /// So often in one epoch.
        limit: u64,
    },
}

/// `training.early_stopping`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct EarlyStopping {
    /// Epochs without improvement before training ends.
    pub patience: usize,
    /// Improvement of `valid_loss` that counts.
    pub min_delta: f64,
}

/// `training.state`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// Every window starts from zeros.
    Reset,
    /// Truncated backpropagation: a chunk starts from the state its forerunner ended in.
    Carry {
        /// Consecutive parts every series is cut into, trained side by side.
        lanes: usize,
    },
}
