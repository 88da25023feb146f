//! Update rules as PyTorch defines them. They see parameters, gradients and moments as equally long
//! slices of the flat buffer; each element is updated by itself.

use crate::config::{Adam, Optimizer};
use crate::kernel::scalar::powi;

/// The moments an optimizer keeps, each as long as the parameters; and how many updates it has made.
#[derive(Clone, Debug, PartialEq)]
pub struct OptimizerState {
    /// Updates so far.
    pub step: u64,
    /// Momentum (sgd, rmsprop) or first moment (adam); empty where there is none.
    pub first: Vec<f32>,
    /// Second moment; empty for sgd.
    pub second: Vec<f32>,
    /// Mean gradient of a centered rmsprop, else empty.
    pub mean: Vec<f32>,
}

/// One update of a stretch of the flat buffer.
#[derive(Clone, Copy, Debug)]
pub struct Update {
    /// The rule.
    pub optimizer: Optimizer,
    /// This update's learning rate.
    pub learning_rate: f64,
}

impl OptimizerState {
    /// Zero moments for `len` parameters.
    pub fn new(optimizer: &Optimizer, len: usize) -> Self {
        let zeros = |wanted: bool| vec![0.0; if wanted { len } else { 0 }];
        let (first, second, mean) = match *optimizer {
            Optimizer::Sgd { momentum, .. } => (momentum != 0.0, false, false),
            Optimizer::Adam(_) | Optimizer::AdamW(_) => (true, true, false),
            Optimizer::RmsProp { momentum, centered, .. } => (momentum != 0.0, true, centered),
        };
        Self { step: 0, first: zeros(first), second: zeros(second), mean: zeros(mean) }
    }
}

/// Moments of the stretch of parameters that is being updated, and how many updates there have been.
struct Moments<'a> {
    step: u64,
    first: &'a mut [f32],
    second: &'a mut [f32],
    mean: &'a mut [f32],
}

impl Moments<'_> {
    /// Those of the first `len` parameters, and the rest.
    fn split(self, len: usize) -> (Self, Self) {
        // Moments that are not kept are empty.
        fn split(all: &mut [f32], len: usize) -> (&mut [f32], &mut [f32]) {
            all.split_at_mut(len.min(all.len()))
        }
        let (first, rest_first) = split(self.first, len);
        let (second, rest_second) = split(self.second, len);
        let (mean, rest_mean) = split(self.mean, len);
        (
            Moments { step: self.step, first, second, mean },
            Moments { step: self.step, first: rest_first, second: rest_second, mean: rest_mean },
        )
    }
}

/// Parameters one thread updates before it would share them with another.
const ALONE: usize = 1 << 15;

/// Optimizer moments this small are taken for zero: denormal numbers are many times slower.
fn flush(x: f32) -> f32 {
    if x.abs() < f32::MIN_POSITIVE { 0.0 } else { x }
}

impl Update {
    /// Moves `params` along `grads`.
    pub fn apply(&self, params: &mut [f32], grads: &[f32], state: &mut OptimizerState) {
        state.step += 1;
        let OptimizerState { step, first, second, mean } = state;
        self.share(params, grads, Moments { step: *step, first, second, mean });
    }

    /// Halves of a long stretch go to two threads: each element is updated by itself.
    fn share(&self, params: &mut [f32], grads: &[f32], mut state: Moments<'_>) {
        if params.len() <= ALONE {
            return self.stretch(params, grads, &mut state);
        }
        let half = params.len() / 2;
        let (params, rest_params) = params.split_at_mut(half);
        let (grads, rest_grads) = grads.split_at(half);
        let (state, rest_state) = state.split(half);
        rayon::join(
            || self.share(params, grads, state),
            || self.share(rest_params, rest_grads, rest_state),
        );
    }

    fn stretch(&self, params: &mut [f32], grads: &[f32], state: &mut Moments<'_>) {
        match self.optimizer {
            Optimizer::Sgd { momentum, nesterov, weight_decay, .. } => {
                self.sgd(params, grads, state, momentum as f32, nesterov, weight_decay as f32);
            }
            Optimizer::Adam(adam) => self.adam(params, grads, state, &adam, false),
            Optimizer::AdamW(adam) => self.adam(params, grads, state, &adam, true),
            Optimizer::RmsProp { .. } => self.rmsprop(params, grads, state),
        }
    }

    /// `b = momentum b + g` (the first time `b = g`); `p -= lr (g + momentum b)` for Nesterov, else `lr b`.
    fn sgd(
        &self,
        params: &mut [f32],
        grads: &[f32],
        state: &mut Moments<'_>,
        momentum: f32,
        nesterov: bool,
        weight_decay: f32,
    ) {
        let learning_rate = self.learning_rate as f32;
        for (j, (p, &g)) in params.iter_mut().zip(grads).enumerate() {
            let g = g + weight_decay * *p;
            let Some(b) = state.first.get_mut(j) else {
                *p -= learning_rate * g;
                continue;
            };
            *b = flush(momentum * *b + g);
            *p -= learning_rate * if nesterov { g + momentum * *b } else { *b };
        }
    }

    /// <https://arxiv.org/abs/1412.6980>; decoupled decay: <https://arxiv.org/abs/1711.05101>.
    fn adam(
        &self,
        params: &mut [f32],
        grads: &[f32],
        state: &mut Moments<'_>,
        adam: &Adam,
        decoupled: bool,
    ) {
        let (beta1, beta2) = adam.betas;
        // In f64 and from a whole number: right after any number of updates.
        let correction1 = 1.0 - powi(beta1, state.step);
        let correction2 = 1.0 - powi(beta2, state.step);
        let step_size = (self.learning_rate / correction1) as f32;
        let root = correction2.sqrt() as f32;
        let (keep1, keep2) = (beta1 as f32, beta2 as f32);
        let (take1, take2) = ((1.0 - beta1) as f32, (1.0 - beta2) as f32);
        let eps = adam.eps as f32;
        let decay = (1.0 - self.learning_rate * adam.weight_decay) as f32;
        let penalty = adam.weight_decay as f32;
        let moments = state.first.iter_mut().zip(state.second.iter_mut());
        for ((p, &g), (m, v)) in params.iter_mut().zip(grads).zip(moments) {
            let g = if decoupled {
                *p *= decay;
                g
            } else {
                g + penalty * *p
            };
            *m = flush(keep1 * *m + take1 * g);
            *v = flush(keep2 * *v + take2 * g * g);
            *p -= step_size * *m / (v.sqrt() / root + eps);
        }
    }

    /// Hinton's lecture 6e, in PyTorch's form.
    fn rmsprop(&self, params: &mut [f32], grads: &[f32], state: &mut Moments<'_>) {
        let Optimizer::RmsProp { alpha, eps, momentum, weight_decay, .. } = self.optimizer else {
            return;
        };
        let (keep, take) = (alpha as f32, (1.0 - alpha) as f32);
        let (eps, momentum, penalty) = (eps as f32, momentum as f32, weight_decay as f32);
        let learning_rate = self.learning_rate as f32;
        for (j, (p, &g)) in params.iter_mut().zip(grads).enumerate() {
            let g = g + penalty * *p;
            let v = &mut state.second[j];
            *v = flush(keep * *v + take * g * g);
            let spread = match state.mean.get_mut(j) {
                Some(mean) => {
                    *mean = flush(keep * *mean + take * g);
                    (*v - *mean * *mean).max(0.0)
                }
                None => *v,
            };
            let move_by = g / (spread.sqrt() + eps);
            match state.first.get_mut(j) {
                Some(b) => {
                    *b = flush(momentum * *b + move_by);
                    *p -= learning_rate * *b;
                }
                None => *p -= learning_rate * move_by,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Numbers of 32 bits stand still at 2^24, whole ones of 32 bits end at 2^32.
    #[test]
    fn updates_are_counted_beyond_24_and_32_bits() {
        let adam = Adam { learning_rate: 0.1, betas: (0.9, 0.999), eps: 1e-8, weight_decay: 0.0 };
        let update = Update { optimizer: Optimizer::Adam(adam), learning_rate: 0.1 };
        for middle in [1u64 << 24, 1 << 32, 1 << 53] {
            for step in middle - 2..middle + 2 {
                // Moments of a gradient that has been 0.5 for ever: each update moves by the learning rate.
                let mut state =
                    OptimizerState { step, first: vec![0.5], second: vec![0.25], mean: vec![] };
                let mut params = [1.0];
                update.apply(&mut params, &[0.5], &mut state);
                assert_eq!(state.step, step + 1);
                assert!((params[0] - 0.9).abs() < 1e-6, "{step}: {}", params[0]);
            }
        }
        // And the correction is right where it matters: after one update and after a thousand.
        for (step, moments) in
            [(0, (0.0, 0.0)), (999, (0.5, 0.25 * (1.0 - powi(0.999, 999)) as f32))]
        {
            let (first, second) = (vec![moments.0], vec![moments.1]);
            let mut state = OptimizerState { step, first, second, mean: vec![] };
            let mut params = [1.0];
            update.apply(&mut params, &[0.5], &mut state);
            assert!((params[0] - 0.9).abs() < 1e-5, "{step}: {}", params[0]);
        }
    }
}
