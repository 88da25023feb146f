//! One update: blocks of rows forward and backward side by side, gradients summed in a fixed order.
//!
//! Rows are free: each sequence is computed by itself, so blocks may run on any thread. Sums are not: every
//! part of the gradient adds the blocks from left to right, whoever computes it.

use rayon::prelude::*;

use super::batch::Assembler;
use crate::data::Span;
use crate::model::{
    BLOCK_ROWS, Block, DropoutKey, GradientPart, Network, State, Tape, Tensors, Weights,
};
use crate::optim::{Loss, LossSum};

/// Buffers of an update, kept from one to the next.
pub struct Workspace {
    parts: Vec<GradientPart>,
    blocks: Vec<Work>,
    weights: Weights,
    gradient: Tensors,
}

/// Rows that one thread takes through the network together at most. The more there are, the fewer times weights
/// have to come from far away; more than these gain nothing.
const MOST_ROWS: usize = 64;

struct Work {
    block: Block,
    targets: Vec<f32>,
    tape: Tape,
    sums: Vec<LossSum>,
}

/// What an update is made from.
pub(super) struct Batch<'a> {
    /// Sequences, longest first.
    pub(super) spans: &'a [Span],
    /// Their initial states, one row per sequence; `None`: zeros.
    pub(super) initial: Option<&'a State>,
    pub(super) loss: Loss,
    pub(super) dropout: Option<DropoutKey>,
}

impl Batch<'_> {
    /// The initial states of some of its sequences.
    pub(super) fn initial_rows(
        &self,
        network: &Network,
        first: usize,
        rows: usize,
    ) -> Option<State> {
        let state = self.initial?;
        let mut own = network.zero_state(rows);
        let hidden = network.architecture().hidden;
        for row in 0..rows {
            own.copy_row(row, rows, state, first + row, self.spans.len(), hidden);
        }
        Some(own)
    }
}

impl Workspace {
    /// Buffers for a network.
    pub fn new(network: &Network) -> Self {
        let gradient = Tensors::zeros(network.layout());
        let weights = Weights::room(network);
        Self { parts: network.gradient_parts(), blocks: Vec::new(), weights, gradient }
    }

    /// The gradient of the last update.
    pub fn gradient(&mut self) -> &mut [f32] {
        self.gradient.as_mut_slice()
    }

    /// Forward, loss and backward of a batch; the gradient is left in the workspace.
    pub(super) fn gradients(
        &mut self,
        network: &Network,
        params: &Tensors,
        assembler: Assembler,
        batch: &Batch,
    ) -> LossSum {
        // One way into the pool for all that follows: its threads are awake already when they are asked again.
        rayon::scope(|_| self.on_this_thread(network, params, assembler, batch))
    }

    fn on_this_thread(
        &mut self,
        network: &Network,
        params: &Tensors,
        assembler: Assembler,
        batch: &Batch,
    ) -> LossSum {
        self.weights.pack(network, params);
        let together = rows_together(batch.spans, rayon::current_num_threads());
        let (count, weights) = (batch.spans.len().div_ceil(together), &self.weights);
        while self.blocks.len() < count {
            let (block, targets, sums) = (Block::default(), Vec::new(), Vec::new());
            self.blocks.push(Work { block, targets, tape: network.tape(), sums });
        }
        let blocks = &mut self.blocks[..count];
        let pairs = blocks.par_iter_mut().zip(batch.spans.par_chunks(together)).enumerate();
        pairs.for_each(|(index, (work, spans))| {
            assembler.fill(spans, &mut work.block, &mut work.targets);
            work.block.first_row = index * together;
            work.block.initial = batch.initial_rows(network, index * together, spans.len());
            work.pass(network, weights, batch);
        });
        let blocks = &self.blocks[..count];
        let mut loss = LossSum::default();
        blocks.iter().flat_map(|work| &work.sums).for_each(|&sum| loss.add(sum));
        add_up(network, &self.parts, blocks, self.gradient.as_mut_slice());
        loss
    }

    /// The states the sequences of the last batch ended in, one row each.
    pub(super) fn final_states(&self, network: &Network, rows: usize) -> State {
        let mut all = network.zero_state(rows);
        let hidden = network.architecture().hidden;
        let mut first = 0;
        for work in &self.blocks {
            if first == rows {
                break; // the rest is from a larger batch
            }
            let count = work.block.rows();
            let mut own = network.zero_state(count);
            network.final_state(&work.block, &work.tape, &mut own);
            for row in 0..count {
                all.copy_row(first + row, rows, &own, row, count, hidden);
            }
            first += count;
        }
        all
    }
}

impl Work {
    fn pass(&mut self, network: &Network, weights: &Weights, batch: &Batch) {
        network.forward(weights, &self.block, batch.dropout, &mut self.tape);
        let outputs = network.architecture().outputs;
        let (y, dy) = self.tape.output_gradient();
        self.sums = batch.loss.block(&self.block, outputs, y, &self.targets, dy);
        network.backward(weights, &self.block, &mut self.tape);
    }
}

/// How many rows go through the network together: a thread's share, in whole blocks of those that are summed
/// together. Where lengths differ, one block at a time, so that threads that are done early can take another.
fn rows_together(spans: &[Span], threads: usize) -> usize {
    let even = spans.first().map(|span| span.len) == spans.last().map(|span| span.len);
    let share = spans.len().div_ceil(BLOCK_ROWS).div_ceil(threads);
    if even { (share * BLOCK_ROWS).clamp(BLOCK_ROWS, MOST_ROWS) } else { BLOCK_ROWS }
}

/// Every part of the gradient by itself, each over all blocks from left to right.
fn add_up(network: &Network, parts: &[GradientPart], blocks: &[Work], gradient: &mut [f32]) {
    let mut rest = gradient;
    let mut pieces = Vec::with_capacity(parts.len());
    for part in parts {
        let (piece, tail) = rest.split_at_mut(part.range.len());
        pieces.push((part, piece));
        rest = tail;
    }
    // One by one, for they differ in size.
    pieces.into_par_iter().with_max_len(1).for_each(|(part, piece)| {
        piece.fill(0.0);
        for work in blocks {
            network.add_gradient(part, &work.block, &work.tape, piece);
        }
    });
}
