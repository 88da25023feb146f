//! Each rule speaks when it should and is silent when it should not; what it says can be done.

use std::path::Path;

use super::*;
use crate::eval::{Verdict, sample};

const FORECAST: &str = r#"{
    "data": {"path": "a.csv", "inputs": ["y"], "targets": ["y"], "window": {"length": 96}},
    "task": {"type": "forecast", "horizon": 4},
    "model": {"topology": "single", "cell": "gru"},
    "training": {"clip_grad_norm": 50, "optimizer": {"type": "adam", "learning_rate": 0.001}}
}"#;

const REGRESSION: &str = r#"{
    "data": {"path": "a.csv", "inputs": ["a", "b", "c", "d"], "targets": ["y"]},
    "task": {"type": "regression"},
    "model": {"topology": "single", "cell": "gru"}
}"#;

fn config(text: &str, sets: &[&str]) -> Config {
    let sets: Vec<String> = sets.iter().map(|&set| set.to_owned()).collect();
    Config::parse(text, "config", Path::new(""), &sets).expect("a config")
}

/// A report of one target with four steps, the model worse by a tenth.
fn lost() -> Report {
    let verdict = Verdict { standing: Standing::Worse, sentence: String::new() };
    Report { verdict, ..sample::report(&[("y", 1.1, 1.0)], 4) }
}

fn same() -> Report {
    let verdict = Verdict { standing: Standing::Same, sentence: String::new() };
    Report { verdict, ..sample::report(&[("y", 1.0, 1.0)], 4) }
}

/// Epochs with these validation losses.
fn history(losses: &[f64]) -> Vec<EpochRecord> {
    let record = |(at, &loss): (usize, &f64)| EpochRecord {
        skipped: 0,
        epoch: at + 1,
        step: 10 * (at as u64 + 1),
        train_loss: Some(1.0),
        train_loss_per_step: Some(0.1),
        valid_loss: Some(loss),
        learning_rate: 0.001,
        grad_norm: Some(40.0),
        valid: serde_json::Map::new(),
    };
    losses.iter().enumerate().map(record).collect()
}

/// Facts that no rule but the last two has anything to say about.
fn facts<'a>(config: &'a Config, report: &'a Report) -> Facts<'a> {
    Facts {
        train_rows: Some(10_000),
        parameters: 13_000,
        history: history(&[0.5, 0.3, 0.4, 0.3]),
        folder: Some("my runs/a".into()),
        ..Facts::new(config, report, None)
    }
}

/// The settings a suggestion names, as a shell would split them.
fn settings(text: &str) -> Vec<String> {
    let after = text.split("--set ").skip(1);
    let word = |rest: &str| match rest.strip_prefix('\'') {
        Some(quoted) => quoted.split('\'').next().unwrap_or_default().to_owned(),
        None => {
            let end = rest.find([' ', ';']).unwrap_or(rest.len());
            rest[..end].trim_end_matches([',', '.']).to_owned()
        }
    };
    after.map(word).collect()
}

/// Asks one rule; what it suggests must be accepted as a change of the config.
#[track_caller]
fn suggested(rule: fn(&Facts) -> Option<String>, facts: &Facts, text: &str) -> Vec<String> {
    let suggestion = rule(facts).expect("a suggestion");
    let settings = settings(&suggestion);
    assert!(!settings.is_empty(), "{suggestion}");
    for setting in &settings {
        let changed = Config::parse(text, "config", Path::new(""), std::slice::from_ref(setting));
        assert_ne!(&changed.expect("it can be done"), facts.config, "{setting} changes something");
    }
    settings
}

#[test]
fn a_model_that_wins_needs_no_advice() {
    let (config, mut report) = (config(FORECAST, &[]), lost());
    report.verdict.standing = Standing::Better;
    assert!(advice(&facts(&config, &report)).is_empty());
    report.verdict.standing = Standing::Unknown;
    assert!(advice(&facts(&config, &report)).is_empty());
}

#[test]
fn there_are_two_to_four_suggestions() {
    let (usual, report) = (config(FORECAST, &[]), lost());
    let quiet = advice(&facts(&usual, &report));
    assert_eq!(quiet.len(), 2, "{quiet:?}");
    let faults = ["task.anchor=none", "data.window.relative_to=none", "training.clip_grad_norm=1"];
    let (bad, report) = (config(FORECAST, &faults), same());
    let many = advice(&Facts { history: history(&[3.0, 2.0]), ..facts(&bad, &report) });
    assert_eq!(many.len(), 4, "{many:?}");
    assert!(many[0].contains("clip_grad_norm"), "{many:?}");
}

#[test]
fn untrained() {
    let (report, usual) = (lost(), config(FORECAST, &[]));
    let config = config(FORECAST, &["training.epochs=0"]);
    assert_eq!(suggested(rules::untrained, &facts(&config, &report), FORECAST).len(), 1);
    assert_eq!(rules::untrained(&facts(&usual, &report)), None);
}

#[test]
fn exploded() {
    let far_off = Report { verdict: lost().verdict, ..sample::report(&[("y", 25.0, 1.0)], 4) };
    let large = config(FORECAST, &["training.optimizer.learning_rate=100"]);
    let found = suggested(rules::exploded, &facts(&large, &far_off), FORECAST);
    assert_eq!(found, ["training.optimizer.learning_rate=0.001"]);
    let with_limit = &["training.optimizer.learning_rate=100", "training.clip_grad_norm=30"];
    let with_limit = config(FORECAST, with_limit);
    assert_eq!(rules::clipped(&facts(&with_limit, &far_off)), None, "its norms tell nothing");
    assert_eq!(rules::exploded(&facts(&large, &lost())), None, "a little worse is no explosion");
    assert_eq!(rules::exploded(&facts(&config(FORECAST, &[]), &far_off)), None, "a usual rate");
}

#[test]
fn clipped() {
    let (report, usual) = (lost(), config(FORECAST, &[]));
    let low = config(FORECAST, &["training.clip_grad_norm=30"]);
    let found = suggested(rules::clipped, &facts(&low, &report), FORECAST);
    assert_eq!(found, ["training.clip_grad_norm=80"]);
    assert_eq!(rules::clipped(&facts(&usual, &report)), None, "50 is above 40");
    let unknown = Facts { history: Vec::new(), ..facts(&low, &report) };
    assert_eq!(rules::clipped(&unknown), None);
    let none = config(FORECAST, &["training.clip_grad_norm=null"]);
    assert_eq!(rules::clipped(&facts(&none, &report)), None);
}

#[test]
fn anchor() {
    let (report, usual) = (lost(), config(FORECAST, &[]));
    let without = config(FORECAST, &["task.anchor=none"]);
    assert!(
        rules::anchor(&facts(&without, &report)).is_some_and(|t| t.contains("task.anchor=last"))
    );
    assert_eq!(rules::anchor(&facts(&usual, &report)), None);
    let regression = config(REGRESSION, &[]);
    assert_eq!(rules::anchor(&facts(&regression, &report)), None, "it has none");
    let bare = config(FORECAST, &["model.head=none", "model.hidden_size=4"]);
    assert_eq!(rules::anchor(&facts(&bare, &report)), None, "head none cannot have one");
}

#[test]
fn relative() {
    let (report, usual) = (lost(), config(FORECAST, &[]));
    let without = config(FORECAST, &["data.window.relative_to=none"]);
    let text = rules::relative(&facts(&without, &report)).expect("a suggestion");
    assert_eq!(settings(&text), ["data.window.relative_to=first"]);
    let last = config(FORECAST, &["data.window.relative_to=none", "task.loss_steps=last"]);
    let text = rules::relative(&facts(&last, &report)).expect("a suggestion");
    assert_eq!(settings(&text), ["data.window.relative_to=last"]);
    for sets in [&["data.window.length=1"][..], &["training.state=carry"], &["data.window=null"]] {
        let config = config(FORECAST, sets);
        assert_eq!(rules::relative(&facts(&config, &report)), None, "{sets:?}: not possible");
    }
    assert_eq!(rules::relative(&facts(&usual, &report)), None);
}

#[test]
fn unfinished() {
    let (report, usual) = (lost(), config(FORECAST, &[]));
    let cut = |config| Facts { history: history(&[0.5, 0.4, 0.3]), ..facts(config, &report) };
    assert_eq!(suggested(rules::unfinished, &cut(&usual), FORECAST), ["training.epochs=6"]);
    let text = rules::unfinished(&cut(&usual)).unwrap_or_default();
    assert!(text.contains("rnn-train --resume --out 'my runs/a' --set"), "{text}");
    let cosine = config(FORECAST, &["training.schedule=cosine"]);
    let text = rules::unfinished(&cut(&cosine)).unwrap_or_default();
    assert!(!text.contains("--resume"), "a cosine has run down: {text}");
    assert_eq!(rules::unfinished(&facts(&usual, &report)), None);
    let unknown = Facts { history: Vec::new(), ..facts(&usual, &report) };
    assert_eq!(rules::unfinished(&unknown), None);
}

#[test]
fn overfitted() {
    let (report, usual) = (lost(), config(FORECAST, &[]));
    let over = |losses: &[f64]| Facts { history: history(losses), ..facts(&usual, &report) };
    let found = suggested(rules::overfitted, &over(&[0.3, 0.4, 0.5, 0.6]), FORECAST);
    assert_eq!(found[..2], ["training.optimizer.learning_rate=0.0003", "model.hidden_size=32"]);
    assert_eq!(found[2], "training.early_stopping={\"patience\": 5}");
    assert_eq!(rules::overfitted(&over(&[0.3, 0.301, 0.302, 0.301])), None, "no rise");
    assert_eq!(rules::overfitted(&over(&[0.6, 0.5, 0.3, 0.4])), None, "late");
}

#[test]
fn shorter_horizon() {
    let (usual, mut report) = (config(FORECAST, &[]), lost());
    assert_eq!(rules::shorter_horizon(&facts(&usual, &report)), None, "better nowhere");
    sample::set_step(&mut report, 0, 0.5);
    sample::set_step(&mut report, 1, 0.9);
    sample::set_step(&mut report, 3, 0.5);
    let found = suggested(rules::shorter_horizon, &facts(&usual, &report), FORECAST);
    assert_eq!(found, ["task.horizon=2"]);
}

#[test]
fn scale_per_series() {
    let text = FORECAST.replace("\"path\"", "\"series\": \"s\", \"path\"");
    let shared = config(&text, &["data.scale.per=column"]);
    let mut report = lost();
    assert_eq!(rules::scale_per_series(&facts(&shared, &report)), None, "one series");
    let series = |key: &str| crate::eval::SeriesReport {
        key: key.into(),
        rows: 1,
        scores: sample::scores(&[("y", 1.0)], 1),
        baseline: sample::scores(&[("y", 1.0)], 1),
    };
    report.series = vec![series("a"), series("b")];
    let suggestion = rules::scale_per_series(&facts(&shared, &report)).unwrap_or_default();
    assert_eq!(config(&text, &[&settings(&suggestion)[0]]), config(&text, &[]), "the default");
    let own = config(&text, &[]);
    assert_eq!(rules::scale_per_series(&facts(&own, &report)), None);
}

#[test]
fn random_walk() {
    let (usual, regression) = (config(FORECAST, &[]), config(REGRESSION, &[]));
    let text = rules::random_walk(&facts(&usual, &same())).unwrap_or_default();
    assert!(text.contains("data.inputs"), "{text}");
    assert_eq!(rules::random_walk(&facts(&usual, &lost())), None);
    assert_eq!(rules::random_walk(&facts(&regression, &same())), None);
}

#[test]
fn too_few_rows() {
    let (usual, report) = (config(FORECAST, &[]), lost());
    let with = |rows| Facts { train_rows: rows, ..facts(&usual, &report) };
    let found = |rows| suggested(rules::too_few_rows, &with(Some(rows)), FORECAST);
    assert_eq!(found(1_200), ["model.hidden_size=32"], "13,000 parameters");
    assert_eq!(found(300), ["model.hidden_size=16"]);
    assert_eq!(rules::too_few_rows(&with(Some(2_000))), None);
    assert_eq!(rules::too_few_rows(&with(None)), None);
}

#[test]
fn many_inputs() {
    let (usual, report) = (config(FORECAST, &[]), lost());
    let text = FORECAST.replace(r#""inputs": ["y"]"#, r#""inputs": ["y", "a", "b", "it's"]"#);
    let many = config(&text, &[]);
    assert_eq!(
        suggested(rules::many_inputs, &facts(&many, &report), &text),
        [r#"data.inputs=["y"]"#]
    );
    assert_eq!(rules::many_inputs(&facts(&usual, &report)), None);
    let regression = config(REGRESSION, &[]);
    assert_eq!(rules::many_inputs(&facts(&regression, &report)), None, "the target is no input");
}

#[test]
fn longer_window() {
    let (usual, report) = (config(FORECAST, &[]), lost());
    let short = config(FORECAST, &["data.window.length=6"]);
    let found = suggested(rules::longer_window, &facts(&short, &report), FORECAST);
    assert_eq!(found, ["data.window.length=16"]);
    let few = Facts { train_rows: Some(300), ..facts(&short, &report) };
    assert_eq!(rules::longer_window(&few), None, "no room");
    assert_eq!(rules::longer_window(&facts(&usual, &report)), None);
}

#[test]
fn the_last_two_always_apply() {
    let (usual, report) = (config(FORECAST, &[]), lost());
    assert_eq!(suggested(rules::seed, &facts(&usual, &report), FORECAST), ["training.seed=2"]);
    assert!(rules::look_at_the_data(&facts(&usual, &report)).is_some());
}

const TAGGING: &str = r#"{
    "data": {"path": "a.csv", "series": "s", "inputs": [{"column": "word", "type": "text"}], "targets": ["tag"]},
    "task": {"type": "tagging"},
    "model": {"topology": "single", "cell": "gru"}
}"#;

#[test]
fn both_ways() {
    let report = sample::class_report(&[(0, 0, 1)], 1.0);
    let forward = config(TAGGING, &["data.window=null"]);
    let found = suggested(class_rules::both_ways, &facts(&forward, &report), TAGGING);
    assert_eq!(found, ["model.topology=bidirectional"]);
    for sets in [&["model.topology=bidirectional"][..], &["training.state=carry"]] {
        let config = config(TAGGING, sets);
        assert_eq!(class_rules::both_ways(&facts(&config, &report)), None, "{sets:?}");
    }
    let (forecast, lost) = (config(FORECAST, &[]), lost());
    assert_eq!(class_rules::both_ways(&facts(&forecast, &lost)), None);
}

#[test]
fn letters() {
    let report = sample::class_report(&[(0, 0, 1)], 1.0);
    let words = config(TAGGING, &[]);
    let found = suggested(class_rules::letters, &facts(&words, &report), TAGGING);
    assert_eq!(found, ["data.inputs.0.suffixes=[1, 2, 3]"]);
    for set in
        ["data.inputs.0.suffixes=[2]", "data.inputs.0.characters={}", "data.inputs.0.type=category"]
    {
        let config = config(TAGGING, &[set]);
        assert_eq!(class_rules::letters(&facts(&config, &report)), None, "{set}");
    }
}

#[test]
fn rare_classes() {
    let usual = config(TAGGING, &[]);
    let lazy = sample::class_report(&[(0, 0, 90), (1, 0, 5), (2, 0, 5)], 0.9);
    let found = suggested(class_rules::rare_classes, &facts(&usual, &lazy), TAGGING);
    assert_eq!(found, ["training.class_weights=balanced"]);
    let weighted = config(TAGGING, &["training.class_weights=balanced"]);
    assert_eq!(class_rules::rare_classes(&facts(&weighted, &lazy)), None);
    let fair = sample::class_report(&[(0, 0, 90), (1, 1, 5), (2, 0, 5)], 0.9);
    assert_eq!(class_rules::rare_classes(&facts(&usual, &fair)), None);
    assert_eq!(class_rules::rare_classes(&facts(&usual, &lost())), None, "numbers");
}

#[test]
fn what_is_said_of_numbers_is_not_said_of_classes() {
    let text = TAGGING
        .replace("tagging", "forecast")
        .replace(r#""targets": ["tag"]"#, r#""targets": [{"column": "word", "type": "category"}]"#);
    let config = config(&text, &[]);
    let mut report = sample::class_report(&[(0, 0, 1)], 1.0);
    report.verdict.standing = Standing::Same;
    for rule in [rules::anchor, rules::relative, rules::random_walk, rules::many_inputs] {
        assert_eq!(rule(&facts(&config, &report)), None);
    }
}
