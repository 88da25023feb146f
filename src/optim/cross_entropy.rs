//! The log-loss of the class that came true.

use crate::kernel::scalar;
use crate::model::exponentials;

/// `-weight ln p` of one class among the outputs `y`, of which softmax makes p. Writes its slope, times `share`.
pub(super) fn log_loss(y: &[f32], class: usize, weight: f32, slope: &mut [f32], share: f32) -> f64 {
    let (largest, sum) = exponentials(y, slope);
    // d/dy_k = weight (p_k - [k is the class]).
    let factor = f64::from(weight * share);
    slope.iter_mut().for_each(|value| *value = (f64::from(*value) * (factor / sum)) as f32);
    slope[class] -= weight * share;
    f64::from(weight) * (scalar::ln(sum) + f64::from(largest) - f64::from(y[class]))
}
