//! One timestep of a recurrent cell, pointwise: how the kernel walks a cell's gates over rows and
//! blocks of hidden units.

use super::lanes::{Block, WIDTH};
use super::simd::{self, Work};
use super::vector::Vector;

/// The pointwise half of a cell: forward and backward on blocks of hidden units. Implementations (and
/// what they call) must be `#[inline(always)]`, so that they are compiled for each instruction set.
pub trait Gates {
    /// Computes one block of `h`, `c`, `gates` and `saved`.
    fn forward(&self, step: &mut StepForward<'_>, block: Block);
    /// Computes one block of `dh`, `dc`, `gates` and `dh_proj`.
    fn backward(&self, step: &mut StepBackward<'_>, block: Block);
}

/// All live rows of one timestep, going forward. Arrays are contiguous, `[rows, n * hidden]`, with n =
/// the cell's gates for projections, its saved values for `saved`, else 1. The three lives of `gates` share their
/// memory, because they are the largest of all arrays and never needed together.
#[derive(Debug)]
pub struct StepForward<'a> {
    /// Sequences that are still running.
    pub rows: usize,
    /// Units of this layer and direction.
    pub hidden: usize,
    /// In: `b_ih + W_ih x_t`. Out: the gates, where the cell keeps them for backward.
    pub gates: &'a mut [f32],
    /// `b_hh + W_hh h_{t-1}`.
    pub h_proj: &'a [f32],
    /// `h_{t-1}`.
    pub h_prev: &'a [f32],
    /// `c_{t-1}`; empty unless the cell has one.
    pub c_prev: &'a [f32],
    /// Out: `h_t`.
    pub h: &'a mut [f32],
    /// Out: `c_t`; empty unless the cell has one.
    pub c: &'a mut [f32],
    /// Out: what backward needs besides the states and gates.
    pub saved: &'a mut [f32],
}

/// The same rows going back; shapes as in [`StepForward`].
#[derive(Debug)]
pub struct StepBackward<'a> {
    /// Sequences that were running.
    pub rows: usize,
    /// Units of this layer and direction.
    pub hidden: usize,
    /// `h_{t-1}`.
    pub h_prev: &'a [f32],
    /// `c_{t-1}`; empty unless the cell has one.
    pub c_prev: &'a [f32],
    /// `h_t`.
    pub h: &'a [f32],
    /// `c_t`; empty unless the cell has one.
    pub c: &'a [f32],
    /// What forward left there.
    pub saved: &'a [f32],
    /// In: dL/dh_t but for what comes from above, which is added before a cell sees it. Out: the part of
    /// dL/dh_{t-1} that does not pass through `h_proj`.
    pub dh: &'a mut [f32],
    /// In: dL/dc_t. Out: dL/dc_{t-1}. Empty unless the cell has `c`.
    pub dc: &'a mut [f32],
    /// In: what forward left there. Out: dL/dx_proj.
    pub gates: &'a mut [f32],
    /// Out: dL/dh_proj; empty for cells where it equals dL/dx_proj.
    pub dh_proj: &'a mut [f32],
}

/// dL/d(output) of the layer at one timestep, row by row; a direction's own columns begin at `column`.
#[derive(Clone, Copy, Debug)]
pub struct Above<'a> {
    /// `[rows, width]`.
    pub d_out: &'a [f32],
    /// Columns of both directions.
    pub width: usize,
    /// The first of this direction.
    pub column: usize,
}

impl Above<'_> {
    /// Adds its part of a row.
    #[inline(always)]
    fn add<V: Vector>(&self, row: usize, dh: &mut [f32]) {
        let d_out = &self.d_out[row * self.width + self.column..][..dh.len()];
        let (d_blocks, d_rest) = d_out.as_chunks::<WIDTH>();
        let (blocks, rest) = dh.as_chunks_mut::<WIDTH>();
        for (dh, d) in blocks.iter_mut().zip(d_blocks) {
            V::load(dh).add(V::load(d)).store(dh);
        }
        rest.iter_mut().zip(d_rest).for_each(|(dh, d)| *dh += d);
    }
}

/// Runs `gates` forward over one timestep.
pub fn forward<G: Gates>(gates: &G, step: StepForward<'_>) {
    simd::run(Forward { gates, step });
}

/// Adds to `step.dh` what comes from above, and runs `gates` backward over one timestep.
pub fn backward<G: Gates>(gates: &G, step: StepBackward<'_>, above: Above<'_>) {
    simd::run(Backward { gates, step, above });
}

struct Forward<'a, G> {
    gates: &'a G,
    step: StepForward<'a>,
}

impl<G: Gates> Work for Forward<'_, G> {
    #[inline(always)]
    fn run<V: Vector>(mut self) {
        let (rows, hidden) = (self.step.rows, self.step.hidden);
        let full = hidden - hidden % WIDTH;
        for row in 0..rows {
            for start in (0..full).step_by(WIDTH) {
                self.gates.forward(&mut self.step, Block::full(row, hidden, start));
            }
            if full < hidden {
                self.gates.forward(&mut self.step, Block::tail(row, hidden, full));
            }
        }
    }
}

struct Backward<'a, G> {
    gates: &'a G,
    step: StepBackward<'a>,
    above: Above<'a>,
}

impl<G: Gates> Work for Backward<'_, G> {
    #[inline(always)]
    fn run<V: Vector>(mut self) {
        let (rows, hidden) = (self.step.rows, self.step.hidden);
        for (row, dh) in self.step.dh.chunks_exact_mut(hidden).enumerate() {
            self.above.add::<V>(row, dh);
        }
        let full = hidden - hidden % WIDTH;
        for row in 0..rows {
            for start in (0..full).step_by(WIDTH) {
                self.gates.backward(&mut self.step, Block::full(row, hidden, start));
            }
            if full < hidden {
                self.gates.backward(&mut self.step, Block::tail(row, hidden, full));
            }
        }
    }
}
