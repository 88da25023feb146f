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

#[cfg(test)]
mod tests {
    use super::*;

    /// One target of quantiles 1 - softplus(0), 1 and 1 + softplus(0), with softplus(0) = ln 2.
    #[test]
    fn the_loss_by_hand() {
        let levels = Levels::new(&[0.1, 0.5, 0.8]).expect("levels");
        let sum = pinball(&[0.0, 1.0, 0.0], &[1.5], &levels, 1.0, None);
        let ln2 = std::f64::consts::LN_2;
        let expected = 0.1 * (0.5 + ln2) + 0.5 * 0.5 + 0.2 * (ln2 - 0.5);
        assert!((sum - expected / 3.0).abs() < 1e-6, "{sum}");
    }

    /// Against differences of the loss, with a target that is absent.
    #[test]
    fn the_gradient_is_the_slope() {
        let levels = Levels::new(&[0.05, 0.25, 0.5, 0.95]).expect("levels");
        let outputs = [0.3f32, -1.0, 0.4, 2.0, 1.5, 0.2, -0.7, 0.1, 0.0, 0.0, 0.0, 0.0];
        let y = [0.9f32, -4.0, f32::NAN];
        let mut gradient = [9.0f32; 12];
        let share = 0.5;
        let sum = pinball(&outputs, &y, &levels, share, Some(&mut gradient));
        assert_eq!(sum, pinball(&outputs, &y, &levels, share, None));
        for k in 0..12 {
            let moved = |by: f32| {
                let mut outputs = outputs;
                outputs[k] += by;
                pinball(&outputs, &y, &levels, share, None)
            };
            let slope = (moved(0.03125) - moved(-0.03125)) / 0.0625 * f64::from(share);
            assert!((slope - f64::from(gradient[k])).abs() < 1e-3, "{k}: {slope} {}", gradient[k]);
        }
        assert_eq!(gradient[8..], [0.0; 4], "nothing comes from a target that is absent");
    }
}
