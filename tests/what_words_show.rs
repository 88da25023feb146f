//! What the README says of words, on data that come with the project: where the word that tells comes later, only a
//! network that reads both ways can know; and a network that has read a text guesses its next character better than
//! counts of pairs do.

use std::path::Path;
use std::process::Command;

use serde_json::Value;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Trains a config with some keys set anew; the report on its test rows.
fn trained(config: &Path, sets: &[String]) -> Value {
    let scratch = tempfile::tempdir().expect("a scratch folder");
    let run = scratch.path().join("run");
    let mut train = Command::new(env!("CARGO_BIN_EXE_rnn-train"));
    train.arg("--quiet").arg("--config").arg(config).arg("--out").arg(&run);
    sets.iter().for_each(|set| {
        train.args(["--set", set]);
    });
    let trained = train.output().expect("rnn-train runs");
    assert!(trained.status.success(), "{}", String::from_utf8_lossy(&trained.stderr));
    let mut eval = Command::new(env!("CARGO_BIN_EXE_rnn-eval"));
    let scored = eval.arg("--model").arg(&run).args(["--format", "json"]).output();
    serde_json::from_slice(&scored.expect("rnn-eval runs").stdout).expect("a report")
}

fn figure(report: &Value, path: &str) -> f64 {
    report.pointer(path).and_then(Value::as_f64).unwrap_or_else(|| panic!("{path}: {report}"))
}

#[test]
fn both_ways_are_better_where_the_telling_word_comes_later_and_only_there() {
    let accuracy = |topology: &str, file: &str| {
        let file = root().join("data").join(file).display().to_string();
        let sets = [
            format!("model.topology={topology}"),
            format!("data.path={}", serde_json::json!(file)),
            "training.epochs=6".to_owned(),
        ];
        figure(&trained(&root().join("configs/grammar-tagging.json"), &sets), "/accuracy")
    };
    let (both, forward) =
        (accuracy("bidirectional", "grammar.csv"), accuracy("single", "grammar.csv"));
    // One word in seven is ambiguous, and a guess is right a third of the time.
    assert!(both > 0.98 && forward < 0.93, "later: both ways {both}, one way {forward}");
    let mirrored = "grammar-mirrored.csv";
    let (both, forward) = (accuracy("bidirectional", mirrored), accuracy("single", mirrored));
    assert!(forward > 0.98 && both - forward < 0.02, "earlier: {both}, one way {forward}");
}

/// The text is this project's own README, a character a row.
#[test]
fn the_next_character_costs_fewer_bits_than_by_counts_of_pairs() {
    let scratch = tempfile::tempdir().expect("a scratch folder");
    let text = std::fs::read_to_string(root().join("README.md")).expect("a text");
    let mut rows = csv::Writer::from_path(scratch.path().join("text.csv")).expect("a file");
    rows.write_record(["char"]).expect("written");
    for character in text.chars().take(24_000) {
        rows.write_record([character.to_string()]).expect("written");
    }
    rows.flush().expect("written");
    let config = scratch.path().join("text.json");
    let column = r#"{"column": "char", "type": "category", "embedding": 16}"#;
    let text = format!(
        r#"{{"data": {{"path": "text.csv", "targets": [{column}], "window": {{"length": 48, "stride": 24}}}},
            "task": {{"type": "forecast"}},
            "model": {{"topology": "single", "cell": "gru", "hidden_size": 64}},
            "training": {{"epochs": 8, "batch_size": 16, "optimizer": {{"type": "adam", "learning_rate": 0.005}}}}}}"#
    );
    std::fs::write(&config, text).expect("written");
    let report = trained(&config, &[]);
    let model = figure(&report, "/bits_per_symbol");
    let [bigram, unigram] = ["bigram", "unigram"]
        .map(|name| figure(&report, &format!("/baselines/{name}/bits_per_symbol")));
    assert!(bigram < unigram, "{bigram} {unigram}");
    assert!(model < bigram, "{model} bits a character, by pairs {bigram}");
}
