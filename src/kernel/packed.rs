//! The recurrent product: a few rows times the same matrix at every timestep. The matrix is rearranged
//! once per batch into panels that the inner loop reads straight through, which `product` would do again
//! at each call. Same rule, same bits as `product`.

use ndarray::{ArrayView2, Axis};

use super::lanes::{Lanes, WIDTH};
use super::product::BLOCK;
use super::simd::{self, Work};
use super::vector::Vector;

/// A matrix `[k, n]` as panels of [`WIDTH`] columns, each `k` rows long; the last is filled up with zeros.
#[derive(Clone, Debug, Default)]
pub struct Packed {
    k: usize,
    n: usize,
    panels: Vec<Lanes>,
}

impl Packed {
    /// An empty matrix.
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes over the numbers of `b`, `[k, n]`, in any strides. Memory is kept for the next matrix.
    pub fn pack(&mut self, b: ArrayView2<'_, f32>) {
        (self.k, self.n) = b.dim();
        self.panels.clear();
        self.panels.resize(self.k * self.n.div_ceil(WIDTH), [0.0; WIDTH]);
        let panels = self.panels.chunks_exact_mut(self.k.max(1));
        for (panel, columns) in panels.zip(b.axis_chunks_iter(Axis(1), WIDTH)) {
            for (lanes, row) in panel.iter_mut().zip(columns.rows()) {
                lanes.iter_mut().zip(row).for_each(|(lane, x)| *lane = *x);
            }
        }
    }

    /// `c += a b` by the one rule. `a`: `[rows, k]`, `c`: `[rows, n]`, both contiguous.
    pub fn product(&self, a: &[f32], rows: usize, c: &mut [f32]) {
        assert_eq!((a.len(), c.len()), (rows * self.k, rows * self.n), "shapes");
        if self.k == 0 || self.n == 0 {
            return;
        }
        simd::run(Product { b: self, a, rows, c });
    }
}

struct Product<'a> {
    b: &'a Packed,
    a: &'a [f32],
    rows: usize,
    c: &'a mut [f32],
}

impl Work for Product<'_> {
    #[inline(always)]
    fn run<V: Vector>(mut self) {
        for (panel, b) in self.b.panels.chunks_exact(self.b.k).enumerate() {
            let (mut row, column) = (0, panel * WIDTH);
            // As many rows at once as the registers hold sums for.
            while V::SUMS == 8 && row + 8 <= self.rows {
                self.tile::<V, 8>(b, row, column);
                row += 8;
            }
            while V::SUMS >= 6 && row + 6 <= self.rows {
                self.tile::<V, 6>(b, row, column);
                row += 6;
            }
            while row + 4 <= self.rows {
                self.tile::<V, 4>(b, row, column);
                row += 4;
            }
            while row < self.rows {
                self.tile::<V, 1>(b, row, column);
                row += 1;
            }
        }
    }
}

impl Product<'_> {
    /// Adds to `R` rows of `c`, from `row` on, one panel of columns, from `column` on.
    #[inline(always)]
    fn tile<V: Vector, const R: usize>(&mut self, panel: &[Lanes], row: usize, column: usize) {
        let Packed { k, n, .. } = *self.b;
        let width = WIDTH.min(n - column);
        for (block, b) in panel.chunks(BLOCK).enumerate() {
            let mut a: [&[f32]; R] = [&[]; R];
            for r in 0..R {
                a[r] = &self.a[(row + r) * k + block * BLOCK..][..b.len()];
            }
            let sums = block_sums::<V, R>(a, b);
            for r in 0..R {
                let c = &mut self.c[(row + r) * n + column..][..width];
                for (c, sum) in c.iter_mut().zip(sums[r]) {
                    *c += sum;
                }
            }
        }
    }
}

/// One block sum for each of `R` rows and 16 columns, all kept in registers.
#[inline(always)]
fn block_sums<V: Vector, const R: usize>(a: [&[f32]; R], b: &[Lanes]) -> [Lanes; R] {
    let mut sums = [V::splat(0.0); R];
    for (k, b) in b.iter().enumerate() {
        let b = V::load(b);
        for r in 0..R {
            sums[r] = sums[r].multiply_add(V::splat(a[r][k]), b);
        }
    }
    let mut lanes = [[0.0; WIDTH]; R];
    for r in 0..R {
        lanes[r] = sums[r].lanes();
    }
    lanes
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::{at_each_level, product};
    use crate::random::{self, Purpose};
    use ndarray::{Array2, ArrayView1};

    fn numbers(rows: usize, columns: usize, which: u64) -> Array2<f32> {
        Array2::from_shape_fn((rows, columns), |(i, j)| {
            let [word, ..] = random::bits(which, Purpose::Data, [i as u64, j as u64]);
            random::uniform(word) - 0.5
        })
    }

    fn bits(x: ArrayView1<'_, f32>) -> Vec<u32> {
        x.iter().map(|x| x.to_bits()).collect()
    }

    /// `product` is itself held to the rule's definition. One `Packed` serves all shapes, as in use.
    #[test]
    fn packed_products_have_the_bits_of_plain_ones() {
        let mut packed = Packed::new();
        let shapes =
            [(1, 300, 20), (16, 64, 256), (11, 513, 33), (7, 1, 1), (5, 256, 16), (3, 0, 4)];
        for (case, (rows, k, n)) in (0..).zip(shapes) {
            let (a, weights) = (numbers(rows, k, case), numbers(n, k, case + 10));
            let start = numbers(rows, n, case + 20);
            let mut expected = start.clone();
            product(a.view(), weights.t(), &mut expected.view_mut());

            packed.pack(weights.t());
            let at_levels = at_each_level(|| {
                let mut c = start.clone();
                packed.product(a.as_slice().unwrap(), rows, c.as_slice_mut().unwrap());
                c
            });
            for c in at_levels {
                for (row, expected) in c.rows().into_iter().zip(expected.rows()) {
                    assert_eq!(bits(row), bits(expected), "{rows} x {k} x {n}");
                }
            }
        }
    }
}
