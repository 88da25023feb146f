//! Where a run stands: everything that is needed to go on as if it had never stopped.

use crate::model::{State, Tensors};
use crate::optim::{LossSum, OptimizerState, PlateauState};

/// The whole state of a run.
#[derive(Clone, Debug, PartialEq)]
pub struct Progress {
    /// Finished epochs.
    pub epoch: usize,
    /// Updates done in the running epoch.
    pub update: u64,
    /// Updates so far.
    pub step: u64,
    /// The weights.
    pub params: Tensors,
    /// The optimizer's moments.
    pub optimizer: OptimizerState,
    /// The plateau schedule's memory.
    pub plateau: PlateauState,
    /// Epochs of the cosine: those of the run when it first started.
    pub cosine_epochs: usize,
    /// Sums of the running epoch.
    pub sums: EpochSums,
    /// The best model so far.
    pub best: Option<Best>,
    /// The figure early stopping compares with.
    pub stopping_best: Option<f64>,
    /// Epochs since it improved.
    pub stopping_bad: usize,
    /// Hidden states of the lanes (`state: carry`), `[layers * directions, lanes, hidden]`.
    pub lanes: Option<State>,
    /// Whether early stopping has ended it.
    pub stopped_early: bool,
}

/// What an epoch has summed up so far.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct EpochSums {
    /// Loss of the sequences as trained.
    pub loss: LossSum,
    /// Gradient norms before clipping.
    pub norms: f64,
    /// Updates whose gradient was clipped.
    pub clipped: u64,
    /// Updates passed over because their numbers were not finite.
    pub skipped: u64,
    /// The last learning rate.
    pub learning_rate: f64,
}

/// The best model so far.
#[derive(Clone, Debug, PartialEq)]
pub struct Best {
    /// Epoch it comes from; 0: the initial model.
    pub epoch: usize,
    /// Its validation loss; `None` without validation rows.
    pub valid_loss: Option<f64>,
    /// Its weights.
    pub params: Tensors,
}
