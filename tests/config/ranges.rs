//! Every numeric key has a range, its ends are in it and the next numbers are not.

use super::json_schema::{Key, check, keys};
use super::{SCHEMA, parse_with, refusal, text};

const MOST: End = ("4294967295", "4294967296");

/// A value at an end of the range, and its neighbour outside.
type End = (&'static str, &'static str);

/// An input of words, whose letters are read too.
const A_TEXT: &[&str] = &[r#"data.inputs=[{"column": "x", "type": "text", "suffixes": [1]}]"#];

/// What must be set first, the key, and the two ends of its range.
const RANGES: &[(&[&str], &str, End, End)] = &[
    (A_TEXT, "data.inputs.0.embedding", ("1", "0"), MOST),
    (A_TEXT, "data.inputs.0.min_count", ("1", "0"), MOST),
    (A_TEXT, "data.inputs.0.features", ("1", "0"), MOST),
    (A_TEXT, "data.inputs.0.characters.embedding", ("1", "0"), MOST),
    (A_TEXT, "data.inputs.0.characters.hidden_size", ("1", "0"), MOST),
    (A_TEXT, "data.inputs.0.unknown", ("0", "-1"), ("1e30", "1e31")),
    (&[], "model.input_dropout", ("0", "-0.1"), ("0.999", "1")),
    (
        &[r#"data.targets=[{"column": "y", "type": "category"}]"#],
        "training.class_weights",
        (r#"{"a": 1e-30}"#, r#"{"a": 0}"#),
        (r#"{"a": 1e30}"#, r#"{"a": 1e31}"#),
    ),
    (
        &["data.split.by=series", "data.series=id"],
        "data.split.seed",
        ("0", "-1"),
        ("9007199254740991", "9007199254740992"),
    ),
    (&[], "data.split.valid", ("0", "-0.1"), ("4294967295", "4294967296")),
    (&[], "data.split.test", ("0.0", "-1"), ("0.79", "1e999")),
    (&["data.split.valid=1", "data.split.test=1"], "data.split.train", ("1e-9", "-1"), MOST),
    (&[], "data.window.length", ("1", "0"), MOST),
    (&[], "data.window.stride", ("1", "0"), MOST),
    (&[], "task.horizon", ("1", "0"), MOST),
    (&[], "task.season", ("1", "0"), MOST),
    (&[], "model.hidden_size", ("1", "0"), ("4294967295", "18446744073709551616")),
    (
        &["model.topology=bidirectional", "task.loss_steps=last"],
        "model.num_layers",
        ("1", "-1"),
        ("1000000", "1000001"),
    ),
    (&["model.topology=multi"], "model.dropout", ("0", "-0.1"), ("0.999", "1")),
    (&[], "training.epochs", ("0", "-1"), MOST),
    (&[], "training.batch_size", ("1", "0"), MOST),
    (&["task.intervals={}"], "task.intervals.coverage", ("1e-9", "0"), ("0.999", "1")),
    (&["training.loss=huber"], "training.loss.delta", ("1e-30", "0"), ("1e30", "1.1e30")),
    (&[], "training.optimizer.learning_rate", ("1e-300", "0"), ("1e30", "1e31")),
    (&["training.optimizer=sgd"], "training.optimizer.momentum", ("0", "-0.1"), ("0.999", "1.0")),
    (
        &["training.optimizer=adamw"],
        "training.optimizer.weight_decay",
        ("0", "-1"),
        ("1e30", "1e31"),
    ),
    (&[], "training.optimizer.betas", ("[0, 0]", "[0.9, -1]"), ("[0.9, 0.999]", "[1, 0.9]")),
    (&[], "training.optimizer.eps", ("1e-300", "0"), ("1e30", "1e31")),
    (&["training.optimizer=rmsprop"], "training.optimizer.alpha", ("0", "-1"), ("0.999", "1")),
    (&[], "training.schedule.warmup_steps", ("0", "-1"), ("9007199254740991", "9007199254740992")),
    (&["training.schedule=step"], "training.schedule.step_size", ("1", "0"), MOST),
    (&["training.schedule=exponential"], "training.schedule.gamma", ("1e-9", "0"), ("1", "1.01")),
    (
        &["training.schedule=cosine", "training.optimizer.learning_rate=1e30"],
        "training.schedule.min_learning_rate",
        ("0", "-1"),
        ("1e30", "1e31"),
    ),
    (&["training.schedule=plateau"], "training.schedule.factor", ("1e-9", "0"), ("0.999", "1")),
    (&["training.schedule=plateau"], "training.schedule.patience", ("0", "-1"), MOST),
    (&["training.schedule=plateau"], "training.schedule.threshold", ("0", "-1"), ("0.999", "1")),
    (&[], "training.clip_grad_norm", ("1e-30", "0"), ("1e30", "1e31")),
    (&["training.on_non_finite=skip"], "training.on_non_finite.limit", ("1", "0"), MOST),
    (&[], "training.early_stopping.patience", ("1", "0"), MOST),
    (
        &["training.early_stopping.patience=1"],
        "training.early_stopping.min_delta",
        ("0", "-1"),
        ("1e30", "1e999"),
    ),
    (&[], "training.seed", ("0", "-1"), ("9007199254740991", "9007199254740992")),
    (&["training.state=carry"], "training.lanes", ("1", "0"), MOST),
    (&["data.time=t"], "data.gaps.cut", ("1", "0"), MOST),
    (&[], "output.checkpoint_every", ("1", "0"), MOST),
    (&[], "output.checkpoint_every.epochs", ("1", "0"), MOST),
    (&[], "output.checkpoint_every.steps", ("1", "0"), MOST),
    (&[], "output.checkpoint_every.seconds", ("1", "-1"), MOST),
];

#[test]
fn the_ends_are_accepted_and_their_neighbours_refused() {
    for (first, key, low, high) in RANGES {
        for (inside, outside) in [low, high] {
            let with = |value: &str| {
                let sets = first.iter().map(|set| set.to_string());
                sets.chain([format!("{key}={value}")]).collect::<Vec<_>>()
            };
            let sets = with(inside);
            let sets: Vec<_> = sets.iter().map(String::as_str).collect();
            if let Err(error) = parse_with(&text(&[]), &sets) {
                panic!("{error}");
            }
            let shown = format!("{key}={outside}");
            let sets = with(outside);
            let sets: Vec<_> = sets.iter().map(String::as_str).collect();
            let message = refusal(&text(&[]), &sets);
            assert!(message.starts_with(&format!("--set {shown}: ")), "{message}");
            assert!(message.contains("out of range"), "{message}");
        }
    }
}

#[test]
fn no_numeric_key_of_the_schema_is_without_a_tested_range() {
    let numeric = |key: &Key| {
        let text = key.schema.to_string();
        let is_list = key.schema["type"] == "array" && !key.name.ends_with("betas");
        // Targets are written like inputs.
        !is_list && text.contains("imum") && !key.name.starts_with("data.targets.0.")
    };
    let numeric: Vec<_> = keys(&SCHEMA).into_iter().filter(numeric).map(|key| key.name).collect();
    for name in &numeric {
        assert!(RANGES.iter().any(|range| range.1 == name), "{name}");
    }
    assert_eq!(numeric.len(), RANGES.len(), "keys in the schema and in the table");
}

#[test]
fn the_schema_has_the_same_ranges() {
    let keys = keys(&SCHEMA);
    for (_, name, low, high) in RANGES {
        let key = keys.iter().find(|key| key.name == *name).expect(name);
        for (inside, outside) in [low, high] {
            let faults = |value: &str| {
                let value = serde_json::from_str(value).expect(value);
                check(&SCHEMA, &key.schema, &value, name)
            };
            assert!(faults(inside).is_empty(), "{name} = {inside}: {:?}", faults(inside));
            // 1e999 is beyond any JSON number.
            assert!(*outside == "1e999" || !faults(outside).is_empty(), "{name} = {outside}");
        }
    }
}

#[test]
fn a_part_is_a_fraction_a_count_or_a_date() {
    let part = |json: &str| {
        refusal(&text(&[("data", &format!(r#"{{"split": {{"valid": {json}}}}}"#))]), &[])
    };
    assert!(part("1.5").contains("1.5 is neither a fraction (below 1) nor a whole count"));
    assert!(part("\" \"").contains("an empty date"));
    assert!(
        part("-1e-9").contains("out of range; allowed: a fraction from 0 to below 1, or a count")
    );
}
