//! Long short-term memory, x_proj = W_ih x + b_ih, h_proj = W_hh h + b_hh, gates i, f, g, o:
//!
//!   i = sigmoid(x_i + h_i)    f = sigmoid(x_f + h_f)    g = tanh(x_g + h_g)    o = sigmoid(x_o + h_o)
//!   c' = f * c + i * g
//!   h' = o * tanh(c')

use super::{d_sigmoid, d_tanh};
use crate::kernel::functions::{sigmoid, tanh};
use crate::kernel::lanes::{self, Block, WIDTH};
use crate::kernel::{Gates, StepBackward, StepForward, snap};

const I: usize = 0;
const F: usize = 1;
const G: usize = 2;
const O: usize = 3;
pub(super) const GATES: usize = 4;
/// Nothing but the gates; tanh(c') is cheaper to compute again than to keep.
pub(super) const SAVED: usize = 0;

pub(super) struct Lstm;

impl Gates for Lstm {
    #[inline(always)]
    fn forward(&self, step: &mut StepForward<'_>, block: Block) {
        let x = block.load(step.gates, I, GATES);
        let h = block.load(step.h_proj, I, GATES);
        let i = lanes::each_sum(sigmoid, x, h);
        let x = block.load(step.gates, F, GATES);
        let h = block.load(step.h_proj, F, GATES);
        let f = lanes::each_sum(sigmoid, x, h);
        let x = block.load(step.gates, G, GATES);
        let h = block.load(step.h_proj, G, GATES);
        let g = lanes::each_sum(tanh, x, h);
        let x = block.load(step.gates, O, GATES);
        let h = block.load(step.h_proj, O, GATES);
        let o = lanes::each_sum(sigmoid, x, h);
        block.store(step.gates, I, GATES, i);
        block.store(step.gates, F, GATES, f);
        block.store(step.gates, G, GATES, g);
        block.store(step.gates, O, GATES, o);

        let mut c = block.load(step.c_prev, 0, 1);
        for l in 0..WIDTH {
            c[l] = snap(f[l].mul_add(c[l], i[l] * g[l]));
        }
        let mut h = lanes::each(tanh, c);
        for l in 0..WIDTH {
            h[l] = snap(o[l] * h[l]);
        }
        block.store(step.c, 0, 1, c);
        block.store(step.h, 0, 1, h);
    }

    #[inline(always)]
    fn backward(&self, step: &mut StepBackward<'_>, block: Block) {
        let i = block.load(step.gates, I, GATES);
        let f = block.load(step.gates, F, GATES);
        let g = block.load(step.gates, G, GATES);
        let o = block.load(step.gates, O, GATES);
        let c_prev = block.load(step.c_prev, 0, 1);
        let c = block.load(step.c, 0, 1);
        let dh = block.load(step.dh, 0, 1);
        let mut dc = block.load(step.dc, 0, 1);
        let tanh_c = lanes::each(tanh, c);
        let [mut da_i, mut da_f, mut da_g, mut da_o] = [[0.0; WIDTH]; GATES];
        for l in 0..WIDTH {
            dc[l] += dh[l] * o[l] * d_tanh(tanh_c[l]);
            da_i[l] = snap(dc[l] * g[l] * d_sigmoid(i[l]));
            da_f[l] = snap(dc[l] * c_prev[l] * d_sigmoid(f[l]));
            da_g[l] = snap(dc[l] * i[l] * d_tanh(g[l]));
            da_o[l] = snap(dh[l] * tanh_c[l] * d_sigmoid(o[l]));
            dc[l] = snap(dc[l] * f[l]);
        }
        block.store(step.gates, I, GATES, da_i);
        block.store(step.gates, F, GATES, da_f);
        block.store(step.gates, G, GATES, da_g);
        block.store(step.gates, O, GATES, da_o);
        block.store(step.dh, 0, 1, [0.0; WIDTH]);
        block.store(step.dc, 0, 1, dc);
    }
}
