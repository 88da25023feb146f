//! What a valid config says, with every default filled in. Only `config` makes these values, so the
//! other rooms never meet a contradiction.

mod data;
mod model;
mod optimizer;
mod output;
mod schedule;
mod split;
mod task;
mod training;

pub use data::*;
pub use model::*;
pub use optimizer::*;
pub use output::*;
pub use schedule::*;
pub use split::*;
pub use task::*;
pub use training::*;

/// A whole config; see contract sections 2 and 4 for what each key means.
#[derive(Clone, Debug, PartialEq)]
pub struct Config {
    /// Where rows come from and how they become sequences.
    pub data: DataConfig,
    /// What is predicted.
    pub task: TaskConfig,
    /// The network.
    pub model: ModelConfig,
    /// How it is fitted.
    pub training: TrainingConfig,
    /// Where the run goes.
    pub output: OutputConfig,
}

impl Config {
    /// Whether a category is predicted, not numbers.
    pub fn predicts_classes(&self) -> bool {
        self.data.targets.iter().any(|target| target.words().is_some())
    }
}
