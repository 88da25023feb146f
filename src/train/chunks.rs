//! Outputs in chunks of time, where those of all timesteps (targets x horizon each) would be too large to exist at once.
//!
//! A chunk is a stretch of the sum over timesteps, and rows within, that makes the gradient of the head. It is cut
//! between block sums of the one rule, and rows are free: so the bits are those of all outputs at once. The threads
//! share the rows of a chunk, then the parts of the gradient; one chunk comes after the other, for sums have an order.

use std::ops::Range;

use rayon::prelude::*;

use super::batch::Assembler;
use crate::config::Head;
use crate::data::Span;
use crate::kernel::{self, Rows};
use crate::model::{Architecture, Block, GradientPart, Network, Read, Tape, Weights};
use crate::optim::{Loss, LossSum};

/// Output numbers of one tensor that may exist at once: few enough to stay in a cache.
pub(super) const MOST: usize = 1 << 20;

/// Rows that a thread takes at a time.
const ROWS: usize = 32;

/// Numbers of a tensor of outputs that exist at once while a batch with so many readings (timesteps x sequences) is
/// trained.
pub fn outputs_at_once(a: &Architecture, readings: u128) -> u128 {
    let all = readings.saturating_mul(a.outputs as u128);
    if worthwhile(a, readings, MOST) { all.min((terms(a, MOST) * a.outputs) as u128) } else { all }
}

/// Whether a batch of these sequences, longest first, goes in chunks.
pub(super) fn in_chunks(a: &Architecture, spans: &[Span], most: usize) -> bool {
    let longest = spans.first().map_or(0, |span| span.len);
    worthwhile(a, longest as u128 * spans.len() as u128, most)
}

/// Whether a batch with so many readings goes in chunks: where its outputs are many, and more than the hidden states
/// they are made from.
fn worthwhile(a: &Architecture, readings: u128, most: usize) -> bool {
    let many = readings.saturating_mul(a.outputs as u128) > most as u128;
    let wide = a.head == Head::Linear && a.outputs > a.directions * a.hidden;
    many && wide && a.read == Read::EveryStep
}

/// Terms of a chunk: whole block sums.
fn terms(a: &Architecture, most: usize) -> usize {
    (most / a.outputs / kernel::BLOCK).max(1) * kernel::BLOCK
}

/// The buffers of a chunk, kept from one to the next.
#[derive(Default)]
pub(super) struct Chunks {
    readings: Vec<usize>,     // [n]: step x B + row
    h: Vec<f32>,              // [n, directions * H]
    dh: Vec<f32>,             // the same
    y: Vec<f32>,              // [n, outputs]
    dy: Vec<f32>,             // the same
    targets: Vec<f32>,        // [n, targets]
    losses: Vec<Option<f64>>, // [n]
}

/// What all chunks share.
pub(super) struct Reading<'a> {
    pub(super) network: &'a Network,
    pub(super) weights: &'a Weights,
    pub(super) assembler: Assembler<'a>,
    pub(super) loss: Loss<'a>,
    /// Output numbers that may exist at once.
    pub(super) most: usize,
}

impl Reading<'_> {
    /// From the hidden states of a block to their gradient: outputs, loss and back, chunk by chunk. Adds the block's
    /// share to the head's parts of the gradient, `grads`.
    pub(super) fn pass(
        &self,
        chunks: &mut Chunks,
        spans: &[Span],
        block: &Block,
        tape: &mut Tape,
        grads: &mut [(&GradientPart, &mut [f32])],
    ) -> Vec<LossSum> {
        let mut sums = vec![LossSum::default(); block.rows()];
        let terms = terms(self.network.architecture(), self.most);
        for rows in block.sums(false) {
            for first in (0..rows.len()).step_by(terms) {
                chunks.start(self, rows, first..rows.len().min(first + terms));
                self.rows(chunks, spans, tape);
                self.network.scatter(&chunks.dh, &chunks.readings, tape);
                chunks.add_up(self.network, grads);
                for (at, l) in chunks.readings.iter().zip(&chunks.losses) {
                    if let Some(l) = l {
                        sums[at % block.rows()].add_step(*l);
                    }
                }
            }
        }
        sums
    }

    /// Fills the chunk, some rows on each thread.
    fn rows(&self, chunks: &mut Chunks, spans: &[Span], tape: &Tape) {
        let (width, outputs) = (self.network.width(), self.network.architecture().outputs);
        let states = chunks.h.par_chunks_mut(ROWS * width);
        let states = states.zip(chunks.dh.par_chunks_mut(ROWS * width));
        let values = chunks.y.par_chunks_mut(ROWS * outputs);
        let target_width = self.assembler.encoder.target_width();
        let values = values.zip(chunks.targets.par_chunks_mut(ROWS * target_width));
        let values = values.zip(chunks.dy.par_chunks_mut(ROWS * outputs));
        let rows = chunks.readings.par_chunks(ROWS).zip(chunks.losses.par_chunks_mut(ROWS));
        rows.zip(states).zip(values).for_each(
            |(((readings, losses), (h, dh)), ((y, targets), dy))| {
                self.network.gather(tape, readings, h);
                self.network.outputs(self.weights, h, readings.len(), y);
                for (k, at) in readings.iter().enumerate() {
                    let (t, span) = (at / spans.len(), spans[at % spans.len()]);
                    let own = k * outputs..(k + 1) * outputs;
                    losses[k] = None;
                    if t < span.len {
                        let targets = &mut targets[k * target_width..(k + 1) * target_width];
                        self.assembler.targets(span, t, targets);
                        losses[k] = self.loss.step(&y[own.clone()], targets, Some(&mut dy[own]));
                    } else {
                        dy[own].fill(0.0);
                    }
                }
                self.network.outputs_backward(self.weights, dy, readings.len(), dh);
            },
        );
    }
}

impl Chunks {
    fn start(&mut self, reading: &Reading<'_>, rows: Rows, terms: Range<usize>) {
        let (network, encoder) = (reading.network, reading.assembler.encoder);
        let (width, outputs) = (network.width(), network.architecture().outputs);
        let count = terms.len();
        self.readings.clear();
        self.readings.extend(rows.places(terms));
        [&mut self.h, &mut self.dh].into_iter().for_each(|x| x.resize(count * width, 0.0));
        [&mut self.y, &mut self.dy].into_iter().for_each(|x| x.resize(count * outputs, 0.0));
        self.targets.resize(count * encoder.target_width(), 0.0);
        self.losses.resize(count, None);
    }

    /// Adds the chunk to the head's gradient.
    fn add_up(&self, network: &Network, grads: &mut [(&GradientPart, &mut [f32])]) {
        let count = self.readings.len();
        let rows = Rows { steps: 1, stride: count, first: 0, count };
        grads.par_iter_mut().with_max_len(1).for_each(|(part, piece)| {
            network.add_head_gradient(part, (&self.dy, &self.h), rows, piece);
        });
    }
}
