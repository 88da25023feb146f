//! Files of every version of the formats that there has ever been: each is read, predicts what it did and goes on to the
//! bits it went on to then. `tests/golden/README.md` says how to add one.

mod common;
mod support;

use std::path::{Path, PathBuf};

use rnn::store::container::Container;
use rnn::store::{Checkpoint, Model};
use serde_json::Value;
use support::job::{Break, Start, predict, resume_options, train_until};

/// The newest version of models and checkpoints that this program writes.
const NEWEST: u32 = 1;

fn golden() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden")
}

/// Each folder of each version.
fn folders() -> Vec<PathBuf> {
    let inside = |folder: PathBuf| {
        let entries = std::fs::read_dir(folder).expect("a folder").flatten();
        let mut paths: Vec<PathBuf> =
            entries.map(|entry| entry.path()).filter(|path| path.is_dir()).collect();
        paths.sort();
        paths
    };
    let versions = inside(golden());
    let name = |path: &PathBuf| path.file_name().expect("a name").to_string_lossy().into_owned();
    let names: Vec<String> = versions.iter().map(name).collect();
    assert_eq!(names, (1..=NEWEST).map(|v| v.to_string()).collect::<Vec<_>>(), "every version");
    let folders: Vec<PathBuf> = versions.into_iter().flat_map(inside).collect();
    assert!(folders.len() >= 3);
    folders
}

fn text(path: &Path) -> String {
    std::fs::read_to_string(path).expect("a golden file")
}

#[test]
fn models_are_read_and_predict_the_same() {
    for folder in folders() {
        let rows = text(&folder.join("rows.csv"));
        let found = predict(&folder.join("end/model.safetensors"), &rows);
        assert_eq!(found, text(&folder.join("predictions.csv")), "{}", folder.display());
    }
}

/// Keys may come to the metrics, and metadata to the model: what was there is the same, bit for bit.
#[test]
fn checkpoints_are_read_and_go_on_to_the_same_bits() {
    for folder in folders() {
        let scratch = tempfile::tempdir().expect("a scratch folder");
        let run = scratch.path().join("run");
        std::fs::create_dir(&run).expect("a folder");
        let files =
            ["run/config.json", "run/checkpoint.safetensors", "run/metrics.jsonl", "rows.csv"];
        for file in files.iter().chain(&["run/model.safetensors"]) {
            std::fs::copy(folder.join(file), scratch.path().join(file)).expect("a copy");
        }
        let checkpoint =
            Checkpoint::read(&run.join("checkpoint.safetensors")).expect("a checkpoint");
        assert!(checkpoint.position().1 > 0, "saved amid an epoch");
        let (end, _) = train_until(Start::Resumed, &resume_options(&run), 2, Break::Never);
        assert!(end.is_some());

        let lines = |path: PathBuf| -> Vec<Value> {
            text(&path).lines().map(|line| serde_json::from_str(line).expect("JSON")).collect()
        };
        let (now, then) =
            (lines(run.join("metrics.jsonl")), lines(folder.join("end/metrics.jsonl")));
        assert_eq!(now.len(), then.len(), "{}", folder.display());
        for (now, then) in now.iter().zip(&then) {
            for (key, value) in then.as_object().expect("an object") {
                assert_eq!(now.get(key), Some(value), "{}: {key}", folder.display());
            }
        }
        let read = |path: PathBuf| Model::read(&path).expect("a model");
        let now = read(run.join("model.safetensors"));
        let then = read(folder.join("end/model.safetensors"));
        assert!(now.params.as_slice() == then.params.as_slice(), "{}", folder.display());
        assert_eq!(now.scalers.all, then.scalers.all, "{}", folder.display());
        assert_eq!(now.scalers.series, then.scalers.series, "{}", folder.display());
    }
}

#[test]
fn newer_files_are_refused_by_their_version() {
    let folder = &folders()[0];
    let scratch = tempfile::tempdir().expect("a scratch folder");
    let path = scratch.path().join("newer.safetensors");
    for (file, is_model) in [("end/model.safetensors", true), ("run/checkpoint.safetensors", false)]
    {
        let bytes = std::fs::read(folder.join(file)).expect("a golden file");
        let mut container = Container::from_bytes(Path::new(file), &bytes).expect("a whole file");
        let version = container.metadata.iter_mut().find(|(key, _)| key == "format_version");
        version.expect("a version").1 = (NEWEST + 1).to_string();
        std::fs::write(&path, container.to_bytes().expect("bytes")).expect("a scratch file");
        let error = if is_model {
            Model::read(&path).expect_err("refused")
        } else {
            Checkpoint::read(&path).expect_err("refused")
        };
        assert_eq!(error.exit_code(), 69, "{error}");
        let words =
            format!("is of format version {}, this program reads up to {NEWEST}", NEWEST + 1);
        assert!(error.to_string().contains(&words), "{error}");
    }
}
