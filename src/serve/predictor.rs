//! Rows in, predictions out. Work is gathered while rows are plenty and done at once when asked; neither
//! changes a bit, because every sequence is computed by itself.

use std::collections::HashMap;

use rayon::prelude::*;

use super::adaptive::Adaptive;
use super::calibration::Calibration;
use super::plan::Plan;
use super::worker::{Ended, Worker};
use crate::data::{Encoder, ScalerSet, Scalers, WordPool, Words};
use crate::model::{BLOCK_ROWS, Network, State, Tensors, Weights};

/// What is known about a row that was pushed with a ticket.
#[derive(Clone, Debug, PartialEq)]
pub struct Answer {
    /// The ticket it was pushed with.
    pub ticket: u64,
    /// `None`: a row without a prediction.
    pub prediction: Option<Prediction>,
}

/// A prediction, one number per target and step (target x steps + step - 1), or one class per step.
#[derive(Clone, Debug, PartialEq)]
pub struct Prediction {
    /// As the network puts it out: scaled, counted from the anchor.
    pub outputs: Vec<f32>,
    /// In data units; of a category the likeliest class.
    pub values: Vec<f32>,
    /// Of a category, `[steps, classes]`; else empty.
    pub probabilities: Vec<f32>,
    /// Around each value, from and to, in data units; empty where nothing is known of how sure it is.
    pub bounds: Vec<[f32; 2]>,
    /// Of a category, `[steps, classes]`, whether a class is in the set; empty where there is none.
    pub sets: Vec<bool>,
}

impl Prediction {
    /// Whether an interval, or a set, holds the truth, as [`Encoder::target_value`] has it.
    pub fn holds(&self, at: usize, truth: f64) -> bool {
        if self.sets.is_empty() {
            let [low, high] = self.bounds[at].map(f64::from);
            return (low..=high).contains(&truth);
        }
        let classes = self.sets.len() / self.values.len();
        truth >= 0.0 && self.sets[at * classes + truth as usize]
    }
}

/// Makes predictions for any number of series.
pub struct Predictor<'a> {
    pub(super) network: Network,
    pub(super) weights: Weights,
    pub(super) encoder: &'a Encoder,
    scalers: &'a Scalers,
    pub(super) plan: Plan,
    /// The words that rows refer to by number, of each column.
    words: WordsOf<'a>,
    pub(super) tracks: Vec<Track<'a>>,
    by_key: HashMap<Vec<String>, usize>,
    jobs: Vec<Job>,
    pending: usize,
    workers: Vec<Worker>,
    answers: Vec<Answer>,
    /// How sure predictions are; those that adapt say so when they are taken.
    pub(super) calibration: Option<&'a Calibration>,
    adaptive: Option<Adaptive<'a>>,
}

/// The words that rows refer to.
pub enum WordsOf<'a> {
    /// All of a table, of each column.
    Table(&'a [Words]),
    /// Those of a stream so far.
    Stream(WordPool),
}

/// One series: the rows that later predictions may still read.
pub(super) struct Track<'a> {
    pub(super) scalers: &'a ScalerSet,
    pub(super) values: Vec<f64>, // [rows, columns]
    pub(super) tickets: Vec<Option<u64>>,
    /// Rows of `values` that belong to finished blocks and sequences.
    done: usize,
    /// The first row of `values` behind the last cut, for windows to begin with at the earliest.
    begin: usize,
    /// Where a running prediction stands.
    pub(super) state: Option<State>,
    /// Whether the next row starts from zeros instead.
    fresh: bool,
}

/// One sequence to run.
#[derive(Clone, Copy, Debug)]
pub(super) struct Job {
    pub(super) track: usize,
    pub(super) start: usize,
    pub(super) len: usize,
    /// Whether only the last row is asked for.
    pub(super) last: bool,
    /// Whether it goes on from the state of its track, not from zeros.
    pub(super) goes_on: bool,
}

impl Job {
    fn new(track: usize, rows: std::ops::Range<usize>) -> Self {
        Self { track, start: rows.start, len: rows.len(), last: false, goes_on: false }
    }
}

/// Windows, or running rows, that are gathered before they are computed.
pub(super) const GATHER_WINDOWS: usize = 8 * BLOCK_ROWS;
pub(super) const GATHER_ROWS: usize = 2048;
/// Rows of all their windows; beyond, fewer are gathered.
pub(super) const GATHER_STEPS: usize = 1 << 16;
/// Numbers of all their predictions; beyond, fewer rows are gathered.
pub(super) const GATHER_OUTPUTS: usize = 1 << 20;

/// Blocks computed at a time: each has buffers of its own, so more of them than threads would be of no use.
pub(super) fn blocks_together(threads: usize) -> usize {
    threads.clamp(1, GATHER_WINDOWS / BLOCK_ROWS)
}

impl<'a> Predictor<'a> {
    /// A predictor that has seen no row.
    pub fn new(
        network: &Network,
        params: &Tensors,
        encoder: &'a Encoder,
        scalers: &'a Scalers,
        plan: Plan,
        words: WordsOf<'a>,
    ) -> Self {
        let network = Network::new(plan.architecture(network.architecture()));
        Self {
            weights: Weights::for_prediction(&network, params),
            network,
            encoder,
            scalers,
            plan,
            words,
            tracks: Vec::new(),
            by_key: HashMap::new(),
            jobs: Vec::new(),
            pending: 0,
            workers: Vec::new(),
            answers: Vec::new(),
            calibration: None,
            adaptive: None,
        }
    }

    /// With intervals around its predictions, or sets of classes; whether they follow the truths that come.
    pub fn with_intervals(mut self, intervals: Option<(&'a Calibration, bool)>) -> Self {
        match intervals {
            Some((calibration, true)) => self.adaptive = Some(Adaptive::new(calibration)),
            intervals => self.calibration = intervals.map(|(calibration, _)| calibration),
        }
        self
    }

    /// The number of a series, and whether it is new here but unknown to the model's per-series scalers.
    pub fn series(&mut self, key: &[String]) -> (usize, bool) {
        if let Some(&track) = self.by_key.get(key) {
            return (track, false);
        }
        let (scalers, known) = self.scalers.of(key);
        self.by_key.insert(key.to_vec(), self.tracks.len());
        if let Some(adaptive) = &mut self.adaptive {
            adaptive.add_series(scalers);
        }
        self.tracks.push(Track {
            scalers,
            values: Vec::new(),
            tickets: Vec::new(),
            done: 0,
            begin: 0,
            state: None,
            fresh: true,
        });
        (self.tracks.len() - 1, !known)
    }

    /// The words of each column.
    pub fn words(&self) -> &[Words] {
        match &self.words {
            WordsOf::Table(words) => words,
            WordsOf::Stream(pool) => &pool.words,
        }
    }

    /// The words of a stream, to which those of the rows to come are added.
    ///
    /// # Panics
    /// If the rows are those of a table, which knows all its words.
    pub fn words_mut(&mut self) -> &mut [Words] {
        match &mut self.words {
            WordsOf::Table(_) => panic!("the words of a table are all there"),
            WordsOf::Stream(pool) => &mut pool.words,
        }
    }

    /// Forgets words that no row holds any more, once there are many. `others`: rows that are held elsewhere, each
    /// `[n, columns]`.
    pub fn forget_words<'r>(&'r mut self, others: impl Iterator<Item = &'r mut [f64]>) {
        let WordsOf::Stream(pool) = &mut self.words else { return };
        if pool.is_full() {
            let own = self.tracks.iter_mut().map(|track| &mut track.values[..]);
            pool.sweep(&mut others.chain(own).collect::<Vec<_>>());
        }
    }

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

    /// Computes what has been gathered.
    pub fn flush(&mut self) {
        if self.plan == Plan::Running && self.pending > 0 {
            let (tracks, ahead) = (self.tracks.iter_mut().enumerate(), self.encoder.ahead());
            self.jobs.extend(tracks.filter_map(|(series, track)| {
                let ripe = track.tickets.len().saturating_sub(ahead);
                track.runs_on(series, ripe)
            }));
            self.pending = 0;
        }
        if self.jobs.is_empty() {
            return;
        }
        let mut jobs = std::mem::take(&mut self.jobs);
        jobs.sort_by_key(|job| std::cmp::Reverse(job.len)); // stable: longest first
        let together = BLOCK_ROWS * blocks_together(rayon::current_num_threads());
        let mut states = Vec::new();
        for jobs in jobs.chunks(together) {
            states.extend(self.run(jobs));
        }
        // Only now: a job that goes on reads the state from before all of these.
        states.sort_by_key(|&(_, start, _)| start);
        for (track, _, state) in states {
            self.tracks[track].state = Some(state);
        }
        self.forget();
        jobs.clear();
        self.jobs = jobs;
    }

    /// The answers so far, by ticket.
    pub fn take(&mut self) -> Vec<Answer> {
        let mut answers = std::mem::take(&mut self.answers);
        if let Some(adaptive) = &mut self.adaptive {
            answers = adaptive.ready(self.encoder, answers);
        }
        answers.sort_by_key(|answer| answer.ticket);
        answers
    }

    /// Runs some jobs; returns the states they ended in, where state runs on.
    fn run(&mut self, jobs: &[Job]) -> Vec<Ended> {
        let blocks = jobs.len().div_ceil(BLOCK_ROWS);
        while self.workers.len() < blocks {
            self.workers.push(Worker::new(&self.network));
        }
        let mut workers = std::mem::take(&mut self.workers);
        let work = |(jobs, worker): (&[Job], &mut Worker)| worker.run(self, jobs);
        let results: Vec<_> = if blocks == 1 {
            vec![work((jobs, &mut workers[0]))]
        } else {
            let pairs = jobs.par_chunks(BLOCK_ROWS).zip(&mut workers[..blocks]);
            pairs.map(work).collect()
        };
        self.workers = workers;
        let mut ended = Vec::new();
        for (answers, states) in results {
            self.answers.extend(answers);
            ended.extend(states);
        }
        ended
    }

    /// Drops the rows that no later prediction reads.
    fn forget(&mut self) {
        let (columns, ahead) = (self.encoder.columns(), self.encoder.ahead());
        for track in &mut self.tracks {
            match self.plan {
                Plan::Window { length, .. } => track.forget(length - 1 + ahead, columns),
                Plan::Blocks { .. } | Plan::Whole { .. } | Plan::Running => {
                    track.forget(track.tickets.len() - track.done, columns);
                    track.done = 0;
                }
            }
        }
    }
}

impl Track<'_> {
    /// The rows up to `end` that a running prediction has not gone through yet; none where it has gone through all.
    fn runs_on(&mut self, series: usize, end: usize) -> Option<Job> {
        let rows = self.done..end;
        if rows.is_empty() {
            return None;
        }
        self.done = rows.end;
        let goes_on = !std::mem::replace(&mut self.fresh, false);
        Some(Job { goes_on, ..Job::new(series, rows) })
    }

    /// Answers to those of some rows that are asked for.
    fn without_prediction(
        &self,
        rows: std::ops::Range<usize>,
    ) -> impl Iterator<Item = Answer> + '_ {
        let tickets = self.tickets[rows].iter().flatten();
        tickets.map(|&ticket| Answer { ticket, prediction: None })
    }

    fn forget(&mut self, keep: usize, columns: usize) {
        let drop = self.tickets.len().saturating_sub(keep);
        self.tickets.drain(..drop);
        self.values.drain(..drop * columns);
        self.begin = self.begin.saturating_sub(drop);
    }
}
