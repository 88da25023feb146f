//! A row is checked and handed to the predictor.

use std::io::Write;

use super::Stream;
use crate::config::SeriesBy;
use crate::data::reader::Record;
use crate::data::{Fate, Next, Row, Why};
use crate::error::{Result, shown};
use crate::job::rows_out::Lead;

impl<W: Write> Stream<'_, '_, W> {
    /// Checks a row and hands it to the predictor; a row that is refused has touched nothing.
    pub(super) fn accept(&mut self, record: &Record, row: &mut Row) -> Result<()> {
        self.model.encoder.read(self.predictor.words_mut());
        let (series, unknown) = self.predictor.series(&self.series_key(row));
        if unknown {
            let key = shown(&row.key.join(" / "));
            (self.warn)(format!(
                "series {key} is unknown to the model; it takes the scaler of all series"
            ));
        }
        let (fate, next) = self.judge(record, row, series)?;
        if fate == Fate::Kept {
            self.keep_row(series, next, row);
        }
        let lead = self.lead(record, row, series);
        let values = match fate {
            Fate::Kept => Some(row.values.clone()),
            Fate::Dropped(Why::Plan) => {
                self.last_values.plan(series);
                self.push_plan(series, &row.values, lead);
                return Ok(());
            }
            Fate::Dropped(why) => {
                match self.dropped.iter_mut().find(|(known, _)| *known == why) {
                    Some((_, rows)) => *rows += 1,
                    None => self.dropped.push((why, 1)),
                }
                None
            }
        };
        if next == Some(Next::Repeated) && (self.options.last || self.of_series()) {
            return Ok(()); // the row before it is still the newest
        }
        let after_gap = matches!(next, Some(Next::Row { after_gap: true, .. }));
        self.gaps += u64::from(after_gap);
        let cuts = after_gap || matches!(fate, Fate::Dropped(why) if why.cuts());
        if values.is_none() || cuts {
            self.newest_is_past(series);
        }
        if cuts {
            self.predictor.cut(series);
        }
        self.hand_on(series, values, lead);
        Ok(())
    }

    /// What becomes of a row in its series, and what its time is there.
    fn judge(
        &mut self,
        record: &Record,
        row: &mut Row,
        series: usize,
    ) -> Result<(Fate, Option<Next>)> {
        let roles = &self.model.encoder.roles;
        let fate = self.last_values.fill(roles, series, row);
        let mut fate = fate.map_err(|fault| self.layout.fault(record, fault))?;
        let (scalers, _) = self.model.scalers.of(&self.series_key(row));
        let fits = match fate {
            Fate::Kept => self.model.encoder.check(&row.values, scalers),
            Fate::Dropped(_) => Ok(()), // it is not read
        };
        fits.map_err(|column| {
            let message = "is too far from the values the model was trained on to be scaled; is the unit right?";
            self.layout.value_error(record, column, message)
        })?;
        let next = row.time.map(|time| self.order.check(series, time, &row.time_text));
        let next = next.transpose().map_err(|message| self.layout.time_error(record, message))?;
        if next == Some(Next::Repeated) {
            fate = Fate::Dropped(Why::Repeated);
        }
        Ok((fate, next))
    }

    /// Remembers and counts what will be read of a row, and fills in its calendar.
    fn keep_row(&mut self, series: usize, next: Option<Next>, row: &mut Row) {
        let roles = &self.model.encoder.roles;
        self.last_values.keep(roles, series, &row.values);
        self.empty.add(roles, row);
        if let Some(Next::Row { nanos, .. }) = next {
            self.model.encoder.calendar.write(nanos, &mut row.values);
        }
        self.count_unknown(&row.values);
    }

    /// What leads its prediction.
    fn lead(&self, record: &Record, row: &Row, series: usize) -> Lead {
        let kept = self
            .keep
            .iter()
            .map(|&place| String::from_utf8_lossy(record.field(place)).into_owned());
        Lead {
            time: row.time.map(|_| row.time_text.clone()),
            series: self.series_key(row),
            number: self.rows,
            kept: kept.collect(),
            place: series,
        }
    }

    /// Hands a row to the predictor; one that is left out has no values.
    fn hand_on(&mut self, series: usize, values: Option<Vec<f64>>, lead: Lead) {
        if self.of_series() {
            self.last_leads.put(series, lead);
            values.iter().for_each(|values| self.predictor.push(series, values, None));
        } else if self.options.last && self.held.is_none() {
            self.newest_is_past(series);
            self.newest.put(series, (values, lead));
        } else {
            self.push(series, values.as_deref(), lead);
        }
    }

    /// What is known of a row to come: rows before it may wait for it. It has no prediction, and is not a last row.
    fn push_plan(&mut self, series: usize, values: &[f64], lead: Lead) {
        self.newest_is_last(series);
        self.predictor.push(series, values, None);
        if !self.options.last {
            self.push(series, None, lead);
        }
    }

    pub(super) fn push(&mut self, series: usize, values: Option<&[f64]>, lead: Lead) {
        let ticket = self.expect(lead);
        match values {
            Some(values) => self.predictor.push(series, values, Some(ticket)),
            None => self.predictor.leave_out(ticket),
        }
    }

    /// A prediction is to be written behind this lead; returns its ticket.
    pub(super) fn expect(&mut self, lead: Lead) -> u64 {
        let ticket = lead.number;
        self.in_order.expect(ticket);
        self.leads.insert(ticket, lead);
        ticket
    }

    /// Words that the model was not trained on, for the end.
    fn count_unknown(&mut self, values: &[f64]) {
        let found = self.model.encoder.unknown_words(values, self.predictor.words());
        for ((column, is_unknown), unknown) in found.zip(&mut self.unknown) {
            unknown.column = column;
            unknown.add(is_unknown);
        }
    }

    /// Words that no row held here or by the predictor holds any more need not be remembered.
    pub(super) fn forget_words(&mut self) {
        let held = self.last_values.rows_mut().chain(self.newest.values_mut());
        self.predictor.forget_words(held);
    }

    /// The series a row belongs to; the files a model may know by name are one unnamed series here.
    fn series_key(&self, row: &Row) -> Vec<String> {
        if self.model.config.data.series == SeriesBy::File {
            return vec![String::new()];
        }
        row.key.clone()
    }
}
