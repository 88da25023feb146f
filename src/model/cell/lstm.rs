//! Long short-term memory, x_proj = W_ih x + b_ih, h_proj = W_hh h + b_hh, gates i, f, g, o:
//!
//!   i = sigmoid(x_i + h_i)    f = sigmoid(x_f + h_f)    g = tanh(x_g + h_g)    o = sigmoid(x_o + h_o)
//!   c' = f * c + i * g
//!   h' = o * tanh(c')

use super::{d_sigmoid, d_tanh};
use crate::kernel::functions::{sigmoid, tanh};
use crate::kernel::lanes::{Block, WIDTH};
use crate::kernel::{Gates, StepBackward, StepForward, snap};

const I: usize = 0;
const F: usize = 1;
const G: usize = 2;
const O: usize = 3;
pub(super) const GATES: usize = 4;
/// The gates; tanh(c') is cheaper to compute again than to keep.
pub(super) const SAVED: usize = 4;

pub(super) struct Lstm;

impl Gates for Lstm {
    #[inline(always)]
    fn forward(&self, step: &mut StepForward<'_>, block: Block) {
        let mut gates = [[0.0; WIDTH]; GATES];
        for gate in [I, F, G, O] {
            let x = block.load(step.x_proj, gate, GATES);
            let h = block.load(step.h_proj, gate, GATES);
            for l in 0..WIDTH {
                let a = x[l] + h[l];
                gates[gate][l] = if gate == G { tanh(a) } else { sigmoid(a) };
            }
            block.store(step.saved, gate, SAVED, gates[gate]);
        }

        let mut c = block.load(step.c_prev, 0, 1);
        let mut h = [0.0; WIDTH];
        for l in 0..WIDTH {
            c[l] = snap(gates[F][l].mul_add(c[l], gates[I][l] * gates[G][l]));
            h[l] = snap(gates[O][l] * tanh(c[l]));
        }
        block.store(step.c, 0, 1, c);
        block.store(step.h, 0, 1, h);
    }

    #[inline(always)]
    fn backward(&self, step: &mut StepBackward<'_>, block: Block) {
        let [i, f, g, o] = [I, F, G, O].map(|gate| block.load(step.saved, gate, SAVED));
        let c_prev = block.load(step.c_prev, 0, 1);
        let c = block.load(step.c, 0, 1);
        let dh = block.load(step.dh, 0, 1);
        let mut dc = block.load(step.dc, 0, 1);
        let mut da = [[0.0; WIDTH]; GATES];
        for l in 0..WIDTH {
            let tanh_c = tanh(c[l]);
            dc[l] += dh[l] * o[l] * d_tanh(tanh_c);

            da[I][l] = snap(dc[l] * g[l] * d_sigmoid(i[l]));
            da[F][l] = snap(dc[l] * c_prev[l] * d_sigmoid(f[l]));
            da[G][l] = snap(dc[l] * i[l] * d_tanh(g[l]));
            da[O][l] = snap(dh[l] * tanh_c * d_sigmoid(o[l]));

            dc[l] = snap(dc[l] * f[l]);
        }
        for gate in [I, F, G, O] {
            block.store(step.dx_proj, gate, GATES, da[gate]);
        }
        block.store(step.dh, 0, 1, [0.0; WIDTH]);
        block.store(step.dc, 0, 1, dc);
    }
}
