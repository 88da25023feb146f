//! Wrong configs, judged by the schema and by the parser. (That the schema accepts what the parser accepts is asked
//! of every config of these tests, in `parse_with`.)

use super::{USUAL, refusal, schema_faults, text};

const REGRESSION: &str = r#"{"type": "regression"}"#;
const TAGGING: &str = r#"{"type": "tagging"}"#;
const CLASSIFICATION: &str = r#"{"type": "classification"}"#;
const OF_X: &str = r#"{"path": "a", "series": "s", "inputs": ["x"], "targets": ["y"]}"#;
const LAST: &str = r#"{"type": "forecast", "loss_steps": "last"}"#;
const CARRY: &str = r#"{"state": "carry"}"#;
const BOTH_WAYS: &str = r#"{"topology": "bidirectional", "cell": "gru"}"#;

/// Sections that both refuse, and how the schema says so.
const REFUSED: &[(&[(&str, &str)], &str)] = &[
    (&[("data", "{}")], ": required [\"targets\"]"),
    (&[("data", r#"{"targets": ["y"]}"#)], "/data: required [\"path\"]"),
    (&[("data", r#"{"targets": ["y"], "valid": "a"}"#)], "/data/valid: not allowed"),
    (&[("data", r#"{"targets": ["y"], "path": "a", "train": "b"}"#)], "/data/path: not allowed"),
    (&[("data", r#"{"targets": ["y"], "train": "a", "split": {}}"#)], "/data/split: not allowed"),
    (&[("data", r#"{"targets": [], "path": "a"}"#)], "/data/targets: minItems"),
    (&[("data", r#"{"targets": [""], "path": "a"}"#)], "/data/targets/0: anyOf"),
    (&[("data", r#"{"targets": [{"scale": "none"}], "path": "a"}"#)], "/data/targets/0: anyOf"),
    (&[("data", r#"{"targets": "y", "path": "a"}"#)], "/data/targets: type"),
    (&[("data", r#"{"targets": ["y"], "path": []}"#)], "/data/path: minItems"),
    (&[("data", r#"{"targets": ["y"], "path": "a", "time": ""}"#)], "/data/time: anyOf"),
    (&[("data", r#"{"targets": ["y"], "path": "a", "serie": "id"}"#)], "/data/serie: not allowed"),
    (&[("data", r#"{"targets": ["y"], "path": "a", "missing": "skip"}"#)], "/data/missing: anyOf"),
    (
        &[("data", r#"{"targets": ["y"], "path": "a", "delimiter": "::"}"#)],
        "/data/delimiter: anyOf",
    ),
    (&[("data", r#"{"targets": ["y"], "path": "a", "delimiter": "\""}"#)], "/data/delimiter: not"),
    (&[("data", r#"{"targets": ["y"], "path": "a", "decimal": ";"}"#)], "/data/decimal: oneOf"),
    (
        &[("data", r#"{"targets": ["y"], "path": "a", "order": "ignore"}"#)],
        "/data: required [\"time\"]",
    ),
    (
        &[("data", r#"{"targets": ["y"], "path": "a", "split": {"test": "2024-01-01"}}"#)],
        "/data: required [\"time\"]",
    ),
    (
        &[(
            "data",
            r#"{"targets": ["y"], "path": "a", "time": "t", "order": "ignore", "split": {"test": "2024-01-01"}}"#,
        )],
        "/data/order: enum [\"error\",\"sort\"]",
    ),
    (
        &[("data", r#"{"targets": ["y"], "path": "a", "duplicates": "first"}"#)],
        "/data: required [\"time\"]",
    ),
    (
        &[("data", r#"{"targets": ["y"], "path": "a", "gaps": "cut"}"#)],
        "/data: required [\"time\"]",
    ),
    (
        &[(
            "data",
            r#"{"targets": ["y"], "path": "a", "time": "t", "order": "ignore", "gaps": "cut"}"#,
        )],
        "/data/gaps: const \"report\"",
    ),
    (
        &[(
            "data",
            r#"{"targets": ["y"], "path": "a", "time": "t", "order": "ignore", "duplicates": "first"}"#,
        )],
        "/data/duplicates: const \"error\"",
    ),
    (&[("data", r#"{"targets": ["y"], "path": "a", "header": []}"#)], "/data/header: minItems"),
    (
        &[("data", r#"{"targets": ["y"], "path": "a", "time": {"format": "iso"}}"#)],
        "/data/time: anyOf",
    ),
    (&[("data", r#"{"targets": ["y"], "path": "a", "split": {"valid": 1.5}}"#)], "valid: anyOf"),
    (
        &[("data", r#"{"targets": ["y"], "path": "a", "split": {"train": 9}}"#)],
        "/data/split: required [\"valid\",\"test\"]",
    ),
    (
        &[("data", r#"{"targets": ["y"], "path": "a", "split": {"by": "series"}}"#)],
        "/data: required [\"series\"]",
    ),
    (
        &[(
            "data",
            r#"{"targets": ["y"], "path": "a", "series": null, "scale": {"per": "series"}}"#,
        )],
        "/data/series: not",
    ),
    (
        &[("data", r#"{"targets": ["y"], "path": "a", "window": {"relative_to": "last"}}"#)],
        "/task: required [\"loss_steps\"]",
    ),
    (
        &[("data", r#"{"targets": ["y"], "path": "a", "window": null}"#), ("task", LAST)],
        "/task/loss_steps: enum [\"all\"]",
    ),
    (&[("task", "{}")], "/task: required [\"type\"]"),
    (&[("task", TAGGING)], "/data: required [\"inputs\"]"),
    (&[("task", CLASSIFICATION)], "/data: required [\"inputs\",\"series\"]"),
    (
        &[
            ("task", CLASSIFICATION),
            ("data", r#"{"path": "a", "inputs": ["x"], "targets": ["y"]}"#),
        ],
        "/data: required [\"inputs\",\"series\"]",
    ),
    (
        &[
            ("task", CLASSIFICATION),
            (
                "data",
                r#"{"path": "a", "series": "s", "inputs": ["x"], "targets": ["y"], "window": {"length": 4}}"#,
            ),
        ],
        "/data/window: const null",
    ),
    (
        &[("task", r#"{"type": "classification", "loss_steps": "all"}"#), ("data", OF_X)],
        "/task/loss_steps: enum [\"last\"]",
    ),
    (
        &[("task", TAGGING), ("data", OF_X), ("training", r#"{"loss": "mse"}"#)],
        "/training/loss: enum",
    ),
    (
        &[("task", REGRESSION), ("data", OF_X), ("training", r#"{"loss": "cross_entropy"}"#)],
        "/training/loss: not",
    ),
    (
        &[("task", REGRESSION), ("data", OF_X), ("training", r#"{"class_weights": "balanced"}"#)],
        "/training/class_weights: enum",
    ),
    (
        &[
            ("task", TAGGING),
            ("data", OF_X),
            ("model", r#"{"topology": "single", "cell": "gru", "head": "none"}"#),
        ],
        "/model/head: enum",
    ),
    (
        &[("data", r#"{"targets": [{"column": "y", "embedding": 4}], "path": "a"}"#)],
        "/data/targets/0: anyOf",
    ),
    (
        &[(
            "data",
            r#"{"targets": [{"column": "y", "type": "category", "scale": "none"}], "path": "a"}"#,
        )],
        "/data/targets/0: anyOf",
    ),
    (
        &[("data", r#"{"targets": ["y"], "path": "a", "split": {"column": "f", "by": "time"}}"#)],
        "/data/split/by: not allowed",
    ),
    (
        &[("data", r#"{"targets": ["y"], "path": "a", "split": {"column": "f", "valid": 2}}"#)],
        "valid: type",
    ),
    (
        &[("data", r#"{"targets": ["y"], "path": "a", "split": {"valid": ["2"]}}"#)],
        "/data/split: required [\"column\"]",
    ),
    (&[("training", r#"{"class_weights": {"a": 0}}"#)], "/training/class_weights: anyOf"),
    (&[("task", REGRESSION)], "/data: required [\"inputs\"]"),
    (&[("task", r#"{"type": "regression", "horizon": 2}"#)], "/task/horizon: not allowed"),
    (&[("task", r#"{"type": "regression", "anchor": "last"}"#)], "/task/anchor: enum [\"none\"]"),
    (&[("model", r#"{"topology": "single"}"#)], "/model: required"),
    (&[("model", r#"{"cell": "gru"}"#)], "/model: required"),
    (&[("model", BOTH_WAYS)], "/task: required [\"loss_steps\"]"),
    (
        &[("model", r#"{"topology": "single", "cell": "gru", "num_layers": 2}"#)],
        "/model/num_layers: const 1",
    ),
    (
        &[("model", r#"{"topology": "multi", "cell": "gru", "num_layers": 1}"#)],
        "/model/num_layers: minimum 2",
    ),
    (
        &[("model", r#"{"topology": "single", "cell": "gru", "dropout": 0.5}"#)],
        "/model/dropout: const 0",
    ),
    (
        &[
            ("model", r#"{"topology": "bidirectional", "cell": "gru", "dropout": 0.5}"#),
            ("task", LAST),
        ],
        "/model/dropout: const 0",
    ),
    (
        &[("model", r#"{"topology": "single", "cell": "gru", "nonlinearity": "relu"}"#)],
        "/model/nonlinearity: not allowed",
    ),
    (
        &[
            ("model", r#"{"topology": "single", "cell": "gru", "head": "none", "hidden_size": 1}"#),
            ("task", r#"{"type": "forecast", "anchor": "last"}"#),
        ],
        "/task/anchor: enum [\"none\"]",
    ),
    (&[("training", r#"{"shuffle": 1}"#)], "/training/shuffle: type"),
    (&[("training", r#"{"lanes": 2}"#)], "/training: required [\"state\"]"),
    (&[("training", r#"{"loss": {"delta": 2}}"#)], "/training/loss: anyOf"),
    (&[("training", r#"{"loss": {"type": "mae", "delta": 2}}"#)], "/training/loss: anyOf"),
    (&[("training", r#"{"optimizer": {"alpha": 0.9}}"#)], "/training/optimizer: anyOf"),
    (&[("training", r#"{"optimizer": {"betas": [0.9]}}"#)], "/training/optimizer: anyOf"),
    (
        &[("training", r#"{"optimizer": {"type": "sgd", "betas": [0.9, 0.9]}}"#)],
        "/training/optimizer: anyOf",
    ),
    (
        &[("training", r#"{"optimizer": {"type": "sgd", "nesterov": true}}"#)],
        "/training/optimizer: anyOf",
    ),
    (&[("training", r#"{"schedule": {"gamma": 0.5}}"#)], "/training/schedule: anyOf"),
    (&[("training", r#"{"schedule": {"type": "step"}}"#)], "/training/schedule: anyOf"),
    (&[("training", r#"{"schedule": {"type": "exponential"}}"#)], "/training/schedule: anyOf"),
    (&[("training", r#"{"schedule": "cosin"}"#)], "/training/schedule: anyOf"),
    (&[("training", r#"{"early_stopping": {}}"#)], "/training/early_stopping: anyOf"),
    (&[("training", CARRY), ("model", BOTH_WAYS), ("task", LAST)], "/model/topology: enum"),
    (&[("training", CARRY), ("task", LAST)], "/task/loss_steps: enum [\"all\"]"),
    (&[("training", r#"{"state": "carry", "shuffle": true}"#)], "/training/shuffle: const false"),
    (
        &[
            ("training", CARRY),
            ("data", r#"{"targets": ["y"], "path": "a", "window": {"relative_to": "first"}}"#),
        ],
        "/data/window/relative_to: enum [\"none\"]",
    ),
    (
        &[("training", CARRY), ("data", r#"{"targets": ["y"], "path": "a", "window": null}"#)],
        "/data/window: type \"object\"",
    ),
    (&[("output", r#"{"dir": ""}"#)], "/output/dir: minLength"),
];

#[test]
fn what_a_schema_can_refuse_it_refuses() {
    for (sections, expected) in REFUSED {
        let text = text(sections);
        refusal(&text, &[]);
        let faults = schema_faults(&text);
        assert!(faults.iter().any(|fault| fault.contains(expected)), "{text}\n{faults:?}");
    }
    for missing in ["data", "task", "model"] {
        let usual: Vec<_> = USUAL.iter().filter(|(name, _)| *name != missing).collect();
        let sections: Vec<_> =
            usual.iter().map(|(name, json)| format!("\"{name}\": {json}")).collect();
        let text = format!("{{{}}}", sections.join(", "));
        refusal(&text, &[]);
        assert!(schema_faults(&text)[0].contains("required"), "{missing}");
    }
}

/// Refused by the parser alone: a schema compares no values, and knows no ASCII.
const BEYOND: &[&[(&str, &str)]] = &[
    &[("data", r#"{"targets": ["y", "y"], "path": "a"}"#)],
    &[("data", r#"{"targets": ["y"], "path": "a", "delimiter": "§"}"#)],
    &[("data", r#"{"targets": ["y"], "inputs": ["y"], "path": "a"}"#), ("task", REGRESSION)],
    &[("data", r#"{"targets": ["y"], "path": "a", "split": {"valid": 0.6, "test": 0.6}}"#)],
    &[
        ("data", r#"{"targets": ["y"], "path": "a", "window": {"length": 8, "stride": 4}}"#),
        ("training", CARRY),
    ],
    &[("model", r#"{"topology": "single", "cell": "gru", "head": "none"}"#)],
    &[("model", r#"{"topology": "single", "cell": "gru", "hidden_size": 64.0}"#)],
    &[("training", r#"{"schedule": {"type": "cosine", "min_learning_rate": 1}}"#)],
];

#[test]
fn what_is_beyond_a_schema_is_left_to_the_parser() {
    for sections in BEYOND {
        let text = text(sections);
        refusal(&text, &[]);
        assert_eq!(schema_faults(&text), Vec::<String>::new(), "now the schema can: {text}");
    }
}
