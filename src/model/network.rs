//! Layers on top of each other and a head. Single-layer, multi-layer and bidirectional networks are
//! values of this type, not ways through the code.

use std::sync::Arc;

use super::block::{Block, State};
use super::cell;
use super::direction::Direction;
use super::dropout::DropoutKey;
use super::features::{self, Features};
use super::head::Linear;
use super::input::InputShape;
use super::layer::{self, Layer, Shape};
use super::params::Layout;
use super::weights::{Recurrent, Weights};
use crate::config::{Cell, Head};

/// What a network is made of.
#[derive(Clone, Debug, PartialEq)]
pub struct Architecture {
    /// The recurrent cell.
    pub cell: Cell,
    /// 1 or 2.
    pub directions: usize,
    /// Recurrent layers.
    pub layers: usize,
    /// What is read at a timestep.
    pub input: InputShape,
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
    /// Chance of dropout on what the first layer reads, while training.
    pub input_dropout: f32,
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
    pub(super) architecture: Architecture,
    layout: Arc<Layout>, // empty in a network within another
    pub(super) input: Features,
    pub(super) layers: Vec<Layer>,
    pub(super) head: Option<Linear>,
}

/// Every buffer of a pass over one block; reused for the next, whatever its shape.
#[derive(Clone, Debug)]
pub struct Tape {
    pub(super) input: features::Tape,
    pub(super) layers: Vec<layer::Tape>,
    pub(super) features: Vec<f32>, // [B, directions * H]: the final states, where the head reads those
    pub(super) d_features: Vec<f32>,
    y: Vec<f32>, // [S, B, outputs]; S = T or 1; made by `forward`, not by `forward_states`
    pub(super) dy: Vec<f32>, // dL/dy
}

/// What the names of its tensors begin with.
#[derive(Clone, Copy, Debug)]
pub(super) struct Names<'a> {
    pub(super) recurrent: &'a str,
    pub(super) embedding: &'a str,
}

impl Network {
    /// The network of an architecture.
    pub fn new(architecture: Architecture) -> Self {
        let mut layout = Layout::default();
        let names = Names { recurrent: "rnn.", embedding: "embedding." };
        let network = Self::within(architecture, names, &mut layout);
        Self { layout: Arc::new(layout), ..network }
    }

    /// A network whose parameters lie among others.
    pub(super) fn within(architecture: Architecture, names: Names, layout: &mut Layout) -> Self {
        let a = &architecture;
        let directions: &[Direction] = match a.directions {
            1 => &[Direction::Forward],
            _ => &[Direction::Forward, Direction::Reverse],
        };
        let shape = Shape { cell: a.cell, hidden: a.hidden, directions };
        let width = directions.len() * a.hidden;
        let layer = |k| {
            let input = if k == 0 { a.input.features() } else { width };
            Layer::new(names.recurrent, k, shape, input, &mut *layout)
        };
        let layers = (0..a.layers).map(layer).collect();
        let head = match a.head {
            Head::Linear => Some(Linear::new("head", width, a.outputs, layout)),
            Head::None => None,
        };
        // Behind the others: a network that reads numbers alone ends here.
        let input = Features::new(&a.input, names, layout);
        assert!(head.is_some() || a.outputs == width, "without a head the outputs are h_t");
        Self { architecture, layout: Arc::default(), input, layers, head }
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
            input: self.input.tape(),
            layers: self.layers.iter().map(Layer::tape).collect(),
            features: Vec::new(),
            d_features: Vec::new(),
            y: Vec::new(),
            dy: Vec::new(),
        }
    }

    /// Width of the last layer's hidden state, both directions.
    pub fn width(&self) -> usize {
        self.architecture.directions * self.architecture.hidden
    }

    /// Leaves the outputs in `tape.output()`. `dropout`: draw masks from this key (while training).
    pub fn forward(
        &self,
        weights: &Weights,
        block: &Block,
        dropout: Option<DropoutKey>,
        tape: &mut Tape,
    ) {
        self.forward_states(weights, block, dropout, tape);
        let count = self.readings(block);
        let Tape { layers, features, y, dy, .. } = tape;
        y.resize(count * self.architecture.outputs, 0.0);
        dy.resize(count * self.architecture.outputs, 0.0);
        let h = self.read_states(layers, features);
        self.outputs(weights, &h[..count * self.width()], count, y);
    }

    /// The hidden states alone, for outputs that are asked for later: see [`Network::outputs`].
    pub fn forward_states(
        &self,
        weights: &Weights,
        block: &Block,
        dropout: Option<DropoutKey>,
        tape: &mut Tape,
    ) {
        assert_eq!(block.numbers(), self.architecture.input.numbers, "numbers of the block");
        let chance = self.architecture.input_dropout;
        let on_input = dropout.filter(|_| chance > 0.0).map(|key| (key, chance));
        self.input.forward(weights, block, on_input, &mut tape.input);
        let chance = self.architecture.dropout;
        for (k, layer) in self.layers.iter().enumerate() {
            let (below, above) = tape.layers.split_at_mut(k);
            let x = below.last().map_or(tape.input.x(block), |tape| &tape.out);
            let between = k + 1 < self.layers.len() && chance > 0.0;
            let dropout = dropout.filter(|_| between).map(|key| (key, chance));
            let weights = self.of_layer(weights, k);
            layer.forward(weights, block, x, dropout, &mut above[0]);
        }
        if self.architecture.read == Read::FinalState {
            self.gather_final_states(block, tape);
        }
    }

    /// Walks back from `tape.output_gradient()`, leaving all that [`Network::add_gradient`] needs.
    pub fn backward(&self, weights: &Weights, block: &Block, tape: &mut Tape) {
        self.read_backward(weights, block, tape);
        self.backward_states(weights, block, tape);
    }

    /// Walks back from the gradient of the last layer's hidden states.
    pub fn backward_states(&self, weights: &Weights, block: &Block, tape: &mut Tape) {
        for (k, layer) in self.layers.iter().enumerate().rev() {
            let (below, above) = tape.layers.split_at_mut(k);
            let dx = match below.last_mut() {
                Some(tape) => Some(&mut tape.d_out[..]),
                None => self.input.is_learned().then_some(&mut tape.input.dx[..]),
            };
            layer.backward(self.of_layer(weights, k), block, &mut above[0], dx);
        }
        self.input.backward(weights, block, &mut tape.input);
    }

    fn of_layer<'w>(&self, weights: &'w Weights, layer: usize) -> &'w [Recurrent] {
        let directions = self.architecture.directions;
        &weights.recurrences[layer * directions..][..directions]
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
    /// What it holds but for outputs, for the test of `size`.
    #[cfg(test)]
    pub(super) fn numbers(&self) -> usize {
        let layers: usize = self.layers.iter().map(layer::Tape::numbers).sum();
        layers + self.features.len() + self.d_features.len() + self.input.numbers()
    }

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
