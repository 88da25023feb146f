//! What would hurt a run, as values. Columns are places in `Roles::columns`.

use super::copies::Copied;
use super::drift::Drift;
use super::extremes::{Jump, Outliers};
use super::place::PartName;
use crate::data::{Gap, Unknown};

/// One thing worth a sentence.
#[derive(Clone, Debug, PartialEq)]
pub enum Finding {
    /// An input tells a target.
    Copied(Copied),
    /// Two inputs are equal.
    EqualInputs(usize, usize),
    /// A column has one value in all train rows.
    Constant {
        /// The column.
        column: usize,
        /// Whether it is a target.
        target: bool,
    },
    /// A column is used as it is although it is far from unit size.
    Unscaled {
        /// The column.
        column: usize,
        /// Its smallest and its largest value.
        range: (f64, f64),
    },
    /// A target has few values.
    FewValues {
        /// The column.
        column: usize,
        /// All of them.
        values: Vec<f64>,
    },
    /// Columns that change strongly from the train rows to a part, each with the part where it is worst.
    Drift(Vec<(usize, PartName, Drift)>),
    /// Rows are missing within the train rows.
    Gaps {
        /// How many times.
        count: u64,
        /// The longest.
        longest: Gap,
        /// Training windows that run across one.
        windows: u64,
        /// All training windows.
        of: u64,
    },
    /// Values far out in a column.
    Outliers(usize, Outliers),
    /// A step in a column that moves little otherwise.
    Jump(usize, Jump),
    /// Many words of a part are unknown to the train rows.
    UnknownWords {
        /// The column.
        column: usize,
        /// The part.
        part: PartName,
        /// How many.
        unknown: Unknown,
    },
    /// Parts, windows and network do not fit each other.
    Misfit(Misfit),
}

/// What is no matter of a column.
#[derive(Clone, Debug, PartialEq)]
pub enum Misfit {
    /// A part has rows of the same series and time as train rows.
    SharedRows {
        /// The part.
        part: PartName,
        /// Such rows.
        rows: u64,
    },
    /// Series with fewer train rows than a window and its targets need.
    ShortSeries {
        /// How many.
        count: u64,
        /// All series with train rows.
        of: u64,
        /// Rows needed.
        needed: usize,
        /// Whether they are trained on all the same.
        used: bool,
    },
    /// Series of a part without train rows, where each series has its own scaler.
    UnknownSeries {
        /// The part.
        part: PartName,
        /// How many.
        count: u64,
    },
    /// There are no validation rows.
    NoValid,
    /// No validation row can be scored.
    ValidUnscored,
    /// Few predictions of a part are scored.
    FewScored {
        /// The part.
        part: PartName,
        /// How many.
        scored: u64,
    },
    /// The window is longer than any series.
    LongWindow {
        /// Rows asked for.
        length: usize,
        /// Rows of the longest window.
        longest: usize,
    },
    /// A batch holds more sequences than there are.
    LargeBatch {
        /// `training.batch_size`.
        batch_size: usize,
        /// Sequences of an epoch.
        sequences: u64,
    },
    /// The network is large for its train rows.
    ManyParameters {
        /// Its parameters.
        parameters: u64,
        /// Rows trained on.
        rows: u64,
    },
    /// Cells too small for f32.
    Underflows(u64),
    /// Rows that were sorted to another place.
    Moved(u64),
    /// Rows passed over, for another one has their time.
    Repeated(u64),
    /// Gaps that cut the rows.
    Cut(u64),
    /// Empty cells that took the last value of their column.
    Filled(u64),
    /// The same of inputs, beside a number that says so.
    Masked(u64),
    /// Empty cells that lie between their neighbours.
    Interpolated(u64),
    /// Rows left out for an empty cell.
    Dropped(u64),
    /// Empty cells of targets, for which there is no truth.
    Absent(u64),
}
