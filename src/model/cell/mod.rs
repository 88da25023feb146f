//! The pointwise half of each recurrent cell. A cell knows no time, batch, direction or matrix; a new one
//! is a file and a variant of [`Cell`].

mod gru;
mod lstm;
mod rnn;
#[cfg(test)]
mod tests;

use crate::config::{Cell, Nonlinearity};
use crate::kernel::{self, Above, StepBackward, StepForward};

/// Gates stacked in the rows of the weights.
pub fn gates(cell: Cell) -> usize {
    match cell {
        Cell::Rnn(_) => 1,
        Cell::Lstm => lstm::GATES,
        Cell::Gru => gru::GATES,
    }
}

/// What they are called in the equations, in that order.
pub fn gate_names(cell: Cell) -> &'static [&'static str] {
    match cell {
        Cell::Rnn(_) => &["h"],
        Cell::Lstm => &["i", "f", "g", "o"],
        Cell::Gru => &["r", "z", "n"],
    }
}

/// Values per hidden unit that backward needs besides the states and the gates.
pub fn saved(cell: Cell) -> usize {
    match cell {
        Cell::Rnn(_) => 0,
        Cell::Lstm => lstm::SAVED,
        Cell::Gru => gru::SAVED,
    }
}

/// Whether there is a `c` beside `h`.
pub fn has_cell_state(cell: Cell) -> bool {
    cell == Cell::Lstm
}

/// Whether dL/dh_proj differs from dL/dx_proj, so that backward fills both.
pub fn separate_h_grad(cell: Cell) -> bool {
    cell == Cell::Gru
}

/// One timestep of all live rows: from projections and the state before to the state after.
pub fn forward(cell: Cell, step: StepForward<'_>) {
    match cell {
        Cell::Rnn(Nonlinearity::Tanh) => kernel::forward(&rnn::Tanh, step),
        Cell::Rnn(Nonlinearity::Relu) => kernel::forward(&rnn::Relu, step),
        Cell::Lstm => kernel::forward(&lstm::Lstm, step),
        Cell::Gru => kernel::forward(&gru::Gru, step),
    }
}

/// The same timestep back: from gradients of the state after to those of projections and the state before.
pub fn backward(cell: Cell, step: StepBackward<'_>, above: Above<'_>) {
    match cell {
        Cell::Rnn(Nonlinearity::Tanh) => kernel::backward(&rnn::Tanh, step, above),
        Cell::Rnn(Nonlinearity::Relu) => kernel::backward(&rnn::Relu, step, above),
        Cell::Lstm => kernel::backward(&lstm::Lstm, step, above),
        Cell::Gru => kernel::backward(&gru::Gru, step, above),
    }
}

/// Derivative of sigmoid, given its value.
#[inline(always)]
fn d_sigmoid(y: f32) -> f32 {
    y * (1.0 - y)
}

/// Derivative of tanh, given its value.
#[inline(always)]
fn d_tanh(y: f32) -> f32 {
    y.mul_add(-y, 1.0)
}
