//! Weight gradients: sums over rows (timesteps and sequences) of outer products, `out[u, j] += sum of d[k, u] x[k, j]`.
//!
//! Both sides lie row by row, so nothing has to be turned round; they are copied, a block of 256 rows at a time,
//! into the order the innermost loop reads: one side in panels of 16 columns, the other in tiles of some columns.
//! The wider side makes the panels: usually `x`; where a layer reads few features, `d`.

use std::cell::Cell;
use std::ops::Range;

use super::lanes::{Lanes, WIDTH};
use super::product::BLOCK;
use super::simd::{self, Work};
use super::strided::Strided;
use super::tile::{Left, Start, block_sums, put};
use super::vector::Vector;

/// Rows of a `[steps, stride, columns]` tensor that are summed over: at every step `count` rows from `first` on.
#[derive(Clone, Copy, Debug)]
pub struct Rows {
    /// Timesteps.
    pub steps: usize,
    /// Rows of a timestep in memory.
    pub stride: usize,
    /// First row of a timestep that is summed.
    pub first: usize,
    /// Rows of a timestep that are summed.
    pub count: usize,
}

impl Rows {
    /// Rows in total: the terms of the sum.
    #[allow(clippy::len_without_is_empty)]
    pub fn len(self) -> usize {
        self.steps * self.count
    }

    /// The same, as runs of rows that lie one behind the other.
    #[inline(always)]
    pub(super) fn runs(self, terms: Range<usize>) -> impl Iterator<Item = Range<usize>> {
        let together = if self.count == self.stride { self.len().max(1) } else { self.count };
        let mut term = terms.start;
        std::iter::from_fn(move || {
            let (step, row) = (term / together, term % together);
            let count = (together - row).min(terms.end - term);
            let place = step * self.stride + self.first + row;
            term += count;
            (count > 0).then_some(place..place + count)
        })
    }

    /// Where the rows of some of the sum's terms lie, in order.
    #[inline(always)]
    pub fn places(self, terms: Range<usize>) -> impl Iterator<Item = usize> {
        let (mut step, mut row) = (terms.start / self.count, terms.start % self.count);
        terms.map(move |_| {
            let place = step * self.stride + self.first + row;
            row += 1;
            if row == self.count {
                (step, row) = (step + 1, 0);
            }
            place
        })
    }
}

/// Some columns of a matrix that lies row by row.
#[derive(Clone, Debug)]
pub struct Columns<'a> {
    /// The whole matrix.
    pub values: &'a [f32],
    /// Its width.
    pub width: usize,
    /// The columns.
    pub range: Range<usize>,
}

impl<'a> Columns<'a> {
    /// All columns.
    pub fn all(values: &'a [f32], width: usize) -> Self {
        Self { values, width, range: 0..width }
    }

    #[inline(always)]
    fn row(&self, place: usize) -> &'a [f32] {
        &self.values[place * self.width + self.range.start..][..self.range.len()]
    }
}

/// Adds to `out` `[d, x]` the sum over `rows` of the products of a column of `d` and one of `x`, by the one rule.
pub fn add_outer(d: &Columns<'_>, x: &Columns<'_>, rows: Rows, out: &mut [f32]) {
    assert_eq!(out.len(), d.range.len() * x.range.len(), "shape");
    let out = match Strided::new(d, x, rows, out) {
        Ok(strided) => return simd::run(strided),
        Err(out) => out,
    };
    let mut scratch = SCRATCH.take();
    simd::run(Outer { d, x, rows, out, scratch: &mut scratch });
    SCRATCH.set(scratch);
}

/// Room for one block of both sides, kept by each thread.
#[derive(Default)]
struct Scratch {
    panels: Vec<Lanes>,
    tiles: Vec<f32>,
}

thread_local! {
    static SCRATCH: Cell<Scratch> = Cell::default();
}

struct Outer<'a> {
    d: &'a Columns<'a>,
    x: &'a Columns<'a>,
    rows: Rows,
    out: &'a mut [f32],
    scratch: &'a mut Scratch,
}

impl Work for Outer<'_> {
    #[inline(always)]
    fn run<V: Vector>(mut self) {
        for first in (0..self.rows.len()).step_by(BLOCK) {
            let terms = first..self.rows.len().min(first + BLOCK);
            match V::ROWS {
                8 => self.block::<V, 8, 2>(terms),
                6 => self.block::<V, 6, 1>(terms),
                _ => self.block::<V, 4, 1>(terms),
            }
        }
    }
}

impl Outer<'_> {
    /// Adds the block sums of some terms.
    #[inline(always)]
    fn block<V: Vector, const R: usize, const C: usize>(&mut self, terms: Range<usize>) {
        let depth = terms.len();
        let turned = self.x.range.len() < WIDTH;
        let (wide, narrow) = if turned { (self.d, self.x) } else { (self.x, self.d) };
        fill_panels(&mut self.scratch.panels, wide, self.rows, terms.clone());
        fill_tiles::<R>(&mut self.scratch.tiles, narrow, self.rows, terms.clone());
        let panels = wide.range.len().div_ceil(WIDTH);
        let tiles = narrow.range.len().div_ceil(R);
        let together = panels - panels % C;
        // While this block is summed, the rows of the next are on their way, a few with each tile.
        let coming = terms.end..self.rows.len().min(terms.end + BLOCK);
        let share = coming.len().div_ceil((tiles * panels.div_ceil(C)).max(1)).max(1);
        let mut coming = coming.step_by(share);
        for panel in (0..together).step_by(C) {
            for tile in 0..tiles {
                self.prefetch::<V>(coming.next(), share);
                self.tile::<V, R, C>(depth, tile, panel, turned);
            }
        }
        for panel in together..panels {
            for tile in 0..tiles {
                self.tile::<V, R, 1>(depth, tile, panel, turned);
            }
        }
    }

    /// Asks for the rows of `count` terms, from `first` on.
    #[inline(always)]
    fn prefetch<V: Vector>(&self, first: Option<usize>, count: usize) {
        let Some(first) = first else { return };
        for place in self.rows.places(first..self.rows.len().min(first + count)) {
            V::prefetch(self.d.row(place));
            V::prefetch(self.x.row(place));
        }
    }

    #[inline(always)]
    fn tile<V: Vector, const R: usize, const C: usize>(
        &mut self,
        depth: usize,
        tile: usize,
        panel: usize,
        turned: bool,
    ) {
        let mut b: [&[Lanes]; C] = [&[]; C];
        for c in 0..C {
            b[c] = &self.scratch.panels[(panel + c) * pitch(depth)..][..depth];
        }
        let (tiles, _) = self.scratch.tiles.as_chunks::<R>();
        let left = Left::Columns(&tiles[tile * pitch(depth)..][..depth]);
        let sums = block_sums::<V, R, C>(left, b);
        let width = self.x.range.len();
        let (row, column) = (tile * R, panel * WIDTH);
        let narrow = if turned { width } else { self.d.range.len() };
        if !turned && row + R <= narrow {
            let out = &mut self.out[row * width + column..];
            return put(sums, Start::There, out, width, width - column);
        }
        for r in 0..R.min(narrow - row) {
            for c in 0..C {
                let column = column + c * WIDTH;
                if turned {
                    add_column(sums[r][c], self.out, width, column, row + r);
                } else if column < width {
                    let out = &mut self.out[(row + r) * width + column..];
                    put([[sums[r][c]]], Start::There, out, width, width - column);
                }
            }
        }
    }
}

/// Adds sums to the rows of a column, from `row` on.
#[inline(always)]
pub(super) fn add_column<V: Vector>(
    sums: V,
    out: &mut [f32],
    width: usize,
    row: usize,
    column: usize,
) {
    let mut lanes = [0.0; WIDTH];
    sums.store(&mut lanes);
    let rows = out[row * width..].chunks_exact_mut(width);
    rows.zip(lanes).for_each(|(row, sum)| row[column] += sum);
}

/// From one panel or tile to the next: a little more than a power of two, at which all would fall into the same few
/// lines of the cache.
#[inline(always)]
fn pitch(depth: usize) -> usize {
    depth + 2
}

/// Copies rows into panels of 16 columns; what is beyond the last column are zeros.
#[inline(always)]
fn fill_panels(panels: &mut Vec<Lanes>, side: &Columns<'_>, rows: Rows, terms: Range<usize>) {
    let depth = terms.len();
    let pitch = pitch(depth);
    panels.resize(pitch * side.range.len().div_ceil(WIDTH), [0.0; WIDTH]);
    for (k, place) in rows.places(terms).enumerate() {
        let (whole, rest) = side.row(place).as_chunks::<WIDTH>();
        for (panel, columns) in panels.chunks_exact_mut(pitch).zip(whole) {
            panel[k] = *columns;
        }
        if !rest.is_empty() {
            let lanes = &mut panels[whole.len() * pitch + k];
            *lanes = [0.0; WIDTH];
            lanes[..rest.len()].copy_from_slice(rest);
        }
    }
}

/// The same in tiles of `R` columns.
#[inline(always)]
fn fill_tiles<const R: usize>(
    tiles: &mut Vec<f32>,
    side: &Columns<'_>,
    rows: Rows,
    terms: Range<usize>,
) {
    let depth = terms.len();
    let pitch = pitch(depth);
    tiles.resize(R * pitch * side.range.len().div_ceil(R), 0.0);
    let (tiles, _) = tiles.as_chunks_mut::<R>();
    for (k, place) in rows.places(terms).enumerate() {
        let (whole, rest) = side.row(place).as_chunks::<R>();
        for (tile, columns) in tiles.chunks_exact_mut(pitch).zip(whole) {
            tile[k] = *columns;
        }
        if !rest.is_empty() {
            let tile = &mut tiles[whole.len() * pitch + k];
            *tile = [0.0; R];
            tile[..rest.len()].copy_from_slice(rest);
        }
    }
}
