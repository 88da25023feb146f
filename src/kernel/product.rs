//! Matrix products and column sums, all by one rule.
//!
//! An element of the result is what is there plus block sums. Blocks are 256 long along the summed
//! dimension and are added in ascending order; each is summed from 0.0 by fused multiply-add in
//! ascending order. matrixmultiply, behind ndarray, does exactly this wherever the CPU has FMA, for any
//! strides and any number of rows; a twin in plain Rust does it elsewhere. (ndarray's matrix-vector and
//! dot products do not, and are not used.)

use ndarray::linalg::general_mat_mul;
use ndarray::{ArrayView2, ArrayViewMut2, Axis};

use super::simd::{self, Work};
use super::vector::Vector;

/// Terms of one block sum.
pub(super) const BLOCK: usize = 256;

/// Columns summed side by side.
const TILE: usize = 64;

/// `c += a b`, by the one rule. `a`: `[m, k]`, `b`: `[k, n]`, `c`: `[m, n]`; any strides, any of the
/// dimensions may be 0.
pub fn product(a: ArrayView2<'_, f32>, b: ArrayView2<'_, f32>, c: &mut ArrayViewMut2<'_, f32>) {
    if simd::has_fused_multiply_add() {
        general_mat_mul(1.0, &a, &b, 1.0, c);
    } else {
        portable_product(a, b, c);
    }
}

/// [`product`] for CPUs without fused multiply-add.
fn portable_product(
    a: ArrayView2<'_, f32>,
    b: ArrayView2<'_, f32>,
    c: &mut ArrayViewMut2<'_, f32>,
) {
    assert_eq!((a.nrows(), a.ncols(), b.ncols()), (c.nrows(), b.nrows(), c.ncols()), "shapes");
    let a_blocks = a.axis_chunks_iter(Axis(1), BLOCK);
    let b_blocks = b.axis_chunks_iter(Axis(0), BLOCK);
    for (a, b) in a_blocks.zip(b_blocks) {
        for ((row, column), element) in c.indexed_iter_mut() {
            let mut sum = 0.0;
            for (x, y) in a.row(row).iter().zip(b.column(column)) {
                sum = x.mul_add(*y, sum);
            }
            *element += sum;
        }
    }
}

/// `out[j] +=` the sum of column j, by the one rule. `a`: `[rows, columns]`, `out`: `[columns]`.
pub fn column_sums(a: ArrayView2<'_, f32>, out: &mut [f32]) {
    assert_eq!(a.ncols(), out.len(), "one sum per column");
    simd::run(ColumnSums { a, out });
}

struct ColumnSums<'a> {
    a: ArrayView2<'a, f32>,
    out: &'a mut [f32],
}

impl Work for ColumnSums<'_> {
    #[inline(always)]
    fn run<V: Vector>(self) {
        for block in self.a.axis_chunks_iter(Axis(0), BLOCK) {
            for (tile, out) in self.out.chunks_mut(TILE).enumerate() {
                let mut sums = [0.0; TILE];
                for row in block.rows() {
                    add_row(&mut sums[..out.len()], row, tile * TILE);
                }
                for (out, sum) in out.iter_mut().zip(sums) {
                    *out += sum;
                }
            }
        }
    }
}

/// Adds the columns of `row` from `start` on.
#[inline(always)]
fn add_row(sums: &mut [f32], row: ndarray::ArrayView1<'_, f32>, start: usize) {
    match row.to_slice() {
        Some(row) => {
            for (sum, x) in sums.iter_mut().zip(&row[start..]) {
                *sum += x;
            }
        }
        None => {
            for (sum, x) in sums.iter_mut().zip(row.iter().skip(start)) {
                *sum += x;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::at_each_level;
    use crate::random::{self, Purpose};
    use ndarray::Array2;

    /// The rule, spelled out.
    fn by_definition(a: &Array2<f32>, b: &Array2<f32>, c: &mut Array2<f32>) {
        for i in 0..a.nrows() {
            for j in 0..b.ncols() {
                for block in (0..a.ncols()).step_by(256) {
                    let mut sum = 0.0;
                    for k in block..a.ncols().min(block + 256) {
                        sum = f32::mul_add(a[[i, k]], b[[k, j]], sum);
                    }
                    c[[i, j]] += sum;
                }
            }
        }
    }

    fn numbers(rows: usize, columns: usize, case: u64) -> Array2<f32> {
        Array2::from_shape_fn((rows, columns), |(i, j)| {
            let [word, ..] = random::bits(case, Purpose::Data, [i as u64, j as u64]);
            random::uniform(word) - 0.5
        })
    }

    fn pick(case: u64, which: u64, below: usize) -> usize {
        random::bits(case, Purpose::Data, [which, 1 << 40])[0] as usize % below
    }

    fn assert_same_bits(a: &Array2<f32>, b: &Array2<f32>, what: &str) {
        for (at, x) in a.indexed_iter() {
            assert_eq!(x.to_bits(), b[at].to_bits(), "{what}, at {at:?}: {x} and {}", b[at]);
        }
    }

    /// Random shapes, operands as they are or transposed in memory, all rows at once or one by one.
    #[test]
    fn products_keep_the_rule() {
        for case in 0..120 {
            let ranges = [40, 40, [300, 600, 900][case as usize % 3]];
            let [m, n, k] = [0, 1, 2].map(|i| pick(case, i as u64, ranges[i]));
            let (a, b, start) =
                (numbers(m, k, case), numbers(k, n, case + 1000), numbers(m, n, case + 2000));
            let mut expected = start.clone();
            by_definition(&a, &b, &mut expected);

            let a_columns = a.t().as_standard_layout().into_owned();
            let b_columns = b.t().as_standard_layout().into_owned();
            for a in [a.view(), a_columns.t()] {
                for b in [b.view(), b_columns.t()] {
                    let what = format!("{m} x {k} x {n}");
                    for c in at_each_level(|| all_rows(a, b, &start)) {
                        assert_same_bits(&c, &expected, &what);
                    }
                    assert_same_bits(&row_by_row(a, b, &start), &expected, &what);
                }
            }
        }
    }

    fn all_rows(
        a: ArrayView2<'_, f32>,
        b: ArrayView2<'_, f32>,
        start: &Array2<f32>,
    ) -> Array2<f32> {
        let mut c = start.clone();
        product(a, b, &mut c.view_mut());
        c
    }

    fn row_by_row(
        a: ArrayView2<'_, f32>,
        b: ArrayView2<'_, f32>,
        start: &Array2<f32>,
    ) -> Array2<f32> {
        let mut c = start.clone();
        for (a, mut c) in a.axis_chunks_iter(Axis(0), 1).zip(c.axis_chunks_iter_mut(Axis(0), 1)) {
            product(a, b, &mut c);
        }
        c
    }

    #[test]
    fn column_sums_keep_the_rule() {
        for (case, rows) in [0, 1, 16, 255, 256, 257, 700].into_iter().enumerate() {
            for columns in [0, 1, 7, 64, 65, 200] {
                let a = numbers(rows, columns, case as u64);
                let start = numbers(1, columns, 77);
                let mut expected = start.clone();
                by_definition(&Array2::ones((1, rows)), &a, &mut expected);

                let transposed = a.t().as_standard_layout().into_owned();
                for a in [a.view(), transposed.t()] {
                    let at_levels = at_each_level(|| {
                        let mut sums = start.clone();
                        column_sums(a, sums.as_slice_mut().unwrap());
                        sums
                    });
                    for sums in at_levels {
                        assert_same_bits(&sums, &expected, &format!("{rows} x {columns}"));
                    }
                }
            }
        }
    }
}
