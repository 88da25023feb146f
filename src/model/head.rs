//! The affine map from hidden states to outputs: `y = W h + b`.

use std::ops::Range;

use ndarray::{ArrayView2, ArrayViewMut2, Ix1, Ix2, s};

use super::params::{Layout, Slot, Tensors};
use crate::kernel;

#[derive(Clone, Debug)]
pub(super) struct Linear {
    pub(super) weight: Slot<Ix2>, // [outputs, input]
    pub(super) bias: Slot<Ix1>,   // [outputs]
}

impl Linear {
    pub(super) fn new(name: &str, input: usize, outputs: usize, layout: &mut Layout) -> Self {
        Self {
            weight: layout.add(format!("{name}.weight"), (outputs, input)),
            bias: layout.add(format!("{name}.bias"), outputs),
        }
    }

    /// `x` `[rows, input]` to `y` `[rows, outputs]`.
    pub(super) fn forward(&self, params: &Tensors, x: ArrayView2<f32>, mut y: ArrayViewMut2<f32>) {
        y.assign(&params.get(&self.bias));
        kernel::product(x, params.get(&self.weight).reversed_axes(), &mut y);
    }

    /// Overwrites `dx` with `dy W`.
    pub(super) fn backward(
        &self,
        params: &Tensors,
        dy: ArrayView2<f32>,
        mut dx: ArrayViewMut2<f32>,
    ) {
        dx.fill(0.0);
        kernel::product(dy, params.get(&self.weight), &mut dx);
    }
}

/// Adds `dy' x` for some rows of a weight: `grads` is that part of its gradient, `[units, input]`.
pub(super) fn add_weight_gradient(
    dy: ArrayView2<f32>,
    x: ArrayView2<f32>,
    units: Range<usize>,
    grads: &mut [f32],
) {
    let mut grads = ArrayViewMut2::from_shape((units.len(), x.ncols()), grads)
        .expect("a part is whole rows of its weight");
    kernel::product(dy.slice(s![.., units]).reversed_axes(), x, &mut grads);
}
