//! A resumed run keeps its config and its data: what has changed meanwhile is refused by name.

mod common;
mod support;

use std::sync::atomic::AtomicI32;

use rnn::job::{self, FitOptions};
use serde_json::{Value, json};
use support::job::{Break, Start, merged, options, resume_options, train_until};
use support::place::Place;
use support::rows::Rows;
use support::stops::{Meddler, cases, place, rows};

/// Every key of a config: one value that differs, and whether a resumed run may take it.
const KEYS: &[(&str, &str, bool)] = &[
    ("data.path", "copy.csv", true),
    ("data.delimiter", ";", false),
    ("data.decimal", ",", false),
    ("data.time", "clock", false),
    ("data.header", "[\"time\",\"key\",\"a\",\"b\",\"y\"]", false),
    ("data.duplicates", "first", false),
    ("data.gaps", "cut", false),
    ("data.order", "ignore", false),
    ("data.series", "null", false),
    ("data.inputs", "[\"a\"]", false),
    ("data.targets", "[\"a\"]", false),
    ("data.split.valid", "0.1", false),
    ("data.split.test", "0.1", false),
    ("data.split.by", "series", false),
    ("data.window.length", "5", false),
    ("data.window.stride", "3", false),
    ("data.window.relative_to", "none", false),
    ("data.scale.type", "minmax", false),
    ("data.scale.per", "column", false),
    ("data.missing", "ffill", false),
    ("task.type", "regression", false),
    ("task.horizon", "1", false),
    ("task.loss_steps", "last", false),
    ("task.anchor", "none", false),
    ("task.season", "5", false),
    ("model.topology", "multi", false),
    ("model.cell", "gru", false),
    ("model.hidden_size", "4", false),
    ("model.num_layers", "2", false),
    ("model.dropout", "0.1", false),
    ("model.input_dropout", "0.1", false),
    ("model.head", "none", false),
    ("training.epochs", "4", true),
    ("training.batch_size", "19", false),
    ("training.loss", "mae", false),
    ("training.optimizer.type", "adamw", false),
    ("training.optimizer.learning_rate", "0.02", false),
    ("training.optimizer.betas", "[0.8, 0.9]", false),
    ("training.optimizer.eps", "1e-7", false),
    ("training.optimizer.weight_decay", "0.1", false),
    ("training.schedule.type", "cosine", false),
    ("training.schedule.warmup_steps", "3", false),
    ("training.clip_grad_norm", "9", false),
    ("training.early_stopping", "{\"patience\": 2}", false),
    ("training.on_non_finite", "skip", true),
    ("training.shuffle", "false", false),
    ("training.seed", "2", false),
    ("training.state", "carry", false),
    ("output.dir", "elsewhere", true),
    ("output.checkpoint_every", "2", true),
];

/// What else has to change with a key for the config to be valid.
fn companions(key: &str) -> &'static [&'static str] {
    match key {
        "data.delimiter" => &[],
        "data.decimal" => &["data.delimiter=;"],
        "data.series" => &["data.scale.per=column"],
        "task.type" => {
            &["task.anchor=none", "task.season=none", "data.inputs=[\"b\"]", "data.targets=[\"a\"]"]
        }
        "model.topology" => &["model.num_layers=2"],
        "model.num_layers" => &["model.topology=multi"],
        "model.dropout" => &["model.topology=multi", "model.num_layers=2"],
        "model.head" => &["model.hidden_size=4", "task.anchor=none"],
        "training.state" => {
            &["training.shuffle=false", "data.window.stride=6", "data.window.relative_to=none"]
        }
        _ => &[],
    }
}

/// Names of all that is no object.
fn leaves(prefix: &str, value: &Value, into: &mut Vec<String>) {
    match value {
        Value::Object(object) => {
            for (name, value) in object {
                let key = if prefix.is_empty() { name.clone() } else { format!("{prefix}.{name}") };
                leaves(&key, value, into);
            }
        }
        _ => into.push(prefix.to_owned()),
    }
}

#[test]
fn a_changed_key_is_refused_with_what_was_and_what_is() {
    let (_, config) = cases().swap_remove(0);
    let place = place(&config);
    let run = place.run("run");
    train_until(Start::New, &options(&place.config, &run), 2, Break::Updates(2));
    rows().save(&place.run("copy.csv"));
    let text = std::fs::read_to_string(run.join("config.json")).expect("the effective config");
    let mut all = Vec::new();
    leaves("", &serde_json::from_str(&text).expect("JSON"), &mut all);
    for key in all {
        let listed = KEYS.iter().any(|(known, ..)| {
            key == *known
                || key.strip_prefix(known).is_some_and(|rest| rest.starts_with('.'))
                || known.strip_prefix(&key).is_some_and(|rest| rest.starts_with('.'))
        });
        // Of categories only; numbers refuse it.
        assert!(listed || key == "training.class_weights", "{key} has no line in this test");
    }
    for (key, value, free) in KEYS {
        let mut sets = vec![if *key == "data.path" {
            format!("{key}={}", place.run(value).display())
        } else {
            format!("{key}={value}")
        }];
        sets.extend(companions(key).iter().map(|&set| set.to_owned()));
        let mut config = None;
        if *key == "task.type" {
            // A horizon is written for a forecast, and `--set` cannot take it out.
            let mut value: Value = serde_json::from_str(&text).expect("JSON");
            value["task"].as_object_mut().expect("an object").remove("horizon");
            config = Some(run.join("regression.json"));
            let file = config.as_ref().expect("a path");
            std::fs::write(file, value.to_string()).expect("a scratch file");
        }
        // Stops at once: the run stays where it is for the next key.
        let signal = AtomicI32::new(15);
        let options = FitOptions { sets, config, ..resume_options(&run) };
        let error = job::resume(&options, &mut Meddler::new(|_| Ok(())), &signal);
        let error = error.expect_err("stopped or refused");
        if *free {
            assert_eq!(error.exit_code(), 143, "{key}: {error}");
            continue;
        }
        assert_eq!(error.exit_code(), 2, "{key}: {error}");
        let (text, name) = (error.to_string(), key.strip_suffix(".type").unwrap_or(key));
        assert!(text.contains(name) && text.contains(" -> "), "{key}: {text}");
        assert!(text.contains("--init-from"), "{key}: {text}");
    }
}

#[test]
fn changed_data_are_refused_by_name_size_and_hash() {
    let (_, config) = cases().swap_remove(0);
    let place = Place::new(&merged(config, &json!({"data": {"path": ["rows.csv", "more.csv"]}})));
    let (first, second) = (place.run("rows.csv"), place.run("more.csv"));
    rows().save(&first);
    let extra = Rows::new(6, &[("E", 30), ("F", 31)]);
    extra.save(&second);
    let run = place.run("run");
    train_until(Start::New, &options(&place.config, &run), 2, Break::Updates(2));
    let resume = |accept: bool| {
        let options = FitOptions { accept_new_data: accept, ..resume_options(&run) };
        let signal = AtomicI32::new(15);
        let result = job::resume(&options, &mut Meddler::new(|_| Ok(())), &signal);
        let error = result.expect_err("stopped or refused");
        (error.exit_code(), error.to_string())
    };
    assert_eq!(resume(false).0, 143, "unchanged");

    let longer = extra.csv() + "2025-01-01 00:00:00,E,1,2,3\n";
    std::fs::write(&second, &longer).expect("a scratch file");
    let (code, text) = resume(false);
    assert_eq!(code, 65, "{text}");
    let size = |bytes: usize| rnn::text::counted(bytes as u64, "byte");
    assert!(text.contains("more.csv: is not the data this run started with"), "{text}");
    let sizes = (size(extra.csv().len()), size(longer.len()));
    assert!(text.contains(&format!("({}, SHA-256 ", sizes.0)), "{text}");
    assert!(text.contains(&format!("… -> {}, SHA-256 ", sizes.1)), "{text}");

    std::fs::write(&first, rows().csv().replace(":00:00,A", ":00:01,A")).expect("a scratch file");
    let (code, text) = resume(false);
    assert_eq!(code, 65, "{text}");
    assert!(text.contains("rows.csv: ") && text.contains("; 1 other file changed too"), "{text}");
    assert_eq!(resume(true).0, 143, "--accept-new-data goes on");
    assert_eq!(resume(false).0, 143, "and from then on these are the run's data");

    let fewer = ["data.path=[\"rows.csv\"]".to_owned()];
    let config = place.config.clone();
    let options = FitOptions { config: Some(config), sets: fewer.to_vec(), ..resume_options(&run) };
    let options = FitOptions { sets: vec![format!("data.path={}", first.display())], ..options };
    let error = job::resume(&options, &mut Meddler::new(|_| Ok(())), &AtomicI32::new(15));
    let text = error.expect_err("refused").to_string();
    assert!(text.contains("there were 2 files, now 1"), "{text}");
}
