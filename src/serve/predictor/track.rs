//! The rows of one series that are still read, and the sequences that are run through the network.

use std::ops::Range;

use crate::data::ScalerSet;
use crate::model::State;
use crate::serve::prediction::Answer;

/// One series: the rows that later predictions may still read.
pub(in crate::serve) struct Track<'a> {
    pub(in crate::serve) scalers: &'a ScalerSet,
    pub(in crate::serve) values: Vec<f64>, // [rows, columns]
    pub(in crate::serve) tickets: Vec<Option<u64>>,
    /// Rows of `values` that belong to finished blocks and sequences.
    pub(super) done: usize,
    /// The first row of `values` behind the last cut, for windows to begin with at the earliest.
    pub(super) begin: usize,
    /// Where a running prediction stands.
    pub(in crate::serve) state: Option<State>,
    /// Whether the next row starts from zeros instead.
    pub(super) fresh: bool,
}

/// One sequence to run.
#[derive(Clone, Copy, Debug)]
pub(in crate::serve) struct Job {
    pub(in crate::serve) track: usize,
    pub(in crate::serve) start: usize,
    pub(in crate::serve) len: usize,
    /// Whether only the last row is asked for.
    pub(in crate::serve) last: bool,
    /// Whether it goes on from the state of its track, not from zeros.
    pub(in crate::serve) goes_on: bool,
}

impl Job {
    pub(super) fn new(track: usize, rows: Range<usize>) -> Self {
        Self { track, start: rows.start, len: rows.len(), last: false, goes_on: false }
    }
}

impl Track<'_> {
    /// The rows up to `end` that a running prediction has not gone through yet; none where it has gone through all.
    pub(super) fn runs_on(&mut self, series: usize, end: usize) -> Option<Job> {
        let rows = self.done..end;
        if rows.is_empty() {
            return None;
        }
        self.done = rows.end;
        let goes_on = !std::mem::replace(&mut self.fresh, false);
        Some(Job { goes_on, ..Job::new(series, rows) })
    }

    /// Answers to those of some rows that are asked for.
    pub(super) fn without_prediction(
        &self,
        rows: Range<usize>,
    ) -> impl Iterator<Item = Answer> + '_ {
        let tickets = self.tickets[rows].iter().flatten();
        tickets.map(|&ticket| Answer { ticket, prediction: None })
    }

    pub(super) fn forget(&mut self, keep: usize, columns: usize) {
        let drop = self.tickets.len().saturating_sub(keep);
        self.tickets.drain(..drop);
        self.values.drain(..drop * columns);
        self.begin = self.begin.saturating_sub(drop);
    }
}
