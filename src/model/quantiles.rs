//! Outputs as quantiles that cannot cross: the median's own output is the median, and every other quantile lies
//! softplus(o) = ln(1 + e^o) beyond its neighbour on the median's side.

use crate::kernel::scalar;

/// The quantiles of one target's outputs, ascending; `median` is the place of the median.
pub fn quantiles(outputs: &[f32], median: usize, values: &mut [f64]) {
    values[median] = f64::from(outputs[median]);
    for k in median + 1..outputs.len() {
        values[k] = values[k - 1] + softplus(outputs[k]);
    }
    for k in (0..median).rev() {
        values[k] = values[k + 1] - softplus(outputs[k]);
    }
}

/// The way back: from the slopes `d` of the quantiles to those of the outputs, in place.
pub fn quantiles_backward(outputs: &[f32], median: usize, d: &mut [f64]) {
    // An output moves its own quantile and all beyond it; the median's moves every one.
    for k in (median..outputs.len() - 1).rev() {
        d[k] += d[k + 1];
    }
    for k in 1..median {
        d[k] += d[k - 1];
    }
    if median > 0 {
        d[median] += d[median - 1];
    }
    for (k, (d, &output)) in d.iter_mut().zip(outputs).enumerate() {
        match k {
            k if k < median => *d *= -sigmoid(output),
            k if k > median => *d *= sigmoid(output),
            _ => {}
        }
    }
}

fn softplus(x: f32) -> f64 {
    let x = f64::from(x);
    x.max(0.0) + scalar::ln(1.0 + scalar::exp(-x.abs()))
}

/// The slope of softplus.
fn sigmoid(x: f32) -> f64 {
    1.0 / (1.0 + scalar::exp(-f64::from(x)))
}

#[cfg(test)]
mod tests {
    use super::*;

    const OUTPUTS: [f32; 5] = [-3.0, 0.5, 1.25, 40.0, -120.0];

    #[test]
    fn they_never_cross() {
        for median in 0..5 {
            let mut values = [0.0; 5];
            quantiles(&OUTPUTS, median, &mut values);
            assert!(values.is_sorted(), "{values:?}");
            assert_eq!(values[median], f64::from(OUTPUTS[median]));
        }
    }

    /// Against differences of a sum with weights of its own for each quantile.
    #[test]
    fn the_way_back_is_the_slope() {
        let outputs = [-3.0f32, 0.5, 1.25, 4.0, -2.0];
        let weights = [0.3, -1.0, 0.7, 2.0, -0.4];
        for median in 0..5 {
            let sum = |outputs: &[f32]| {
                let mut values = [0.0; 5];
                quantiles(outputs, median, &mut values);
                values.iter().zip(weights).map(|(v, w)| v * w).sum::<f64>()
            };
            let mut slopes = weights;
            quantiles_backward(&outputs, median, &mut slopes);
            for k in 0..5 {
                let moved = |by: f32| {
                    let mut outputs = outputs;
                    outputs[k] += by;
                    sum(&outputs)
                };
                let slope = (moved(0.0625) - moved(-0.0625)) / 0.125;
                assert!((slope - slopes[k]).abs() < 2e-3, "median {median}, output {k}: {slope} {}", slopes[k]);
            }
        }
    }
}
