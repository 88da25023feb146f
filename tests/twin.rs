//! The plain f64 twin that the other tests lean on is itself what PyTorch computes: outputs, final states, and
//! gradients by its central differences.

mod common;

use common::assert_close;
use common::reference::{count, counts, reference, tensor};
use common::twin::{Sequence, Twin, TwinCell, TwinInput, TwinState};
use serde_json::Value;

/// The files hold nine digits, of weights and inputs too.
const VALUES: f64 = 1e-7;
/// Central differences lose half of f64's sixteen.
const GRADIENTS: f64 = 1e-6;

fn twin(case: &Value) -> Twin {
    let cell = match case["cell"].as_str().unwrap() {
        "rnn_tanh" => TwinCell::Tanh,
        "rnn_relu" => TwinCell::Relu,
        "lstm" => TwinCell::Lstm,
        "gru" => TwinCell::Gru,
        other => panic!("{other}"),
    };
    let tensors = case["parameters"].as_object().unwrap();
    Twin {
        cell,
        layers: count(&case["layers"]),
        directions: count(&case["directions"]),
        hidden: count(&case["hidden_size"]),
        last: case["loss_steps"] == "last",
        parameters: tensors.iter().map(|(name, t)| (name.clone(), tensor(t).1)).collect(),
        embeddings: Vec::new(),
        encoders: Vec::new(),
    }
}

/// `(a, b, width)`: row `[i, j]`.
fn row(value: &Value, i: usize, j: usize) -> Vec<f64> {
    let (shape, values) = tensor(value);
    values[(i * shape[1] + j) * shape[2]..][..shape[2]].to_vec()
}

fn input(case: &Value, b: usize, length: usize, states: usize) -> TwinInput {
    let hidden = count(&case["hidden_size"]);
    let start = |name: &str, place| case.get(name).map_or(vec![0.0; hidden], |s| row(s, place, b));
    let state =
        |place| TwinState { h: start("initial_hidden", place), c: start("initial_cell", place) };
    TwinInput {
        inputs: (0..length).map(|t| row(&case["inputs"], b, t)).collect(),
        initial: (0..states).map(state).collect(),
        ..TwinInput::default()
    }
}

/// What is squared in the loss of contract section 3, per sequence; for `last` a single step.
fn targets(case: &Value, b: usize, length: usize) -> Sequence {
    if case["loss_steps"] == "last" {
        let (shape, values) = tensor(&case["targets"]);
        return vec![values[b * shape[1]..][..shape[1]].to_vec()];
    }
    (0..length).map(|t| row(&case["targets"], b, t)).collect()
}

#[test]
fn the_twin_is_pytorchs_network() {
    for case in reference("networks.json")["cases"].as_array().unwrap() {
        let mut twin = twin(case);
        let lengths = counts(&case["lengths"]);
        let what =
            format!("{:?}, {} layers, {} directions", twin.cell, twin.layers, twin.directions);
        let states = twin.layers * twin.directions;
        let (mut inputs, mut weights, mut loss) = (Vec::new(), Vec::new(), 0.0);
        for (b, &length) in lengths.iter().enumerate() {
            let input = input(case, b, length, states);
            let output = twin.run(&input);
            for (t, h) in output.hidden.iter().enumerate() {
                assert_close(&what, h, &row(&case["output"], b, t), VALUES);
            }
            for (k, state) in output.states.iter().enumerate() {
                assert_close(&what, &state.h, &row(&case["final_hidden"], k, b), VALUES);
                if twin.cell == TwinCell::Lstm {
                    assert_close(&what, &state.c, &row(&case["final_cell"], k, b), VALUES);
                }
            }
            // d/dy of mean over outputs, sum over steps, mean over sequences of (y - target)^2.
            let targets = targets(case, b, length);
            let outputs = targets[0].len() as f64;
            let each = |y: &Vec<f64>, target: &Vec<f64>| -> Vec<f64> {
                y.iter().zip(target).map(|(y, target)| y - target).collect()
            };
            let errors: Sequence =
                output.prediction.iter().zip(&targets).map(|(y, t)| each(y, t)).collect();
            let share = 1.0 / (outputs * lengths.len() as f64);
            loss += errors.iter().flatten().map(|e| e * e * share).sum::<f64>();
            weights
                .push(errors.iter().map(|e| e.iter().map(|e| 2.0 * e * share).collect()).collect());
            inputs.push(input);
        }
        assert_close(&what, &[loss], &[case["loss"].as_f64().unwrap()], VALUES);
        for (name, theirs) in case["gradients"].as_object().unwrap() {
            let theirs = tensor(theirs).1;
            let places: Vec<_> = (0..theirs.len()).collect();
            let numeric = twin.gradient(name, &places, &inputs, &weights);
            assert_close(&format!("{what}: gradient of {name}"), &numeric, &theirs, GRADIENTS);
        }
    }
}
