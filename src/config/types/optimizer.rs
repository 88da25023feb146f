//! `training.optimizer`: the update rules, as PyTorch defines them.

/// The update rule, as PyTorch defines it. `learning_rate` is that of the schedule's start.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Optimizer {
    /// `torch.optim.SGD`.
    Sgd {
        /// Step size.
        learning_rate: f64,
        /// Momentum factor.
        momentum: f64,
        /// Nesterov's form of it.
        nesterov: bool,
        /// L2 penalty.
        weight_decay: f64,
    },
    /// `torch.optim.Adam`.
    Adam(Adam),
    /// `torch.optim.AdamW`: the decay acts on the weights directly.
    AdamW(Adam),
    /// `torch.optim.RMSprop`.
    RmsProp {
        /// Step size.
        learning_rate: f64,
        /// Smoothing of squares.
        alpha: f64,
        /// Added to the root.
        eps: f64,
        /// Momentum factor.
        momentum: f64,
        /// Whether the mean gradient is subtracted.
        centered: bool,
        /// L2 penalty.
        weight_decay: f64,
    },
}

impl Optimizer {
    /// The learning rate the schedule starts from.
    pub fn learning_rate(&self) -> f64 {
        match self {
            Optimizer::Sgd { learning_rate, .. } | Optimizer::RmsProp { learning_rate, .. } => {
                *learning_rate
            }
            Optimizer::Adam(adam) | Optimizer::AdamW(adam) => adam.learning_rate,
        }
    }
}

/// Numbers of `torch.optim.Adam` and `AdamW`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Adam {
    /// Step size.
    pub learning_rate: f64,
    /// Smoothing of gradients and of their squares.
    pub betas: (f64, f64),
    /// Added to the root.
    pub eps: f64,
    /// L2 penalty (Adam) or decay (AdamW).
    pub weight_decay: f64,
}
