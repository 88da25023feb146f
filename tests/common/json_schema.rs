//! A small JSON Schema validator: the words that our schema uses, and a panic at any other.

// Each test binary compiles all of this and uses a part of it.
#![allow(dead_code, unreachable_pub)]

use serde_json::{Map, Value};

/// Words that only inform.
const NOTES: [&str; 7] =
    ["$schema", "$defs", "title", "description", "default", "examples", "properties"];

/// The schema of the library.
pub fn ours() -> Value {
    serde_json::from_str(&rnn::config::schema()).expect("the schema is JSON")
}

/// A key of the schema, by its dotted name; item 0 of a list stands for all.
pub struct Key {
    /// `model.hidden_size`.
    pub name: String,
    /// What its values may be.
    pub schema: Value,
    /// Whether its section must have it.
    pub required: bool,
}

/// Every key but `$schema` and the sections themselves.
pub fn keys(root: &Value) -> Vec<Key> {
    let mut keys = Vec::new();
    collect(root, "", root, &mut keys);
    keys.retain(|key| key.name.contains('.'));
    keys
}

fn collect(root: &Value, above: &str, schema: &Value, keys: &mut Vec<Key>) {
    let schema = referred(root, schema);
    for alternative in schema["anyOf"].as_array().into_iter().flatten() {
        collect(root, above, alternative, keys);
    }
    if schema["items"].is_object() {
        collect(root, &format!("{above}.0"), &schema["items"], keys);
    }
    for (key, property) in schema["properties"].as_object().into_iter().flatten() {
        let name = if above.is_empty() { key.clone() } else { format!("{above}.{key}") };
        let required = schema["required"].as_array().is_some_and(|r| r.contains(&key[..].into()));
        if key != "$schema" {
            keys.push(Key { name: name.clone(), schema: property.clone(), required });
            collect(root, &name, property, keys);
        }
    }
}

/// What a `$ref` points to, or the schema itself.
pub fn referred<'a>(root: &'a Value, schema: &'a Value) -> &'a Value {
    match schema["$ref"].as_str().and_then(|place| place.strip_prefix('#')) {
        Some(place) => root.pointer(place).expect("a definition"),
        None => schema,
    }
}

/// What is wrong with `value`: one `place: word` for each word of the schema that refuses it.
pub fn faults(root: &Value, value: &Value) -> Vec<String> {
    check(root, root, value, "")
}

/// [`faults`] of a part of the schema.
pub fn check(root: &Value, schema: &Value, value: &Value, place: &str) -> Vec<String> {
    let words = match schema {
        Value::Bool(true) => return Vec::new(),
        Value::Bool(false) => return vec![format!("{place}: not allowed")],
        Value::Object(words) => words,
        other => panic!("{other} is no schema"),
    };
    let mut faults = inside(root, words, value, place);
    for (word, says) in words {
        let sub = |schema: &Value| check(root, schema, value, place);
        let fits = |schema: &&Value| sub(schema).is_empty();
        let any = || says.as_array().expect("schemas").iter().filter(fits).count();
        let ok = match &word[..] {
            "$ref" => {
                faults.extend(sub(referred(root, schema)));
                true
            }
            "allOf" => {
                faults.extend(says.as_array().expect("schemas").iter().flat_map(sub));
                true
            }
            "if" => {
                let next = if fits(&says) { "then" } else { "else" };
                faults.extend(words.get(next).map(sub).unwrap_or_default());
                true
            }
            "anyOf" => any() > 0,
            "oneOf" => any() == 1,
            "not" => !fits(&says),
            word => agrees(word, says, words, value),
        };
        if !ok {
            faults.push(format!("{place}: {word} {says}"));
        }
    }
    faults
}

/// What the words about keys and items say of keys and items.
fn inside(root: &Value, words: &Map<String, Value>, value: &Value, place: &str) -> Vec<String> {
    let mut faults = Vec::new();
    if let (Some(schema), Some(items)) = (words.get("items"), value.as_array()) {
        let item = |(at, item)| check(root, schema, item, &format!("{place}/{at}"));
        faults.extend(items.iter().enumerate().flat_map(item));
    }
    for (key, value) in value.as_object().into_iter().flatten() {
        let own = words.get("properties").and_then(|keys| keys.get(key));
        if let Some(schema) = own.or(words.get("additionalProperties")) {
            faults.extend(check(root, schema, value, &format!("{place}/{key}")));
        }
    }
    faults
}

/// A word that looks at the value alone. Words about one type ask nothing of another.
fn agrees(word: &str, says: &Value, words: &Map<String, Value>, value: &Value) -> bool {
    let number = |test: fn(f64, f64) -> bool| {
        value.as_f64().is_none_or(|x| test(x, says.as_f64().expect("a number")))
    };
    let least = says.as_u64().map(|least| least as usize);
    match word {
        "type" => match says {
            Value::Array(kinds) => kinds.iter().any(|kind| is_a(kind, value)),
            kind => is_a(kind, value),
        },
        "const" => equal(says, value),
        "enum" => says.as_array().expect("values").iter().any(|one| equal(one, value)),
        "required" => {
            let key = |key: &Value| value.get(key.as_str().expect("a key")).is_some();
            !value.is_object() || says.as_array().expect("keys").iter().all(key)
        }
        "minimum" => number(|x, least| x >= least),
        "maximum" => number(|x, most| x <= most),
        "exclusiveMinimum" => number(|x, bound| x > bound),
        "exclusiveMaximum" => number(|x, bound| x < bound),
        "multipleOf" => number(|x, unit| (x / unit).fract() == 0.0),
        "minLength" => value.as_str().is_none_or(|text| Some(text.chars().count()) >= least),
        "maxLength" => value.as_str().is_none_or(|text| Some(text.chars().count()) <= least),
        "minItems" => value.as_array().is_none_or(|list| Some(list.len()) >= least),
        "maxItems" => value.as_array().is_none_or(|list| Some(list.len()) <= least),
        "minProperties" => value.as_object().is_none_or(|keys| Some(keys.len()) >= least),
        "items" | "additionalProperties" => true,
        "then" | "else" => words.contains_key("if"),
        word => NOTES.contains(&word) || panic!("the validator does not know {word:?}"),
    }
}

fn is_a(kind: &Value, value: &Value) -> bool {
    match kind.as_str().expect("a type") {
        "null" => value.is_null(),
        "boolean" => value.is_boolean(),
        "string" => value.is_string(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        "number" => value.is_number(),
        "integer" => value.as_f64().is_some_and(|x| x.fract() == 0.0),
        other => panic!("{other:?} is no type"),
    }
}

/// Numbers are equal as numbers: 0 is 0.0.
fn equal(a: &Value, b: &Value) -> bool {
    a == b || a.is_number() && b.is_number() && a.as_f64() == b.as_f64()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn every_word_can_refuse() {
        let refused = [
            (json!({"type": ["string", "null"]}), json!(1)),
            (json!({"type": "integer"}), json!(1.5)),
            (json!({"const": 0}), json!(1)),
            (json!({"enum": ["a", "b"]}), json!("c")),
            (json!({"required": ["a"]}), json!({"b": 1})),
            (json!({"minimum": 1}), json!(0)),
            (json!({"maximum": 1}), json!(2)),
            (json!({"exclusiveMinimum": 1}), json!(1)),
            (json!({"exclusiveMaximum": 1}), json!(1.0)),
            (json!({"multipleOf": 1}), json!(1.5)),
            (json!({"minLength": 1}), json!("")),
            (json!({"maxLength": 1}), json!("ab")),
            (json!({"minItems": 1}), json!([])),
            (json!({"minProperties": 1}), json!({})),
            (json!({"maxItems": 1}), json!([1, 2])),
            (json!({"items": {"type": "string"}}), json!(["a", 1])),
            (json!({"properties": {"a": false}}), json!({"a": 1})),
            (json!({"additionalProperties": false}), json!({"a": 1})),
            (json!({"anyOf": [{"const": 1}, {"const": 2}]}), json!(3)),
            (json!({"oneOf": [{"minimum": 1}, {"minimum": 2}]}), json!(3)),
            (json!({"allOf": [{"minimum": 1}, {"minimum": 4}]}), json!(3)),
            (json!({"not": {"const": 3}}), json!(3)),
            (json!({"if": {"minimum": 1}, "then": {"minimum": 4}}), json!(3)),
            (json!({"if": {"minimum": 4}, "else": {"minimum": 4}}), json!(3)),
            (json!({"$ref": "#/$defs/A", "$defs": {"A": {"const": 1}}}), json!(3)),
        ];
        for (schema, value) in refused {
            assert_eq!(faults(&schema, &value).len(), 1, "{schema} and {value}");
        }
        assert_eq!(faults(&json!({"const": 0, "minLength": 1}), &json!(0.0)), Vec::<String>::new());
    }
}
