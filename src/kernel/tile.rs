//! The innermost loop of every product: a tile of the result, `R` rows by `C` panels of 16 columns, whose
//! block sums stay in registers while the loop runs along k.
//!
//! ```text
//!                      panel c      16 columns of the right side, one row per k
//!                      k=0 [................]
//!                      k=1 [................]
//!   left, row r:       ...
//!   k=0 k=1 ...  x     sums[r][c] = fma(left[r][k] in all lanes, panel[k], sums[r][c])
//! ```
//!
//! Each element is one block sum of the one rule (see [`super::product`]): from 0.0, by fused multiply-add,
//! k ascending. `R` and `C` only say how many elements are summed at the same time.

#![allow(unsafe_code)] // reads without bounds checks: the lengths would crowd the pointers out of the registers

use super::lanes::{Lanes, WIDTH};
use super::vector::Vector;

/// `R` rows of the left side along one block of k.
#[derive(Clone, Copy)]
pub(super) enum Left<'a, const R: usize> {
    /// Rows as they lie in memory, each contiguous along k.
    Rows([&'a [f32]; R]),
    /// Rows side by side: the `R` numbers of one k are neighbours.
    Columns(&'a [[f32; R]]),
}

/// The block sums of a tile. All slices are as long as the block.
#[inline(always)]
pub(super) fn block_sums<V: Vector, const R: usize, const C: usize>(
    left: Left<'_, R>,
    panels: [&[Lanes]; C],
) -> [[V; C]; R] {
    let depth = panels[0].len();
    let even = match left {
        Left::Rows(rows) => rows.iter().all(|row| row.len() == depth),
        Left::Columns(columns) => columns.len() == depth,
    };
    assert!(even && panels.iter().all(|panel| panel.len() == depth), "one block");
    let panels = panels.map(<[Lanes]>::as_ptr);
    let mut sums = [[V::splat(0.0); C]; R];
    match left {
        Left::Rows(rows) => {
            let rows = rows.map(<[f32]>::as_ptr);
            for k in 0..depth {
                // SAFETY: every row and every panel is `depth` long.
                step(&mut sums, |r| unsafe { *rows[r].add(k) }, |c| unsafe { &*panels[c].add(k) });
            }
        }
        Left::Columns(columns) => {
            let columns = columns.as_ptr();
            for k in 0..depth {
                // SAFETY: there are `depth` columns, and every panel is as long.
                let column = unsafe { &*columns.add(k) };
                step(&mut sums, |r| column[r], |c| unsafe { &*panels[c].add(k) });
            }
        }
    }
    sums
}

/// One k of all sums.
#[inline(always)]
pub(super) fn step<'a, V: Vector, const R: usize, const C: usize>(
    sums: &mut [[V; C]; R],
    left: impl Fn(usize) -> f32,
    panel: impl Fn(usize) -> &'a Lanes,
) {
    let mut right = [V::splat(0.0); C];
    for c in 0..C {
        right[c] = V::load(panel(c));
    }
    for r in 0..R {
        let x = V::splat(left(r));
        for c in 0..C {
            sums[r][c] = sums[r][c].multiply_add(x, right[c]);
        }
    }
}

/// What block sums are added to.
#[derive(Clone, Copy, Debug)]
pub enum Start<'a> {
    /// What is there.
    There,
    /// Nothing: results are overwritten.
    Zero,
    /// The same row for all rows of the result: a bias.
    Row(&'a [f32]),
}

impl<'a> Start<'a> {
    /// The start of the columns from `column` on.
    #[inline(always)]
    pub(super) fn from(self, column: usize) -> Self {
        match self {
            Start::Row(row) => Start::Row(&row[column..]),
            other => other,
        }
    }
}

/// Writes `start` plus the sums to the first columns of `R` rows, `width` apart; columns beyond `columns` are
/// dropped.
#[inline(always)]
pub(super) fn put<V: Vector, const R: usize, const C: usize>(
    sums: [[V; C]; R],
    start: Start<'_>,
    out: &mut [f32],
    width: usize,
    columns: usize,
) {
    if columns < C * WIDTH {
        return put_some(sums, start, out, width, columns);
    }
    let out = &mut out[..(R - 1) * width + C * WIDTH];
    match start {
        Start::There => put_whole(sums, out, width, |_, there| V::load(there)),
        Start::Zero => put_whole(sums, out, width, |_, _| V::splat(0.0)),
        Start::Row(row) => {
            let (row, _) = row[..C * WIDTH].as_chunks::<WIDTH>();
            put_whole(sums, out, width, |c, _| V::load(&row[c]));
        }
    }
}

/// All columns; `out` ends with them.
#[inline(always)]
fn put_whole<V: Vector, const R: usize, const C: usize>(
    sums: [[V; C]; R],
    out: &mut [f32],
    width: usize,
    start: impl Fn(usize, &Lanes) -> V,
) {
    assert_eq!(out.len(), (R - 1) * width + C * WIDTH, "the tile's own part");
    for r in 0..R {
        for c in 0..C {
            // SAFETY: 16 numbers from here on lie within `out`, by the assertion; no other reference to them lives.
            let there =
                unsafe { &mut *out.as_mut_ptr().add(r * width + c * WIDTH).cast::<Lanes>() };
            start(c, there).add(sums[r][c]).store(there);
        }
    }
}

/// Fewer columns than there are lanes.
#[inline(always)]
fn put_some<V: Vector, const R: usize, const C: usize>(
    sums: [[V; C]; R],
    start: Start<'_>,
    out: &mut [f32],
    width: usize,
    columns: usize,
) {
    let mut lanes = [[0.0; WIDTH]; C];
    for r in 0..R {
        for c in 0..C {
            sums[r][c].store(&mut lanes[c]);
        }
        let sums = &lanes.as_flattened()[..columns];
        let there = &mut out[r * width..][..columns];
        match start {
            Start::There => there.iter_mut().zip(sums).for_each(|(x, sum)| *x += sum),
            Start::Zero => there.iter_mut().zip(sums).for_each(|(x, sum)| *x = 0.0 + sum),
            Start::Row(row) => {
                there.iter_mut().zip(sums).zip(row).for_each(|((x, sum), start)| *x = start + sum);
            }
        }
    }
}
