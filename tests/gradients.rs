//! Every output, final state and gradient of the network against the plain f64 twin.

mod common;

use common::case::{CELLS, Case, flat, named, small, states_of, words};
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
    compare_masked(what, case, masks, &[], key, most);
}

/// The same, with masks on what the first layer reads.
fn compare_masked(
    what: &str,
    case: &Case,
    masks: &[Vec<Sequence>],
    input_masks: &[Sequence],
    key: Option<DropoutKey>,
    most: usize,
) {
    let architecture = case.network.architecture().clone();
    let pass = case.pass(key, &mut case.network.tape());
    let mut twin = case.twin();
    let mut inputs = case.twin_inputs();
    for (row, input) in inputs.iter_mut().enumerate() {
        input.input_mask = input_masks.get(row).cloned().unwrap_or_default();
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

/// Words through tables and through their spellings, alone and beside numbers; a spelling comes again and again.
#[test]
fn what_is_learned_below_the_first_layer_has_the_right_gradients() {
    let mut rng = Rng(11);
    for cell in CELLS {
        for (numbers, embeddings, characters) in [(0, 1, 0), (2, 2, 0), (0, 0, 1), (3, 2, 2)] {
            for (layers, directions) in [(1, 1), (2, 2)] {
                for read in [Read::EveryStep, Read::FinalState] {
                    let input = words(numbers, embeddings, characters);
                    let architecture =
                        Architecture { input, read, ..small(cell, layers, directions) };
                    for lengths in [&[6, 3, 3, 1][..], &[2, 2]] {
                        let case = Case::new(architecture.clone(), lengths, &mut rng);
                        compare(&named(&architecture, lengths), &case, &[], None, 12);
                    }
                }
            }
        }
    }
}

/// A full block of rows, tables of several parts, more spellings than go through their network together, and some so
/// long that they take few others along.
#[test]
fn many_words_and_long_ones_are_as_right_as_few_and_short_ones() {
    let mut rng = Rng(12);
    let mut lengths = [9; 16];
    lengths[11..].fill(4);
    let mut input = words(1, 1, 1);
    (input.embeddings[0].size, input.characters[0].alphabet) = (300, 30);
    let architecture = Architecture { input, ..small(CELLS[2], 1, 2) };
    let mut case = Case::new(architecture.clone(), &lengths, &mut rng);
    case.block.reset(&lengths, &architecture.input);
    for (row, &length) in lengths.iter().enumerate() {
        for t in 0..length {
            let long = rng.below(20) == 0;
            let length = if long { 60 + rng.below(30) } else { 1 + rng.below(7) };
            case.words[row][t].spellings[0] = (0..length).map(|_| rng.below(30)).collect();
            case.words[row][t].put(&mut case.block, t, row);
        }
    }
    compare("many words", &case, &[], None, 12);
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

/// The masks on what the first layer reads, `[row][step][feature]`: units that copy features which are always 1.
fn input_masks(architecture: &Architecture, lengths: &[usize], key: DropoutKey) -> Vec<Sequence> {
    let features = architecture.input.features();
    let probe = Architecture {
        cell: CELLS[1],
        layers: 1,
        directions: 1,
        input: InputShape::numbers(features),
        hidden: features,
        outputs: features,
        head: Head::None,
        ..architecture.clone()
    };
    let mut case = Case::new(probe, lengths, &mut Rng(0));
    case.params.as_mut_slice().fill(0.0);
    let range = case.network.layout().entries()[0].range();
    let weight_ih = &mut case.params.as_mut_slice()[range];
    (0..features).for_each(|unit| weight_ih[unit * features + unit] = 1.0);
    for (row, &length) in lengths.iter().enumerate() {
        (0..length).for_each(|t| case.block.step_mut(t, row).fill(1.0));
    }
    let pass = case.pass(Some(key), &mut case.network.tape());
    case.sequences(&pass.hidden, features)
}

#[test]
fn dropout_below_the_first_layer_scales_what_it_keeps_forward_and_backward() {
    let mut rng = Rng(13);
    let (lengths, key) = ([6, 5, 2], DropoutKey { seed: 9, step: 4 });
    for input in [words(3, 0, 0), words(0, 2, 0), words(1, 1, 1)] {
        let architecture = Architecture { input, input_dropout: 0.25, ..small(CELLS[2], 2, 2) };
        let masks = input_masks(&architecture, &lengths, key);
        let factors = flat(&masks);
        assert!(factors.contains(&0.0) && factors.iter().any(|&f| (f - 1.0 / 0.75).abs() < 1e-6));
        let case = Case::new(architecture.clone(), &lengths, &mut rng);
        let what = format!("dropout on the input, {}", named(&architecture, &lengths));
        compare_masked(&what, &case, &[], &masks, Some(key), 20);
        compare(&format!("no {what}"), &case, &[], None, 3);
    }
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
