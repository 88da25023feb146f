//! Errors of predicted numbers.
//!
//! With e = prediction - truth over N predictions: MSE = sum e^2 / N, MAE = sum |e| / N, RMSE = sqrt(MSE),
//! R2 = 1 - sum e^2 / sum (truth - mean truth)^2 (none where the truth is constant);
//! sMAPE = 200 / N sum |e| / (|prediction| + |truth|), in percent, a term of 0 / 0 being 0 (the M4 competition's);
//! MASE = sum (|e| / change) / N, where change is the mean absolute change of the train rows from one season to the
//! next (Hyndman and Koehler, 2006).

use serde::Serialize;

use super::change;
use crate::data::Moments;

/// Running sums of the errors of one output, or of many together.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Errors {
    squared: f64,
    absolute: f64,
    percentages: f64,
    /// In units of the usual change of the train rows; NaN where that is not known.
    in_changes: f64,
    truth: Moments,
}

/// The measures of contract section 5; `None` where nothing was scored.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Figures {
    /// Mean squared error.
    pub mse: Option<f64>,
    /// Mean absolute error.
    pub mae: Option<f64>,
    /// Root of the mean squared error.
    pub rmse: Option<f64>,
    /// Symmetric mean absolute percentage error, from 0 to 200.
    pub smape: Option<f64>,
    /// Mean absolute scaled error: below 1 it is smaller than the usual change of the train rows.
    pub mase: Option<f64>,
    /// Share of the variance explained.
    pub r2: Option<f64>,
}

impl Errors {
    /// Takes in one prediction, where the usual change of the train rows is not known.
    pub fn add(&mut self, prediction: f64, truth: f64) {
        self.add_beside(prediction, truth, f64::NAN);
    }

    /// Takes in one prediction; `change` is the usual change of the train rows.
    pub fn add_beside(&mut self, prediction: f64, truth: f64, change: f64) {
        let error = prediction - truth;
        self.squared += error * error;
        self.absolute += error.abs();
        self.in_changes += error.abs() / change;
        let size = prediction.abs() + truth.abs();
        self.percentages += if size > 0.0 { 200.0 * error.abs() / size } else { 0.0 };
        self.truth.add(truth);
    }

    /// Predictions taken in.
    pub fn count(&self) -> u64 {
        self.truth.count
    }

    /// The measures so far.
    pub fn figures(&self) -> Figures {
        let mean = |sum: f64| (self.count() > 0).then(|| sum / self.count() as f64);
        let spread = self.truth.m2;
        let constant = self.count() == 0 || self.truth.min == self.truth.max;
        Figures {
            mse: mean(self.squared),
            mae: mean(self.absolute),
            rmse: mean(self.squared).map(f64::sqrt),
            smape: mean(self.percentages),
            mase: mean(self.in_changes).filter(|mase| mase.is_finite()),
            r2: (!constant).then(|| 1.0 - self.squared / spread),
        }
    }
}

impl Figures {
    /// How much higher the RMSE is than another's: -0.2 is 20 % lower. Infinite beside one that is never wrong.
    pub fn change(&self, other: &Figures) -> Option<f64> {
        Some(change(self.rmse?, other.rmse?))
    }

    /// (name, value) in the order they are printed.
    pub fn named(&self) -> Vec<(&'static str, Option<f64>)> {
        let of_units = self.named_scaled().into_iter();
        of_units.chain([("smape", self.smape), ("mase", self.mase)]).collect()
    }

    /// Those of them that mean something in units of a scaler, too.
    pub fn named_scaled(&self) -> [(&'static str, Option<f64>); 4] {
        [("mse", self.mse), ("mae", self.mae), ("rmse", self.rmse), ("r2", self.r2)]
    }
}

/// The pinball loss of a quantile at a level: `level (truth - quantile)` above it, `(1 - level) (quantile - truth)` below.
pub fn pinball(level: f64, quantile: f64, truth: f64) -> f64 {
    let above = truth - quantile;
    (level * above).max((level - 1.0) * above)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_by_hand() {
        let mut errors = Errors::default();
        for (prediction, truth) in [(2.0, 1.0), (2.0, 2.0), (0.0, 3.0)] {
            errors.add(prediction, truth);
        }
        let f = errors.figures();
        assert_eq!((f.mse, f.mae), (Some(10.0 / 3.0), Some(4.0 / 3.0)));
        assert_eq!(f.r2, Some(1.0 - 10.0 / 2.0));
        // 200 / 3 and 200 x 3 / 3, and nothing for the one that is right.
        assert!((f.smape.unwrap_or_default() - 800.0 / 9.0).abs() < 1e-12);
        assert_eq!(f.mase, None, "no change of the train rows is known");
    }

    #[test]
    fn in_units_of_the_usual_change() {
        let mut errors = Errors::default();
        for (prediction, truth, change) in [(3.0, 1.0, 2.0), (0.0, 0.0, 0.5), (1.0, 2.0, 4.0)] {
            errors.add_beside(prediction, truth, change);
        }
        assert_eq!(errors.figures().mase, Some(1.25 / 3.0));
        assert!(errors.figures().smape.is_some(), "0 / 0 is 0");
        errors.add_beside(1.0, 2.0, 0.0);
        assert_eq!(errors.figures().mase, None, "a series that never changes has no scale");
    }

    #[test]
    fn the_change_of_the_error() {
        let rmse = |error: f64| {
            let mut errors = Errors::default();
            errors.add(error, 0.0);
            errors.figures()
        };
        assert_eq!(rmse(1.0).change(&rmse(2.0)), Some(-0.5));
        assert_eq!(rmse(3.0).change(&rmse(2.0)), Some(0.5));
        assert_eq!(rmse(3.0).change(&rmse(0.0)), Some(f64::INFINITY));
        assert_eq!(rmse(0.0).change(&rmse(0.0)), Some(0.0));
        assert_eq!(rmse(1.0).change(&Errors::default().figures()), None);
    }

    #[test]
    fn nothing_scored_and_constant_truth_have_no_figure() {
        assert_eq!(Errors::default().figures().mse, None);
        let mut errors = Errors::default();
        errors.add(1.0, 5.0);
        errors.add(2.0, 5.0);
        assert_eq!(errors.figures().r2, None);
    }
}
