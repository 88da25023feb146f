//! From rows to the sequences that predictions read, gathered while rows are plenty.

use super::Predictor;
use super::track::Job;
use crate::model::BLOCK_ROWS;
use crate::serve::plan::Plan;
use crate::serve::prediction::Answer;

/// Windows, or running rows, that are gathered before they are computed.
pub(in crate::serve) const GATHER_WINDOWS: usize = 8 * BLOCK_ROWS;
pub(in crate::serve) const GATHER_ROWS: usize = 2048;
/// Rows of all their windows; beyond, fewer are gathered.
pub(in crate::serve) const GATHER_STEPS: usize = 1 << 16;
/// Numbers of all their predictions; beyond, fewer rows are gathered.
pub(in crate::serve) const GATHER_OUTPUTS: usize = 1 << 20;

/// Blocks computed at a time: each has buffers of its own, so more of them than threads would be of no use.
pub(in crate::serve) fn blocks_together(threads: usize) -> usize {
    threads.clamp(1, GATHER_WINDOWS / BLOCK_ROWS)
}

impl Predictor<'_> {
    /// Takes the next row of a series, `[columns]`. With a ticket it will be answered.
    pub fn push(&mut self, series: usize, row: &[f64], ticket: Option<u64>) {
        if let Some(mut adaptive) = self.adaptive.take() {
            adaptive.push(self.encoder, self.words(), (series, row), ticket);
            self.adaptive = Some(adaptive);
        }
        let ahead = self.encoder.ahead();
        let track = &mut self.tracks[series];
        track.values.extend_from_slice(row);
        track.tickets.push(ticket);
        // A row is ripe when all rows are there that are read ahead of it.
        let Some(rows) = track.tickets.len().checked_sub(ahead).filter(|&rows| rows > track.begin)
        else {
            return;
        };
        let ticket = track.tickets[rows - 1];
        match self.plan {
            Plan::Window { length, full } => match ticket {
                Some(ticket) if full && rows - track.begin < length => {
                    self.answers.push(Answer { ticket, prediction: None });
                }
                Some(_) => {
                    let start = track.begin.max(rows.saturating_sub(length));
                    self.jobs.push(Job { last: true, ..Job::new(series, start..rows) });
                }
                None if self.jobs.is_empty() => {
                    track.forget(length - 1 + ahead, self.encoder.columns());
                }
                None => {}
            },
            Plan::Blocks { length } if rows - track.done == length => {
                let start = track.done;
                track.done = rows;
                self.jobs.push(Job::new(series, start..rows));
            }
            Plan::Running => self.pending += 1,
            Plan::Blocks { .. } | Plan::Whole { .. } => {}
        }
        let rows = |job: &Job| job.len;
        if self.pending >= GATHER_ROWS.min((GATHER_OUTPUTS / self.encoder.outputs()).max(1))
            || self.jobs.len() >= GATHER_WINDOWS
            || (self.jobs.len() >= BLOCK_ROWS
                && self.jobs.iter().map(rows).sum::<usize>() > GATHER_STEPS)
        {
            self.flush();
        }
    }

    /// Asks for the last row that was pushed without a ticket; for predictions that wait for the end of the series.
    pub fn ask_last(&mut self, series: usize, ticket: u64) {
        if let Some(last) = self.tracks[series].tickets.last_mut() {
            *last = Some(ticket);
        }
    }

    /// A row that has no prediction, and that none reads.
    pub fn leave_out(&mut self, ticket: u64) {
        self.answers.push(Answer { ticket, prediction: None });
    }

    /// The next row of a series does not follow the one before: a block ends here, and look-back and state start
    /// anew.
    pub fn cut(&mut self, series: usize) {
        if let Some(adaptive) = &mut self.adaptive {
            adaptive.cut(series);
        }
        self.unripe_end(series);
        let track = &mut self.tracks[series];
        let rows = track.tickets.len();
        match self.plan {
            Plan::Window { .. } => {}
            Plan::Blocks { .. } | Plan::Whole { last: false } => self.end_series(series),
            Plan::Whole { last: true } if track.begin < rows => {
                // The rows since the last cut are the series' last ones, unless others follow.
                let (past, begin) = (track.done..track.begin, track.begin);
                self.answers.extend(track.without_prediction(past));
                track.done = begin;
            }
            Plan::Whole { last: true } => {}
            Plan::Running => {
                self.jobs.extend(track.runs_on(series, rows));
                track.fresh = true;
            }
        }
        self.tracks[series].begin = rows;
    }

    /// Rows that wait for what is known ahead of them wait in vain; they have no prediction.
    fn unripe_end(&mut self, series: usize) {
        let ahead = self.encoder.ahead();
        if ahead == 0 {
            return;
        }
        let track = &mut self.tracks[series];
        let rows = track.tickets.len();
        let ripe = track.begin.max(rows.saturating_sub(ahead));
        self.answers.extend(track.without_prediction(ripe..rows));
        track.tickets[ripe..].fill(None);
        if self.plan == Plan::Running {
            self.jobs.extend(track.runs_on(series, ripe));
            track.done = rows;
        }
    }

    /// The series has ended: what waited for that can be answered.
    pub fn end_series(&mut self, series: usize) {
        self.unripe_end(series);
        let track = &mut self.tracks[series];
        let rows = track.tickets.len();
        let start = track.done;
        if rows == start {
            return;
        }
        match self.plan {
            Plan::Blocks { .. } => self.jobs.push(Job::new(series, start..rows)),
            Plan::Whole { last: true } => {
                self.answers.extend(track.without_prediction(start..rows - 1));
                let start = if track.begin < rows { track.begin } else { start };
                self.jobs.push(Job { last: true, ..Job::new(series, start..rows) });
            }
            Plan::Whole { last: false } => self.jobs.push(Job::new(series, start..rows)),
            Plan::Window { .. } | Plan::Running => return,
        }
        track.done = rows;
    }

    /// All series have ended.
    pub fn end(&mut self) {
        (0..self.tracks.len()).for_each(|series| self.end_series(series));
        self.flush();
    }
}
