//! A table with a learned vector for each token: `x = E[token]`.

use std::ops::Range;

use ndarray::Ix2;

use super::block::Block;
use super::params::{First, Layout, Slot};

#[derive(Clone, Debug)]
pub(super) struct Embedding {
    pub(super) weight: Slot<Ix2>, // [size, width]
    /// Where its vectors begin among the features.
    column: usize,
}

/// Parts of a table's gradient, at most and with at least so many rows: every part looks at all tokens.
const PARTS: usize = 16;
const PART_ROWS: usize = 64;

impl Embedding {
    pub(super) fn new(
        name: String,
        (size, width): (usize, usize),
        column: usize,
        layout: &mut Layout,
    ) -> Self {
        Self { weight: layout.add(name, (size, width), First::Normal), column }
    }

    /// Features of a token.
    pub(super) fn width(&self) -> usize {
        self.weight.dim()[1]
    }

    /// Puts the vectors of `tokens` `[T, B]` into their columns of `x` `[T, B, features]`.
    pub(super) fn gather(&self, table: &[f32], tokens: &[u32], block: &Block, x: &mut [f32]) {
        let (width, features) = (self.width(), x.len() / tokens.len());
        block.each_place(0..block.rows(), |place| {
            let vector = &table[tokens[place] as usize * width..][..width];
            x[place * features + self.column..][..width].copy_from_slice(vector);
        });
    }

    /// Rows of the table whose gradients are summed by themselves.
    pub(super) fn parts(&self) -> impl Iterator<Item = Range<usize>> {
        let size = self.weight.dim()[0];
        let rows = size.div_ceil(PARTS).max(PART_ROWS);
        (0..size).step_by(rows).map(move |start| start..size.min(start + rows))
    }

    /// Adds a block's share to the gradient of some `rows` of the table: of the sequences that are summed together,
    /// steps ascending, then sequences.
    pub(super) fn add_gradient(
        &self,
        rows: &Range<usize>,
        tokens: &[u32],
        block: &Block,
        dx: &[f32],
        grads: &mut [f32],
    ) {
        let (width, features) = (self.width(), dx.len() / tokens.len());
        for sums in block.sums(false) {
            block.each_place(sums.first..sums.first + sums.count, |place| {
                let token = tokens[place] as usize;
                if rows.contains(&token) {
                    let sum = &mut grads[(token - rows.start) * width..][..width];
                    let d = &dx[place * features + self.column..][..width];
                    sum.iter_mut().zip(d).for_each(|(sum, d)| *sum += d);
                }
            });
        }
    }
}
