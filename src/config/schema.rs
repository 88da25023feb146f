//! The JSON Schema of the config, from the types that parse it.

use serde_json::{Value, json};

use super::{raw, rules};

/// The schema (draft 2020-12) as pretty-printed JSON with a final newline: descriptions, words, ranges,
/// defaults, examples, and of the contradictions between keys those that a schema can tell.
pub fn schema() -> String {
    let schema = schemars::generate::SchemaSettings::draft2020_12()
        .into_generator()
        .into_root_schema_for::<raw::Config>();
    let generated = schema.to_value();
    let mut schema = json!({
        "$schema": generated["$schema"],
        "title": "rnn-train config",
        "description": "A training run of rnn-train. Paths are relative to this file.",
    });
    if let (Value::Object(schema), Value::Object(generated)) = (&mut schema, generated) {
        schema.extend(generated.into_iter().filter(|(key, _)| key != "$schema" && key != "title"));
    }
    add_rules("Config", &mut schema);
    if let Some(definitions) = schema["$defs"].as_object_mut() {
        definitions.iter_mut().for_each(|(name, definition)| add_rules(name, definition));
    }
    format!("{schema:#}\n")
}

/// The rules of a section belong to its object; the other alternative is a bare name.
fn add_rules(section: &str, definition: &mut Value) {
    let rules = rules::of(section);
    if !rules.is_empty() {
        let bare = definition.get("anyOf").is_some();
        let object = if bare { &mut definition["anyOf"][1] } else { definition };
        object["allOf"] = json!(rules);
    }
}
