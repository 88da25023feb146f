//! The library against PyTorch's numbers in tests/reference (see its README): networks, losses, training under every
//! optimizer, learning rates.

mod common;

use common::case::gradients;
use common::pytorch::{
    block, network, optimizer, parameters, time_major, time_major_cut, total, without_padding,
};
use common::reference::{count, counts, numbers, reference, tensor, tensor_f32};
use common::{assert_close, wide};
use rnn::config::{Cell, LossKind, Schedule};
use rnn::model::{Block, InputShape, Network, Read, State, Tape, Tensors, Weights};
use rnn::optim::{LearningRate, Loss, OptimizerState, Update, clip_factor, norm, scale};
use serde_json::Value;

/// Relative to the largest value of a tensor.
const OUTPUTS: f64 = 1e-5;
const GRADIENTS: f64 = 1e-4;
const TRAJECTORIES: f64 = 1e-4;

#[test]
fn networks_give_the_same_outputs_states_losses_and_gradients() {
    for case in reference("networks.json")["cases"].as_array().unwrap() {
        let network = network(case);
        let architecture = network.architecture();
        let what = format!("{architecture:?}, {}", case["lengths"]);
        let params = parameters(&network, &case["parameters"]);
        let mut block = block(case);
        if case.get("initial_hidden").is_some() {
            let c = case.get("initial_cell").map_or(Vec::new(), tensor_f32);
            block.initial = Some(State { h: tensor_f32(&case["initial_hidden"]), c });
        }

        let mut tape = network.tape();
        let weights = Weights::new(&network, &params);
        network.forward(&weights, &block, None, &mut tape);
        let hidden = wide(&time_major(&case["output"]));
        assert_close(&format!("{what}: output"), &wide(tape.hidden()), &hidden, OUTPUTS);
        let mut state = network.zero_state(block.rows());
        network.final_state(&block, &tape, &mut state);
        let final_hidden = tensor(&case["final_hidden"]).1;
        assert_close(&format!("{what}: h_n"), &wide(&state.h), &final_hidden, OUTPUTS);
        if architecture.cell == Cell::Lstm {
            let final_cell = tensor(&case["final_cell"]).1;
            assert_close(&format!("{what}: c_n"), &wide(&state.c), &final_cell, OUTPUTS);
        }

        let batch_first = |name: &str| match architecture.read {
            Read::EveryStep => time_major(&case[name]),
            Read::FinalState => tensor_f32(&case[name]),
        };
        let loss = Loss::new(LossKind::Mse, block.rows() as f32);
        let (y, dy) = tape.output_gradient();
        let sums = loss.block(&block, architecture.outputs, y, &batch_first("targets"), dy);
        let value = total(&sums).per_sequence().unwrap();
        assert_close(
            &format!("{what}: loss"),
            &[value],
            &[case["loss"].as_f64().unwrap()],
            OUTPUTS,
        );
        let y = without_padding(&block, tape.output(), architecture.outputs);
        let prediction = wide(&batch_first("prediction"));
        assert_close(&format!("{what}: prediction"), &wide(&y), &prediction, OUTPUTS);

        network.backward(&weights, &block, &mut tape);
        let ours = gradients(&network, &block, &tape);
        for entry in network.layout().entries() {
            let theirs = tensor(&case["gradients"][&entry.name]).1;
            let what = format!("{what}: gradient of {}", entry.name);
            assert_close(&what, &wide(ours.named(&entry.name).unwrap()), &theirs, GRADIENTS);
        }
    }
}

/// One update, as the trainer makes it; (loss, gradient norm before clipping).
fn update(
    network: &Network,
    batch: &Value,
    clip: f64,
    rule: &Update,
    (params, state, tape): (&mut Tensors, &mut OptimizerState, &mut Tape),
) -> (f64, f64) {
    let block = block(batch);
    let weights = Weights::new(network, params);
    network.forward(&weights, &block, None, tape);
    let loss = Loss::new(LossKind::Mse, block.rows() as f32);
    let (y, dy) = tape.output_gradient();
    let sums = loss.block(&block, 1, y, &time_major_cut(&batch["targets"], block.steps()), dy);
    network.backward(&weights, &block, tape);
    let mut gradients = gradients(network, &block, tape);
    let norm = norm(gradients.as_slice());
    if let Some(factor) = clip_factor(norm, clip) {
        scale(gradients.as_mut_slice(), factor);
    }
    rule.apply(params.as_mut_slice(), gradients.as_slice(), state);
    (total(&sums).per_sequence().unwrap(), norm)
}

#[test]
fn ten_training_steps_are_the_same_under_every_optimizer() {
    let file = reference("trajectories.json");
    let network = network(&file["network"]);
    let clip = file["clip_grad_norm"].as_f64().unwrap();
    let batches = file["batches"].as_array().unwrap();
    for run in file["runs"].as_array().unwrap() {
        let optimizer = optimizer(run["optimizer"].as_str().unwrap(), &run["options"]);
        let rule = Update { optimizer, learning_rate: optimizer.learning_rate() };
        let mut params = parameters(&network, &file["parameters"]);
        let mut state = OptimizerState::new(&optimizer, network.layout().len());
        let mut tape = network.tape();
        let (mut losses, mut norms) = (Vec::new(), Vec::new());
        for step in 0..run["losses"].as_array().unwrap().len() {
            let batch = &batches[step % batches.len()];
            let training = (&mut params, &mut state, &mut tape);
            let (loss, norm) = update(&network, batch, clip, &rule, training);
            losses.push(loss);
            norms.push(norm);
        }
        let what = format!("{optimizer:?}");
        assert_close(&format!("{what}: losses"), &losses, &numbers(&run["losses"]), TRAJECTORIES);
        assert_close(
            &format!("{what}: norms"),
            &norms,
            &numbers(&run["gradient_norms"]),
            TRAJECTORIES,
        );
        for entry in network.layout().entries() {
            let (ours, theirs) =
                (params.named(&entry.name).unwrap(), &run["parameters"][&entry.name]);
            let what = format!("{what}: {}", entry.name);
            assert_close(&what, &wide(ours), &tensor(theirs).1, TRAJECTORIES);
        }
    }
}

#[test]
fn losses_and_their_slopes_are_the_same() {
    for case in reference("losses.json")["cases"].as_array().unwrap() {
        let kind = match case["loss"].as_str().unwrap() {
            "mse" => LossKind::Mse,
            "mae" => LossKind::Mae,
            "huber" => LossKind::Huber { delta: case["delta"].as_f64().unwrap() },
            other => panic!("{other}"),
        };
        let (vector, batch) = (&case["vector"], &case["batch"]);
        let (y, targets) = (tensor_f32(&vector["prediction"]), tensor_f32(&vector["target"]));
        let mut slopes = vec![9.0; y.len()];
        let value = Loss::new(kind, 1.0).step(&y, &targets, Some(&mut slopes)).unwrap();
        assert_close(&format!("{kind:?}"), &[value], &[vector["value"].as_f64().unwrap()], 1e-6);
        let theirs = tensor(&vector["gradient"]).1;
        assert_close(&format!("{kind:?}: slopes"), &wide(&slopes), &theirs, 1e-6);

        // Missing targets: absent from the mean of a step, absent sequences from B; nothing stale stays in dy.
        let mut block = Block::default();
        block.reset(&counts(&batch["lengths"]), &InputShape::numbers(1));
        let (y, targets) = (time_major(&batch["prediction"]), time_major(&batch["target"]));
        let mut dy = vec![9.0; y.len()];
        let once = Loss::new(kind, 1.0).block(&block, 3, &y, &targets, &mut dy);
        let sequences = total(&once).sequences;
        assert_eq!(sequences, 3, "{kind:?}");
        let loss = Loss::new(kind, sequences as f32);
        let sum = total(&loss.block(&block, 3, &y, &targets, &mut dy));
        let value = sum.per_sequence().unwrap();
        assert_close(
            &format!("{kind:?}: batch"),
            &[value],
            &[batch["value"].as_f64().unwrap()],
            1e-6,
        );
        let theirs = wide(&time_major(&batch["gradient"]));
        assert_close(&format!("{kind:?}: batch slopes"), &wide(&dy), &theirs, 1e-6);
    }
}

#[test]
fn learning_rates_are_the_same_epoch_by_epoch() {
    for case in reference("schedules.json")["cases"].as_array().unwrap() {
        let options = &case["options"];
        let number =
            |key: &str| options[key].as_f64().unwrap_or_else(|| panic!("{key} of {options}"));
        let schedule = match case["schedule"].as_str().unwrap() {
            "step" => {
                Schedule::Step { step_size: count(&options["step_size"]), gamma: number("gamma") }
            }
            "exponential" => Schedule::Exponential { gamma: number("gamma") },
            "cosine" => Schedule::Cosine { min_learning_rate: number("eta_min") },
            "plateau" => Schedule::Plateau {
                factor: number("factor"),
                patience: count(&options["patience"]),
                threshold: number("threshold"),
                min_learning_rate: number("min_lr"),
            },
            other => panic!("{other}"),
        };
        let theirs = numbers(&case["rates"]);
        let cosine_epochs = options.get("T_max").map_or(theirs.len(), count);
        let start = case["learning_rate"].as_f64().unwrap();
        let rates = LearningRate { start, schedule, warmup_steps: 0, cosine_epochs };
        let metrics = case.get("metrics").map(numbers);
        let mut plateau = rates.plateau();
        for (epoch, &theirs) in theirs.iter().enumerate() {
            let ours = rates.at(epoch, 100 * epoch as u64, &plateau);
            assert_close(&format!("{schedule:?}, epoch {epoch}"), &[ours], &[theirs], 1e-7);
            rates.end_epoch(metrics.as_ref().map(|m| m[epoch]), &mut plateau);
        }
    }
}
