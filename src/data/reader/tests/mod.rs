//! The faults of reading text, one by one. Sources that misbehave stand here.

mod endings;
mod header;
mod number;
mod records;
mod unzip;

use std::io::{Read, Write};

use super::{Header, Record, RecordReader};
use crate::config::Dialect;
use crate::error::Error;

/// Lines and fields of a text, and the messages of records refused on the way.
#[derive(Debug, Default, PartialEq, Eq)]
struct Outcome {
    rows: Vec<(u64, Vec<String>)>,
    errors: Vec<String>,
}

/// Reads to the end, past refused records.
fn outcome_of(source: impl Read) -> Outcome {
    let mut reader = RecordReader::new(source, "data.csv", Dialect::default());
    let (mut record, mut outcome) = (Record::default(), Outcome::default());
    loop {
        match reader.read(&mut record) {
            Ok(true) => {
                let fields = record.iter().map(|field| String::from_utf8_lossy(field).into_owned());
                outcome.rows.push((record.line(), fields.collect()));
            }
            Ok(false) => return outcome,
            Err(error) => {
                assert_eq!(error.exit_code(), 65, "{error}");
                outcome.errors.push(error.to_string());
            }
        }
    }
}

/// Rows of a text without a fault, as (line, fields joined by "|").
fn rows_of(text: &str) -> Vec<(u64, String)> {
    let outcome = outcome_of(text.as_bytes());
    assert_eq!(outcome.errors, [""; 0]);
    outcome.rows.into_iter().map(|(line, fields)| (line, fields.join("|"))).collect()
}

/// The one error of a text.
fn error_of(text: &[u8]) -> String {
    let mut errors = outcome_of(text).errors;
    assert_eq!(errors.len(), 1, "{errors:?}");
    errors.remove(0)
}

/// A text as gzip packs it.
fn gzip(text: &[u8]) -> Vec<u8> {
    let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    packer.write_all(text).unwrap();
    packer.finish().unwrap()
}

/// The header of a text and its first row.
fn table(text: &[u8]) -> (Header, Record) {
    let mut reader = RecordReader::new(text, "data.csv", Dialect::default());
    let header = Header::read(&mut reader).unwrap();
    let mut record = Record::default();
    reader.read(&mut record).unwrap();
    (header, record)
}

fn message<T: std::fmt::Debug>(result: Result<T, Error>) -> String {
    let error = result.unwrap_err();
    assert_eq!(error.exit_code(), 65);
    error.to_string()
}

/// Hands out at most so many bytes at a time.
struct Trickle<'t> {
    text: &'t [u8],
    step: usize,
}

impl Read for Trickle<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let count = self.step.min(self.text.len()).min(buffer.len());
        buffer[..count].copy_from_slice(&self.text[..count]);
        self.text = &self.text[count..];
        Ok(count)
    }
}

/// A small generator of numbers, so that a failure can be repeated (G. Marsaglia, xorshift).
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) as usize % limit
    }

    fn pick<'t>(&mut self, choices: &[&'t str]) -> &'t str {
        choices[self.below(choices.len())]
    }
}
