//! Tagging, classification and the forecast of a category: every figure of an evaluation is recomputed here from the
//! rows and the predictions alone, and rnn-predict says what rnn-eval says.

#![allow(clippy::disallowed_methods)] // an independent computation: std maths

mod common;
mod support;

use std::collections::BTreeMap;
use std::path::Path;

use rnn::job::{Format, PredictOptions};
use serde_json::{Value, json};
use support::job::{evaluate, predict_with, save_config, train};
use support::labels::{HORIZON, Row, Task, Trained, WORDS, by_place, csv, lines, rows, without};

fn count<T: Ord>(items: impl Iterator<Item = T>) -> BTreeMap<T, f64> {
    let mut counts = BTreeMap::new();
    items.for_each(|item| *counts.entry(item).or_insert(0.0) += 1.0);
    counts
}

fn accuracy(pairs: &[(String, String)]) -> f64 {
    pairs.iter().filter(|(truth, guess)| truth == guess).count() as f64 / pairs.len() as f64
}

/// The mean of F1 over all labels in truth or guess.
fn macro_f1(pairs: &[(String, String)]) -> f64 {
    let truths = count(pairs.iter().map(|(truth, _)| truth));
    let guesses = count(pairs.iter().map(|(_, guess)| guess));
    let labels = count(pairs.iter().flat_map(|(truth, guess)| [truth, guess]));
    let f1 = |label: &String| {
        let right = pairs.iter().filter(|(t, g)| t == label && g == label).count() as f64;
        let rows = |of: &BTreeMap<&String, f64>| of.get(label).copied().unwrap_or(0.0);
        2.0 * right / (rows(&truths) + rows(&guesses))
    };
    labels.keys().map(|label| f1(label)).sum::<f64>() / labels.len() as f64
}

#[track_caller]
fn close(said: &Value, expected: f64, tolerance: f64, what: &str) {
    let said = said.as_f64().unwrap_or_else(|| panic!("{what}: {said}"));
    assert!((said - expected).abs() < tolerance, "{what}: {said}, recomputed {expected}");
}

/// Truth and guess at each scored row, of one step or (`None`) of all.
fn pairs(
    scored: &[(usize, Vec<String>)],
    step: Option<usize>,
    guess: impl Fn(usize, usize) -> String,
) -> Vec<(String, String)> {
    let pair = |(at, truth): &(usize, Vec<String>)| {
        let steps = truth.iter().enumerate().filter(|(k, _)| step.is_none_or(|step| step == *k));
        steps.map(|(k, truth)| (truth.clone(), guess(*at, k))).collect::<Vec<_>>()
    };
    scored.iter().flat_map(pair).collect()
}

#[test]
fn every_figure_is_what_it_says() {
    for trained in Trained::all() {
        let task = trained.task;
        let (report, text) = evaluate(&trained.run(), None, Some("valid"));
        let json = report.to_json();
        let scored = task.scored(&trained.valid);
        assert_eq!(json["rows"]["scored"], scored.len());
        let left_out = json["rows"]["left_out"].as_object().expect("reasons").values();
        let left_out: u64 = left_out.map(|rows| rows.as_u64().expect("a count")).sum();
        assert_eq!(json["rows"]["read"], scored.len() as u64 + left_out);

        let predicted = by_place(task, &trained.valid, &text);
        let options = PredictOptions { probabilities: true, ..PredictOptions::default() };
        let with_chances = trained.predict(options, &trained.valid);
        let chances = by_place(task, &trained.valid, &with_chances);
        let guess =
            |at: usize, k: usize| predicted[&at][&format!("pred_{}", task.names()[k])].clone();
        for step in std::iter::once(None).chain((0..task.steps()).map(Some)) {
            let figures = match step {
                None => &json,
                Some(step) => &json["targets"][task.target()]["horizon"][step],
            };
            let pairs = pairs(&scored, step, guess);
            close(&figures["accuracy"], accuracy(&pairs), 1e-12, "accuracy");
            close(&figures["macro_f1"], macro_f1(&pairs), 1e-12, "macro-F1");
            let mut losses = Vec::new();
            for (at, truth) in &scored {
                for (k, truth) in
                    truth.iter().enumerate().filter(|(k, _)| step.is_none_or(|s| s == *k))
                {
                    let chance = &chances[at][&format!("prob_{}_{truth}", task.names()[k])];
                    losses.push(-chance.parse::<f64>().expect("a chance").ln());
                    let said = &predicted[at][&format!("true_{}", task.names()[k])];
                    assert_eq!(said, truth, "{task:?}: row {at}");
                }
            }
            let loss = losses.iter().sum::<f64>() / losses.len() as f64;
            close(&figures["log_loss"], loss, 1e-5, "log-loss");
            match task {
                Task::Forecast => {
                    close(&figures["bits_per_symbol"], loss / 2f64.ln(), 1e-5, "bits")
                }
                _ => assert!(figures.get("bits_per_symbol").is_none()),
            }
        }
        close(
            &json["loss_per_step"],
            json["log_loss"].as_f64().expect("a loss"),
            1e-9,
            "valid loss",
        );
        let all = pairs(&scored, None, guess);
        for ((truth, guess), rows) in count(all.iter()).into_iter().map(|((t, g), n)| ((t, g), n)) {
            assert_eq!(json["confusion"][truth][guess], rows as u64, "{truth} taken for {guess}");
        }
    }
}

#[test]
fn the_naive_predictions_are_counted_on_the_train_rows() {
    for trained in Trained::all() {
        let task = trained.task;
        let json = evaluate(&trained.run(), None, Some("valid")).0.to_json();
        let scored = task.scored(&trained.valid);
        let labels: Vec<String> = match task {
            Task::Classification => {
                task.scored(&trained.train).into_iter().map(|(_, t)| t[0].clone()).collect()
            }
            _ => trained.train.iter().map(|row| task.label(row)).collect(),
        };
        let counts = count(labels.iter().cloned());
        let usual = first_greatest(counts.iter().map(|(label, rows)| (label.clone(), *rows)));
        let share = |label: &String| {
            (counts.get(label).copied().unwrap_or(0.0) + 1.0) / (labels.len() + counts.len()) as f64
        };
        let baseline = |name: &str| &json["baselines"][name];
        let check = |name: &str, guess: &dyn Fn(usize, usize) -> String| {
            let pairs = pairs(&scored, None, guess);
            close(&baseline(name)["accuracy"], accuracy(&pairs), 1e-12, name);
            close(&baseline(name)["macro_f1"], macro_f1(&pairs), 1e-12, name);
        };
        let check_loss = |name: &str, chance: &dyn Fn(usize, usize, &String) -> f64| {
            let losses = scored.iter().flat_map(|(at, truth)| {
                truth.iter().enumerate().map(|(k, truth)| -chance(*at, k, truth).ln())
            });
            let losses: Vec<f64> = losses.collect();
            let loss = losses.iter().sum::<f64>() / losses.len() as f64;
            close(&baseline(name)["log_loss"], loss, 1e-9, name);
        };
        let everywhere = if task == Task::Forecast { "unigram" } else { "most_frequent" };
        check(everywhere, &|_, _| usual.clone());
        check_loss(everywhere, &|_, _, truth| share(truth));
        // What came with a word, or k + 1 rows after it, in the order of the train rows.
        let rows = &trained.train;
        let came_with = |word: &str, k: usize| -> Vec<String> {
            let ahead = if task == Task::Forecast { k + 1 } else { 0 };
            let inside =
                |at: &usize| rows.get(at + ahead).is_some_and(|row| row.key == rows[*at].key);
            let places = (0..rows.len()).filter(|at| rows[*at].word == word).filter(inside);
            places.map(|at| task.label(&rows[at + ahead])).collect()
        };
        let usual_with = |at: usize, k: usize| {
            let came = came_with(trained.valid[at].word, k);
            let mut seen: Vec<(String, f64)> = Vec::new();
            for label in came {
                match seen.iter_mut().find(|(known, _)| *known == label) {
                    Some((_, rows)) => *rows += 1.0,
                    None => seen.push((label, 1.0)),
                }
            }
            if seen.is_empty() { usual.clone() } else { first_greatest(seen.into_iter()) }
        };
        let chance_with = |at: usize, k: usize, truth: &String| {
            let came = came_with(trained.valid[at].word, k);
            let rows = came.iter().filter(|label| *label == truth).count() as f64;
            (rows + share(truth)) / (came.len() + 1) as f64
        };
        match task {
            Task::Classification => {
                assert_eq!(json["baselines"].as_object().map(|b| b.len()), Some(1))
            }
            Task::Tagging => {
                check("most_frequent_of_word", &usual_with);
                check_loss("most_frequent_of_word", &chance_with);
            }
            Task::Forecast => {
                check("bigram", &usual_with);
                check_loss("bigram", &chance_with);
                check("last_value", &|at, _| trained.valid[at].word.to_owned());
                assert!(baseline("last_value")["log_loss"].is_null());
            }
        }
    }
}

/// The first of those with the greatest count.
fn first_greatest(items: impl Iterator<Item = (String, f64)>) -> String {
    let mut best = (String::new(), 0.0);
    items.for_each(|(label, rows)| {
        if rows > best.1 {
            best = (label, rows);
        }
    });
    best.0
}

#[test]
fn rnn_predict_says_what_rnn_eval_says() {
    for trained in Trained::all() {
        let other = rows(3, 30);
        let (_, evaluated) = evaluate(&trained.run(), Some(&trained.save(&other)), None);
        let predicted = trained.predict(PredictOptions::default(), &other);
        assert!(without(&evaluated, "true_") == without(&predicted, "-"), "{:?}", trained.task);
        assert!(evaluated.contains(",true_"));
    }
}

#[test]
fn labels_are_text_and_chances_sum_to_one() {
    let trained = Trained::new(Task::Forecast);
    let options =
        PredictOptions { probabilities: true, format: Format::Jsonl, ..PredictOptions::default() };
    let json = trained.predict(options.clone(), &trained.valid);
    for line in json.lines() {
        let line: Value = serde_json::from_str(line).expect("JSON");
        for k in 1..=HORIZON {
            let label =
                line[format!("pred_word+{k}")].as_str().expect("text, whatever it looks like");
            let chance =
                |word: &str| line[format!("prob_word+{k}_{word}")].as_f64().expect("a number");
            let sum: f64 = WORDS.iter().map(|word| chance(word)).sum();
            assert!((sum - 1.0).abs() < 1e-6, "{sum}");
            assert!(WORDS.iter().all(|word| chance(word) <= chance(label)), "the likeliest");
        }
    }
    let long = PredictOptions { long: true, format: Format::Csv, ..options };
    let lines = lines(&trained.predict(long, &trained.valid));
    assert_eq!(lines.len(), HORIZON * trained.valid.len());
    let first: Value = serde_json::from_str(json.lines().next().expect("a line")).expect("JSON");
    assert_eq!(lines[1]["step"], "2");
    assert_eq!(lines[1]["value"], first["pred_word+2"].as_str().expect("text"));
    assert_eq!(lines[1]["prob_word_the"], first["prob_word+2_the"].to_string());
}

#[test]
fn a_label_that_is_in_no_train_row_is_wrong_and_has_no_log_loss() {
    let trained = Trained::new(Task::Tagging);
    let evaluated = |rows: &[Row]| evaluate(&trained.run(), Some(&trained.save(rows)), None);
    let (usual, _) = evaluated(&trained.valid);
    let mut odd = trained.valid.clone();
    (odd[0].tag, odd[5].tag, odd[9].tag) = ("Q1".into(), "Q2".into(), "Q1".into());
    let (report, text) = evaluated(&odd);
    let json = report.to_json();
    let scored = Task::Tagging.scored(&odd);
    let lines = by_place(Task::Tagging, &odd, &text);
    let all = pairs(&scored, None, |at, _| lines[&at]["pred_tag"].clone());
    close(&json["accuracy"], accuracy(&all), 1e-12, "accuracy");
    close(&json["macro_f1"], macro_f1(&all), 1e-12, "macro-F1, of Q1 and Q2 too");
    assert_eq!(lines[&5]["true_tag"], "Q2");
    let other = json["confusion"]["(other)"].as_object().expect("a row");
    assert_eq!(other.values().filter_map(Value::as_u64).sum::<u64>(), 3);
    // The log-loss is that of the other rows.
    let options = PredictOptions { probabilities: true, ..PredictOptions::default() };
    let chances = by_place(Task::Tagging, &odd, &trained.predict(options, &odd));
    let known = odd.iter().enumerate().filter(|(_, row)| row.tag.starts_with('T'));
    let losses = known.map(|(at, row)| {
        -chances[&at][&format!("prob_tag_{}", row.tag)].parse::<f64>().expect("a chance").ln()
    });
    let losses: Vec<f64> = losses.collect();
    assert_eq!(losses.len() + 3, odd.len());
    close(&json["log_loss"], losses.iter().sum::<f64>() / losses.len() as f64, 1e-5, "log-loss");
    assert_eq!(json["rows"], usual.to_json()["rows"], "they are scored");
}

/// Nothing but the rows of a series tells of it, in whatever order series stand in a file.
#[test]
fn classification_gives_one_row_for_each_series_when_it_ends() {
    let trained = Trained::new(Task::Classification);
    let rows = &trained.valid;
    let predicted = trained.predict(PredictOptions::default(), rows);
    let keys: Vec<String> = lines(&predicted).iter().map(|line| line["key"].clone()).collect();
    let mut expected: Vec<String> = rows.iter().map(|row| row.key.clone()).collect();
    expected.dedup();
    assert_eq!(keys, expected);
    // The first series comes to its end behind all others.
    let first = rows.iter().take_while(|row| row.key == "s0").count();
    let mixed = [&rows[..first - 1], &rows[first..], &rows[first - 1..first]].concat();
    assert!(first > 1, "a series of several rows");
    let moved = trained.predict(PredictOptions::default(), &mixed);
    assert_eq!(moved.lines().last(), predicted.lines().nth(1), "the same prediction, last");
    let (_, evaluated) = evaluate(&trained.run(), Some(&trained.save(&mixed)), None);
    assert!(without(&evaluated, "true_") == without(&moved, "-"));
    let last = PredictOptions { last: true, ..PredictOptions::default() };
    assert_eq!(trained.predict(last, rows), predicted, "--last says nothing else");
}

#[test]
fn a_model_of_numbers_has_no_probabilities() {
    let folder = tempfile::tempdir().expect("a scratch folder");
    let data = Path::new(folder.path()).join("train.csv");
    std::fs::write(&data, csv(&rows(1, 20))).expect("a file");
    let config = json!({
        "data": {"path": "train.csv", "inputs": ["x"], "targets": ["x"], "window": {"length": 4}},
        "task": {"type": "forecast"}, "model": {"topology": "single", "cell": "rnn", "hidden_size": 2},
        "training": {"epochs": 0},
    });
    train(&save_config(folder.path(), &config), &folder.path().join("run"));
    let options = PredictOptions {
        model: folder.path().join("run"),
        probabilities: true,
        ..PredictOptions::default()
    };
    let error = predict_with(&options, "x\n1\n".as_bytes()).expect_err("no probabilities");
    assert_eq!(error.exit_code(), 2);
    assert!(error.to_string().contains("--probabilities"), "{error}");
}
