//! `data`: where rows come from and how they become sequences.

use std::path::PathBuf;

use super::Split;
use crate::config::columns::Column;
use crate::config::gaps::Gaps;
use crate::config::header::HeaderBy;
use crate::config::time::{Duplicates, TimeColumn};

/// `data`.
#[derive(Clone, Debug, PartialEq)]
pub struct DataConfig {
    /// The files; `None` in a model file, which carries no paths.
    pub source: Option<Source>,
    /// How the files are written.
    pub dialect: Dialect,
    /// Where the names of columns come from.
    pub header: HeaderBy,
    /// Column to order by and to echo.
    pub time: Option<TimeColumn>,
    /// What a time out of order does.
    pub order: Order,
    /// What a time does that stands there twice.
    pub duplicates: Duplicates,
    /// What a gap does.
    pub gaps: Gaps,
    /// What a row's series is named by.
    pub series: SeriesBy,
    /// Input columns, in the order of the network's features.
    pub inputs: Vec<Column>,
    /// Target columns, in the order of the network's outputs.
    pub targets: Vec<Column>,
    /// How `Source::Whole` is cut; `None` with separate files.
    pub split: Option<Split>,
    /// `None`: each series is one sequence.
    pub window: Option<Window>,
    /// One scaler per column, or one per column and series.
    pub scale_per: ScalePer,
    /// What an empty cell does.
    pub missing: Missing,
    /// Cells that count as empty, beside those with nothing in them.
    pub spellings: Vec<String>,
}

/// Files or glob patterns, already joined with the config's folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// `data.path`.
    Whole(Vec<PathBuf>),
    /// `data.train`, `data.valid`, `data.test`; the last two may be empty.
    Parts {
        /// Rows to fit on.
        train: Vec<PathBuf>,
        /// Rows to choose the best model on.
        valid: Vec<PathBuf>,
        /// Rows held out.
        test: Vec<PathBuf>,
    },
}

/// The marks of a CSV file, each one ASCII character.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Dialect {
    /// Between cells.
    pub delimiter: u8,
    /// Before the decimals of a number: `.` or `,`.
    pub decimal: u8,
}

impl Default for Dialect {
    fn default() -> Self {
        Self { delimiter: b',', decimal: b'.' }
    }
}

/// What a time does that does not come after the one before it in its series.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// It is an error.
    Error,
    /// The rows of each series are sorted by their times.
    Sort,
    /// Nothing: rows stay in the order of the file.
    Ignore,
}

/// What names the series a row belongs to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SeriesBy {
    /// All rows are one series.
    One,
    /// `"@file"`: each file is a series.
    File,
    /// The values of these columns.
    Columns(Vec<String>),
}

/// How values are brought to about unit size.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ScaleKind {
    /// Minus the mean, by the population deviation.
    Standard,
    /// To [-1, 1].
    Minmax,
    /// As they are.
    None,
}

/// Whether series share a column's scaler.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ScalePer {
    /// One for all series.
    Column,
    /// One each; unknown series take the one fitted over all.
    Series,
}

/// What an empty cell does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Missing {
    /// It is an error.
    Error,
    /// Its row is left out and cuts its series, where a prediction needs the cell; else there is no truth.
    Drop,
    /// It takes the last value of its column in the same series.
    Ffill,
    /// The same for inputs, each beside one that says whether it was empty; an empty target has no truth.
    Mask,
    /// It lies between its neighbours in the sequence that is read; an empty target has no truth.
    Interpolate,
}

/// `data.window`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    /// Rows in a window.
    pub length: usize,
    /// Rows between the starts of training windows.
    pub stride: usize,
    /// What inputs are counted from.
    pub relative_to: RelativeTo,
}

/// The row of a window whose inputs are subtracted from all of its rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RelativeTo {
    /// The first.
    First,
    /// The last; only where the loss reads the last step alone.
    Last,
    /// Nothing is subtracted.
    None,
}
