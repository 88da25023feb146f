//! Faults B1 1-7, 13, 14: files that are no config, and where the messages point.

use std::path::Path;

use rnn::config::Config;
use rnn::error::Error;

use super::{accepted, refusal, text};

#[test]
fn text_that_is_not_json_is_refused_with_its_place() {
    let deep = "[".repeat(200);
    let cases = [
        ("", "c.json: file is empty"),
        (" \n\t", "c.json: file is empty"),
        ("{", "c.json:1:1: not valid JSON: the text ends inside an object"),
        ("{\"data\": {}", "c.json:1:11: not valid JSON: the text ends inside an object"),
        ("{\"data\": tru", "c.json:1:12: data: not valid JSON: the text ends inside a value"),
        ("{} x", "c.json:1:4: not valid JSON: trailing characters"),
        ("{}}", "c.json:1:3: not valid JSON: trailing characters"),
        ("{\n\"task\": {\"horizon\": 3,}}", "c.json:2:23: task: not valid JSON: trailing comma"),
        ("{\"data\"}", "c.json:1:8: not valid JSON: expected `:`"),
        ("{\"data\": }", "data: not valid JSON: expected a value"),
        ("{data: 1}", "c.json:1:2: not valid JSON: key must be a string"),
        ("{'data': 1}", "key must be a string (JSON strings stand in double quotes)"),
        ("{ // x\n}", "c.json:1:3: not valid JSON: key must be a string (JSON has no comments)"),
        ("# x\n{}", "expected a value (JSON has no comments)"),
        ("{\"data\": {\"path\": \"a\\qb\"}}", "data.path: not valid JSON: invalid escape"),
        ("{\"training\": {\"shuffle\": True}}", "expected a value (JSON says true and false)"),
        ("[]", "got a list, expected an object"),
        ("null", "got null, expected an object"),
        ("\"data\"", "got string \"data\", expected an object"),
        ("{\"model\": null}", "model: got null, expected an object"),
        ("{\"$schema\": 3}", "$schema: got number `3`, expected a string"),
        ("{\"name\": \"../../x\"}", "unknown key \"name\"; known: \"data\""),
        (&deep, "got a list, expected an object"),
        (&format!("{{\"$schema\": {deep}"), "$schema: got a list"),
        (&format!("{{\"data\": {{\"path\": {deep}"), "data.path[0]: got a list, expected a string"),
    ];
    for (json, expected) in cases {
        let message = refusal(json, &[]);
        assert!(message.contains(expected), "{message}\nexpected: {expected}");
    }
}

#[test]
fn a_wrong_type_names_key_and_what_was_expected() {
    let cases = [
        (
            "model",
            r#"{"hidden_size": "64"}"#,
            "c.json:4:29: model.hidden_size: got string \"64\", expected a whole number",
        ),
        (
            "model",
            r#"{"hidden_size": null}"#,
            "model.hidden_size: got null, expected a whole number",
        ),
        ("model", r#"{"hidden_size": 1e3}"#, "written without point or exponent, got 1000.0"),
        ("model", r#"{"hidden_size": [64]}"#, "model.hidden_size: got a list"),
        (
            "model",
            r#"{"dropout": "a lot"}"#,
            "model.dropout: got string \"a lot\", expected a number from 0",
        ),
        (
            "model",
            r#"{"cell": 1}"#,
            "model.cell: got number `1`, expected one of \"rnn\", \"lstm\", \"gru\"",
        ),
        ("model", r#"["multi", "lstm"]"#, "c.json:4:10: model: got a list, expected an object"),
        (
            "training",
            r#"{"shuffle": 1}"#,
            "training.shuffle: got number `1`, expected true or false",
        ),
        (
            "training",
            r#"{"optimizer": 5}"#,
            "training.optimizer: got number `5`, expected a name or an object",
        ),
        (
            "training",
            r#"{"optimizer": {"betas": [0.9]}}"#,
            "training.optimizer.betas: expected two numbers, got 1",
        ),
        (
            "training",
            r#"{"optimizer": {"betas": [0.9, 0.9, 0.9]}}"#,
            "training.optimizer.betas: expected two numbers, got 3",
        ),
        (
            "training",
            r#"{"epochs": NaN}"#,
            "training.epochs: not valid JSON: expected a value (NaN",
        ),
        ("data", r#"{"targets": "y"}"#, "data.targets: got string \"y\", expected a list"),
        (
            "data",
            r#"{"targets": ["y", 3]}"#,
            "data.targets[1]: got number `3`, expected a name or an object",
        ),
        (
            "data",
            r#"{"path": {"a": 1}}"#,
            "data.path: got an object, expected a string or a list of strings",
        ),
        (
            "data",
            r#"{"split": {"valid": true}}"#,
            "data.split.valid: got boolean `true`, expected a fraction",
        ),
        ("data", r#"{"window": 96}"#, "data.window: got number `96`, expected an object"),
    ];
    for (section, json, expected) in cases {
        let message = refusal(&text(&[(section, json)]), &[]);
        assert!(message.contains(expected), "{message}\nexpected: {expected}");
    }
}

#[test]
fn every_object_refuses_unknown_and_duplicate_keys() {
    let cases = [
        ("data", "%", "tagets", "targets", r#""targets": []"#),
        ("data", r#"{"split": %}"#, "vaild", "valid", r#""valid": 0.1"#),
        ("data", r#"{"window": %}"#, "lenght", "length", r#""length": 3"#),
        ("data", r#"{"scale": %}"#, "typ", "type", r#""type": "none""#),
        ("data", r#"{"inputs": ["a", %]}"#, "col", "column", r#""column": "a""#),
        ("task", "%", "horizn", "horizon", r#""horizon": 1"#),
        ("model", "%", "hiden", "hidden_size", r#""hidden_size": 1"#),
        ("training", "%", "epoch", "epochs", r#""epochs": 1"#),
        ("training", r#"{"loss": %}"#, "delt", "delta", r#""delta": 1"#),
        (
            "training",
            r#"{"optimizer": %}"#,
            "learning_rat",
            "learning_rate",
            r#""learning_rate": 1"#,
        ),
        ("training", r#"{"schedule": %}"#, "warmup", "warmup_steps", r#""warmup_steps": 1"#),
        ("training", r#"{"early_stopping": %}"#, "patince", "patience", r#""patience": 1"#),
        ("output", "%", "directory", "dir", r#""dir": "x""#),
    ];
    for (section, json, wrong, right, pair) in cases {
        let unknown = json.replace('%', &format!("{{\"{wrong}\": 1}}"));
        let message = refusal(&text(&[(section, &unknown)]), &[]);
        let expected = format!("unknown key \"{wrong}\"; did you mean \"{right}\"?");
        assert!(message.contains(&expected), "{message}\nexpected: {expected}");

        let twice = json.replace('%', &format!("{{{pair}, {pair}}}"));
        let message = refusal(&text(&[(section, &twice)]), &[]);
        let expected = format!("duplicate key \"{right}\"; write it once");
        assert!(message.contains(&expected), "{message}\nexpected: {expected}");
    }
    assert!(refusal("{\"modle\": {}}", &[]).contains("did you mean \"model\"?"));
    assert!(refusal("{\"data\": {}, \"data\": {}}", &[]).contains("duplicate key \"data\""));
}

#[test]
fn byte_order_mark_and_schema_link_are_allowed() {
    let plain = accepted(&[]);
    let text = text(&[]).replacen('{', "\u{feff}{\"$schema\": \"rnn.schema.json\",", 1);
    assert_eq!(super::parse_with(&text, &[]).unwrap(), plain);
}

#[test]
fn files_that_cannot_be_read_are_inputs_and_others_are_configs() {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str, bytes: &[u8]| {
        let path = folder.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        Config::load(&path, &[])
    };
    let missing = Config::load(&folder.path().join("none.json"), &[]).unwrap_err();
    assert_eq!(missing.exit_code(), 66);
    assert!(missing.to_string().ends_with("none.json: no such file or directory"), "{missing}");
    assert_eq!(Config::load(folder.path(), &[]).unwrap_err().exit_code(), 66);

    let large = file("large.json", &vec![b' '; (1 << 20) + 1]).unwrap_err();
    assert!(
        matches!(large, Error::Config { .. }) && large.to_string().contains("larger than 1 MiB")
    );
    let latin = file("latin.json", b"{\n\"a\": \"\xe9\"}").unwrap_err();
    assert!(latin.to_string().ends_with("latin.json:2: not UTF-8 text; save the file as UTF-8"));

    let good = file("good.json", text(&[]).as_bytes()).unwrap();
    let path = folder.path().join("d.csv");
    assert_eq!(good.data.source, Some(rnn::config::Source::Whole(vec![path])));
    let relative = Config::load(Path::new("no-such-folder/c.json"), &[]).unwrap_err();
    assert_eq!(relative.exit_code(), 66);
}
