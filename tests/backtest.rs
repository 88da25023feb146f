//! Backtests: a fold is a run like any other, on any number of threads, and stops when asked to.

mod common;
mod support;

use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicI32;

use rnn::error::Error;
use rnn::job::{self, Backtest, BacktestOptions, FitResult, Fold};
use serde_json::{Value, json};
use support::job::{merged, save_config, train};
use support::rows::{Row, Rows};

/// Two series of one length, so that parts can be written as counts.
fn rows() -> Rows {
    Rows::new(11, &[("A", 120), ("B", 120)])
}

fn config(patch: &Value) -> Value {
    let base = json!({
        "data": {
            "path": "rows.csv", "time": "time", "series": "key", "inputs": ["a", "y"], "targets": ["y"],
            "window": {"length": 5}, "split": {"valid": 0.2, "test": 0.2},
        },
        "task": {"type": "forecast", "horizon": 2},
        "model": {"topology": "single", "cell": "gru", "hidden_size": 4},
        "training": {"epochs": 2, "batch_size": 16, "optimizer": {"type": "adam", "learning_rate": 0.01}},
    });
    merged(base, patch)
}

fn run(folder: &Path, patch: &Value) -> PathBuf {
    run_of(folder, &rows(), patch).0
}

fn run_of(folder: &Path, rows: &Rows, patch: &Value) -> (PathBuf, FitResult) {
    rows.save(&folder.join("rows.csv"));
    let out = folder.join("run");
    let result = train(&save_config(folder, &config(patch)), &out);
    (out, result)
}

fn backtest(model: &Path, folds: usize, threads: usize, signal: i32) -> Result<Backtest, Error> {
    let options = BacktestOptions { model: model.to_owned(), folds, threads };
    job::backtest(&options, &|_| {}, &AtomicI32::new(signal))
}

#[test]
fn folds_side_by_side_give_what_they_give_one_after_the_other() {
    for patch in [json!({}), json!({"task": {"intervals": {"coverage": 0.5, "adaptive": true}}})] {
        let folder = tempfile::tempdir().expect("a scratch folder");
        let model = run(folder.path(), &patch);
        let one = backtest(&model, 4, 1, 0).expect("folds").to_json();
        for threads in [2, 3, 9] {
            assert_eq!(backtest(&model, 4, threads, 0).expect("folds").to_json(), one, "{threads}");
        }
    }
}

/// Rows are in use up to the end, so a fold's parts can be written down as a split of their own. A fold is cut at gaps
/// where its run is.
#[test]
fn a_fold_is_the_run_of_its_rows() {
    let gaps = |row: &Row| !(40..44).contains(&row.hour) && !(90..94).contains(&row.hour);
    let mut with_gaps = Rows::new(11, &[("A", 128), ("B", 128)]);
    with_gaps.0.retain(gaps);
    for (rows, patch) in [(rows(), json!({})), (with_gaps, json!({"data": {"gaps": "cut"}}))] {
        let folder = tempfile::tempdir().expect("a scratch folder");
        let (model, _) = run_of(folder.path(), &rows, &patch);
        let found = backtest(&model, 3, 2, 0).expect("folds");
        let scored: u64 = found.folds.iter().map(|fold| fold.report.rows.scored).sum();
        assert_eq!((found.folds.len(), found.overall.rows), (3, scored));
        for (k, Fold { rows: parts, report, best_epoch, .. }) in found.folds.iter().enumerate() {
            let [train_rows, valid, test] = parts.map(|rows| rows / 2);
            assert_eq!((train_rows + valid, test), (60 + 20 * k as u64, 20));
            let split = json!({"train": train_rows, "valid": valid, "test": test});
            let split = merged(patch.clone(), &json!({"data": {"split": split}}));
            let folder = tempfile::tempdir().expect("a scratch folder");
            let (_, alone) = run_of(folder.path(), &rows, &split);
            assert_eq!(alone.best_epoch, *best_epoch);
            let alone = alone.report.expect("test rows").to_json();
            assert_eq!(alone, report.to_json(), "{patch}: fold {k}");
        }
    }
}

#[test]
fn a_signal_stops_all_folds_and_nothing_is_written() {
    let folder = tempfile::tempdir().expect("a scratch folder");
    let model = run(folder.path(), &json!({}));
    let files = || {
        let entries = std::fs::read_dir(&model).expect("the run folder");
        let mut names: Vec<_> = entries.map(|entry| entry.expect("an entry").file_name()).collect();
        names.sort();
        (names, std::fs::read(model.join("model.safetensors")).expect("a model"))
    };
    let before = files();
    let error = backtest(&model, 3, 2, 15).expect_err("it was asked to stop");
    assert_eq!(error.exit_code(), 143);
    backtest(&model, 3, 2, 0).expect("folds");
    assert_eq!(files(), before);
}
