//! How sure a prediction is, by split conformal prediction: how far truths were from predictions on rows that neither
//! weights nor epoch were chosen by.
//!
//! The score of a truth is its distance from the prediction (of quantiles: from the nearer end of their interval,
//! negative inside) in units of the scaler, or of a class 1 - its probability. The quantile of n scores is the
//! ceil((n + 1) coverage)-th smallest: a new truth of rows alike scores no more with that probability (Vovk et al. 2005;
//! of quantiles Romano et al. 2019).

use serde::{Deserialize, Serialize};

use super::prediction::Prediction;
use crate::data::{Encoder, ScalerSet};

/// What calibration found; it is kept with the model.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Calibration {
    /// The share of truths that were to be held.
    pub coverage: f64,
    /// Predictions it was made from.
    pub rows: u64,
    /// The quantile of the scores, `[targets x steps]`.
    pub quantiles: Vec<f64>,
    /// The distance between the quartiles of the scores, `[targets x steps]`: what a large step is to one that adapts.
    pub spreads: Vec<f64>,
}

/// Smallest spread: even a model that was never wrong has to be able to adapt.
const LEAST_SPREAD: f64 = 1e-3;

/// The place of the quantile among so many sorted scores; none where these are too few.
pub fn rank(rows: usize, coverage: f64) -> Option<usize> {
    // A hair less: a product that is whole in decimal shall not be rounded up.
    let rank = ((rows + 1) as f64 * coverage - 1e-9).ceil() as usize;
    (rank <= rows).then(|| rank.max(1) - 1)
}

/// So many scores are enough for this coverage.
pub fn rows_needed(coverage: f64) -> usize {
    (1..).find(|&rows| rank(rows, coverage).is_some()).unwrap_or_default()
}

impl Calibration {
    /// From the scores of some predictions, `[rows, targets x steps]`, NaN where the truth is not known; none where they
    /// are too few.
    pub fn new(coverage: f64, width: usize, scores: &[f64]) -> Option<Self> {
        let rows = scores.len() / width;
        let (mut quantiles, mut spreads) = (Vec::new(), Vec::new());
        for at in 0..width {
            let own = scores.iter().skip(at).step_by(width).copied();
            let mut own: Vec<f64> = own.filter(|score| !score.is_nan()).collect();
            own.sort_unstable_by(f64::total_cmp);
            quantiles.push(own[rank(own.len(), coverage)?]);
            spreads.push((own[3 * own.len() / 4] - own[own.len() / 4]).max(LEAST_SPREAD));
        }
        Some(Self { coverage, rows: rows as u64, quantiles, spreads })
    }

    /// Whether it can belong to a model that puts out so many values at a row.
    pub fn fits(&self, width: usize) -> bool {
        let finite = |values: &[f64]| values.len() == width && values.iter().all(|v| v.is_finite());
        finite(&self.quantiles) && finite(&self.spreads)
    }
}

/// The score of one truth, as [`Encoder::target_value`] gives it; a class that the model does not know is as unlikely as
/// can be. NaN where the truth is not known.
pub fn score(
    encoder: &Encoder,
    prediction: &Prediction,
    scalers: &ScalerSet,
    at: usize,
    truth: f64,
) -> f64 {
    if let Some(classes) = encoder.classes() {
        let chance = |class: usize| prediction.probabilities[at * classes.len() + class];
        return match truth {
            truth if truth.is_nan() => f64::NAN,
            truth if truth < 0.0 => 1.0,
            truth => 1.0 - f64::from(chance(truth as usize)),
        };
    }
    let value = prediction.values[at];
    let [low, high] = prediction.bounds.get(at).copied().unwrap_or([value; 2]);
    let beyond = (f64::from(low) - truth).max(truth - f64::from(high));
    if truth.is_nan() { f64::NAN } else { beyond / scalers.targets[at / encoder.steps].scale }
}

/// Widens the intervals of a prediction by these quantiles, `[targets x steps]`, or makes its sets.
pub(super) fn widen(
    encoder: &Encoder,
    quantiles: &[f64],
    scalers: &ScalerSet,
    prediction: &mut Prediction,
) {
    if let Some(classes) = encoder.classes() {
        let steps = prediction.probabilities.chunks_exact(classes.len()).zip(quantiles);
        let mut sets = Vec::with_capacity(prediction.probabilities.len());
        for ((chances, quantile), likeliest) in steps.zip(&prediction.values) {
            // Never empty: the likeliest class is always in it.
            let within = |chance: &f32| 1.0 - f64::from(*chance) <= *quantile;
            let place = *likeliest as usize;
            sets.extend(chances.iter().enumerate().map(|(k, p)| k == place || within(p)));
        }
        prediction.sets = sets;
        return;
    }
    let Prediction { values, bounds, .. } = prediction;
    if bounds.is_empty() {
        bounds.extend(values.iter().map(|&value| [value; 2]));
    }
    for (at, ([low, high], value)) in bounds.iter_mut().zip(values).enumerate() {
        let by = quantiles[at] * scalers.targets[at / encoder.steps].scale;
        // Quantiles that are too wide are drawn in, not beyond the prediction itself.
        *low = ((f64::from(*low) - by) as f32).min(*value);
        *high = ((f64::from(*high) + by) as f32).max(*value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rank_is_that_of_the_definition() {
        assert_eq!(rank(99, 0.9), Some(89)); // the 90th of 99: 100 x 0.9 = 90
        assert_eq!(rank(9, 0.9), Some(8));
        assert_eq!(rank(8, 0.9), None);
        assert_eq!((rows_needed(0.9), rows_needed(0.5), rows_needed(0.99)), (9, 1, 99));
        assert_eq!(rank(1, 0.01), Some(0));
    }

    #[test]
    fn each_column_has_its_own_quantile() {
        let scores: Vec<f64> =
            (0..99).flat_map(|k| [f64::from(98 - k), f64::from(k) / 10.0]).collect();
        let found = Calibration::new(0.9, 2, &scores).expect("enough rows");
        assert_eq!(found.quantiles, [89.0, 8.9]);
        assert_eq!((found.rows, found.spreads[0]), (99, 50.0));
        assert_eq!(Calibration::new(0.9, 2, &scores[..16]), None);
        assert!(found.fits(2) && !found.fits(3));
    }
}
