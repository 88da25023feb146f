//! Predictions as rows: CSV or JSON lines, wide or long.

use std::io::{BufWriter, Write};
use std::path::PathBuf;

use serde_json::{Map, Value};

use crate::data::Encoder;
use crate::error::{Error, Result};

const BUFFER: usize = 1 << 16;

/// How rows are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Format {
    /// Comma-separated values with a header.
    #[default]
    Csv,
    /// One JSON object a line.
    Jsonl,
}

/// What leads a row: its time and series, or its number.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Lead {
    pub(super) time: Option<String>,
    pub(super) series: Vec<String>,
    pub(super) number: u64,
    pub(super) kept: Vec<String>,
}

/// The layout of the rows written.
#[derive(Clone, Debug)]
pub(super) struct Columns {
    pub(super) format: Format,
    pub(super) long: bool,
    /// Whether truths stand beside predictions.
    pub(super) truth: bool,
    pub(super) keep: Vec<String>,
}

/// Writes rows, one after the other.
pub(super) struct RowWriter<W: Write> {
    sink: Sink<W>,
    columns: Columns,
    leads: Vec<String>,
    predictions: Vec<String>,
    targets: Vec<String>,
    steps: usize,
    first_step: usize,
    time: bool,
    place: PathBuf,
}

/// Where lines go, by format.
enum Sink<W: Write> {
    Csv(Box<csv::Writer<W>>),
    Jsonl(BufWriter<W>),
}

/// The values of one row.
pub(super) struct Values<'a> {
    pub(super) predicted: Option<&'a [f32]>,
    pub(super) truth: Option<&'a [f64]>,
}

impl<W: Write> RowWriter<W> {
    /// A writer to `out`; `place` names it in errors.
    pub(super) fn new(out: W, place: PathBuf, columns: Columns, encoder: &Encoder) -> Self {
        let roles = &encoder.roles;
        let series = roles.series_names();
        let mut leads: Vec<String> = roles.time.iter().cloned().chain(series).collect();
        if columns.long {
            // Contract: series before origin time.
            leads.rotate_left(usize::from(roles.time.is_some()));
        }
        if leads.is_empty() {
            leads.push("row".into());
        }
        let names = roles.targets.iter().map(|&place| roles.columns[place].clone());
        let sink = match columns.format {
            Format::Csv => Sink::Csv(Box::new(
                csv::WriterBuilder::new().buffer_capacity(BUFFER).from_writer(out),
            )),
            Format::Jsonl => Sink::Jsonl(BufWriter::with_capacity(BUFFER, out)),
        };
        Self {
            sink,
            columns,
            leads,
            predictions: encoder.prediction_names("pred"),
            targets: names.collect(),
            steps: encoder.steps,
            first_step: encoder.lead,
            time: roles.time.is_some(),
            place,
        }
    }

    /// The header line, where the format has one.
    pub(super) fn header(&mut self) -> Result<()> {
        if self.columns.format == Format::Jsonl {
            return Ok(());
        }
        let names = self.names();
        self.write(names)
    }

    fn names(&self) -> Vec<String> {
        let mut names: Vec<String> = self.leads.clone();
        names.extend(self.columns.keep.iter().cloned());
        if self.columns.long {
            names.extend(["step", "target", "value"].map(str::to_owned));
            if self.columns.truth {
                names.push("true".to_owned());
            }
            return names;
        }
        for name in &self.predictions {
            names.push(name.clone());
            if self.columns.truth {
                names.push(name.replacen("pred_", "true_", 1));
            }
        }
        names
    }

    /// One input row's output.
    pub(super) fn row(&mut self, lead: &Lead, values: &Values) -> Result<()> {
        let cell = |value: Option<f32>| value.map_or(String::new(), number);
        let truth = |at: usize| values.truth.map(|truth| truth_text(truth[at]));
        let predicted = |at: usize| cell(values.predicted.map(|values| values[at]));
        let mut leads = self.lead_cells(lead);
        leads.extend(lead.kept.iter().cloned());
        if !self.columns.long {
            for at in 0..self.predictions.len() {
                leads.push(predicted(at));
                if self.columns.truth {
                    leads.push(truth(at).unwrap_or_default());
                }
            }
            return self.write(leads);
        }
        for at in 0..self.predictions.len() {
            let mut line = leads.clone();
            line.push((at % self.steps + self.first_step).to_string());
            line.push(self.targets[at / self.steps].clone());
            line.push(predicted(at));
            if self.columns.truth {
                line.push(truth(at).unwrap_or_default());
            }
            self.write(line)?;
        }
        Ok(())
    }

    fn lead_cells(&self, lead: &Lead) -> Vec<String> {
        let time = self.time.then(|| lead.time.clone().unwrap_or_default());
        let mut series = lead.series.clone();
        series.resize(self.leads.len() - usize::from(self.time), String::new());
        if !self.time && self.leads == ["row"] && lead.series.is_empty() {
            series = vec![lead.number.to_string()];
        }
        let mut cells: Vec<String> = time.into_iter().chain(series).collect();
        if self.columns.long {
            cells.rotate_left(usize::from(self.time));
        }
        cells
    }

    fn write(&mut self, cells: Vec<String>) -> Result<()> {
        let line = match &self.sink {
            Sink::Csv(_) => String::new(),
            Sink::Jsonl(_) => self.json_line(cells.clone()),
        };
        let written = match &mut self.sink {
            Sink::Csv(out) => out.write_record(&cells).map_err(std::io::Error::from),
            Sink::Jsonl(out) => out.write_all(line.as_bytes()),
        };
        written.map_err(|e| Error::write(&self.place, &e))
    }

    fn json_line(&self, cells: Vec<String>) -> String {
        let texts = self.leads.len() + self.columns.keep.len();
        let mut object = Map::new();
        for (at, (name, cell)) in self.names().into_iter().zip(cells).enumerate() {
            let number = at == 0 && self.leads == ["row"];
            let is_text = (at < texts && !number) || (self.columns.long && name == "target");
            let value = match cell.as_str() {
                "" => Value::Null,
                _ if is_text => Value::String(cell),
                _ => serde_json::from_str(&cell).unwrap_or(Value::String(cell)),
            };
            object.insert(name, value);
        }
        format!("{}\n", Value::Object(object))
    }

    /// Hands everything to the system.
    pub(super) fn flush(&mut self) -> Result<()> {
        let flushed = match &mut self.sink {
            Sink::Csv(out) => out.flush(),
            Sink::Jsonl(out) => out.flush(),
        };
        flushed.map_err(|e| Error::write(&self.place, &e))
    }

    /// What has been written to, after a flush.
    pub(super) fn into_inner(self) -> Result<W> {
        let place = self.place;
        match self.sink {
            Sink::Csv(out) => out.into_inner().map_err(|e| Error::write(&place, e.error())),
            Sink::Jsonl(out) => out.into_inner().map_err(|e| Error::write(&place, e.error())),
        }
    }
}

/// The shortest text that reads back to the same f32.
pub(super) fn number(value: f32) -> String {
    let (plain, exponent) = (format!("{value}"), format!("{value:e}"));
    if exponent.len() < plain.len() { exponent } else { plain }
}

/// A truth as shortest text; empty where it is not known.
fn truth_text(value: f64) -> String {
    if value.is_nan() {
        return String::new();
    }
    let (plain, exponent) = (format!("{value}"), format!("{value:e}"));
    if exponent.len() < plain.len() { exponent } else { plain }
}
