//! What the cells of one column are.

use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash, Hasher};

use crate::config::Dialect;
use crate::data::reader::number::{self, Cell, NumberError};
use crate::data::scale::Moments;
use crate::data::time::{self, TimeKind};
use crate::error::shown;

/// More different values than this are only "many".
const DISTINCT_LIMIT: usize = 5_000;

/// Of so many cells one may be no number before a column is no number column that has slipped.
const SLIPS: u64 = 20;

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Numbers, apart from empty cells.
    Number,
    /// Numbers, apart from empty cells and a few that are neither.
    Slipped,
    /// Times as ISO 8601 writes them, or by a pattern that is known.
    Time,
    /// Dates or times in a form that is not.
    OtherTime,
    /// Words.
    Text,
    /// Nothing.
    Empty,
}

/// Everything counted about a column.
#[derive(Clone, Debug)]
pub struct ColumnSurvey {
    /// Its name in the header.
    pub name: String,
    /// Cells that are not empty.
    pub filled: u64,
    /// Cells that are.
    pub empty: u64,
    /// Whether the file's first row has no value here.
    pub begins_empty: bool,
    /// The first empty cell's line.
    pub first_empty: Option<u64>,
    /// Of the numbers.
    pub moments: Moments,
    /// Whether all numbers are whole.
    pub whole: bool,
    /// Cells that are neither empty nor numbers.
    pub odd: u64,
    /// The first of them.
    pub first_odd: Option<OddCell>,
    times: u64,
    looks_like_time: u64,
    /// The patterns that read every cell that is no number, the likeliest first; none before the first one.
    patterns: Option<Vec<String>>,
    /// Whether every number is one more than the one before: the rows counted.
    counts: bool,
    last: f64,
    distinct: HashSet<u64>,
}

/// A cell that is no number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OddCell {
    /// Its line.
    pub line: u64,
    /// Its text, quoted.
    pub text: String,
    /// Its text, what is wrong with it and the cure.
    pub complaint: String,
    /// Whether it holds letters alone.
    pub is_word: bool,
}

impl ColumnSurvey {
    pub(super) fn new(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            filled: 0,
            empty: 0,
            begins_empty: false,
            first_empty: None,
            moments: Moments::default(),
            whole: true,
            odd: 0,
            first_odd: None,
            times: 0,
            looks_like_time: 0,
            patterns: None,
            counts: true,
            last: f64::NAN,
            distinct: HashSet::new(),
        }
    }

    /// Takes in a cell.
    pub(super) fn add(&mut self, cell: &[u8], line: u64, dialect: Dialect) {
        match number::parse(cell, dialect.decimal) {
            Ok(Cell::Empty) => {
                self.begins_empty |= self.filled + self.empty == 0;
                self.empty += 1;
                self.first_empty.get_or_insert(line);
                return;
            }
            Ok(Cell::Value(value) | Cell::Underflow(value)) => self.add_number(value),
            Err(error) => self.add_text(cell, line, dialect, error),
        }
        self.filled += 1;
        if self.distinct.len() <= DISTINCT_LIMIT {
            let mut hasher = DefaultHasher::new();
            cell.hash(&mut hasher);
            self.distinct.insert(hasher.finish());
        }
    }

    fn add_number(&mut self, value: f64) {
        self.whole &= value % 1.0 == 0.0;
        self.counts &= self.last.is_nan() || value == self.last + 1.0;
        self.last = value;
        self.moments.add(value);
    }

    fn add_text(&mut self, cell: &[u8], line: u64, dialect: Dialect, error: NumberError) {
        let text = &*String::from_utf8_lossy(cell);
        let is_time = |time: time::Time| time.kind != TimeKind::Number;
        self.times += u64::from(time::parse(text, dialect.decimal).is_some_and(is_time));
        self.looks_like_time += u64::from(number::looks_like_date(text.trim().as_bytes()));
        match &mut self.patterns {
            None => self.patterns = Some(time::patterns(text)),
            Some(patterns) => patterns.retain(|pattern| time::fits(pattern, text)),
        }
        self.odd += 1;
        self.first_odd.get_or_insert_with(|| OddCell {
            line,
            text: shown(text),
            complaint: error.describe(cell, dialect.decimal),
            is_word: error == NumberError::Text,
        });
    }

    /// What the column is.
    pub fn kind(&self) -> Kind {
        match self.odd {
            _ if self.filled == 0 => Kind::Empty,
            0 => Kind::Number,
            odd if odd == self.filled && (self.times == odd || !self.forms().is_empty()) => {
                Kind::Time
            }
            odd if odd == self.filled && self.looks_like_time == odd => Kind::OtherTime,
            odd if odd * SLIPS <= self.filled => Kind::Slipped,
            _ => Kind::Text,
        }
    }

    /// The patterns that its times may be written by; more than one where it is open which number is the day.
    pub fn forms(&self) -> &[String] {
        match &self.patterns {
            Some(patterns) if self.times < self.odd && self.odd == self.filled => patterns,
            _ => &[],
        }
    }

    /// How many different values there are; none where there are many.
    pub fn distinct(&self) -> Option<u64> {
        (self.distinct.len() <= DISTINCT_LIMIT).then_some(self.distinct.len() as u64)
    }

    /// Whether it holds one value in all its rows.
    pub fn constant(&self) -> bool {
        self.filled > 0 && self.distinct.len() == 1
    }

    /// Whether it only counts the rows of the file.
    pub fn counts_rows(&self) -> bool {
        self.kind() == Kind::Number && self.counts && self.filled > 2
    }
}
