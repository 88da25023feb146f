//! The gradient in pieces: what sums over rows and time, each piece computed by itself.
//!
//! `dW_ih = sum over t of dL/dx_proj_t' x_t`, `dW_hh = sum of dL/dh_proj_t' h_{t-1}`, biases the sums alone.

use std::ops::Range;

use ndarray::ArrayView2;

use super::block::Block;
use super::direction::Direction;
use super::head::add_weight_gradient;
use super::network::{Network, Read, Tape};
use super::recurrence::matrix;
use crate::kernel;

/// Some whole rows of one weight (or a bias pair): a piece of the gradient that is computed by itself.
#[derive(Clone, Debug)]
pub struct GradientPart {
    /// Where it lies in the flat gradient.
    pub range: Range<usize>,
    kind: PartKind,
}

#[derive(Clone, Debug)]
enum PartKind {
    InputWeight { layer: usize, direction: usize, units: Range<usize> },
    HiddenWeight { layer: usize, direction: usize, units: Range<usize> },
    InputBias { layer: usize, direction: usize },
    HiddenBias { layer: usize, direction: usize },
    HeadWeight { units: Range<usize> },
    HeadBias,
}

/// Weight rows of a gradient part: small enough to share the work, large enough for a product.
const PART_ROWS: usize = 64;

impl Network {
    /// The pieces of the gradient, in the order of the flat buffer and covering it.
    pub fn gradient_parts(&self) -> Vec<GradientPart> {
        let mut parts = Vec::new();
        for (layer, l) in self.layers.iter().enumerate() {
            for (direction, r) in l.recurrences.iter().enumerate() {
                for units in chunks(r.width()) {
                    let kind = PartKind::InputWeight { layer, direction, units: units.clone() };
                    parts.push(weight_part(r.weight_ih.range(), r.weight_ih.dim()[1], units, kind));
                }
                for units in chunks(r.width()) {
                    let kind = PartKind::HiddenWeight { layer, direction, units: units.clone() };
                    parts.push(weight_part(r.weight_hh.range(), r.weight_hh.dim()[1], units, kind));
                }
                let kind = PartKind::InputBias { layer, direction };
                parts.push(GradientPart { range: r.bias_ih.range(), kind });
                let kind = PartKind::HiddenBias { layer, direction };
                parts.push(GradientPart { range: r.bias_hh.range(), kind });
            }
        }
        if let Some(head) = &self.head {
            for units in chunks(self.architecture.outputs) {
                let kind = PartKind::HeadWeight { units: units.clone() };
                parts.push(weight_part(head.weight.range(), head.weight.dim()[1], units, kind));
            }
            parts.push(GradientPart { range: head.bias.range(), kind: PartKind::HeadBias });
        }
        parts
    }

    /// Adds one block's share of one part to `grads`, which holds that part alone.
    pub fn add_gradient(&self, part: &GradientPart, block: &Block, tape: &Tape, grads: &mut [f32]) {
        let count = block.steps() * block.rows();
        let recurrence = |layer: usize, direction: usize| {
            let r = &self.layers[layer].recurrences[direction];
            (r, &tape.layers[layer].directions[direction])
        };
        match part.kind.clone() {
            PartKind::InputWeight { layer, direction, units } => {
                let (r, steps) = recurrence(layer, direction);
                let x = if layer == 0 { block.inputs() } else { &tape.layers[layer - 1].out };
                let x = matrix(x, count, r.weight_ih.dim()[1]);
                add_weight_gradient(steps.dx_proj(r.width()), x, units, grads);
            }
            PartKind::HiddenWeight { layer, direction, units } => {
                let (r, steps) = recurrence(layer, direction);
                let h = steps.h_prev(self.direction(direction), self.architecture.hidden);
                add_weight_gradient(steps.dh_proj(r.width()), h, units, grads);
            }
            PartKind::InputBias { layer, direction } => {
                let (r, steps) = recurrence(layer, direction);
                kernel::column_sums(steps.dx_proj(r.width()), grads);
            }
            PartKind::HiddenBias { layer, direction } => {
                let (r, steps) = recurrence(layer, direction);
                kernel::column_sums(steps.dh_proj(r.width()), grads);
            }
            PartKind::HeadWeight { units } => {
                let (dy, h) = self.head_sides(tape);
                add_weight_gradient(dy, h, units, grads);
            }
            PartKind::HeadBias => kernel::column_sums(self.head_sides(tape).0, grads),
        }
    }

    /// (dL/dy, what the head read), one row per output step.
    fn head_sides<'t>(&self, tape: &'t Tape) -> (ArrayView2<'t, f32>, ArrayView2<'t, f32>) {
        let count = tape.dy.len() / self.architecture.outputs;
        let h = match self.architecture.read {
            Read::EveryStep => &tape.layers.last().expect("at least one layer").out,
            Read::FinalState => &tape.features,
        };
        (matrix(&tape.dy, count, self.architecture.outputs), matrix(h, count, self.width()))
    }

    fn direction(&self, index: usize) -> Direction {
        if index == 0 { Direction::Forward } else { Direction::Reverse }
    }
}

fn chunks(units: usize) -> impl Iterator<Item = Range<usize>> {
    (0..units).step_by(PART_ROWS).map(move |start| start..units.min(start + PART_ROWS))
}

fn weight_part(
    weight: Range<usize>,
    columns: usize,
    units: Range<usize>,
    kind: PartKind,
) -> GradientPart {
    let start = weight.start + units.start * columns;
    GradientPart { range: start..start + units.len() * columns, kind }
}
