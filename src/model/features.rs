//! What the first layer reads: the block's own numbers where there is nothing else, or numbers, embeddings and
//! encodings side by side, with dropout while training.

use super::block::Block;
use super::characters::{self, Encoder};
use super::dropout::{DropoutKey, Mask};
use super::embedding::Embedding;
use super::input::InputShape;
use super::network::Names;
use super::params::Layout;
use super::weights::Weights;

#[derive(Clone, Debug)]
pub(super) struct Features {
    numbers: usize,
    width: usize,
    pub(super) embeddings: Vec<Embedding>,
    pub(super) encoders: Vec<Encoder>,
}

#[derive(Clone, Debug, Default)]
pub(super) struct Tape {
    x: Vec<f32>,             // [T, B, features]; empty: the block's numbers
    pub(super) dx: Vec<f32>, // dL/dx, with words alone
    mask: Vec<f32>,          // [T, B, features]; empty without dropout
    pub(super) encoders: Vec<characters::Tape>,
}

/// The number of what stands below the first layer, for dropout's masks.
const BELOW: usize = u8::MAX as usize;

impl Features {
    pub(super) fn new(shape: &InputShape, names: Names, layout: &mut Layout) -> Self {
        let mut column = shape.numbers;
        let mut embeddings = Vec::new();
        for (k, e) in shape.embeddings.iter().enumerate() {
            let before = &shape.embeddings[..k];
            assert!(before.iter().all(|other| other.name != e.name), "two tables named {}", e.name);
            let name = format!("{}{}.weight", names.embedding, e.name);
            embeddings.push(Embedding::new(name, (e.size, e.width), column, layout));
            column += e.width;
        }
        let mut encoders = Vec::new();
        for c in &shape.characters {
            encoders.push(Encoder::new(c, column, layout));
            column += c.width();
        }
        Self { numbers: shape.numbers, width: column, embeddings, encoders }
    }

    /// Whether anything below the first layer is learned.
    pub(super) fn is_learned(&self) -> bool {
        !(self.embeddings.is_empty() && self.encoders.is_empty())
    }

    pub(super) fn tape(&self) -> Tape {
        let encoders = vec![characters::Tape::default(); self.encoders.len()];
        Tape { encoders, ..Tape::default() }
    }

    /// Leaves the features in `tape.x(block)`; zero behind a sequence's end.
    pub(super) fn forward(
        &self,
        weights: &Weights,
        block: &Block,
        dropout: Option<(DropoutKey, f32)>,
        tape: &mut Tape,
    ) {
        tape.mask.clear();
        tape.x.clear();
        if !self.is_learned() && dropout.is_none() {
            return;
        }
        let size = block.steps() * block.rows() * self.width;
        tape.x.resize(size, 0.0);
        let x = &mut tape.x[..];
        if self.numbers > 0 {
            let numbers = block.inputs().chunks_exact(self.numbers);
            let x = x.chunks_exact_mut(self.width);
            numbers.zip(x).for_each(|(numbers, x)| x[..self.numbers].copy_from_slice(numbers));
        }
        for (k, embedding) in self.embeddings.iter().enumerate() {
            embedding.gather(&weights.tables[k], block.tokens(k), block, x);
        }
        for (k, encoder) in self.encoders.iter().enumerate() {
            let (weights, spellings) = (&weights.encoders[k], block.spellings(k));
            encoder.forward(weights, block, spellings, &mut tape.encoders[k], x);
        }
        if let Some((key, chance)) = dropout {
            tape.mask.resize(size, 0.0);
            let (first_row, factors) = (block.first_row, &mut tape.mask[..]);
            Mask { key, chance, layer: BELOW, first_row, factors }.draw(block.rows(), self.width);
            super::dropout::scale(x, &tape.mask);
        }
        if self.is_learned() {
            tape.dx.resize(size, 0.0);
        }
    }

    /// Walks back from `tape.dx`.
    pub(super) fn backward(&self, weights: &Weights, block: &Block, tape: &mut Tape) {
        if !self.is_learned() {
            return;
        }
        if !tape.mask.is_empty() {
            super::dropout::scale(&mut tape.dx, &tape.mask);
        }
        for (k, encoder) in self.encoders.iter().enumerate() {
            let (weights, spellings) = (&weights.encoders[k], block.spellings(k));
            encoder.backward(weights, block, spellings, &mut tape.encoders[k], &tape.dx);
        }
    }
}

impl Tape {
    /// What it holds, for the test of `size`.
    #[cfg(test)]
    pub(super) fn numbers(&self) -> usize {
        let encoders: usize = self.encoders.iter().map(characters::Tape::numbers).sum();
        self.x.len() + self.dx.len() + self.mask.len() + encoders
    }

    /// The features of a block, `[T, B, features]`.
    pub(super) fn x<'a>(&'a self, block: &'a Block) -> &'a [f32] {
        if self.x.is_empty() { block.inputs() } else { &self.x }
    }
}
