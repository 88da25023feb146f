//! `data.split`: which rows train, which choose the best model and which are held out.

/// How rows are dealt to train, valid and test.
#[derive(Clone, Debug, PartialEq)]
pub struct Split {
    /// Rows of each series in time order, or whole series.
    pub by: SplitBy,
    /// `None`: what the others leave.
    pub train: Option<Part>,
    /// Validation part.
    pub valid: Part,
    /// Test part.
    pub test: Part,
}

/// The unit a split deals in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SplitBy {
    /// Rows, in order, inside each series.
    Time,
    /// Whole series, by a hash of the key and this seed.
    Series {
        /// `data.split.seed`.
        seed: u64,
    },
    /// Rows, by what stands in this column.
    Column(String),
}

/// The size of one part.
#[derive(Clone, Debug, PartialEq)]
pub enum Part {
    /// Fraction of the rows (or series), rounded down; 0: none.
    Fraction(f64),
    /// So many rows (or series).
    Count(usize),
    /// From this time (inclusive) on; text in the form of the time column.
    From(String),
    /// Rows whose cell of the split column is one of these.
    Values(Vec<String>),
}
