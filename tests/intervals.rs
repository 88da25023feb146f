//! Intervals and sets: how many truths they hold, and that a stream gives those of an evaluation.

mod common;
mod support;

use std::path::{Path, PathBuf};

use common::Rng;
use rnn::eval::{Coverage, Held, Report};
use rnn::job::PredictOptions;
use serde_json::{Value, json};
use support::dripping::Dripping;
use support::job::{evaluate, merged, predict, predict_with, save_config, train};
use support::plans::{self, Reads, Trained, new_rows};
use support::predictions::Predictions;

const HORIZON: usize = 4;

/// A series that forgets half of itself from row to row, with shocks as large as `deviation` says at each row.
fn series(seed: u64, rows: usize, deviation: impl Fn(usize) -> f64) -> String {
    let mut rng = Rng(seed);
    let (mut y, mut text) = (0.0, "t,y\n".to_owned());
    for row in 0..rows {
        // About normal: a sum of six even numbers.
        let shock: f64 = (0..6).map(|_| f64::from(rng.uniform())).sum();
        y = 0.5 * y + shock * deviation(row);
        text += &format!("{row},{y:.5}\n");
    }
    text
}

/// A forecast of it: 2,000 rows to learn from, 6,000 for validation, 3,000 of them to calibrate on, 4,000 to test.
fn config(patch: &Value) -> Value {
    let base = json!({
        "data": {"path": "rows.csv", "time": "t", "targets": ["y"], "window": {"length": 4},
                 "split": {"train": 2000, "valid": 6000, "test": 4000}},
        "task": {"type": "forecast", "horizon": HORIZON, "intervals": {"coverage": 0.9}},
        "model": {"topology": "single", "cell": "gru", "hidden_size": 4},
        "training": {"epochs": 2, "optimizer": {"type": "adam", "learning_rate": 0.01}},
    });
    merged(base, patch)
}

/// A run folder in a scratch folder, on these rows.
fn run(folder: &Path, rows: &str, config: &Value) -> PathBuf {
    std::fs::write(folder.join("rows.csv"), rows).expect("a scratch file");
    let out = folder.join("run");
    train(&save_config(folder, config), &out);
    out
}

/// What the intervals of a model of these rows hold on its test rows.
fn coverage(rows: &str, patch: &Value) -> Coverage {
    let folder = tempfile::tempdir().expect("a scratch folder");
    let out = run(folder.path(), rows, &config(patch));
    let (report, _) = evaluate(&out, None, None);
    report.coverage.expect("the model has intervals")
}

fn share(held: &Held) -> f64 {
    held.coverage().expect("rows were scored")
}

#[test]
fn stationary_series_are_covered_as_asked_at_every_step() {
    for loss in [json!("mse"), json!({"type": "quantile"})] {
        let mut shares = Vec::new();
        for seed in 1..=4 {
            let found =
                coverage(&series(seed, 12_000, |_| 1.0), &json!({"training": {"loss": loss}}));
            for (step, held) in found.targets[0].2.iter().enumerate() {
                let share = share(held);
                assert!((0.85..0.95).contains(&share), "{loss}, seed {seed}, step {step}: {share}");
            }
            shares.push(share(&found.all));
        }
        let mean = shares.iter().sum::<f64>() / shares.len() as f64;
        assert!((0.88..0.92).contains(&mean), "{loss}: {shares:?}");
    }
}

#[test]
fn other_shares_can_be_asked_for() {
    let rows = series(5, 12_000, |_| 1.0);
    for asked in [0.5, 0.8] {
        let found = coverage(&rows, &json!({"task": {"intervals": {"coverage": asked}}}));
        assert!((share(&found.all) - asked).abs() < 0.03, "{asked}: {}", share(&found.all));
    }
}

/// Shocks grow to three times their size amid the test rows: what was calibrated before is too narrow then.
#[test]
fn in_a_stream_that_drifts_adaptive_intervals_hold_what_static_ones_lose() {
    for seed in 1..=2 {
        let rows = series(seed, 12_000, |row| if row < 8_500 { 1.0 } else { 3.0 });
        let fixed = share(&coverage(&rows, &json!({})).all);
        let found = coverage(&rows, &json!({"task": {"intervals": {"adaptive": true}}}));
        assert!(fixed < 0.6, "seed {seed}: static {fixed}");
        for held in &found.targets[0].2 {
            assert!((0.87..0.93).contains(&share(held)), "seed {seed}: adaptive {}", share(held));
        }
    }
}

/// The numbers of a report, counted once more from the file of predictions.
#[test]
fn coverage_and_width_are_those_of_the_rows_written() {
    let folder = tempfile::tempdir().expect("a scratch folder");
    let out = run(folder.path(), &series(3, 12_000, |_| 1.0), &config(&json!({})));
    let (report, text): (Report, String) = evaluate(&out, None, None);
    let written = Predictions::parse(&text);
    let place = |name: &str| written.header.iter().position(|n| n == name).expect("a column");
    let found = report.coverage.expect("intervals");
    for (step, held) in found.targets[0].2.iter().enumerate() {
        let name = format!("pred_y+{}", step + 1);
        assert_eq!(place(&format!("{name}_lo")), place(&name) + 1);
        assert_eq!(place(&format!("{name}_hi")), place(&name) + 2);
        let truth = place(&format!("true_y+{}", step + 1));
        let (mut inside, mut width, mut count) = (0, 0.0, 0);
        // The last rows have targets beyond the end: they are not scored.
        for row in &written.rows[..report.rows.scored as usize] {
            let of = |at: usize| row[at].parse::<f32>().map(f64::from).expect("a number");
            let [value, low, high] = [0, 1, 2].map(|k| of(place(&name) + k));
            let y: f64 = row[truth].parse().expect("a truth");
            assert!(low <= value && value <= high, "{row:?}");
            inside += u64::from(low <= y && y <= high);
            width += high - low;
            count += 1;
        }
        assert_eq!((inside, count), (held.held, held.count));
        assert!((width / f64::from(count as u32) - held.width().expect("a width")).abs() < 1e-9);
    }
}

/// Every way to predict whose validation rows can be halved, with intervals of every kind.
fn with_intervals() -> Vec<Trained> {
    let mut all = Vec::new();
    for plan in plans::all() {
        if matches!(plan.reads, Reads::Whole { last: true }) {
            continue; // one prediction a series: none of the validation rows has one
        }
        let forecast = plan.config["task"]["type"] == "forecast";
        for (adaptive, loss) in
            [(false, json!("mse")), (true, json!("mse")), (true, json!({"type": "quantile"}))]
        {
            let intervals = json!({"coverage": 0.6, "adaptive": adaptive && forecast});
            let patch = json!({"task": {"intervals": intervals}, "training": {"loss": loss}});
            let config = merged(plan.config.clone(), &patch);
            all.push(Trained::new(plans::Plan { config, ..plan.clone() }, plans::training_rows()));
        }
    }
    all
}

#[test]
fn a_stream_gives_the_intervals_of_an_evaluation() {
    for trained in with_intervals() {
        let what = format!("{}: {}", trained.plan.name, trained.plan.config["task"]);
        let rows = new_rows();
        let data = trained.folder().join("new.csv");
        rows.save(&data);
        let (_, evaluated) = evaluate(&trained.run(), Some(&data), None);
        let evaluated = Predictions::parse(&evaluated);
        assert!(evaluated.header.iter().any(|name| name.ends_with("_hi")), "{what}");
        let predicted = predict(&trained.run(), &rows.csv());
        assert!(evaluated.without("true_") == Predictions::parse(&predicted), "{what}");
        let options = PredictOptions { model: trained.run(), ..PredictOptions::default() };
        let csv = rows.csv();
        let slow = predict_with(&options, Dripping(csv.as_bytes())).expect("predictions");
        assert!(slow == predicted, "{what}: row by row");
        // The newest row of each series has the interval that it has among all rows.
        let options = PredictOptions { last: true, ..options };
        let last =
            Predictions::parse(&predict_with(&options, csv.as_bytes()).expect("predictions"));
        let all = Predictions::parse(&predicted).by_row();
        for row in &last.rows {
            assert_eq!(all[&(row[0].clone(), row[1].clone())], row[2..], "{what}: --last");
        }
    }
}
