//! The right side of products that are made again and again: weights are rearranged once per update into panels
//! that the innermost loop reads straight through.
//!
//! A panel holds 16 columns, one row behind the other: `panels[p * k + i]` are columns `16 p .. 16 p + 16` of row i.
//! The last panel is filled up with zeros.

use super::lanes::{Lanes, WIDTH};
use super::product::BLOCK;
use super::simd::{self, Work};
use super::tile::{Left, Start, block_sums, put};
use super::vector::Vector;

/// A matrix `[k, n]` in panels.
#[derive(Clone, Debug, Default)]
pub struct Packed {
    k: usize,
    n: usize,
    panels: Vec<Lanes>,
}

/// Rows that are taken through all panels together, so that they are still near when the next panel comes.
const ROWS_AT_A_TIME: usize = 64;

impl Packed {
    /// Columns that stand together; the last ones are filled up to as many.
    pub const PANEL: usize = WIDTH;

    /// An empty matrix.
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes over a matrix `[k, n]`. Memory is kept for the next one.
    pub fn pack(&mut self, matrix: &[f32], k: usize, n: usize) {
        assert_eq!(matrix.len(), k * n, "shape");
        self.resize(k, n);
        for (i, row) in matrix.chunks_exact(n.max(1)).enumerate() {
            for (p, columns) in row.chunks(WIDTH).enumerate() {
                self.panels[p * k + i][..columns.len()].copy_from_slice(columns);
            }
        }
    }

    /// Takes over the transpose of a matrix `[n, k]`.
    pub fn pack_transposed(&mut self, matrix: &[f32], n: usize, k: usize) {
        assert_eq!(matrix.len(), k * n, "shape");
        self.resize(k, n);
        for (j, column) in matrix.chunks_exact(k.max(1)).enumerate() {
            let panel = &mut self.panels[j / WIDTH * k..][..k];
            panel.iter_mut().zip(column).for_each(|(lanes, &x)| lanes[j % WIDTH] = x);
        }
    }

    /// Numbers in all panels.
    #[cfg(test)]
    pub fn numbers(&self) -> usize {
        self.panels.len() * WIDTH
    }

    fn resize(&mut self, k: usize, n: usize) {
        let panels = n.div_ceil(WIDTH);
        self.panels.resize(k * panels, [0.0; WIDTH]);
        if (self.k, self.n) != (k, n) && !n.is_multiple_of(WIDTH) {
            // Another shape: what fills up the last panel must be zeros again.
            self.panels[(panels - 1) * k..].fill([0.0; WIDTH]);
        }
        (self.k, self.n) = (k, n);
    }

    /// `c = start + a b` by the one rule. `a`: `[rows, k]`, `c`: `[rows, n]`, both contiguous.
    pub fn product(&self, a: &[f32], rows: usize, start: Start<'_>, c: &mut [f32]) {
        assert_eq!((a.len(), c.len()), (rows * self.k, rows * self.n), "shapes");
        if let Start::Row(row) = start {
            assert_eq!(row.len(), self.n, "one start per column");
        }
        simd::run(Product { b: self, a, rows, start, c });
    }
}

struct Product<'a> {
    b: &'a Packed,
    a: &'a [f32],
    rows: usize,
    start: Start<'a>,
    c: &'a mut [f32],
}

/// A stretch of rows, and one of k.
#[derive(Clone, Copy)]
struct Part {
    first: usize,
    rows: usize,
    k: usize,
    depth: usize,
}

impl Work for Product<'_> {
    #[inline(always)]
    fn run<V: Vector>(mut self) {
        let k = self.b.k;
        for first in (0..self.rows).step_by(ROWS_AT_A_TIME) {
            let rows = ROWS_AT_A_TIME.min(self.rows - first);
            let start = self.start;
            // At least once, for the start of an empty sum.
            for block in (0..k.max(1)).step_by(BLOCK) {
                self.block::<V>(Part { first, rows, k: block, depth: BLOCK.min(k - block) });
                self.start = Start::There;
            }
            self.start = start;
        }
    }
}

impl Product<'_> {
    /// One block sum of some rows. Where few rows are left, more panels are taken at the same time, for sums that
    /// do not wait for each other.
    #[inline(always)]
    fn block<V: Vector>(&mut self, part: Part) {
        let many = part.rows - part.rows % V::ROWS;
        let whole = Part { rows: many, ..part };
        match V::ROWS {
            8 => self.rows::<V, 8, 2>(whole),
            6 => self.rows::<V, 6, 1>(whole),
            _ => self.rows::<V, 4, 1>(whole),
        }
        let mut done = many;
        if V::ROWS > 4 && part.rows - done >= 4 {
            let four = Part { first: part.first + done, rows: 4, ..part };
            if V::ROWS == 8 {
                self.rows::<V, 4, 4>(four)
            } else {
                self.rows::<V, 4, 1>(four)
            }
            done += 4;
        }
        if part.rows - done >= 2 {
            let two = Part { first: part.first + done, rows: 2, ..part };
            if V::ROWS == 8 {
                self.rows::<V, 2, 8>(two)
            } else {
                self.rows::<V, 2, 2>(two)
            }
            done += 2;
        }
        if part.rows > done {
            let one = Part { first: part.first + done, rows: 1, ..part };
            if V::ROWS == 8 { self.rows::<V, 1, 8>(one) } else { self.rows::<V, 1, 4>(one) }
        }
    }

    /// Rows, `R` at a time, through all panels, `C` at a time.
    #[inline(always)]
    fn rows<V: Vector, const R: usize, const C: usize>(&mut self, part: Part) {
        let panels = self.b.n.div_ceil(WIDTH);
        let together = panels - panels % C;
        for panel in (0..together).step_by(C) {
            for row in (0..part.rows).step_by(R) {
                self.tile::<V, R, C>(Part { first: part.first + row, ..part }, panel);
            }
        }
        for panel in together..panels {
            for row in (0..part.rows).step_by(R) {
                self.tile::<V, R, 1>(Part { first: part.first + row, ..part }, panel);
            }
        }
    }

    #[inline(always)]
    fn tile<V: Vector, const R: usize, const C: usize>(&mut self, part: Part, panel: usize) {
        let Packed { k, n, panels } = self.b;
        let mut a: [&[f32]; R] = [&[]; R];
        for r in 0..R {
            a[r] = &self.a[(part.first + r) * k + part.k..][..part.depth];
        }
        let mut b: [&[Lanes]; C] = [&[]; C];
        for c in 0..C {
            b[c] = &panels[(panel + c) * k + part.k..][..part.depth];
        }
        let sums = block_sums::<V, R, C>(Left::Rows(a), b);
        let column = panel * WIDTH;
        let out = &mut self.c[part.first * n + column..];
        put(sums, self.start.from(column), out, *n, n - column);
    }
}
