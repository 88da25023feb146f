//! One update: blocks of rows forward and backward side by side, gradients summed in a fixed order.
//!
//! Rows are free: each sequence is computed by itself, so blocks may run on any thread. Sums are not: every
//! part of the gradient adds the blocks from left to right, whoever computes it.

use std::ops::{Deref, DerefMut};
use std::sync::{Mutex, PoisonError, RwLock};

use super::batch::Assembler;
use super::chunks::{self, Chunks, Reading};
use super::team::{Pause, Phase, together};
use crate::data::Span;
use crate::model::{
    BLOCK_ROWS, Block, DropoutKey, GradientPart, Network, State, Tape, Tensors, Weights,
};
use crate::optim::{Loss, LossSum};

/// Buffers of an update, kept from one to the next.
pub struct Workspace {
    parts: Vec<GradientPart>,
    /// Written by one thread each, then read by all.
    blocks: Vec<RwLock<Work>>,
    weights: Weights,
    gradient: Tensors,
    chunks: Chunks,
    /// Output numbers of one tensor that may exist at once.
    pub(super) most_outputs: usize,
    pause: Pause,
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
    pub(super) loss: Loss<'a>,
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
        Self {
            parts: network.gradient_parts(),
            blocks: Vec::new(),
            weights,
            gradient,
            chunks: Chunks::default(),
            most_outputs: chunks::MOST,
            pause: Pause::default(),
        }
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
        // One way into the pool for all that follows.
        rayon::scope(|_| self.on_this_thread(network, params, assembler, batch))
    }

    fn on_this_thread(
        &mut self,
        network: &Network,
        params: &Tensors,
        assembler: Assembler,
        batch: &Batch,
    ) -> LossSum {
        self.pause = Pause::default();
        self.weights.pack(network, params);
        let rows = if network.architecture().input.characters.is_empty() {
            let lengths = (batch.spans.first(), batch.spans.last());
            let even = lengths.0.map(|span| span.len) == lengths.1.map(|span| span.len);
            rows_together(batch.spans.len(), even, rayon::current_num_threads())
        } else {
            BLOCK_ROWS // each distinct spelling of a block is summed once
        };
        let groups: Vec<&[Span]> = batch.spans.chunks(rows).collect();
        while self.blocks.len() < groups.len() {
            self.blocks.push(RwLock::new(Work::new(network)));
        }
        let in_chunks = chunks::in_chunks(network.architecture(), batch.spans, self.most_outputs);
        let (weights, blocks) = (&self.weights, &self.blocks[..groups.len()]);
        let parts = pieces(&self.parts, self.gradient.as_mut_slice()).into_iter();
        let (mut head, parts): (Vec<_>, Vec<_>) =
            parts.partition(|(part, _)| in_chunks && part.of_head());
        let parts: Vec<_> = parts.into_iter().map(Mutex::new).collect();
        let (passes, sums) = (Phase::new(groups.len()), Phase::new(parts.len()));
        let pass = |index: usize| {
            #[cfg(feature = "worker-panic")]
            super::planted::panic_where_asked(batch.dropout.map(|key| key.step));
            let mut work = write(&blocks[index]);
            let first = (groups[index], index * rows);
            if in_chunks {
                work.states(network, weights, assembler, batch, first);
            } else {
                work.pass(network, weights, assembler, batch, first);
            }
        };
        let add_up = |index: usize| {
            let (part, piece) = &mut *parts[index].lock().expect("each part is added up once");
            add_up(network, part, blocks, piece);
        };
        if in_chunks {
            together(|| passes.share(pass));
            head.iter_mut().for_each(|(_, piece)| piece.fill(0.0));
            let (loss, most) = (batch.loss, self.most_outputs);
            let reading = Reading { network, weights, assembler, loss, most };
            for (work, spans) in blocks.iter().zip(&groups) {
                let Work { block, tape, sums, .. } = &mut *write(work);
                *sums = reading.pass(&mut self.chunks, spans, block, tape, &mut head);
            }
            let backward = Phase::new(groups.len());
            together(|| {
                backward.share(|index| {
                    let Work { block, tape, .. } = &mut *write(&blocks[index]);
                    network.backward_states(weights, block, tape);
                });
                sums.share(add_up);
            });
        } else {
            together(|| {
                passes.share(pass);
                sums.share(add_up);
            });
        }
        self.pause = Pause::begin();
        let mut loss = LossSum::default();
        for work in blocks {
            read(work).sums.iter().for_each(|&sum| loss.add(sum));
        }
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
            let work = read(work);
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
    fn new(network: &Network) -> Self {
        let (block, targets, sums) = (Block::default(), Vec::new(), Vec::new());
        Self { block, targets, tape: network.tape(), sums }
    }

    /// Takes over the states its sequences go on from; the first of them is at place `first` of the batch.
    fn begin(&mut self, network: &Network, batch: &Batch, first: usize) {
        self.block.initial = batch.initial_rows(network, first, self.block.rows());
    }

    /// Forward, loss and backward of the sequences `spans`, the first of them at place `first` of the batch.
    fn pass(
        &mut self,
        network: &Network,
        weights: &Weights,
        assembler: Assembler,
        batch: &Batch,
        (spans, first): (&[Span], usize),
    ) {
        assembler.fill(spans, first, &mut self.block, &mut self.targets);
        self.begin(network, batch, first);
        network.forward(weights, &self.block, batch.dropout, &mut self.tape);
        let outputs = network.architecture().outputs;
        let (y, dy) = self.tape.output_gradient();
        self.sums = batch.loss.block(&self.block, outputs, y, &self.targets, dy);
        network.backward(weights, &self.block, &mut self.tape);
    }

    /// Their hidden states alone; outputs and the way back follow in chunks.
    fn states(
        &mut self,
        network: &Network,
        weights: &Weights,
        assembler: Assembler,
        batch: &Batch,
        (spans, first): (&[Span], usize),
    ) {
        assembler.inputs(spans, first, &mut self.block);
        self.begin(network, batch, first);
        network.forward_states(weights, &self.block, batch.dropout, &mut self.tape);
    }
}

/// How many rows go through the network together: a thread's share, in whole blocks of those that are summed
/// together. Where lengths differ, one block at a time, so that threads that are done early can take another.
pub fn rows_together(sequences: usize, even: bool, threads: usize) -> usize {
    let share = sequences.div_ceil(BLOCK_ROWS).div_ceil(threads);
    if even { (share * BLOCK_ROWS).clamp(BLOCK_ROWS, MOST_ROWS) } else { BLOCK_ROWS }
}

/// A block that its thread is done with; where that panicked, the panic is on its way already.
fn read(work: &RwLock<Work>) -> impl Deref<Target = Work> {
    work.read().unwrap_or_else(PoisonError::into_inner)
}

/// A block that no other thread looks at.
fn write(work: &RwLock<Work>) -> impl DerefMut<Target = Work> {
    work.write().unwrap_or_else(PoisonError::into_inner)
}

/// The parts of the gradient, each with its piece of the flat buffer.
fn pieces<'a>(
    parts: &'a [GradientPart],
    gradient: &'a mut [f32],
) -> Vec<(&'a GradientPart, &'a mut [f32])> {
    let mut rest = gradient;
    let piece = |part: &'a GradientPart| {
        let piece;
        (piece, rest) = std::mem::take(&mut rest).split_at_mut(part.range.len());
        (part, piece)
    };
    parts.iter().map(piece).collect()
}

/// One part of the gradient, over all blocks from left to right.
fn add_up(network: &Network, part: &GradientPart, blocks: &[RwLock<Work>], piece: &mut [f32]) {
    piece.fill(0.0);
    for work in blocks {
        let work = read(work);
        network.add_gradient(part, &work.block, &work.tape, piece);
    }
}
