//! The protocol of contract section 4: which rows are scored, and that every figure is what it says.

mod common;
mod support;

use std::path::Path;

use rnn::eval::Report;
use rnn::store::{Model, resolve_model};
use serde_json::{Value, json};
use support::job::{evaluate, merged, predict, program, save_config, succeed, train};
use support::plans::{Plan, Reads, Trained, new_rows};
use support::predictions::Predictions;
use support::rows::Rows;

/// The two programs, as a user runs them.
#[test]
fn rnn_predict_and_rnn_eval_agree_byte_for_byte() {
    for trained in Trained::all() {
        let name = trained.plan.name;
        let folder = trained.folder();
        for (file, rows) in [("new.csv", new_rows()), ("long.csv", long_rows())] {
            let data = folder.join(file);
            rows.save(&data);
            let predictions = folder.join("predictions.csv");
            let mut eval = program("rnn-eval");
            eval.arg("--model").arg(trained.run()).arg("--data").arg(&data);
            succeed(eval.arg("--predictions").arg(&predictions).args(["--threads", "3"]));
            let mut predict = program("rnn-predict");
            predict.arg("--model").arg(trained.run().join("model.safetensors"));
            predict.args(["--threads", "1"]).stdin(std::fs::File::open(&data).expect("rows"));
            let predicted = String::from_utf8(succeed(&mut predict).stdout).expect("UTF-8");

            let evaluated = std::fs::read_to_string(&predictions).expect("predictions");
            let evaluated = Predictions::parse(&evaluated);
            assert!(evaluated.header.iter().any(|name| name.starts_with("true_")));
            let predicted = Predictions::parse(&predicted);
            assert_eq!(predicted.rows.len(), rows.0.len(), "{name}: one line a row");
            assert!(evaluated.without("true_") == predicted, "{name}: {file}: they differ");
        }
    }
}

/// More rows than are gathered before anything is computed.
fn long_rows() -> Rows {
    Rows::new(9, &[("A", 1500), ("B", 800), ("C", 350)])
}

#[test]
fn without_time_and_series_rows_are_numbered() {
    let plan = support::plans::all().remove(0);
    let unnamed = json!({"data": {"time": null, "series": null}});
    let trained =
        Trained::new(Plan { config: merged(plan.config.clone(), &unnamed), ..plan }, one_series());
    let data = trained.folder().join("new.csv");
    one_series().save(&data);
    let (_, evaluated) = evaluate(&trained.run(), Some(&data), None);
    let predicted = Predictions::parse(&predict(&trained.run(), &one_series().csv()));
    assert_eq!(predicted.header[0], "row");
    let numbers: Vec<&str> = predicted.rows.iter().map(|row| &row[0][..]).collect();
    assert_eq!(numbers[..3], ["1", "2", "3"]);
    assert!(Predictions::parse(&evaluated).without("true_") == predicted);
}

fn one_series() -> Rows {
    Rows::new(5, &[("A", 120)])
}

/// First row, end of the rows of each part, by the rule of the contract.
fn part(name: &str, rows: usize) -> std::ops::Range<usize> {
    let fifth = rows / 5;
    match name {
        "train" => 0..rows - 2 * fifth,
        "valid" => rows - 2 * fifth..rows - fifth,
        _ => rows - fifth..rows,
    }
}

/// Rows printed, and rows scored, of one series in a part of it.
fn expected(plan: &Plan, split: &str, rows: usize) -> (Vec<usize>, Vec<usize>) {
    let part = part(split, rows);
    let lead = usize::from(plan.horizon() > 0);
    if part.is_empty() {
        return (Vec::new(), Vec::new());
    }
    let first = part.start.saturating_sub(lead);
    let end = if part.end == rows { rows } else { part.end - lead };
    let scored = |row: &usize| {
        let targets_inside = row + lead >= part.start && row + plan.horizon() < part.end;
        targets_inside && plan.predicted(rows).contains(row)
    };
    ((first..end).collect(), (first..end).filter(scored).collect())
}

#[test]
fn each_split_has_its_rows_and_the_same_predictions_as_the_file() {
    for trained in Trained::all() {
        let (plan, rows) = (&trained.plan, &trained.rows);
        let data = trained.folder().join("rows.csv");
        let (_, whole) = evaluate(&trained.run(), Some(&data), None);
        let whole = Predictions::parse(&whole).by_row();
        for split in ["train", "valid", "test"] {
            let what = format!("{}, {split}", plan.name);
            let (report, text) = evaluate(&trained.run(), None, Some(split));
            let predictions = Predictions::parse(&text).by_row();
            let (mut read, mut scored) = (0, 0);
            for key in rows.keys() {
                let count = rows.count(&key);
                let (asked, own_scored) = expected(plan, split, count);
                (read, scored) = (read + asked.len(), scored + own_scored.len());
                for row in asked {
                    let place = (support::rows::time(row), key.clone());
                    let cells =
                        predictions.get(&place).unwrap_or_else(|| panic!("{what}: {place:?}"));
                    if plan.reads != Reads::Block {
                        assert_eq!(cells, &whole[&place], "{what}: {place:?}");
                    }
                }
            }
            assert_eq!(predictions.len(), read, "{what}: rows printed");
            check_counts(&what, &report, read, scored);
            if plan.reads == Reads::Block {
                blocks_start_at_the_split(&trained, split, &predictions);
            }
        }
    }
}

#[track_caller]
fn check_counts(what: &str, report: &Report, read: usize, scored: usize) {
    let left_out: u64 = report.rows.left_out.iter().map(|(_, count)| count).sum();
    assert_eq!(report.rows.read, read as u64, "{what}: rows read");
    assert_eq!(report.rows.scored, scored as u64, "{what}: rows scored");
    assert_eq!(report.rows.scored + left_out, report.rows.read, "{what}: every row is counted");
}

fn blocks_start_at_the_split(
    trained: &Trained,
    split: &str,
    predictions: &std::collections::HashMap<(String, String), Vec<String>>,
) {
    let rows =
        trained.rows.only(|row| part(split, trained.rows.count(&row.key)).contains(&row.hour));
    let alone = Predictions::parse(&predict(&trained.run(), &rows.csv())).by_row();
    assert_eq!(&alone, predictions, "blocks of {split}");
}

#[test]
fn a_file_of_its_own_is_all_held_out() {
    for trained in Trained::all() {
        let (plan, rows) = (&trained.plan, new_rows());
        let data = trained.folder().join("new.csv");
        rows.save(&data);
        let (report, _) = evaluate(&trained.run(), Some(&data), None);
        let mut scored = 0;
        for key in rows.keys() {
            let count = rows.count(&key);
            let end = count.saturating_sub(plan.horizon());
            scored += plan.predicted(count).filter(|row| *row < end).count();
        }
        check_counts(plan.name, &report, rows.0.len(), scored);
    }
}

#[test]
fn valid_loss_is_what_rnn_eval_says() {
    for trained in Trained::all() {
        let name = trained.plan.name;
        let metrics =
            std::fs::read_to_string(trained.run().join("metrics.jsonl")).expect("metrics");
        let lines: Vec<Value> =
            metrics.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
        assert_eq!(lines.len(), 2, "{name}: one line an epoch");
        let mut eval = program("rnn-eval");
        eval.arg("--model").arg(trained.run()).args(["--split", "valid", "--format", "json"]);
        let report: Value = serde_json::from_slice(&succeed(&mut eval).stdout).expect("JSON");
        if report["rows"]["scored"] == 0 {
            // The last row of a series is never in the middle part.
            assert_eq!(trained.plan.reads, Reads::Whole { last: true }, "{name}");
            assert_eq!(
                (&report["loss_per_step"], &lines[1]["valid_loss"]),
                (&Value::Null, &Value::Null)
            );
            continue;
        }
        // The model is the best epoch's, the first of equals.
        let loss = |line: &Value| line["valid_loss"].as_f64().expect("a loss");
        let best = if loss(&lines[1]) < loss(&lines[0]) { &lines[1] } else { &lines[0] };
        assert_eq!(report["loss_per_step"], best["valid_loss"], "{name}");
        let mut compared = 0;
        for (key, value) in best.as_object().expect("an object") {
            if let Some(metric) = key.strip_prefix("valid_").filter(|metric| *metric != "loss") {
                assert_eq!(report[metric], *value, "{name}: {metric}");
                compared += 1;
            }
        }
        assert!(compared >= 4, "{name}: metrics beside the loss");
    }
}

/// Sums of one predictor's errors, made here from the file of predictions alone.
#[derive(Default)]
struct Sums {
    pairs: Vec<(f64, f64)>,
}

impl Sums {
    fn check(&self, what: &str, report: &Value, suffix: &str) {
        let n = self.pairs.len() as f64;
        let errors = || self.pairs.iter().map(|(p, t)| p - t);
        let mse = errors().map(|e| e * e).sum::<f64>() / n;
        let mean = self.pairs.iter().map(|(_, t)| t).sum::<f64>() / n;
        let spread = self.pairs.iter().map(|(_, t)| (t - mean) * (t - mean)).sum::<f64>() / n;
        let figures = [
            ("mse", mse),
            ("mae", errors().map(f64::abs).sum::<f64>() / n),
            ("rmse", mse.sqrt()),
            ("r2", 1.0 - mse / spread),
        ];
        for (name, expected) in figures {
            let said = report[format!("{name}{suffix}")].as_f64();
            let said = said.unwrap_or_else(|| panic!("{what}: no {name}{suffix}"));
            let apart = (said - expected).abs() / expected.abs().max(1e-3);
            assert!(apart < 1e-9, "{what}: {name}{suffix} {said}, recomputed {expected}");
        }
    }
}

/// All figures of a report, recomputed from the predictions beside the truths.
fn check_figures(trained: &Trained, report: &Report, text: &str, rows: &Rows) {
    let plan = &trained.plan;
    let predictions = Predictions::parse(text);
    let json = report.to_json();
    let model = Model::read(&resolve_model(&trained.run()).expect("a model")).expect("a model");
    let (targets, steps) = (plan.targets(), plan.horizon().max(1));
    let names: Vec<&str> = targets.iter().map(|&place| ["a", "b", "y"][place]).collect();
    let new = || (0..targets.len() * steps).map(|_| Sums::default()).collect::<Vec<_>>();
    let (mut data, mut naive, mut by_output) = (new(), new(), new());
    let (mut scaled, mut losses) = (Sums::default(), Vec::new());
    for at in 0..predictions.rows.len() {
        let (pred, truth) = (predictions.numbers(at, "pred_"), predictions.numbers(at, "true_"));
        let pairs: Option<Vec<(f64, f64)>> =
            pred.iter().zip(&truth).map(|(p, t)| Some(((*p)?, (*t)?))).collect();
        let Some(pairs) = pairs else { continue };
        let (time, key) = (&predictions.rows[at][0], predictions.rows[at][1].clone());
        let row =
            rows.0.iter().find(|row| row.key == key && support::rows::time(row.hour) == *time);
        let (scalers, _) = model.scalers.of(&[key]);
        let mut loss = 0.0;
        for (output, &(p, t)) in pairs.iter().enumerate() {
            let scaler = scalers.targets[output / steps];
            let scale = |x: f64| (x - scaler.offset) / scaler.scale;
            let last = row.expect("a row of the file").values[targets[output / steps]];
            let naive_value = if plan.horizon() > 0 { last } else { scaler.mean };
            data[output].pairs.push((p, t));
            naive[output].pairs.push((naive_value, t));
            by_output[output].pairs.push((scale(p), scale(t)));
            scaled.pairs.push((scale(p), scale(t)));
            loss += (scale(p) - scale(t)) * (scale(p) - scale(t));
        }
        losses.push(loss / pairs.len() as f64);
    }
    assert_eq!(losses.len() as u64, report.rows.scored, "{}: rows with a truth", plan.name);
    scaled.check(plan.name, &json, "_scaled");
    let loss = losses.iter().sum::<f64>() / losses.len() as f64;
    let said = json["loss_per_step"].as_f64().expect("a loss");
    assert!((said / loss - 1.0).abs() < 1e-4, "{}: loss {said}, recomputed {loss}", plan.name);
    let baseline = if plan.horizon() > 0 { "last_value" } else { "train_mean" };
    for (k, name) in names.iter().enumerate() {
        let all = |sums: &[Sums]| Sums {
            pairs: sums[k * steps..(k + 1) * steps].iter().flat_map(|s| s.pairs.clone()).collect(),
        };
        let what = format!("{}, {name}", plan.name);
        let of_target = &json["targets"][name];
        all(&data).check(&what, of_target, "");
        all(&by_output).check(&what, of_target, "_scaled");
        let of_naive = &json["baselines"][baseline]["targets"][name];
        all(&naive).check(&format!("{what}, {baseline}"), of_naive, "");
        for step in 0..steps {
            let what = format!("{what} step {}", step + 1);
            data[k * steps + step].check(&what, &of_target["horizon"][step], "");
            assert_eq!(of_target["horizon"][step]["step"], json!(step + 1));
        }
        if names.len() == 1 {
            all(&data).check(&what, &json, "");
        } else {
            assert!(json.get("mse").is_none(), "no sum over units");
        }
    }
}

#[test]
fn every_figure_can_be_recomputed_from_the_predictions() {
    for trained in Trained::all() {
        let data = trained.folder().join("new.csv");
        new_rows().save(&data);
        let (report, text) = evaluate(&trained.run(), Some(&data), None);
        check_figures(&trained, &report, &text, &new_rows());
        let (report, text) = evaluate(&trained.run(), None, Some("test"));
        if trained.plan.reads != (Reads::Whole { last: true }) {
            check_figures(&trained, &report, &text, &trained.rows);
        }
    }
}

/// The usual protocol on ETTh1: 8640/2880/2880 rows, seven columns, 96 rows ahead. The figures of the naive
/// prediction are well known and depend on rows, scalers and averaging alone.
#[test]
fn etth1_has_its_windows_and_its_naive_figures() {
    let csv = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data/ETTh1.csv");
    if !csv.exists() {
        eprintln!(
            "SKIPPED: no ETTh1.csv in ../shared/data; the protocol was not checked on real data"
        );
        return;
    }
    let folder = tempfile::tempdir().expect("a scratch folder");
    let columns = ["HUFL", "HULL", "MUFL", "MULL", "LUFL", "LULL", "OT"];
    let config = json!({
        "data": {
            "path": csv, "time": "date", "inputs": columns, "targets": columns,
            "split": {"train": 8640, "valid": 2880, "test": 2880}, "window": {"length": 4},
        },
        "task": {"type": "forecast", "horizon": 96},
        "model": {"topology": "single", "cell": "rnn", "hidden_size": 2},
        "training": {"epochs": 0},
    });
    let run = folder.path().join("run");
    train(&save_config(folder.path(), &config), &run);
    let (report, _) = evaluate(&run, None, Some("test"));
    assert_eq!((report.rows.read, report.rows.scored), (2880, 2785));
    let json = report.to_json();
    let naive = &json["baselines"]["last_value"];
    let figure = |name: &str| naive[name].as_f64().expect("a figure");
    assert_eq!(format!("{:.3}", figure("mse_scaled")), "1.294");
    assert_eq!(format!("{:.3}", figure("mae_scaled")), "0.713");
}
