//! All rows of some files, by series.

mod builder;
mod sorter;

use std::collections::HashMap;
use std::io::Read;
use std::path::{Path, PathBuf};

use builder::Builder;

use super::calendar::Calendar;
use super::last_values::{EmptyCells, Why};
use super::lines::Lines;
use super::roles::Roles;
use super::source;
use super::time::{TimeKind, TimeReader};
use super::words::Words;
use crate::config::SeriesBy;
use crate::error::{Result, shown_path};

/// Rows in memory. Series stand in the order of their first row, rows within a series in file order.
#[derive(Clone, Debug, Default)]
pub struct Table {
    /// Where the rows come from.
    pub files: Vec<SourceFile>,
    /// The series.
    pub series: Vec<Series>,
    /// The words of each column in use; those of a column of numbers are none.
    pub words: Vec<Words>,
    /// What stands in the split column.
    pub parts: Words,
    /// What has read the times.
    pub clock: TimeReader,
    /// Where each row comes from, in the order of `series_of_row`.
    pub lines: Lines,
    /// Rows that `"order": "sort"` has put elsewhere.
    pub moved: u64,
    /// Which series each row belongs to, in the order of the files.
    pub series_of_row: Vec<u32>,
    /// Cells too small for f32, taken as zero.
    pub underflows: u64,
    /// Empty cells of the rows.
    pub empty: EmptyCells,
}

/// One file that was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceFile {
    /// As the user named it.
    pub path: PathBuf,
    /// SHA-256 of its bytes.
    pub sha256: String,
    /// How many they are.
    pub bytes: u64,
    /// Its data rows.
    pub rows: u64,
    /// The names in its header, used or not.
    pub header: Vec<String>,
}

/// The rows of one series.
#[derive(Clone, Debug, Default)]
pub struct Series {
    /// What names it; empty where there is only one.
    pub key: Vec<String>,
    /// Times in nanoseconds; empty without a time column.
    pub times: Vec<i128>,
    /// What stands in the split column, as [`Table::parts`] numbers it; empty without one.
    pub parts: Vec<u32>,
    /// Rows (ascending, never the first) at which look-back and state start anew.
    pub cuts: Vec<usize>,
    /// Rows of the files that are none of these rows, in their order.
    pub dropped: Vec<Dropped>,
    /// What is known of the rows that follow its last one, `[n, columns]`.
    pub plan: Vec<f64>,
    values: Vec<f64>, // [rows, columns]
    columns: usize,
    kind: Option<TimeKind>,
    time_texts: Texts,
    rows: usize,
}

/// A row of a file that is left out of its series.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dropped {
    /// The row of the series that it stands before.
    pub before: usize,
    /// Its time as written; empty without a time column.
    pub time_text: String,
    /// Why it is left out.
    pub why: Why,
}

/// What a row of a file is in its series.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Turn {
    /// This row.
    Row(usize),
    /// This one of those that are left out.
    Dropped(usize),
}

/// Many short texts in one.
#[derive(Clone, Debug, Default)]
struct Texts {
    text: String,
    ends: Vec<usize>,
}

impl Texts {
    fn push(&mut self, text: &str) {
        self.text.push_str(text);
        self.ends.push(self.text.len());
    }

    fn get(&self, index: usize) -> &str {
        let start = if index == 0 { 0 } else { self.ends[index - 1] };
        &self.text[start..self.ends[index]]
    }
}

impl Series {
    /// Number of rows.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// One row, `[columns]`.
    pub fn row(&self, row: usize) -> &[f64] {
        self.rows_between(row, row + 1)
    }

    /// Rows `start..end`, `[end - start, columns]`.
    pub fn rows_between(&self, start: usize, end: usize) -> &[f64] {
        &self.values[start * self.columns..end * self.columns]
    }

    /// All rows from `start` on.
    pub fn rows_from(&self, start: usize) -> &[f64] {
        &self.values[start * self.columns..]
    }

    /// Rows to be changed, as [`Series::rows_between`]: for trials of what depends on them.
    pub fn values_mut(&mut self, rows: std::ops::Range<usize>) -> &mut [f64] {
        &mut self.values[rows.start * self.columns..rows.end * self.columns]
    }

    /// The time of a row as written; empty without a time column.
    pub fn time_text(&self, row: usize) -> &str {
        if self.times.is_empty() { "" } else { self.time_texts.get(row) }
    }

    /// Fills in what the calendar says of its rows.
    fn write_calendar(&mut self, calendar: &Calendar) {
        for (values, &nanos) in self.values.chunks_exact_mut(self.columns).zip(&self.times) {
            calendar.write(nanos, values);
        }
    }

    /// Cuts it behind its last row so far; a cut before the first row is none.
    fn cut(&mut self) {
        if self.rows > 0 && self.cuts.last() != Some(&self.rows) {
            self.cuts.push(self.rows);
        }
    }

    /// How its times are written.
    pub fn time_kind(&self) -> Option<TimeKind> {
        self.kind
    }
}

impl Table {
    /// Reads files (paths or globs) one after the other. Errors: 66, 65 with place and cure.
    pub fn read(patterns: &[PathBuf], roles: &Roles) -> Result<Self> {
        let mut builder = Builder::new(roles, true);
        for path in source::expand(patterns)? {
            let file = source::open(&path)?;
            let name =
                path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
            let key = if roles.series == SeriesBy::File { vec![name] } else { Vec::new() };
            builder.read(file, &path, &shown_path(&path), key)?;
        }
        builder.finish()
    }

    /// Reads one stream; a model with a series per file takes it as an unnamed one.
    pub fn read_stream(source: impl Read, path: &Path, name: &str, roles: &Roles) -> Result<Self> {
        let mut builder = Builder::new(roles, false);
        let key = if roles.series == SeriesBy::File { vec![String::new()] } else { Vec::new() };
        builder.read(source, path, name, key)?;
        builder.finish()
    }

    /// Fills in what the calendar says of all rows.
    pub fn write_calendar(&mut self, calendar: &Calendar) {
        if !calendar.is_empty() {
            self.series.iter_mut().for_each(|series| series.write_calendar(calendar));
        }
    }

    /// All rows of its series.
    pub fn rows(&self) -> u64 {
        self.series.iter().map(|s| s.rows as u64).sum()
    }

    /// Rows that are left out for this reason.
    pub fn dropped(&self, why: Why) -> u64 {
        let dropped = self.series.iter().flat_map(|s| &s.dropped);
        dropped.filter(|dropped| dropped.why == why).count() as u64
    }

    /// What each row of the files is: its series, and what it is there.
    pub fn turns(&self) -> impl Iterator<Item = (usize, Turn)> + '_ {
        let mut at = vec![(0, 0); self.series.len()];
        self.series_of_row.iter().map(move |&series| {
            let (row, dropped) = &mut at[series as usize];
            let next = self.series[series as usize].dropped.get(*dropped);
            let turn = match next.is_some_and(|next| next.before == *row) {
                true => Turn::Dropped(std::mem::replace(dropped, *dropped + 1)),
                false => Turn::Row(std::mem::replace(row, *row + 1)),
            };
            (series as usize, turn)
        })
    }

    /// The files in a few words, for messages.
    pub fn name(&self) -> String {
        match self.files.as_slice() {
            [] => "no file".into(),
            [one] => shown_path(&one.path),
            [first, rest @ ..] => format!("{} and {} more", shown_path(&first.path), rest.len()),
        }
    }

    /// `series "MSFT": ` where there are several, for messages.
    pub fn series_text(&self, series: usize) -> String {
        if self.series.len() < 2 {
            return String::new();
        }
        format!("series {}: ", crate::error::shown(&self.series[series].key.join(" / ")))
    }

    /// The commonest time between two rows of a series, with the kind of times.
    pub fn step(&self) -> Option<(i128, TimeKind)> {
        let mut counts: HashMap<i128, u64> = HashMap::new();
        for s in &self.series {
            s.times.windows(2).for_each(|w| *counts.entry(w[1] - w[0]).or_default() += 1);
        }
        let kind = self.series.iter().find_map(|s| s.kind)?;
        let (&step, _) = counts.iter().max_by_key(|&(&step, &count)| (count, -step))?;
        Some((step, kind))
    }
}
