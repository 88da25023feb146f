//! The first record: which column stands where, and what an error calls it.

use std::io::Read;

use super::columns;
use super::number::{self, Cell, NumberError};
use super::record::Record;
use super::records::RecordReader;
use crate::config::{Dialect, HeaderBy};
use crate::error::{DataError, Error, Result, shown};

/// The names of a file's columns.
#[derive(Clone, Debug)]
pub struct Header {
    file: String,
    line: u64,
    dialect: Dialect,
    names: Vec<String>,
    /// Where the names come from.
    by: HeaderBy,
}

impl Header {
    /// The names of the columns of `reader`, which has read nothing yet.
    ///
    /// # Errors
    /// Those of [`read`](Self::read), where a record has to be read for it.
    pub fn of<R: Read>(reader: &mut RecordReader<R>, by: &HeaderBy) -> Result<Self> {
        let names = match by {
            HeaderBy::First => return Self::read(reader),
            HeaderBy::Names(names) => names.clone(),
            HeaderBy::Places => {
                let mut first = Record::default();
                if !reader.read(&mut first)? {
                    return Err(empty(reader));
                }
                let names = (1..=first.len()).map(|place| place.to_string()).collect();
                reader.put_back(first);
                names
            }
        };
        let (file, dialect) = (reader.file().to_owned(), reader.dialect());
        Ok(Header { file, line: 1, dialect, names, by: by.clone() })
    }

    /// Takes the next record of `reader` as the header.
    ///
    /// # Errors
    /// [`Error::Data`] if there is none, or a name is not UTF-8; and those of
    /// [`RecordReader::read`]. Empty and repeated names are no fault until they are asked for.
    pub fn read<R: Read>(reader: &mut RecordReader<R>) -> Result<Self> {
        let mut record = Record::default();
        if !reader.read(&mut record)? {
            return Err(empty(reader));
        }
        let (file, dialect, line) = (reader.file().to_owned(), reader.dialect(), record.line());
        let mut header = Header { file, line, dialect, names: Vec::new(), by: HeaderBy::First };
        for (place, name) in record.iter().enumerate() {
            let name = std::str::from_utf8(name).map_err(|error| {
                let fault = not_utf8(name, error);
                header.row_error(&record, format!("header, column {}: {fault}", place + 1))
            })?;
            header.names.push(name.to_owned());
        }
        Ok(header)
    }

    /// The marks of the file.
    pub fn dialect(&self) -> Dialect {
        self.dialect
    }

    /// The names in the order of the file.
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// Whether most names are numbers or dates: a first line of data instead of names.
    pub fn looks_like_data(&self) -> bool {
        columns::look_like_data(&self.names)
    }

    /// The error for a file that holds nothing but this.
    pub fn no_rows(&self) -> Error {
        let message = match self.by {
            HeaderBy::First => "has a header but no data rows",
            HeaderBy::Places | HeaderBy::Names(_) => NOTHING,
        };
        let file = self.file.clone();
        DataError { file, message: message.into(), ..DataError::default() }.into()
    }

    /// Where the column `name` stands, from 0; `None` if nowhere.
    ///
    /// # Errors
    /// [`Error::Data`] if it stands twice, with both places.
    pub fn find(&self, name: &str) -> Result<Option<usize>> {
        let mut places = (0..self.names.len()).filter(|&place| self.names[place] == name);
        let first = places.next();
        match (first, places.next()) {
            (Some(first), Some(second)) => Err(self.header_error(format!(
                "column {} stands twice in the header, as {} and {}; rename one",
                shown(name),
                first + 1,
                second + 1
            ))),
            _ => Ok(first),
        }
    }

    /// Where the column `name` stands, from 0; `wanted_by` tells who named it, as in
    /// ` of data.inputs`.
    ///
    /// # Errors
    /// [`Error::Data`] if it stands twice, or nowhere: then with the likely reason and the header.
    pub fn position(&self, name: &str, wanted_by: &str) -> Result<usize> {
        self.find(name)?.ok_or_else(|| {
            let delimiter = self.dialect.delimiter;
            self.header_error(match self.by {
                HeaderBy::First => columns::absent(name, wanted_by, &self.names, delimiter),
                HeaderBy::Places => columns::absent_place(name, wanted_by, self.names.len()),
                HeaderBy::Names(_) => columns::absent_name(name, wanted_by, &self.names),
            })
        })
    }

    /// Makes sure that a row has the header's width and is not the header again.
    ///
    /// # Errors
    /// [`Error::Data`]; the reader may go on.
    pub fn check_row(&self, record: &Record) -> Result<()> {
        let (fields, names) = (record.len(), self.names.len());
        if fields != names {
            let s = if fields == 1 { "" } else { "s" };
            let hint = if fields == names + 1 && record.field(names).is_empty() {
                "; remove the delimiter at its end"
            } else if fields > names {
                "; a cell that holds the delimiter stands in quotes"
            } else {
                "; was it cut off?"
            };
            let wanted = match self.by {
                HeaderBy::First => "header has",
                HeaderBy::Places => "the first row has",
                HeaderBy::Names(_) => "data.header has",
            };
            let message = format!("row has {fields} field{s}, {wanted} {names}{hint}");
            return Err(self.row_error(record, message));
        }
        if self.is_repeated_by(record) {
            let cure = match self.by {
                HeaderBy::Names(_) => {
                    "take data.header out of the config, or this line out of the file"
                }
                _ => "remove it (were files joined?)",
            };
            let message = format!("line {} repeats the header; {cure}", record.line());
            return Err(self.row_error(record, message));
        }
        Ok(())
    }

    /// Reads a cell of a number column; `column` is a place from [`position`](Self::position) and
    /// the row has passed [`check_row`](Self::check_row).
    ///
    /// # Errors
    /// [`Error::Data`] naming line, column and value. An empty cell is none: see
    /// [`empty_error`](Self::empty_error).
    #[inline]
    pub fn number(&self, record: &Record, column: usize) -> Result<Cell> {
        number::parse(record.field(column), self.dialect.decimal)
            .map_err(|error| self.number_error(record, column, error))
    }

    #[cold]
    fn number_error(&self, record: &Record, column: usize, error: NumberError) -> Error {
        let message = error.describe(record.field(column), self.dialect.decimal);
        self.cell_error(record, column, message)
    }

    /// Reads a cell of a text column, as it is.
    ///
    /// # Errors
    /// [`Error::Data`] naming line, column and byte if it is not UTF-8.
    pub fn text<'r>(&self, record: &'r Record, column: usize) -> Result<&'r str> {
        let text = record.field(column);
        std::str::from_utf8(text)
            .map_err(|error| self.cell_error(record, column, not_utf8(text, error)))
    }

    /// The error for an empty cell where there must be a number.
    pub fn empty_error(&self, record: &Record, column: usize) -> Error {
        let text = String::from_utf8_lossy(record.field(column));
        let message = match text.trim_matches(' ') {
            "" => "the cell is empty".to_owned(),
            word => format!("{} counts as an empty cell", shown(word)),
        };
        let message = format!(
            "{message}; a number is needed: fill it, take the row out, or set \"missing\": \"ffill\" in data to \
             repeat the last value"
        );
        self.cell_error(record, column, message)
    }

    /// The error for an empty cell where there must be a word.
    pub fn no_word_error(&self, record: &Record, column: usize) -> Error {
        let message = "the cell is empty; a word is needed: fill it, take the row out, or set \"missing\": \
                       \"ffill\" in data to repeat the last word";
        self.cell_error(record, column, message)
    }

    /// An error about one cell.
    pub fn cell_error(&self, record: &Record, column: usize, message: impl Into<String>) -> Error {
        let name = self.names.get(column).cloned().unwrap_or_default();
        DataError {
            file: self.file.clone(),
            line: Some(record.line()),
            column: Some((name, column + 1, self.names.len())),
            message: message.into(),
        }
        .into()
    }

    /// An error about a whole row.
    pub fn row_error(&self, record: &Record, message: impl Into<String>) -> Error {
        self.error_at(record.line(), message.into())
    }

    fn header_error(&self, message: String) -> Error {
        if self.by == HeaderBy::First {
            return self.error_at(self.line, message);
        }
        let file = self.file.clone();
        DataError { file, message, ..DataError::default() }.into()
    }

    fn error_at(&self, line: u64, message: String) -> Error {
        DataError { file: self.file.clone(), line: Some(line), column: None, message }.into()
    }

    /// The header of a file joined to another may carry a byte order mark along.
    fn is_repeated_by(&self, record: &Record) -> bool {
        // Where columns are called by their places, a row of these numbers is data.
        self.by != HeaderBy::Places
            && self.names.iter().zip(record.iter()).enumerate().all(|(place, (name, field))| {
                let mark = if place == 0 { field.strip_prefix(b"\xef\xbb\xbf") } else { None };
                mark.unwrap_or(field) == name.as_bytes()
            })
    }
}

const NOTHING: &str = "no data rows: the file is empty";

fn empty<R: Read>(reader: &RecordReader<R>) -> Error {
    let (file, message) = (reader.file().to_owned(), NOTHING.to_owned());
    DataError { file, message, ..DataError::default() }.into()
}

/// Says which byte is not UTF-8, and the cure. `text` is what `error` is about.
pub(super) fn not_utf8(text: &[u8], error: std::str::Utf8Error) -> String {
    let place = error.valid_up_to();
    let byte = text.get(place).copied().unwrap_or_default();
    format!(
        "byte 0x{byte:02x} (place {}) is not UTF-8; convert the file: iconv -f LATIN1 -t UTF-8 FILE > NEW.csv",
        place + 1
    )
}
