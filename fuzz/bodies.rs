//! What is done with an input of each fuzz target, and what has to be true of it. A panic is a finding, and so is an
//! error that is not the user's. `tests/corpus.rs` does the same with the inputs in `corpus`.

// Each program uses one of them.
#![allow(dead_code)]

use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicI32;

use rnn::config::Config;
use rnn::data::{Roles, Table};
use rnn::error::{Error, Result};
use rnn::job::{self, FitOptions, Format, OnBadRow, PredictOptions};
use rnn::store::{Checkpoint, Model};
use rnn::train::{Control, Event, Observer};
use sha2::{Digest, Sha256};

/// Whoever gets this has done something wrong, not the program. The text stays one line once it is escaped.
fn theirs(error: &Error, codes: &[u8]) {
    assert!(codes.contains(&error.exit_code()), "{}: {error}", error.exit_code());
}

/// A text of a config. One that is taken is the same when it is written and read again.
pub fn config(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    match Config::parse(&text, "config.json", Path::new(""), &[]) {
        Err(error) => theirs(&error, &[2]),
        Ok(config) => {
            let written = config.to_json(Path::new(""));
            let again = Config::parse(&written, "config.json", Path::new(""), &[]);
            let again = again.unwrap_or_else(|error| panic!("{error}: {written}"));
            assert_eq!(again.to_json(Path::new("")), written);
        }
    }
}

/// Ways to read a file: what a config says of it.
const DATA: [&str; 6] = [
    r#""inputs": ["a", "b"], "targets": ["b"]"#,
    r#""inputs": ["a"], "targets": ["b"], "time": "t", "series": "s""#,
    r#""inputs": ["a"], "targets": ["a"], "time": "t", "order": "ignore", "missing": "ffill""#,
    r#""inputs": ["a"], "targets": ["a"], "delimiter": ";", "decimal": ",""#,
    r#""inputs": [{"column": "w", "type": "category"}, "a"], "targets": ["b"], "series": ["s", "w"]"#,
    r#""inputs": ["a"], "targets": ["a"], "delimiter": "\t", "missing": "ffill", "series": "s""#,
];

/// Rows after a byte that chooses how they are read. Those that are taken are all there, and finite.
pub fn csv(data: &[u8]) {
    let Some((choice, rows)) = data.split_first() else { return };
    let columns = DATA[usize::from(*choice) % DATA.len()];
    let text = format!(
        r#"{{"data": {{"path": "x.csv", {columns}, "window": {{"length": 2}}}}, "task": {{"type": "forecast"}},
            "model": {{"topology": "single", "cell": "rnn"}}}}"#
    );
    let config = Config::parse(&text, "config", Path::new(""), &[]).expect("a valid config");
    let roles = Roles::new(&config);
    match Table::read_stream(rows, Path::new("x.csv"), "x.csv", &roles) {
        Err(error) => theirs(&error, &[65]),
        Ok(table) => {
            let count: usize = table.series.iter().map(|s| s.rows()).sum();
            assert_eq!(count as u64, table.rows());
            for s in &table.series {
                let values = s.rows_between(0, s.rows()).chunks(roles.columns.len());
                let numbers = values.flat_map(|row| roles.numbers().map(move |at| row[at]));
                numbers.for_each(|value| assert!(!value.is_infinite(), "{value}"));
            }
        }
    }
}

/// Small trained models, and the folder they lie in.
pub struct Models {
    folder: tempfile::TempDir,
    runs: Vec<PathBuf>,
}

/// What they are: each plan of prediction, numbers and words.
const MODELS: [&str; 6] = [
    r#"{"data": {"path": "rows.csv", "time": "t", "series": "s", "inputs": ["a", "b"], "targets": ["b"], "window": {"length": 3}},
        "task": {"type": "forecast", "horizon": 2}, "model": {"topology": "single", "cell": "gru", "hidden_size": 3},
        "training": {"epochs": 1}}"#,
    r#"{"data": {"path": "rows.csv", "inputs": ["a"], "targets": ["b"], "missing": "ffill", "window": {"length": 4}},
        "task": {"type": "regression"}, "model": {"topology": "bidirectional", "cell": "lstm", "hidden_size": 2},
        "training": {"epochs": 1}}"#,
    r#"{"data": {"path": "rows.csv", "series": "s", "inputs": ["a", "b"], "targets": ["a"], "window": {"length": 4}},
        "task": {"type": "forecast"}, "model": {"topology": "multi", "cell": "lstm", "hidden_size": 2},
        "training": {"epochs": 1, "state": "carry"}}"#,
    r#"{"data": {"path": "rows.csv", "series": "s", "inputs": [{"column": "w", "type": "text", "embedding": 3, "suffixes": [1],
          "characters": {"embedding": 2, "hidden_size": 2}}], "targets": [{"column": "k", "type": "category"}], "window": null},
        "task": {"type": "tagging"}, "model": {"topology": "bidirectional", "cell": "gru", "hidden_size": 2},
        "training": {"epochs": 1}}"#,
    r#"{"data": {"path": "rows.csv", "series": "s", "inputs": ["a", {"column": "w", "type": "category"}],
          "targets": [{"column": "l", "type": "category"}], "window": null, "split": {"valid": 0, "test": 0, "by": "series"}},
        "task": {"type": "classification", "loss_steps": "last"}, "model": {"topology": "single", "cell": "rnn", "hidden_size": 2},
        "training": {"epochs": 1}}"#,
    r#"{"data": {"path": "rows.csv", "time": "t", "series": "s", "inputs": ["b"], "targets": ["b"],
          "window": {"length": 3, "relative_to": "last"}, "scale": "minmax"},
        "task": {"type": "forecast", "horizon": 2, "loss_steps": "last"},
        "model": {"topology": "bidirectional", "cell": "rnn", "hidden_size": 2}, "training": {"epochs": 1}}"#,
];

/// Four short series.
fn rows() -> String {
    let mut text = String::from("t,s,a,b,w,k,l\n");
    for t in 0..80 {
        let (series, hour) = (t % 4, t / 4);
        let (a, b) = (t * 7 % 13, t * 5 % 11);
        let (day, hour) = (1 + hour / 24, hour % 24);
        text += &format!(
            "2024-01-{day:02}T{hour:02}:00:00,s{series},{a}.5,-{b},w{a},k{},l{series}\n",
            b % 2
        );
    }
    text
}

/// Nobody watches.
struct Unwatched;

impl Observer for Unwatched {
    fn on(&mut self, _: Event<'_>) -> Result<Control> {
        Ok(Control::Go)
    }
}

impl Models {
    /// Trains them.
    pub fn train() -> Self {
        let folder = tempfile::tempdir().expect("a scratch folder");
        std::fs::write(folder.path().join("rows.csv"), rows()).expect("a scratch file");
        let mut runs = Vec::new();
        for (number, config) in MODELS.iter().enumerate() {
            let file = folder.path().join(format!("{number}.json"));
            std::fs::write(&file, config).expect("a scratch file");
            let run = folder.path().join(number.to_string());
            let options =
                FitOptions { config: Some(file), out: Some(run.clone()), ..FitOptions::default() };
            job::fit(&options, &mut Unwatched, &AtomicI32::new(0)).expect("a trained model");
            runs.push(run);
        }
        Self { folder, runs }
    }

    /// The files that whoever begins has: models and checkpoints.
    pub fn files(&self) -> Vec<Vec<u8>> {
        let names = ["model.safetensors", "checkpoint.safetensors"];
        let paths = self.runs.iter().flat_map(|run| names.map(|name| run.join(name)));
        paths.map(|path| std::fs::read(path).expect("a file of the run")).collect()
    }
}

/// Puts the right checksum into a file that has a place for it.
pub fn seal(file: &mut [u8]) {
    let marker = b"\"checksum\":\"sha256:";
    let Some(at) = file.windows(marker.len()).take(64).position(|window| window == marker) else {
        return;
    };
    let digits = at + marker.len()..at + marker.len() + 64;
    if digits.end <= file.len() {
        file[digits.clone()].fill(b'0');
        let hash = Sha256::digest(&*file);
        let text: String = hash.iter().map(|byte| format!("{byte:02x}")).collect();
        file[digits].copy_from_slice(text.as_bytes());
    }
}

/// A file in the place of a model and of a checkpoint, with a right checksum. A model that is taken is the same when it
/// is written and read again, and predicts.
pub fn model(models: &Models, data: &[u8]) {
    let mut file = data.to_vec();
    seal(&mut file);
    let path = models.folder.path().join("crafted.safetensors");
    std::fs::write(&path, &file).expect("a scratch file");
    if let Err(error) = Checkpoint::read(&path) {
        theirs(&error, &[69]);
    }
    match Model::read(&path) {
        Err(error) => theirs(&error, &[69]),
        Ok(model) => {
            let written = model.to_bytes().expect("what was read can be written");
            std::fs::write(&path, &written).expect("a scratch file");
            let again = Model::read(&path).expect("what was written can be read");
            assert!(again.to_bytes().expect("and written again") == written);
            let options = PredictOptions { model: path, ..PredictOptions::default() };
            if let Err(error) = job::predict(&options, rows().as_bytes(), io::sink(), &mut |_| {}) {
                theirs(&error, &[2, 65, 69]);
            }
        }
    }
}

/// Gives few bytes at a time.
struct Dripping<'a>(&'a [u8]);

impl Read for Dripping<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = buffer.len().min(self.0.len()).min(7);
        let (now, rest) = self.0.split_at(count);
        buffer[..count].copy_from_slice(now);
        self.0 = rest;
        Ok(count)
    }
}

/// A whole stream of predictions, after a byte that chooses the model and one of options. It is the same however the
/// rows come in.
pub fn stream(models: &Models, data: &[u8]) {
    let [choice, flags, rows @ ..] = data else { return };
    let on_bad_row = match flags & 3 {
        0 => OnBadRow::Abort,
        1 => OnBadRow::Skip,
        _ => OnBadRow::Empty,
    };
    let options = PredictOptions {
        model: models.runs[usize::from(*choice) % models.runs.len()].clone(),
        last: flags & 4 != 0,
        long: flags & 8 != 0,
        probabilities: flags & 16 != 0,
        keep: if flags & 32 != 0 { vec!["a".into()] } else { Vec::new() },
        format: if flags & 64 != 0 { Format::Jsonl } else { Format::Csv },
        on_bad_row,
    };
    let answer = |input: &mut dyn Read| {
        let mut output = Vec::new();
        let result = job::predict(&options, input, &mut output, &mut |_| {});
        if let Err(error) = &result {
            theirs(error, &[2, 65]);
        }
        (output, result.map_err(|error| error.to_string()))
    };
    let (whole, dripping) = (answer(&mut &*rows), answer(&mut Dripping(rows)));
    assert_eq!(whole.1, dripping.1);
    assert!(whole.0 == dripping.0, "other bytes where rows come in pieces");
    assert!(String::from_utf8(whole.0).is_ok(), "predictions are UTF-8");
}
