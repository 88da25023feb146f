//! The one rule of all products.
//!
//! An element of the result is its start (a bias, or what is there) plus block sums. Blocks are 256 long along the
//! summed dimension and are added in ascending order; each is summed from 0.0 by fused multiply-add in ascending
//! order. So the bits do not depend on how rows and columns are grouped: not on the tile, the instruction set, the
//! thread that has them, or how many of them there are. [`super::packed`] multiplies by weights, [`super::outer`]
//! makes their gradients, [`super::sums`] those of biases; the tests hold all three to the rule spelled out.

/// Terms of one block sum. A sum may be cut between them and go on later, to the same bits.
pub const BLOCK: usize = 256;

#[cfg(test)]
mod tests {
    use super::super::{Columns, Packed, Rows, Start, add_columns, add_outer, at_each_level};
    use crate::random::{self, Purpose};

    /// A matrix, row by row.
    #[derive(Clone)]
    struct Matrix {
        rows: usize,
        columns: usize,
        values: Vec<f32>,
    }

    impl Matrix {
        fn new(rows: usize, columns: usize, mut value: impl FnMut(usize, usize) -> f32) -> Self {
            let values = (0..rows * columns).map(|at| value(at / columns, at % columns)).collect();
            Self { rows, columns, values }
        }

        /// Different numbers for each case.
        fn random(rows: usize, columns: usize, case: u64) -> Self {
            Self::new(rows, columns, |i, j| {
                if cfg!(miri) {
                    // Quickly made, for Miri is slow.
                    return ((case as usize + 7 * i + 13 * j) % 31) as f32 / 31.0 - 0.5;
                }
                let [word, ..] = random::bits(case, Purpose::Data, [i as u64, j as u64]);
                random::uniform(word) - 0.5
            })
        }

        fn at(&self, row: usize, column: usize) -> f32 {
            self.values[row * self.columns + column]
        }

        fn transposed(&self) -> Self {
            Self::new(self.columns, self.rows, |i, j| self.at(j, i))
        }

        fn bits(&self) -> Vec<u32> {
            self.values.iter().map(|x| x.to_bits()).collect()
        }
    }

    /// The rule, spelled out: `start + a b`.
    fn by_definition(a: &Matrix, b: &Matrix, start: &Matrix) -> Matrix {
        Matrix::new(a.rows, b.columns, |i, j| {
            let mut element = start.at(i, j);
            for block in (0..a.columns).step_by(256) {
                let mut sum = 0.0;
                for k in block..a.columns.min(block + 256) {
                    sum = f32::mul_add(a.at(i, k), b.at(k, j), sum);
                }
                element += sum;
            }
            element
        })
    }

    /// Whether a case of such a size is tried. Miri, ten thousand times slower, takes the small ones, of which some
    /// have several blocks, rows and panels.
    fn tried(size: usize) -> bool {
        !cfg!(miri) || size < 1_500
    }

    /// What `compute` makes of `start` at every SIMD level is `expected`, bit for bit.
    fn check(what: &str, start: &Matrix, expected: &Matrix, compute: impl Fn(&mut [f32])) {
        let at_levels = at_each_level(|| {
            let mut result = start.clone();
            compute(&mut result.values);
            result
        });
        for (level, result) in at_levels.iter().enumerate() {
            assert!(result.bits() == expected.bits(), "{what}, level {level}");
        }
    }

    /// Row counts that meet every tile, column counts that meet every group of panels; one `Packed` for all, as in use.
    #[test]
    fn products_with_packed_weights_keep_the_rule() {
        let mut packed = Packed::new();
        let rows = [1, 2, 3, 4, 5, 7, 8, 9, 12, 15, 16, 31, 64, 65, 130];
        let columns = [1, 7, 16, 17, 32, 48, 100, 129, 256, 300];
        let depths = [1, 5, 7, 64, 255, 256, 257, 600];
        for case in (0..220).step_by(if cfg!(miri) { 4 } else { 1 }) {
            let pick = |list: &[usize], stride: usize| list[case / stride % list.len()];
            let (m, n, k) = (pick(&rows, 1), pick(&columns, 3), pick(&depths, 7));
            if !tried(m * n.next_multiple_of(16) * k / 4) {
                continue;
            }
            let [a, b, there] = [(m, k), (k, n), (m, n)]
                .map(|(rows, columns)| Matrix::random(rows, columns, (3 * case + rows) as u64));
            let bias = Matrix::random(1, n, case as u64);
            let biases = Matrix::new(m, n, |_, j| bias.at(0, j));
            let zeros = Matrix::new(m, n, |_, _| 0.0);
            let starts = [
                ("there", Start::There, &there),
                ("zero", Start::Zero, &zeros),
                ("a row", Start::Row(&bias.values), &biases),
            ];
            for (from, start, values) in starts {
                let what = format!("{m} x {k} x {n}, from {from}");
                let expected = by_definition(&a, &b, values);
                packed.pack(&b.values, k, n);
                check(&what, &there, &expected, |c| packed.product(&a.values, m, start, c));
                packed.pack_transposed(&b.transposed().values, n, k);
                check(&what, &there, &expected, |c| packed.product(&a.values, m, start, c));
            }
        }
    }

    #[test]
    fn an_empty_sum_is_its_start() {
        let mut packed = Packed::new();
        packed.pack(&[], 0, 20);
        let mut c = vec![1.0; 3 * 20];
        packed.product(&[], 3, Start::There, &mut c);
        assert!(c.iter().all(|&c| c == 1.0));
        packed.product(&[], 3, Start::Zero, &mut c);
        assert!(c.iter().all(|&c| c == 0.0));
    }

    /// Every `count` rows of `stride`, as a matrix of their own.
    fn gathered(matrix: &Matrix, rows: Rows) -> Matrix {
        Matrix::new(rows.steps * rows.count, matrix.columns, |k, j| {
            matrix.at(k / rows.count * rows.stride + rows.first + k % rows.count, j)
        })
    }

    fn some_rows() -> impl Iterator<Item = Rows> {
        let row = |&(steps, stride, first, count): &_| Rows { steps, stride, first, count };
        let all = [(1, 1, 0, 1), (40, 16, 0, 16), (33, 21, 16, 5), (300, 1, 0, 1), (9, 64, 32, 16)];
        all.map(|rows| row(&rows)).into_iter()
    }

    #[test]
    fn weight_gradients_keep_the_rule() {
        let mut widths = vec![(1, 32), (20, 7), (64, 16), (9, 40), (32, 1), (70, 15), (130, 33)];
        // Straight from the rows, with tiles of every height; and almost.
        widths.extend([(16, 7), (48, 3), (13, 48), (64, 32), (112, 6), (208, 7), (9, 208)]);
        for (case, rows) in some_rows().enumerate() {
            for &(units, features) in &widths {
                if !tried(rows.steps * rows.stride * units * features / 7) {
                    continue;
                }
                let d = Matrix::random(rows.steps * rows.stride, units + 5, case as u64);
                let x = Matrix::random(rows.steps * rows.stride, features, 1000 + case as u64);
                let there = Matrix::random(units, features, 2000);
                let part = Matrix::new(d.rows, units, |i, j| d.at(i, j + 3));
                let expected =
                    by_definition(&gathered(&part, rows).transposed(), &gathered(&x, rows), &there);
                check(&format!("{units} x {features}, {rows:?}"), &there, &expected, |out| {
                    let d = Columns { values: &d.values, width: d.columns, range: 3..units + 3 };
                    add_outer(&d, &Columns::all(&x.values, features), rows, out);
                });
            }
        }
    }

    #[test]
    fn bias_gradients_keep_the_rule() {
        for (case, rows) in some_rows().enumerate() {
            for columns in [1, 7, 16, 65, 200] {
                if !tried(rows.steps * rows.stride * columns / 4) {
                    continue;
                }
                let d = Matrix::random(rows.steps * rows.stride, columns + 2, case as u64);
                let there = Matrix::random(1, columns, 77);
                let part = Matrix::new(d.rows, columns, |i, j| d.at(i, j + 1));
                let ones = Matrix::new(1, rows.len(), |_, _| 1.0);
                let expected = by_definition(&ones, &gathered(&part, rows), &there);
                check(&format!("{columns}, {rows:?}"), &there, &expected, |out| {
                    let range = 1..columns + 1;
                    let d = Columns { values: &d.values, width: d.columns, range };
                    add_columns(&d, rows, out);
                });
            }
        }
    }
}
