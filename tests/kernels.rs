//! Every kernel variant, asked for by `RNN_KERNEL`, makes the same model and the same metrics, bit for bit.

mod common;
mod support;

use std::path::Path;

use serde_json::{Value, json};
use support::job::{merged, program, save_config, succeed};
use support::plans;
use support::rows::Rows;

/// What is left out on CPUs that lack it.
fn variants() -> Vec<&'static str> {
    let mut variants = vec!["portable"];
    #[cfg(target_arch = "x86_64")]
    {
        if is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma") {
            variants.push("avx2");
            if is_x86_feature_detected!("avx512f") {
                variants.push("avx512");
            }
        }
    }
    variants
}

/// Sizes that leave odd rows, odd columns and sums of several blocks.
fn cases() -> Vec<(&'static str, Value)> {
    let case = |name, model: Value, batch_size: usize| {
        let rest = json!({
            "data": {"inputs": ["a", "y", "b"], "targets": ["b", "a"], "window": {"length": 7}},
            "task": {"type": "forecast", "horizon": 3, "loss_steps": "last"},
            "model": model, "training": {"epochs": 2, "batch_size": batch_size, "clip_grad_norm": 1},
        });
        (name, merged(plans::base(), &rest))
    };
    vec![
        case("rnn", json!({"topology": "single", "cell": "rnn", "hidden_size": 21}), 5),
        case("relu", json!({"topology": "single", "cell": "rnn", "nonlinearity": "relu"}), 33),
        case("lstm", json!({"topology": "multi", "cell": "lstm", "hidden_size": 70}), 40),
        case("gru", json!({"topology": "single", "cell": "gru", "hidden_size": 130}), 23),
        case("bi", json!({"topology": "bidirectional", "cell": "lstm", "hidden_size": 33}), 17),
    ]
}

/// The model and the metrics of a run with a variant; the log has to say that it was used.
fn run(config: &Path, out: &Path, variant: &str) -> (Vec<u8>, String) {
    let mut command = program("rnn-train");
    command.env("RNN_KERNEL", variant).arg("--config").arg(config).arg("--out").arg(out);
    succeed(command.args(["--quiet", "--threads", "2"]));
    let text = |name| std::fs::read_to_string(out.join(name)).expect("a file of the run");
    for line in text("log.jsonl").lines() {
        let line: Value = serde_json::from_str(line).expect("a line of JSON");
        assert_eq!(line["kernel"], variant, "the log names another variant");
    }
    let model = std::fs::read(out.join("model.safetensors")).expect("a model");
    (model, text("metrics.jsonl"))
}

#[test]
fn a_short_run_is_the_same_in_every_variant() {
    let folder = tempfile::tempdir().expect("a scratch folder");
    Rows::new(3, &[("s0", 60), ("s1", 31), ("s2", 12)]).save(&folder.path().join("rows.csv"));
    for (name, config) in cases() {
        let config = save_config(folder.path(), &config);
        let run = |variant| run(&config, &folder.path().join(format!("{name}-{variant}")), variant);
        let portable = run("portable");
        for variant in variants().into_iter().skip(1) {
            let (model, metrics) = run(variant);
            assert_eq!(metrics, portable.1, "{name}, {variant}: metrics.jsonl");
            assert!(model == portable.0, "{name}, {variant}: model.safetensors differs");
        }
    }
}

#[test]
fn an_unknown_variant_is_refused() {
    let folder = tempfile::tempdir().expect("a scratch folder");
    Rows::new(3, &[("s0", 60)]).save(&folder.path().join("rows.csv"));
    let config = save_config(folder.path(), &cases()[0].1);
    let mut command = program("rnn-train");
    command.env("RNN_KERNEL", "fastest").arg("--config").arg(config).arg("--out");
    let output = command.arg(folder.path().join("run")).output().expect("the program starts");
    assert_eq!(output.status.code(), Some(2));
    let errors = String::from_utf8_lossy(&output.stderr);
    let expected = "rnn-train: error: RNN_KERNEL=fastest: not portable, avx2 or avx512";
    assert_eq!(errors.lines().last(), Some(expected));
    assert!(!folder.path().join("run").exists(), "nothing is written");
}
