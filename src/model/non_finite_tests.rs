//! Tests of where a pass stops being finite.

use super::super::{Architecture, InputShape, Read, Tensors, Weights};
use super::*;
use crate::config::{Cell, Head, Nonlinearity};

/// Two sequences of 5 and 3 steps through two layers, both ways; where `spoil` puts a number that is not finite.
fn spots(
    cell: Cell,
    read: Read,
    spoil: impl Fn(&mut Tensors, &mut Block),
) -> (Option<Spot>, Option<Spot>) {
    let network = Network::new(Architecture {
        cell,
        directions: 2,
        layers: 2,
        input: InputShape::numbers(2),
        hidden: 3,
        outputs: 2,
        head: Head::Linear,
        read,
        dropout: 0.0,
        input_dropout: 0.0,
    });
    let mut params = super::super::initial_params(&network, 1);
    let mut block = Block::default();
    block.reset(&[5, 3], &InputShape::numbers(2));
    for (t, row) in [(0, 0), (1, 0), (2, 0), (3, 0), (4, 0), (0, 1), (1, 1), (2, 1)] {
        block.step_mut(t, row).copy_from_slice(&[t as f32 / 4.0, -1.0]);
    }
    spoil(&mut params, &mut block);
    let weights = Weights::new(&network, &params);
    let mut tape = network.tape();
    network.forward(&weights, &block, None, &mut tape);
    let forward = network.spot_forward(&block, &tape);
    let (y, dy) = tape.output_gradient();
    dy.copy_from_slice(y);
    network.backward(&weights, &block, &mut tape);
    (forward, network.spot_backward(&block, &tape))
}

fn found(spot: Option<Spot>) -> (String, Option<usize>, Option<Direction>, [usize; 3]) {
    let spot = spot.expect("a spot");
    (spot.what, spot.layer, spot.direction, [spot.row, spot.step, spot.unit])
}

fn set(params: &mut Tensors, name: &str, at: usize, value: f32) {
    let entry = params.layout().entries().iter().find(|entry| entry.name == name).cloned();
    params.as_mut_slice()[entry.expect("a tensor").range()][at] = value;
}

#[test]
fn nothing_is_found_where_all_is_well() {
    for cell in [Cell::Lstm, Cell::Gru, Cell::Rnn(Nonlinearity::Tanh)] {
        for read in [Read::EveryStep, Read::FinalState] {
            assert_eq!(spots(cell, read, |_, _| {}), (None, None));
        }
    }
}

#[test]
fn an_input_comes_before_all_that_follows_from_it() {
    let (forward, _) = spots(Cell::Lstm, Read::EveryStep, |_, block| {
        block.step_mut(2, 1)[1] = f32::INFINITY;
    });
    assert_eq!(found(forward), ("input".into(), None, None, [1, 2, 1]));
}

#[test]
fn gates_have_names_and_directions_an_order_of_their_own() {
    // Unit 1 of gate f of layer 1, backwards in time: its first step is each sequence's last.
    let spoil = |params: &mut Tensors, _: &mut Block| {
        set(params, "rnn.weight_ih_l1_reverse", (3 + 1) * 6, f32::NAN);
    };
    let (forward, _) = spots(Cell::Lstm, Read::EveryStep, spoil);
    let wanted = ("gate f".into(), Some(1), Some(Direction::Reverse), [0, 4, 1]);
    assert_eq!(found(forward), wanted);
    let (forward, _) = spots(Cell::Gru, Read::EveryStep, spoil);
    let wanted = ("gate z".into(), Some(1), Some(Direction::Reverse), [0, 4, 1]);
    assert_eq!(found(forward), wanted);
}

#[test]
fn a_state_that_grows_is_found_at_the_step_where_it_overflows() {
    let (forward, _) = spots(Cell::Rnn(Nonlinearity::Relu), Read::EveryStep, |params, _| {
        set(params, "rnn.bias_ih_l0", 0, 1e20);
        set(params, "rnn.weight_hh_l0", 0, 1e10);
    });
    // 1e20, 1e30, then beyond f32.
    let wanted = ("hidden state".into(), Some(0), Some(Direction::Forward), [0, 2, 0]);
    assert_eq!(found(forward), wanted);
}

#[test]
fn outputs_of_final_states_stand_at_each_sequences_end() {
    for (read, step) in [(Read::EveryStep, 0), (Read::FinalState, 4)] {
        let (forward, backward) = spots(Cell::Gru, read, |params, _| {
            set(params, "head.bias", 1, f32::NAN);
        });
        assert_eq!(found(forward), ("output".into(), None, None, [0, step, 1]));
        let (what, ..) = found(backward);
        assert_eq!(what, "gradient of the loss with respect to an output");
    }
}

#[test]
fn a_gradient_that_grows_is_found_on_its_way_back() {
    let (forward, backward) = spots(Cell::Rnn(Nonlinearity::Relu), Read::FinalState, |p, _| {
        // Units 0 and 1 of the upper layer are silent but for the last step, where 0 is switched on by its bias.
        p.as_mut_slice().fill(0.0);
        set(p, "rnn.bias_ih_l1", 0, 1.0);
        set(p, "head.weight", 0, 1e30);
        set(p, "rnn.weight_hh_l1", 0, 1e-9);
        set(p, "rnn.weight_ih_l1", 0, 1e30);
        set(p, "rnn.bias_ih_l0", 0, 1e-30);
    });
    assert_eq!(forward, None);
    let (what, layer, direction, _) = found(backward);
    assert_eq!((layer, direction), (Some(1), Some(Direction::Forward)), "{what}");
    assert_eq!(what, "gradient of the input half of gate h");
}
