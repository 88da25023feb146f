//! The same config, data and seed give the same bits: on any number of threads, in any folder, stopped and
//! resumed or not.

mod common;
mod support;

use std::path::Path;

use rnn::train::Outcome;
use serde_json::{Value, json};
use support::job::{
    Break, Start, merged, options, program, resume_options, succeed, train, train_until,
};
use support::place::{Bytes, Place};
use support::plans;
use support::rows::Rows;
use support::sentences;

/// Configs that use everything a run carries from one update, epoch and process to the next.
fn cases() -> Vec<(&'static str, Value)> {
    let forecast = json!({"type": "forecast", "horizon": 3});
    let ab = json!({"inputs": ["a", "y", "b"], "targets": ["b", "a"], "window": {"length": 7}});
    let y = json!({"inputs": ["a", "b"], "targets": ["y"], "window": {"length": 9, "stride": 2}});
    let whole = json!({"inputs": ["a", "b"], "targets": ["y"], "window": null});
    let case = |name, data: &Value, rest: Value| {
        let config = merged(plans::base(), &json!({"data": data}));
        let four = json!({"training": {"epochs": 4, "batch_size": 40}});
        (name, merged(merged(config, &four), &rest))
    };
    let numbers = vec![
        case(
            "single gru, cosine, adam",
            &ab,
            json!({
                "task": forecast, "model": {"topology": "single", "cell": "gru"},
                "training": {"schedule": "cosine"},
            }),
        ),
        case(
            "multi lstm with dropout, plateau, early stopping",
            &ab,
            json!({
                "task": forecast,
                "model": {"topology": "multi", "num_layers": 3, "cell": "lstm", "dropout": 0.3},
                "training": {
                    "epochs": 9, "clip_grad_norm": 0.5, "early_stopping": {"patience": 4, "min_delta": 0.01},
                    "schedule": {"type": "plateau", "patience": 0, "factor": 0.3, "threshold": 0.05},
                    "optimizer": {"learning_rate": 0.05},
                },
            }),
        ),
        case(
            "bidirectional rnn with dropout, sgd, step, warmup",
            &y,
            json!({
                "task": {"type": "regression"},
                "model": {"topology": "bidirectional", "num_layers": 2, "cell": "rnn", "dropout": 0.2},
                "training": {
                    "batch_size": 19, "schedule": {"type": "step", "step_size": 2, "gamma": 0.5, "warmup_steps": 7},
                    "optimizer": {"type": "sgd", "momentum": 0.9, "nesterov": true, "learning_rate": 0.003},
                },
            }),
        ),
        case(
            "carried state in lanes, rmsprop",
            &ab,
            json!({
                "data": {"window": {"length": 5}}, "task": forecast,
                "model": {"topology": "multi", "cell": "gru", "dropout": 0.2},
                "training": {
                    "state": "carry", "lanes": 6, "batch_size": 18, "schedule": {"type": "exponential", "gamma": 0.7},
                    "optimizer": {"type": "rmsprop", "momentum": 0.5, "centered": true, "learning_rate": 0.002},
                },
            }),
        ),
        case(
            "bidirectional lstm on whole series, adamw",
            &whole,
            json!({
                "task": {"type": "regression"}, "model": {"topology": "bidirectional", "cell": "lstm"},
                "training": {"batch_size": 18, "optimizer": {"type": "adamw"}, "loss": "huber"},
            }),
        ),
    ];
    numbers.into_iter().chain(cases_of_words()).chain(sentences::cases()).collect()
}

/// Words, letters and classes, on sequences of all lengths.
fn cases_of_words() -> Vec<(&'static str, Value)> {
    let case = |name, data: Value, rest: Value| {
        let path = json!({"data": {"path": "words.csv", "split": {"by": "series"}}});
        let path =
            if data["window"].is_null() { path } else { json!({"data": {"path": "words.csv"}}) };
        let config = merged(merged(plans::base(), &path), &json!({"data": data}));
        let few = json!({"training": {"epochs": 4, "batch_size": 3}});
        (name, merged(merged(config, &few), &rest))
    };
    let text = json!({
        "column": "word", "type": "text", "embedding": 5, "unknown": 2, "prefixes": [1], "suffixes": [1, 2],
        "case": true, "shape": true, "features": 3,
        "characters": {"embedding": 3, "hidden_size": 4, "cell": "gru"},
    });
    let word = json!({"column": "word", "type": "category", "embedding": 4, "min_count": 2});
    vec![
        case(
            "a tagger of words and letters on whole series",
            json!({"inputs": ["a", text], "targets": ["label"], "window": null}),
            json!({
                "task": {"type": "tagging"},
                "model": {"topology": "bidirectional", "cell": "lstm", "num_layers": 2, "dropout": 0.2, "input_dropout": 0.3},
                "training": {"class_weights": "balanced"},
            }),
        ),
        case(
            "classes of whole series",
            json!({"inputs": ["a", word, "b"], "targets": ["kind"], "window": null}),
            json!({"task": {"type": "classification"}, "model": {"topology": "bidirectional", "cell": "gru"}}),
        ),
        case(
            "the next word, with carried state",
            json!({"targets": [word], "window": {"length": 5}}),
            json!({
                "task": {"type": "forecast", "horizon": 2}, "model": {"topology": "single", "cell": "lstm"},
                "training": {"state": "carry", "lanes": 2, "batch_size": 18},
            }),
        ),
    ]
}

#[test]
fn on_any_number_of_threads_in_any_folder() {
    for (name, config) in cases() {
        let place = Place::new(&config);
        train_until(Start::New, &options(&place.config, &place.run("one")), 1, Break::Never);
        let one = Bytes::of(&place.run("one"));
        for threads in [1, 2, 3] {
            let other = Place::new(&config);
            let run = other.folder.path().join("deep/er/run");
            train_until(Start::New, &options(&other.config, &run), threads, Break::Never);
            one.assert_same(&Bytes::of(&run), &format!("{name}: {threads} threads"));
        }
        let text = String::from_utf8_lossy(&one.model);
        let folder = place.folder.path().file_name().expect("a name").to_string_lossy();
        assert!(
            !text.contains(&*folder)
                && ["rows.csv", "words.csv", "sentences.csv"].iter().all(|f| !text.contains(f)),
            "{name}: a path in the model"
        );
    }
}

/// Sequences of one length go through the network in larger groups where threads are few; dropout, the loss and the
/// gradient must not notice.
#[test]
fn groups_of_sequences_change_nothing() {
    let (name, config) = cases().swap_remove(1);
    assert!(name.contains("dropout"), "this case is to have dropout");
    let large =
        json!({"data": {"split": {"valid": 20}}, "training": {"batch_size": 100, "epochs": 2}});
    let place = Place::new(&merged(config, &large));
    Rows::new(3, &[("s0", 400)]).save(&place.folder.path().join("rows.csv"));
    let run = |threads: usize| {
        let run = place.run(&threads.to_string());
        train_until(Start::New, &options(&place.config, &run), threads, Break::Never);
        Bytes::of(&run)
    };
    let many = run(8); // 16 at a time
    for threads in [1, 2, 3] {
        many.assert_same(&run(threads), &format!("{threads} threads"));
    }
}

#[test]
fn stopped_after_any_epoch_and_resumed() {
    for (name, config) in cases() {
        let place = Place::new(&config);
        let result = train(&place.config, &place.run("whole"));
        let whole = Bytes::of(&place.run("whole"));
        let epochs = whole.lines().len();
        if name.contains("early") {
            assert_eq!(
                result.outcome,
                Outcome::StoppedEarly,
                "this case is to stop early: {epochs}"
            );
            let rates: Vec<_> = whole.lines().iter().map(|l| l["learning_rate"].as_f64()).collect();
            assert!(rates.last() < rates.first(), "this case is to lower its rate: {rates:?}");
        }
        for epoch in 1..epochs {
            let broken = place.broken_once(&format!("after-{epoch}"), Break::Epochs(epoch));
            whole.assert_same(&broken, &format!("{name}: stopped after epoch {epoch}"));
        }
        let (again, pieces) = place.in_pieces("each", Break::Epochs(1));
        // The last one is stopped while the trained model is being scored.
        assert_eq!(pieces, epochs + 1, "{name}: stopped after each epoch");
        whole.assert_same(&again, &format!("{name}: stopped after each epoch"));
    }
}

#[test]
fn stopped_amid_an_epoch_and_resumed() {
    for (name, config) in cases() {
        let place = Place::new(&config);
        train(&place.config, &place.run("whole"));
        let whole = Bytes::of(&place.run("whole"));
        for updates in [1, 3] {
            let rule = Break::Updates(updates);
            let (broken, pieces) = place.in_pieces(&format!("every-{updates}"), rule);
            assert!(pieces >= 3, "{name}: {pieces} pieces");
            whole.assert_same(&broken, &format!("{name}: stopped every {updates} updates"));
        }
    }
}

/// A crash leaves metrics and a model that are newer than the last checkpoint.
#[test]
fn crashed_between_checkpoints_and_resumed() {
    for (name, mut config) in cases() {
        config = merged(config, &json!({"output": {"checkpoint_every": 2}}));
        let place = Place::new(&config);
        train(&place.config, &place.run("whole"));
        let whole = Bytes::of(&place.run("whole"));
        for epoch in [1, 3] {
            let broken = place.broken_once(&format!("crash-{epoch}"), Break::Crash(epoch));
            whole.assert_same(&broken, &format!("{name}: crashed after epoch {epoch}"));
        }
    }
}

#[test]
fn more_epochs_on_resuming_are_as_if_asked_for_at_first() {
    for (name, config) in cases() {
        if name.contains("cosine") || name.contains("early") {
            continue; // a cosine keeps its first length; a run that has stopped early is over
        }
        let long = Place::new(&config);
        train(&long.config, &long.run("run"));
        let short = Place::new(&merged(config, &json!({"training": {"epochs": 1}})));
        train(&short.config, &short.run("run"));
        let mut more = resume_options(&short.run("run"));
        for epochs in ["training.epochs=2", "training.epochs=4"] {
            more.sets = vec![epochs.to_owned()];
            train_until(Start::Resumed, &more, 2, Break::Never);
        }
        Bytes::of(&long.run("run")).assert_same(&Bytes::of(&short.run("run")), name);
    }
}

#[test]
fn resuming_a_finished_run_changes_nothing() {
    let (_, config) = cases().swap_remove(1);
    let place = Place::new(&config);
    let run = place.run("run");
    train(&place.config, &run);
    let names = |run: &Path| {
        let entries = std::fs::read_dir(run).expect("the run").map(|entry| entry.expect("entry"));
        let file = |entry: std::fs::DirEntry| {
            let written = entry.metadata().and_then(|found| found.modified()).expect("a time");
            (entry.file_name(), written, std::fs::read(entry.path()).expect("a file"))
        };
        let mut files: Vec<_> = entries.map(file).collect();
        files.sort();
        files
    };
    let before = names(&run);
    succeed(program("rnn-train").args(["--resume", "--out"]).arg(&run));
    assert!(before == names(&run), "a finished run was changed");
}

#[test]
fn the_seed_matters_and_the_program_is_the_library() {
    let (_, config) = cases().swap_remove(1);
    let place = Place::new(&config);
    train(&place.config, &place.run("library"));
    let library = Bytes::of(&place.run("library"));
    for threads in ["1", "2", "3"] {
        let run = place.run(&format!("program-{threads}"));
        let mut command = program("rnn-train");
        command.arg("--config").arg(&place.config).arg("--out").arg(&run);
        succeed(command.args(["--threads", threads, "--quiet"]));
        library.assert_same(&Bytes::of(&run), &format!("rnn-train --threads {threads}"));
    }
    let mut other = options(&place.config, &place.run("other"));
    other.sets = vec!["training.seed=2".into()];
    train_until(Start::New, &other, 2, Break::Never);
    assert!(Bytes::of(&place.run("other")).model != library.model);
}
