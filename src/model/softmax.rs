//! Outputs as probabilities of classes: `p_k = exp(y_k) / sum of exp(y_j)`. All exponents are taken less the largest
//! output, so none overflows.

use crate::kernel::scalar;

/// The probabilities of some steps, `classes` outputs each.
pub fn softmax(outputs: &[f32], classes: usize, probabilities: &mut [f32]) {
    assert_eq!(outputs.len(), probabilities.len(), "a probability for every output");
    let steps = outputs.chunks_exact(classes).zip(probabilities.chunks_exact_mut(classes));
    for (y, p) in steps {
        let (_, sum) = exponentials(y, p);
        p.iter_mut().for_each(|p| *p = (f64::from(*p) / sum) as f32);
    }
}

/// `exp(y - largest)`, rounded; the largest of `y`, and the sum before rounding, from the first on.
pub(crate) fn exponentials(y: &[f32], out: &mut [f32]) -> (f32, f64) {
    let largest = y.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let mut sum = 0.0;
    for (out, &y) in out.iter_mut().zip(y) {
        let power = scalar::exp(f64::from(y) - f64::from(largest));
        *out = power as f32;
        sum += power;
    }
    (largest, sum)
}
