//! Categories, texts and the tasks that predict them: what is filled in, and every contradiction.

use std::path::Path;

use rnn::config::*;

use super::{accepted, parse_with, refusal, text};

const TAGGING: (&str, &str) = ("task", r#"{"type": "tagging"}"#);
const CLASSIFICATION: (&str, &str) = ("task", r#"{"type": "classification"}"#);
const REGRESSION: (&str, &str) = ("task", r#"{"type": "regression"}"#);
const OF_X: &str = r#"{"path": "d.csv", "series": "s", "inputs": ["x"], "targets": ["y"]}"#;
const NEXT: &str = r#"{"path": "d.csv", "targets": [{"column": "y", "type": "category"}]}"#;

#[test]
fn a_bare_target_of_a_tagging_is_a_category() {
    let config = accepted(&[TAGGING, ("data", OF_X)]);
    assert!(config.predicts_classes());
    assert_eq!(config.data.inputs[0].scale(), Some(ScaleKind::Standard));
    assert_eq!(config.training.loss, LossKind::CrossEntropy);
    assert_eq!((config.task.anchor, config.task.lead(), config.task.steps()), (false, 0, 1));
    assert_eq!(config.data.scale_per, ScalePer::Column);
    assert_eq!(config.data.window.map(|w| w.relative_to), Some(RelativeTo::None));
}

#[test]
fn a_classification_reads_whole_series_and_gives_one_class_each() {
    let config = accepted(&[CLASSIFICATION, ("data", OF_X)]);
    assert_eq!((config.data.window, config.task.loss_steps), (None, LossSteps::Last));
    let split = config.data.split.expect("a split");
    assert_eq!(split.by, SplitBy::Series { seed: 0 });
    let null =
        r#"{"path": "d", "series": "@file", "inputs": ["x"], "targets": ["y"], "window": null}"#;
    accepted(&[("task", r#"{"type": "classification", "loss_steps": "last"}"#), ("data", null)]);
}

#[test]
fn a_forecast_of_a_category_reads_its_embedding() {
    let config = accepted(&[("data", NEXT), ("task", r#"{"type": "forecast", "horizon": 3}"#)]);
    assert!(config.predicts_classes() && !config.task.anchor);
    assert_eq!(config.data.inputs[0].words().map(|w| (w.embedding, w.unknown)), Some((8, 0.25)));
    assert_eq!(config.data.window.map(|w| w.relative_to), Some(RelativeTo::None));
    let wide = r#"{"path": "d", "targets": [{"column": "y", "type": "category", "embedding": 3}]}"#;
    let config = accepted(&[("data", wide)]);
    assert_eq!(config.data.inputs[0].words().map(|w| w.embedding), Some(3));
}

#[test]
fn a_text_column_has_its_defaults() {
    let data = r#"{"path": "d", "inputs": [{"column": "w", "type": "text", "suffixes": [3, 1], "characters": {}}],
                   "targets": ["y"]}"#;
    let config = accepted(&[TAGGING, ("data", data)]);
    let words = config.data.inputs[0].words().expect("words");
    assert_eq!((words.embedding, words.min_count, words.unknown), (64, 1, 0.25));
    let text = words.text.as_ref().expect("a text");
    let encoder = CharacterEncoder { embedding: 16, hidden_size: 32, cell: Cell::Lstm };
    assert_eq!(
        (&text.suffixes[..], text.features, text.characters),
        (&[1, 3][..], 16, Some(encoder))
    );
    assert!(text.prefixes.is_empty() && !text.case && !text.shape);
}

#[test]
fn a_split_column_names_parts() {
    let split = |json: &str| {
        let data = format!(r#"{{"path": "d", "targets": ["y"], "split": {json}}}"#);
        accepted(&[("data", &data)]).data.split.expect("a split")
    };
    let values = |list: &[&str]| Part::Values(list.iter().map(|v| (*v).to_string()).collect());
    let usual = split(r#"{"column": "fold"}"#);
    assert_eq!(usual.by, SplitBy::Column("fold".into()));
    assert_eq!((usual.train, usual.valid), (Some(values(&["train"])), values(&["valid"])));
    let named = split(r#"{"column": "fold", "valid": "2", "test": ["3", "4"]}"#);
    let parts = (named.train, named.valid, named.test);
    assert_eq!(parts, (None, values(&["2"]), values(&["3", "4"])));
    assert_eq!(split(r#"{"column": "fold", "test": "b"}"#).valid, values(&[]));
}

#[test]
fn what_is_written_reads_back() {
    let columns = [
        r#""inputs": ["x", {"column": "m", "type": "category", "embedding": 2, "min_count": 3, "unknown": 0}],
            "targets": ["y"]"#,
        r#""inputs": [{"column": "w", "type": "text", "prefixes": [1, 2], "case": true, "shape": true,
            "features": 4, "characters": {"cell": "gru", "hidden_size": 5}}], "targets": ["y"]"#,
        r#""inputs": [{"column": "w", "type": "text"}, {"column": "v", "scale": "none"}],
            "targets": [{"column": "y", "type": "category"}]"#,
    ];
    let splits = [
        r#"{"column": "fold"}"#,
        r#"{"column": "fold", "valid": ["2", "3"]}"#,
        r#"{"valid": 0.5}"#,
    ];
    let trainings =
        ["{}", r#"{"class_weights": "balanced"}"#, r#"{"class_weights": {"b": 2, "a": 0.5}}"#];
    let tasks = [TAGGING.1, CLASSIFICATION.1, r#"{"type": "forecast", "horizon": 2}"#];
    let mut read = 0;
    for columns in columns {
        for split in splits {
            for training in trainings {
                for task in tasks {
                    let data = format!(
                        r#"{{"path": "d.csv", "series": "s", {columns}, "split": {split}}}"#
                    );
                    let text = text(&[("data", &data), ("task", task), ("training", training)]);
                    let Ok(config) = parse_with(&text, &[]) else { continue };
                    let written = config.to_json(Path::new("conf"));
                    assert_eq!(parse_with(&written, &[]).expect("valid"), config, "{written}");
                    let [data, task, model, training] =
                        ["data", "task", "model", "training"].map(|s| config.section_json(s));
                    let stored =
                        Config::from_sections(&data, &task, &model, &training).expect("valid");
                    assert_eq!((stored.task, &stored.training), (config.task, &config.training));
                    assert_eq!(stored.data.inputs, config.data.inputs);
                    read += 1;
                }
            }
        }
    }
    assert!(read >= 60, "{read}");
}

#[track_caller]
fn refused(sections: &[(&str, &str)], expected: &str) {
    let message = refusal(&text(sections), &[]);
    assert!(message.contains(expected), "{message}\nexpected: {expected}");
}

#[test]
fn tasks_that_contradict_their_columns() {
    let target = |task: (&'static str, &'static str), json: &str, expected: &str| {
        let data =
            format!(r#"{{"path": "d", "series": "s", "inputs": ["x"], "targets": [{json}]}}"#);
        refused(&[task, ("data", &data)], expected);
    };
    let number = r#"{"column": "y", "type": "number"}"#;
    target(TAGGING, number, "data.targets[0].type: a tagging predicts a category; write");
    target(
        CLASSIFICATION,
        number,
        "a classification predicts a category; write \"category\", or make the task a regression",
    );
    target(
        TAGGING,
        r#""y", "z""#,
        "data.targets[1]: stands beside a category, which is predicted alone",
    );
    target(
        TAGGING,
        r#"{"column": "y", "type": "text"}"#,
        "is one of a set of classes; write \"category\"",
    );
    target(
        TAGGING,
        r#"{"column": "y", "scale": "none"}"#,
        "data.targets[0].scale: is not an option of \"category\"",
    );
    target(TAGGING, r#"{"column": "y", "embedding": 4}"#, "is about a column that is read");
    let category = r#"{"column": "y", "type": "category"}"#;
    target(REGRESSION, category, "a regression predicts numbers; for a category at the same row");
    target(TAGGING, r#""x""#, "is a target: a tagging would read its answer");
    target(CLASSIFICATION, r#""s""#, "names the series, so it never changes within one");
    let forecast = ("task", r#"{"type": "forecast"}"#);
    target(
        forecast,
        r#"{"column": "x", "type": "category"}"#,
        "holds numbers here and words in data.targets",
    );
}

#[test]
fn what_a_classification_is_not() {
    let data = r#"{"path": "d", "inputs": ["x"], "targets": ["y"]}"#;
    refused(
        &[CLASSIFICATION, ("data", data)],
        "data.series: is missing; a classification gives one category per series",
    );
    let window = r#"{"path": "d", "series": "s", "inputs": ["x"], "targets": ["y"], "window": {}}"#;
    refused(
        &[CLASSIFICATION, ("data", window)],
        "a classification reads each series as a whole; write null",
    );
    let all = ("task", r#"{"type": "classification", "loss_steps": "all"}"#);
    refused(&[all, ("data", OF_X)], "task.loss_steps: \"all\" asks for a category at every row");
    let horizon = ("task", r#"{"type": "classification", "horizon": 2}"#);
    refused(
        &[horizon, ("data", OF_X)],
        "belongs to a forecast; a classification gives one category per series",
    );
    let horizon = ("task", r#"{"type": "tagging", "horizon": 2}"#);
    refused(&[horizon, ("data", OF_X)], "a tagging reads its targets at the same row");
    let carry = ("training", r#"{"state": "carry"}"#);
    refused(
        &[CLASSIFICATION, ("data", OF_X), carry],
        "task.loss_steps: \"last\" leaves all steps but one",
    );
}

#[test]
fn losses_heads_and_anchors_of_the_other_kind() {
    let training = |json: &'static str| ("training", json);
    refused(
        &[TAGGING, ("data", OF_X), training(r#"{"loss": "mae"}"#)],
        "\"mae\" is the loss of a number",
    );
    refused(
        &[training(r#"{"loss": "cross_entropy"}"#)],
        "is the loss of a category, but numbers are predicted",
    );
    refused(
        &[training(r#"{"class_weights": "balanced"}"#)],
        "training.class_weights: weighs the classes of a category",
    );
    let tagging = |json| [TAGGING, ("data", OF_X), training(json)];
    refused(&tagging(r#"{"class_weights": {}}"#), "names no class");
    refused(&tagging(r#"{"class_weights": "balancd"}"#), "did you mean \"balanced\"?");
    refused(&tagging(r#"{"class_weights": {"a": 1, "a": 2}}"#), "duplicate key \"a\"");
    let head = ("model", r#"{"topology": "single", "cell": "gru", "head": "none"}"#);
    refused(&[TAGGING, ("data", OF_X), head], "how many classes there are is counted in the data");
    let anchored = ("task", r#"{"type": "forecast", "anchor": "last"}"#);
    refused(
        &[("data", NEXT), anchored],
        "task.anchor: \"last\" adds to the last known number, but a category is forecast",
    );
    let anchored = ("task", r#"{"type": "tagging", "anchor": "last"}"#);
    refused(&[anchored, ("data", OF_X)], "but a tagging does not know its targets");
}

#[test]
fn options_of_another_type_of_column() {
    let input = |json: &str, expected: &str| {
        let data = format!(r#"{{"path": "d", "inputs": [{json}], "targets": ["y"]}}"#);
        refused(&[TAGGING, ("data", &data)], expected);
    };
    input(
        r#"{"column": "x", "embedding": 4}"#,
        "data.inputs[0].embedding: is not an option of \"number\" (it has scale, ahead, static)",
    );
    input(
        r#"{"column": "x", "type": "category", "suffixes": [1]}"#,
        "suffixes: is not an option of \"category\"",
    );
    input(
        r#"{"column": "x", "type": "text", "scale": "none"}"#,
        "scale: is not an option of \"text\"",
    );
    input(r#"{"column": "x", "type": "text", "suffixes": []}"#, "suffixes: is an empty list");
    input(r#"{"column": "x", "type": "text", "suffixes": [2, 2]}"#, "2 stands there twice");
    input(
        r#"{"column": "x", "type": "text", "features": 4}"#,
        "there is none of them; take it out",
    );
    input(
        r#"{"column": "w", "type": "text"}, {"column": "w.suffix3", "type": "category"}"#,
        "data.inputs[1]: \"w.suffix3\" is what the embedding of a feature of \"w\" may be called",
    );
    input(r#"{"column": "x", "type": "txt"}"#, "did you mean \"text\"?");
    input(r#"{"column": "x", "type": "text", "sufixes": [1]}"#, "did you mean \"suffixes\"?");
}

#[test]
fn splits_by_a_column_and_by_something_else() {
    let split = |json: &str, expected: &str| {
        let data = format!(r#"{{"path": "d", "series": "s", "targets": ["y"], "split": {json}}}"#);
        refused(&[("data", &data)], expected);
    };
    split(r#"{"column": "f", "by": "series"}"#, "data.split.by: chooses how rows are dealt");
    split(r#"{"column": "f", "seed": 1}"#, "data.split.seed: chooses how rows are dealt");
    split(
        r#"{"column": "f", "valid": 2}"#,
        "data.split.valid: is what stands in the column \"f\": write it as text",
    );
    split(r#"{"column": "f", "valid": "2", "test": ["3", "2"]}"#, "\"2\" stands there twice");
    split(r#"{"column": ""}"#, "data.split.column: is empty");
    split(r#"{"valid": ["a"]}"#, "there is no data.split.column");
}
