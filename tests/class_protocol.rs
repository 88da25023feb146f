//! Tagging, classification and the forecast of a category: every figure of an evaluation is recomputed here from the
//! rows and the predictions alone, and rnn-predict says what rnn-eval says.

#![allow(clippy::disallowed_methods)] // an independent computation: std maths

mod common;
mod support;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use common::Rng;
use rnn::job::{Format, PredictOptions};
use serde_json::{Value, json};
use support::job::{evaluate, merged, predict_with, save_config, train};

/// Words that look like something else, or need quotes in a CSV.
const WORDS: [&str; 9] = ["NA", "true", "1", " ", "a,b", "say \"x\"", "Größe", "None", "the"];

/// A row of a file `key,word,x,tag,kind`.
#[derive(Clone, Debug)]
struct Row {
    key: String,
    word: &'static str,
    x: usize,
    tag: String,
    kind: &'static str,
}

/// Series of 1 to 12 rows. The tag hangs on the word and the next one, the kind on how words follow each other.
fn rows(seed: u64, series: usize) -> Vec<Row> {
    let mut rng = Rng(seed);
    let mut rows = Vec::new();
    for number in 0..series {
        let (step, length) = ([1, 2, 4][rng.below(3)], 1 + rng.below(12));
        let mut word = rng.below(WORDS.len());
        let words: Vec<usize> = (0..=length)
            .map(|_| {
                word = if rng.below(4) == 0 {
                    rng.below(WORDS.len())
                } else {
                    (word + step) % WORDS.len()
                };
                word
            })
            .collect();
        rows.extend((0..length).map(|t| Row {
            key: format!("s{number}"),
            word: WORDS[words[t]],
            x: words[t] * step,
            tag: format!("T{}", (words[t] + words[t + 1] / 5) % 5),
            kind: ["one", "two", "true"][step / 2],
        }));
    }
    rows
}

fn csv(rows: &[Row]) -> String {
    let mut out = csv::Writer::from_writer(Vec::new());
    let mut write = |cells: [&str; 5]| out.write_record(cells).expect("a line");
    write(["key", "word", "x", "tag", "kind"]);
    rows.iter().for_each(|r| write([&r.key, r.word, &r.x.to_string(), &r.tag, r.kind]));
    String::from_utf8(out.into_inner().expect("a file")).expect("UTF-8")
}

/// What is predicted, and how.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Task {
    Tagging,
    Classification,
    Forecast,
}

const HORIZON: usize = 2;

impl Task {
    fn config(self) -> Value {
        let patch = match self {
            Task::Tagging => json!({
                "data": {"inputs": [{"column": "word", "type": "category"}, "x"], "targets": ["tag"], "window": null},
                "task": {"type": "tagging"}, "model": {"topology": "bidirectional"},
            }),
            Task::Classification => json!({
                "data": {"inputs": ["x", {"column": "word", "type": "category"}], "targets": ["kind"]},
                "task": {"type": "classification"}, "model": {"topology": "bidirectional"},
            }),
            Task::Forecast => json!({
                "data": {
                    "inputs": [{"column": "word", "type": "category"}],
                    "targets": [{"column": "word", "type": "category"}], "window": {"length": 5},
                },
                "task": {"type": "forecast", "horizon": HORIZON}, "model": {"topology": "single"},
            }),
        };
        let base = json!({
            "data": {"train": "train.csv", "valid": "valid.csv", "series": "key"},
            "model": {"cell": "gru", "hidden_size": 6},
            "training": {"epochs": 2, "batch_size": 8, "optimizer": {"type": "adam", "learning_rate": 0.02}},
        });
        merged(base, &patch)
    }

    fn target(self) -> &'static str {
        match self {
            Task::Tagging => "tag",
            Task::Classification => "kind",
            Task::Forecast => "word",
        }
    }

    fn label(self, row: &Row) -> String {
        match self {
            Task::Tagging => row.tag.clone(),
            Task::Classification => row.kind.to_owned(),
            Task::Forecast => row.word.to_owned(),
        }
    }

    fn steps(self) -> usize {
        if self == Task::Forecast { HORIZON } else { 1 }
    }

    /// Names of the predicted cells: `tag`, or `word+1` and `word+2`.
    fn names(self) -> Vec<String> {
        match self {
            Task::Forecast => (1..=HORIZON).map(|step| format!("word+{step}")).collect(),
            _ => vec![self.target().to_owned()],
        }
    }

    /// For each row that is scored its place and, of each step, the label that came true.
    fn scored(self, rows: &[Row]) -> Vec<(usize, Vec<String>)> {
        let same_series =
            |a: usize, b: usize| rows.get(b).is_some_and(|row| row.key == rows[a].key);
        let places = (0..rows.len()).filter(|&at| match self {
            Task::Tagging => true,
            Task::Classification => !same_series(at, at + 1),
            Task::Forecast => same_series(at, at + HORIZON),
        });
        let lead = usize::from(self == Task::Forecast);
        let truth =
            |at: usize| (0..self.steps()).map(|k| self.label(&rows[at + lead + k])).collect();
        places.map(|at| (at, truth(at))).collect()
    }
}

/// A model and the rows it was trained on and is judged by.
struct Trained {
    task: Task,
    train: Vec<Row>,
    valid: Vec<Row>,
    folder: tempfile::TempDir,
}

impl Trained {
    fn new(task: Task) -> Self {
        let folder = tempfile::tempdir().expect("a scratch folder");
        let (train_rows, valid) = (rows(1, 60), rows(2, 40));
        std::fs::write(folder.path().join("train.csv"), csv(&train_rows)).expect("a file");
        std::fs::write(folder.path().join("valid.csv"), csv(&valid)).expect("a file");
        let config = save_config(folder.path(), &task.config());
        train(&config, &folder.path().join("run"));
        Self { task, train: train_rows, valid, folder }
    }

    fn all() -> Vec<Self> {
        [Task::Tagging, Task::Classification, Task::Forecast].into_iter().map(Self::new).collect()
    }

    fn run(&self) -> PathBuf {
        self.folder.path().join("run")
    }

    fn predict(&self, options: PredictOptions, rows: &[Row]) -> String {
        let options = PredictOptions { model: self.run(), ..options };
        predict_with(&options, csv(rows).as_bytes()).expect("predictions")
    }

    fn save(&self, rows: &[Row]) -> PathBuf {
        let path = self.folder.path().join("other.csv");
        std::fs::write(&path, csv(rows)).expect("a file");
        path
    }
}

/// Lines by column name.
fn lines(text: &str) -> Vec<BTreeMap<String, String>> {
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    reader.deserialize().map(|line| line.expect("a line")).collect()
}

/// The header and the cells, without the columns whose names begin so.
fn without(text: &str, prefix: &str) -> Vec<Vec<String>> {
    let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(text.as_bytes());
    let lines: Vec<csv::StringRecord> =
        reader.records().map(|line| line.expect("a line")).collect();
    let header = lines[0].clone();
    let kept = |line: &csv::StringRecord| {
        let cells = line.iter().zip(&header).filter(|(_, name)| !name.starts_with(prefix));
        cells.map(|(cell, _)| cell.to_owned()).collect()
    };
    lines.iter().map(kept).collect()
}

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

/// The lines of a file of predictions by the place of their row.
fn by_place(task: Task, rows: &[Row], text: &str) -> BTreeMap<usize, BTreeMap<String, String>> {
    let places: Vec<usize> = match task {
        Task::Classification => task.scored(rows).into_iter().map(|(at, _)| at).collect(),
        _ => (0..rows.len()).collect(),
    };
    let lines = lines(text);
    assert_eq!(lines.len(), places.len(), "{task:?}: lines of predictions");
    places.into_iter().zip(lines).collect()
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
