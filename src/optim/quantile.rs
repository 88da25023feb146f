//! The pinball loss of the quantiles of one target.

use crate::config::Levels;
use crate::model::{quantiles, quantiles_backward};

/// The mean over the levels of `(y - q) level` where the truth lies above the quantile q, else `(q - y) (1 - level)`.
/// Writes the slopes of the outputs, times `share`.
pub(super) fn pinball(outputs: &[f32], y: f32, levels: &Levels, slopes: &mut [f32], share: f32) -> f64 {
    let (mut values, median, levels) = ([0.0; 16], levels.median(), levels.as_slice());
    let values = &mut values[..levels.len()];
    quantiles(outputs, median, values);
    let (y, each) = (f64::from(y), 1.0 / levels.len() as f64);
    let mut sum = 0.0;
    for (value, level) in values.iter_mut().zip(levels) {
        let above = *value - y;
        // As for |e|, the slope where the quantile meets the truth is 0.
        let slope = if above > 0.0 { 1.0 - level } else { -level };
        let slope = if above == 0.0 { 0.0 } else { slope };
        sum += above * slope * each;
        *value = slope * each;
    }
    quantiles_backward(outputs, median, values);
    for (slope, value) in slopes.iter_mut().zip(&*values) {
        *slope = (value * f64::from(share)) as f32;
    }
    sum
}
