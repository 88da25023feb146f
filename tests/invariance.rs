//! The network against itself, where two ways of asking must give the same bits; and its batch-first edge.

mod common;

use common::case::{CELLS, Case, flat, named, small, states_of, words};
use common::twin::TwinInput;
use common::{Rng, assert_close, assert_same, wide};
use ndarray::{Array3, s};
use rnn::config::Cell;
use rnn::model::{
    Architecture, BLOCK_ROWS, Block, DropoutKey, InputShape, Read, State, Tensors, Weights, run,
};

/// f32 against f64, relative to the largest value.
const OUTPUTS: f64 = 1e-5;

/// Every cell, some shapes, both ways to read.
fn kinds() -> impl Iterator<Item = (Cell, usize, usize, Read)> {
    let shapes = [(1, 1), (1, 2), (3, 1), (3, 2)];
    let reads = [Read::EveryStep, Read::FinalState];
    let of_cell =
        move |cell| shapes.into_iter().flat_map(move |(l, d)| reads.map(|read| (cell, l, d, read)));
    CELLS.into_iter().flat_map(of_cell)
}

/// Every kind, reading numbers alone, and words beside them.
fn kinds_of_input() -> impl Iterator<Item = Architecture> {
    kinds().flat_map(|(cell, layers, directions, read)| {
        [InputShape::numbers(3), words(2, 2, 1)].map(|input| Architecture {
            input,
            read,
            ..small(cell, layers, directions)
        })
    })
}

#[test]
fn a_used_tape_and_block_give_what_fresh_ones_give() {
    let mut rng = Rng(6);
    for architecture in kinds_of_input() {
        let dropout = if architecture.layers > 1 { 0.3 } else { 0.0 };
        let architecture = Architecture { dropout, input_dropout: 0.2, ..architecture };
        let large = Case::new(architecture.clone(), &[9, 9, 8, 8, 8, 1], &mut rng);
        let mut large = large.with_initial_state(&mut rng);
        // Long words, of which few go through their network together: more goes through it than later.
        for (row, words) in large.words.iter_mut().enumerate() {
            for spelling in &mut words[0].spellings {
                *spelling = (0..300 + row).map(|at| at % 4).collect();
            }
            words[0].put(&mut large.block, 0, row);
        }
        let mut tape = large.network.tape();
        large.pass(Some(DropoutKey { seed: 1, step: 9 }), &mut tape);
        let used_block = &large.block;
        for (step, lengths) in [&[6, 3, 1][..], &[2], &[8, 8, 2], &[1, 1]].iter().enumerate() {
            let mut case = Case::new(architecture.clone(), lengths, &mut rng);
            // The block has been used too, for other words.
            let (fresh, mut block) = (case.block.clone(), used_block.clone());
            block.reset(lengths, &architecture.input);
            for (row, &length) in lengths.iter().enumerate() {
                for t in 0..length {
                    let at = (t * lengths.len() + row) * fresh.numbers();
                    let numbers = &fresh.inputs()[at..][..fresh.numbers()];
                    block.step_mut(t, row).copy_from_slice(numbers);
                    case.words[row][t].put(&mut block, t, row);
                }
            }
            // The second one without dropout: a mask of the first must not live on.
            let key = (step != 1).then_some(DropoutKey { seed: 1, step: step as u64 });
            let fresh = case.pass(key, &mut case.network.tape());
            case.block = block;
            let used = case.pass(key, &mut tape);
            assert_eq!(used, fresh, "{}", named(&architecture, lengths));
        }
    }
}

#[test]
fn rows_of_a_batch_know_nothing_of_each_other() {
    let mut rng = Rng(7);
    let (lengths, hidden) = ([9, 6, 6, 2, 1], 37);
    for architecture in kinds_of_input() {
        let architecture = Architecture { hidden, ..architecture };
        let what = named(&architecture, &lengths);
        let together = Case::new(architecture.clone(), &lengths, &mut rng);
        let whole = together.pass(None, &mut together.network.tape());
        let predictions = together.sequences(&whole.y, architecture.outputs);
        let mut sum = vec![0.0f64; whole.gradients.as_slice().len()];
        for row in 0..lengths.len() {
            let alone = only_row(&together, row);
            let pass = alone.pass(None, &mut alone.network.tape());
            assert_eq!(wide(&pass.y), flat(&predictions[row..=row]), "{what}: y of row {row}");
            let states = states_of(&whole.state, row, lengths.len(), hidden);
            assert_eq!(states, states_of(&pass.state, 0, 1, hidden), "{what}: states of row {row}");
            let gradients = wide(pass.gradients.as_slice());
            sum.iter_mut().zip(&gradients).for_each(|(sum, g)| *sum += g);
        }
        let what = format!("{what}: sum of the rows' gradients");
        assert_close(&what, &wide(whole.gradients.as_slice()), &sum, 1e-6);
    }
}

#[test]
fn what_stands_behind_the_end_of_a_sequence_changes_nothing() {
    let mut rng = Rng(10);
    let lengths = [7, 5, 5, 1];
    for architecture in kinds_of_input() {
        let mut case = Case::new(architecture.clone(), &lengths, &mut rng);
        let clean = case.pass(None, &mut case.network.tape());
        for (row, &length) in lengths.iter().enumerate() {
            for t in length..lengths[0] {
                case.block.step_mut(t, row).fill(1e3);
                let tokens = architecture.input.embeddings.len();
                (0..tokens).for_each(|k| case.block.set_token(k, t, row, 5));
            }
        }
        let littered = case.pass(None, &mut case.network.tape());
        assert_eq!(clean, littered, "{}", named(&architecture, &lengths));
    }
}

/// Many sequences in one block, or in blocks of those that are summed together: tables and dropout must not notice.
#[test]
fn how_many_sequences_a_block_holds_changes_no_bit() {
    let mut rng = Rng(14);
    let key = Some(DropoutKey { seed: 2, step: 3 });
    for cell in CELLS {
        let architecture =
            Architecture { input: words(2, 2, 0), input_dropout: 0.2, ..small(cell, 1, 2) };
        let (rows, steps, outputs) = (40, 6, architecture.outputs);
        let whole = Case::new(architecture.clone(), &vec![steps; rows], &mut rng);
        let together = whole.pass(key, &mut whole.network.tape());
        let mut sum = Tensors::zeros(whole.network.layout());
        for first in (0..rows).step_by(BLOCK_ROWS) {
            let count = BLOCK_ROWS.min(rows - first);
            let mut piece = Case::new(architecture.clone(), &vec![steps; count], &mut Rng(0));
            piece.params = whole.params.clone();
            piece.block.first_row = first;
            for (row, t) in (0..count).flat_map(|row| (0..steps).map(move |t| (row, t))) {
                let from = t * rows + first + row;
                let numbers = whole.block.numbers();
                let values = &whole.block.inputs()[from * numbers..][..numbers];
                piece.block.step_mut(t, row).copy_from_slice(values);
                whole.words[first + row][t].put(&mut piece.block, t, row);
                piece.weights[(t * count + row) * outputs..][..outputs]
                    .copy_from_slice(&whole.weights[from * outputs..][..outputs]);
            }
            let mut tape = piece.network.tape();
            piece.pass(key, &mut tape);
            for part in piece.network.gradient_parts() {
                let share = &mut sum.as_mut_slice()[part.range.clone()];
                piece.network.add_gradient(&part, &piece.block, &tape, share);
            }
        }
        let what = named(&architecture, &[steps]);
        assert_same(&what, together.gradients.as_slice(), sum.as_slice());
    }
}

/// One sequence of a case as a case of its own.
fn only_row(case: &Case, row: usize) -> Case {
    let architecture = case.network.architecture().clone();
    let length = case.block.lengths()[row];
    let mut alone = Case::new(architecture.clone(), &[length], &mut Rng(0));
    alone.params = case.params.clone();
    let (features, outputs, rows) =
        (architecture.input.numbers, architecture.outputs, case.block.rows());
    for t in 0..length {
        let values = &case.block.inputs()[(t * rows + row) * features..][..features];
        alone.block.step_mut(t, 0).copy_from_slice(values);
        case.words[row][t].put(&mut alone.block, t, 0);
    }
    for (t, weights) in alone.weights.chunks_exact_mut(outputs).enumerate() {
        weights.copy_from_slice(&case.weights[(t * rows + row) * outputs..][..outputs]);
    }
    alone
}

/// A forward network over `inputs` in pieces, the state handed on; what comes out, piece behind piece.
fn in_pieces(case: &Case, cuts: &[usize]) -> (Vec<f32>, State) {
    let (network, features, rows) = (&case.network, case.block.numbers(), case.block.rows());
    let weights = Weights::new(network, &case.params);
    let mut state = network.zero_state(rows);
    let mut tape = network.tape();
    let (mut y, mut start) = (Vec::new(), 0);
    for &length in cuts {
        let mut piece = Block::default();
        piece.reset(&vec![length; rows], &network.architecture().input);
        for t in 0..length {
            for row in 0..rows {
                let from = ((start + t) * rows + row) * features;
                piece.step_mut(t, row).copy_from_slice(&case.block.inputs()[from..][..features]);
            }
        }
        piece.initial = Some(state.clone());
        network.forward(&weights, &piece, None, &mut tape);
        y.extend_from_slice(tape.output());
        network.final_state(&piece, &tape, &mut state);
        start += length;
    }
    (y, state)
}

#[test]
fn chunks_with_carried_state_and_single_steps_are_one_walk() {
    let mut rng = Rng(8);
    for cell in CELLS {
        for (layers, hidden) in [(1, 5), (3, 5), (2, 40)] {
            for rows in [1, 3, 16] {
                let architecture = Architecture { hidden, ..small(cell, layers, 1) };
                let case = Case::new(architecture.clone(), &vec![11; rows], &mut rng);
                let whole = case.pass(None, &mut case.network.tape());
                for cuts in [&[4, 4, 3][..], &[10, 1], &[1; 11]] {
                    let what = format!(
                        "{cell:?}, {layers} layers of {hidden}, {rows} rows, cut into {cuts:?}"
                    );
                    let (y, state) = in_pieces(&case, cuts);
                    assert_same(&format!("{what}: y"), &y, &whole.y);
                    assert_same(&format!("{what}: h"), &state.h, &whole.state.h);
                    assert_same(&format!("{what}: c"), &state.c, &whole.state.c);
                }
            }
        }
    }
}

/// `values[i, j, ..]` of a batch-first or layer-first tensor.
fn lane(values: &Array3<f32>, i: usize, j: usize) -> Vec<f64> {
    values.slice(s![i, j, ..]).iter().map(|&x| f64::from(x)).collect()
}

/// The edge `(batch, n, emb)`: more sequences than a block holds, in no order, with rubbish behind their ends.
#[test]
fn the_batch_first_edge_takes_any_order_and_ignores_padding() {
    let mut rng = Rng(9);
    let (batch, n) = (37, 6);
    for (cell, layers, directions, read) in kinds() {
        let architecture = Architecture { read, ..small(cell, layers, directions) };
        let lengths: Vec<usize> = (0..batch).map(|_| 1 + rng.below(n)).collect();
        let mut inputs = Array3::from_elem((batch, n, architecture.input.numbers), f32::NAN);
        for (b, &length) in lengths.iter().enumerate() {
            inputs.slice_mut(s![b, ..length, ..]).mapv_inplace(|_| rng.uniform());
        }
        let case = Case::new(architecture.clone(), &[1], &mut rng);
        let ours = run(&case.network, &case.params, inputs.view(), &lengths);
        let twin = case.twin();
        assert_eq!(ours.cell.is_some(), cell == Cell::Lstm);
        let what = named(&architecture, &lengths);
        let (mut output, mut prediction) = (Pairs::default(), Pairs::default());
        let (mut hidden, mut cell_state) = (Pairs::default(), Pairs::default());
        for (b, &length) in lengths.iter().enumerate() {
            let inputs = (0..length).map(|t| lane(&inputs, b, t)).collect();
            let theirs = twin.run(&TwinInput { inputs, ..TwinInput::default() });
            pairs(&mut output, (0..length).map(|t| lane(&ours.output, b, t)), &theirs.hidden);
            let steps = theirs.prediction.len();
            let predicted = (0..steps).map(|t| lane(&ours.prediction, b, t));
            pairs(&mut prediction, predicted, &theirs.prediction);
            let behind = ours.output.slice(s![b, length.., ..]);
            assert!(behind.iter().all(|&x| x == 0.0), "{what}: sequence {b}: padding is zero");
            for (k, state) in theirs.states.iter().enumerate() {
                pairs(&mut hidden, [lane(&ours.hidden, k, b)], [&state.h]);
                if let Some(cell) = &ours.cell {
                    pairs(&mut cell_state, [lane(cell, k, b)], [&state.c]);
                }
            }
        }
        for (part, (ours, theirs)) in
            [("output", output), ("prediction", prediction), ("h_n", hidden), ("c_n", cell_state)]
        {
            assert_close(&format!("{what}: {part}"), &ours, &theirs, OUTPUTS);
        }
    }
}

/// Ours and theirs, side by side.
type Pairs = (Vec<f64>, Vec<f64>);

fn pairs<'a>(
    pairs: &mut Pairs,
    ours: impl IntoIterator<Item = Vec<f64>>,
    theirs: impl IntoIterator<Item = &'a Vec<f64>>,
) {
    pairs.0.extend(ours.into_iter().flatten());
    pairs.1.extend(theirs.into_iter().flatten());
}
