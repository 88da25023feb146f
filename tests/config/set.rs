//! `--set KEY=VALUE`.

use std::path::PathBuf;

use rnn::config::{Config, Optimizer, Part, Source};

use super::{parse_with, refusal, text};

fn set(sections: &[(&str, &str)], sets: &[&str]) -> Config {
    parse_with(&text(sections), sets).unwrap_or_else(|error| panic!("{error}"))
}

#[test]
fn a_value_is_json_or_else_a_bare_word() {
    assert_eq!(set(&[], &["model.hidden_size=128"]).model.hidden_size, 128);
    assert!(!set(&[], &["training.shuffle=false"]).training.shuffle);
    assert_eq!(set(&[], &["data.window=null", "data.split.by=time"]).data.window, None);
    assert_eq!(set(&[], &["data.window={\"length\": 5}"]).data.window.unwrap().length, 5);
    assert_eq!(set(&[], &["data.time=when"]).data.time.unwrap().column, "when");
    assert_eq!(set(&[], &["data.time=\"2017\""]).data.time.unwrap().column, "2017");
    let split = set(&[], &["data.split.test=2017-10-24"]).data.split.unwrap();
    assert_eq!(split.test, Part::From("2017-10-24".into()));
}

#[test]
fn the_last_of_several_wins_and_the_command_line_beats_the_file() {
    let config = set(&[("training", r#"{"seed": 5}"#)], &["training.seed=6", "training.seed=7"]);
    assert_eq!(config.training.seed, 7);
}

#[test]
fn a_key_below_a_bare_name_or_below_nothing_keeps_the_name() {
    let rate = |training: &str| {
        set(&[("training", training)], &["training.optimizer.learning_rate=0.5"]).training.optimizer
    };
    assert!(matches!(rate("{}"), Optimizer::Adam(adam) if adam.learning_rate == 0.5));
    assert!(matches!(rate(r#"{"optimizer": "adamw"}"#), Optimizer::AdamW(_)));
    assert!(matches!(
        rate(r#"{"optimizer": {"type": "sgd", "momentum": 0.9}}"#),
        Optimizer::Sgd { learning_rate: 0.5, momentum: 0.9, .. }
    ));
    let window = set(
        &[("data", r#"{"path": "a", "targets": ["y"], "window": null}"#)],
        &["data.window.length=7"],
    );
    assert_eq!(window.data.window.unwrap().length, 7);
    let column = set(&[], &["data.targets.0.scale=none"]);
    assert_eq!(column.data.targets[0].scale(), Some(rnn::config::ScaleKind::None));
}

#[test]
fn paths_of_the_command_line_are_relative_to_the_working_directory() {
    let config = set(&[("output", r#"{"dir": "runs"}"#)], &["data.path=x/*.csv"]);
    assert_eq!(config.data.source, Some(Source::Whole(vec![PathBuf::from("x/*.csv")])));
    assert_eq!(config.output.dir, Some(PathBuf::from("conf/runs")));
    assert_eq!(set(&[], &["output.dir=runs"]).output.dir, Some(PathBuf::from("runs")));
}

#[test]
fn errors_name_the_argument() {
    let cases = [
        ("model.hidden_size", "--set model.hidden_size: expected KEY=VALUE"),
        ("=3", "--set =3: expected KEY=VALUE"),
        ("model..cell=gru", "--set model..cell=gru: expected KEY=VALUE"),
        (
            "model.hiden=3",
            "--set model.hiden=3: model: unknown key \"hiden\"; did you mean \"hidden_size\"?",
        ),
        ("modle.cell=gru", "--set modle.cell=gru: unknown key \"modle\"; did you mean \"model\"?"),
        (
            "model.cell=lsmt",
            "--set model.cell=lsmt: model.cell: unknown value \"lsmt\"; did you mean \"lstm\"?",
        ),
        ("data.window={\"length\": 5", "--set data.window={\"length\": 5: VALUE is not valid JSON"),
        (
            "data.window=wide",
            "--set data.window=wide: data.window: got string \"wide\", expected an object",
        ),
        ("model.cell.size=3", "--set model.cell.size=3: model.cell is \"gru\", which has no keys"),
        (
            "data.targets.1.scale=none",
            "--set data.targets.1.scale=none: data.targets: \"1\" is not an item; there are 1, from 0",
        ),
        (
            "training.seed=1e999",
            "--set training.seed=1e999: VALUE is not valid JSON: the number is out of range",
        ),
        ("model.dropout=0.5", "--set model.dropout=0.5: model.dropout: acts between layers"),
        (
            "data.split.valid=0.9",
            "--set data.split.valid=0.9: data.split: valid and test take all rows",
        ),
    ];
    let data = r#"{"path": "d.csv", "targets": ["y"], "split": {"valid": 0.1, "test": 0.1}}"#;
    for (argument, expected) in cases {
        let message = refusal(&text(&[("data", data)]), &[argument]);
        assert!(message.starts_with(expected), "{message}\nexpected: {expected}");
    }
}

#[test]
fn the_file_must_be_right_before_anything_is_set() {
    let broken = text(&[("model", r#"{"cell": "gruu", "topology": "single"}"#)]);
    assert!(refusal(&broken, &["model.cell=gru"]).starts_with("c.json:4:"));
}
