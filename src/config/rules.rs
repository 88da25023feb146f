//! What keys say to each other, as far as a JSON Schema can tell. `resolve` refuses the same and more, and
//! says why; here it is for editors, so that they mark a contradiction while it is being written.

use serde_json::{Map, Value, json};

use super::raw::{Column, ColumnType, Optimizer, Schedule};
use super::resolve::{optimizer, schedule, words};
use super::section::Section;
use super::words::Word;

/// The rules of a section, by its name in the schema.
pub(super) fn of(section: &str) -> Vec<Value> {
    match section {
        "Config" => config(),
        "Data" => data(),
        "Split" => split(),
        "Column" => kinds::<Column, _>(ColumnType::Number, words::own),
        "Model" => model(),
        "Training" => vec![rule(has("lanes"), given("state", json!({"const": "carry"})))],
        "OnNonFinite" => vec![rule(has("limit"), given("type", json!({"const": "skip"})))],
        "Loss" => vec![rule(has("delta"), given("type", json!({"const": "huber"})))],
        "Optimizer" => {
            let mut rules = kinds::<Optimizer, _>(Optimizer::default().r#type(), optimizer::own);
            let momentum = given("momentum", json!({"exclusiveMinimum": 0}));
            rules.push(rule(given("nesterov", json!({"const": true})), momentum));
            rules
        }
        "Schedule" => {
            let mut rules = kinds::<Schedule, _>(Schedule::default().r#type(), schedule::own);
            rules.push(rule(given("type", json!({"const": "step"})), has("step_size")));
            rules.push(rule(given("type", json!({"const": "exponential"})), has("gamma")));
            rules
        }
        _ => Vec::new(),
    }
}

/// Between sections.
fn config() -> Vec<Value> {
    let is = |key: &str, word: &str| given(key, json!({"const": word}));
    let may_be = |key: &str, words: &[&str]| may(key, json!({"enum": words}));
    let no_anchor = || may_be("task.anchor", &["none"]);
    let forecast = is("task.type", "forecast");
    let sequences = given("data.window", json!({"const": null}));
    let log_loss = || json!({"enum": ["cross_entropy", {"type": "cross_entropy"}]});
    let of_classes = || all([may("training.loss", log_loss()), may_be("model.head", &["linear"])]);
    let no_season = || may_be("task.season", &["none"]);
    let same_row = || all([has("data.inputs"), never("task.horizon"), no_anchor(), no_season()]);
    vec![
        rule(
            is("task.type", "regression"),
            all([
                same_row(),
                may("training.loss", json!({"not": log_loss()})),
                may_be("training.class_weights", &["none"]),
            ]),
        ),
        rule(is("task.type", "tagging"), all([same_row(), of_classes()])),
        rule(
            is("task.type", "classification"),
            all([
                same_row(),
                of_classes(),
                may_be("task.loss_steps", &["last"]),
                may("data.window", json!({"const": null})),
                given("data.series", json!({"not": {"const": null}})),
            ]),
        ),
        rule(is("model.head", "none"), no_anchor()),
        rule(
            all([is("model.topology", "bidirectional"), forecast.clone()]),
            is("task.loss_steps", "last"),
        ),
        rule(is("data.window.relative_to", "last"), is("task.loss_steps", "last")),
        rule(all([sequences, forecast]), may_be("task.loss_steps", &["all"])),
        rule(
            is("training.state", "carry"),
            all([
                may_be("model.topology", &["single", "multi"]),
                may_be("task.loss_steps", &["all"]),
                may("training.shuffle", json!({"const": false})),
                may("data.window", json!({"type": "object"})),
                may_be("data.window.relative_to", &["none"]),
            ]),
        ),
    ]
}

fn data() -> Vec<Value> {
    let parts = all([never("path"), never("split")]);
    let whole = all([has("path"), never("valid"), never("test")]);
    let per_series = [
        given("scale.per", json!({"const": "series"})),
        given("split.by", json!({"const": "series"})),
    ];
    let text = || json!({"type": "string"});
    let timed = || given("time", json!({"not": {"const": null}}));
    let dates = ["split.train", "split.valid", "split.test"].map(|part| {
        let in_order = all([timed(), may("order", json!({"enum": ["error", "sort"]}))]);
        rule(all([given(part, text()), never("split.column")]), in_order)
    });
    let mut rules = vec![
        json!({"if": has("train"), "then": parts, "else": whole}),
        rule(json!({"anyOf": per_series}), given("series", json!({"not": {"const": null}}))),
        rule(has("order"), timed()),
        rule(has("duplicates"), timed()),
        rule(has("gaps"), timed()),
        rule(
            given("order", json!({"const": "ignore"})),
            all([
                may("duplicates", json!({"const": "error"})),
                may("gaps", json!({"const": "report"})),
            ]),
        ),
    ];
    rules.extend(dates);
    rules
}

fn split() -> Vec<Value> {
    let parts = || ["train", "valid", "test"];
    let named = parts().map(|part| may(part, json!({"type": ["string", "array"]})));
    let by_column = all([never("by"), never("seed"), all(named)]);
    let others = json!({"required": ["valid", "test"]});
    let mut rules =
        vec![rule(all([has("train"), never("column")]), others), rule(has("column"), by_column)];
    rules.extend(parts().map(|part| rule(given(part, json!({"type": "array"})), has("column"))));
    rules
}

fn model() -> Vec<Value> {
    let topology = |word: &str| given("topology", json!({"const": word}));
    let one_layer = json!({"anyOf": [topology("single"), topology("bidirectional")]});
    let one_layer = all([one_layer, may("num_layers", json!({"const": 1}))]);
    vec![
        rule(topology("single"), may("num_layers", json!({"const": 1}))),
        rule(topology("multi"), may("num_layers", json!({"minimum": 2}))),
        rule(one_layer, may("dropout", json!({"const": 0}))),
        rule(given("cell", json!({"enum": ["lstm", "gru"]})), never("nonlinearity")),
    ]
}

/// Each kind takes only its own options. A section without `type` is of the default kind.
fn kinds<S: Section, W: Word + PartialEq>(
    default: W,
    own: fn(W) -> &'static [&'static str],
) -> Vec<Value> {
    let kinds = W::WORDS.iter().map(|(word, kind)| {
        let common = |key: &str| key == "type" || S::REQUIRED.contains(&key);
        let foreign = S::KEYS.iter().filter(|key| !common(key) && !own(*kind).contains(key));
        let foreign: Map<_, _> = foreign.map(|key| ((*key).to_owned(), false.into())).collect();
        let named = json!({"const": word});
        let this = if *kind == default { may("type", named) } else { given("type", named) };
        rule(this, json!({"properties": foreign}))
    });
    kinds.collect()
}

/// Where `when` holds, `then` must. Editors offer what stands in an "if" as something to write, unless it is
/// a "not"; hence the detour.
fn rule(when: Value, then: Value) -> Value {
    json!({"if": {"not": when}, "else": then})
}

/// All of them at once.
fn all<const N: usize>(rules: [Value; N]) -> Value {
    rules.into_iter().fold(json!({}), |mut all, rule| {
        merge(&mut all, rule);
        all
    })
}

/// Rules about the same key become one, so that an editor finds it in one place.
fn merge(into: &mut Value, from: Value) {
    match (into, from) {
        (Value::Object(into), Value::Object(from)) => {
            for (key, value) in from {
                merge(into.entry(key).or_insert(Value::Null), value);
            }
        }
        (Value::Array(into), Value::Array(from)) => into.extend(from),
        (into, from) => *into = from,
    }
}

/// The key is there.
fn has(key: &str) -> Value {
    given(key, true.into())
}

/// The key is there, and is so.
fn given(key: &str, value: Value) -> Value {
    key.rsplit('.').fold(value, |value, name| {
        // Of what is no object the other words would ask nothing.
        let mut schema = json!({"type": "object", "required": [name]});
        if value != true {
            schema["properties"] = json!({name: value});
        }
        schema
    })
}

/// The key is absent, or is so.
fn may(key: &str, value: Value) -> Value {
    key.rsplit('.').fold(value, |value, name| json!({"properties": {name: value}}))
}

/// The key is absent.
fn never(key: &str) -> Value {
    may(key, false.into())
}
