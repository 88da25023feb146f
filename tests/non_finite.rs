//! Numbers that stop being finite: nothing of them is ever saved, and the report says where they began.

mod common;
mod support;

use std::path::Path;
use std::sync::atomic::AtomicI32;

use rnn::error::Result;
use rnn::job::{self, FitOptions};
use rnn::store::{Checkpoint, Model};
use rnn::train::{Control, Event, Observer};
use serde_json::{Value, json};
use support::job::{Break, Start, merged, options, resume_options, train_until};
use support::place::{Bytes, Place};
use support::plans;
use support::rows::Rows;

#[derive(Default)]
struct Warnings(Vec<String>);

impl Observer for Warnings {
    fn on(&mut self, event: Event<'_>) -> Result<Control> {
        if let Event::Warning(text) = event {
            self.0.push(text);
        }
        Ok(Control::Go)
    }
}

/// One series without scaling: a value reaches the network as it is.
fn config(patch: &Value) -> Value {
    let config = json!({
        "data": {
            "inputs": ["a", "b"], "targets": ["y"], "window": {"length": 5, "relative_to": "none"},
            "scale": {"type": "none", "per": "column"},
        },
        "task": {"type": "regression"}, "model": {"topology": "single", "cell": "lstm", "hidden_size": 4},
        "training": {"epochs": 2, "batch_size": 8, "optimizer": {"learning_rate": 0.001}},
    });
    merged(merged(plans::base(), &config), patch)
}

/// Sixty rows; `b` of row 20 (line 22) differs from its neighbours by more than a 32-bit float holds.
fn place(config: &Value, spoilt: bool) -> Place {
    let place = Place::new(config);
    let mut csv = Rows::new(4, &[("A", 60)]).csv();
    if spoilt {
        let mut lines: Vec<String> = csv.lines().map(str::to_owned).collect();
        let mut cells: Vec<&str> = lines[21].split(',').collect();
        cells[3] = "3.3e38";
        lines[21] = cells.join(",");
        csv = lines.join("\n") + "\n";
    }
    std::fs::write(place.folder.path().join("rows.csv"), csv).expect("a scratch file");
    place
}

fn fit(options: &FitOptions) -> (Option<rnn::error::Error>, Vec<String>) {
    let mut warnings = Warnings::default();
    let result = job::fit(options, &mut warnings, &AtomicI32::new(0));
    (result.err(), warnings.0)
}

fn report(run: &Path) -> Value {
    let text = std::fs::read_to_string(run.join("nan_report.json")).expect("a report");
    serde_json::from_str(&text).expect("JSON")
}

/// Both files of a run can be read, and reading refuses numbers that are not finite.
fn assert_usable(run: &Path) {
    Checkpoint::read(&run.join("checkpoint.safetensors")).expect("a finite checkpoint");
    if run.join("model.safetensors").exists() {
        Model::read(&run.join("model.safetensors")).expect("a finite model");
    }
}

#[test]
fn an_input_is_named_by_file_line_and_column() {
    // Multiplied by ten the value leaves the range.
    let patch = json!({"data": {"scale": {"type": "none"}, "window": {"relative_to": "first"}}});
    let place = place(&config(&patch), true);
    let rows = place.folder.path().join("rows.csv");
    let text = std::fs::read_to_string(&rows).expect("rows");
    // The row before it is as far on the other side: their difference is infinite.
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    for line in &mut lines[18..21] {
        let mut cells: Vec<&str> = line.split(',').collect();
        cells[3] = "-3.3e38";
        *line = cells.join(",");
    }
    std::fs::write(&rows, lines.join("\n") + "\n").expect("a scratch file");
    let run = place.run("run");
    let (error, _) = fit(&options(&place.config, &run));
    let error = error.expect("diverged");
    assert_eq!(error.exit_code(), 76, "{error}");
    assert!(error.to_string().contains("first in input, timestep"), "{error}");
    assert!(error.to_string().contains("nan_report.json says more"), "{error}");
    let report = report(&run);
    let first = &report["first"];
    assert_eq!(first["in"], "input", "{report:#}");
    assert_eq!(first["name"], "b");
    assert_eq!(first["met_in"], "the forward pass");
    let line = first["row"]["line"].as_u64().expect("a line");
    assert!([19, 20, 21, 22].contains(&line), "{report:#}");
    assert!(first["row"]["file"].as_str().expect("a file").ends_with("rows.csv"));
    let t = first["timestep"].as_u64().expect("a timestep");
    assert_eq!(first["sequence"]["lines"][0].as_u64().expect("a line") + t, line);
    assert_eq!(report["batch"].as_array().expect("the batch").len(), 8);
    assert!(report["try"][0].as_str().expect("a cure").contains("row named here"), "{report:#}");
    assert_usable(&run);
}

#[test]
fn a_network_that_explodes_stops_before_the_update() {
    let relu = json!({
        "model": {"cell": "rnn", "nonlinearity": "relu"},
        "training": {"epochs": 50, "optimizer": {"type": "sgd", "learning_rate": 1e6}},
    });
    let place = place(&config(&relu), false);
    let run = place.run("run");
    let (error, _) = fit(&options(&place.config, &run));
    let text = error.as_ref().expect("diverged").to_string();
    assert_eq!(error.expect("diverged").exit_code(), 76);
    assert!(text.contains("nothing was changed by it"), "{text}");
    let report = report(&run);
    let first = &report["first"];
    assert_eq!(first["layer"], 0, "{report:#}");
    assert!(first["row"]["line"].as_u64().is_some(), "{report:#}");
    assert!(first["value"].is_string(), "not a finite number: {report:#}");
    assert!(report["try"][0].as_str().expect("a cure").contains("learning_rate"));
    assert_usable(&run);
}

/// Rows whose target is so many times larger.
fn place_of_large_targets(config: &Value, factor: f64) -> Place {
    let place = place(config, false);
    let mut csv = format!("{}\n", support::rows::HEADER);
    for row in Rows::new(4, &[("A", 60)]).0 {
        let [a, b, y] = row.values;
        csv += &format!("{},A,{a},{b},{}\n", support::rows::time(row.hour), y * factor);
    }
    std::fs::write(place.folder.path().join("rows.csv"), csv).expect("a scratch file");
    place
}

/// Finite gradients can still be more than the optimizer's 32-bit moments hold.
#[test]
fn squares_that_overflow_are_no_update() {
    let place = place_of_large_targets(&config(&json!({})), 1e25);
    let run = place.run("run");
    let (error, _) = fit(&options(&place.config, &run));
    let error = error.expect("diverged");
    assert_eq!(error.exit_code(), 76, "{error}");
    assert!(error.to_string().contains("the gradient is too large"), "{error}");
    assert_usable(&run);
}

/// A finite gradient times a learning rate can overflow, too: what has come of it is not saved.
#[test]
fn an_update_that_overflows_is_not_saved() {
    let patch = json!({
        "training": {"optimizer": {"type": "sgd", "learning_rate": 1e30}},
        "output": {"checkpoint_every": {"steps": 1}},
    });
    let place = place_of_large_targets(&config(&patch), 1e12);
    let run = place.run("run");
    let (error, _) = fit(&options(&place.config, &run));
    let error = error.expect("diverged");
    assert_eq!(error.exit_code(), 76, "{error}");
    assert!(error.to_string().contains("the update has overflowed at step 1 "), "{error}");
    assert_eq!(report(&run)["first"]["met_in"], "the weights after the update");
    let checkpoint = Checkpoint::read(&run.join("checkpoint.safetensors")).expect("the one before");
    assert_eq!(checkpoint.step(), 0);
}

#[test]
fn a_batch_that_is_not_finite_can_be_skipped_and_is_counted() {
    let patch = json!({
        "data": {"window": {"relative_to": "first"}, "split": {"valid": 10, "test": 0}},
        "training": {"on_non_finite": {"type": "skip", "limit": 5}, "epochs": 3},
    });
    let place = place(&config(&patch), true);
    let rows = place.folder.path().join("rows.csv");
    let text = std::fs::read_to_string(&rows).expect("rows");
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    // A window that starts before such a step has an infinite difference to its first row; two of them.
    for (line, value) in [(20, "-3.3e38"), (29, "3.3e38"), (30, "-3.3e38")] {
        let mut cells: Vec<&str> = lines[line].split(',').collect();
        cells[3] = value;
        lines[line] = cells.join(",");
    }
    std::fs::write(&rows, lines.join("\n") + "\n").expect("a scratch file");

    let run = place.run("whole");
    let (error, warnings) = fit(&options(&place.config, &run));
    assert!(error.is_none(), "{error:?}");
    let told = warnings.iter().filter(|w| w.contains(": skipped (")).count() as u64;
    assert!(told > 3, "batches with such a window in each epoch: {warnings:?}");
    let whole = Bytes::of(&run);
    let counted: u64 = whole.lines().iter().map(|line| line["skipped"].as_u64().unwrap_or(0)).sum();
    assert_eq!(counted, told, "{}", whole.metrics);
    for line in whole.lines() {
        assert!(line["train_loss"].is_f64() && line["grad_norm"].is_f64(), "{line}");
    }
    assert_usable(&run);

    // Stopped after each update, also right behind a skipped one.
    for k in 1..12 {
        let run = place.run(&k.to_string());
        train_until(Start::New, &options(&place.config, &run), 2, Break::Updates(k));
        train_until(Start::Resumed, &resume_options(&run), 1, Break::Never);
        whole.assert_same(&Bytes::of(&run), &format!("stopped after update {k}"));
    }

    // One too many in an epoch.
    let few = FitOptions {
        sets: vec!["training.on_non_finite.limit=1".into()],
        ..options(&place.config, &place.run("few"))
    };
    let (error, _) = fit(&few);
    let error = error.expect("over the limit");
    assert_eq!(error.exit_code(), 76);
    assert!(error.to_string().contains("the epoch has skipped 1 update before it"), "{error}");

    // A run that has stopped may go on with skipping.
    let stop = FitOptions {
        sets: vec!["training.on_non_finite=stop".into()],
        ..options(&place.config, &place.run("stop"))
    };
    assert_eq!(fit(&stop).0.expect("stopped").exit_code(), 76);
    let skip = FitOptions {
        sets: vec!["training.on_non_finite=skip".into()],
        ..resume_options(&place.run("stop"))
    };
    let (end, _) = train_until(Start::Resumed, &skip, 2, Break::Never);
    assert!(end.is_some());
}

#[test]
fn carried_states_of_a_skipped_batch_start_anew() {
    let patch = json!({
        "data": {"window": {"length": 5, "stride": 5, "relative_to": "none"}, "split": {"valid": 10, "test": 0}},
        "model": {"cell": "rnn", "nonlinearity": "relu"},
        "training": {"state": "carry", "lanes": 2, "shuffle": false, "on_non_finite": "skip", "epochs": 2},
    });
    let place = place(&config(&patch), true);
    let run = place.run("run");
    let (error, warnings) = fit(&options(&place.config, &run));
    assert!(error.is_none(), "{error:?}");
    assert!(warnings.iter().any(|w| w.contains(": skipped (")), "{warnings:?}");
    assert_usable(&run);
}

#[test]
fn a_run_that_stands_still_is_told() {
    let dead =
        json!({"training": {"epochs": 6, "optimizer": {"type": "sgd", "learning_rate": 1e-30}}});
    let place = place(&config(&dead), false);
    let (error, warnings) = fit(&options(&place.config, &place.run("run")));
    assert!(error.is_none(), "{error:?}");
    let told = warnings.iter().filter(|w| w.contains("has not changed for 3 epochs")).count();
    assert_eq!(told, 1, "{warnings:?}");
}
