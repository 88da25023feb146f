//! `training.schedule`: the learning rate over the epochs.

/// The learning rate as a function of the epoch.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Schedule {
    /// Always the same.
    Constant,
    /// Times `gamma` every `step_size` epochs.
    Step {
        /// Epochs between drops.
        step_size: usize,
        /// Factor of a drop.
        gamma: f64,
    },
    /// Times `gamma` every epoch.
    Exponential {
        /// Factor per epoch.
        gamma: f64,
    },
    /// Half a cosine from the learning rate down to the minimum over all epochs.
    Cosine {
        /// Where it ends.
        min_learning_rate: f64,
    },
    /// Times `factor` when `valid_loss` has not fallen for more than `patience` epochs.
    Plateau {
        /// Factor of a drop.
        factor: f64,
        /// Epochs without improvement that are forgiven.
        patience: usize,
        /// Relative improvement that counts (PyTorch's `threshold`).
        threshold: f64,
        /// Never below this.
        min_learning_rate: f64,
    },
}
