//! What a CSV holds, before there is a config: its marks, what each column is, how time goes and what
//! tells series apart. Everything is counted over the whole file; nothing is kept but numbers.

mod candidates;
mod clock;
mod column;
mod dialect;
mod order;

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

pub use clock::{Clock, Disorder};
pub use column::{ColumnSurvey, Kind, OddCell};

use super::reader::{Header, Record, RecordReader, Unzip};
use super::source;
use crate::config::{Dialect, HeaderBy};
use crate::error::{DataError, Error, Result, shown_path};

/// Bytes from which the marks are found.
const SAMPLE: u64 = 1 << 18;

/// What was found.
#[derive(Clone, Debug)]
pub struct Survey {
    /// The file as the user named it.
    pub path: PathBuf,
    /// Its marks.
    pub dialect: Dialect,
    /// Whether its first line names the columns.
    pub header: HeaderBy,
    /// Data rows.
    pub rows: u64,
    /// Every column, in the order of the file.
    pub columns: Vec<ColumnSurvey>,
    /// The time column and how time goes.
    pub time: Option<Clock>,
    /// Places of the columns that name a row's series; none where there is one series.
    pub series: Vec<usize>,
    /// Rows of the shortest and of the longest series, and how many series there are.
    pub extent: Extent,
}

/// How long the series are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Extent {
    /// Number of series.
    pub series: u64,
    /// Rows of the shortest.
    pub shortest: u64,
    /// Rows of the longest.
    pub longest: u64,
}

impl Survey {
    /// Reads a file three times: its first bytes, every cell, and the columns that may tell time and series.
    ///
    /// # Errors
    /// 66 where it cannot be read; 65 where it is no table, as for every reader of ours.
    pub fn read(path: &Path) -> Result<Self> {
        let mut sample = Vec::new();
        let file = regular(path)?;
        // A damaged gzip file is refused by the reader, with its line.
        let sampled = Unzip::new(file).take(SAMPLE).read_to_end(&mut sample);
        sampled.or_else(|e| e.raw_os_error().map_or(Ok(0), |_| Err(Error::input(path, &e))))?;
        let dialect = dialect::sniff(&sample, path);
        let mut reader = RecordReader::new(regular(path)?, path, dialect);
        let header = match Header::read(&mut reader)?.looks_like_data() {
            true => HeaderBy::Places,
            false => HeaderBy::First,
        };
        let (columns, rows) = profile(path, dialect, &header)?;
        if rows == 0 {
            let message = "has a header but no data rows".into();
            let file = shown_path(path);
            return Err(DataError { file, message, ..DataError::default() }.into());
        }
        let found = order::find(path, (dialect, &header), &columns, rows)?;
        let (time, series, extent) = (found.time, found.series, found.extent);
        let path = path.to_owned();
        Ok(Self { path, dialect, header, rows, columns, time, series, extent })
    }

    /// The column of this name.
    pub fn column(&self, name: &str) -> Option<&ColumnSurvey> {
        self.columns.iter().find(|column| column.name == name)
    }
}

/// A file that can be read more than once.
fn regular(path: &Path) -> Result<File> {
    // A config names its data, and these names mean another file every time.
    if path == Path::new("-") || path.starts_with("/dev") || path.starts_with("/proc") {
        let reason = "is no file that a config could name; save the rows to a file first".into();
        return Err(Error::Input { path: path.to_owned(), reason });
    }
    let file = source::open(path)?;
    if file.metadata().map_err(|e| Error::input(path, &e))?.is_file() {
        return Ok(file);
    }
    let reason =
        "is no regular file, and it has to be read more than once; save it to a file first";
    Err(Error::Input { path: path.to_owned(), reason: reason.into() })
}

/// A reader of the rows, its header already read.
fn open(path: &Path, dialect: Dialect, by: &HeaderBy) -> Result<(RecordReader<File>, Header)> {
    let mut reader = RecordReader::new(regular(path)?, path, dialect);
    let header = Header::of(&mut reader, by)?;
    Ok((reader, header))
}

/// Looks at every cell.
fn profile(path: &Path, dialect: Dialect, by: &HeaderBy) -> Result<(Vec<ColumnSurvey>, u64)> {
    let (mut reader, header) = open(path, dialect, by)?;
    let mut columns: Vec<ColumnSurvey> =
        header.names().iter().map(|name| ColumnSurvey::new(name)).collect();
    let (mut record, mut rows) = (Record::default(), 0);
    while reader.read(&mut record)? {
        header.check_row(&record)?;
        for (column, cell) in columns.iter_mut().zip(record.iter()) {
            column.add(cell, record.line(), dialect);
        }
        rows += 1;
    }
    Ok((columns, rows))
}

#[cfg(test)]
mod tests;
