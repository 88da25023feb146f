//! Bad rows are counted, and end the stream where that is asked for.

use std::io::Write;

use super::Stream;
use crate::error::{Error, Result};
use crate::job::rows_out::Lead;
use crate::serve::Answer;

/// What a bad row does.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum OnBadRow {
    /// Ends the stream with exit code 65.
    #[default]
    Abort,
    /// Is passed over.
    Skip,
    /// Gives a row without a prediction.
    Empty,
}

impl<W: Write> Stream<'_, '_, W> {
    /// Counts a bad row, and ends the stream where that is asked for.
    pub(super) fn bad_row(&mut self, error: Error) -> Result<()> {
        self.bad += 1;
        match self.options.on_bad_row {
            OnBadRow::Abort => {
                return Err(match error {
                    Error::Data(mut data) => {
                        data.message += "; --on-bad-row skip or empty goes on after such rows";
                        data.into()
                    }
                    other => other,
                });
            }
            OnBadRow::Skip => {}
            OnBadRow::Empty => {
                let ticket = self.rows;
                if !self.options.last && !self.of_series() {
                    let kept = vec![String::new(); self.keep.len()];
                    self.expect(Lead { number: ticket, kept, ..Lead::default() });
                    self.write_ready(vec![Answer { ticket, prediction: None }])?;
                }
            }
        }
        if self.bad <= 10 {
            (self.warn)(error.to_string());
        } else if self.bad.is_power_of_two() {
            (self.warn)(format!(
                "{} bad rows so far; only their number is shown from here on",
                self.bad
            ));
        }
        Ok(())
    }
}
