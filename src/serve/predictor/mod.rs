//! Rows in, predictions out. Work is gathered while rows are plenty and done at once when asked; neither
//! changes a bit, because every sequence is computed by itself.

mod gather;
mod track;

use std::collections::HashMap;

use rayon::prelude::*;

pub(super) use gather::{
    GATHER_OUTPUTS, GATHER_ROWS, GATHER_STEPS, GATHER_WINDOWS, blocks_together,
};
pub(super) use track::Job;

use track::Track;

use super::adaptive::Adaptive;
use super::calibration::Calibration;
use super::plan::Plan;
use super::prediction::Answer;
use super::worker::{Ended, Worker};
use crate::data::{Encoder, Scalers, WordPool, Words};
use crate::model::{BLOCK_ROWS, Network, Tensors, Weights};

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
