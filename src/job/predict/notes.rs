//! What is told at the end of the input.

use std::io::Write;

use super::Stream;
use crate::job::{empty_cells, unknown};
use crate::serve::Plan;
use crate::text::counted;

impl<W: Write> Stream<'_, '_, W> {
    /// Tells what became of the rows; `cut`: the last line has no end.
    pub(super) fn tell(&mut self, cut: bool) {
        if cut {
            (self.warn)("the last line has no newline; it was taken as whole".into());
        }
        for sentence in empty_cells::sentences(&self.empty, &self.dropped) {
            (self.warn)(sentence);
        }
        if self.gaps > 0 {
            let gaps = counted(self.gaps, "gap");
            (self.warn)(format!("{gaps}; look-back and state start anew behind each"));
        }
        for sentence in unknown::sentences(&self.model.encoder, &self.unknown) {
            (self.warn)(sentence);
        }
        self.warn_of_short_look_back();
    }

    /// A single forecast deserves all the rows the model reads.
    fn warn_of_short_look_back(&mut self) {
        let Plan::Window { length, full: false } = self.model.plan() else { return };
        let rows = self.rows - self.bad;
        if self.options.last && rows > 0 && rows < length as u64 {
            (self.warn)(format!(
                "{} came, but the model reads the last {length} rows of a series; with all of them it forecasts better",
                counted(rows, "row")
            ));
        }
    }
}
