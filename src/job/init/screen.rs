//! Which columns help to forecast the targets: tried with a linear forecast, which costs a moment.
//!
//! A ridge regression of the targets' changes on changes of the past, fitted on train rows and judged on validation
//! rows; columns join one at a time while the error falls. Changes, because a forecast's windows are counted from
//! their first row too. All sums over rows are made once, as products of all features with each other, so that any
//! choice of columns is a small system of equations.

use ndarray::{Array2, s};

use crate::data::{PartRows, Roles};

/// Rows of each part that are looked at.
const ROWS: usize = 4_000;

/// Columns that are tried at most.
pub(super) const CANDIDATES: usize = 100;

/// What a column has to take off the squared error to be worth its place.
const GAIN: f64 = 0.03;

/// Weight of the penalty, in units of a feature's mean square.
const PENALTY: f64 = 1e-3;

/// The columns that help, the most helpful first.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Helpful {
    /// Places among `roles.columns`.
    pub(super) columns: Vec<usize>,
    /// How much smaller the root mean squared error is with them: 0.1 for 10 %.
    pub(super) gain: f64,
}

/// Tries the columns `tried` that are no targets; `scales` are the deviations of all.
pub(super) fn helpful(
    roles: &Roles,
    tried: &[usize],
    scales: &[f64],
    (train, valid): (&PartRows, &PartRows),
    (horizon, window): (usize, usize),
) -> Helpful {
    let features = Features::new(roles, scales, horizon, window);
    let (fit, judge) = (features.sums(train), features.sums(valid));
    let error = |columns: &[usize]| {
        let places = features.places(columns);
        judge.error(&places, &fit.solve(&places))
    };
    let mut chosen = roles.targets.clone();
    let alone = error(&chosen);
    let mut best = alone;
    let mut left: Vec<usize> = tried.iter().copied().filter(|c| !chosen.contains(c)).collect();
    while best > 0.0 {
        let with = |&column: &usize| error(&[&chosen[..], &[column]].concat());
        let tried = left.iter().map(|column| (with(column), *column));
        let Some((least, column)) = tried.min_by(|a, b| a.0.total_cmp(&b.0)) else { break };
        if least > (1.0 - GAIN) * best {
            break;
        }
        best = least;
        chosen.push(column);
        left.retain(|other| *other != column);
    }
    let columns = chosen.split_off(roles.targets.len());
    let gain = if alone > 0.0 { 1.0 - (best / alone).sqrt() } else { 0.0 };
    Helpful { columns, gain }
}

/// How rows become features: each column's change since some rows before.
struct Features<'a> {
    roles: &'a Roles,
    scales: &'a [f64],
    /// Rows back, growing.
    lags: Vec<usize>,
    /// Rows ahead.
    leads: Vec<usize>,
}

impl<'a> Features<'a> {
    fn new(roles: &'a Roles, scales: &'a [f64], horizon: usize, window: usize) -> Self {
        let steps = [1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 72, 96, 144, 168, 240];
        let lags: Vec<usize> = steps.into_iter().filter(|&lag| lag < window.max(2)).collect();
        let mut leads = vec![1, horizon.div_ceil(2), horizon];
        leads.dedup();
        Self { roles, scales, lags, leads }
    }

    /// Where the features of these columns stand.
    fn places(&self, columns: &[usize]) -> Vec<usize> {
        let of =
            |&column: &usize| (0..self.lags.len()).map(move |lag| column * self.lags.len() + lag);
        columns.iter().flat_map(of).collect()
    }

    /// Products of all features and outputs over the rows of a part whose past and future lie inside it.
    fn sums(&self, part: &PartRows) -> Sums {
        let width = self.roles.columns.len();
        let inputs = width * self.lags.len();
        let outputs = self.roles.targets.len() * self.leads.len();
        let (back, ahead) =
            (self.lags.last().copied().unwrap_or(1), self.leads[self.leads.len() - 1]);
        let usable = |range: &std::ops::Range<usize>| range.len().saturating_sub(back + ahead);
        let total: usize = part.ranges.iter().map(usable).sum();
        let stride = total.div_ceil(ROWS).max(1);
        let mut rows = Vec::new();
        for (series, range) in part.table.series.iter().zip(&part.ranges) {
            for row in (range.start + back..range.end.saturating_sub(ahead)).step_by(stride) {
                for column in 0..width {
                    let change = |from: usize, to: usize| {
                        (series.row(to)[column] - series.row(from)[column]) / self.scales[column]
                    };
                    rows.extend(self.lags.iter().map(|lag| change(row - lag, row)));
                }
                for &column in &self.roles.targets {
                    let now = series.row(row)[column];
                    let later =
                        |lead: &usize| (series.row(row + lead)[column] - now) / self.scales[column];
                    rows.extend(self.leads.iter().map(later));
                }
            }
        }
        let count = rows.len() / (inputs + outputs);
        let rows = Array2::from_shape_vec((count, inputs + outputs), rows).unwrap_or_default();
        Sums { products: rows.t().dot(&rows), inputs, outputs }
    }
}

/// `[x y]' [x y]` of some rows.
struct Sums {
    products: Array2<f64>,
    inputs: usize,
    outputs: usize,
}

impl Sums {
    /// The ridge's weights `[places, outputs]`: `(X'X + penalty I) W = X'Y`, by Cholesky's method.
    fn solve(&self, places: &[usize]) -> Array2<f64> {
        let size = places.len();
        let trace: f64 = places.iter().map(|&place| self.products[[place, place]]).sum();
        let penalty = (PENALTY * trace / size.max(1) as f64).max(f64::MIN_POSITIVE);
        let mut lower = Array2::<f64>::zeros((size, size));
        for i in 0..size {
            for j in 0..=i {
                let known = lower.slice(s![i, ..j]).dot(&lower.slice(s![j, ..j]));
                let own = self.products[[places[i], places[j]]] - known;
                // The penalty keeps what stands under the root above zero.
                lower[[i, j]] = if i == j {
                    (own + penalty).max(penalty * 1e-3).sqrt()
                } else {
                    own / lower[[j, j]]
                };
            }
        }
        let mut weights = Array2::zeros((size, self.outputs));
        for output in 0..self.outputs {
            let mut w = vec![0.0; size];
            for i in 0..size {
                let known: f64 = (0..i).map(|j| lower[[i, j]] * w[j]).sum();
                w[i] = (self.products[[places[i], self.inputs + output]] - known) / lower[[i, i]];
            }
            for i in (0..size).rev() {
                let known: f64 = (i + 1..size).map(|j| lower[[j, i]] * w[j]).sum();
                w[i] = (w[i] - known) / lower[[i, i]];
            }
            weights.column_mut(output).assign(&ndarray::ArrayView1::from(&w));
        }
        weights
    }

    /// Sum of squared errors of some weights on these rows: `y'y - 2 w'x'y + w'x'x w`.
    fn error(&self, places: &[usize], weights: &Array2<f64>) -> f64 {
        let mut sum = 0.0;
        for output in 0..self.outputs {
            let at = self.inputs + output;
            sum += self.products[[at, at]];
            for (i, &a) in places.iter().enumerate() {
                let w = weights[[i, output]];
                let row: f64 = places
                    .iter()
                    .enumerate()
                    .map(|(j, &b)| weights[[j, output]] * self.products[[a, b]])
                    .sum();
                sum += w * (row - 2.0 * self.products[[a, at]]);
            }
        }
        sum.max(0.0)
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::config::Config;
    use crate::data::{Dataset, Table};
    use crate::random::{self, Purpose};

    /// Columns y, leader (which y follows three rows later) and noise.
    fn csv() -> String {
        let noise = |k: u64, column: u64| {
            f64::from(random::bits(1, Purpose::Split, [k, column])[0]) / 4e9 - 0.5
        };
        let (mut y, mut leader) = (0.0, vec![0.0]);
        let mut text = "y,leader,noise\n".to_owned();
        for k in 0..900 {
            leader.push(leader[k] + noise(k as u64, 0));
            y += 0.1 * noise(k as u64, 1);
            let followed = leader[k.saturating_sub(3)];
            text += &format!("{},{},{}\n", y + followed, leader[k], noise(k as u64, 2));
        }
        text
    }

    #[test]
    fn what_leads_the_target_helps_and_noise_does_not() {
        let text = r#"{"data":{"path":"x.csv","inputs":["y","leader","noise"],"targets":["y"],"window":{"length":12}},
            "task":{"type":"forecast","horizon":3},"model":{"topology":"single","cell":"gru"}}"#;
        let config = Config::parse(text, "test", Path::new(""), &[]).unwrap();
        let roles = Roles::new(&config);
        let table =
            Table::read_stream(csv().as_bytes(), Path::new("x.csv"), "x.csv", &roles).unwrap();
        let whole = PartRows::whole(table);
        let part =
            |range: std::ops::Range<usize>| PartRows { ranges: vec![range], ..whole.clone() };
        let dataset = Dataset {
            train: part(0..600),
            valid: Some(part(600..900)),
            test: None,
            left_out: 0,
            pace: None,
        };
        let parts = (&dataset.train, dataset.valid.as_ref().unwrap());
        let found = helpful(&roles, &[0, 1, 2], &[1.0; 3], parts, (3, 12));
        assert_eq!(found.columns, [1]);
        assert!(found.gain > 0.3, "{found:?}");
    }
}
