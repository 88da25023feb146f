//! Lines of CSV or JSON.

use std::io::{BufWriter, Result, Write};

use serde_json::Value;

use super::Format;
use super::cell::Cell;

const BUFFER: usize = 1 << 16;

/// Where lines go, by format.
pub(super) enum Sink<W: Write> {
    Csv(Box<csv::Writer<W>>),
    Jsonl(BufWriter<W>),
}

impl<W: Write> Sink<W> {
    /// Lines that go to `out`.
    pub(super) fn new(out: W, format: Format) -> Self {
        match format {
            Format::Csv => Sink::Csv(Box::new(
                csv::WriterBuilder::new().buffer_capacity(BUFFER).from_writer(out),
            )),
            Format::Jsonl => Sink::Jsonl(BufWriter::with_capacity(BUFFER, out)),
        }
    }

    /// One line; `names` are those of its cells.
    pub(super) fn write(&mut self, names: &[String], cells: Vec<Cell>) -> Result<()> {
        match self {
            Sink::Csv(out) => Ok(out.write_record(cells.iter().map(Cell::text))?),
            Sink::Jsonl(out) => {
                let named = names.iter().cloned().zip(cells.into_iter().map(Cell::json));
                writeln!(out, "{}", Value::Object(named.collect()))
            }
        }
    }

    /// Hands everything to the system.
    pub(super) fn flush(&mut self) -> Result<()> {
        match self {
            Sink::Csv(out) => out.flush(),
            Sink::Jsonl(out) => out.flush(),
        }
    }

    /// What has been written to, after a flush.
    pub(super) fn into_inner(self) -> Result<W> {
        match self {
            Sink::Csv(out) => out.into_inner().map_err(|e| e.into_error()),
            Sink::Jsonl(out) => out.into_inner().map_err(|e| e.into_error()),
        }
    }
}
