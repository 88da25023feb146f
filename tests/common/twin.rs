//! A second implementation of the network: f64, one sequence at a time, loops over timesteps, units and weights, no
//! batch, no padding, no blocks. It shares no code with the library on purpose; where both agree, a fault would
//! have to be in both. Forward only: gradients come from central differences.

// The twin is meant to be the textbook, in std's maths; its bits are not compared, only 1e-5 of the largest.
#![allow(clippy::disallowed_methods)]

use std::collections::BTreeMap;

/// `[n][features]`: one sequence, step by step.
pub type Sequence = Vec<Vec<f64>>;

/// The cells of contract section 3.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TwinCell {
    /// Elman network with tanh.
    Tanh,
    /// Elman network with max(0, x).
    Relu,
    /// Gates i, f, g, o.
    Lstm,
    /// Gates r, z, n.
    Gru,
}

/// A network and its parameters, by PyTorch's names with the prefixes `rnn.`, `head.`, `embedding.` and `characters.`, row-major.
#[derive(Clone, Debug)]
pub struct Twin {
    /// The recurrent cell.
    pub cell: TwinCell,
    /// Recurrent layers.
    pub layers: usize,
    /// 1 or 2.
    pub directions: usize,
    /// Units per layer and direction.
    pub hidden: usize,
    /// `loss_steps: last`: the head reads the final state of each direction.
    pub last: bool,
    /// Every tensor; without `head.weight` the hidden state is the output.
    pub parameters: BTreeMap<String, Vec<f64>>,
    /// What is read behind the numbers: names and widths of the tables.
    pub embeddings: Vec<(String, usize)>,
    /// And behind those: layers over characters.
    pub encoders: Vec<TwinEncoder>,
}

/// A bidirectional layer over the characters of a word.
#[derive(Clone, Debug)]
pub struct TwinEncoder {
    /// `characters.<name>.…`
    pub name: String,
    /// Features of a character.
    pub embedding: usize,
    /// Its cell.
    pub cell: TwinCell,
    /// Units per direction.
    pub hidden: usize,
}

/// What a layer and direction remembers of one sequence; `c` is used by lstm alone.
#[derive(Clone, Debug, PartialEq)]
pub struct TwinState {
    /// Hidden state.
    pub h: Vec<f64>,
    /// Cell state.
    pub c: Vec<f64>,
}

/// What a sequence goes through besides its inputs.
#[derive(Clone, Debug, Default)]
pub struct TwinInput {
    /// The numbers.
    pub inputs: Sequence,
    /// `[n][embedding]`: rows of the tables; empty where there are none.
    pub tokens: Vec<Vec<usize>>,
    /// `[n][encoder][character]`; empty where there are none.
    pub spellings: Vec<Vec<Vec<usize>>>,
    /// Dropout factors on what the first layer reads; empty: none.
    pub input_mask: Sequence,
    /// Where each layer and direction starts; empty: from zeros.
    pub initial: Vec<TwinState>,
    /// Dropout factors on the output of each layer but the last; empty: none.
    pub masks: Vec<Sequence>,
}

/// What comes of one sequence.
#[derive(Clone, Debug)]
pub struct TwinOutput {
    /// The last layer's hidden state at every step, both directions side by side.
    pub hidden: Sequence,
    /// Each layer's and direction's state at the end of its walk.
    pub states: Vec<TwinState>,
    /// What the head makes of it: every step, or one.
    pub prediction: Sequence,
}

impl Twin {
    /// One sequence through all layers and the head.
    pub fn run(&self, input: &TwinInput) -> TwinOutput {
        let zero = TwinState { h: vec![0.0; self.hidden], c: vec![0.0; self.hidden] };
        let mut x = self.features(input);
        let mut states = Vec::new();
        for layer in 0..self.layers {
            if let Some(mask) = layer.checked_sub(1).and_then(|below| input.masks.get(below)) {
                x.iter_mut().flatten().zip(mask.iter().flatten()).for_each(|(x, m)| *x *= m);
            }
            let mut output = vec![Vec::new(); x.len()];
            for direction in 0..self.directions {
                let place = layer * self.directions + direction;
                let mut state = input.initial.get(place).unwrap_or(&zero).clone();
                let weights = Weights::of(self, "rnn.", layer, direction);
                for step in 0..x.len() {
                    let t = if direction == 0 { step } else { x.len() - 1 - step };
                    state = weights.step(self.cell, &x[t], &state);
                    output[t].extend(&state.h);
                }
                states.push(state);
            }
            x = output;
        }
        let prediction = self.read(&x, &states);
        TwinOutput { hidden: x, states, prediction }
    }

    /// What the first layer reads.
    fn features(&self, input: &TwinInput) -> Sequence {
        let mut x = input.inputs.clone();
        for (x, tokens) in x.iter_mut().zip(&input.tokens) {
            for ((name, width), token) in self.embeddings.iter().zip(tokens) {
                x.extend(self.row(&format!("embedding.{name}.weight"), *width, *token));
            }
        }
        for (x, spellings) in x.iter_mut().zip(&input.spellings) {
            for (encoder, spelling) in self.encoders.iter().zip(spellings) {
                x.extend(self.encoding(encoder, spelling));
            }
        }
        for (x, mask) in x.iter_mut().flatten().zip(input.input_mask.iter().flatten()) {
            *x *= mask;
        }
        x
    }

    fn row(&self, name: &str, width: usize, row: usize) -> &[f64] {
        &self.parameters[name][row * width..][..width]
    }

    /// Where the walks over a spelling end, both directions side by side.
    fn encoding(&self, encoder: &TwinEncoder, spelling: &[usize]) -> Vec<f64> {
        let prefix = format!("characters.{}.", encoder.name);
        let table = format!("{prefix}embedding.weight");
        let mut ends = Vec::new();
        for direction in 0..2 {
            let mut state =
                TwinState { h: vec![0.0; encoder.hidden], c: vec![0.0; encoder.hidden] };
            let weights = Weights::of(self, &prefix, 0, direction);
            for step in 0..spelling.len() {
                let t = if direction == 0 { step } else { spelling.len() - 1 - step };
                let x = self.row(&table, encoder.embedding, spelling[t]);
                state = weights.step(encoder.cell, x, &state);
            }
            ends.extend(state.h);
        }
        ends
    }

    fn read(&self, hidden: &Sequence, states: &[TwinState]) -> Sequence {
        let top = &states[(self.layers - 1) * self.directions..];
        let finals = vec![top.iter().flat_map(|state| state.h.clone()).collect()];
        let read = if self.last { &finals } else { hidden };
        let Some(weight) = self.parameters.get("head.weight") else { return read.clone() };
        read.iter().map(|h| affine(weight, &self.parameters["head.bias"], h)).collect()
    }

    /// The sum of all predictions of all sequences, each times its weight.
    pub fn weighted_sum(&self, inputs: &[TwinInput], weights: &[Sequence]) -> f64 {
        let of_sequence = |(input, weights): (&TwinInput, &Sequence)| {
            let prediction = self.run(input).prediction;
            assert_eq!(prediction.len(), weights.len(), "a weight for every predicted step");
            prediction.iter().zip(weights).map(|(y, w)| dot(y, w)).sum::<f64>()
        };
        inputs.iter().zip(weights).map(of_sequence).sum()
    }

    /// dL/d(parameter) of [`Twin::weighted_sum`] at some places of one tensor, by central differences.
    pub fn gradient(
        &mut self,
        name: &str,
        places: &[usize],
        inputs: &[TwinInput],
        weights: &[Sequence],
    ) -> Vec<f64> {
        // The truncation error falls with its square, the rounding error grows with its inverse; both are far
        // below what f32 can show. Small steps also keep relu's corner out of the way.
        const STEP: f64 = 1e-6;
        let mut gradient = Vec::new();
        for &place in places {
            let value = self.parameters[name][place];
            let mut sum_at = |value: f64| {
                self.parameters.get_mut(name).expect("a known tensor")[place] = value;
                self.weighted_sum(inputs, weights)
            };
            let difference = sum_at(value + STEP) - sum_at(value - STEP);
            self.parameters.get_mut(name).expect("a known tensor")[place] = value;
            gradient.push(difference / (2.0 * STEP));
        }
        gradient
    }
}

/// The four tensors of one layer and direction.
struct Weights<'a> {
    weight_ih: &'a [f64],
    weight_hh: &'a [f64],
    bias_ih: &'a [f64],
    bias_hh: &'a [f64],
}

impl<'a> Weights<'a> {
    fn of(twin: &'a Twin, prefix: &str, layer: usize, direction: usize) -> Self {
        let suffix = if direction == 0 { "" } else { "_reverse" };
        let tensor = |kind: &str| &twin.parameters[&format!("{prefix}{kind}_l{layer}{suffix}")][..];
        Self {
            weight_ih: tensor("weight_ih"),
            weight_hh: tensor("weight_hh"),
            bias_ih: tensor("bias_ih"),
            bias_hh: tensor("bias_hh"),
        }
    }

    /// One timestep: the equations of contract section 3, unit by unit.
    fn step(&self, cell: TwinCell, x: &[f64], state: &TwinState) -> TwinState {
        let size = state.h.len();
        let from_x = affine(self.weight_ih, self.bias_ih, x);
        let from_h = affine(self.weight_hh, self.bias_hh, &state.h);
        let gate = |k: usize, j: usize| from_x[k * size + j] + from_h[k * size + j];
        let mut next = state.clone();
        for j in 0..size {
            match cell {
                TwinCell::Tanh => next.h[j] = gate(0, j).tanh(),
                TwinCell::Relu => next.h[j] = gate(0, j).max(0.0),
                TwinCell::Lstm => {
                    let (i, f) = (sigmoid(gate(0, j)), sigmoid(gate(1, j)));
                    let (g, o) = (gate(2, j).tanh(), sigmoid(gate(3, j)));
                    next.c[j] = f * state.c[j] + i * g;
                    next.h[j] = o * next.c[j].tanh();
                }
                TwinCell::Gru => {
                    let (r, z) = (sigmoid(gate(0, j)), sigmoid(gate(1, j)));
                    let n = (from_x[2 * size + j] + r * from_h[2 * size + j]).tanh();
                    next.h[j] = (1.0 - z) * n + z * state.h[j];
                }
            }
        }
        next
    }
}

/// `W x + b`; W row-major, one row per element of b.
fn affine(weight: &[f64], bias: &[f64], x: &[f64]) -> Vec<f64> {
    assert_eq!(weight.len(), bias.len() * x.len(), "shape of a weight");
    weight.chunks_exact(x.len()).zip(bias).map(|(row, b)| dot(row, x) + b).collect()
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    assert_eq!(a.len(), b.len(), "lengths of a product");
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

fn sigmoid(x: f64) -> f64 {
    1.0 / (1.0 + (-x).exp())
}
