//! `training` as it is written.

use crate::config::number::{
    BelowOne, Count, CountOrZero, Factor, NotNegative, Positive, Seed, Shrinking,
};
use crate::config::pair::Pair;
use crate::config::section::section;
use crate::config::words::words;

section! {
    /// How the network is fitted.
    Training {
        /// Passes over the training windows; 0 writes the initial model. Default: 20.
        epochs: CountOrZero,
        /// Sequences per update. Default: 32.
        batch_size: Count,
        /// The loss of one output. Default: "mse".
        loss: Loss,
        /// The update rule, as PyTorch defines it. Default: "adam".
        optimizer: Optimizer,
        /// The learning rate over the epochs. Default: "constant".
        schedule: Schedule,
        /// Largest norm of the gradient, or null: no limit. Default: null.
        clip_grad_norm: Option<Positive>,
        /// When to give up, or null: never. Default: null.
        early_stopping: Option<EarlyStopping>,
        /// Whether windows come in random order. Default: true; false with carried state.
        shuffle: bool,
        /// The one seed: weights, order, dropout. From 0 to 2^53 - 1. Default: 1.
        seed: Seed,
        /// Whether state crosses windows. Default: "reset".
        state: State,
        /// With state "carry" only: consecutive parts every series is cut into, trained side by side. Default: 1.
        lanes: Count,
    }
}

words! {
    /// Whether state crosses windows.
    State {
        /// Every window starts from zeros.
        Reset = "reset",
        /// Truncated backpropagation through time: a chunk starts where its forerunner ended.
        Carry = "carry",
    }
}

section! {
    /// The loss of one output; a bare name is the type.
    Loss [bare r#type] {
        /// The kind of loss. Default: "mse".
        r#type: LossType,
        /// Of "huber" only: where it turns from squared to absolute, in scaled units. Default: 1.
        delta: Positive,
    }
}

words! {
    /// A kind of loss.
    LossType [later "cross_entropy"] {
        /// Squared error.
        Mse = "mse",
        /// Absolute error.
        Mae = "mae",
        /// Squared for small errors, absolute for large ones.
        Huber = "huber",
    }
}

section! {
    /// The update rule; a bare name is the type.
    Optimizer [bare r#type] {
        /// The rule. Default: "adam".
        r#type: OptimizerType,
        /// Step size. Default: 0.001; 0.01 for "rmsprop".
        learning_rate: Positive,
        /// Of "sgd" and "rmsprop": momentum factor. Default: 0.
        momentum: BelowOne,
        /// Of "sgd": Nesterov's form of the momentum. Default: false.
        nesterov: bool,
        /// L2 penalty; for "adamw" the decay of the weights themselves. Default: 0; 0.01 for "adamw".
        weight_decay: NotNegative,
        /// Of "adam" and "adamw": smoothing of gradients and of their squares. Default: [0.9, 0.999].
        betas: Pair,
        /// Of "adam", "adamw" and "rmsprop": added to the root. Default: 1e-8.
        eps: Positive,
        /// Of "rmsprop": smoothing of the squares. Default: 0.99.
        alpha: BelowOne,
        /// Of "rmsprop": whether the mean gradient is subtracted. Default: false.
        centered: bool,
    }
}

words! {
    /// An update rule.
    OptimizerType {
        /// `torch.optim.SGD`.
        Sgd = "sgd",
        /// `torch.optim.Adam`.
        Adam = "adam",
        /// `torch.optim.AdamW`.
        AdamW = "adamw",
        /// `torch.optim.RMSprop`.
        RmsProp = "rmsprop",
    }
}

section! {
    /// The learning rate over the epochs; a bare name is the type.
    Schedule [bare r#type] {
        /// The kind of schedule. Default: "constant".
        r#type: ScheduleType,
        /// Updates over which the learning rate rises linearly from zero; of any schedule. From 0 to 2^53 - 1. Default: 0.
        warmup_steps: Seed,
        /// Of "step", required there: epochs between drops.
        step_size: Count,
        /// Of "step" (default 0.1) and "exponential" (required there): factor of a drop.
        gamma: Factor,
        /// Of "cosine" and "plateau": never below this. Default: 0.
        min_learning_rate: NotNegative,
        /// Of "plateau": factor of a drop. Default: 0.1.
        factor: Shrinking,
        /// Of "plateau": epochs without improvement that are forgiven. Default: 10.
        patience: CountOrZero,
        /// Of "plateau": relative improvement of `valid_loss` that counts. Default: 0.0001.
        threshold: BelowOne,
    }
}

words! {
    /// A kind of schedule.
    ScheduleType {
        /// Always the same.
        Constant = "constant",
        /// Times `gamma` every `step_size` epochs.
        Step = "step",
        /// Times `gamma` every epoch.
        Exponential = "exponential",
        /// Half a cosine down to `min_learning_rate` over all epochs.
        Cosine = "cosine",
        /// Times `factor` when `valid_loss` has stopped falling.
        Plateau = "plateau",
    }
}

section! {
    /// When to give up.
    EarlyStopping {
        /// Epochs without improvement of `valid_loss` before training ends; required.
        patience: Count,
        /// Improvement that counts. Default: 0.
        min_delta: NotNegative,
    }
}
