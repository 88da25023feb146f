//! The gradient in pieces: what sums over rows and time, each piece computed by itself.
//!
//! `dW_ih = sum over t of dL/dx_proj_t' x_t`, `dW_hh = sum of dL/dh_proj_t' h_{t-1}`, biases the sums alone.

use std::ops::Range;

use super::block::Block;
use super::cell;
use super::direction::Direction;
use super::network::{Network, Read, Tape};
use crate::kernel::{self, Columns};

/// Some whole rows of one weight (or a bias pair): a piece of the gradient that is computed by itself.
#[derive(Clone, Debug)]
pub struct GradientPart {
    /// Where it lies in the flat gradient.
    pub range: Range<usize>,
    pub(super) kind: PartKind,
}

impl GradientPart {
    /// Whether it belongs to the head; such parts come last.
    pub fn of_head(&self) -> bool {
        matches!(self.kind, PartKind::HeadWeight { .. } | PartKind::HeadBias)
    }
}

#[derive(Clone, Debug)]
pub(super) enum PartKind {
    InputWeight {
        layer: usize,
        direction: usize,
        units: Range<usize>,
    },
    HiddenWeight {
        layer: usize,
        direction: usize,
        units: Range<usize>,
    },
    /// Both biases.
    Biases {
        layer: usize,
        direction: usize,
    },
    HeadWeight {
        units: Range<usize>,
    },
    HeadBias,
    /// Some rows of an embedding.
    Table {
        embedding: usize,
        rows: Range<usize>,
    },
    /// A part of a network over characters.
    Characters {
        encoder: usize,
        part: Box<GradientPart>,
    },
}

/// Weight rows of a gradient part: small enough to share the work, large enough for what is copied once per part.
const PART_ROWS: Range<usize> = 16..256;

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
                let range = r.bias_ih.range().start..r.bias_hh.range().end;
                parts.push(GradientPart { range, kind: PartKind::Biases { layer, direction } });
            }
        }
        if let Some(head) = &self.head {
            for units in chunks(self.architecture.outputs) {
                let kind = PartKind::HeadWeight { units: units.clone() };
                parts.push(weight_part(head.weight.range(), head.weight.dim()[1], units, kind));
            }
            parts.push(GradientPart { range: head.bias.range(), kind: PartKind::HeadBias });
        }
        for (embedding, e) in self.input.embeddings.iter().enumerate() {
            for rows in e.parts() {
                let kind = PartKind::Table { embedding, rows: rows.clone() };
                parts.push(weight_part(e.weight.range(), e.width(), rows, kind));
            }
        }
        for (encoder, e) in self.input.encoders.iter().enumerate() {
            for part in e.network.gradient_parts() {
                let (range, part) = (part.range.clone(), Box::new(part));
                parts.push(GradientPart { range, kind: PartKind::Characters { encoder, part } });
            }
        }
        parts
    }

    /// Adds one block's share of one part to `grads`, which holds that part alone.
    pub fn add_gradient(&self, part: &GradientPart, block: &Block, tape: &Tape, grads: &mut [f32]) {
        let recurrence = |layer: usize, direction: usize| {
            let r = &self.layers[layer].recurrences[direction];
            (r, r.width(), &tape.layers[layer].directions[direction])
        };
        match part.kind.clone() {
            PartKind::Table { embedding, rows } => {
                let (tokens, dx) = (block.tokens(embedding), &tape.input.dx);
                self.input.embeddings[embedding].add_gradient(&rows, tokens, block, dx, grads);
            }
            PartKind::Characters { encoder, part } => {
                let network = &self.input.encoders[encoder].network;
                for group in tape.input.encoders[encoder].groups() {
                    network.add_gradient(&part, &group.block, &group.tape, grads);
                }
            }
            PartKind::InputWeight { layer, direction, units } => {
                let (r, width, steps) = recurrence(layer, direction);
                let x = match layer.checked_sub(1) {
                    None => tape.input.x(block),
                    Some(below) => &tape.layers[below].out,
                };
                let d = Columns { values: steps.dx_proj(width), width, range: units };
                let x = Columns::all(x, r.weight_ih.dim()[1]);
                block.sums(false).for_each(|rows| kernel::add_outer(&d, &x, rows, grads));
            }
            PartKind::HiddenWeight { layer, direction, units } => {
                let (_, width, steps) = recurrence(layer, direction);
                let hidden = self.architecture.hidden;
                let d = Columns { values: steps.dh_proj(width), width, range: units };
                let h = Columns::all(steps.h_prev(self.direction(direction), hidden), hidden);
                block.sums(false).for_each(|rows| kernel::add_outer(&d, &h, rows, grads));
            }
            PartKind::Biases { layer, direction } => {
                let (_, width, steps) = recurrence(layer, direction);
                let (ih, hh) = grads.split_at_mut(width);
                let d = Columns::all(steps.dx_proj(width), width);
                block.sums(false).for_each(|rows| kernel::add_columns(&d, rows, ih));
                if cell::separate_h_grad(self.architecture.cell) {
                    let d = Columns::all(steps.dh_proj(width), width);
                    block.sums(false).for_each(|rows| kernel::add_columns(&d, rows, hh));
                } else {
                    hh.copy_from_slice(ih);
                }
            }
            PartKind::HeadWeight { .. } | PartKind::HeadBias => {
                let read = (&tape.dy[..], self.read_states(&tape.layers, &tape.features));
                let sums = block.sums(self.architecture.read == Read::FinalState);
                sums.for_each(|rows| self.add_head_gradient(part, read, rows, grads));
            }
        }
    }

    fn direction(&self, index: usize) -> Direction {
        if index == 0 { Direction::Forward } else { Direction::Reverse }
    }
}

/// Half of the rows each, within bounds.
fn chunks(units: usize) -> impl Iterator<Item = Range<usize>> {
    let rows = (units / 2).clamp(PART_ROWS.start, PART_ROWS.end);
    (0..units).step_by(rows).map(move |start| start..units.min(start + rows))
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
