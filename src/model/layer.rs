//! One layer: one or two directions over the same input, their outputs side by side.

use super::block::{Block, State};
use super::direction::Direction;
use super::dropout::{DropoutKey, Mask, scale};
use super::params::Layout;
use super::recurrence::{self, Recurrence};
use super::weights::Recurrent;
use crate::config::Cell;
use crate::kernel::{Above, Start};

/// What every layer of a network shares.
#[derive(Clone, Copy, Debug)]
pub(super) struct Shape {
    pub(super) cell: Cell,
    pub(super) hidden: usize,
    pub(super) directions: &'static [Direction],
}

#[derive(Clone, Debug)]
pub(super) struct Layer {
    index: usize,
    shape: Shape,
    pub(super) recurrences: Vec<Recurrence>,
}

#[derive(Clone, Debug, Default)]
pub(super) struct Tape {
    pub(super) directions: Vec<recurrence::Tape>,
    pub(super) out: Vec<f32>,   // [T, B, directions * H], after dropout
    pub(super) d_out: Vec<f32>, // dL/d out
    mask: Vec<f32>,             // [T, B, directions * H]; empty without dropout
}

impl Layer {
    /// `prefix`: what its tensors' names begin with.
    pub(super) fn new(
        prefix: &str,
        index: usize,
        shape: Shape,
        input: usize,
        layout: &mut Layout,
    ) -> Self {
        let recurrence = |&d: &Direction| {
            let suffix = if d == Direction::Reverse { "_reverse" } else { "" };
            let name = |tensor: &str| format!("{prefix}{tensor}_l{index}{suffix}");
            Recurrence::new(shape.cell, d, name, input, shape.hidden, &mut *layout)
        };
        Self { index, shape, recurrences: shape.directions.iter().map(recurrence).collect() }
    }

    /// Width of the output.
    pub(super) fn width(&self) -> usize {
        self.recurrences.len() * self.shape.hidden
    }

    pub(super) fn tape(&self) -> Tape {
        let directions = vec![recurrence::Tape::default(); self.recurrences.len()];
        Tape { directions, ..Tape::default() }
    }

    /// From `x` `[T, B, input]` to `tape.out`; zero behind a sequence's end.
    pub(super) fn forward(
        &self,
        weights: &[Recurrent],
        block: &Block,
        x: &[f32],
        dropout: Option<(DropoutKey, f32)>,
        tape: &mut Tape,
    ) {
        let (rows, hidden, width) = (block.rows(), self.shape.hidden, self.width());
        let size = block.steps() * rows * width;
        tape.out.resize(size, 0.0);
        tape.d_out.resize(size, 0.0);
        for (k, recurrence) in self.recurrences.iter().enumerate() {
            let at = (self.index * self.recurrences.len() + k) * rows * hidden;
            let initial = block.initial.as_ref().map(|state| {
                let c = if state.c.is_empty() { &[][..] } else { &state.c[at..][..rows * hidden] };
                (&state.h[at..][..rows * hidden], c)
            });
            recurrence.forward(&weights[k], block, x, initial, &mut tape.directions[k]);
            let out = tape.out.chunks_exact_mut(rows * width).enumerate();
            for (t, out) in out {
                let h = tape.directions[k].output(self.shape.directions[k], t, hidden);
                let live = block.live(t);
                if width == hidden {
                    let (live, dead) = out.split_at_mut(live * hidden);
                    live.copy_from_slice(&h[..live.len()]);
                    dead.fill(0.0);
                    continue;
                }
                for (row, out) in out.chunks_exact_mut(width).enumerate() {
                    let out = &mut out[k * hidden..][..hidden];
                    if row < live {
                        out.copy_from_slice(&h[row * hidden..][..hidden]);
                    } else {
                        out.fill(0.0);
                    }
                }
            }
        }
        self.drop(block, dropout, tape);
    }

    fn drop(&self, block: &Block, dropout: Option<(DropoutKey, f32)>, tape: &mut Tape) {
        let Some((key, chance)) = dropout else {
            return tape.mask.clear();
        };
        tape.mask.resize(tape.out.len(), 0.0);
        let mask = Mask {
            key,
            chance,
            layer: self.index,
            first_row: block.first_row,
            factors: &mut tape.mask,
        };
        mask.draw(block.rows(), self.width());
        scale(&mut tape.out, &tape.mask);
    }

    /// Walks back from `tape.d_out`; writes dL/dx to `dx` `[T, B, input]` where it is wanted.
    pub(super) fn backward(
        &self,
        weights: &[Recurrent],
        block: &Block,
        tape: &mut Tape,
        dx: Option<&mut [f32]>,
    ) {
        if !tape.mask.is_empty() {
            scale(&mut tape.d_out, &tape.mask);
        }
        let width = self.width();
        let mut dx = dx;
        for (k, recurrence) in self.recurrences.iter().enumerate() {
            let (column, steps) = (k * self.shape.hidden, &mut tape.directions[k]);
            let start = if k == 0 { Start::Zero } else { Start::There };
            let dx = dx.as_deref_mut().map(|dx| (dx, start));
            let above = Above { d_out: &tape.d_out, width, column };
            recurrence.backward(&weights[k], block, steps, above, dx);
        }
    }

    /// The states every row of the block ended in, into this layer's part of `state`.
    pub(super) fn final_state(&self, block: &Block, tape: &Tape, state: &mut State) {
        let (rows, hidden) = (block.rows(), self.shape.hidden);
        for (k, tape) in tape.directions.iter().enumerate() {
            let at = (self.index * self.recurrences.len() + k) * rows * hidden;
            for (row, &length) in block.lengths().iter().enumerate() {
                let (h, c) = tape.final_state(self.shape.directions[k], row, length, hidden);
                state.h[at + row * hidden..][..hidden].copy_from_slice(h);
                if !c.is_empty() {
                    state.c[at + row * hidden..][..hidden].copy_from_slice(c);
                }
            }
        }
    }
}

#[cfg(test)]
impl Tape {
    /// What it holds, for the test of `size`.
    pub(super) fn numbers(&self) -> usize {
        let directions: usize = self.directions.iter().map(recurrence::Tape::numbers).sum();
        directions + self.out.len() + self.d_out.len() + self.mask.len()
    }
}
