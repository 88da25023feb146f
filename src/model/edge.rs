//! The network as a library call: batch first, any order of lengths.

use ndarray::{Array3, ArrayView3};

use super::block::{BLOCK_ROWS, Block};
use super::network::{Network, Read};
use super::params::Tensors;
use super::weights::Weights;

/// What a network gives for a batch, in the order the sequences came.
#[derive(Clone, Debug)]
pub struct Outputs {
    /// The last layer's hidden state at every step, `(batch, n, directions x hidden)`; zero at padding.
    pub output: Array3<f32>,
    /// All layers' states at each sequence's end, `(layers x directions, batch, hidden)`.
    pub hidden: Array3<f32>,
    /// The same for the cell state of an lstm.
    pub cell: Option<Array3<f32>>,
    /// What the head makes of it: `(batch, n, outputs)`, or `(batch, 1, outputs)` from final states.
    pub prediction: Array3<f32>,
}

/// Runs a network that reads numbers alone over `inputs` `(batch, n, emb)`, of which row b has `lengths[b]` real steps (at least 1).
pub fn run(
    network: &Network,
    params: &Tensors,
    inputs: ArrayView3<f32>,
    lengths: &[usize],
) -> Outputs {
    let (batch, n, features) = inputs.dim();
    let a = network.architecture();
    assert!(!a.input.has_words(), "a network that reads numbers alone");
    let width = a.directions * a.hidden;
    let states = (a.layers * a.directions, batch, a.hidden);
    let steps = if a.read == Read::EveryStep { n } else { 1 };
    let mut outputs = Outputs {
        output: Array3::zeros((batch, n, width)),
        hidden: Array3::zeros(states),
        cell: super::cell::has_cell_state(a.cell).then(|| Array3::zeros(states)),
        prediction: Array3::zeros((batch, steps, a.outputs)),
    };
    let mut order: Vec<usize> = (0..batch).collect();
    order.sort_by_key(|&b| std::cmp::Reverse(lengths[b]));
    let weights = Weights::for_prediction(network, params);
    let (mut block, mut tape) = (Block::default(), network.tape());
    for rows in order.chunks(BLOCK_ROWS) {
        let sorted: Vec<usize> = rows.iter().map(|&b| lengths[b]).collect();
        block.reset(&sorted, &a.input);
        for (row, &b) in rows.iter().enumerate() {
            for t in 0..lengths[b] {
                let values = block.step_mut(t, row);
                (0..features).for_each(|f| values[f] = inputs[(b, t, f)]);
            }
        }
        network.forward(&weights, &block, None, &mut tape);
        let mut state = network.zero_state(rows.len());
        network.final_state(&block, &tape, &mut state);
        for (row, &b) in rows.iter().enumerate() {
            let step = |t: usize, width: usize| (t * rows.len() + row) * width;
            for t in 0..lengths[b] {
                let h = &tape.hidden()[step(t, width)..];
                (0..width).for_each(|j| outputs.output[(b, t, j)] = h[j]);
            }
            for t in 0..lengths[b].min(steps) {
                let y = &tape.output()[step(t, a.outputs)..];
                (0..a.outputs).for_each(|j| outputs.prediction[(b, t, j)] = y[j]);
            }
            for layer in 0..states.0 {
                let at = (layer * rows.len() + row) * a.hidden;
                for j in 0..a.hidden {
                    outputs.hidden[(layer, b, j)] = state.h[at + j];
                    if let Some(cell) = &mut outputs.cell {
                        cell[(layer, b, j)] = state.c[at + j];
                    }
                }
            }
        }
    }
    outputs
}
