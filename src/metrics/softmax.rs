//! From the outputs of a network to probabilities of classes: p_k = exp(y_k) / sum exp(y_j).
//!
//! The greatest output is subtracted first, so that no exp overflows; sums go from the first class to the last.

use crate::kernel::scalar::{exp, ln};

/// The place of the greatest output; the first of equals.
pub fn greatest(outputs: &[f32]) -> usize {
    let mut best = 0;
    for (k, y) in outputs.iter().enumerate() {
        if *y > outputs[best] {
            best = k;
        }
    }
    best
}

/// ln sum exp(y - greatest), and the greatest.
fn log_sum(outputs: &[f32]) -> (f64, f64) {
    let top = f64::from(outputs[greatest(outputs)]);
    let sum: f64 = outputs.iter().map(|&y| exp(f64::from(y) - top)).sum();
    (ln(sum), top)
}

/// ln p of one class, in nats; exact also where p is too small for a number.
pub fn log_probability(outputs: &[f32], class: usize) -> f64 {
    let (log_sum, top) = log_sum(outputs);
    f64::from(outputs[class]) - top - log_sum
}

/// The probability of every class.
pub fn probabilities(outputs: &[f32]) -> impl Iterator<Item = f32> + '_ {
    let (log_sum, top) = log_sum(outputs);
    outputs.iter().map(move |&y| exp(f64::from(y) - top - log_sum) as f32)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn by_hand() {
        // exp of 0, ln 2, ln 5: in all 8.
        let outputs = [0.0, ln(2.0) as f32, ln(5.0) as f32];
        let p: Vec<f32> = probabilities(&outputs).collect();
        for (p, expected) in p.iter().zip([0.125, 0.25, 0.625]) {
            assert!((p - expected).abs() < 1e-7, "{p} {expected}");
        }
        assert!((log_probability(&outputs, 1) + ln(4.0)).abs() < 1e-7);
        assert_eq!(greatest(&outputs), 2);
    }

    #[test]
    fn huge_outputs_and_equal_ones() {
        let outputs = [1e30, -1e30, 1e30];
        assert_eq!(probabilities(&outputs).collect::<Vec<_>>(), [0.5, 0.0, 0.5]);
        assert_eq!(greatest(&outputs), 0, "the first of equals");
        let apart = [0.0, 1000.0];
        assert_eq!(probabilities(&apart).collect::<Vec<_>>(), [0.0, 1.0]);
        assert_eq!(log_probability(&apart, 0), -1000.0, "not -inf");
        assert!(probabilities(&[f32::NAN, 0.0]).all(|p| p.is_nan()));
    }
}
