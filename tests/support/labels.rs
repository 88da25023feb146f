//! Made-up series of words with a tag for each and a kind for the whole, models of both, and the labels that come true.

use std::collections::BTreeMap;
use std::path::PathBuf;

use rnn::job::PredictOptions;
use serde_json::{Value, json};

use super::job::{merged, predict_with, save_config, train};
use crate::common::Rng;

/// Words that look like something else, or need quotes in a CSV.
pub const WORDS: [&str; 9] = ["NA", "true", "1", " ", "a,b", "say \"x\"", "Größe", "None", "the"];

/// A row of a file `key,word,x,tag,kind`.
#[derive(Clone, Debug)]
pub struct Row {
    pub key: String,
    pub word: &'static str,
    pub x: usize,
    pub tag: String,
    pub kind: &'static str,
}

/// Series of 1 to 12 rows. The tag hangs on the word and the next one, the kind on how words follow each other.
pub fn rows(seed: u64, series: usize) -> Vec<Row> {
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

pub fn csv(rows: &[Row]) -> String {
    let mut out = csv::Writer::from_writer(Vec::new());
    let mut write = |cells: [&str; 5]| out.write_record(cells).expect("a line");
    write(["key", "word", "x", "tag", "kind"]);
    rows.iter().for_each(|r| write([&r.key, r.word, &r.x.to_string(), &r.tag, r.kind]));
    String::from_utf8(out.into_inner().expect("a file")).expect("UTF-8")
}

/// What is predicted, and how.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Task {
    Tagging,
    Classification,
    Forecast,
}

pub const HORIZON: usize = 2;

impl Task {
    pub fn config(self) -> Value {
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

    pub fn target(self) -> &'static str {
        match self {
            Task::Tagging => "tag",
            Task::Classification => "kind",
            Task::Forecast => "word",
        }
    }

    pub fn label(self, row: &Row) -> String {
        match self {
            Task::Tagging => row.tag.clone(),
            Task::Classification => row.kind.to_owned(),
            Task::Forecast => row.word.to_owned(),
        }
    }

    pub fn steps(self) -> usize {
        if self == Task::Forecast { HORIZON } else { 1 }
    }

    /// Names of the predicted cells: `tag`, or `word+1` and `word+2`.
    pub fn names(self) -> Vec<String> {
        match self {
            Task::Forecast => (1..=HORIZON).map(|step| format!("word+{step}")).collect(),
            _ => vec![self.target().to_owned()],
        }
    }

    /// For each row that is scored its place and, of each step, the label that came true.
    pub fn scored(self, rows: &[Row]) -> Vec<(usize, Vec<String>)> {
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
pub struct Trained {
    pub task: Task,
    pub train: Vec<Row>,
    pub valid: Vec<Row>,
    folder: tempfile::TempDir,
}

impl Trained {
    pub fn new(task: Task) -> Self {
        let folder = tempfile::tempdir().expect("a scratch folder");
        let (train_rows, valid) = (rows(1, 60), rows(2, 40));
        std::fs::write(folder.path().join("train.csv"), csv(&train_rows)).expect("a file");
        std::fs::write(folder.path().join("valid.csv"), csv(&valid)).expect("a file");
        let config = save_config(folder.path(), &task.config());
        train(&config, &folder.path().join("run"));
        Self { task, train: train_rows, valid, folder }
    }

    pub fn all() -> Vec<Self> {
        [Task::Tagging, Task::Classification, Task::Forecast].into_iter().map(Self::new).collect()
    }

    pub fn run(&self) -> PathBuf {
        self.folder.path().join("run")
    }

    pub fn predict(&self, options: PredictOptions, rows: &[Row]) -> String {
        let options = PredictOptions { model: self.run(), ..options };
        predict_with(&options, csv(rows).as_bytes()).expect("predictions")
    }

    pub fn save(&self, rows: &[Row]) -> PathBuf {
        let path = self.folder.path().join("other.csv");
        std::fs::write(&path, csv(rows)).expect("a file");
        path
    }
}

/// Lines by column name.
pub fn lines(text: &str) -> Vec<BTreeMap<String, String>> {
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    reader.deserialize().map(|line| line.expect("a line")).collect()
}

/// The header and the cells, without the columns whose names begin so.
pub fn without(text: &str, prefix: &str) -> Vec<Vec<String>> {
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

/// The lines of a file of predictions by the place of their row.
pub fn by_place(task: Task, rows: &[Row], text: &str) -> BTreeMap<usize, BTreeMap<String, String>> {
    let places: Vec<usize> = match task {
        Task::Classification => task.scored(rows).into_iter().map(|(at, _)| at).collect(),
        _ => (0..rows.len()).collect(),
    };
    let lines = lines(text);
    assert_eq!(lines.len(), places.len(), "{task:?}: lines of predictions");
    places.into_iter().zip(lines).collect()
}
