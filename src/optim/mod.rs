//! What makes a network better: the loss, the update rules, the learning rate, clipping.

mod clip;
mod cross_entropy;
mod loss;
mod optimizer;
mod quantile;
mod schedule;

pub use clip::{clip_factor, norm, scale};
pub use loss::{Loss, LossSum};
pub use optimizer::{OptimizerState, Update};
pub use schedule::{LearningRate, PlateauState};
