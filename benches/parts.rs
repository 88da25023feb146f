//! The parts that training and prediction are made of, each by itself: `cargo bench --bench parts`, or with a word of
//! a name behind `--`. Flops and bytes are counted, so the last lines of each part are rates.

use std::path::Path;

use divan::counter::{BytesCount, ItemsCount};
use divan::{Bencher, black_box};
use rnn::config::{Cell, Config, Head, Nonlinearity};
use rnn::data::{Encoder, Table, Vocabularies};
use rnn::kernel::{Columns, Packed, Rows, Start, StepForward, add_outer, functions};
use rnn::model::{Architecture, Block, InputShape, Network, Read, Weights, cell, initial_params};
use rnn::random::{self, Purpose};

fn main() {
    divan::main();
}

/// Numbers in [-0.5, 0.5).
fn numbers(count: usize) -> Vec<f32> {
    let word = |i| random::bits(1, Purpose::Data, [i, 0])[0];
    (0..count as u64).map(|i| random::uniform(word(i)) - 0.5).collect()
}

const CELLS: [Cell; 3] = [Cell::Rnn(Nonlinearity::Tanh), Cell::Lstm, Cell::Gru];

mod kernels {
    use super::*;

    /// h W_hh' of an lstm, one timestep of 16 or 32 rows, and of one row.
    #[divan::bench(args = [(1, 64), (16, 32), (16, 128), (32, 128), (32, 512)])]
    fn recurrent_product(bencher: Bencher, (rows, hidden): (usize, usize)) {
        let width = 4 * hidden;
        let (weight, h) = (numbers(width * hidden), numbers(rows * hidden));
        let bias = numbers(width);
        let mut packed = Packed::new();
        packed.pack_transposed(&weight, width, hidden);
        let mut c = vec![0.0; rows * width];
        bencher.counter(ItemsCount::new(2 * rows * hidden * width)).bench_local(|| {
            packed.product(black_box(&h), rows, Start::Row(&bias), &mut c);
        });
    }

    /// Packing the same weights, which happens once per update.
    #[divan::bench(args = [32, 128, 512])]
    fn packing(bencher: Bencher, hidden: usize) {
        let weight = numbers(4 * hidden * hidden);
        let mut packed = Packed::new();
        bencher.counter(ItemsCount::new(weight.len())).bench_local(|| {
            packed.pack_transposed(black_box(&weight), 4 * hidden, hidden);
        });
    }

    /// A weight gradient over 96 timesteps of 16 rows: units by features.
    #[divan::bench(args = [(128, 7), (128, 32), (256, 128), (256, 512)])]
    fn weight_gradient(bencher: Bencher, (units, features): (usize, usize)) {
        let rows = Rows { steps: 96, stride: 16, first: 0, count: 16 };
        let (d, x) = (numbers(96 * 16 * units), numbers(96 * 16 * features));
        let (d, x) = (Columns::all(&d, units), Columns::all(&x, features));
        let mut out = vec![0.0; units * features];
        bencher.counter(ItemsCount::new(2 * 96 * 16 * units * features)).bench_local(|| {
            add_outer(black_box(&d), &x, rows, &mut out);
        });
    }

    /// The pointwise half of one timestep of 16 rows, in values of h.
    #[divan::bench(args = CELLS)]
    fn gates(bencher: Bencher, kind: Cell) {
        let (rows, hidden) = (16, 64);
        let (units, gates) = (rows * hidden, cell::gates(kind));
        let (mut gates, h_proj) = (numbers(units * gates), numbers(units * gates));
        let state = if cell::has_cell_state(kind) { units } else { 0 };
        let (h_prev, c_prev) = (numbers(units), numbers(state));
        let (mut h, mut c) = (vec![0.0; units], vec![0.0; state]);
        let mut saved = vec![0.0; units * cell::saved(kind)];
        bencher.counter(ItemsCount::new(units)).bench_local(|| {
            let step = StepForward {
                rows,
                hidden,
                gates: black_box(&mut gates),
                h_proj: &h_proj,
                h_prev: &h_prev,
                c_prev: &c_prev,
                h: &mut h,
                c: &mut c,
                saved: &mut saved,
            };
            cell::forward(kind, step);
        });
    }

    /// 1024 values, vectorised as in the gates.
    #[divan::bench(args = ["exp", "ln", "sigmoid", "tanh", "sin", "cos"])]
    fn function(bencher: Bencher, name: &str) {
        let (from, mut values) = (numbers(1024), numbers(1024));
        bencher.counter(ItemsCount::new(values.len())).bench_local(|| {
            values.copy_from_slice(black_box(&from));
            match name {
                "exp" => functions::apply(functions::exp, &mut values),
                "ln" => functions::apply(functions::ln, &mut values),
                "sigmoid" => functions::apply(functions::sigmoid, &mut values),
                "tanh" => functions::apply(functions::tanh, &mut values),
                "sin" => functions::apply(functions::sin, &mut values),
                _ => functions::apply(functions::cos, &mut values),
            }
            black_box(&mut values);
        });
    }
}

mod passes {
    use super::*;

    fn network(kind: Cell, hidden: usize) -> Network {
        Network::new(Architecture {
            cell: kind,
            directions: 1,
            layers: 1,
            input: InputShape::numbers(7),
            hidden,
            outputs: 1,
            head: Head::Linear,
            read: Read::EveryStep,
            dropout: 0.0,
            input_dropout: 0.0,
        })
    }

    /// 16 sequences of some length there and back, in timesteps.
    fn pass(bencher: Bencher, kind: Cell, hidden: usize, steps: usize, dead: bool) {
        let network = network(kind, hidden);
        let mut params = initial_params(&network, 1);
        if dead {
            // Nothing but a decaying state: biases would keep it alive.
            let entries = network.layout().entries().to_vec();
            for bias in entries.iter().filter(|entry| entry.name.contains("bias")) {
                params.as_mut_slice()[bias.range()].fill(0.0);
            }
        }
        let weights = Weights::new(&network, &params);
        let mut block = Block::default();
        block.reset(&[steps; 16], &InputShape::numbers(7));
        let living = if dead { steps.min(20) } else { steps };
        for t in 0..living {
            (0..16).for_each(|row| block.step_mut(t, row).copy_from_slice(&numbers(7)));
        }
        let mut tape = network.tape();
        bencher.counter(ItemsCount::new(16 * steps)).bench_local(|| {
            network.forward(&weights, &block, None, &mut tape);
            let (_, dy) = tape.output_gradient();
            dy.fill(0.0);
            dy[16 * (living - 1)..16 * living].fill(1.0);
            network.backward(&weights, &block, &mut tape);
        });
    }

    #[divan::bench(args = CELLS)]
    fn there_and_back(bencher: Bencher, kind: Cell) {
        pass(bencher, kind, 32, 96, false);
    }

    /// 2000 timesteps of living inputs.
    #[divan::bench(args = CELLS)]
    fn long_and_living(bencher: Bencher, kind: Cell) {
        pass(bencher, kind, 32, 2000, false);
    }

    /// The same with inputs that die after 20: decaying states would become denormal, and many times slower.
    #[divan::bench(args = CELLS)]
    fn long_and_dead(bencher: Bencher, kind: Cell) {
        pass(bencher, kind, 32, 2000, true);
    }
}

mod rows {
    use super::*;

    const CONFIG: &str = r#"{
        "data": {"path": "made-up.csv", "time": "time", "targets": ["x0", "x1", "x2", "x3", "x4", "x5", "x6"]},
        "task": {"type": "forecast"}, "model": {"topology": "single", "cell": "gru"}
    }"#;

    /// CSV text to a table: eight columns, one of them a time.
    #[divan::bench]
    fn csv(bencher: Bencher) {
        let config =
            Config::parse(CONFIG, "benches/parts.rs", Path::new(""), &[]).expect("a config");
        let roles = Encoder::new(&config, Vocabularies::default()).roles;
        let mut text = String::from("time,x0,x1,x2,x3,x4,x5,x6\n");
        for (row, values) in numbers(7 * 20_000).chunks_exact(7).enumerate() {
            text += &format!("2024-{:02}-{:02}", 1 + row / 28 / 1440, 1 + row / 1440 % 28);
            text += &format!(" {:02}:{:02}:00", row / 60 % 24, row % 60);
            values.iter().for_each(|x| text += &format!(",{:.6}", 20.0 + x));
            text.push('\n');
        }
        bencher.counter(BytesCount::new(text.len())).bench_local(|| {
            Table::read_stream(text.as_bytes(), Path::new("-"), "made up", &roles).expect("a table")
        });
    }
}
