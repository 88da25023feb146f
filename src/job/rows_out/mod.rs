//! Predictions as rows: CSV or JSON lines, wide or long.

mod cell;
mod sink;
mod sureness;

use std::io::Write;
use std::path::PathBuf;

pub(super) use cell::{number, truth_text};
pub(super) use sureness::Sureness;

use cell::Cell;
use sink::Sink;

use crate::data::Encoder;
use crate::error::{Error, Result};
use crate::serve::Prediction;

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
    /// The number of its series.
    pub(super) place: usize,
}

/// The layout of the rows written.
#[derive(Clone, Debug)]
pub(super) struct Columns {
    pub(super) format: Format,
    pub(super) long: bool,
    /// Whether truths stand beside predictions.
    pub(super) truth: bool,
    /// What says how sure a prediction is.
    pub(super) sureness: Sureness,
    /// Whether the probability of every class follows.
    pub(super) probabilities: bool,
    pub(super) keep: Vec<String>,
}

/// Writes rows, one after the other.
pub(super) struct RowWriter<W: Write> {
    sink: Sink<W>,
    columns: Columns,
    /// Of all cells of a line.
    names: Vec<String>,
    leads: Vec<String>,
    predictions: Vec<String>,
    targets: Vec<String>,
    /// Of a category target; else none.
    labels: Vec<String>,
    steps: usize,
    first_step: usize,
    time: bool,
    place: PathBuf,
}

/// What is known at one row.
pub(super) struct Values<'a> {
    pub(super) predicted: Option<&'a Prediction>,
    /// What came true, as text; empty where it is not known.
    pub(super) truth: Option<&'a [String]>,
}

impl<W: Write> RowWriter<W> {
    /// A writer to `out`; `place` names it in errors.
    pub(super) fn new(out: W, place: PathBuf, columns: Columns, encoder: &Encoder) -> Self {
        let roles = &encoder.roles;
        let series = roles.series_names();
        let time = roles.time.iter().map(|time| time.column.clone());
        let mut leads: Vec<String> = time.chain(series).collect();
        if columns.long {
            // Contract: series before origin time.
            leads.rotate_left(usize::from(roles.time.is_some()));
        }
        if leads.is_empty() {
            leads.push("row".into());
        }
        let names = roles.targets.iter().map(|&place| roles.columns[place].clone());
        let mut writer = Self {
            sink: Sink::new(out, columns.format),
            columns,
            names: Vec::new(),
            leads,
            predictions: encoder.prediction_names("pred"),
            targets: names.collect(),
            labels: encoder.classes().map_or_else(Vec::new, |classes| classes.labels.clone()),
            steps: encoder.steps,
            first_step: encoder.lead,
            time: roles.time.is_some(),
            place,
        };
        writer.names = writer.all_names();
        writer
    }

    /// The header line, where the format has one.
    pub(super) fn header(&mut self) -> Result<()> {
        if self.columns.format == Format::Jsonl {
            return Ok(());
        }
        let names = self.names.iter().cloned().map(Cell::Text).collect();
        self.write(names)
    }

    fn all_names(&self) -> Vec<String> {
        let mut names: Vec<String> = self.leads.clone();
        names.extend(self.columns.keep.iter().cloned());
        if self.columns.long {
            names.extend(["step", "target", "value"].map(str::to_owned));
            names.extend(self.columns.sureness.names("value"));
            if self.columns.truth {
                names.push("true".to_owned());
            }
            names.extend(self.probability_names(&self.targets));
            return names;
        }
        for name in &self.predictions {
            names.push(name.clone());
            names.extend(self.columns.sureness.names(name));
            if self.columns.truth {
                names.push(name.replacen("pred_", "true_", 1));
            }
        }
        let of = |name: &String| name.replacen("pred_", "", 1);
        let predicted: Vec<String> = self.predictions.iter().map(of).collect();
        names.extend(self.probability_names(&predicted));
        names
    }

    /// `prob_x_a`, or `prob_x+1_a` for each of what is predicted, where they are asked for.
    fn probability_names(&self, predicted: &[String]) -> Vec<String> {
        if !self.columns.probabilities {
            return Vec::new();
        }
        let of = |name| self.labels.iter().map(move |label| format!("prob_{name}_{label}"));
        predicted.iter().flat_map(of).collect()
    }

    /// One input row's output.
    pub(super) fn row(&mut self, lead: &Lead, values: &Values) -> Result<()> {
        let mut leads = self.lead_cells(lead);
        leads.extend(lead.kept.iter().cloned().map(Cell::Text));
        let places = 0..self.predictions.len();
        if !self.columns.long {
            places.clone().for_each(|at| leads.extend(self.value_cells(values, at)));
            places.for_each(|at| leads.extend(self.probability_cells(values, at)));
            return self.write(leads);
        }
        for at in places {
            let mut line = leads.clone();
            line.push(Cell::Number((at % self.steps + self.first_step).to_string()));
            line.push(Cell::Text(self.targets[at / self.steps].clone()));
            line.extend(self.value_cells(values, at));
            line.extend(self.probability_cells(values, at));
            self.write(line)?;
        }
        Ok(())
    }

    /// One of the predictions, and the truth beside it.
    fn value_cells(&self, values: &Values, at: usize) -> Vec<Cell> {
        let cell = if self.labels.is_empty() { Cell::Number } else { Cell::Text };
        let text = |prediction: &Prediction| match self.labels.get(prediction.values[at] as usize) {
            Some(label) => label.clone(),
            None => number(prediction.values[at]),
        };
        let truth = |truth: &[String]| cell(truth[at].clone());
        let predicted = cell(values.predicted.map_or_else(String::new, text));
        let sureness = self.sureness_cells(values.predicted, at);
        [predicted].into_iter().chain(sureness).chain(values.truth.map(truth)).collect()
    }

    /// How sure one of the predictions is.
    fn sureness_cells(&self, predicted: Option<&Prediction>, at: usize) -> Vec<Cell> {
        let sureness = self.columns.sureness;
        let cell = if sureness == Sureness::Interval { Cell::Number } else { Cell::Text };
        sureness.texts(&self.labels, predicted, at).into_iter().map(cell).collect()
    }

    /// The probabilities of the classes at one of the predictions.
    fn probability_cells(&self, values: &Values, at: usize) -> Vec<Cell> {
        if !self.columns.probabilities {
            return Vec::new();
        }
        let classes = self.labels.len();
        let cell = |prediction: &Prediction, class: usize| {
            number(prediction.probabilities[at * classes + class])
        };
        let cells = (0..classes).map(|class| values.predicted.map(|p| cell(p, class)));
        cells.map(|text| Cell::Number(text.unwrap_or_default())).collect()
    }

    fn lead_cells(&self, lead: &Lead) -> Vec<Cell> {
        let time = self.time.then(|| lead.time.clone().unwrap_or_default());
        let mut series: Vec<Cell> = lead.series.iter().cloned().map(Cell::Text).collect();
        series.resize(self.leads.len() - usize::from(self.time), Cell::Text(String::new()));
        if !self.time && self.leads == ["row"] && lead.series.is_empty() {
            series = vec![Cell::Number(lead.number.to_string())];
        }
        let mut cells: Vec<Cell> = time.map(Cell::Text).into_iter().chain(series).collect();
        if self.columns.long {
            cells.rotate_left(usize::from(self.time));
        }
        cells
    }

    fn write(&mut self, cells: Vec<Cell>) -> Result<()> {
        let written = self.sink.write(&self.names, cells);
        written.map_err(|e| Error::write(&self.place, &e))
    }

    /// Hands everything to the system.
    pub(super) fn flush(&mut self) -> Result<()> {
        self.sink.flush().map_err(|e| Error::write(&self.place, &e))
    }

    /// What has been written to, after a flush.
    pub(super) fn into_inner(self) -> Result<W> {
        self.sink.into_inner().map_err(|e| Error::write(&self.place, &e))
    }
}
