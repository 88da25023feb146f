//! From files to parts: every way to name rows and to split them gives the expected ones, and nothing of the
//! rows held out reaches the weights.

mod common;
mod support;

use std::collections::BTreeMap;
use std::ops::Range;
use std::path::Path;

use rnn::config::Config;
use rnn::data::{Dataset, Encoder, PartRows, Vocabularies};
use rnn::job::check;
use rnn::store::Model;
use rnn::terminal::Screen;
use serde_json::{Value, json};
use support::job::{
    Break, Start, evaluate, merged, options, save_config, train, train_until, with_threads,
};
use support::plans;
use support::rows::{Rows, time};

/// A config on rows in a folder: a plain forecast, and what `data` says.
fn config(folder: &Path, data: &Value) -> Config {
    let task = json!({
        "data": {"time": "time", "targets": ["a", "y"], "window": {"length": 4}},
        "task": {"type": "forecast", "horizon": 2},
        "model": {"topology": "single", "cell": "gru", "hidden_size": 3},
        "training": {"epochs": 1},
    });
    let path = save_config(folder, &merged(task, &json!({"data": data})));
    Config::load(&path, &[]).expect("a valid config")
}

fn dataset(folder: &Path, data: &Value) -> Dataset {
    let config = config(folder, data);
    Dataset::read(&config, &Encoder::new(&config, Vocabularies::default()).roles)
        .expect("a data set")
}

/// Hours of each series in a part, checked value by value against the rows.
fn hours(part: Option<&PartRows>, rows: &Rows) -> BTreeMap<String, Range<usize>> {
    let Some(part) = part else { return BTreeMap::new() };
    let mut hours = BTreeMap::new();
    for (series, range) in part.table.series.iter().zip(&part.ranges) {
        let key = series.key.first().cloned().unwrap_or_default();
        for place in range.clone() {
            let row = rows.0.iter().find(|row| {
                (key.is_empty() || row.key == key) && time(row.hour) == series.time_text(place)
            });
            let row = row.expect("a row of the file");
            assert_eq!(series.row(place), [row.values[0], row.values[2]], "{key} row {place}");
        }
        if !range.is_empty() {
            hours.insert(key, range.clone());
        }
    }
    hours
}

/// Train, valid and test hours of each series.
fn parts(data: &Dataset, rows: &Rows) -> [BTreeMap<String, Range<usize>>; 3] {
    ["train", "valid", "test"].map(|name| hours(data.part(name), rows))
}

fn map<const N: usize>(entries: [(&str, Range<usize>); N]) -> BTreeMap<String, Range<usize>> {
    entries.into_iter().map(|(key, range)| (key.to_owned(), range)).collect()
}

fn two_series() -> (tempfile::TempDir, Rows) {
    let folder = tempfile::tempdir().expect("a scratch folder");
    let rows = Rows::new(4, &[("A", 57), ("B", 23)]);
    rows.save(&folder.path().join("rows.csv"));
    (folder, rows)
}

#[test]
fn fractions_are_rounded_down_inside_each_series() {
    let (folder, rows) = two_series();
    let data = json!({"path": "rows.csv", "series": "key", "split": {"valid": 0.1, "test": 0.29}});
    let data = dataset(folder.path(), &data);
    let [train, valid, test] = parts(&data, &rows);
    // 5.7 and 16.53 of 57; 2.3 and 6.67 of 23.
    assert_eq!(train, map([("A", 0..36), ("B", 0..15)]));
    assert_eq!(valid, map([("A", 36..41), ("B", 15..17)]));
    assert_eq!(test, map([("A", 41..57), ("B", 17..23)]));
    assert_eq!(data.left_out, 0);
}

#[test]
fn the_default_split_is_a_tenth_and_a_fifth() {
    let (folder, rows) = two_series();
    let data = dataset(folder.path(), &json!({"path": "rows.csv", "series": "key"}));
    let [train, valid, test] = parts(&data, &rows);
    assert_eq!(train, map([("A", 0..41), ("B", 0..17)]));
    assert_eq!(valid, map([("A", 41..46), ("B", 17..19)]));
    assert_eq!(test, map([("A", 46..57), ("B", 19..23)]));
}

#[test]
fn counts_and_rows_left_out_after_test() {
    let (folder, rows) = two_series();
    let split = json!({"train": 10, "valid": 5, "test": 6});
    let data = json!({"path": "rows.csv", "series": "key", "split": split});
    let data = dataset(folder.path(), &data);
    let [train, valid, test] = parts(&data, &rows);
    assert_eq!(train, map([("A", 0..10), ("B", 0..10)]));
    assert_eq!(valid, map([("A", 10..15), ("B", 10..15)]));
    assert_eq!(test, map([("A", 15..21), ("B", 15..21)]));
    assert_eq!(data.left_out, 36 + 2);
    let only_test = json!({"path": "rows.csv", "series": "key", "split": {"test": 20}});
    let [train, valid, test] = parts(&dataset(folder.path(), &only_test), &rows);
    assert_eq!(
        (train, test),
        (map([("A", 0..37), ("B", 0..3)]), map([("A", 37..57), ("B", 3..23)]))
    );
    assert!(valid.is_empty());
}

#[test]
fn dates_cut_at_the_first_row_not_before_them() {
    let (folder, rows) = two_series();
    let split = json!({"valid": "2024-01-01 12:30:00", "test": "2024-01-01T20:00"});
    let data = json!({"path": "rows.csv", "series": "key", "split": split});
    let [train, valid, test] = parts(&dataset(folder.path(), &data), &rows);
    assert_eq!(train, map([("A", 0..13), ("B", 0..13)]));
    assert_eq!(valid, map([("A", 13..20), ("B", 13..20)]));
    assert_eq!(test, map([("A", 20..57), ("B", 20..23)]));
    let split = json!({"test": "2024-01-03"});
    let data = json!({"path": "rows.csv", "series": "key", "split": split});
    let [train, valid, test] = parts(&dataset(folder.path(), &data), &rows);
    assert_eq!(train, map([("A", 0..48), ("B", 0..23)]));
    assert_eq!((valid.len(), test), (0, map([("A", 48..57)])));
}

#[test]
fn whole_series_are_dealt_by_their_names() {
    let folder = tempfile::tempdir().expect("a scratch folder");
    let names: Vec<String> = (0..20).map(|k| format!("unit {k}")).collect();
    let series: Vec<(&str, usize)> = names.iter().map(|name| (&name[..], 8)).collect();
    let rows = Rows::new(2, &series);
    rows.save(&folder.path().join("rows.csv"));
    let deal = |split: Value, seed: u64| {
        let data = json!({"path": "rows.csv", "series": "key", "split": split});
        let config = config(folder.path(), &data);
        let text = merged(
            serde_json::from_str(&config.to_json(folder.path())).expect("JSON"),
            &json!({"training": {"seed": seed}}),
        );
        let config = Config::parse(&text.to_string(), "test", folder.path(), &[]).expect("valid");
        parts(
            &Dataset::read(&config, &Encoder::new(&config, Vocabularies::default()).roles)
                .expect("data"),
            &rows,
        )
    };
    let split = json!({"by": "series", "valid": 0.25, "test": 3});
    let dealt = deal(split.clone(), 1);
    assert_eq!(dealt.each_ref().map(BTreeMap::len), [12, 5, 3]);
    let mut all: Vec<&String> = dealt.iter().flat_map(BTreeMap::keys).collect();
    all.sort();
    all.dedup();
    assert_eq!(all.len(), 20, "each series in one part");
    assert!(dealt.iter().flat_map(BTreeMap::values).all(|range| *range == (0..8)), "whole series");
    assert_eq!(dealt, deal(split.clone(), 2), "not by the seed of training");
    assert_ne!(dealt, deal(merged(split, &json!({"seed": 1})), 1), "by the seed of the split");
}

#[test]
fn lists_globs_and_a_series_per_file() {
    let folder = tempfile::tempdir().expect("a scratch folder");
    let rows = Rows::new(6, &[("A", 40)]);
    for (name, range) in [("plant-2.csv", 15..27), ("plant-1.csv", 0..15), ("z.csv", 27..40)] {
        rows.part("A", range).save(&folder.path().join(name));
    }
    let split = json!({"valid": 0.1, "test": 0.2});
    let whole = [map([("", 0..28)]), map([("", 28..32)]), map([("", 32..40)])];
    for path in [
        json!(["plant-*.csv", "z.csv"]),
        json!("*.csv"),
        json!(["plant-1.csv", "plant-2.csv", "z.csv"]),
    ] {
        let data = dataset(folder.path(), &json!({"path": path, "split": split}));
        assert_eq!(parts(&data, &rows), whole, "{path}");
        let files: Vec<u64> = data.tables()[0].files.iter().map(|file| file.rows).collect();
        assert_eq!(files, [15, 12, 13]);
    }
    // Files in another order are rows out of order.
    let wrong = config(folder.path(), &json!({"path": ["z.csv", "plant-*.csv"], "split": split}));
    let error = Dataset::read(&wrong, &Encoder::new(&wrong, Vocabularies::default()).roles)
        .expect_err("out of order");
    assert_eq!(error.exit_code(), 65, "{error}");

    let data = json!({"path": ["z.csv", "plant-*.csv"], "series": "@file", "split": {"test": 4}});
    let data = dataset(folder.path(), &data);
    let table = data.tables()[0];
    let series: Vec<(&str, usize)> =
        table.series.iter().map(|series| (&series.key[0][..], series.rows())).collect();
    assert_eq!(series, [("z.csv", 13), ("plant-1.csv", 15), ("plant-2.csv", 12)]);
    assert_eq!(data.train.ranges, [0..9, 0..11, 0..8]);
    assert_eq!(data.test.expect("a test part").ranges, [9..13, 11..15, 8..12]);
}

#[test]
fn separate_files_never_lend_look_back() {
    for plan in plans::all() {
        let folder = tempfile::tempdir().expect("a scratch folder");
        let rows = Rows::new(6, &[("A", 60), ("B", 50)]);
        let file = |name: &str, hours: Range<usize>| {
            let path = folder.path().join(name);
            rows.only(|row| hours.contains(&row.hour)).save(&path);
            path
        };
        file("train.csv", 0..30);
        let (valid, test) = (file("valid.csv", 30..40), file("test.csv", 40..60));
        let mut config = plan.config.clone();
        let data = config["data"].as_object_mut().expect("data");
        data.retain(|key, _| key != "path" && key != "split");
        let files = json!({"train": "train.csv", "valid": "valid.csv", "test": "test.csv"});
        let config = merged(config, &json!({"data": files}));
        let run = folder.path().join("run");
        train(&save_config(folder.path(), &config), &run);
        for (split, path) in [("valid", valid), ("test", test)] {
            let (own, own_text) = evaluate(&run, None, Some(split));
            let (alone, text) = evaluate(&run, Some(&path), None);
            assert!(own_text == text, "{}, {split}: the file alone gives the same", plan.name);
            assert_eq!((own.rows, own.loss_per_step), (alone.rows, alone.loss_per_step));
        }
    }
}

/// Huge values in every row held out: scalers and weights keep their bits.
#[test]
fn rows_held_out_reach_neither_scalers_nor_weights() {
    for plan in plans::all() {
        let weights = |outside: f64| {
            let folder = tempfile::tempdir().expect("a scratch folder");
            let mut rows = plans::training_rows();
            let count: BTreeMap<String, usize> =
                rows.keys().into_iter().map(|key| (key.clone(), rows.count(&key))).collect();
            for row in &mut rows.0 {
                let first_held_out = count[&row.key] - 2 * (count[&row.key] / 5);
                if row.hour >= first_held_out {
                    row.values = row.values.map(|x| x * outside);
                }
            }
            rows.save(&folder.path().join("rows.csv"));
            let config = save_config(folder.path(), &plan.config);
            let run = folder.path().join("run");
            let (_, last) = train_until(Start::New, &options(&config, &run), 2, Break::Never);
            let model = Model::read(&run.join("model.safetensors")).expect("a model");
            (last, model.scalers)
        };
        let (plain, huge) = (weights(1.0), weights(1e6));
        assert!(!plain.0.is_empty() && plain.0 == huge.0, "{}: weights", plan.name);
        assert_eq!(plain.1, huge.1, "{}: scalers", plan.name);
    }
}

/// Train rows do reach them: the test above can fail.
#[test]
fn the_last_train_row_reaches_scalers_and_weights() {
    for plan in plans::all() {
        let weights = |factor: f64| {
            let folder = tempfile::tempdir().expect("a scratch folder");
            let mut rows = plans::training_rows();
            let last = rows.0.iter_mut().find(|row| row.key == "A" && row.hour == 53);
            let last = last.expect("the last train row of 90");
            last.values = last.values.map(|x| x * factor);
            rows.save(&folder.path().join("rows.csv"));
            let unscaled = merged(plan.config.clone(), &json!({"data": {"scale": "none"}}));
            let config = save_config(folder.path(), &unscaled);
            let run = folder.path().join("run");
            train_until(Start::New, &options(&config, &run), 1, Break::Never).1
        };
        assert_ne!(weights(1.0), weights(1.5), "{}", plan.name);
    }
}

#[test]
fn a_check_counts_every_row() {
    let (folder, _) = two_series();
    let split = json!({"train": 10, "valid": 5, "test": 6});
    let data = json!({"path": "rows.csv", "series": "key", "split": split});
    let config = config(folder.path(), &data);
    let text = with_threads(1, || check(&config, Screen::PLAIN)).expect("an audit");
    // Ten rows, two behind them for targets: eight inputs, five windows of four, in each series.
    for words in [
        "rows.csv: 80 rows",
        "train    20  2024-01-01 00:00:00  2024-01-01 09:00:00  10 windows\n",
        "valid    10  2024-01-01 10:00:00  2024-01-01 14:00:00    8 scored\n",
        "test     12  2024-01-01 15:00:00  2024-01-01 20:00:00   10 scored\n",
        "4 train rows no input: targets run past the end of the split",
        "2 valid predictions not scored, 2 test predictions not scored:",
        "38 rows: in no part of the split",
        "rnn.weight_hh_l0",
    ] {
        assert!(text.contains(words), "{words:?} is not in\n{text}");
    }
    assert!(!folder.path().join("runs").exists(), "a check writes nothing");
}
