//! `training` as it is written.

use crate::config::class_weights::ClassWeights;
use crate::config::number::{
    BelowOne, Count, CountOrZero, Factor, NotNegative, Positive, Seed, Shrinking, Whole,
};
use crate::config::pair::Pair;
use crate::config::section::section;
use crate::config::words::words;

section! {
    /// How the network is fitted.
    Training {
        /// Passes over the training windows; 0 writes the initial model.
        epochs: CountOrZero [eg 30] = Whole(20),
        /// Sequences per update; the last, partial batch counts too.
        batch_size: Count [eg 64] = Whole(32),
        /// The loss of one output, in scaled units. Default: "mse"; "cross_entropy" for a category.
        loss: Loss [eg "mae", {"type": "huber", "delta": 0.5}, {"type": "quantile", "levels": [0.1, 0.5, 0.9]}],
        /// What the loss of each class is multiplied by; of categories. "none": nothing; "balanced": train rows /
        /// (classes x train rows of the class); or an object of labels and numbers, 1 for those it does not name.
        class_weights: ClassWeights [eg "balanced", {"fault": 5}] = ClassWeights::None,
        /// The update rule; definitions and defaults are PyTorch's.
        optimizer: Optimizer [eg "adamw", {"type": "adam", "learning_rate": 0.003}] = OptimizerType::Adam.into(),
        /// The learning rate from epoch to epoch.
        schedule: Schedule [eg "cosine", {"type": "exponential", "gamma": 0.9}] = ScheduleType::Constant.into(),
        /// Largest norm of the whole gradient; null: no limit. The loss is a sum over steps, so norms are large;
        /// a warning says when more than half of an epoch's updates were clipped.
        clip_grad_norm: Option<Positive> [eg 50] = None,
        /// When to give up; null: never.
        early_stopping: Option<EarlyStopping> [eg {"patience": 5}] = None,
        /// What becomes of an update whose loss or gradient is not a finite number.
        on_non_finite: OnNonFinite [eg "skip", {"type": "skip", "limit": 100}] = NonFiniteType::Stop.into(),
        /// Whether windows come in random order, a new one each epoch. Default: true; false with carried state.
        shuffle: bool,
        /// The one seed: initial weights, order, dropout, words taken as unknown.
        seed: Seed = Whole(1),
        /// Whether state crosses windows.
        state: State = State::Reset,
        /// Consecutive parts that every series is cut into, trained side by side; with `state` "carry" only.
        lanes: Count [eg 4] = Whole(1),
    }
}

section! {
    /// What becomes of an update whose loss or gradient is not a finite number; a bare name is the type.
    OnNonFinite [bare r#type: NonFiniteType] {
        /// What is done.
        r#type: NonFiniteType = NonFiniteType::Stop,
        /// Updates of one epoch that may be passed over before training stops all the same; of "skip" only.
        limit: Count [eg 100] = Whole(10),
    }
}

words! {
    /// What is done about numbers that are not finite.
    NonFiniteType {
        /// Training stops before the update, with exit code 76.
        Stop = "stop",
        /// The batch is passed over and counted.
        Skip = "skip",
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
    Loss [bare r#type: LossType] {
        /// The kind of loss.
        r#type: LossType = LossType::Mse,
        /// Where it turns from squared to absolute, in scaled units; of "huber" only.
        delta: Positive = Positive(1.0),
        /// The quantiles that are learnt, ascending, the median among them: it is the prediction, and the outermost
        /// two are its interval; of "quantile" only.
        levels: Vec<Shrinking> [eg [0.1, 0.5, 0.9]] = vec![Shrinking(0.05), Shrinking(0.5), Shrinking(0.95)],
    }
}

words! {
    /// A kind of loss.
    LossType {
        /// Squared error.
        Mse = "mse",
        /// Absolute error.
        Mae = "mae",
        /// Squared for small errors, absolute for large ones.
        Huber = "huber",
        /// The pinball loss of several quantiles, which never cross.
        Quantile = "quantile",
        /// The log-loss of a category.
        CrossEntropy = "cross_entropy",
    }
}

section! {
    /// The update rule; a bare name is the type.
    Optimizer [bare r#type: OptimizerType] {
        /// The rule.
        r#type: OptimizerType = OptimizerType::Adam,
        /// Step size, where the schedule starts. Default: 0.001; 0.01 for "rmsprop".
        learning_rate: Positive [eg 0.001],
        /// Momentum factor; of "sgd" and "rmsprop".
        momentum: BelowOne [eg 0.9] = BelowOne(0.0),
        /// Nesterov's form of the momentum; of "sgd".
        nesterov: bool = false,
        /// L2 penalty; for "adamw" the decay of the weights themselves. Default: 0; 0.01 for "adamw".
        weight_decay: NotNegative [eg 0.01],
        /// Smoothing of gradients and of their squares; of "adam" and "adamw".
        betas: Pair = Pair(BelowOne(0.9), BelowOne(0.999)),
        /// Added to the root; of "adam", "adamw" and "rmsprop".
        eps: Positive = Positive(1e-8),
        /// Smoothing of the squares; of "rmsprop".
        alpha: BelowOne = BelowOne(0.99),
        /// Whether the mean gradient is subtracted; of "rmsprop".
        centered: bool = false,
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
    /// The learning rate from epoch to epoch; a bare name is the type.
    Schedule [bare r#type: ScheduleType] {
        /// The kind of schedule.
        r#type: ScheduleType = ScheduleType::Constant,
        /// Updates over which the learning rate rises linearly from zero; of any schedule.
        warmup_steps: Seed [eg 500] = Whole(0),
        /// Epochs between drops; of "step". Required for "step".
        step_size: Count [eg 10],
        /// Factor of a drop; of "step" and "exponential". Default: 0.1 for "step"; required for "exponential".
        gamma: Factor [eg 0.5],
        /// The learning rate never falls below this; of "cosine" and "plateau".
        min_learning_rate: NotNegative [eg 0.00001] = NotNegative(0.0),
        /// Factor of a drop; of "plateau".
        factor: Shrinking = Shrinking(0.1),
        /// Epochs without improvement that are forgiven; of "plateau".
        patience: CountOrZero [eg 3] = Whole(10),
        /// Relative improvement of `valid_loss` that counts; of "plateau".
        threshold: BelowOne = BelowOne(0.0001),
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
        /// Half a cosine down to `min_learning_rate` over all epochs; its length is fixed when a run first starts.
        Cosine = "cosine",
        /// Times `factor` once `valid_loss` has not fallen by `threshold` for more than `patience` epochs.
        Plateau = "plateau",
    }
}

section! {
    /// When to give up.
    EarlyStopping [required "patience"] {
        /// Epochs in which `valid_loss` did not fall by more than `min_delta`, after which training ends.
        patience: Count [eg 5],
        /// Improvement that counts.
        min_delta: NotNegative = NotNegative(0.0),
    }
}
