//! One cell unrolled over time in one direction: the products and the time loop.

use std::ops::Range;

use ndarray::{Ix1, Ix2};

use super::block::Block;
use super::cell;
use super::direction::Direction;
use super::params::{First, Layout, Slot};
use super::weights::Recurrent;
use crate::config::Cell;
use crate::kernel::{Above, Start, StepBackward, StepForward};

#[derive(Clone, Debug)]
pub(super) struct Recurrence {
    cell: Cell,
    direction: Direction,
    hidden: usize,
    input: usize,
    pub(super) weight_ih: Slot<Ix2>, // [gates * H, input]
    pub(super) weight_hh: Slot<Ix2>, // [gates * H, H]
    pub(super) bias_ih: Slot<Ix1>,   // [gates * H]
    pub(super) bias_hh: Slot<Ix1>,   // [gates * H]
}

/// Numbers of a core's nearest roomy cache that gates may take, and rows a product with input weights should have.
const NEAR: usize = 1 << 16;
const ROWS_WORTH_A_PRODUCT: usize = 64;

/// What forward leaves for backward, and room for both; grows to the largest block seen.
#[derive(Clone, Debug, Default)]
pub(super) struct Tape {
    steps: usize,
    rows: usize,
    pub(super) h: Vec<f32>,       // [T + 1, B, H]
    pub(super) c: Vec<f32>,       // [T + 1, B, H] or empty
    pub(super) saved: Vec<f32>,   // [T, B, saved * H]
    pub(super) gates: Vec<f32>, // [T, B, gates * H]: x_proj, after forward the gates, after backward dL/dx_proj
    h_proj: Vec<f32>,           // [B, gates * H]
    pub(super) dh_proj: Vec<f32>, // [T, B, gates * H]: dL/dh_proj, or empty where it equals dL/dx_proj
    dh: Vec<f32>,                 // [B, H]
    dc: Vec<f32>,                 // [B, H] or empty
}

impl Recurrence {
    pub(super) fn new(
        cell: Cell,
        direction: Direction,
        name: impl Fn(&str) -> String,
        input: usize,
        hidden: usize,
        layout: &mut Layout,
    ) -> Self {
        let width = cell::gates(cell) * hidden;
        let first = First::Uniform { inputs: hidden };
        Self {
            cell,
            direction,
            hidden,
            input,
            weight_ih: layout.add(name("weight_ih"), (width, input), first),
            weight_hh: layout.add(name("weight_hh"), (width, hidden), first),
            bias_ih: layout.add(name("bias_ih"), width, first),
            bias_hh: layout.add(name("bias_hh"), width, first),
        }
    }

    /// Gate rows of the weights.
    pub(super) fn width(&self) -> usize {
        cell::gates(self.cell) * self.hidden
    }

    /// Runs the cell over `x` `[T, B, input]`; `initial` is (h, c), each `[B, H]`. States land in the tape.
    pub(super) fn forward(
        &self,
        weights: &Recurrent,
        block: &Block,
        x: &[f32],
        initial: Option<(&[f32], &[f32])>,
        tape: &mut Tape,
    ) {
        let (steps, rows, hidden, width) = (block.steps(), block.rows(), self.hidden, self.width());
        self.resize(tape, steps, rows);
        self.start(block, initial, tape);

        let (read, write) = self.direction.slots();
        let bias_hh = Start::Row(&weights.hidden.bias);
        let kept = cell::saved(self.cell) * hidden;
        let together = self.together(rows);
        for (k, t) in (0..steps).map(|k| (k, self.direction.time(k, steps))) {
            if k.is_multiple_of(together) {
                // The input half of the steps to come, in one product.
                let times = self.direction.times(k..steps.min(k + together), steps);
                self.input_half(weights, x, times.start * rows..times.end * rows, tape);
            }
            let live = block.live(t);
            let (h_prev, h) = two_slots(&mut tape.h, rows * hidden, t + read, t + write);
            let (h_prev, h) = (&h_prev[..live * hidden], &mut h[..live * hidden]);
            let h_proj = &mut tape.h_proj[..live * width];
            weights.hidden.forward.product(h_prev, live, bias_hh, h_proj);

            let (c_prev, c): (&[f32], &mut [f32]) = if tape.c.is_empty() {
                (&[], &mut [])
            } else {
                let (c_prev, c) = two_slots(&mut tape.c, rows * hidden, t + read, t + write);
                (&c_prev[..live * hidden], &mut c[..live * hidden])
            };
            let step = StepForward {
                rows: live,
                hidden,
                gates: &mut tape.gates[t * rows * width..][..live * width],
                h_proj: &tape.h_proj[..live * width],
                h_prev,
                c_prev,
                h,
                c,
                saved: &mut tape.saved[t * rows * kept..][..live * kept],
            };
            cell::forward(self.cell, step);
        }
    }

    /// Timesteps whose products with the input weights are made at once: enough rows for the product, few enough for
    /// the gates to stay near from one use to the next.
    fn together(&self, rows: usize) -> usize {
        (NEAR / (rows * self.width())).max(ROWS_WORTH_A_PRODUCT / rows).max(1)
    }

    /// `b_ih + W_ih x` for some rows of the `[T * B, input]` tensor.
    fn input_half(&self, weights: &Recurrent, x: &[f32], rows: Range<usize>, tape: &mut Tape) {
        let x = &x[rows.start * self.input..rows.end * self.input];
        let gates = &mut tape.gates[rows.start * self.width()..rows.end * self.width()];
        weights.input.forward.product(x, rows.len(), Start::Row(&weights.input.bias), gates);
    }

    /// Walks back through time from what is above, at all steps. Leaves dL/dx_proj and dL/dh_proj in the tape, zero behind a sequence's end. Where it
    /// is wanted, dL/dx = start + dL/dx_proj W_ih, `[T, B, input]`.
    pub(super) fn backward(
        &self,
        weights: &Recurrent,
        block: &Block,
        tape: &mut Tape,
        above: Above,
        mut dx: Option<(&mut [f32], Start)>,
    ) {
        let (steps, rows, hidden, width) = (block.steps(), block.rows(), self.hidden, self.width());
        let (read, write) = self.direction.slots();
        let kept = cell::saved(self.cell) * hidden;
        let separate = cell::separate_h_grad(self.cell);
        tape.dh.fill(0.0);
        tape.dc.fill(0.0);
        let together = self.together(rows);
        for (k, t) in (0..steps).rev().map(|k| (k, self.direction.time(k, steps))) {
            let live = block.live(t);
            let span = t * rows * width..(t + 1) * rows * width;
            tape.gates[span.clone()][live * width..].fill(0.0);
            if separate {
                tape.dh_proj[span.clone()][live * width..].fill(0.0);
            }
            let states = |s: &'_ Vec<f32>, slot| {
                if s.is_empty() {
                    0..0
                } else {
                    slot * rows * hidden..slot * rows * hidden + live * hidden
                }
            };
            let step = StepBackward {
                rows: live,
                hidden,
                h_prev: &tape.h[states(&tape.h, t + read)],
                c_prev: &tape.c[states(&tape.c, t + read)],
                h: &tape.h[states(&tape.h, t + write)],
                c: &tape.c[states(&tape.c, t + write)],
                saved: &tape.saved[t * rows * kept..][..live * kept],
                dh: &mut tape.dh[..live * hidden],
                dc: if tape.dc.is_empty() { &mut [] } else { &mut tape.dc[..live * hidden] },
                gates: &mut tape.gates[span.clone()][..live * width],
                dh_proj: if separate {
                    &mut tape.dh_proj[span.clone()][..live * width]
                } else {
                    &mut []
                },
            };
            let d_out = &above.d_out[t * rows * above.width..];
            cell::backward(self.cell, step, Above { d_out, ..above });
            let dh_proj = if separate { &tape.dh_proj[span] } else { &tape.gates[span] };
            let dh = &mut tape.dh[..live * hidden];
            let dh_proj = &dh_proj[..live * width];
            weights.hidden.backward.product(dh_proj, live, Start::There, dh);
            if let Some((dx, start)) = &mut dx
                && k.is_multiple_of(together)
            {
                let times = self.direction.times(k..steps.min(k + together), steps);
                self.input_gradient(
                    weights,
                    tape,
                    times.start * rows..times.end * rows,
                    *start,
                    dx,
                );
            }
        }
    }

    /// dL/dx = `start` + dL/dx_proj W_ih, for some rows of the `[T * B, input]` tensor.
    fn input_gradient(
        &self,
        weights: &Recurrent,
        tape: &Tape,
        rows: Range<usize>,
        start: Start,
        dx: &mut [f32],
    ) {
        let dx_proj = &tape.gates[rows.start * self.width()..rows.end * self.width()];
        let dx = &mut dx[rows.start * self.input..rows.end * self.input];
        weights.input.backward.product(dx_proj, rows.len(), start, dx);
    }

    fn resize(&self, tape: &mut Tape, steps: usize, rows: usize) {
        let (hidden, width) = (self.hidden, self.width());
        let cell_width = if cell::has_cell_state(self.cell) { hidden } else { 0 };
        (tape.steps, tape.rows) = (steps, rows);
        tape.h.resize((steps + 1) * rows * hidden, 0.0);
        tape.c.resize((steps + 1) * rows * cell_width, 0.0);
        tape.saved.resize(steps * rows * cell::saved(self.cell) * hidden, 0.0);
        tape.gates.resize(steps * rows * width, 0.0);
        tape.h_proj.resize(rows * width, 0.0);
        if cell::separate_h_grad(self.cell) {
            tape.dh_proj.resize(steps * rows * width, 0.0);
        }
        tape.dh.resize(rows * hidden, 0.0);
        tape.dc.resize(rows * cell_width, 0.0);
    }

    /// Puts each row's initial state where its first step reads it.
    fn start(&self, block: &Block, initial: Option<(&[f32], &[f32])>, tape: &mut Tape) {
        let (rows, hidden) = (block.rows(), self.hidden);
        for (row, &length) in block.lengths().iter().enumerate() {
            let (first, _) = self.direction.ends(length);
            let slot = (first * rows + row) * hidden..(first * rows + row + 1) * hidden;
            let given = row * hidden..(row + 1) * hidden;
            match initial {
                Some((h, _)) => tape.h[slot.clone()].copy_from_slice(&h[given.clone()]),
                None => tape.h[slot.clone()].fill(0.0),
            }
            if !tape.c.is_empty() {
                match initial {
                    Some((_, c)) => tape.c[slot].copy_from_slice(&c[given]),
                    None => tape.c[slot].fill(0.0),
                }
            }
        }
    }
}

impl Tape {
    /// What it holds, for the test of `size`.
    #[cfg(test)]
    pub(super) fn numbers(&self) -> usize {
        let Self { h, c, saved, gates, h_proj, dh_proj, dh, dc, .. } = self;
        [h, c, saved, gates, h_proj, dh_proj, dh, dc].map(Vec::len).iter().sum()
    }

    /// The output at step `t`: the states its live rows were left in, `[B, H]`.
    pub(super) fn output(&self, direction: Direction, t: usize, hidden: usize) -> &[f32] {
        let (_, write) = direction.slots();
        at(&self.h, t + write, self.rows * hidden, self.rows * hidden)
    }

    /// The states `row` ended in: (h, c), each `[H]`; c is empty unless the cell keeps one.
    pub(super) fn final_state(
        &self,
        direction: Direction,
        row: usize,
        length: usize,
        hidden: usize,
    ) -> (&[f32], &[f32]) {
        let (_, last) = direction.ends(length);
        let h = &self.h[(last * self.rows + row) * hidden..][..hidden];
        let c = if self.c.is_empty() {
            &self.c[..]
        } else {
            &self.c[(last * self.rows + row) * hidden..][..hidden]
        };
        (h, c)
    }

    /// dL/dx_proj of all steps, `[T * B, gates * H]`.
    pub(super) fn dx_proj(&self, width: usize) -> &[f32] {
        &self.gates[..self.steps * self.rows * width]
    }

    /// dL/dh_proj of all steps, `[T * B, gates * H]`.
    pub(super) fn dh_proj(&self, width: usize) -> &[f32] {
        let values = if self.dh_proj.is_empty() { &self.gates } else { &self.dh_proj };
        &values[..self.steps * self.rows * width]
    }

    /// The states every step read, `[T * B, H]`.
    pub(super) fn h_prev(&self, direction: Direction, hidden: usize) -> &[f32] {
        let (read, _) = direction.slots();
        at(&self.h, read, self.rows * hidden, self.steps * self.rows * hidden)
    }
}

fn at(flat: &[f32], index: usize, stride: usize, len: usize) -> &[f32] {
    &flat[index * stride..][..len]
}

/// One slot to read and its neighbour to write.
fn two_slots(flat: &mut [f32], size: usize, read: usize, write: usize) -> (&[f32], &mut [f32]) {
    let (low, high) = flat.split_at_mut(read.max(write) * size);
    let low = &mut low[read.min(write) * size..][..size];
    let high = &mut high[..size];
    if read < write { (low, high) } else { (high, low) }
}
