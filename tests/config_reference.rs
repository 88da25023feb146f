//! `configs/schema.json` and the config reference of the README are what the code says. `UPDATE=1 cargo test --release
//! --test config_reference` writes both.

#[path = "common/json_schema.rs"]
mod json_schema;

use std::path::{Path, PathBuf};

use json_schema::{Key, keys, ours, referred};
use serde_json::Value;

const CURE: &str = "UPDATE=1 cargo test --release --test config_reference";
const BEGIN: &str = "<!-- config reference: begin -->\n";
const END: &str = "<!-- config reference: end -->\n";

/// Ends of ranges that are there only to keep nonsense out; the README says them once, above the table.
const FAR: [f64; 3] = [4_294_967_295.0, 9_007_199_254_740_991.0, 1e30];

fn here(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(name)
}

fn same_as_written(name: &str, expected: &str) {
    let written = std::fs::read_to_string(here(name)).unwrap_or_default();
    if written == expected {
        return;
    }
    if std::env::var("UPDATE").is_ok_and(|value| value == "1") {
        std::fs::write(here(name), expected).expect("written");
        return;
    }
    let differs = |(a, b): &(&str, &str)| a != b;
    let pairs = written.lines().chain([""]).zip(expected.lines().chain([""]));
    let first = pairs.enumerate().find(|(_, pair)| differs(pair));
    panic!("{name} is not what the code says; run: {CURE}\nfirst difference: {first:#?}");
}

#[test]
fn the_schema_file_is_that_of_the_code() {
    same_as_written("configs/schema.json", &rnn::config::schema());
}

#[test]
fn the_readme_has_the_reference_of_the_code() {
    let readme = std::fs::read_to_string(here("README.md")).expect("README.md");
    let (before, rest) = readme.split_once(BEGIN).expect(BEGIN);
    let (_, after) = rest.split_once(END).expect(END);
    same_as_written("README.md", &format!("{before}{BEGIN}{}{END}{after}", table()));
}

/// One row per key: key, values, default, meaning.
fn table() -> String {
    let root = ours();
    let mut table = "| key | values | default | meaning |\n|---|---|---|---|\n".to_owned();
    let mut above = String::new();
    // Targets are written like inputs.
    for key in keys(&root).iter().filter(|key| !key.name.starts_with("data.targets.0")) {
        let (meaning, default) = said(key);
        let words = words(&root, &key.schema);
        // The words of a type stand at the section already.
        let new = if words == above { "" } else { &words };
        let cells = [
            format!("`{}`", key.name.replace(".0.", "[].")),
            values(&root, &key.schema),
            default,
            format!("{meaning}{new}"),
        ];
        table.push_str(&format!("| {} |\n", cells.join(" | ")));
        above = words;
    }
    table
}

/// The description, cut where it comes to the default.
fn said(key: &Key) -> (String, String) {
    let text = key.schema["description"].as_str().expect("a description");
    let cut = text.find("Default").or(text.find("Required")).unwrap_or(text.len());
    let (meaning, rest) = text.split_at(cut);
    let rest = rest.strip_prefix("Default: ").unwrap_or(rest).trim_end_matches('.');
    let default = match key.schema.get("default") {
        Some(_) => format!("`{rest}`"),
        None if key.required => "required".to_owned(),
        None => rest.replacen("Default ", "", 1).replacen("Required", "required", 1),
    };
    (meaning.trim_end().to_owned(), default)
}

/// What each word stands for.
fn words(root: &Value, schema: &Value) -> String {
    let options = bare(root, schema)["oneOf"].as_array().into_iter().flatten();
    options.map(|o| format!(" `{}`: {}", text(&o["const"]), text(&o["description"]))).collect()
}

fn text(value: &Value) -> &str {
    value.as_str().expect("text")
}

/// The words of a key, or of the type its bare name stands for.
fn bare<'a>(root: &'a Value, schema: &'a Value) -> &'a Value {
    let schema = referred(root, schema);
    match schema["anyOf"].get(0) {
        Some(first) if schema["type"].is_null() => bare(root, first),
        _ => schema,
    }
}

fn values(root: &Value, schema: &Value) -> String {
    let schema = referred(root, schema);
    if let Some(options) = schema["oneOf"].as_array() {
        let options: Vec<_> = options.iter().map(|o| format!("`{}`", text(&o["const"]))).collect();
        return options.join(", ");
    }
    if let Some(words) = schema["enum"].as_array() {
        let words: Vec<_> = words.iter().map(|word| format!("`{}`", text(word))).collect();
        return words.join(", ");
    }
    if let (Some(alternatives), true) = (schema["anyOf"].as_array(), schema["type"].is_null()) {
        let alternatives: Vec<_> = alternatives.iter().map(|a| values(root, a)).collect();
        return alternatives.join(" or ");
    }
    let kinds: Vec<_> = match &schema["type"] {
        Value::Array(kinds) => kinds.iter().map(text).collect(),
        kind => vec![text(kind)],
    };
    let kinds = kinds.into_iter().map(|kind| match kind {
        "integer" => format!("whole number {}", range(schema)),
        "number" => format!("number {}", range(schema)),
        "boolean" => "true, false".to_owned(),
        "string" => "text".to_owned(),
        "array" if schema["maxItems"] == schema["minItems"] && schema["maxItems"].is_u64() => {
            format!("list of {}: {}", schema["maxItems"], values(root, &schema["items"]))
        }
        "array" => format!("list of {}", values(root, &schema["items"])),
        "object" => "object".to_owned(),
        "null" => "null".to_owned(),
        other => panic!("a type without a name for the README: {other}"),
    });
    kinds.collect::<Vec<_>>().join(" or ")
}

fn range(schema: &Value) -> String {
    let end = |key: &str, name: &str| {
        let end = schema.get(key).filter(|end| !FAR.contains(&end.as_f64().expect("a number")));
        end.map(|end| format!("{name} {end}"))
    };
    let ends = [
        end("minimum", "from"),
        end("exclusiveMinimum", "above"),
        end("maximum", "to"),
        end("exclusiveMaximum", "below"),
    ];
    ends.into_iter().flatten().collect::<Vec<_>>().join(", ")
}
