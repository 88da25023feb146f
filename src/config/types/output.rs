//! `output`: where a run goes.

use std::path::PathBuf;

/// `output`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutputConfig {
    /// The run folder, already joined with the config's folder.
    pub dir: Option<PathBuf>,
    /// When checkpoints are saved.
    pub checkpoint_every: CheckpointEvery,
}

/// `output.checkpoint_every`: at the end of some epochs, and between them where that is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CheckpointEvery {
    /// Epochs from one to the next.
    pub epochs: usize,
    /// Updates from one to the next.
    pub steps: Option<u64>,
    /// Seconds from one to the next.
    pub seconds: Option<u64>,
}

impl Default for CheckpointEvery {
    fn default() -> Self {
        Self { epochs: 1, steps: None, seconds: None }
    }
}
