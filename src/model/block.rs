//! Sequences side by side: the unit of work of every pass.

use std::ops::Range;

use super::input::InputShape;
use super::spellings::Spellings;
use crate::kernel::Rows;

/// Rows that are summed together. A constant: what sums over rows is summed by so many rows at a time, so this
/// number is part of the promise that the number of threads changes no bit.
pub const BLOCK_ROWS: usize = 16;

/// Sequences, time-major, longest first, zeros behind the end of the shorter ones. Blocks that follow each other
/// in a batch have multiples of [`BLOCK_ROWS`] rows, all but the last. Buffers are kept when a block is filled again.
#[derive(Clone, Debug, Default)]
pub struct Block {
    inputs: Vec<f32>, // [T, B, numbers]
    numbers: usize,
    tokens: Vec<Vec<u32>>, // of each embedding, [T, B]
    spellings: Vec<Spellings>,
    lengths: Vec<usize>, // [B], descending
    /// Place of row 0 in the whole batch; makes dropout independent of the blocking.
    pub first_row: usize,
    /// Where the walk starts; `None`: zeros.
    pub initial: Option<State>,
}

impl Block {
    /// Makes room for sequences of these lengths (longest first): numbers and tokens are zeros, spellings have to be
    /// set at every step.
    pub fn reset(&mut self, lengths: &[usize], shape: &InputShape) {
        assert!(lengths.windows(2).all(|w| w[0] >= w[1]), "rows come longest first");
        self.numbers = shape.numbers;
        self.lengths.clear();
        self.lengths.extend_from_slice(lengths);
        let places = self.steps() * lengths.len();
        self.inputs.clear();
        self.inputs.resize(places * shape.numbers, 0.0);
        self.tokens.resize_with(shape.embeddings.len(), Vec::new);
        for tokens in &mut self.tokens {
            tokens.clear();
            tokens.resize(places, 0);
        }
        self.spellings.resize_with(shape.characters.len(), Spellings::default);
        self.spellings.iter_mut().for_each(|spellings| spellings.reset(places));
        self.first_row = 0;
        self.initial = None;
    }

    /// T: steps of the longest sequence.
    pub fn steps(&self) -> usize {
        self.lengths.first().copied().unwrap_or(0)
    }

    /// B: sequences.
    pub fn rows(&self) -> usize {
        self.lengths.len()
    }

    /// Numbers per step and sequence.
    pub fn numbers(&self) -> usize {
        self.numbers
    }

    /// Steps of each sequence.
    pub fn lengths(&self) -> &[usize] {
        &self.lengths
    }

    /// The numbers, `[T, B, numbers]`, flat.
    pub fn inputs(&self) -> &[f32] {
        &self.inputs
    }

    /// The numbers of one step of one sequence.
    pub fn step_mut(&mut self, t: usize, row: usize) -> &mut [f32] {
        let at = (t * self.lengths.len() + row) * self.numbers;
        &mut self.inputs[at..at + self.numbers]
    }

    /// Says which row of embedding `k` one step of one sequence reads.
    pub fn set_token(&mut self, k: usize, t: usize, row: usize, index: u32) {
        let at = t * self.lengths.len() + row;
        self.tokens[k][at] = index;
    }

    /// Says which characters encoder `k` reads at one step of one sequence. A word without characters is read as one
    /// unknown character.
    pub fn set_characters(&mut self, k: usize, t: usize, row: usize, characters: &[u32]) {
        let at = t * self.lengths.len() + row;
        self.spellings[k].set(at, characters);
    }

    /// The tokens of embedding `k`, `[T, B]`, flat.
    pub(super) fn tokens(&self, k: usize) -> &[u32] {
        &self.tokens[k]
    }

    /// What character encoder `k` reads.
    pub(super) fn spellings(&self, k: usize) -> &Spellings {
        &self.spellings[k]
    }

    /// The rows that are summed together, by the steps they have: of a `[T, B, n]` tensor, or with `last_only`
    /// of a `[1, B, n]` one.
    pub fn sums(&self, last_only: bool) -> impl Iterator<Item = Rows> {
        let stride = self.rows();
        (0..stride).step_by(BLOCK_ROWS).map(move |first| {
            let Range { start, end } = first..stride.min(first + BLOCK_ROWS);
            let steps = if last_only { 1 } else { self.lengths[start] };
            Rows { steps, stride, first, count: end - start }
        })
    }

    /// Calls with the place (t x B + row) of every step of some rows: steps ascending, then rows.
    pub(super) fn each_place(&self, rows: Range<usize>, mut visit: impl FnMut(usize)) {
        for t in 0..self.steps() {
            let live = rows.start..rows.end.min(self.live(t));
            live.for_each(|row| visit(t * self.rows() + row));
        }
    }

    /// Rows that have a step `t`: a prefix, because rows come longest first.
    pub fn live(&self, t: usize) -> usize {
        self.lengths.partition_point(|&length| length > t)
    }
}

/// Hidden (and cell) states of some sequences at one moment, all layers and directions.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct State {
    /// `[layers * directions, B, hidden]`, flat.
    pub h: Vec<f32>,
    /// The same for the cell state of an lstm, else empty.
    pub c: Vec<f32>,
}

impl State {
    /// Copies row `from` of `source` (which holds `source_rows`) to row `to` of `self` (`rows`).
    pub fn copy_row(
        &mut self,
        to: usize,
        rows: usize,
        source: &State,
        from: usize,
        source_rows: usize,
        hidden: usize,
    ) {
        let copy = |target: &mut [f32], source: &[f32]| {
            let target = target.chunks_exact_mut(rows * hidden);
            for (t, s) in target.zip(source.chunks_exact(source_rows * hidden)) {
                t[to * hidden..][..hidden].copy_from_slice(&s[from * hidden..][..hidden]);
            }
        };
        copy(&mut self.h, &source.h);
        copy(&mut self.c, &source.c);
    }

    /// Sets row `row` of `rows` to zero.
    pub fn clear_row(&mut self, row: usize, rows: usize, hidden: usize) {
        for part in [&mut self.h, &mut self.c] {
            for chunk in part.chunks_exact_mut(rows * hidden) {
                chunk[row * hidden..][..hidden].fill(0.0);
            }
        }
    }
}
