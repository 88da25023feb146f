//! Ridge regression from sums of products: `(X'X + penalty I) W = X'Y` by Cholesky's method, in f64.

use rayon::prelude::*;

/// Sums over the rows of a regression: `X'X`, `X'Y` and the squares of Y.
#[derive(Clone, Debug)]
pub(super) struct Products {
    /// Features of a row, and outputs.
    pub(super) features: usize,
    pub(super) outputs: usize,
    /// `[features, features]`
    pub(super) xx: Vec<f64>,
    /// `[features, outputs]`
    pub(super) xy: Vec<f64>,
    /// Over all outputs.
    pub(super) yy: f64,
    /// Rows that were summed up.
    pub(super) rows: u64,
}

/// Outputs that are solved for together.
const OUTPUTS: usize = 64;

impl Products {
    pub(super) fn new(features: usize, outputs: usize) -> Self {
        let (xx, xy) = (vec![0.0; features * features], vec![0.0; features * outputs]);
        Self { features, outputs, xx, xy, yy: 0.0, rows: 0 }
    }

    /// The weights `[features, outputs]` that err least beside `penalty` times their squares.
    pub(super) fn solve(&self, penalty: f64) -> Vec<f64> {
        let (size, lower) = (self.features, self.cholesky(penalty));
        let mut weights = vec![0.0; self.xy.len()];
        let solved: Vec<(usize, Vec<f64>)> = (0..self.outputs)
            .into_par_iter()
            .step_by(OUTPUTS)
            .map(|first| {
                let width = OUTPUTS.min(self.outputs - first);
                let rows = self.xy.chunks_exact(self.outputs);
                let mut w: Vec<f64> =
                    rows.flat_map(|row| &row[first..first + width]).copied().collect();
                for i in 0..size {
                    let (above, own) = w.split_at_mut(i * width);
                    let own = &mut own[..width];
                    for (k, row) in above.chunks_exact(width).enumerate() {
                        subtract(own, lower[i * size + k], row);
                    }
                    own.iter_mut().for_each(|x| *x /= lower[i * size + i]);
                }
                for i in (0..size).rev() {
                    let (own, below) = w[i * width..].split_at_mut(width);
                    for (k, row) in below.chunks_exact(width).enumerate() {
                        subtract(own, lower[(i + 1 + k) * size + i], row);
                    }
                    own.iter_mut().for_each(|x| *x /= lower[i * size + i]);
                }
                (first, w)
            })
            .collect();
        for (first, solved) in solved {
            let width = solved.len() / size;
            for (row, own) in weights.chunks_exact_mut(self.outputs).zip(solved.chunks_exact(width))
            {
                row[first..first + width].copy_from_slice(own);
            }
        }
        weights
    }

    /// Sum of squared errors of some weights: `y'y - 2 w'x'y + w'x'x w`.
    pub(super) fn error(&self, weights: &[f64]) -> f64 {
        let of_feature = |i: usize| {
            let mut products = vec![0.0; self.outputs];
            for (&x, row) in self.xx[i * self.features..(i + 1) * self.features]
                .iter()
                .zip(weights.chunks_exact(self.outputs))
            {
                subtract(&mut products, -x, row);
            }
            let places = i * self.outputs..(i + 1) * self.outputs;
            let xy = &self.xy[places.clone()];
            let terms = weights[places].iter().zip(products).zip(xy);
            terms.map(|((w, product), xy)| w * (product - 2.0 * xy)).sum::<f64>()
        };
        let terms: Vec<f64> = (0..self.features).into_par_iter().map(of_feature).collect();
        self.yy + terms.iter().sum::<f64>()
    }

    /// `L` with `L L' = X'X + penalty I`, `[features, features]`.
    fn cholesky(&self, penalty: f64) -> Vec<f64> {
        let size = self.features;
        let mut lower = vec![0.0; size * size];
        for i in 0..size {
            let (done, own) = lower.split_at_mut(i * size);
            for j in 0..i {
                let other = &done[j * size..j * size + j + 1];
                let known = dot(&own[..j], &other[..j]);
                own[j] = (self.xx[i * size + j] - known) / other[j];
            }
            let rest = self.xx[i * size + i] + penalty - dot(&own[..i], &own[..i]);
            // The penalty keeps what stands under the root above zero, but for rounding.
            own[i] = rest.max(penalty * 1e-3).max(f64::MIN_POSITIVE).sqrt();
        }
        lower
    }
}

fn subtract(from: &mut [f64], factor: f64, row: &[f64]) {
    from.iter_mut().zip(row).for_each(|(x, y)| *x -= factor * y);
}

/// In eight sums side by side: a single one would wait for each addition.
pub(super) fn dot(a: &[f64], b: &[f64]) -> f64 {
    let mut sums = [0.0; 8];
    let (a, b) = (a.chunks_exact(8), b.chunks_exact(8));
    let rest: f64 = a.remainder().iter().zip(b.remainder()).map(|(x, y)| x * y).sum();
    for (a, b) in a.zip(b) {
        (0..8).for_each(|k| sums[k] += a[k] * b[k]);
    }
    sums.iter().sum::<f64>() + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Features 1 and t of t = 0, 1, 2, 3, and two outputs: 1 + 2 t exactly, and one with errors.
    fn line() -> Products {
        let mut products = Products::new(2, 2);
        for (t, y) in [(0.0, 0.0), (1.0, 1.0), (2.0, 1.0), (3.0, 2.0)] {
            let (x, y) = ([1.0, t], [1.0 + 2.0 * t, y]);
            for i in 0..2 {
                (0..2).for_each(|j| products.xx[2 * i + j] += x[i] * x[j]);
                (0..2).for_each(|j| products.xy[2 * i + j] += x[i] * y[j]);
            }
            products.yy += y[0] * y[0] + y[1] * y[1];
            products.rows += 1;
        }
        products
    }

    #[test]
    fn least_squares_by_hand() {
        let weights = line().solve(1e-12);
        // The second line: slope 0.6, at 0: 0.1; errors -0.1, 0.3, -0.3, 0.1.
        for (weight, expected) in weights.iter().zip([1.0, 0.1, 2.0, 0.6]) {
            assert!((weight - expected).abs() < 1e-9, "{weights:?}");
        }
        assert!((line().error(&weights) - 0.2).abs() < 1e-9);
    }

    #[test]
    fn a_penalty_shrinks_by_hand() {
        // (X'X + I) w = X'Y: [5 6; 6 15] w = [16; 34] and [4; 9].
        let weights = line().solve(1.0);
        for (weight, expected) in weights.iter().zip([36.0, 6.0, 74.0, 21.0]) {
            assert!((weight - expected / 39.0).abs() < 1e-12, "{weights:?}");
        }
    }
}
