//! Elman network, x_proj = W_ih x + b_ih, h_proj = W_hh h + b_hh:
//!
//!   h' = tanh(x_proj + h_proj)    or    h' = max(0, x_proj + h_proj)
//!
//! Both derivatives follow from h', so nothing is saved.

use super::d_tanh;
use crate::kernel::functions::tanh;
use crate::kernel::lanes::{Block, WIDTH};
use crate::kernel::{Gates, StepBackward, StepForward, snap};

/// With the hyperbolic tangent.
pub(super) struct Tanh;

/// With max(0, x); its derivative at 0 is 0, as in PyTorch.
pub(super) struct Relu;

/// A function and its derivative, given its value.
trait Activation {
    fn value(x: f32) -> f32;
    fn derivative(y: f32) -> f32;
}

impl Activation for Tanh {
    #[inline(always)]
    fn value(x: f32) -> f32 {
        tanh(x)
    }

    #[inline(always)]
    fn derivative(y: f32) -> f32 {
        d_tanh(y)
    }
}

impl Activation for Relu {
    /// NaN stays NaN, or a diverged network would look healthy.
    #[inline(always)]
    fn value(x: f32) -> f32 {
        if x < 0.0 { 0.0 } else { x }
    }

    #[inline(always)]
    fn derivative(y: f32) -> f32 {
        if y > 0.0 { 1.0 } else { 0.0 }
    }
}

impl<A: Activation> Gates for A {
    #[inline(always)]
    fn forward(&self, step: &mut StepForward<'_>, block: Block) {
        let mut h = block.load(step.gates, 0, 1);
        let h_proj = block.load(step.h_proj, 0, 1);
        for l in 0..WIDTH {
            h[l] = snap(A::value(h[l] + h_proj[l]));
        }
        block.store(step.h, 0, 1, h);
    }

    #[inline(always)]
    fn backward(&self, step: &mut StepBackward<'_>, block: Block) {
        let h = block.load(step.h, 0, 1);
        let mut da = block.load(step.dh, 0, 1);
        for l in 0..WIDTH {
            da[l] = snap(da[l] * A::derivative(h[l]));
        }
        block.store(step.gates, 0, 1, da);
        block.store(step.dh, 0, 1, [0.0; WIDTH]);
    }
}
