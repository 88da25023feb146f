//! Finds a file's marks in its first bytes. A guess, told to the user and written into a config; the reader
//! itself never guesses.

use std::path::Path;

use crate::config::Dialect;
use crate::data::reader::number::{self, NumberError};
use crate::data::reader::{Record, RecordReader};

/// The marks that cells may stand between, the likeliest first.
const DELIMITERS: [u8; 4] = [b',', b';', b'\t', b'|'];

/// Records looked at.
const RECORDS: usize = 500;

/// The delimiter that cuts the sample into the most even table, and the decimal mark of its numbers.
pub(super) fn sniff(sample: &[u8], path: &Path) -> Dialect {
    let with = |delimiter| Dialect { delimiter, ..Dialect::default() };
    let table = |&delimiter: &u8| records(sample, path, with(delimiter));
    let tables: Vec<_> = DELIMITERS.iter().map(table).collect();
    let best = (0..tables.len()).max_by_key(|&at| (evenness(&tables[at]), DELIMITERS.len() - at));
    let best = best.unwrap_or(0);
    let delimiter = if evenness(&tables[best]).1 > 1 { DELIMITERS[best] } else { b',' };
    let cells = tables[best].iter().skip(1).flatten();
    Dialect { delimiter, decimal: decimal(cells, delimiter) }
}

/// The whole records of a sample, cut at this delimiter.
fn records(sample: &[u8], path: &Path, dialect: Dialect) -> Vec<Vec<Vec<u8>>> {
    let end = sample.iter().rposition(|&byte| byte == b'\n').map_or(sample.len(), |at| at + 1);
    let mut reader = RecordReader::new(&sample[..end], path, dialect);
    let (mut record, mut found) = (Record::default(), Vec::new());
    while found.len() < RECORDS && reader.read(&mut record).unwrap_or(false) {
        found.push(record.iter().map(<[u8]>::to_vec).collect());
    }
    found
}

/// Per cent of the records that are as wide as the header, where that is more than one cell; and its width.
fn evenness(records: &[Vec<Vec<u8>>]) -> (usize, usize) {
    let width = records.first().map_or(0, Vec::len);
    if width < 2 {
        return (0, width);
    }
    let even = records.iter().filter(|record| record.len() == width).count();
    (100 * even / records.len(), width)
}

/// A comma where some cells are numbers only with one, and none only with a point. `1,234` may have its thousands
/// grouped; where commas do not part the cells it is taken as a decimal, as everywhere such files come from.
fn decimal<'a>(cells: impl Iterator<Item = &'a Vec<u8>>, delimiter: u8) -> u8 {
    let (mut commas, mut points) = (0, 0);
    for cell in cells {
        let with_point = number::parse(cell, b'.');
        let grouped = with_point == Err(NumberError::OtherMarkOrGrouped) && delimiter != b',';
        commas += u32::from(grouped || with_point == Err(NumberError::OtherMark));
        points += u32::from(number::parse(cell, b',') == Err(NumberError::OtherMark));
    }
    if commas > 0 && points == 0 { b',' } else { b'.' }
}
