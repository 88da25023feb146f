//! Predictions of whole series: one for each, when the input ends.

use std::io::Write;

use super::Stream;
use crate::config::TaskKind;
use crate::job::rows_out::Lead;

/// What leads the newest row of each series; the prediction of the series goes with its last.
#[derive(Default)]
pub(super) struct LastLeads(Vec<Option<Lead>>);

impl LastLeads {
    /// Takes that of a newer row.
    pub(super) fn put(&mut self, series: usize, lead: Lead) {
        self.0.resize_with(self.0.len().max(series + 1), || None);
        self.0[series] = Some(lead);
    }

    /// All of them with their series, in the order in which these ended.
    fn take(&mut self) -> Vec<(usize, Lead)> {
        let leads = std::mem::take(&mut self.0).into_iter().enumerate();
        let mut leads: Vec<(usize, Lead)> =
            leads.filter_map(|(series, lead)| Some((series, lead?))).collect();
        leads.sort_by_key(|(_, lead)| lead.number);
        leads
    }
}

impl<W: Write> Stream<'_, '_, W> {
    /// Whether predictions are of whole series.
    pub(super) fn of_series(&self) -> bool {
        self.model.config.task.kind == TaskKind::Classification
    }

    /// Asks for one prediction of each series, in the order in which they ended.
    pub(super) fn ask_for_series(&mut self) {
        for (series, lead) in self.last_leads.take() {
            let ticket = self.expect(lead);
            self.predictor.ask_last(series, ticket);
        }
    }
}
