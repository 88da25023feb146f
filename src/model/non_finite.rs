//! Where in a pass a number first stopped being finite. Looks at what a pass has left in its tape, in the order in
//! which it was computed; only asked when something has gone wrong.

use super::block::Block;
use super::cell;
use super::direction::Direction;
use super::network::{Network, Tape};
use super::recurrence;

/// A number that is not finite, and where it stands.
#[derive(Clone, Debug, PartialEq)]
pub struct Spot {
    /// What it is one of: `input`, `gate f`, `cell state`, `hidden state`, `output`…
    pub what: String,
    /// The gate it belongs to.
    pub gate: Option<&'static str>,
    /// The recurrent layer, from 0.
    pub layer: Option<usize>,
    /// Which way that walks.
    pub direction: Option<Direction>,
    /// The sequence, as a row of the block.
    pub row: usize,
    /// The timestep, from 0.
    pub step: usize,
    /// Its place among its like: feature, hidden unit, output.
    pub unit: usize,
    /// The number.
    pub value: f32,
}

/// A tensor of steps, `[T, B, width]`, and what its columns are: so many units, of each gate where there are some.
struct Steps<'a> {
    values: &'a [f32],
    units: usize,
    what: &'a str,
    gates: &'static [&'static str],
    /// Slots before that of step 0.
    shift: usize,
}

impl Steps<'_> {
    /// The first number that is not finite in the live rows of step `t`.
    fn look(&self, block: &Block, t: usize) -> Option<Spot> {
        let width = self.units * self.gates.len().max(1);
        if self.values.is_empty() || width == 0 {
            return None;
        }
        let start = (t + self.shift) * block.rows() * width;
        let live = &self.values[start..start + block.live(t) * width];
        let at = live.iter().position(|value| !value.is_finite())?;
        let column = at % width;
        let gate = self.gates.get(column / self.units).copied();
        Some(Spot {
            what: gate.map_or(self.what.to_owned(), |gate| format!("{} {gate}", self.what)),
            gate,
            layer: None,
            direction: None,
            row: at / width,
            step: t,
            unit: column % self.units,
            value: live[at],
        })
    }
}

impl Network {
    /// The first number of a forward pass that is not finite.
    pub fn spot_forward(&self, block: &Block, tape: &Tape) -> Option<Spot> {
        let steps = block.steps();
        let inputs = one(block.inputs(), block.numbers(), "input");
        let found = (0..steps).find_map(|t| inputs.look(block, t));
        let in_layers = || {
            let mut layers = tape.layers.iter().enumerate();
            layers.find_map(|(k, layer)| {
                self.of_layer_spot(k, &layer.directions, |direction, tape| {
                    let seen = self.forward_steps(direction, tape);
                    let mut times = (0..steps).map(|k| direction.time(k, steps));
                    times.find_map(|t| seen.iter().find_map(|steps| steps.look(block, t)))
                })
            })
        };
        found.or_else(in_layers).or_else(|| self.output_spot(block, tape.output(), "output"))
    }

    /// The first number of the way back that is not finite; to be asked after `backward`.
    pub fn spot_backward(&self, block: &Block, tape: &Tape) -> Option<Spot> {
        let steps = block.steps();
        let slope = "gradient of the loss with respect to an output";
        let in_layers = || {
            let mut layers = tape.layers.iter().enumerate().rev();
            layers.find_map(|(k, layer)| {
                self.of_layer_spot(k, &layer.directions, |direction, tape| {
                    let seen = self.backward_steps(tape);
                    let mut times = (0..steps).rev().map(|k| direction.time(k, steps));
                    times.find_map(|t| seen.iter().find_map(|steps| steps.look(block, t)))
                })
            })
        };
        self.output_spot(block, &tape.dy, slope).or_else(in_layers)
    }

    fn of_layer_spot(
        &self,
        layer: usize,
        tapes: &[recurrence::Tape],
        look: impl Fn(Direction, &recurrence::Tape) -> Option<Spot>,
    ) -> Option<Spot> {
        let directions = [Direction::Forward, Direction::Reverse];
        tapes.iter().zip(directions).find_map(|(tape, direction)| {
            let spot = look(direction, tape)?;
            Some(Spot { layer: Some(layer), direction: Some(direction), ..spot })
        })
    }

    /// Outputs stand at every step, or once per sequence: at its end.
    fn output_spot(&self, block: &Block, values: &[f32], what: &str) -> Option<Spot> {
        let outputs = self.architecture().outputs;
        if values.len() == block.steps() * block.rows() * outputs {
            let values = one(values, outputs, what);
            return (0..block.steps()).find_map(|t| values.look(block, t));
        }
        let at = values.iter().position(|value| !value.is_finite())?;
        let (row, what) = (at / outputs, what.to_owned());
        let step = block.lengths()[row] - 1;
        let (gate, layer, direction, value) = (None, None, None, values[at]);
        Some(Spot { what, gate, layer, direction, row, step, unit: at % outputs, value })
    }

    /// What a step leaves, in the order of its equations.
    fn forward_steps<'a>(
        &self,
        direction: Direction,
        tape: &'a recurrence::Tape,
    ) -> [Steps<'a>; 4] {
        let (cell, hidden) = (self.architecture().cell, self.architecture().hidden);
        let (_, write) = direction.slots();
        let gates = cell::gate_names(cell);
        let state = |values: &'a [f32], what| Steps { shift: write, ..one(values, hidden, what) };
        [
            Steps { gates, ..one(&tape.gates, hidden, "gate") },
            one(&tape.saved, hidden, "recurrent part of gate n"),
            state(&tape.c, "cell state"),
            state(&tape.h, "hidden state"),
        ]
    }

    fn backward_steps<'a>(&self, tape: &'a recurrence::Tape) -> [Steps<'a>; 2] {
        let (cell, hidden) = (self.architecture().cell, self.architecture().hidden);
        let gates = cell::gate_names(cell);
        [
            Steps { gates, ..one(&tape.gates, hidden, "gradient of the input half of gate") },
            Steps { gates, ..one(&tape.dh_proj, hidden, "gradient of the recurrent half of gate") },
        ]
    }
}

fn one<'a>(values: &'a [f32], units: usize, what: &'a str) -> Steps<'a> {
    Steps { values, units, what, gates: &[], shift: 0 }
}

#[cfg(test)]
#[path = "non_finite_tests.rs"]
mod tests;
