//! What the config room accepts, fills in and refuses, through its public face.

#[path = "../common/json_schema.rs"]
mod json_schema;

mod defaults;
mod judged;
mod ranges;
mod refused;
mod round_trip;
mod schema;
mod set;
mod syntax;
mod tasks;

use std::path::Path;
use std::sync::LazyLock;

use rnn::config::Config;
use serde_json::Value;

static SCHEMA: LazyLock<Value> = LazyLock::new(json_schema::ours);

const USUAL: [(&str, &str); 5] = [
    ("data", r#"{"path": "d.csv", "time": "t", "targets": ["y"]}"#),
    ("task", r#"{"type": "forecast"}"#),
    ("model", r#"{"topology": "single", "cell": "gru"}"#),
    ("training", "{}"),
    ("output", "{}"),
];

/// A config with some sections written anew; `data` stands in line 2, `task` in line 3, and so on.
fn text(sections: &[(&str, &str)]) -> String {
    let written = |name: &str| sections.iter().find(|(section, _)| *section == name);
    let lines = USUAL.map(|(name, usual)| {
        format!("\"{name}\": {}", written(name).map_or(usual, |(_, json)| *json))
    });
    format!("{{\n{}\n}}", lines.join(",\n"))
}

/// What the parser accepts the schema must accept, as it was written and as it is written back.
fn parse_with(text: &str, sets: &[&str]) -> rnn::error::Result<Config> {
    let arguments: Vec<_> = sets.iter().map(|set| set.to_string()).collect();
    let config = Config::parse(text, "c.json", Path::new("conf"), &arguments)?;
    if sets.is_empty() {
        assert_eq!(schema_faults(text), Vec::<String>::new(), "{text}");
    }
    let written = config.to_json(Path::new("conf"));
    assert_eq!(schema_faults(&written), Vec::<String>::new(), "{written}");
    Ok(config)
}

fn schema_faults(text: &str) -> Vec<String> {
    let text = text.trim_start_matches('\u{feff}');
    json_schema::faults(&SCHEMA, &serde_json::from_str(text).expect("JSON"))
}

fn accepted(sections: &[(&str, &str)]) -> Config {
    let text = text(sections);
    parse_with(&text, &[]).unwrap_or_else(|error| panic!("{error}\n{text}"))
}

/// The one-line message of a refused config.
fn refusal(text: &str, sets: &[&str]) -> String {
    let error = parse_with(text, sets).expect_err(text);
    assert_eq!(error.exit_code(), 2, "{text}");
    let message = error.to_string();
    assert!(!message.contains(char::is_control), "{message:?}");
    message
}
