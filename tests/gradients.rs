//! Every output, final state and gradient of the network against the plain f64 twin.

mod common;

use common::case::{CELLS, Case, flat, named, small, states_of};
use common::twin::{Sequence, TwinOutput};
use common::{Rng, assert_close, wide};
use rnn::config::Head;
use rnn::model::{Architecture, DropoutKey, InputShape, Read, State};

/// f32 against f64, relative to the largest value of a tensor.
const OUTPUTS: f64 = 1e-5;
const GRADIENTS: f64 = 1e-4;

/// Longest first: all of one step, all alike, and ragged down to a single step.
const LENGTHS: [&[usize]; 3] = [&[1, 1, 1], &[5, 5], &[7, 4, 4, 1]];

/// Outputs, states and gradients of a case against the twin's. `most`: places looked at per tensor.
fn compare(what: &str, case: &Case, masks: &[Vec<Sequence>], key: Option<DropoutKey>, most: usize) {
    let architecture = case.network.architecture().clone();
    let pass = case.pass(key, &mut case.network.tape());
    let mut twin = case.twin();
    let mut inputs = case.twin_inputs();
    for (row, input) in inputs.iter_mut().enumerate() {
        input.masks = masks.iter().map(|layer| layer[row].clone()).collect();
    }

    let theirs: Vec<_> = inputs.iter().map(|input| twin.run(input)).collect();
    let output = |y: &[f32], width| flat(&case.sequences(y, width));
    let hidden: Vec<_> = theirs.iter().map(|o| o.hidden.clone()).collect();
    let predictions: Vec<_> = theirs.iter().map(|o| o.prediction.clone()).collect();
    let width = architecture.directions * architecture.hidden;
    assert_close(&format!("{what}: hidden"), &output(&pass.hidden, width), &flat(&hidden), OUTPUTS);
    let y = output(&pass.y, architecture.outputs);
    assert_close(&format!("{what}: y"), &y, &flat(&predictions), OUTPUTS);
    compare_states(what, case, &pass.state, &theirs);

    let weights = case.sequences(&case.weights, architecture.outputs);
    for entry in case.network.layout().entries() {
        let ours = wide(pass.gradients.named(&entry.name).expect("a tensor of the layout"));
        let places: Vec<_> = (0..ours.len()).step_by(ours.len().div_ceil(most)).collect();
        let numeric = twin.gradient(&entry.name, &places, &inputs, &weights);
        let ours: Vec<_> = places.iter().map(|&place| ours[place]).collect();
        assert_close(&format!("{what}: gradient of {}", entry.name), &ours, &numeric, GRADIENTS);
    }
}

fn compare_states(what: &str, case: &Case, state: &State, theirs: &[TwinOutput]) {
    let hidden = case.network.architecture().hidden;
    for (row, theirs) in theirs.iter().enumerate() {
        for (k, ours) in states_of(state, row, case.block.rows(), hidden).iter().enumerate() {
            let what = format!("{what}: final state {k} of row {row}");
            assert_close(&what, &ours.h, &theirs.states[k].h, OUTPUTS);
            assert_close(&what, &ours.c, &theirs.states[k].c, OUTPUTS);
        }
    }
}

#[test]
fn every_gradient_is_that_of_central_differences() {
    let mut rng = Rng(1);
    for cell in CELLS {
        for (layers, directions) in [(1, 1), (1, 2), (2, 1), (3, 1), (3, 2)] {
            for read in [Read::EveryStep, Read::FinalState] {
                for lengths in LENGTHS {
                    let architecture = Architecture { read, ..small(cell, layers, directions) };
                    let case = Case::new(architecture.clone(), lengths, &mut rng);
                    compare(&named(&architecture, lengths), &case, &[], None, usize::MAX);
                }
            }
        }
    }
}

#[test]
fn gradients_are_right_where_the_walk_starts_from_a_given_state() {
    let mut rng = Rng(2);
    for cell in CELLS {
        for (layers, directions) in [(1, 1), (3, 1), (2, 2)] {
            let architecture = small(cell, layers, directions);
            let case =
                Case::new(architecture.clone(), &[5, 3, 1], &mut rng).with_initial_state(&mut rng);
            compare(&named(&architecture, &[5, 3, 1]), &case, &[], None, usize::MAX);
        }
    }
}

#[test]
fn without_a_head_the_hidden_state_is_the_output() {
    let mut rng = Rng(3);
    for cell in CELLS {
        for directions in [1, 2] {
            for read in [Read::EveryStep, Read::FinalState] {
                let outputs = 5 * directions;
                let headless =
                    Architecture { head: Head::None, outputs, read, ..small(cell, 2, directions) };
                let case = Case::new(headless.clone(), &[4, 2, 1], &mut rng);
                compare(&named(&headless, &[4, 2, 1]), &case, &[], None, usize::MAX);
            }
        }
    }
}

/// Wider than any panel of a kernel, with odd remainders, a full block of rows, and more than 256 of them over time
/// (where a product starts its next partial sum).
#[test]
fn odd_and_large_sizes_are_as_right_as_small_ones() {
    let lengths = [19, 9, 8, 7, 7, 7, 5, 5, 4, 3, 3, 2, 2, 2, 1, 1];
    let mut rng = Rng(4);
    for cell in CELLS {
        for (input, hidden, outputs) in [(1, 33, 1), (21, 47, 35)] {
            let input = InputShape::numbers(input);
            let sizes = Architecture { input, hidden, outputs, ..small(cell, 2, 2) };
            let case = Case::new(sizes.clone(), &lengths, &mut rng);
            compare(&format!("{sizes:?}"), &case, &[], None, 4);
        }
    }
}

/// The masks that a key draws, `[layer][row][step][unit]`, read off a network that does nothing but show them:
/// relu units that are always 1, and above them units that copy the layer below.
fn masks(architecture: &Architecture, lengths: &[usize], key: DropoutKey) -> Vec<Vec<Sequence>> {
    let (hidden, directions) = (architecture.hidden, architecture.directions);
    let mut shown = Vec::new();
    for layers in 2..=architecture.layers {
        let width = directions * hidden;
        let probe = Architecture {
            cell: CELLS[1],
            layers,
            head: Head::None,
            outputs: width,
            ..architecture.clone()
        };
        let mut case = Case::new(probe, lengths, &mut Rng(0));
        let params = case.params.as_mut_slice();
        params.fill(0.0);
        for entry in case.network.layout().entries() {
            let tensor = &mut params[entry.range()];
            let top = entry.name.contains(&format!("_l{}", layers - 1));
            let offset = if entry.name.ends_with("_reverse") { hidden } else { 0 };
            if entry.name.contains("bias_ih") && !top {
                tensor.fill(1.0);
            }
            if entry.name.contains("weight_ih") && top {
                (0..hidden).for_each(|unit| tensor[unit * width + offset + unit] = 1.0);
            }
        }
        let pass = case.pass(Some(key), &mut case.network.tape());
        shown.push(case.sequences(&pass.hidden, width));
    }
    shown
}

#[test]
fn dropout_scales_what_it_keeps_forward_and_backward() {
    let mut rng = Rng(5);
    let lengths = [6, 5, 2];
    for cell in CELLS {
        for (layers, directions) in [(2, 1), (3, 1), (3, 2)] {
            let architecture = Architecture { dropout: 0.25, ..small(cell, layers, directions) };
            let key = DropoutKey { seed: 9, step: 4 };
            let masks = masks(&architecture, &lengths, key);
            let factors: Vec<f64> = masks.iter().flat_map(|layer| flat(layer)).collect();
            let kept = 1.0 / 0.75;
            assert!(factors.iter().all(|&f| f == 0.0 || (f - kept).abs() < 1e-6), "{factors:?}");
            assert!(factors.contains(&0.0) && factors.iter().any(|&f| f > 0.0));

            let case = Case::new(architecture.clone(), &lengths, &mut rng);
            let what = format!("dropout, {}", named(&architecture, &lengths));
            compare(&what, &case, &masks, Some(key), usize::MAX);
            compare(&format!("no {what}"), &case, &[], None, 3);
        }
    }
}
