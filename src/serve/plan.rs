//! Which rows a prediction reads: the table of contract section 4.

use crate::config::{Config, LossSteps, State};

/// How predictions are made from the rows of a series.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Plan {
    /// Each row from the last `length` rows ending at it.
    Window {
        /// Rows read.
        length: usize,
        /// Whether the first `length - 1` rows of a series, which have fewer, are left without.
        full: bool,
    },
    /// Each row from all rows since the series began: one step of a running state.
    Running,
    /// Consecutive blocks of rows, each read as a whole; the last one may be shorter.
    Blocks {
        /// Rows of a block.
        length: usize,
    },
    /// The whole series at its end.
    Whole {
        /// Whether only its last row has a prediction.
        last: bool,
    },
}

impl Plan {
    /// The plan of a config.
    pub fn new(config: &Config) -> Self {
        let last = config.task.loss_steps == LossSteps::Last;
        let bidirectional = config.model.directions() == 2;
        match config.data.window {
            None if last || bidirectional => Plan::Whole { last },
            None => Plan::Running,
            Some(_) if config.training.state != State::Reset => Plan::Running,
            Some(w) if last => Plan::Window { length: w.length, full: true },
            Some(w) if bidirectional => Plan::Blocks { length: w.length },
            Some(w) => Plan::Window { length: w.length, full: false },
        }
    }

    /// Rows of a series before the first wanted one that have to be pushed; `None`: all of them.
    pub fn look_back(self) -> Option<usize> {
        match self {
            Plan::Window { length, .. } => Some(length - 1),
            Plan::Blocks { .. } => Some(0),
            Plan::Running | Plan::Whole { .. } => None,
        }
    }

    /// Whether predictions wait for the end of the series.
    pub fn reads_to_the_end(self) -> bool {
        matches!(self, Plan::Whole { .. })
    }
}
