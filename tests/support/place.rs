//! A scratch folder with rows and a config, and runs in it that are compared bit by bit.

use std::path::{Path, PathBuf};

use serde_json::Value;

use super::job::{Break, Start, options, resume_options, save_config, train_until};
use super::rows::Rows;
use super::sentences;

/// What must not differ by a bit.
#[derive(PartialEq)]
pub struct Bytes {
    pub model: Vec<u8>,
    pub metrics: String,
}

impl Bytes {
    pub fn of(run: &Path) -> Self {
        let read = |name| std::fs::read(run.join(name)).expect("a file of the run");
        let metrics = String::from_utf8(read("metrics.jsonl")).expect("UTF-8");
        Self { model: read("model.safetensors"), metrics }
    }

    #[track_caller]
    pub fn assert_same(&self, other: &Self, what: &str) {
        assert_eq!(self.metrics, other.metrics, "{what}: metrics.jsonl");
        assert!(self.model == other.model, "{what}: model.safetensors differs");
    }

    pub fn lines(&self) -> Vec<Value> {
        let lines = self.metrics.lines();
        lines.map(|line| serde_json::from_str(line).expect("a line of JSON")).collect()
    }
}

/// Twenty-five series, so that there are more than 16 sequences side by side; some very short.
fn rows() -> Rows {
    let names: Vec<String> = (0..25).map(|k| format!("s{k}")).collect();
    let lengths = [31, 4, 12, 1, 23, 9, 17];
    let series: Vec<(&str, usize)> =
        names.iter().enumerate().map(|(k, name)| (&name[..], lengths[k % 7])).collect();
    Rows::new(3, &series)
}

/// A folder with the rows and a config.
pub struct Place {
    pub folder: tempfile::TempDir,
    pub config: PathBuf,
}

impl Place {
    pub fn new(config: &Value) -> Self {
        let folder = tempfile::tempdir().expect("a scratch folder");
        rows().save(&folder.path().join("rows.csv"));
        for (name, text) in
            [("words.csv", rows().csv_with_words()), ("sentences.csv", sentences::csv(4, 60))]
        {
            std::fs::write(folder.path().join(name), text).expect("a scratch file");
        }
        let config = save_config(folder.path(), config);
        Self { folder, config }
    }

    pub fn run(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Trains until the end, broken off again and again by the same rule, each time on other threads.
    pub fn in_pieces(&self, name: &str, rule: Break) -> (Bytes, usize) {
        let run = self.run(name);
        let (mut start, mut pieces) = (Start::New, 0);
        loop {
            pieces += 1;
            let options = match start {
                Start::New => options(&self.config, &run),
                Start::Resumed => resume_options(&run),
            };
            let (end, _) = train_until(start, &options, 1 + pieces % 3, rule);
            if end.is_some() {
                return (Bytes::of(&run), pieces);
            }
            start = Start::Resumed;
        }
    }

    /// Broken off once, then trained to the end.
    pub fn broken_once(&self, name: &str, rule: Break) -> Bytes {
        let run = self.run(name);
        let (end, _) = train_until(Start::New, &options(&self.config, &run), 2, rule);
        assert!(end.is_none(), "{rule:?} comes before the end");
        let (end, _) = train_until(Start::Resumed, &resume_options(&run), 3, Break::Never);
        assert!(end.is_some());
        Bytes::of(&run)
    }
}
