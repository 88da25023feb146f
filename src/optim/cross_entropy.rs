//! Classes: chances from outputs, and the log-loss of the class that came true.
//!
//! `chance_k = exp(y_k) / sum of exp(y_j)`; all exponents are taken less the largest output, so none overflows.

use crate::kernel::scalar;

/// Turns the outputs of some steps, `classes` each, into chances that sum to 1.
pub fn softmax(outputs: &[f32], classes: usize, chances: &mut [f32]) {
    assert_eq!(outputs.len(), chances.len(), "a chance for every output");
    for (y, chances) in outputs.chunks_exact(classes).zip(chances.chunks_exact_mut(classes)) {
        let (_, sum) = exponentials(y, chances);
        chances.iter_mut().for_each(|chance| *chance = (f64::from(*chance) / sum) as f32);
    }
}

/// `-weight ln chance` of one class among the outputs `y`. Writes its slope, times `share`, where it is wanted.
pub(super) fn log_loss(
    y: &[f32],
    class: usize,
    weight: f32,
    slope: Option<(&mut [f32], f32)>,
) -> f64 {
    let mut scratch = Vec::new();
    let (slope, share) = match slope {
        Some((slope, share)) => (slope, share),
        None => {
            scratch.resize(y.len(), 0.0);
            (&mut scratch[..], 0.0)
        }
    };
    let (largest, sum) = exponentials(y, slope);
    // d/dy_k = weight (chance_k - [k is the class]).
    let factor = f64::from(weight * share);
    for value in &mut *slope {
        *value = (f64::from(*value) * (factor / sum)) as f32;
    }
    slope[class] -= weight * share;
    f64::from(weight) * (scalar::ln(sum) + f64::from(largest) - f64::from(y[class]))
}

/// `exp(y - largest)`, rounded; the largest, and the sum before rounding, from the first on.
fn exponentials(y: &[f32], out: &mut [f32]) -> (f32, f64) {
    let largest = y.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let mut sum = 0.0;
    for (out, &y) in out.iter_mut().zip(y) {
        let e = scalar::exp(f64::from(y) - f64::from(largest));
        *out = e as f32;
        sum += e;
    }
    (largest, sum)
}
