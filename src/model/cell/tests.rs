//! Cells against their equations in f64, against central differences, and level against level.

use super::*;
use crate::kernel::at_each_level;
use crate::random::{self, Purpose};

const CELLS: [Cell; 4] =
    [Cell::Rnn(Nonlinearity::Tanh), Cell::Rnn(Nonlinearity::Relu), Cell::Lstm, Cell::Gru];

/// Everything one timestep reads.
struct Inputs {
    rows: usize,
    hidden: usize,
    x_proj: Vec<f32>,
    h_proj: Vec<f32>,
    h_prev: Vec<f32>,
    c_prev: Vec<f32>,
}

/// Everything it writes, forward then backward with the given gradients of h and c.
struct Outputs {
    h: Vec<f32>,
    c: Vec<f32>,
    gates: Vec<f32>,
    saved: Vec<f32>,
    dh: Vec<f32>,
    dc: Vec<f32>,
    dx_proj: Vec<f32>,
    dh_proj: Vec<f32>,
}

impl Outputs {
    fn all(&self) -> [&[f32]; 8] {
        [
            &self.h,
            &self.c,
            &self.gates,
            &self.saved,
            &self.dh,
            &self.dc,
            &self.dx_proj,
            &self.dh_proj,
        ]
    }
}

/// Numbers in [-size, size), different for each `which`.
fn numbers(count: usize, size: f32, which: u64) -> Vec<f32> {
    let word = |i| random::bits(9, Purpose::Data, [i, which])[0];
    (0..count as u64).map(|i| (random::uniform(word(i)) * 2.0 - 1.0) * size).collect()
}

fn inputs(cell: Cell, rows: usize, hidden: usize, size: f32) -> Inputs {
    let units = rows * hidden;
    let state = if has_cell_state(cell) { units } else { 0 };
    Inputs {
        rows,
        hidden,
        x_proj: numbers(units * gates(cell), size, 0),
        h_proj: numbers(units * gates(cell), size, 1),
        h_prev: numbers(units, 1.0, 2),
        c_prev: numbers(state, 2.0, 3),
    }
}

fn step(cell: Cell, inputs: &Inputs, dh: &[f32], dc: &[f32]) -> Outputs {
    let Inputs { rows, hidden, x_proj, h_proj, h_prev, c_prev } = inputs;
    let (rows, hidden, units) = (*rows, *hidden, rows * hidden);
    let (mut h, mut c) = (vec![0.0; units], vec![0.0; c_prev.len()]);
    let mut saved = vec![0.0; units * saved(cell)];
    let mut gates = x_proj.clone();
    let forward_step = StepForward {
        rows,
        hidden,
        gates: &mut gates,
        h_proj,
        h_prev,
        c_prev,
        h: &mut h,
        c: &mut c,
        saved: &mut saved,
    };
    forward(cell, forward_step);

    // Half of dL/dh comes from above.
    let half: Vec<f32> = dh.iter().map(|d| 0.5 * d).collect();
    let above = Above { d_out: &half, width: hidden, column: 0 };
    let (mut dh, mut dc) = (half.clone(), dc.to_vec());
    let mut dx_proj = gates.clone();
    let mut dh_proj = vec![0.0; if separate_h_grad(cell) { h_proj.len() } else { 0 }];
    let backward_step = StepBackward {
        rows,
        hidden,
        h_prev,
        c_prev,
        h: &h,
        c: &c,
        saved: &saved,
        dh: &mut dh,
        dc: &mut dc,
        gates: &mut dx_proj,
        dh_proj: &mut dh_proj,
    };
    backward(cell, backward_step, above);
    Outputs { h, c, gates, saved, dh, dc, dx_proj, dh_proj }
}

/// One hidden unit by the book: (h', c') from its gates' projections, h and c.
#[allow(clippy::disallowed_methods)] // a reference in f64, by the standard library's functions
fn by_the_book(cell: Cell, x: &[f64], p: &[f64], h: f64, c: f64) -> (f64, f64) {
    let sigmoid = |x: f64| 1.0 / (1.0 + (-x).exp());
    match cell {
        Cell::Rnn(Nonlinearity::Tanh) => ((x[0] + p[0]).tanh(), c),
        Cell::Rnn(Nonlinearity::Relu) => ((x[0] + p[0]).max(0.0), c),
        Cell::Lstm => {
            let (i, f) = (sigmoid(x[0] + p[0]), sigmoid(x[1] + p[1]));
            let (g, o) = ((x[2] + p[2]).tanh(), sigmoid(x[3] + p[3]));
            let c = f * c + i * g;
            (o * c.tanh(), c)
        }
        Cell::Gru => {
            let (r, z) = (sigmoid(x[0] + p[0]), sigmoid(x[1] + p[1]));
            let n = (x[2] + r * p[2]).tanh();
            ((1.0 - z) * n + z * h, c)
        }
    }
}

fn assert_close(got: f32, want: f64, what: &str) {
    assert!((f64::from(got) - want).abs() < 2e-6, "{what}: {got}, not {want}");
}

/// Every output of every cell, on a hidden size with a full block and a tail.
#[test]
fn values_and_gradients_follow_the_equations() {
    const STEP: f64 = 1e-5;
    for cell in CELLS {
        let (rows, hidden) = (3, 21);
        let inputs = inputs(cell, rows, hidden, 1.5);
        let dh = numbers(rows * hidden, 1.0, 4);
        let dc = numbers(inputs.c_prev.len(), 1.0, 5);
        let out = step(cell, &inputs, &dh, &dc);
        let gates = gates(cell);
        for unit in 0..rows * hidden {
            let (row, column) = (unit / hidden, unit % hidden);
            let at = |gate| (row * gates + gate) * hidden + column;
            let read = |array: &[f32], at: usize| array.get(at).map_or(0.0, |x| f64::from(*x));
            // Arguments in the order x_proj, h_proj, h, c.
            let mut arguments: Vec<f64> = (0..gates).map(|g| read(&inputs.x_proj, at(g))).collect();
            arguments.extend((0..gates).map(|g| read(&inputs.h_proj, at(g))));
            arguments.extend([read(&inputs.h_prev, unit), read(&inputs.c_prev, unit)]);
            let value = |a: &[f64]| {
                by_the_book(cell, &a[..gates], &a[gates..2 * gates], a[2 * gates], a[2 * gates + 1])
            };
            let slope = |argument: usize| {
                let [up, down] = [STEP, -STEP].map(|change| {
                    let mut changed = arguments.clone();
                    changed[argument] += change;
                    let (h, c) = value(&changed);
                    h * read(&dh, unit) + c * read(&dc, unit)
                });
                (up - down) / (2.0 * STEP)
            };

            let what = format!("{cell:?}, row {row}, unit {column}");
            let (h, c) = value(&arguments);
            assert_close(out.h[unit], h, &what);
            assert_close(out.dh[unit], slope(2 * gates), &what);
            if has_cell_state(cell) {
                assert_close(out.c[unit], c, &what);
                assert_close(out.dc[unit], slope(2 * gates + 1), &what);
            }
            for gate in 0..gates {
                assert_close(out.dx_proj[at(gate)], slope(gate), &what);
                if separate_h_grad(cell) {
                    assert_close(out.dh_proj[at(gate)], slope(gates + gate), &what);
                }
            }
        }
    }
}

/// All instruction sets, and rows alone or together, give the same bits.
#[test]
fn bits_do_not_depend_on_level_or_rows() {
    let same = |a: &[f32], b: &[f32]| {
        a.len() == b.len() && a.iter().zip(b).all(|(x, y)| x.to_bits() == y.to_bits())
    };
    for cell in CELLS {
        for hidden in [1, 15, 16, 17, 40, 64] {
            let inputs = inputs(cell, 5, hidden, 12.0);
            let dh = numbers(5 * hidden, 1.0, 4);
            let dc = numbers(inputs.c_prev.len(), 1.0, 5);
            let levels = at_each_level(|| step(cell, &inputs, &dh, &dc));
            for other in &levels[1..] {
                for (a, b) in levels[0].all().into_iter().zip(other.all()) {
                    assert!(same(a, b), "{cell:?}, {hidden} units: {a:?} {b:?}");
                }
            }

            let row = |array: &[f32], row: usize| {
                let width = array.len() / 5;
                array[row * width..(row + 1) * width].to_vec()
            };
            let alone = Inputs {
                rows: 1,
                hidden,
                x_proj: row(&inputs.x_proj, 3),
                h_proj: row(&inputs.h_proj, 3),
                h_prev: row(&inputs.h_prev, 3),
                c_prev: row(&inputs.c_prev, 3),
            };
            let alone = step(cell, &alone, &row(&dh, 3), &row(&dc, 3));
            for (a, b) in levels[0].all().into_iter().zip(alone.all()) {
                assert!(same(&row(a, 3), b), "{cell:?}, {hidden} units, row 3");
            }
        }
    }
}

/// What has decayed becomes 0, and what is not a number stays so.
#[test]
fn tiny_values_become_zero_and_nan_stays() {
    for cell in CELLS {
        let mut inputs = inputs(cell, 1, 17, 1e-35);
        inputs.h_prev.fill(1e-33);
        inputs.c_prev.fill(1e-33);
        let out = step(cell, &inputs, &[1e-33; 17], &vec![1e-33; inputs.c_prev.len()]);
        for array in [&out.h, &out.c, &out.dh, &out.dc, &out.dx_proj, &out.dh_proj] {
            assert!(array.iter().all(|x| *x == 0.0), "{cell:?}: {array:?}");
        }

        inputs.x_proj.fill(f32::NAN);
        let out = step(cell, &inputs, &[1.0; 17], &vec![1.0; inputs.c_prev.len()]);
        assert!(out.h.iter().chain(&out.c).all(|x| x.is_nan()), "{cell:?}");
    }
}

/// PyTorch's convention: the derivative of max(0, x) at 0 is 0.
#[test]
fn relu_is_flat_at_zero() {
    let inputs = Inputs {
        rows: 1,
        hidden: 1,
        x_proj: vec![0.0],
        h_proj: vec![0.0],
        h_prev: vec![1.0],
        c_prev: vec![],
    };
    assert_eq!(step(Cell::Rnn(Nonlinearity::Relu), &inputs, &[1.0], &[]).dx_proj, [0.0]);
}
