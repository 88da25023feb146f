//! Up to 16 sequences of a predictor through its network.

use super::calibration::widen;
use super::plan::Plan;
use super::prediction::{Answer, Prediction};
use super::predictor::{Job, Predictor};
use crate::model::{Block, Network, State, Tape};

/// Buffers, kept from one block to the next.
pub(super) struct Worker {
    block: Block,
    tape: Tape,
    /// What the head reads: places in the block, hidden states, outputs.
    readings: Vec<usize>,
    h: Vec<f32>,
    y: Vec<f32>,
}

/// The state that a job of a track, beginning at this row of it, ended in.
pub(super) type Ended = (usize, usize, State);

/// A row that is asked for.
#[derive(Clone, Copy)]
struct Asked {
    /// Its place in the block.
    reading: usize,
    ticket: u64,
    track: usize,
    /// Its place in the track.
    row: usize,
}

/// Output numbers made at a time: few, for they can be many for each row.
pub const OUTPUTS: usize = 1 << 18;

impl Worker {
    pub(super) fn new(network: &Network) -> Self {
        let (readings, h, y) = (Vec::new(), Vec::new(), Vec::new());
        Self { block: Block::default(), tape: network.tape(), readings, h, y }
    }

    /// Runs some sequences; returns their answers and, where state runs on, the states they ended in.
    pub(super) fn run(&mut self, predictor: &Predictor, jobs: &[Job]) -> (Vec<Answer>, Vec<Ended>) {
        let (encoder, columns) = (predictor.encoder, predictor.encoder.columns());
        let lengths: Vec<usize> = jobs.iter().map(|job| job.len).collect();
        self.block.reset(&lengths, &predictor.network.architecture().input);
        for (row, job) in jobs.iter().enumerate() {
            let track = &predictor.tracks[job.track];
            let start = job.start + planted(track.tickets.len() - job.start - job.len);
            let (end, known) = (start + job.len, track.values.len() / columns);
            let ahead = &track.values[end * columns..known.min(end + encoder.ahead()) * columns];
            let values = (&track.values[start * columns..end * columns], ahead);
            encoder.inputs(values, track.scalers, predictor.words(), None, (&mut self.block, row));
        }
        let running = predictor.plan == Plan::Running;
        if running {
            self.block.initial = Some(gather_states(predictor, jobs));
        }
        predictor.network.forward_states(&predictor.weights, &self.block, None, &mut self.tape);
        let answers = self.answers(predictor, jobs);
        let states = if running { self.ended(&predictor.network, jobs) } else { Vec::new() };
        (answers, states)
    }

    /// What the head makes of the rows that are asked for, some at a time.
    fn answers(&mut self, predictor: &Predictor, jobs: &[Job]) -> Vec<Answer> {
        let (network, outputs) = (&predictor.network, predictor.encoder.outputs());
        let asked = asked(predictor, jobs);
        let mut answers = Vec::with_capacity(asked.len());
        for asked in asked.chunks((OUTPUTS / outputs).max(1)) {
            self.readings.clear();
            self.readings.extend(asked.iter().map(|asked| asked.reading));
            self.h.resize(asked.len() * network.width(), 0.0);
            self.y.resize(asked.len() * outputs, 0.0);
            network.gather(&self.tape, &self.readings, &mut self.h);
            network.outputs(&predictor.weights, &self.h, asked.len(), &mut self.y);
            for (asked, y) in asked.iter().zip(self.y.chunks_exact(outputs)) {
                let prediction = Some(decode(predictor, asked.track, asked.row, y));
                answers.push(Answer { ticket: asked.ticket, prediction });
            }
        }
        answers
    }

    fn ended(&self, network: &Network, jobs: &[Job]) -> Vec<Ended> {
        let (rows, hidden) = (jobs.len(), network.architecture().hidden);
        let mut ended = network.zero_state(rows);
        network.final_state(&self.block, &self.tape, &mut ended);
        let state = |(row, job): (usize, &Job)| {
            let mut state = network.zero_state(1);
            state.copy_row(0, 1, &ended, row, rows, hidden);
            (job.track, job.start, state)
        };
        jobs.iter().enumerate().map(state).collect()
    }
}

/// How much later a sequence lies than it should, where so many rows are behind it: not at all, but for a fault that is
/// planted for the certificate to find.
fn planted(behind: usize) -> usize {
    if cfg!(feature = "shifted-window") { behind.min(1) } else { 0 }
}

/// The rows with a ticket, job by job.
fn asked(predictor: &Predictor, jobs: &[Job]) -> Vec<Asked> {
    let mut asked = Vec::new();
    for (row, job) in jobs.iter().enumerate() {
        let first = if job.last { job.len - 1 } else { 0 };
        for t in first..job.len {
            let at = job.start + t;
            let Some(ticket) = predictor.tracks[job.track].tickets[at] else { continue };
            let step = if job.last { 0 } else { t };
            let reading = step * jobs.len() + row;
            asked.push(Asked { reading, ticket, track: job.track, row: at });
        }
    }
    asked
}

fn gather_states(predictor: &Predictor, jobs: &[Job]) -> State {
    let mut state = predictor.network.zero_state(jobs.len());
    let hidden = predictor.network.architecture().hidden;
    for (row, job) in jobs.iter().enumerate() {
        if let Some(from) = predictor.tracks[job.track].state.as_ref().filter(|_| job.goes_on) {
            state.copy_row(row, jobs.len(), from, 0, 1, hidden);
        }
    }
    state
}

fn decode(predictor: &Predictor, track: usize, row: usize, outputs: &[f32]) -> Prediction {
    let (encoder, track) = (predictor.encoder, &predictor.tracks[track]);
    let mut values = vec![0.0; encoder.target_width()];
    let (mut probabilities, mut bounds) = (Vec::new(), Vec::new());
    let columns = encoder.columns();
    let row = &track.values[row * columns..(row + 1) * columns];
    if encoder.classes().is_some() {
        probabilities.resize(outputs.len(), 0.0);
        encoder.decode_classes(outputs, &mut values, &mut probabilities);
    } else if encoder.levels.is_some() {
        bounds.resize(values.len(), [0.0; 2]);
        encoder.decode_quantiles(row, outputs, track.scalers, (&mut values, &mut bounds));
    } else {
        encoder.decode(row, outputs, track.scalers, &mut values);
    }
    let (outputs, sets) = (outputs.to_vec(), Vec::new());
    let mut prediction = Prediction { outputs, values, probabilities, bounds, sets };
    if let Some(calibration) = predictor.calibration {
        widen(encoder, &calibration.quantiles, track.scalers, &mut prediction);
    }
    prediction
}
