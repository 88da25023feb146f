//! Products of a series with itself at every distance, summed over the rows of a regression.
//!
//! Windows that follow each other share all rows but one, so that of `C(i, j) = sum over t of u(t - i) v(t - j)` only
//! the first row and column are summed up: `C(i + 1, j + 1)` is `C(i, j)` and one product more at the front and one
//! less at the end. A regression on windows of 336 rows costs as much as reading them a few hundred times.

use std::ops::Range;

use rayon::prelude::*;

use super::solve::{Products, dot};

/// `C(i, j)` for i in `0..back` and j in `-ahead..back`.
pub(super) struct Lagged {
    ahead: usize,
    width: usize,
    sums: Vec<f64>,
}

impl Lagged {
    /// Over the rows `rows`; before the first of them there are `back - 1` more, and `ahead` behind the last.
    pub(super) fn new(u: &[f64], v: &[f64], rows: Range<usize>, back: usize, ahead: usize) -> Self {
        let width = ahead + back;
        // j counts from -ahead.
        let at = |i: usize, j: usize| {
            let v = &v[rows.start + ahead - j..rows.end + ahead - j];
            dot(&u[rows.start - i..rows.end - i], v)
        };
        let first_row: Vec<f64> = (0..width).into_par_iter().map(|j| at(0, j)).collect();
        let first_column: Vec<f64> = (1..back).into_par_iter().map(|i| at(i, 0)).collect();
        let mut sums = first_row;
        sums.resize(back * width, 0.0);
        for i in 1..back {
            sums[i * width] = first_column[i - 1];
            let (front, end) = (rows.start - i, rows.end - i);
            for j in 1..width {
                let more = u[front] * v[rows.start + ahead - j];
                let less = u[end] * v[rows.end + ahead - j];
                sums[i * width + j] = sums[(i - 1) * width + j - 1] + more - less;
            }
        }
        Self { ahead, width, sums }
    }

    /// `C(i, -k)`: the row i before, and the one k ahead.
    pub(super) fn ahead(&self, i: usize, k: usize) -> f64 {
        self.sums[i * self.width + self.ahead - k]
    }

    /// `C(i, j)`: the rows i and j before.
    pub(super) fn back(&self, i: usize, j: usize) -> f64 {
        self.sums[i * self.width + self.ahead + j]
    }
}

/// Adds the windows of `back` rows that end at `rows` and the `ahead` rows after each, all minus the window's last row
/// and times `unit`.
pub(super) fn add_changes(
    products: &mut Products,
    values: &[f64],
    rows: Range<usize>,
    (back, ahead): (usize, usize),
    unit: f64,
) {
    let mean = values.iter().sum::<f64>() / values.len() as f64;
    let values: Vec<f64> = values.iter().map(|y| (y - mean) * unit).collect();
    let c = Lagged::new(&values, &values, rows.clone(), back, ahead);
    let last = c.back(0, 0);
    for i in 1..back {
        let own = c.back(i, 0);
        for j in 1..back {
            products.xx[(i - 1) * (back - 1) + j - 1] += c.back(i, j) - own - c.back(0, j) + last;
        }
        for k in 1..=ahead {
            products.xy[(i - 1) * ahead + k - 1] += c.ahead(i, k) - own - c.ahead(0, k) + last;
        }
    }
    for k in 1..=ahead {
        let later = &values[rows.start + k..rows.end + k];
        products.yy += dot(later, later) - 2.0 * c.ahead(0, k) + last;
    }
    products.rows += rows.len() as u64;
}

/// Adds the last `back` values of each input up to `rows`, beside the targets there: lag by lag, of each the inputs.
pub(super) fn add_inputs(
    products: &mut Products,
    inputs: &[Vec<f64>],
    targets: &[Vec<f64>],
    rows: Range<usize>,
    back: usize,
) {
    let count = inputs.len();
    for (a, u) in inputs.iter().enumerate() {
        for (b, v) in inputs.iter().enumerate() {
            let c = Lagged::new(u, v, rows.clone(), back, 0);
            for i in 0..back {
                for j in 0..back {
                    let place = (i * count + a) * products.features + j * count + b;
                    products.xx[place] += c.back(i, j);
                }
            }
        }
        for (b, y) in targets.iter().enumerate() {
            let y = &y[rows.clone()];
            for i in 0..back {
                let place = (i * count + a) * products.outputs + b;
                products.xy[place] += dot(&u[rows.start - i..rows.end - i], y);
            }
        }
    }
    products.yy += targets.iter().map(|y| dot(&y[rows.clone()], &y[rows.clone()])).sum::<f64>();
    products.rows += rows.len() as u64;
}
