//! The JSON Schema says what the parser does.

use serde_json::Value;

#[test]
fn every_key_is_described_and_closed() {
    let schema: Value = serde_json::from_str(&rnn::config::schema()).unwrap();
    assert_eq!(schema["properties"]["$schema"]["type"], "string");
    let definitions = schema["$defs"].as_object().unwrap();
    let mut keys = 0;
    for (name, definition) in
        definitions.iter().map(|(name, d)| (&name[..], d)).chain([("", &schema)])
    {
        let object = definition.get("anyOf").map_or(definition, |any| &any[1]);
        let Some(properties) = object["properties"].as_object() else {
            assert!(
                definition["oneOf"][0]["const"].is_string(),
                "{name} is neither object nor word"
            );
            continue;
        };
        assert_eq!(object["additionalProperties"], false, "{name}");
        assert!(object.get("required").is_none(), "{name}: --set may give what the file lacks");
        for (key, property) in properties.iter().filter(|(key, _)| *key != "$schema") {
            assert!(
                property["description"].as_str().is_some_and(|text| text.len() > 5),
                "{name}.{key}"
            );
            keys += 1;
        }
    }
    assert!(keys > 60, "{keys}");
}

#[test]
fn a_name_stands_for_an_object_and_null_only_where_it_may() {
    let schema: Value = serde_json::from_str(&rnn::config::schema()).unwrap();
    let definitions = &schema["$defs"];
    assert_eq!(definitions["Optimizer"]["anyOf"][0]["$ref"], "#/$defs/OptimizerType");
    assert_eq!(definitions["Column"]["anyOf"][0]["type"], "string");
    let nullable: Vec<_> = definitions
        .as_object()
        .unwrap()
        .values()
        .filter_map(|definition| definition["properties"].as_object())
        .flatten()
        .filter(|(_, property)| property.to_string().contains("\"null\""))
        .map(|(key, _)| &key[..])
        .collect();
    assert_eq!(nullable.len(), 6, "{nullable:?}");
    for key in ["time", "series", "window", "clip_grad_norm", "early_stopping", "dir"] {
        assert!(nullable.contains(&key), "{key}");
    }
}
