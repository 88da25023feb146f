//! What is written reads back as the same config.

use std::path::Path;

use rnn::config::{CheckpointEvery, Config, OutputConfig, differences};

use super::{accepted, parse_with, text};

/// Every shape a section ships in, with those of the others that it needs.
fn configs() -> Vec<Config> {
    let columns = r#""inputs": ["x", {"column": "z", "scale": "none"}], "targets": ["y"]"#;
    let window = |json: &str| {
        format!(r#"{{"path": ["a.csv", "b-*.csv"], "series": "id", {columns}, "window": {json}}}"#)
    };
    let data = [
        format!(r#"{{"path": "d.csv", {columns}}}"#),
        format!(
            r#"{{"train": "a", "valid": ["b", "../c"], "test": "/x/e", "series": "@file", {columns}}}"#
        ),
        format!(r#"{{"train": "a", "valid": "b", {columns}, "scale": "minmax"}}"#),
        window(r#"{"length": 7, "stride": 7}"#),
        window("null"),
        format!(
            r#"{{"path": "d", "time": "t", {columns}, "split": {{"valid": "2017-06-26", "test": "2017-10-24"}}}}"#
        ),
        format!(
            r#"{{"path": "d", "series": ["p", "q"], {columns}, "split": {{"valid": 3, "by": "series", "seed": 8}}, "scale": {{"type": "none", "per": "column"}}}}"#
        ),
        format!(
            r#"{{"path": "d", {columns}, "split": {{"train": 0.3, "valid": 0.1, "test": 5}}}}"#
        ),
    ];
    let tasks = [
        r#"{"type": "forecast"}"#,
        r#"{"type": "forecast", "horizon": 24, "loss_steps": "last"}"#,
        r#"{"type": "forecast", "horizon": 2, "anchor": "none", "intervals": {"coverage": 0.8, "adaptive": true}}"#,
        r#"{"type": "regression"}"#,
        r#"{"type": "regression", "loss_steps": "last"}"#,
    ];
    let models = [
        r#"{"topology": "single", "cell": "rnn", "nonlinearity": "relu"}"#,
        r#"{"topology": "multi", "cell": "lstm", "num_layers": 3, "dropout": 0.1}"#,
        r#"{"topology": "bidirectional", "cell": "gru", "num_layers": 2}"#,
        r#"{"topology": "single", "cell": "rnn", "hidden_size": 1, "head": "none"}"#,
    ];
    let trainings = [
        r#"{"early_stopping": {"patience": 5}, "clip_grad_norm": 50.0, "seed": 9007199254740991}"#,
        r#"{"optimizer": {"type": "sgd", "momentum": 0.9, "nesterov": true}, "loss": "mae", "schedule": {"type": "step", "step_size": 3, "warmup_steps": 10}}"#,
        r#"{"optimizer": "adamw", "loss": {"type": "huber", "delta": 0.1}, "schedule": {"type": "exponential", "gamma": 0.7}}"#,
        r#"{"optimizer": {"type": "rmsprop", "centered": true}, "schedule": {"type": "cosine", "min_learning_rate": 0.00001}}"#,
        r#"{"optimizer": {"betas": [0.1, 0.30000000000000004]}, "loss": {"type": "quantile", "levels": [0.1, 0.5, 0.7, 0.9]}, "schedule": "plateau", "shuffle": false}"#,
        r#"{"state": "carry", "lanes": 4, "epochs": 0}"#,
    ];
    let output = (
        "output",
        r#"{"dir": "../runs/x", "checkpoint_every": {"epochs": 3, "steps": 500, "seconds": 60}}"#,
    );
    let mut configs = Vec::new();
    for data in &data {
        for task in tasks {
            for model in models {
                for training in trainings {
                    let sections = [
                        ("data", &data[..]),
                        ("task", task),
                        ("model", model),
                        ("training", training),
                        output,
                    ];
                    // Some of the product are contradictions; the table of refusals has those.
                    configs.extend(parse_with(&text(&sections), &[]));
                }
            }
        }
    }
    configs
}

#[test]
fn json_and_sections_read_back_as_the_same_config() {
    let configs = configs();
    assert!(configs.len() > 400, "{} of 960 are no contradictions", configs.len());
    let folder = Path::new("conf");
    for mut config in configs {
        let json = config.to_json(folder);
        let again =
            Config::parse(&json, "again", folder, &[]).unwrap_or_else(|e| panic!("{e}\n{json}"));
        assert_eq!(differences(&config, &again), [], "{json}");
        assert_eq!(again.to_json(folder), json);
        assert_eq!((&again.task, &again.model), (&config.task, &config.model));
        assert_eq!(again.training, config.training);

        let [data, task, model, training] =
            ["data", "task", "model", "training"].map(|name| config.section_json(name));
        let model = Config::from_sections(&data, &task, &model, &training)
            .unwrap_or_else(|e| panic!("{e}\n{data}"));
        config.data.source = None;
        config.output = OutputConfig { dir: None, checkpoint_every: CheckpointEvery::default() };
        assert_eq!(model, config);
        assert!(!data.contains("csv") && !data.contains('\n'), "{data}");
    }
}

#[test]
fn a_copy_in_another_folder_means_the_same_files() {
    let root = tempfile::tempdir().unwrap();
    let [home, run] = ["conf", "runs/pump"].map(|folder| root.path().join(folder));
    std::fs::create_dir_all(&run).unwrap();
    let text = text(&[("output", r#"{"dir": "../runs/pump"}"#)]);
    let config = Config::parse(&text, "c", &home, &[]).unwrap();
    let json = config.to_json(&run);
    assert!(
        json.contains("\"path\": \"../../conf/d.csv\"") && json.contains("\"dir\": \".\""),
        "{json}"
    );
    let copy = Config::parse(&json, "copy", &run, &[]).unwrap();
    assert_eq!(differences(&config, &copy), []);
}

#[test]
fn the_effective_config_is_short_where_it_can_be() {
    let json = accepted(&[]).to_json(Path::new("conf"));
    for line in
        ["\"path\": \"d.csv\"", "\"loss\": \"mse\"", "\"early_stopping\": null", "\"eps\": 1e-8"]
    {
        assert!(json.contains(line), "{line}\n{json}");
    }
    assert!(!json.contains("\"column\":"), "{json}");
}

#[test]
fn differences_name_keys_and_both_values() {
    let saved = accepted(&[]);
    let now = accepted(&[
        ("data", r#"{"path": "d.csv", "targets": ["y", "z"], "window": null}"#),
        ("training", r#"{"loss": "huber", "epochs": 3}"#),
    ]);
    let found = differences(&saved, &now);
    let found: Vec<_> = found.iter().map(|(key, a, b)| (&key[..], &a[..], &b[..])).collect();
    assert_eq!(
        found,
        [
            ("data.duplicates", "\"error\"", "absent"),
            ("data.gaps", "\"report\"", "absent"),
            ("data.inputs", "[\"y\"]", "[\"y\",\"z\"]"),
            ("data.order", "\"error\"", "absent"),
            ("data.targets", "[\"y\"]", "[\"y\",\"z\"]"),
            ("data.time", "absent", "null"),
            ("data.time.column", "\"t\"", "absent"),
            ("data.window", "absent", "null"),
            ("data.window.length", "96", "absent"),
            ("data.window.relative_to", "\"first\"", "absent"),
            ("data.window.stride", "1", "absent"),
            ("training.epochs", "20", "3"),
            ("training.loss.delta", "absent", "1.0"),
            ("training.loss.type", "\"mse\"", "\"huber\""),
        ]
    );
}

#[test]
fn sections_of_another_make_name_the_section() {
    let config = accepted(&[]);
    let json = |name: &str| config.section_json(name);
    let broken = Config::from_sections(
        &json("data"),
        "{\"type\": \"dream\"}",
        &json("model"),
        &json("training"),
    );
    assert!(broken.unwrap_err().to_string().starts_with("task:1:"));
    let missing = Config::from_sections(&json("data"), &json("task"), "{}", &json("training"));
    assert!(missing.unwrap_err().to_string().starts_with("model: model.topology: is missing"));
}
