//! Words: which of them a model knows, and what those it does not know do.

mod common;
mod support;

use std::fmt::Write;
use std::path::{Path, PathBuf};

use common::Rng;
use rnn::data::{Dataset, Encoder, RowHashes, Vocabularies};
use rnn::error::Error;
use rnn::job::PredictOptions;
use rnn::store::Model;
use serde_json::{Value, json};
use support::job::{
    Break, Start, evaluate, merged, options, predict, predict_with, save_config, train, train_until,
};

/// A folder with rows `s,word,x,tag,fold` and a tagger of them.
struct Place {
    folder: tempfile::TempDir,
}

fn config() -> Value {
    json!({
        "data": {
            "path": "rows.csv", "series": "s", "window": {"length": 4}, "split": {"column": "fold"},
            "inputs": [{"column": "word", "type": "category", "embedding": 3}, "x"], "targets": ["tag"],
        },
        "task": {"type": "tagging"},
        "model": {"topology": "single", "cell": "gru", "hidden_size": 4},
        "training": {"epochs": 1, "batch_size": 5},
    })
}

impl Place {
    fn new(rows: &str) -> Self {
        let folder = tempfile::tempdir().expect("a scratch folder");
        std::fs::write(folder.path().join("rows.csv"), rows).expect("a scratch file");
        Self { folder }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Trains a config into `run`.
    fn train(&self, config: &Value) -> Model {
        let run = self.path("run");
        train(&save_config(self.folder.path(), config), &run);
        Model::read(&run.join("model.safetensors")).expect("a model")
    }

    fn refusal(&self, config: &Value, from: Option<&Path>) -> Error {
        let config = save_config(self.folder.path(), config);
        let mut options = options(&config, &self.path("refused"));
        options.init_from = from.map(Path::to_owned);
        let signal = std::sync::atomic::AtomicI32::new(0);
        rnn::job::fit(&options, &mut Deaf, &signal).expect_err("a refusal")
    }
}

struct Deaf;

impl rnn::train::Observer for Deaf {
    fn on(&mut self, _: rnn::train::Event<'_>) -> rnn::error::Result<rnn::train::Control> {
        Ok(rnn::train::Control::Go)
    }
}

const HEADER: &str = "s,word,x,tag,fold\n";

/// Rows of some series, all in one part.
fn rows(fold: &str, series: std::ops::Range<usize>, words: &[&str], tags: &[&str]) -> String {
    let mut rng = Rng(series.start as u64 + 1);
    let mut text = String::new();
    for s in series {
        for _ in 0..6 {
            let (word, tag) = (words[rng.below(words.len())], tags[rng.below(tags.len())]);
            let _ = writeln!(text, "{fold}{s},{word},{:.2},{tag},{fold}", rng.uniform());
        }
    }
    text
}

#[test]
fn a_vocabulary_is_that_of_the_train_rows() {
    let train = rows("train", 0..8, &["b", "a", "B"], &["y", "n"]);
    let model = |valid: &str, test: &str| {
        let place = Place::new(&format!("{HEADER}{valid}{train}{test}"));
        let mut model = place.train(&config());
        // That the rows held out are others is all that the file knows of them.
        model.rows = RowHashes::default();
        model.to_bytes().expect("a model")
    };
    let same = [rows("valid", 0..2, &["a"], &["y"]), rows("test", 0..2, &["a"], &["n"])];
    let other = [
        rows("valid", 0..3, &["zz", "A", "b"], &["n", "new"]),
        rows("test", 5..9, &["b", "c"], &["n"]),
    ];
    // One epoch: which model is the best does not hang on the validation rows.
    assert!(model(&same[0], &same[1]) == model(&other[0], &other[1]), "other rows, another model");
    let place = Place::new(&format!("{HEADER}{train}{}", other[0]));
    let model = place.train(&config());
    assert_eq!(model.encoder.vocabularies.inputs[0].words.entries(), ["B", "a", "b"]);
    assert_eq!(model.encoder.classes().expect("classes").labels, ["n", "y"]);
}

#[test]
fn words_that_mean_something_elsewhere_are_words() {
    let words = [
        "NA",
        "None",
        "true",
        "Infinity",
        " ",
        "nan",
        "12,5",
        "-",
        " NA",
        "ñ",
        "日本",
        "two\nlines",
    ];
    let mut text = HEADER.to_owned();
    for (k, word) in words.iter().cycle().take(6 * words.len()).enumerate() {
        let tag = if k % 2 == 0 { "null" } else { "N/A" };
        let _ = writeln!(text, "s{},\"{word}\",1,{tag},train", k / 12);
    }
    let place = Place::new(&text);
    let spelled = json!({"column": "word", "type": "text", "suffixes": [1], "characters": {"hidden_size": 2}});
    let model = place.train(&merged(config(), &json!({"data": {"inputs": [spelled]}})));
    let vocabulary = &model.encoder.vocabularies.inputs[0];
    let mut sorted = words.map(str::to_owned);
    sorted.sort();
    assert_eq!(vocabulary.words.entries(), sorted);
    assert!((1..=12).all(|index| vocabulary.words.count(index) == 6));
    assert_eq!(model.encoder.classes().expect("classes").labels, ["N/A", "null"]);
    // Of the characters those that two words share; "NA", " NA" and " " share these at least.
    let alphabet = vocabulary.alphabet.as_ref().expect("an alphabet").entries();
    assert!(
        [" ", "N", "A", "n"].iter().all(|c| alphabet.contains(&(*c).to_owned())),
        "{alphabet:?}"
    );
    assert!(!alphabet.contains(&"日".to_owned()), "only one word has it: {alphabet:?}");
    let out = predict(&place.path("run"), &text);
    assert_eq!(out.lines().count(), 1 + 6 * words.len());
}

#[test]
fn an_unknown_word_changes_the_prediction_of_no_other_series_and_of_no_earlier_row() {
    let train = rows("train", 0..12, &["a", "b", "c", "d"], &["y", "n"]);
    let place = Place::new(&format!("{HEADER}{train}"));
    let letters = json!({"column": "word", "type": "text", "embedding": 3, "suffixes": [1], "features": 2,
        "characters": {"embedding": 2, "hidden_size": 2}});
    for input in [json!({"column": "word", "type": "category", "embedding": 3}), letters] {
        let text = input["type"] == "text";
        let config = merged(config(), &json!({"data": {"inputs": [input, "x"]}}));
        let _ = std::fs::remove_dir_all(place.path("run"));
        place.train(&config);
        let new = rows("new", 0..20, &["a", "b", "c", "d"], &["y"]);
        let mut options = PredictOptions { model: place.path("run"), ..PredictOptions::default() };
        options.probabilities = true;
        // The word of the third row of a series in the middle.
        let with = |word: &str| {
            let mut lines: Vec<String> = new.lines().map(str::to_owned).collect();
            let mut cells: Vec<&str> = lines[6 * 7 + 2].split(',').collect();
            cells[1] = word;
            lines[6 * 7 + 2] = cells.join(",");
            let csv = format!("{HEADER}{}\n", lines.join("\n"));
            let out = predict_with(&options, csv.as_bytes()).expect("predictions");
            out.lines().skip(1).map(str::to_owned).collect::<Vec<_>>()
        };
        let known = with("a");
        let (other, unknown, also) = (with("d"), with("zebra"), with("gnu"));
        for (row, line) in known.iter().enumerate() {
            let touched = (6 * 7 + 2..6 * 8).contains(&row);
            assert!(touched || *line == unknown[row], "row {row} does not read that word");
            assert!(touched || *line == other[row], "row {row} does not read that word");
        }
        assert_ne!(known[6 * 7 + 2], unknown[6 * 7 + 2]);
        assert_eq!(unknown == also, !text, "unknown words are one, unless their letters are read");
    }
}

#[test]
fn a_stream_of_more_words_than_it_keeps_gives_what_a_table_gives() {
    let train = rows("train", 0..8, &["a", "b", "w7", "w65999"], &["y", "n"]);
    let place = Place::new(&format!("{HEADER}{train}"));
    let letters = json!({"column": "word", "type": "text", "embedding": 3, "suffixes": [1, 2], "features": 2});
    let window = json!({"data": {"inputs": [letters], "window": {"length": 3}}, "model": {"hidden_size": 2}});
    place.train(&merged(config(), &window));
    // More distinct words than a pool holds, in two series that are read in turn.
    let mut csv = HEADER.to_owned();
    for row in 0..70_000 {
        let _ = writeln!(csv, "s{},w{row},1,{},x", row % 2, if row % 3 == 0 { "y" } else { "n" });
    }
    let data = place.path("new.csv");
    std::fs::write(&data, &csv).expect("a scratch file");
    let (report, table) = evaluate(&place.path("run"), Some(&data), None);
    assert_eq!(report.rows.read, 70_000);
    let stream = predict(&place.path("run"), &csv);
    let only = |line: &str| line.split(',').take(2).collect::<Vec<_>>().join(",");
    let (mut table, mut stream) = (table.lines(), stream.lines());
    assert_eq!(table.clone().count(), stream.clone().count());
    assert!(table.all(|line| stream.next().map(only) == Some(only(line))));
}

#[test]
fn a_model_that_is_started_from_hands_its_words_on() {
    let first = rows("train", 0..8, &["a", "b", "c"], &["n", "y"]);
    let place = Place::new(&format!("{HEADER}{first}"));
    place.train(&config());
    let second = rows("train", 0..5, &["c", "d"], &["y", "n"]);
    std::fs::write(place.path("rows.csv"), format!("{HEADER}{second}")).expect("a scratch file");
    let file = save_config(place.folder.path(), &config());
    let mut from = options(&file, &place.path("second"));
    from.init_from = Some(place.path("run"));
    train_until(Start::New, &from, 2, Break::Never);
    let words = |run: &str| {
        let model = Model::read(&place.path(run).join("model.safetensors")).expect("a model");
        model.encoder.vocabularies.inputs[0].words.entries().to_vec()
    };
    assert_eq!(words("second"), ["a", "b", "c"]);
    // Stopped and resumed, it has the same words and ends in the same bits.
    from.out = Some(place.path("stopped"));
    let (end, _) = train_until(Start::New, &from, 1, Break::Updates(2));
    assert!(end.is_none());
    train_until(
        Start::Resumed,
        &support::job::resume_options(&place.path("stopped")),
        2,
        Break::Never,
    );
    let bytes =
        |run: &str| std::fs::read(place.path(run).join("model.safetensors")).expect("a model");
    assert!(bytes("second") == bytes("stopped"), "resumed with other words or scalers");
    // A label the model cannot give.
    let third = rows("train", 0..5, &["a"], &["y", "maybe"]);
    std::fs::write(place.path("rows.csv"), format!("{HEADER}{third}")).expect("a scratch file");
    let error = place.refusal(&config(), Some(&place.path("run")));
    assert_eq!(error.exit_code(), 65);
    assert!(error.to_string().contains("\"maybe\" of target \"tag\" is no class"), "{error}");
}

/// Labels of the series of each part.
fn dealt(csv: &str, split: &str) -> [Vec<String>; 3] {
    let folder = tempfile::tempdir().expect("a scratch folder");
    std::fs::write(folder.path().join("rows.csv"), csv).expect("a scratch file");
    let text = format!(
        r#"{{"data": {{"path": "rows.csv", "series": "s", "inputs": ["x"], "targets": ["tag"], "split": {split}}},
            "task": {{"type": "classification"}}, "model": {{"topology": "single", "cell": "gru"}}}}"#
    );
    let config = rnn::config::Config::parse(&text, "test", folder.path(), &[]).expect("valid");
    let encoder = Encoder::new(&config, Vocabularies::default());
    let dataset = Dataset::read(&config, &encoder.roles).expect("rows");
    ["train", "valid", "test"].map(|name| {
        let Some(part) = dataset.part(name) else { return Vec::new() };
        let series =
            part.table.series.iter().zip(&part.ranges).filter(|(_, range)| !range.is_empty());
        let label = encoder.roles.targets[0];
        let text = |value: f64| part.table.words[label].of(value).expect("a label").to_owned();
        series.map(|(s, range)| text(s.row(range.start)[label])).collect()
    })
}

#[test]
fn series_are_dealt_class_by_class() {
    // 60 series of a, 30 of b, 10 of c; two rows each.
    let label = |s: usize| {
        if s % 10 < 6 {
            "a"
        } else if s % 10 < 9 {
            "b"
        } else {
            "c"
        }
    };
    let row = |s: usize| format!("s{s},w,1,{0},x\ns{s},w,2,{0},x\n", label(s));
    let csv = format!("{HEADER}{}", (0..100).map(row).collect::<String>());
    let counts =
        |labels: &[String]| ["a", "b", "c"].map(|c| labels.iter().filter(|l| *l == c).count());
    for seed in 0..4 {
        let split = format!(r#"{{"valid": 0.1, "test": 0.2, "seed": {seed}}}"#);
        let [train, valid, test] = dealt(&csv, &split);
        assert_eq!(
            (counts(&train), counts(&valid), counts(&test)),
            ([42, 21, 7], [6, 3, 1], [12, 6, 2])
        );
    }
    let [train, valid, test] = dealt(&csv, r#"{"train": 50, "valid": 7, "test": 0}"#);
    assert_eq!((train.len(), valid.len(), test.len()), (50, 7, 0));
    assert_eq!(counts(&valid), [4, 2, 1]);
}

#[test]
fn a_column_deals_the_rows() {
    let csv = |folds: &[&str]| {
        let row = |(k, fold): (usize, &&str)| {
            format!("s{},w,{k},{},{fold}\n", k / 3, ["a", "b"][k / 3 % 2])
        };
        format!("{HEADER}{}", folds.iter().enumerate().map(row).collect::<String>())
    };
    let usual =
        csv(&["train", "train", "train", "test", "test", "test", "other", "other", "valid"]);
    let [train, valid, test] = dealt(&usual, r#"{"column": "fold"}"#);
    assert_eq!((train, valid, test), (vec!["a".into()], vec!["a".into()], vec!["b".into()]));
    let numbered = csv(&["1", "1", "1", "2", "2", "2", "3", "3", "3", "1", "1", "1"]);
    let [train, valid, test] =
        dealt(&numbered, r#"{"column": "fold", "valid": "3", "test": ["2"]}"#);
    assert_eq!(
        (train, valid, test),
        (vec!["a".into(), "b".into()], vec!["a".into()], vec!["b".into()])
    );
}
