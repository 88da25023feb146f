//! Answers are written in the order of their rows.

use std::io::Write;

use super::Stream;
use crate::error::{Error, Result};
use crate::job::rows_out::Values;
use crate::serve::{Answer, Prediction};

impl<W: Write> Stream<'_, '_, W> {
    /// Writes what is known so far.
    pub(super) fn emit(&mut self) -> Result<()> {
        let answers = self.predictor.take();
        if answers.is_empty() {
            return Ok(());
        }
        self.write_ready(answers)
    }

    pub(super) fn write_ready(&mut self, answers: Vec<Answer>) -> Result<()> {
        for answer in self.in_order.ready(answers) {
            let lead = self.leads.remove(&answer.ticket).unwrap_or_default();
            let predicted = answer.prediction.as_ref();
            let finite =
                |p: &Prediction| p.values.iter().chain(&p.probabilities).all(|v| v.is_finite());
            if !predicted.is_none_or(finite) {
                return Err(Error::Model {
                    path: self.options.model.clone(),
                    reason: format!(
                        "the prediction for row {} is not finite; its inputs are too far from those the model was \
                         trained on",
                        answer.ticket
                    ),
                });
            }
            match &mut self.held {
                Some(held) => drop(held.insert(lead.place, (lead, answer))),
                None => self.writer.row(&lead, &Values { predicted, truth: None })?,
            }
        }
        Ok(())
    }
}
