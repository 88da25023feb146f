//! One record of a CSV as the numbers, time and series key that a model uses.

use super::last_values::Fault;
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
    /// Whether an empty cell of a column may be, as far as a row by itself can tell.
    may_be_empty: Vec<bool>,
    /// Whether an empty cell is a word of its own.
    is_word: Vec<bool>,
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
        for (column, name) in roles.columns[..roles.cells].iter().enumerate() {
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
        let may = roles.missing != Missing::Error || !roles.ahead.is_empty();
        let may_be_empty = (0..roles.cells).map(|column| may || roles.fixed.contains(&column));
        let words_of_their_own = matches!(roles.missing, Missing::Mask | Missing::Interpolate);
        let is_word = (0..roles.cells)
            .map(|column| words_of_their_own && roles.are_words[column] && roles.is_input(column));
        Ok(Self {
            header,
            columns,
            time,
            series,
            are_words,
            part: None,
            may_be_empty: may_be_empty.collect(),
            is_word: is_word.collect(),
            spellings: roles.spellings.clone(),
        })
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
        for (column, &place) in self.columns.iter().enumerate() {
            let Some(place) = place else {
                row.values.push(f64::NAN);
                continue;
            };
            let value = match self.are_words[column] {
                true => self.word(record, place, &mut words[column])?,
                false => self.number(record, place, &mut row.underflows)?,
            };
            row.values.push(match value {
                Some(value) => value,
                None if !self.may_be_empty[column] => {
                    return Err(self.empty_error(record, column, place));
                }
                None => {
                    row.empty.push(column);
                    let word = self.is_word[column].then(|| words[column].intern(""));
                    word.map_or(f64::NAN, f64::from)
                }
            });
        }
        row.values.resize(self.are_words.len(), f64::NAN);
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

    /// The number of a cell; none where it is empty.
    fn number(&self, record: &Record, place: usize, underflows: &mut u64) -> Result<Option<f64>> {
        if self.is_spelled_empty(record, place) {
            return Ok(None);
        }
        let cell = self.header.number(record, place)?;
        *underflows += u64::from(matches!(cell, Cell::Underflow(_)));
        Ok(cell.value())
    }

    /// The number of the word in a cell: its text as it is. None where the cell is empty.
    fn word(&self, record: &Record, place: usize, words: &mut Words) -> Result<Option<f64>> {
        let text = self.header.text(record, place)?;
        let empty = text.is_empty() || self.is_spelled_empty(record, place);
        Ok((!empty).then(|| f64::from(words.intern(text))))
    }

    /// Whether a cell is one of those that the config counts as empty.
    fn is_spelled_empty(&self, record: &Record, place: usize) -> bool {
        self.spellings.iter().any(|word| word.as_bytes() == record.field(place))
    }

    fn empty_error(&self, record: &Record, column: usize, place: usize) -> Error {
        match self.are_words[column] {
            true => self.header.no_word_error(record, place),
            false => self.header.empty_error(record, place),
        }
    }

    /// The error for what is wrong with a row among the others of its series.
    pub fn fault(&self, record: &Record, fault: Fault) -> Error {
        let at = |column: usize, message: &str| {
            self.error_at(record, self.columns[column], message.to_owned())
        };
        match fault {
            Fault::Empty(column) => match self.columns[column] {
                Some(place) => self.empty_error(record, column, place),
                None => self.header.row_error(record, "a column that is needed is not there"),
            },
            Fault::NothingBefore(column) => at(
                column,
                "the cell is empty, and no value stands before it in its series to fill it with (data.missing is \
                 \"ffill\"); take out the rows before the first value",
            ),
            Fault::Changed(column) => self.value_error(
                record,
                column,
                "is another value than before in its series, but the column is \"static\"; mend it, or take \
                 \"static\" out of its input in the config",
            ),
            Fault::BehindThePlan => self.header.row_error(
                record,
                "row stands behind rows of the plan (those in which only what is known ahead is filled in), which are \
                 still to come; they stand at the end of their series",
            ),
            Fault::NoCalendar => self.time_error(
                record,
                "is a plain number, of which no calendar knows the hour or the day; say what it counts with \
                 \"format\": \"epoch_s\" or \"epoch_ms\" in data.time, or take the names with \"@\" out of data.inputs"
                    .into(),
            ),
        }
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
