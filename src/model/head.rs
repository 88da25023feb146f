//! The affine map from hidden states to outputs: `y = W h + b`.

use ndarray::{Ix1, Ix2};

use super::params::{First, Layout, Slot};
use super::weights::Affine;
use crate::kernel::Start;

#[derive(Clone, Debug)]
pub(super) struct Linear {
    pub(super) weight: Slot<Ix2>, // [outputs, input]
    pub(super) bias: Slot<Ix1>,   // [outputs]
}

impl Linear {
    pub(super) fn new(name: &str, input: usize, outputs: usize, layout: &mut Layout) -> Self {
        let first = First::Uniform { inputs: input };
        Self {
            weight: layout.add(format!("{name}.weight"), (outputs, input), first),
            bias: layout.add(format!("{name}.bias"), outputs, first),
        }
    }
}

impl Affine {
    /// `x` `[rows, input]` to `y` `[rows, outputs]`.
    pub(super) fn forward(&self, x: &[f32], rows: usize, y: &mut [f32]) {
        self.forward.product(x, rows, Start::Row(&self.bias), y);
    }

    /// Overwrites `dx` with `dy W`.
    pub(super) fn backward(&self, dy: &[f32], rows: usize, dx: &mut [f32]) {
        self.backward.product(dy, rows, Start::Zero, dx);
    }
}
