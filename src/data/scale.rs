//! Bringing values to about unit size. Fitted on train rows only, in f64, kept in the model.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use super::dataset::PartRows;
use super::roles::Roles;
use crate::config::{Column, DataConfig, ScaleKind, ScalePer};

/// `x' = (x - offset) / scale`.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Scaler {
    /// Subtracted first.
    pub offset: f64,
    /// Divided by; never 0.
    pub scale: f64,
    /// Mean of the train rows, whatever the scaling: a naive prediction.
    pub mean: f64,
    /// Mean absolute change of the train rows from one season to the next (or from row to row), in data units: what
    /// MASE counts in. 0: not known.
    #[serde(default)]
    pub change: f64,
}

/// The scalers of one series (or of all): one per input, one per target.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ScalerSet {
    /// Of the number inputs, in the order of `data.inputs`.
    pub inputs: Vec<Scaler>,
    /// Of number targets, in the order of `data.targets`.
    pub targets: Vec<Scaler>,
}

/// All scalers of a model.
#[derive(Clone, Debug, PartialEq)]
pub struct Scalers {
    /// Fitted over all series.
    pub all: ScalerSet,
    /// One per series, where the config asks for it.
    pub series: Vec<(Vec<String>, ScalerSet)>,
    by_key: HashMap<Vec<String>, usize>,
}

/// Mean, population deviation and range of a stream of numbers; Welford's update, in f64.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Moments {
    /// Numbers seen.
    pub count: u64,
    /// Their mean.
    pub mean: f64,
    /// Sum of squared differences from the mean.
    pub m2: f64,
    /// The smallest.
    pub min: f64,
    /// The largest.
    pub max: f64,
}

impl Default for Moments {
    fn default() -> Self {
        Self { count: 0, mean: 0.0, m2: 0.0, min: f64::INFINITY, max: f64::NEG_INFINITY }
    }
}

impl Moments {
    /// Takes in one number.
    pub fn add(&mut self, x: f64) {
        self.count += 1;
        let before = x - self.mean;
        self.mean += before / self.count as f64;
        self.m2 += before * (x - self.mean);
        self.min = self.min.min(x);
        self.max = self.max.max(x);
    }

    /// Population deviation.
    pub fn deviation(&self) -> f64 {
        if self.count == 0 || self.min == self.max {
            return 0.0;
        }
        (self.m2 / self.count as f64).sqrt()
    }

    /// The scaler of this kind for the numbers seen; a constant column counts as deviation 1.
    pub fn scaler(&self, kind: ScaleKind) -> Scaler {
        let usable = |scale: f64| if scale > 0.0 && scale.is_finite() { scale } else { 1.0 };
        let mean = self.mean;
        let (offset, scale) = match kind {
            ScaleKind::None => (0.0, 1.0),
            _ if self.count == 0 => (0.0, 1.0),
            ScaleKind::Standard => (mean, usable(self.deviation())),
            ScaleKind::Minmax => {
                let (half_low, half_high) = (self.min / 2.0, self.max / 2.0);
                (half_low + half_high, usable(half_high - half_low))
            }
        };
        Scaler { offset, scale, mean, change: 0.0 }
    }
}

impl Scalers {
    /// Puts scalers together again, as a model file holds them.
    pub fn new(all: ScalerSet, series: Vec<(Vec<String>, ScalerSet)>) -> Self {
        let by_key = series.iter().enumerate().map(|(k, (key, _))| (key.clone(), k)).collect();
        Self { all, series, by_key }
    }

    /// Fits on the train rows of each series: (key, values `[n, columns]`).
    pub fn fit<'a>(
        config: &DataConfig,
        roles: &Roles,
        train: impl Iterator<Item = (&'a [String], &'a [f64])>,
    ) -> Self {
        let columns = roles.columns.len();
        let mut all = vec![Moments::default(); columns];
        let mut series = Vec::new();
        for (key, values) in train.filter(|(_, values)| !values.is_empty()) {
            let mut own = vec![Moments::default(); columns];
            for row in values.chunks_exact(columns) {
                for (j, &x) in row.iter().enumerate().filter(|(_, x)| !x.is_nan()) {
                    all[j].add(x);
                    own[j].add(x);
                }
            }
            if config.scale_per == ScalePer::Series {
                series.push((key.to_vec(), own));
            }
        }
        let own = |(key, mut own): (Vec<String>, Vec<Moments>)| {
            // What is the same in all rows of a series tells it from the others.
            roles.fixed.iter().for_each(|&column| own[column] = all[column]);
            (key, scaler_set(config, roles, &own))
        };
        let series = series.into_iter().map(own).collect();
        Self::new(scaler_set(config, roles, &all), series)
    }

    /// With the usual change of the targets over `season` rows, of the train rows `ranges` of each series.
    pub fn with_changes(mut self, roles: &Roles, train: &PartRows, season: Option<usize>) -> Self {
        let lag = season.unwrap_or(1);
        let (mut all, mut of_series) =
            (vec![Moments::default(); roles.targets.len()], HashMap::new());
        for (series, range) in train.table.series.iter().zip(&train.ranges) {
            let mut own = vec![Moments::default(); roles.targets.len()];
            for row in (range.start + lag).min(range.end)..range.end {
                for (k, &place) in roles.targets.iter().enumerate() {
                    let change = (series.row(row)[place] - series.row(row - lag)[place]).abs();
                    if change.is_finite() {
                        all[k].add(change);
                        own[k].add(change);
                    }
                }
            }
            of_series.insert(&series.key[..], own);
        }
        let set = |set: &mut ScalerSet, changes: &[Moments]| {
            set.targets.iter_mut().zip(changes).for_each(|(s, change)| s.change = change.mean);
        };
        set(&mut self.all, &all);
        for (key, own) in &mut self.series {
            of_series.get(&key[..]).into_iter().for_each(|changes| set(own, changes));
        }
        self
    }

    /// The scalers of a series, and whether they are its own (or everybody's by choice).
    pub fn of(&self, key: &[String]) -> (&ScalerSet, bool) {
        match self.by_key.get(key) {
            Some(&k) => (&self.series[k].1, true),
            None => (&self.all, self.series.is_empty()),
        }
    }
}

fn scaler_set(config: &DataConfig, roles: &Roles, moments: &[Moments]) -> ScalerSet {
    let fit = |columns: &[Column], places: &[usize]| {
        let numbers =
            columns.iter().zip(places).filter_map(|(c, &place)| Some((c.scale()?, place)));
        numbers.map(|(scale, place)| moments[place].scaler(scale)).collect()
    };
    ScalerSet {
        inputs: fit(&config.inputs, &roles.inputs),
        targets: fit(&config.targets, &roles.targets),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn moments(values: &[f64]) -> Moments {
        let mut moments = Moments::default();
        values.iter().for_each(|&x| moments.add(x));
        moments
    }

    #[test]
    fn standard_is_by_the_population_deviation() {
        let s = moments(&[1.0, 2.0, 3.0, 4.0]).scaler(ScaleKind::Standard);
        assert_eq!((s.offset, s.scale), (2.5, 1.25f64.sqrt()));
    }

    #[test]
    fn a_constant_counts_as_deviation_one() {
        for kind in [ScaleKind::Standard, ScaleKind::Minmax] {
            let s = moments(&[0.1, 0.1, 0.1]).scaler(kind);
            assert_eq!((s.offset, s.scale), (0.1, 1.0));
        }
    }

    #[test]
    fn minmax_goes_to_plus_and_minus_one() {
        let s = moments(&[2.0, 10.0, 4.0]).scaler(ScaleKind::Minmax);
        assert_eq!(((2.0 - s.offset) / s.scale, (10.0 - s.offset) / s.scale), (-1.0, 1.0));
    }

    #[test]
    fn large_and_small_values_side_by_side_keep_their_moments() {
        let m = moments(&[1e15 + 1.0, 1e15 + 2.0, 1e15 + 3.0]);
        assert_eq!(m.mean, 1e15 + 2.0);
        assert!((m.deviation() - (2.0f64 / 3.0).sqrt()).abs() < 1e-9);
        let m = moments(&[1e30, 1e-30]);
        assert!((m.deviation() / 5e29 - 1.0).abs() < 1e-12);
    }
}
