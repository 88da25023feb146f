//! Layers on top of each other and a head. Single-layer, multi-layer and bidirectional networks are
//! values of this type, not ways through the code.

use std::ops::Range;
use std::sync::Arc;

use super::block::{Block, State};
use super::dropout::DropoutKey;
use super::head::{Linear, add_weight_gradient};
use super::layer::{self, Layer, Shape};
use super::params::{Layout, Tensors};
use super::recurrence::{Direction, matrix, matrix_mut};
use super::{cell, head};
use crate::config::{Cell, Head};
use crate::kernel;

/// What a network is made of.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Architecture {
    /// The recurrent cell.
    pub cell: Cell,
    /// 1 or 2.
    pub directions: usize,
    /// Recurrent layers.
    pub layers: usize,
    /// Features per timestep (emb).
    pub input: usize,
    /// Units per layer and direction.
    pub hidden: usize,
    /// Outputs per step.
    pub outputs: usize,
    /// What turns hidden states into outputs.
    pub head: Head,
    /// Which steps have outputs.
    pub read: Read,
    /// Chance of dropout between layers while training.
    pub dropout: f32,
}

/// Which hidden states the head reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Read {
    /// Those of every timestep: outputs are `[T, B, outputs]`.
    EveryStep,
    /// The final one of each direction: outputs are `[1, B, outputs]`.
    FinalState,
}

/// A recurrent network without its parameters.
#[derive(Clone, Debug)]
pub struct Network {
    architecture: Architecture,
    layout: Arc<Layout>,
    layers: Vec<Layer>,
    head: Option<Linear>,
}

/// Every buffer of a pass over one block; reused for the next, whatever its shape.
#[derive(Clone, Debug)]
pub struct Tape {
    layers: Vec<layer::Tape>,
    features: Vec<f32>, // [B, directions * H]: the final states, where the head reads those
    d_features: Vec<f32>,
    y: Vec<f32>,  // [S, B, outputs]; S = T or 1
    dy: Vec<f32>, // dL/dy
}

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
    /// The network of an architecture.
    pub fn new(architecture: Architecture) -> Self {
        let a = &architecture;
        let directions: &[Direction] = match a.directions {
            1 => &[Direction::Forward],
            _ => &[Direction::Forward, Direction::Reverse],
        };
        let shape = Shape { cell: a.cell, hidden: a.hidden, directions };
        let width = directions.len() * a.hidden;
        let mut layout = Layout::default();
        let layers = (0..a.layers)
            .map(|k| Layer::new(k, shape, if k == 0 { a.input } else { width }, &mut layout))
            .collect();
        let head = match a.head {
            Head::Linear => Some(Linear::new("head", width, a.outputs, &mut layout)),
            Head::None => None,
        };
        assert!(head.is_some() || a.outputs == width, "without a head the outputs are h_t");
        Self { architecture, layout: Arc::new(layout), layers, head }
    }

    /// What it is made of.
    pub fn architecture(&self) -> &Architecture {
        &self.architecture
    }

    /// Names and shapes of its parameters.
    pub fn layout(&self) -> &Arc<Layout> {
        &self.layout
    }

    /// An empty tape.
    pub fn tape(&self) -> Tape {
        Tape {
            layers: self.layers.iter().map(Layer::tape).collect(),
            features: Vec::new(),
            d_features: Vec::new(),
            y: Vec::new(),
            dy: Vec::new(),
        }
    }

    /// Width of the last layer's hidden state, both directions.
    fn width(&self) -> usize {
        self.architecture.directions * self.architecture.hidden
    }

    /// Leaves the outputs in `tape.output()`. `dropout`: draw masks from this key (while training).
    pub fn forward(
        &self,
        params: &Tensors,
        block: &Block,
        dropout: Option<DropoutKey>,
        tape: &mut Tape,
    ) {
        assert_eq!(block.features(), self.architecture.input, "features of the block");
        let chance = self.architecture.dropout;
        for (k, layer) in self.layers.iter().enumerate() {
            let (below, above) = tape.layers.split_at_mut(k);
            let x = below.last().map_or(block.inputs(), |tape| &tape.out);
            let between = k + 1 < self.layers.len() && chance > 0.0;
            let dropout = dropout.filter(|_| between).map(|key| (key, chance));
            layer.forward(params, block, x, dropout, &mut above[0]);
        }
        self.read(params, block, tape);
    }

    /// Hidden states to outputs.
    fn read(&self, params: &Tensors, block: &Block, tape: &mut Tape) {
        let Tape { layers, features, d_features, y, dy } = tape;
        let top = layers.last().expect("at least one layer");
        let (width, outputs) = (self.width(), self.architecture.outputs);
        let (h, count) = match self.architecture.read {
            Read::EveryStep => (&top.out, block.steps() * block.rows()),
            Read::FinalState => {
                features.resize(block.rows() * width, 0.0);
                d_features.resize(block.rows() * width, 0.0);
                self.each_final_step(block, |row, at, columns| {
                    features[row * width..][columns.clone()]
                        .copy_from_slice(&top.out[at * width..][columns]);
                });
                (&*features, block.rows())
            }
        };
        y.resize(count * outputs, 0.0);
        dy.resize(count * outputs, 0.0);
        match &self.head {
            Some(head) => {
                let (h, mut y) = (matrix(h, count, width), matrix_mut(y, count, outputs));
                head.forward(params, h, y.view_mut());
            }
            None => y.copy_from_slice(&h[..count * width]),
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

    /// Walks back from `tape.output_gradient()`, leaving all that [`Network::add_gradient`] needs.
    pub fn backward(&self, params: &Tensors, block: &Block, tape: &mut Tape) {
        self.read_backward(params, block, tape);
        for (k, layer) in self.layers.iter().enumerate().rev() {
            let (below, above) = tape.layers.split_at_mut(k);
            let dx = below.last_mut().map(|tape| &mut tape.d_out[..]);
            layer.backward(params, block, &mut above[0], dx);
        }
    }

    fn read_backward(&self, params: &Tensors, block: &Block, tape: &mut Tape) {
        let Tape { layers, d_features, dy, .. } = tape;
        let d_out = &mut layers.last_mut().expect("at least one layer").d_out;
        let (width, outputs) = (self.width(), self.architecture.outputs);
        let final_only = self.architecture.read == Read::FinalState;
        let count = dy.len() / outputs;
        let dh = if final_only { &mut *d_features } else { &mut *d_out };
        match &self.head {
            Some(head) => {
                head.backward(params, matrix(dy, count, outputs), matrix_mut(dh, count, width))
            }
            None => dh[..count * width].copy_from_slice(dy),
        }
        if final_only {
            d_out.fill(0.0);
            self.each_final_step(block, |row, at, columns| {
                d_out[at * width..][columns.clone()]
                    .copy_from_slice(&d_features[row * width..][columns]);
            });
        }
    }

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
                head::add_weight_gradient(dy, h, units, grads);
            }
            PartKind::HeadBias => kernel::column_sums(self.head_sides(tape).0, grads),
        }
    }

    /// (dL/dy, what the head read), one row per output step.
    fn head_sides<'t>(
        &self,
        tape: &'t Tape,
    ) -> (ndarray::ArrayView2<'t, f32>, ndarray::ArrayView2<'t, f32>) {
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

    /// Zero states for `rows` sequences.
    pub fn zero_state(&self, rows: usize) -> State {
        let a = &self.architecture;
        let size = a.layers * a.directions * rows * a.hidden;
        let c = if cell::has_cell_state(a.cell) { size } else { 0 };
        State { h: vec![0.0; size], c: vec![0.0; c] }
    }

    /// The states the block's rows ended in; `state` must hold as many rows.
    pub fn final_state(&self, block: &Block, tape: &Tape, state: &mut State) {
        for (layer, tape) in self.layers.iter().zip(&tape.layers) {
            layer.final_state(block, tape, state);
        }
    }
}

impl Tape {
    /// The outputs, `[S, B, outputs]`, flat: S = T, or 1 where the head reads final states.
    pub fn output(&self) -> &[f32] {
        &self.y
    }

    /// The outputs, and where a loss writes dL/d(outputs) before `backward`: zeros behind a sequence's end.
    pub fn output_gradient(&mut self) -> (&[f32], &mut [f32]) {
        (&self.y, &mut self.dy)
    }

    /// The last layer's hidden state at all steps, `[T, B, directions * H]`, flat.
    pub fn hidden(&self) -> &[f32] {
        &self.layers.last().expect("at least one layer").out
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
