//! `--last`: of each series only the newest row is asked for.

use std::io::Write;

use super::Stream;
use crate::error::Result;
use crate::job::rows_out::{Lead, Values};

/// A row and what leads it; without values where it is left out.
type Row = (Option<Vec<f64>>, Lead);

/// The newest row of each series, not yet pushed.
#[derive(Default)]
pub(super) struct Newest(Vec<Option<Row>>);

impl Newest {
    /// Takes a newer row.
    pub(super) fn put(&mut self, series: usize, row: Row) {
        self.0.resize_with(self.0.len().max(series + 1), || None);
        self.0[series] = Some(row);
    }

    /// Takes out that of a series.
    fn take(&mut self, series: usize) -> Option<Row> {
        self.0.get_mut(series).and_then(Option::take)
    }

    /// The values of the rows.
    pub(super) fn values_mut(&mut self) -> impl Iterator<Item = &mut [f64]> {
        self.0.iter_mut().flatten().filter_map(|(values, _)| values.as_deref_mut())
    }
}

impl<W: Write> Stream<'_, '_, W> {
    /// Another row of the series has come, so the one before it is only looked back at.
    pub(super) fn newest_is_past(&mut self, series: usize) {
        if let Some((Some(values), _)) = self.newest.take(series) {
            self.predictor.push(series, &values, None);
        }
    }

    /// No other row of the series will come: the newest is asked for.
    pub(super) fn newest_is_last(&mut self, series: usize) {
        if let Some((values, lead)) = self.newest.take(series) {
            self.push(series, values.as_deref(), lead);
        }
    }

    /// The input is over: the newest row of each series is asked for.
    pub(super) fn all_are_last(&mut self) {
        (0..self.newest.0.len()).for_each(|series| self.newest_is_last(series));
    }

    /// The newest answer of each series, where the others were only needed for it.
    pub(super) fn write_held(&mut self) -> Result<()> {
        for (lead, answer) in self.held.take().unwrap_or_default().into_values() {
            let predicted = answer.prediction.as_ref();
            self.writer.row(&lead, &Values { predicted, truth: None })?;
        }
        Ok(())
    }
}
