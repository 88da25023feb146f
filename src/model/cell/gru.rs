//! Gated recurrent unit, x_proj = W_ih x + b_ih, h_proj = W_hh h + b_hh, gates r, z, n:
//!
//!   r = sigmoid(x_r + h_r)    z = sigmoid(x_z + h_z)
//!   n = tanh(x_n + r * h_n), that is tanh(W_in x + b_in + r * (W_hn h + b_hn))
//!   h' = (1 - z) * n + z * h

use super::{d_sigmoid, d_tanh};
use crate::kernel::functions::{sigmoid, tanh};
use crate::kernel::lanes::{self, Block, WIDTH};
use crate::kernel::{Gates, StepBackward, StepForward, snap};

const R: usize = 0;
const Z: usize = 1;
const N: usize = 2;
pub(super) const GATES: usize = 3;
/// Kept beside the gates: h_n, the candidate's recurrent part before the reset.
pub(super) const SAVED: usize = 1;

pub(super) struct Gru;

impl Gates for Gru {
    #[inline(always)]
    fn forward(&self, step: &mut StepForward<'_>, block: Block) {
        let x = block.load(step.gates, R, GATES);
        let h = block.load(step.h_proj, R, GATES);
        let r = lanes::each_sum(sigmoid, x, h);
        let x = block.load(step.gates, Z, GATES);
        let h = block.load(step.h_proj, Z, GATES);
        let z = lanes::each_sum(sigmoid, x, h);
        let h_n = block.load(step.h_proj, N, GATES);
        let mut n = block.load(step.gates, N, GATES);
        for l in 0..WIDTH {
            n[l] = r[l].mul_add(h_n[l], n[l]);
        }
        let n = lanes::each(tanh, n);
        let mut h = block.load(step.h_prev, 0, 1);
        for l in 0..WIDTH {
            h[l] = snap((1.0 - z[l]).mul_add(n[l], z[l] * h[l]));
        }
        block.store(step.h, 0, 1, h);
        block.store(step.gates, R, GATES, r);
        block.store(step.gates, Z, GATES, z);
        block.store(step.gates, N, GATES, n);
        block.store(step.saved, 0, SAVED, h_n);
    }

    #[inline(always)]
    fn backward(&self, step: &mut StepBackward<'_>, block: Block) {
        let r = block.load(step.gates, R, GATES);
        let z = block.load(step.gates, Z, GATES);
        let n = block.load(step.gates, N, GATES);
        let h_n = block.load(step.saved, 0, SAVED);
        let h_prev = block.load(step.h_prev, 0, 1);
        let mut dh = block.load(step.dh, 0, 1);
        let [mut da_r, mut da_z, mut da_n, mut dh_n] = [[0.0; WIDTH]; 4];
        for l in 0..WIDTH {
            da_z[l] = snap(dh[l] * (h_prev[l] - n[l]) * d_sigmoid(z[l]));
            da_n[l] = snap(dh[l] * (1.0 - z[l]) * d_tanh(n[l]));
            da_r[l] = snap(da_n[l] * h_n[l] * d_sigmoid(r[l]));
            dh_n[l] = snap(da_n[l] * r[l]);
            dh[l] = snap(dh[l] * z[l]);
        }
        block.store(step.gates, R, GATES, da_r);
        block.store(step.gates, Z, GATES, da_z);
        block.store(step.gates, N, GATES, da_n);
        block.store(step.dh_proj, R, GATES, da_r);
        block.store(step.dh_proj, Z, GATES, da_z);
        block.store(step.dh_proj, N, GATES, dh_n);
        block.store(step.dh, 0, 1, dh);
    }
}
