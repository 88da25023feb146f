//! All rows of some files, by series.

use std::collections::HashMap;
use std::io::Read;
use std::path::{Path, PathBuf};

use super::last_values::{Fate, LastValues, Why};
use super::lines::Lines;
use super::reader::{Header, Record, RecordReader};
use super::roles::Roles;
use super::row::{Row, RowLayout};
use super::source::{self, Hashing};
use super::time::{TimeKind, TimeReader};
use super::time_order::{Next, TimeOrder};
use super::words::Words;
use crate::config::SeriesBy;
use crate::error::{Error, Result, shown, shown_path};

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
    /// Which series each row belongs to, in the order of the files.
    pub series_of_row: Vec<u32>,
    /// Cells too small for f32, taken as zero.
    pub underflows: u64,
    /// Empty cells that took the last value of their column.
    pub filled: u64,
    /// Empty cells of targets for which there is no truth.
    pub absent: u64,
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
    /// On which line each row starts.
    pub lines: Lines,
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

    /// The time of a row as written; empty without a time column.
    pub fn time_text(&self, row: usize) -> &str {
        if self.times.is_empty() { "" } else { self.time_texts.get(row) }
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
        let mut builder = Builder { dealt: true, ..Builder::new(roles) };
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
        let mut builder = Builder::new(roles);
        let key = if roles.series == SeriesBy::File { vec![String::new()] } else { Vec::new() };
        builder.read(source, path, name, key)?;
        builder.finish()
    }

    /// All rows of its series.
    pub fn rows(&self) -> u64 {
        self.series.iter().map(|s| s.rows as u64).sum()
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

/// Reads file after file into a table.
struct Builder<'a> {
    roles: &'a Roles,
    /// Whether the split column is read.
    dealt: bool,
    table: Table,
    by_key: HashMap<Vec<String>, usize>,
    order: TimeOrder,
    last_values: LastValues,
    /// The first fault in the order of times, and how many there are.
    disorder: Option<(Error, u64)>,
}

impl<'a> Builder<'a> {
    fn new(roles: &'a Roles) -> Self {
        Self {
            roles,
            dealt: false,
            table: Table {
                words: vec![Words::default(); roles.columns.len()],
                clock: roles.clock(),
                ..Table::default()
            },
            by_key: HashMap::new(),
            order: TimeOrder::new(roles),
            last_values: LastValues::default(),
            disorder: None,
        }
    }

    fn read(&mut self, source: impl Read, path: &Path, name: &str, key: Vec<String>) -> Result<()> {
        if !key.is_empty() && self.by_key.contains_key(&key) {
            let reason = "two files of the same name would be one series; rename one".into();
            return Err(Error::Input { path: path.to_owned(), reason });
        }
        let mut hashing = Hashing::new(source);
        let mut reader = RecordReader::new(&mut hashing, name, self.roles.dialect);
        let header = Header::of(&mut reader, &self.roles.header)?;
        let mut layout =
            RowLayout::new(header, self.roles, |column| Some(self.roles.wanted_by(column)))?;
        let part = self.roles.part.as_ref().filter(|_| self.dealt);
        part.map(|column| layout.dealt_by(column)).transpose()?;
        let names = layout.header().names().to_vec();
        let (mut record, mut row, mut rows) = (Record::default(), Row::default(), 0);
        let mut lines = Lines::default();
        while reader.read(&mut record)? {
            layout.parse(&record, &mut row, &mut self.table.words)?;
            if !key.is_empty() {
                row.key.clone_from(&key);
            }
            self.push(&layout, &record, &mut row)?;
            lines.push(rows, row.line);
            rows += 1;
        }
        if rows == 0 {
            return Err(layout.header().no_rows());
        }
        let (sha256, bytes) = (hashing.hex(), hashing.size());
        let path = path.to_owned();
        self.table.files.push(SourceFile { path, sha256, bytes, rows, header: names, lines });
        Ok(())
    }

    fn push(&mut self, layout: &RowLayout, record: &Record, row: &mut Row) -> Result<()> {
        let index = match self.by_key.get(&row.key) {
            Some(&index) => index,
            None => {
                let index = self.table.series.len();
                self.by_key.insert(row.key.clone(), index);
                let columns = self.roles.columns.len();
                self.table.series.push(Series {
                    key: row.key.clone(),
                    columns,
                    ..Series::default()
                });
                index
            }
        };
        let fate = self.last_values.fill(self.roles, index, row);
        let fate = fate.map_err(|column| layout.nothing_to_fill(record, column))?;
        if let Some(time) = row.time
            && let Err(message) = self.order.check(index, time, &row.time_text)
        {
            let count = self.disorder.as_ref().map_or(0, |(_, count)| *count);
            let first = self.disorder.take().map(|(error, _)| error);
            let error = first.unwrap_or_else(|| layout.time_error(record, message));
            self.disorder = Some((error, count + 1));
        }
        self.table.underflows += row.underflows;
        let number = u32::try_from(index);
        self.table
            .series_of_row
            .push(number.map_err(|_| Error::Memory("more than 4 billion series".into()))?);
        let series = &mut self.table.series[index];
        if let Fate::Dropped(why) = fate {
            let (before, time_text) = (series.rows, row.time_text.clone());
            series.dropped.push(Dropped { before, time_text, why });
            if why.cuts() {
                series.cut();
            }
            return Ok(());
        }
        if let Some(time) = row.time {
            series.kind = Some(time.kind);
            series.times.push(time.nanos);
            series.time_texts.push(&row.time_text);
        }
        self.last_values.keep(self.roles, index, &row.values);
        let still_empty = row.values.iter().filter(|value| value.is_nan()).count() as u64;
        self.table.filled += row.empty.len() as u64 - still_empty;
        self.table.absent += still_empty;
        self.same_label(index, layout, record, row)?;
        let part =
            (self.dealt && self.roles.part.is_some()).then(|| self.table.parts.intern(&row.part));
        let series = &mut self.table.series[index];
        series.parts.extend(part);
        series.values.extend_from_slice(&row.values);
        series.rows += 1;
        Ok(())
    }

    /// A classification knows one label per series.
    fn same_label(
        &self,
        series: usize,
        layout: &RowLayout,
        record: &Record,
        row: &Row,
    ) -> Result<()> {
        let (target, first) = (self.roles.targets[0], &self.table.series[series]);
        if !self.roles.one_label || first.rows == 0 || first.row(0)[target] == row.values[target] {
            return Ok(());
        }
        let label = self.table.words[target].of(first.row(0)[target]).unwrap_or_default();
        let message = format!(
            "is another label than {} of the series' first row; a classification has one per series: mend it, or \
             make the task a tagging",
            shown(label)
        );
        Err(layout.value_error(record, target, &message))
    }

    fn finish(self) -> Result<Table> {
        match self.disorder {
            Some((Error::Data(mut error), count)) if count > 1 => {
                error.message.push_str(&format!(" ({count} such rows, this is the first)"));
                Err(error.into())
            }
            Some((error, _)) => Err(error),
            None => Ok(self.table),
        }
    }
}
