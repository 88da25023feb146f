//! Weight gradients of narrow layers: the sums of [`super::outer`], read straight from where the rows lie.
//!
//! A row of a narrow layer is so short that the rows of a block stay in the cache while every tile passes over them;
//! copying them first would cost more than it saves. Rows of wide layers do not: they lie so far apart that they
//! push each other out.

#![allow(unsafe_code)] // reads without bounds checks, see `tile`

use std::ops::Range;

use super::lanes::{Lanes, WIDTH};
use super::outer::{Columns, Rows, add_column};
use super::product::BLOCK;
use super::simd::Work;
use super::tile::{Start, put, step};
use super::vector::Vector;

/// Numbers of a row, at most; as measured.
const NARROW: usize = 192;

/// The sums of `d` and `x` over `rows`. One side is read 16 columns at a time, the other number by number.
pub(super) struct Strided<'a> {
    wide: &'a Columns<'a>,
    narrow: &'a Columns<'a>,
    turned: bool,
    rows: Rows,
    out: &'a mut [f32],
}

impl<'a> Strided<'a> {
    /// Gives `out` back where rows are long, or the wider side has more than whole panels.
    pub(super) fn new(
        d: &'a Columns<'a>,
        x: &'a Columns<'a>,
        rows: Rows,
        out: &'a mut [f32],
    ) -> Result<Self, &'a mut [f32]> {
        let turned = x.range.len() < WIDTH;
        let (wide, narrow) = if turned { (d, x) } else { (x, d) };
        if d.width.max(x.width) > NARROW || !wide.range.len().is_multiple_of(WIDTH) {
            return Err(out);
        }
        let behind = match rows.len() {
            0 => 0,
            _ => (rows.steps - 1) * rows.stride + rows.first + rows.count,
        };
        for side in [d, x] {
            assert!(behind * side.width <= side.values.len(), "rows");
            assert!(side.range.end <= side.width, "columns");
        }
        Ok(Self { wide, narrow, turned, rows, out })
    }
}

impl Work for Strided<'_> {
    #[inline(always)]
    fn run<V: Vector>(mut self) {
        let panels = self.wide.range.len() / WIDTH;
        for first in (0..self.rows.len()).step_by(BLOCK) {
            let terms = first..self.rows.len().min(first + BLOCK);
            let mut panel = 0;
            while V::ROWS == 8 && panel + 2 <= panels {
                self.panels::<V, 2>(&terms, panel);
                panel += 2;
            }
            for panel in panel..panels {
                self.panels::<V, 1>(&terms, panel);
            }
        }
    }
}

impl Strided<'_> {
    /// All tiles of some panels, as even as they can be.
    #[inline(always)]
    fn panels<V: Vector, const C: usize>(&mut self, terms: &Range<usize>, panel: usize) {
        let count = self.narrow.range.len();
        let mut first = 0;
        while first < count {
            let rest = count - first;
            let tall = rest.div_ceil(rest.div_ceil(V::ROWS));
            match tall {
                8 if V::ROWS >= 8 => self.tile::<V, 8, C>(terms, panel, first),
                7 if V::ROWS >= 7 => self.tile::<V, 7, C>(terms, panel, first),
                6 if V::ROWS >= 6 => self.tile::<V, 6, C>(terms, panel, first),
                5 if V::ROWS >= 5 => self.tile::<V, 5, C>(terms, panel, first),
                4 => self.tile::<V, 4, C>(terms, panel, first),
                3 => self.tile::<V, 3, C>(terms, panel, first),
                2 => self.tile::<V, 2, C>(terms, panel, first),
                _ => self.tile::<V, 1, C>(terms, panel, first),
            }
            first += tall;
        }
    }

    /// The block sums of `R` columns of the narrow side and `C` panels of the wide one.
    #[inline(always)]
    fn tile<V: Vector, const R: usize, const C: usize>(
        &mut self,
        terms: &Range<usize>,
        panel: usize,
        first: usize,
    ) {
        let Self { wide, narrow, turned, rows, .. } = *self;
        let column = panel * WIDTH;
        assert!(column + C * WIDTH <= wide.range.len() && first + R <= narrow.range.len());
        let mut sums = [[V::splat(0.0); C]; R];
        for places in rows.runs(terms.clone()) {
            for place in places {
                let left = place * narrow.width + narrow.range.start + first;
                let right = place * wide.width + wide.range.start + column;
                // SAFETY: `new` has seen that every place has whole rows of both sides, and these columns lie in them.
                let (left, right) = unsafe {
                    (narrow.values.as_ptr().add(left), wide.values.as_ptr().add(right).cast())
                };
                let right: *const Lanes = right;
                // SAFETY: as above.
                step(&mut sums, |r| unsafe { *left.add(r) }, |c| unsafe { &*right.add(c) });
            }
        }
        if !turned {
            let width = wide.range.len();
            let out = &mut self.out[first * width + column..];
            return put(sums, Start::There, out, width, C * WIDTH);
        }
        let width = narrow.range.len();
        for r in 0..R {
            for c in 0..C {
                add_column(sums[r][c], self.out, width, column + c * WIDTH, first + r);
            }
        }
    }
}
