//! Bias gradients: sums over rows, column by column, by the one rule (a product with a column of ones).

use super::lanes::{Lanes, WIDTH};
use super::outer::{Columns, Rows};
use super::product::BLOCK;
use super::simd::{self, Work};
use super::vector::Vector;

/// `out[j] +=` the sum over `rows` of column j.
pub fn add_columns(d: &Columns<'_>, rows: Rows, out: &mut [f32]) {
    assert_eq!(d.range.len(), out.len(), "one sum per column");
    simd::run(ColumnSums { d, rows, out });
}

struct ColumnSums<'a> {
    d: &'a Columns<'a>,
    rows: Rows,
    out: &'a mut [f32],
}

impl Work for ColumnSums<'_> {
    #[inline(always)]
    fn run<V: Vector>(mut self) {
        let columns = self.out.len();
        let whole = columns - columns % WIDTH;
        for first in (0..self.rows.len()).step_by(BLOCK) {
            let mut column = 0;
            while column + 4 * WIDTH <= whole {
                self.block::<V, 4>(first, column);
                column += 4 * WIDTH;
            }
            while column < whole {
                self.block::<V, 1>(first, column);
                column += WIDTH;
            }
            for column in whole..columns {
                self.one(first, column);
            }
        }
    }
}

impl ColumnSums<'_> {
    /// The block sums of the terms from `first` on of `C` times 16 columns.
    #[inline(always)]
    fn block<V: Vector, const C: usize>(&mut self, first: usize, column: usize) {
        let terms = first..self.rows.len().min(first + BLOCK);
        let mut sums = [V::splat(0.0); C];
        for place in self.rows.places(terms) {
            let at = place * self.d.width + self.d.range.start + column;
            let (lanes, _) = self.d.values[at..at + C * WIDTH].as_chunks::<WIDTH>();
            for c in 0..C {
                sums[c] = sums[c].add(V::load(&lanes[c]));
            }
        }
        let (out, _) = self.out[column..][..C * WIDTH].as_chunks_mut::<WIDTH>();
        for c in 0..C {
            add(&mut out[c], sums[c]);
        }
    }

    #[inline(always)]
    fn one(&mut self, first: usize, column: usize) {
        let terms = first..self.rows.len().min(first + BLOCK);
        let mut sum = 0.0;
        for place in self.rows.places(terms) {
            sum += self.d.values[place * self.d.width + self.d.range.start + column];
        }
        self.out[column] += sum;
    }
}

#[inline(always)]
fn add<V: Vector>(out: &mut Lanes, sums: V) {
    V::load(out).add(sums).store(out);
}
