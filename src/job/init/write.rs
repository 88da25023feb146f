//! The starter config as text, laid out as a person would.

use serde_json::{Map, Value, json};

use super::choice::Choice;
use super::plan::{Plan, TEST, VALID};
use crate::config::{HeaderBy, TimeFormat};
use crate::data::survey::{Disorder, Survey};

/// The whole file; `path` is how the data is written in it.
pub(super) fn config(survey: &Survey, choice: &Choice, plan: &Plan, path: &str) -> String {
    let mut data = vec![first_line(survey, choice, path)];
    data.push(format!("\"inputs\": {}", line(&json!(choice.inputs))));
    data.push(format!("\"targets\": {}", line(&json!(choice.targets))));
    data.push(format!("\"split\": {}", line(&json!({"valid": VALID, "test": TEST}))));
    let window = json!({"length": plan.window, "stride": plan.stride});
    data.push(format!("\"window\": {}", line(&window)));
    let task = json!({"type": "forecast", "horizon": plan.horizon});
    let model = json!({"topology": "single", "cell": "gru", "hidden_size": plan.hidden_size});
    let training = [
        format!("\"epochs\": {}, \"batch_size\": {}", plan.epochs, plan.batch_size),
        format!(
            "\"optimizer\": {}",
            line(&json!({"type": "adam", "learning_rate": plan.learning_rate}))
        ),
        format!("\"schedule\": {}", line(&json!({"type": "exponential", "gamma": plan.gamma}))),
        format!(
            "\"clip_grad_norm\": {:?}, \"early_stopping\": {}",
            plan.clip_grad_norm,
            line(&json!({"patience": plan.patience}))
        ),
        "\"seed\": 1".to_owned(),
    ];
    format!(
        "{{\n  \"data\": {{\n    {}\n  }},\n  \"task\": {},\n  \"model\": {},\n  \"training\": {{\n    {}\n  }}\n}}\n",
        data.join(",\n    "),
        line(&task),
        line(&model),
        training.join(",\n    "),
    )
}

/// Where the rows are and how they are written: only what is not the default.
fn first_line(survey: &Survey, choice: &Choice, path: &str) -> String {
    let mut keys = Map::new();
    keys.insert("path".into(), json!(path));
    if survey.dialect.delimiter != b',' {
        keys.insert("delimiter".into(), json!(char::from(survey.dialect.delimiter)));
    }
    if survey.dialect.decimal != b'.' {
        keys.insert("decimal".into(), json!(char::from(survey.dialect.decimal)));
    }
    if survey.header == HeaderBy::Places {
        keys.insert("header".into(), json!(false));
    }
    if let Some(time) = &survey.time {
        let column = &survey.columns[time.column].name;
        let written = match &time.format {
            TimeFormat::Pattern(pattern) => json!({"column": column, "format": pattern}),
            _ => json!(column),
        };
        keys.insert("time".into(), written);
        match time.order {
            Disorder::None => {}
            Disorder::Twice => drop(keys.insert("duplicates".into(), json!("first"))),
            Disorder::Sort => drop(keys.insert("order".into(), json!("sort"))),
            Disorder::SetBack => drop(keys.insert("order".into(), json!("ignore"))),
        }
    }
    match &survey.series[..] {
        [] => {}
        [one] => drop(keys.insert("series".into(), json!(survey.columns[*one].name))),
        several => {
            let names: Vec<&str> = several.iter().map(|&at| &survey.columns[at].name[..]).collect();
            keys.insert("series".into(), json!(names));
        }
    }
    if choice.fill {
        keys.insert("missing".into(), json!("ffill"));
    }
    let object = line(&Value::Object(keys));
    object[1..object.len() - 1].to_owned()
}

/// JSON on one line, with a space after commas and colons.
fn line(value: &Value) -> String {
    match value {
        Value::Object(object) => {
            let pair = |(key, value): (&String, &Value)| format!("{}: {}", json!(key), line(value));
            format!("{{{}}}", object.iter().map(pair).collect::<Vec<_>>().join(", "))
        }
        Value::Array(list) => {
            format!("[{}]", list.iter().map(line).collect::<Vec<_>>().join(", "))
        }
        other => other.to_string(),
    }
}
