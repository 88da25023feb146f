//! What rows take: those that were read, and those of files that are still to be read.

use std::fs::File;
use std::io::Read;
use std::path::PathBuf;

use super::{Estimate, PROGRAM, Prepared, refuse_if_too_big};
use crate::config::{Config, Source};
use crate::data::{Roles, Table, expand};
use crate::error::Result;

/// Bytes of a row besides its numbers and its time's text: which series it is of, and its time.
const ROW: u128 = 4;
const TIME: u128 = 16 + 8;
/// Bytes of a row that is left out of its series.
const DROPPED: u128 = 60;
/// Bytes of a distinct word besides its text: the two ways to it, and what is read of it.
const WORD: u128 = 190;
/// Bytes of an entry of a vocabulary: both ways between word and number, in the model and in the file it becomes, and
/// what is counted of it.
const ENTRY: u128 = 600;
/// Bytes of a series besides its rows.
const SERIES: u128 = 300;

/// The tables of a run.
pub(super) fn of_tables(prepared: &Prepared) -> u128 {
    let tables = prepared.dataset.tables().into_iter().map(|table| of_table(table));
    let embeddings = &prepared.network.architecture().input.embeddings;
    tables.sum::<u128>() + embeddings.iter().map(|e| ENTRY * e.size as u128).sum::<u128>()
}

pub(super) fn of_table(table: &Table) -> u128 {
    let each = |s: &crate::data::Series| {
        let rows = s.rows() as u128;
        let columns = if rows == 0 { 0 } else { s.row(0).len() as u128 };
        let time = if s.times.is_empty() { 0 } else { TIME + s.time_text(0).len() as u128 };
        let dropped = (DROPPED + time) * s.dropped.len() as u128;
        rows * (8 * columns + time + ROW) + 4 * s.parts.len() as u128 + dropped + SERIES
    };
    // Each distinct word once, with what is read of it.
    let word = |text: &str| WORD + 10 * text.len() as u128;
    let words = table.words.iter().flat_map(|words| words.texts()).map(word);
    table.series.iter().map(each).sum::<u128>() + words.sum::<u128>()
}

/// Bytes at a file's beginning from which the length of its lines is told.
const SAMPLE: usize = 1 << 16;

/// Refuses a config's files if their rows alone do not fit, before they are read.
pub(crate) fn check_sources(config: &Config, roles: &Roles) -> Result<()> {
    match &config.data.source {
        Some(Source::Whole(paths)) => check_files(paths, roles),
        Some(Source::Parts { train, valid, test }) => {
            check_files(&[&train[..], valid, test].concat(), roles)
        }
        None => Ok(()),
    }
}

/// The same of any files: as many rows as lines like the first ones.
pub(crate) fn check_files(patterns: &[PathBuf], roles: &Roles) -> Result<()> {
    let columns = roles.columns.len() as u128;
    let each = 8 * columns + ROW + if roles.time.is_some() { TIME + 19 } else { 0 };
    let rows: u128 = expand(patterns)?.iter().filter_map(lines).sum();
    let estimate = Estimate { program: PROGRAM, rows: rows * each, ..Estimate::default() };
    refuse_if_too_big(&estimate, super::FEWER)
}

/// How many lines a regular file has, about.
fn lines(path: &PathBuf) -> Option<u128> {
    // Whatever is wrong with it is told when it is read.
    let found = std::fs::metadata(path).ok().filter(|found| found.is_file())?;
    let mut sample = Vec::new();
    File::open(path).ok()?.take(SAMPLE as u64).read_to_end(&mut sample).ok()?;
    let lines = sample.iter().filter(|byte| **byte == b'\n').count();
    Some(u128::from(found.len()) * lines as u128 / sample.len().max(1) as u128)
}
