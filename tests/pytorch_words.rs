//! Networks that read words, and losses of classes, against PyTorch's numbers in tests/reference (`words.py`).

mod common;

use common::case::gradients;
use common::pytorch::{
    block, labels, network, parameters, put_words, time_major, total, without_padding,
};
use common::reference::{count, counts, numbers, reference, tensor, tensor_f32};
use common::{assert_close, wide};
use rnn::model::{Block, InputShape, Read, Weights, softmax};
use rnn::optim::Loss;
use serde_json::Value;

/// Relative to the largest value of a tensor.
const OUTPUTS: f64 = 1e-5;
const GRADIENTS: f64 = 1e-4;
const LOSSES: f64 = 1e-6;

/// One for each class where the case gives none.
fn class_weights(case: &Value, classes: usize) -> Vec<f32> {
    match &case["class_weights"] {
        Value::Null => vec![1.0; classes],
        weights => numbers(weights).iter().map(|&w| w as f32).collect(),
    }
}

/// Sequences with at least one label, which divide the loss.
fn sequences(block: &Block, classes: usize, y: &[f32], labels: &[f32], weights: &[f32]) -> f32 {
    let mut dy = vec![9.0; y.len()];
    let sums = Loss::of_classes(weights, 1.0).block(block, classes, y, labels, &mut dy);
    total(&sums).sequences as f32
}

#[test]
fn words_give_the_same_outputs_losses_and_gradients() {
    for case in reference("words.json")["cases"].as_array().unwrap() {
        let network = network(case);
        let architecture = network.architecture();
        let (what, classes) = (format!("{architecture:?}"), architecture.outputs);
        let params = parameters(&network, &case["parameters"]);
        let mut block = block(case);
        put_words(case, &mut block);

        let mut tape = network.tape();
        let weights = Weights::new(&network, &params);
        network.forward(&weights, &block, None, &mut tape);
        let prediction = match architecture.read {
            Read::EveryStep => time_major(&case["prediction"]),
            Read::FinalState => tensor_f32(&case["prediction"]),
        };
        let y = without_padding(&block, tape.output(), classes);
        assert_close(&format!("{what}: prediction"), &wide(&y), &wide(&prediction), OUTPUTS);

        let (labels, class_weights) = (labels(&case["labels"]), class_weights(case, classes));
        let (y, dy) = tape.output_gradient();
        let sequences = sequences(&block, classes, y, &labels, &class_weights);
        let loss = Loss::of_classes(&class_weights, sequences);
        let value = total(&loss.block(&block, classes, y, &labels, dy)).per_sequence().unwrap();
        let theirs = case["loss"].as_f64().unwrap();
        assert_close(&format!("{what}: loss"), &[value], &[theirs], OUTPUTS);

        network.backward(&weights, &block, &mut tape);
        let ours = gradients(&network, &block, &tape);
        for entry in network.layout().entries() {
            let theirs = tensor(&case["gradients"][&entry.name]).1;
            let what = format!("{what}: gradient of {}", entry.name);
            assert_close(&what, &wide(ours.named(&entry.name).unwrap()), &theirs, GRADIENTS);
        }
    }
}

#[test]
fn cross_entropy_probabilities_and_slopes_are_the_same() {
    for case in reference("classes.json")["cases"].as_array().unwrap() {
        let classes = count(&case["classes"]);
        let weights = class_weights(case, classes);
        for step in case["steps"].as_array().unwrap() {
            let y = tensor_f32(&step["prediction"]);
            let what = format!("weights {weights:?}, outputs {y:?}");
            let labels: Vec<f32> = counts(&step["labels"]).iter().map(|&c| c as f32).collect();
            let (mut slopes, mut probabilities) = (vec![9.0; y.len()], vec![9.0; y.len()]);
            let loss = Loss::of_classes(&weights, 1.0);
            let value = loss.step(&y, &labels, Some(&mut slopes)).unwrap();
            let unasked = loss.step(&y, &labels, None).unwrap();
            assert_eq!(value, unasked, "{what}: with and without a gradient");
            assert_close(&what, &[value], &[step["value"].as_f64().unwrap()], LOSSES);
            let theirs = tensor(&step["gradient"]).1;
            assert_close(&format!("{what}: slopes"), &wide(&slopes), &theirs, LOSSES);
            softmax(&y, classes, &mut probabilities);
            let theirs = tensor(&step["probabilities"]).1;
            assert_close(&format!("{what}: probabilities"), &wide(&probabilities), &theirs, LOSSES);
        }
        absent_labels(case, classes, &weights);
    }
}

/// Absent from the mean of a step; sequences without any from B; nothing stale stays in dy.
fn absent_labels(case: &Value, classes: usize, weights: &[f32]) {
    let batch = &case["batch"];
    let mut block = Block::default();
    block.reset(&counts(&batch["lengths"]), &InputShape::numbers(1));
    let (y, labels) = (time_major(&batch["prediction"]), labels(&batch["labels"]));
    let outputs = classes * labels.len() / (block.steps() * block.rows());
    let sequences = sequences(&block, outputs, &y, &labels, weights);
    assert_eq!(sequences, 3.0);
    let mut dy = vec![9.0; y.len()];
    let loss = Loss::of_classes(weights, sequences);
    let sums = loss.block(&block, outputs, &y, &labels, &mut dy);
    let value = total(&sums).per_sequence().unwrap();
    assert_close("batch", &[value], &[batch["value"].as_f64().unwrap()], LOSSES);
    let theirs = wide(&time_major(&batch["gradient"]));
    assert_close("batch: slopes", &wide(&dy), &theirs, LOSSES);
}
