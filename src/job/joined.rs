//! Every prediction of an evaluation on a line of its own, beside the truth and the baselines: rows that join with others
//! by series, time and target time.

use std::path::Path;

use super::rows_out::{Sureness, number, truth_text};
use crate::data::{Classes, Encoder, Table, Turn};
use crate::error::{Error, Result};
use crate::eval::{Baseline, Evaluated, Guesses};
use crate::serve::Prediction;

/// Lines of a CSV file: series, time and target time (without a time column numbers of rows, from 1 in each series),
/// step, target, value, its interval where there is one, truth, and what each baseline gives.
pub(super) struct Joined<'a> {
    encoder: &'a Encoder,
    table: &'a Table,
    sureness: Sureness,
    place: &'a Path,
    out: csv::Writer<Vec<u8>>,
    /// Cells of a line.
    width: usize,
}

impl<'a> Joined<'a> {
    /// With its header; `place` names it in errors.
    pub(super) fn new(
        encoder: &'a Encoder,
        table: &'a Table,
        (sureness, baselines): (Sureness, &[Baseline]),
        place: &'a Path,
    ) -> Result<Self> {
        let out = csv::Writer::from_writer(Vec::new());
        let mut joined = Self { encoder, table, sureness, place, out, width: 0 };
        let mut names = encoder.roles.series_names();
        match &encoder.roles.time {
            Some(time) => names.extend([time.column.clone(), "target_time".into()]),
            None => names.extend(["row", "target_row"].map(str::to_owned)),
        }
        names.extend(["step", "target", "value"].map(str::to_owned));
        names.extend(sureness.names("value"));
        names.push("true".into());
        names.extend(baselines.iter().map(|baseline| baseline.key().to_owned()));
        joined.width = names.len();
        joined.write(&names)?;
        Ok(joined)
    }

    /// The lines of a row; of one that is left out of its series there are none.
    pub(super) fn row(&mut self, evaluated: &Evaluated) -> Result<()> {
        let Turn::Row(row) = evaluated.turn else { return Ok(()) };
        let (encoder, table) = (self.encoder, self.table);
        let series = &table.series[evaluated.series];
        let known = series.segment_of(row);
        let timed = encoder.roles.time.is_some();
        let at = |row: usize| match timed {
            _ if !known.contains(&row) => String::new(),
            true => series.time_text(row).to_owned(),
            false => (row + 1).to_string(),
        };
        let mut leads = series.key.clone();
        leads.resize(encoder.roles.series_names().len(), String::new());
        for (place, &truth) in evaluated.truth.iter().enumerate() {
            let (target, ahead) = (place / encoder.steps, place % encoder.steps + encoder.lead);
            let target = &encoder.roles.columns[encoder.roles.targets[target]];
            let mut line = leads.clone();
            line.extend([at(row), at(row + ahead), ahead.to_string(), target.clone()]);
            line.push(self.value(evaluated.prediction, place));
            let labels = encoder.classes().map_or(&[][..], |classes| &classes.labels);
            line.extend(self.sureness.texts(labels, evaluated.prediction, place));
            line.push(self.truth(truth));
            line.extend(evaluated.beside.iter().map(|guesses| self.guess(guesses, place)));
            line.resize(self.width, String::new()); // without a prediction nothing is guessed
            self.write(&line)?;
        }
        Ok(())
    }

    fn write(&mut self, line: &[String]) -> Result<()> {
        let written = self.out.write_record(line).map_err(std::io::Error::from);
        written.map_err(|e| Error::write(self.place, &e))
    }

    /// The file's bytes.
    pub(super) fn into_bytes(self) -> Result<Vec<u8>> {
        self.out.into_inner().map_err(|e| Error::write(self.place, e.error()))
    }

    fn value(&self, prediction: Option<&Prediction>, place: usize) -> String {
        let Some(prediction) = prediction else { return String::new() };
        let value = prediction.values[place];
        match self.encoder.classes() {
            Some(classes) => classes.labels[value as usize].clone(),
            None => number(value),
        }
    }

    fn truth(&self, truth: f64) -> String {
        match self.encoder.classes() {
            Some(_) => {
                let words = self.encoder.target_words(&self.table.words);
                words.of(truth).unwrap_or_default().to_owned()
            }
            None => truth_text(truth),
        }
    }

    fn guess(&self, guesses: &Guesses, place: usize) -> String {
        match (guesses, self.encoder.classes()) {
            (Guesses::Labels(labels), Some(classes)) => self.label(classes, labels[place]),
            (Guesses::Numbers(values), _) => truth_text(values[place]),
            (Guesses::Labels(_), None) => unreachable!("a target has one type"),
        }
    }

    /// A class, or a word of its own behind them.
    fn label(&self, classes: &Classes, label: u32) -> String {
        let words = self.encoder.target_words(&self.table.words);
        match classes.labels.get(label as usize) {
            Some(label) => label.clone(),
            None => words.text(label - classes.len() as u32).to_owned(),
        }
    }
}
