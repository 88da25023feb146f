//! The affine map from hidden states to outputs, `y = W h + b`; on all readings of a block at once, or on some
//! of them at a time, for outputs can be many (targets x horizon) and states are few.

use std::ops::Range;

use ndarray::{Ix1, Ix2};

use super::block::Block;
use super::gradient::{GradientPart, PartKind};
use super::layer;
use super::network::{Network, Read, Tape};
use super::params::{First, Layout, Slot};
use super::weights::{Affine, Weights};
use crate::kernel::{self, Columns, Rows, Start};

#[derive(Clone, Debug)]
pub(super) struct Linear {
    pub(super) weight: Slot<Ix2>, // [outputs, input]
    pub(super) bias: Slot<Ix1>,   // [outputs]
}

impl Linear {
    pub(super) fn new(name: &str, input: usize, outputs: usize, layout: &mut Layout) -> Self {
        let first = First::Uniform { inputs: input };
        Self {
            weight: layout.add(format!("{name}.weight"), (outputs, input), first),
            bias: layout.add(format!("{name}.bias"), outputs, first),
        }
    }
}

impl Affine {
    /// `x` `[rows, input]` to `y` `[rows, outputs]`.
    fn forward(&self, x: &[f32], rows: usize, y: &mut [f32]) {
        self.forward.product(x, rows, Start::Row(&self.bias), y);
    }

    /// Overwrites `dx` with `dy W`.
    fn backward(&self, dy: &[f32], rows: usize, dx: &mut [f32]) {
        self.backward.product(dy, rows, Start::Zero, dx);
    }
}

impl Network {
    /// Rows of hidden states the head reads: S x B.
    pub(super) fn readings(&self, block: &Block) -> usize {
        match self.architecture.read {
            Read::EveryStep => block.steps() * block.rows(),
            Read::FinalState => block.rows(),
        }
    }

    /// What the head reads, one row of the width of the last layer per reading.
    pub(super) fn read_states<'t>(
        &self,
        layers: &'t [layer::Tape],
        features: &'t [f32],
    ) -> &'t [f32] {
        match self.architecture.read {
            Read::EveryStep => &layers.last().expect("at least one layer").out,
            Read::FinalState => features,
        }
    }

    pub(super) fn gather_final_states(&self, block: &Block, tape: &mut Tape) {
        let Tape { layers, features, d_features, .. } = tape;
        let top = layers.last().expect("at least one layer");
        let width = self.width();
        features.resize(block.rows() * width, 0.0);
        d_features.resize(block.rows() * width, 0.0);
        self.each_final_step(block, |row, at, columns| {
            features[row * width..][columns.clone()]
                .copy_from_slice(&top.out[at * width..][columns]);
        });
    }

    pub(super) fn read_backward(&self, weights: &Weights, block: &Block, tape: &mut Tape) {
        let Tape { layers, d_features, dy, .. } = tape;
        let d_out = &mut layers.last_mut().expect("at least one layer").d_out;
        let (width, count) = (self.width(), self.readings(block));
        let final_only = self.architecture.read == Read::FinalState;
        let dh = if final_only { &mut *d_features } else { &mut *d_out };
        self.outputs_backward(weights, dy, count, &mut dh[..count * width]);
        if final_only {
            d_out.fill(0.0);
            self.each_final_step(block, |row, at, columns| {
                d_out[at * width..][columns.clone()]
                    .copy_from_slice(&d_features[row * width..][columns]);
            });
        }
    }

    /// Calls with (row, step x row of its final state, columns) for each row and direction.
    fn each_final_step(&self, block: &Block, mut visit: impl FnMut(usize, usize, Range<usize>)) {
        let hidden = self.architecture.hidden;
        for (row, &length) in block.lengths().iter().enumerate() {
            visit(row, (length - 1) * block.rows() + row, 0..hidden);
            if self.architecture.directions == 2 {
                visit(row, row, hidden..2 * hidden);
            }
        }
    }

    /// Outputs `y` `[count, outputs]` of as many hidden states `h` `[count, directions * H]`.
    pub fn outputs(&self, weights: &Weights, h: &[f32], count: usize, y: &mut [f32]) {
        match &weights.head {
            Some(head) => head.forward(h, count, y),
            None => y.copy_from_slice(h),
        }
    }

    /// The way back: overwrites `dh` with `dy W`.
    pub fn outputs_backward(&self, weights: &Weights, dy: &[f32], count: usize, dh: &mut [f32]) {
        match &weights.head {
            Some(head) => head.backward(dy, count, dh),
            None => dh.copy_from_slice(dy),
        }
    }

    /// Copies the hidden states of some readings (step x B + row, or row where final states are read) to `h`.
    pub fn gather(&self, tape: &Tape, readings: &[usize], h: &mut [f32]) {
        let (states, width) = (self.read_states(&tape.layers, &tape.features), self.width());
        for (at, h) in readings.iter().zip(h.chunks_exact_mut(width)) {
            h.copy_from_slice(&states[at * width..][..width]);
        }
    }

    /// Copies gradients of hidden states to where they were gathered from; of the network that reads every step.
    pub fn scatter(&self, dh: &[f32], readings: &[usize], tape: &mut Tape) {
        let (top, width) = (tape.layers.last_mut().expect("at least one layer"), self.width());
        for (at, dh) in readings.iter().zip(dh.chunks_exact(width)) {
            top.d_out[at * width..][..width].copy_from_slice(dh);
        }
    }

    /// Adds the share of some rows of `dy` and the hidden states `h` they belong to, to one part of the head's
    /// gradient; `grads` holds that part alone.
    pub fn add_head_gradient(
        &self,
        part: &GradientPart,
        (dy, h): (&[f32], &[f32]),
        rows: Rows,
        grads: &mut [f32],
    ) {
        let outputs = self.architecture.outputs;
        match &part.kind {
            PartKind::HeadWeight { units } => {
                let d = Columns { values: dy, width: outputs, range: units.clone() };
                kernel::add_outer(&d, &Columns::all(h, self.width()), rows, grads);
            }
            PartKind::HeadBias => kernel::add_columns(&Columns::all(dy, outputs), rows, grads),
            _ => panic!("no part of the head"),
        }
    }
}
