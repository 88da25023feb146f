//! The pinball loss of quantiles.

use crate::config::Levels;
use crate::model::{distance_slopes, distances, quantiles, quantiles_backward};

/// The sum over the targets that are present of the mean over the levels of `(y - q) level` where the truth lies above
/// the quantile q, else `(q - y) (1 - level)`. Writes the slopes of the outputs, times `share`.
pub(super) fn pinball(
    outputs: &[f32],
    y: &[f32],
    levels: &Levels,
    share: f32,
    mut gradient: Option<&mut [f32]>,
) -> f64 {
    let (median, levels) = (levels.median(), levels.as_slice());
    let each = levels.len();
    let (mut apart, mut values) = (outputs.to_vec(), vec![0.0; each]);
    distances(&mut apart);
    let mut slopes = if gradient.is_some() { outputs.to_vec() } else { Vec::new() };
    distance_slopes(&mut slopes);
    let mut sum = 0.0;
    for (k, &y) in y.iter().enumerate() {
        let own = k * each..(k + 1) * each;
        quantiles(&outputs[own.clone()], &apart[own.clone()], median, &mut values);
        sum += target(&mut values, f64::from(y), levels);
        if let Some(gradient) = &mut gradient {
            quantiles_backward(&slopes[own.clone()], median, &mut values);
            for (slope, value) in gradient[own].iter_mut().zip(&values) {
                *slope = (value * f64::from(share)) as f32;
            }
        }
    }
    sum
}

/// The loss of one target, none where it is absent; its slopes come in place of the quantiles.
fn target(values: &mut [f64], y: f64, levels: &[f64]) -> f64 {
    let each = 1.0 / levels.len() as f64;
    let mut sum = 0.0;
    for (value, level) in values.iter_mut().zip(levels) {
        let above = *value - y;
        // As for |e|, the slope where the quantile meets the truth is 0; and it is where there is no truth.
        let slope = match above {
            above if above > 0.0 => (1.0 - level) * each,
            above if above < 0.0 => -level * each,
            _ => 0.0,
        };
        sum += if y.is_nan() { 0.0 } else { above * slope };
        *value = slope;
    }
    sum
}
