//! Outputs as quantiles that cannot cross: the median's own output is the median, and every other quantile lies
//! softplus(o) = ln(1 + e^o) beyond its neighbour on the median's side.

use crate::kernel::functions::{apply, exp, ln, sigmoid};

/// How far each quantile lies from its neighbour: softplus of the outputs, in place.
pub fn distances(outputs: &mut [f32]) {
    apply(|x| x.max(0.0) + ln(1.0 + exp(-x.abs())), outputs);
}

/// The slopes of the distances, in place of the outputs.
pub fn distance_slopes(outputs: &mut [f32]) {
    apply(sigmoid, outputs);
}

/// The quantiles of one target, ascending, from its outputs and their distances; `median` is the place of the median.
pub fn quantiles(outputs: &[f32], distances: &[f32], median: usize, values: &mut [f64]) {
    values[median] = f64::from(outputs[median]);
    for k in median + 1..outputs.len() {
        values[k] = values[k - 1] + f64::from(distances[k]);
    }
    for k in (0..median).rev() {
        values[k] = values[k + 1] - f64::from(distances[k]);
    }
}

/// The way back: from the slopes `d` of the quantiles to those of the outputs, in place.
pub fn quantiles_backward(slopes: &[f32], median: usize, d: &mut [f64]) {
    // An output moves its own quantile and all beyond it; the median's moves every one.
    for k in (median..d.len() - 1).rev() {
        d[k] += d[k + 1];
    }
    for k in 1..=median {
        d[k] += d[k - 1];
    }
    for (k, (d, &slope)) in d.iter_mut().zip(slopes).enumerate() {
        match k {
            k if k < median => *d *= -f64::from(slope),
            k if k > median => *d *= f64::from(slope),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OUTPUTS: [f32; 5] = [-3.0, 0.5, 1.25, 40.0, -120.0];

    #[test]
    fn they_never_cross() {
        for median in 0..5 {
            let (mut values, mut apart) = ([0.0; 5], OUTPUTS);
            distances(&mut apart);
            quantiles(&OUTPUTS, &apart, median, &mut values);
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
                let (mut values, mut apart) = ([0.0; 5], outputs.to_vec());
                distances(&mut apart);
                quantiles(outputs, &apart, median, &mut values);
                values.iter().zip(weights).map(|(v, w)| v * w).sum::<f64>()
            };
            let (mut slopes, mut of_distances) = (weights, outputs);
            distance_slopes(&mut of_distances);
            quantiles_backward(&of_distances, median, &mut slopes);
            for k in 0..5 {
                let moved = |by: f32| {
                    let mut outputs = outputs;
                    outputs[k] += by;
                    sum(&outputs)
                };
                let slope = (moved(0.0625) - moved(-0.0625)) / 0.125;
                assert!(
                    (slope - slopes[k]).abs() < 2e-3,
                    "median {median}, output {k}: {slope} {}",
                    slopes[k]
                );
            }
        }
    }
}
