//! `task`: what is predicted.

/// `task`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TaskConfig {
    /// What is predicted.
    pub kind: TaskKind,
    /// Which timesteps carry a loss.
    pub loss_steps: LossSteps,
    /// Forecasts are counted from the last known value of the target.
    pub anchor: bool,
    /// How sure a prediction is.
    pub intervals: Option<Intervals>,
    /// From one season to the next; none but of a forecast of numbers.
    pub season: Season,
}

impl TaskConfig {
    /// Steps predicted at each row: the horizon of a forecast, else 1.
    pub fn steps(&self) -> usize {
        match self.kind {
            TaskKind::Forecast { horizon } => horizon,
            TaskKind::Regression | TaskKind::Tagging | TaskKind::Classification => 1,
        }
    }

    /// Rows between a prediction and its first target: 1 for a forecast, else 0.
    pub fn lead(&self) -> usize {
        match self.kind {
            TaskKind::Forecast { .. } => 1,
            TaskKind::Regression | TaskKind::Tagging | TaskKind::Classification => 0,
        }
    }
}

/// `task.intervals`: intervals of numbers, sets of classes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Intervals {
    /// The share of the truths that they should hold.
    pub coverage: f64,
    /// Whether their width follows the truths as they come.
    pub adaptive: bool,
}

/// Rows from one season to the next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Season {
    /// As the train rows show.
    Auto,
    /// There is none.
    None,
    /// So many, at least 1.
    Rows(usize),
}

/// The kind of prediction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TaskKind {
    /// Targets 1…horizon rows later.
    Forecast {
        /// Rows ahead, at least 1.
        horizon: usize,
    },
    /// Numbers at the same row.
    Regression,
    /// A category at the same row.
    Tagging,
    /// One category per series.
    Classification,
}

/// Which timesteps of a sequence carry a loss.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LossSteps {
    /// All of them, summed.
    All,
    /// The final one (of both directions, where there are two).
    Last,
}
