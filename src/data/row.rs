//! One record of a CSV as the numbers, time and series key that a model uses.

use super::reader::number::Cell;
use super::reader::{Header, Record};
use super::roles::Roles;
use super::time::{Time, TimeReader};
use super::words::Words;
use crate::config::{Missing, SeriesBy};
use crate::error::{Error, Result, shown};

/// Where the columns in use stand in one file.
#[derive(Clone, Debug)]
pub struct RowLayout {
    header: Header,
    columns: Vec<Option<usize>>,
    time: Option<(usize, TimeReader)>,
    series: Vec<usize>,
    are_words: Vec<bool>,
    part: Option<usize>,
    missing: Missing,
    spellings: Vec<String>,
}

/// One row; buffers are reused.
#[derive(Clone, Debug, Default)]
pub struct Row {
    /// Physical line it starts on.
    pub line: u64,
    /// The columns in use, of words their numbers; NaN for one that is empty, or not needed and not there.
    pub values: Vec<f64>,
    /// Those whose cell is empty, where the config allows it.
    pub empty: Vec<usize>,
    /// The time cell as written.
    pub time_text: String,
    /// The time it means.
    pub time: Option<Time>,
    /// What names its series.
    pub key: Vec<String>,
    /// What stands in the split column, where that is read.
    pub part: String,
    /// Cells that were too small for f32 and became zero.
    pub underflows: u64,
}

impl RowLayout {
    /// Finds the columns in a header. `wanted_by` tells who names a column; one that nobody
    /// names may be absent.
    pub fn new(
        header: Header,
        roles: &Roles,
        wanted_by: impl Fn(usize) -> Option<&'static str>,
    ) -> Result<Self> {
        let mut columns = Vec::with_capacity(roles.columns.len());
        for (column, name) in roles.columns.iter().enumerate() {
            columns.push(wanted_by(column).map(|key| header.position(name, key)).transpose()?);
        }
        let time = match &roles.time {
            Some(time) => {
                let place = header.position(&time.column, " of data.time")?;
                Some((place, roles.clock()))
            }
            None => None,
        };
        let series = match &roles.series {
            SeriesBy::Columns(names) => {
                let place = |name| header.position(name, " of data.series");
                names.iter().map(|name: &String| place(name)).collect::<Result<_>>()?
            }
            SeriesBy::One | SeriesBy::File => Vec::new(),
        };
        let are_words = roles.are_words.clone();
        let (missing, spellings) = (roles.missing, roles.spellings.clone());
        Ok(Self { header, columns, time, series, are_words, part: None, missing, spellings })
    }

    /// Reads the split column, too.
    pub fn dealt_by(&mut self, column: &str) -> Result<()> {
        self.part = Some(self.header.position(column, " of data.split")?);
        Ok(())
    }

    /// The header it was made from.
    pub fn header(&self) -> &Header {
        &self.header
    }

    /// Reads a record; `words` are those of each column so far. Errors name file, line, column and value.
    pub fn parse(&self, record: &Record, row: &mut Row, words: &mut [Words]) -> Result<()> {
        self.header.check_row(record)?;
        row.line = record.line();
        row.underflows = 0;
        row.values.clear();
        row.empty.clear();
        for (column, place) in self.columns.iter().enumerate() {
            let cell = place.map(|place| match self.are_words[column] {
                true => self.word(record, place, &mut words[column]),
                false => self.number(record, place, &mut row.underflows),
            });
            let value = cell.transpose()?.flatten();
            if value.is_none() && place.is_some() {
                row.empty.push(column);
            }
            row.values.push(value.unwrap_or(f64::NAN));
        }
        row.time_text.clear();
        if let Some((place, reader)) = &self.time {
            row.time_text.push_str(self.header.text(record, *place)?);
            let time = reader.read(&row.time_text);
            row.time =
                Some(time.map_err(|message| self.header.cell_error(record, *place, message))?);
        }
        row.key.resize(self.series.len(), String::new());
        for (part, &place) in row.key.iter_mut().zip(&self.series) {
            part.clear();
            part.push_str(self.header.text(record, place)?);
        }
        row.part.clear();
        if let Some(place) = self.part {
            row.part.push_str(self.header.text(record, place)?);
        }
        Ok(())
    }

    /// The number of a cell; none where it is empty and may be.
    fn number(&self, record: &Record, place: usize, underflows: &mut u64) -> Result<Option<f64>> {
        let cell = match self.is_spelled_empty(record, place) {
            true => Cell::Empty,
            false => self.header.number(record, place)?,
        };
        match cell {
            Cell::Value(value) => Ok(Some(value)),
            Cell::Underflow(value) => {
                *underflows += 1;
                Ok(Some(value))
            }
            Cell::Empty if self.missing != Missing::Error => Ok(None),
            Cell::Empty => Err(self.header.empty_error(record, place)),
        }
    }

    /// The number of the word in a cell: its text as it is. None where the cell is empty and may be.
    fn word(&self, record: &Record, place: usize, words: &mut Words) -> Result<Option<f64>> {
        match self.header.text(record, place)? {
            text if !text.is_empty() && !self.is_spelled_empty(record, place) => {
                Ok(Some(f64::from(words.intern(text))))
            }
            _ if self.missing != Missing::Error => Ok(None),
            _ => Err(self.header.no_word_error(record, place)),
        }
    }

    /// Whether a cell is one of those that the config counts as empty.
    fn is_spelled_empty(&self, record: &Record, place: usize) -> bool {
        self.spellings.iter().any(|word| word.as_bytes() == record.field(place))
    }

    /// The error for an empty cell of a model's column before the first value of its series.
    pub fn nothing_to_fill(&self, record: &Record, column: usize) -> Error {
        let message = "the cell is empty, and no value stands before it in its series to fill it with \
                       (data.missing is \"ffill\"); take out the rows before the first value";
        self.error_at(record, self.columns[column], message.to_owned())
    }

    /// An error about the cell of a model's column, which begins with its value.
    pub fn value_error(&self, record: &Record, column: usize, message: &str) -> Error {
        let place = self.columns[column];
        let value = place.map(|place| shown(&String::from_utf8_lossy(record.field(place))) + " ");
        self.error_at(record, place, value.unwrap_or_default() + message)
    }

    /// An error about this record's time cell.
    pub fn time_error(&self, record: &Record, message: String) -> Error {
        self.error_at(record, self.time.as_ref().map(|(place, _)| *place), message)
    }

    /// An error about a cell, or about the whole row where the file has no such column.
    fn error_at(&self, record: &Record, place: Option<usize>, message: String) -> Error {
        match place {
            Some(place) => self.header.cell_error(record, place, message),
            None => self.header.row_error(record, message),
        }
    }
}
