//! The columns that may tell time or series apart, and their cells.

use std::collections::HashMap;
use std::path::Path;

use super::column::{ColumnSurvey, Kind};
use super::open;
use crate::config::{Dialect, HeaderBy, TimeColumn, TimeFormat};
use crate::data::reader::Record;
use crate::data::time::{TimeKind, TimeReader};
use crate::error::Result;

/// Names of columns that count time as plain numbers.
const TIME_NAMES: [&str; 16] = [
    "time",
    "timestamp",
    "datetime",
    "date",
    "ts",
    "ds",
    "epoch",
    "unix",
    "seconds",
    "step",
    "t",
    "index",
    "hour",
    "day",
    "tick",
    "cycle",
];

/// Names of columns that tell series apart, for files without a time column.
const SERIES_NAMES: [&str; 18] = [
    "series",
    "series_id",
    "unique_id",
    "id",
    "symbol",
    "ticker",
    "stock",
    "sensor",
    "sensor_id",
    "device",
    "device_id",
    "machine",
    "machine_id",
    "station",
    "unit",
    "item",
    "store",
    "site",
];

/// So many columns are tried in either role.
const CANDIDATES: usize = 6;

/// The cells of the columns in question, row by row.
pub(super) struct Rows {
    pub(super) lines: Vec<u64>,
    /// Of each candidate for time: its place, and a time a row.
    pub(super) times: Vec<Times>,
    pub(super) keys: Vec<Keys>,
}

/// A candidate for telling series apart.
pub(super) struct Keys {
    pub(super) column: usize,
    /// Words, or a name that says so.
    pub(super) likely: bool,
    /// Whether its name says so.
    pub(super) named: bool,
    /// The number of the series each row belongs to.
    pub(super) series: Vec<u32>,
}

#[derive(Clone)]
pub(super) struct Times {
    pub(super) column: usize,
    pub(super) kind: TimeKind,
    pub(super) nanos: Vec<i128>,
    /// What reads them.
    pub(super) reader: TimeReader,
    /// How they are written, where that has to be said.
    pub(super) format: TimeFormat,
    /// The first and the last cell.
    pub(super) ends: (String, String),
    /// The earliest and the latest cell.
    pub(super) extremes: (String, String),
    /// Their times.
    range: (i128, i128),
    /// Rows whose cell is no time.
    pub(super) broken: bool,
}

fn is_named(column: &ColumnSurvey, names: &[&str]) -> bool {
    names.contains(&column.name.trim().to_lowercase().as_str())
}

/// Columns of dates and times first, then numbers whose name says time.
fn time_candidates(columns: &[ColumnSurvey]) -> Vec<usize> {
    let usable = |column: &ColumnSurvey| !column.name.is_empty() && column.empty == 0;
    let dates = |column: &ColumnSurvey| usable(column) && column.kind() == Kind::Time;
    let counts = |column: &ColumnSurvey| {
        usable(column) && column.kind() == Kind::Number && is_named(column, &TIME_NAMES)
    };
    let places = |wanted: &dyn Fn(&ColumnSurvey) -> bool| -> Vec<usize> {
        (0..columns.len()).filter(|&place| wanted(&columns[place])).collect()
    };
    let mut found = places(&dates);
    found.extend(places(&counts));
    found.truncate(CANDIDATES);
    found
}

/// Columns of words first, then whole numbers; those with fewer different values first.
fn series_candidates(columns: &[ColumnSurvey], rows: u64) -> Vec<usize> {
    let order = |place: usize| {
        let column = &columns[place];
        let rank = match column.kind() {
            Kind::Text => 0,
            Kind::Number if column.whole => 1,
            _ => return None,
        };
        let distinct =
            column.distinct().filter(|&distinct| distinct > 1 && 2 * distinct <= rows)?;
        let named = u8::from(!is_named(column, &SERIES_NAMES));
        (!column.name.is_empty() && column.empty == 0).then_some((rank, named, distinct, place))
    };
    let mut found: Vec<_> = (0..columns.len()).filter_map(order).collect();
    found.sort_unstable();
    found.truncate(CANDIDATES);
    found.into_iter().map(|(.., place)| place).collect()
}

/// Reads the cells of all candidates, the likeliest first.
pub(super) fn read(
    path: &Path,
    (dialect, by): (Dialect, &HeaderBy),
    columns: &[ColumnSurvey],
    rows: u64,
) -> Result<Rows> {
    let (times, keys) = (time_candidates(columns), series_candidates(columns, rows));
    let (mut reader, header) = open(path, dialect, by)?;
    let mut record = Record::default();
    let new = |&column: &usize| Times::new(column, &columns[column], dialect);
    let mut rows = Rows {
        lines: Vec::new(),
        times: times.iter().map(new).collect(),
        keys: keys.iter().map(|&column| Keys::new(column, &columns[column])).collect(),
    };
    let mut numbers: Vec<HashMap<Vec<u8>, u32>> = vec![HashMap::new(); keys.len()];
    while reader.read(&mut record)? {
        header.check_row(&record)?;
        rows.lines.push(record.line());
        for times in &mut rows.times {
            times.push(&String::from_utf8_lossy(record.field(times.column)));
        }
        for (keys, numbers) in rows.keys.iter_mut().zip(&mut numbers) {
            let next = numbers.len() as u32;
            let cell = record.field(keys.column);
            let key = numbers.get(cell).copied();
            keys.series.push(key.unwrap_or_else(|| *numbers.entry(cell.to_vec()).or_insert(next)));
        }
    }
    Ok(rows)
}

impl Keys {
    fn new(column: usize, survey: &ColumnSurvey) -> Self {
        let named = is_named(survey, &SERIES_NAMES);
        Self { column, likely: named || survey.kind() == Kind::Text, named, series: Vec::new() }
    }
}

impl Times {
    fn new(column: usize, survey: &ColumnSurvey, dialect: Dialect) -> Self {
        let pattern = survey.forms().first();
        let format = pattern.map_or(TimeFormat::Iso, |form| TimeFormat::Pattern(form.clone()));
        let named = TimeColumn { column: String::new(), format: format.clone(), zone: None };
        let reader = TimeReader::new(&named, dialect.decimal);
        let (kind, ends) = (TimeKind::Number, Default::default());
        let (extremes, range) = (Default::default(), (i128::MAX, i128::MIN));
        let nanos = Vec::new();
        Self { column, kind, nanos, reader, format, ends, extremes, range, broken: false }
    }

    /// The same times running the other way.
    pub(super) fn turned(&self) -> Self {
        Self { nanos: self.nanos.iter().map(|time| -time).collect(), ..self.clone() }
    }

    fn push(&mut self, text: &str) {
        match self.reader.read(text) {
            Ok(time) if self.nanos.is_empty() || time.kind == self.kind => {
                self.kind = time.kind;
                self.nanos.push(time.nanos);
                if time.nanos < self.range.0 {
                    (self.range.0, self.extremes.0) = (time.nanos, text.to_owned());
                }
                if time.nanos > self.range.1 {
                    (self.range.1, self.extremes.1) = (time.nanos, text.to_owned());
                }
            }
            _ => {
                self.broken = true;
                self.nanos.push(0);
            }
        }
        if self.nanos.len() == 1 {
            text.clone_into(&mut self.ends.0);
        }
        self.ends.1.clear();
        self.ends.1.push_str(text);
    }
}
