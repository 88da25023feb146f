//! The JSON Schema says of each key what the parser does with it.

use serde_json::Value;

use super::json_schema::{Key, check, keys};
use super::{SCHEMA, parse_with, text};

/// What must be set so that a key may be: most options belong to a kind.
fn first(key: &str) -> &'static [&'static str] {
    match key {
        "data.inputs.0.type"
        | "data.inputs.0.column"
        | "data.inputs.0.scale"
        | "data.inputs.0.ahead"
        | "data.inputs.0.static" => &["data.inputs=[\"x\"]"],
        "data.inputs.0.features" => {
            &[r#"data.inputs=[{"column": "x", "type": "text", "suffixes": [1]}]"#]
        }
        "training.class_weights" => &[r#"data.targets=[{"column": "y", "type": "category"}]"#],
        _ if key.starts_with("data.inputs.0.characters.") => {
            &[r#"data.inputs=[{"column": "x", "type": "text", "characters": {}}]"#]
        }
        _ if key.starts_with("data.inputs.0.") => {
            &[r#"data.inputs=[{"column": "x", "type": "text"}]"#]
        }
        "data.order" | "data.duplicates" | "data.gaps" | "data.time.format" | "data.time.zone" => {
            &["data.time=t"]
        }
        "data.split.seed" => &["data.split.by=series", "data.series=id"],
        "data.split.train" => &["data.split.valid=1", "data.split.test=1"],
        "data.scale" => &["data.series=id"],
        "model.nonlinearity" => &["model.cell=rnn"],
        "model.num_layers" | "model.dropout" => &["model.topology=multi"],
        "task.intervals.coverage" | "task.intervals.adaptive" => &["task.intervals={}"],
        "training.loss.delta" => &["training.loss=huber"],
        "training.loss.levels" => &["training.loss=quantile"],
        "training.optimizer.momentum" | "training.optimizer.nesterov" => {
            &["training.optimizer=sgd"]
        }
        "training.optimizer.alpha" | "training.optimizer.centered" => {
            &["training.optimizer=rmsprop"]
        }
        "training.schedule.step_size" => &["training.schedule=step"],
        "training.schedule.gamma" => &["training.schedule=exponential"],
        "training.schedule.min_learning_rate" => &["training.schedule=cosine"],
        "training.schedule.factor"
        | "training.schedule.patience"
        | "training.schedule.threshold" => &["training.schedule=plateau"],
        "training.early_stopping.min_delta" => &["training.early_stopping.patience=1"],
        "training.on_non_finite.limit" => &["training.on_non_finite=skip"],
        "training.lanes" => &["training.state=carry"],
        _ => &[],
    }
}

/// Every key once: targets are written like inputs, though not all of it makes sense there.
fn distinct_keys() -> Vec<Key> {
    let of_target = |key: &Key| key.name.starts_with("data.targets.0.");
    keys(&SCHEMA).into_iter().filter(|key| !of_target(key)).collect()
}

/// `--set` for a value of a key.
fn setting(key: &str, value: &Value) -> String {
    format!("{key}={value}")
}

#[test]
fn every_key_is_described_once_and_says_what_its_absence_means() {
    let keys = keys(&SCHEMA);
    assert!(keys.len() > 60, "{}", keys.len());
    for Key { name, schema, required } in &keys {
        let description = schema["description"].as_str().unwrap_or_default();
        assert!(description.len() > 5 && description.ends_with('.'), "{name}: {description:?}");
        let said = description.matches("Default").count() + description.matches("Required").count();
        assert_eq!(said, usize::from(!required), "{name}: {description:?}");
        assert!(!required || schema.get("default").is_none(), "{name}");
        // A `$ref` beside it would win over the key's own in editors.
        if let Some(place) = schema["$ref"].as_str() {
            assert!(SCHEMA.pointer(&place[1..]).unwrap().get("description").is_none(), "{name}");
        }
    }
}

#[test]
fn every_object_is_closed() {
    fn walk(schema: &Value, objects: &mut usize) {
        if schema["type"] == "object" && schema["properties"].is_object() && schema["if"].is_null()
        {
            assert_eq!(schema["additionalProperties"], false, "{schema}");
            *objects += 1;
        }
    }
    let mut objects = 0;
    walk(&SCHEMA, &mut objects);
    for definition in SCHEMA["$defs"].as_object().unwrap().values() {
        walk(definition, &mut objects);
        definition["anyOf"].as_array().into_iter().flatten().for_each(|d| walk(d, &mut objects));
    }
    assert_eq!(objects, 20);
}

#[test]
fn null_is_allowed_where_the_parser_allows_it_and_nowhere_else() {
    let mut nullable = Vec::new();
    for Key { name, schema, .. } in distinct_keys() {
        let by_schema = check(&SCHEMA, &schema, &Value::Null, "").is_empty();
        let sets: Vec<_> = first(&name).iter().map(|set| set.to_string()).collect();
        let sets = [sets, vec![format!("{name}=null")]].concat();
        let sets: Vec<_> = sets.iter().map(String::as_str).collect();
        assert_eq!(by_schema, parse_with(&text(&[]), &sets).is_ok(), "{name}");
        nullable.extend(by_schema.then_some(name));
    }
    let expected = [
        "time",
        "zone",
        "series",
        "characters",
        "window",
        "intervals",
        "clip_grad_norm",
        "early_stopping",
        "dir",
    ];
    assert_eq!(nullable.len(), expected.len(), "{nullable:?}");
    for key in expected {
        assert!(nullable.iter().any(|name| name.ends_with(key)), "{key}");
    }
}

/// Other configs, in which a default that hangs on nothing must be the same.
const SETTINGS: [&[&str]; 9] = [
    &[],
    &["task.type=regression", "data.inputs=[\"x\"]"],
    &["model.topology=multi"],
    &["model.topology=bidirectional", "task.loss_steps=last"],
    &["model.head=none", "model.hidden_size=1"],
    &["training.state=carry"],
    &["data.series=id", "data.window.length=1"],
    &["training.optimizer=sgd", "training.schedule=cosine"],
    &["training.optimizer=rmsprop", "training.schedule.type=step", "training.schedule.step_size=3"],
];

#[test]
fn each_default_is_what_the_parser_fills_in() {
    let smallest = text(&[("data", r#"{"path": "d.csv", "targets": ["y"]}"#)]);
    let mut defaults = 0;
    for Key { name, schema, .. } in distinct_keys() {
        let Some(default) = schema.get("default") else { continue };
        assert!(check(&SCHEMA, &schema, default, &name).is_empty(), "{name}: {default}");
        let own = setting(&name, default);
        let mut seen = 0;
        for others in SETTINGS {
            // A setting that is about this key is no other one.
            let about = |set: &&str| {
                let key = set.split('=').next().unwrap_or_default();
                key.starts_with(&name) || format!("{key}.type") == name
            };
            if others.iter().any(about) {
                continue;
            }
            let absent = [others, first(&name)].concat();
            let written = [&absent[..], &[&own]].concat();
            // Not every setting goes with every key; the usual one does.
            let Ok(written) = parse_with(&smallest, &written) else { continue };
            assert_eq!(parse_with(&smallest, &absent).ok(), Some(written), "{own}, {others:?}");
            seen += 1;
        }
        assert!(seen > 0, "{own} is refused everywhere");
        defaults += 1;
    }
    assert!(defaults > 35, "{defaults}");
}

#[test]
fn each_example_is_accepted() {
    let mut examples = 0;
    for Key { name, schema, .. } in distinct_keys() {
        for example in schema["examples"].as_array().into_iter().flatten() {
            let faults = check(&SCHEMA, &schema, example, &name);
            assert!(faults.is_empty(), "{name}: {example}: {faults:?}");
            // Dates cut a split of dates only.
            let beside = match (&name[..], example) {
                ("data.split.valid", Value::String(_)) => vec!["data.split.test=2030-01-01"],
                ("data.split.test", Value::String(_)) => vec!["data.split.valid=0"],
                _ => first(&name).to_vec(),
            };
            let own = setting(&name, example);
            let parts = ["data.train", "data.valid", "data.test"].contains(&&name[..]);
            let data = r#"{"train": "a", "targets": ["y"]}"#;
            let text = if parts { text(&[("data", data)]) } else { text(&[]) };
            if let Err(error) = parse_with(&text, &[&beside[..], &[&own]].concat()) {
                panic!("{error}");
            }
            examples += 1;
        }
    }
    assert!(examples > 30, "{examples}");
}
