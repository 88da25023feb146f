//! What the JSON Schema says of a section and its keys.

use serde::Serialize;
use serde_json::{Map, Value, json};

use super::section::Section;

/// What the schema says of a key.
pub(super) struct Key {
    pub(super) name: &'static str,
    pub(super) doc: &'static str,
    pub(super) schema: schemars::Schema,
    pub(super) default: Option<Value>,
    pub(super) examples: Option<Value>,
}

impl Key {
    /// The schema of its values with all that is known of them. The default is said in words, too:
    /// editors show descriptions only.
    fn described(self) -> Value {
        let mut schema = never_empty(self.schema);
        let description = one_paragraph(self.doc);
        schema["description"] = match &self.default {
            Some(default) => format!("{description} Default: {}.", spaced(default)),
            None => description,
        }
        .into();
        let known = [("default", self.default), ("examples", self.examples)];
        for (word, value) in known.into_iter().filter_map(|(word, value)| Some((word, value?))) {
            schema[word] = value;
        }
        schema
    }
}

/// JSON in one line with blanks, as people write it.
fn spaced(value: &Value) -> String {
    match value {
        Value::Array(list) => {
            format!("[{}]", list.iter().map(spaced).collect::<Vec<_>>().join(", "))
        }
        Value::Object(object) => {
            let pair = |(key, value): (&String, &Value)| format!("\"{key}\": {}", spaced(value));
            format!("{{{}}}", object.iter().map(pair).collect::<Vec<_>>().join(", "))
        }
        other => other.to_string(),
    }
}

/// There is no key whose text or list may be empty.
fn never_empty(schema: schemars::Schema) -> Value {
    let mut schema = schema.to_value();
    let least = match &schema["type"] {
        Value::String(kind) if kind == "string" => "minLength",
        Value::String(kind) if kind == "array" && schema["minItems"].is_null() => "minItems",
        Value::Array(kinds) if kinds.iter().any(|kind| kind == "string") => "minLength",
        _ => return schema,
    };
    schema[least] = 1.into();
    schema
}

/// A default as one would write it: a bare name where it says all, 0 for 0.0.
pub(super) fn as_written<T: Serialize>(value: &T) -> Option<Value> {
    let mut value = serde_json::to_value(value).ok()?;
    super::write::shorten(&mut value);
    match value.as_f64() {
        Some(number) if number.fract() == 0.0 => Some((number as i64).into()),
        _ => Some(value),
    }
}

/// The schema of a section. It has no description: that of the key it stands at would have to yield to it.
pub(super) fn object_schema<S: Section>(keys: Vec<Key>) -> schemars::Schema {
    let mut properties = Map::new();
    if let Some(ignored) = S::IGNORED {
        let description = "Where the schema of this file is, for editors; ignored.";
        properties.insert(ignored.into(), json!({"type": "string", "description": description}));
    }
    properties.extend(keys.into_iter().map(|key| (key.name.to_owned(), key.described())));
    let bare = S::BARE.map(|key| properties[key].clone());
    let mut object = Map::new();
    object.insert("type".into(), "object".into());
    object.insert("properties".into(), properties.into());
    if !S::REQUIRED.is_empty() {
        object.insert("required".into(), S::REQUIRED.into());
    }
    object.insert("additionalProperties".into(), false.into());
    match bare {
        Some(bare) => schemars::json_schema!({"anyOf": [bare, object]}),
        None => object.into(),
    }
}

/// Doc comments are broken into lines; descriptions are not.
pub(super) fn one_paragraph(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
