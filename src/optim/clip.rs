//! Clipping by the norm of all gradients together, as `torch.nn.utils.clip_grad_norm_`.

/// The 2-norm, in f64 and in the order of the buffer: finite wherever the gradients are.
pub fn norm(gradients: &[f32]) -> f64 {
    gradients.iter().map(|&g| f64::from(g) * f64::from(g)).sum::<f64>().sqrt()
}

/// What gradients of this norm are multiplied by so as not to pass `max`; `None`: nothing.
pub fn clip_factor(norm: f64, max: f64) -> Option<f32> {
    let factor = max / (norm + 1e-6);
    (factor < 1.0).then_some(factor as f32)
}

/// Multiplies every gradient.
pub fn scale(gradients: &mut [f32], factor: f32) {
    gradients.iter_mut().for_each(|g| *g *= factor);
}
