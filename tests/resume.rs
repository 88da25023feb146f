//! A run can be stopped anywhere, killed anywhere, saved at any time, and goes on to the same bits; what has changed
//! meanwhile is noticed.

mod common;
mod support;

use std::sync::atomic::AtomicI32;

use rnn::error::{Error, Result};
use rnn::job::{self, FitOptions};
use rnn::store::Checkpoint;
use rnn::train::{Control, Event, Observer, Outcome};
use serde_json::{Value, json};
use support::job::{Break, Start, merged, options, resume_options, train, train_until};
use support::place::{Bytes, Place};
use support::plans;
use support::rows::Rows;

/// Every topology, and everything that is carried from one update to the next.
fn cases() -> Vec<(&'static str, Value)> {
    let forecast = json!({"type": "forecast", "horizon": 2});
    let ab = json!({"inputs": ["a", "y", "b"], "targets": ["b", "a"], "window": {"length": 6}});
    let y = json!({"inputs": ["a", "b"], "targets": ["y"], "window": {"length": 6, "stride": 2}});
    let case = |name, data: &Value, rest: Value| {
        let config = merged(plans::base(), &json!({"data": data}));
        let small =
            json!({"training": {"epochs": 3, "batch_size": 11}, "model": {"hidden_size": 3}});
        (name, merged(merged(config, &small), &rest))
    };
    vec![
        case(
            "single",
            &ab,
            json!({"task": forecast, "model": {"topology": "single", "cell": "lstm"}}),
        ),
        case(
            "multi with dropout, plateau, early stopping",
            &ab,
            json!({
                "task": forecast,
                "model": {"topology": "multi", "cell": "gru", "dropout": 0.3},
                "training": {
                    "epochs": 8, "batch_size": 60, "early_stopping": {"patience": 3, "min_delta": 0.02},
                    "schedule": {"type": "plateau", "patience": 0, "factor": 0.3, "threshold": 0.05},
                    "optimizer": {"learning_rate": 0.05},
                },
            }),
        ),
        case(
            "bidirectional with dropout, sgd, cosine",
            &y,
            json!({
                "task": {"type": "regression"},
                "model": {"topology": "bidirectional", "num_layers": 2, "cell": "rnn", "dropout": 0.2},
                "training": {
                    "batch_size": 7, "schedule": {"type": "cosine", "warmup_steps": 4},
                    "optimizer": {"type": "sgd", "momentum": 0.9, "learning_rate": 0.003},
                },
            }),
        ),
        case(
            "carried state",
            &ab,
            json!({
                "task": forecast, "data": {"window": {"length": 4}},
                "model": {"topology": "multi", "cell": "lstm", "dropout": 0.2},
                "training": {"state": "carry", "lanes": 3, "batch_size": 5},
            }),
        ),
    ]
}

fn rows() -> Rows {
    Rows::new(5, &[("A", 41), ("B", 4), ("C", 33), ("D", 22)])
}

fn place(config: &Value) -> Place {
    let place = Place::new(config);
    rows().save(&place.folder.path().join("rows.csv"));
    place
}

/// Updates of a whole run, and its bits.
fn whole(place: &Place) -> (usize, Bytes) {
    train(&place.config, &place.run("whole"));
    let bytes = Bytes::of(&place.run("whole"));
    let steps = bytes.lines().last().expect("an epoch")["step"].as_u64().expect("a number");
    (steps as usize, bytes)
}

#[test]
fn stopped_after_every_single_update_and_resumed() {
    for (name, config) in cases() {
        let place = place(&config);
        let (updates, whole) = whole(&place);
        assert!(updates >= 8, "{name}: {updates} updates are too few to be a test");
        for threads in [(1, 3), (2, 1)] {
            for k in 1..updates {
                let run = place.run(&format!("{k}-{}", threads.0));
                let new = options(&place.config, &run);
                let (end, _) = train_until(Start::New, &new, threads.0, Break::Updates(k));
                assert!(end.is_none(), "{name}: stopped after update {k}");
                let resumed = resume_options(&run);
                let (end, _) = train_until(Start::Resumed, &resumed, threads.1, Break::Never);
                let end = end.expect("the end");
                if name.contains("early") {
                    assert_eq!(end.outcome, Outcome::StoppedEarly);
                }
                whole.assert_same(&Bytes::of(&run), &format!("{name}: stopped after update {k}"));
            }
        }
    }
}

#[test]
fn stopped_amid_every_validation_and_resumed() {
    for (name, config) in cases() {
        let place = place(&config);
        let (_, whole) = whole(&place);
        for epoch in 1..=whole.lines().len() {
            let run = place.run(&epoch.to_string());
            let rule = Break::Validating(epoch);
            let (end, _) = train_until(Start::New, &options(&place.config, &run), 2, rule);
            assert!(end.is_none(), "{name}: stopped in the validation of epoch {epoch}");
            let checkpoint = Checkpoint::read(&run.join("checkpoint.safetensors")).expect("saved");
            assert_eq!(checkpoint.position().0, epoch - 1, "{name}: the epoch has not ended");
            train_until(Start::Resumed, &resume_options(&run), 1, Break::Never);
            whole.assert_same(&Bytes::of(&run), &format!("{name}: validation of epoch {epoch}"));
        }
    }
}

/// The process dies after an update; what it saved last is some updates older, amid an epoch.
#[test]
fn killed_after_every_update_with_saves_amid_epochs() {
    const EVERY: usize = 2;
    for (name, config) in cases() {
        let plain = place(&config);
        let (updates, whole) = whole(&plain);
        let saving = json!({"output": {"checkpoint_every": {"epochs": 100, "steps": EVERY}}});
        let place = place(&merged(config, &saving));
        train(&place.config, &place.run("saving"));
        whole.assert_same(
            &Bytes::of(&place.run("saving")),
            &format!("{name}: saves change nothing"),
        );
        for k in 1..updates {
            let run = place.run(&k.to_string());
            let rule = Break::CrashAfter(k);
            train_until(Start::New, &options(&place.config, &run), 2, rule);
            // The test breaks off before the save that this update would have brought.
            let checkpoint = Checkpoint::read(&run.join("checkpoint.safetensors")).expect("saved");
            assert_eq!(checkpoint.step() as usize, k / EVERY * EVERY, "{name}: killed after {k}");
            train_until(Start::Resumed, &resume_options(&run), 1, Break::Never);
            whole.assert_same(&Bytes::of(&run), &format!("{name}: killed after update {k}"));
        }
    }
}

#[test]
fn seconds_save_amid_an_epoch_too() {
    let (name, config) = cases().swap_remove(0);
    let every = json!({"output": {"checkpoint_every": {"epochs": 100, "seconds": 1}}});
    let place = place(&merged(config, &every));
    let run = place.run("run");
    // Each update takes a second: the time of one save has come at each.
    let mut slow = Meddler::new(|event| {
        if let Event::Step { .. } = event {
            std::thread::sleep(std::time::Duration::from_millis(1001));
        }
        if let Event::Step { progress, .. } = event
            && progress.step == 3
        {
            return Err(Error::Internal("a crash made by a test".into()));
        }
        Ok(())
    });
    job::fit(&options(&place.config, &run), &mut slow, &AtomicI32::new(0)).expect_err("a crash");
    let checkpoint = Checkpoint::read(&run.join("checkpoint.safetensors")).expect("saved");
    assert!((1..=3).contains(&checkpoint.step()), "{name}: {checkpoint:?}");
}

/// An observer that does something at each event and keeps the warnings.
struct Meddler<F> {
    meddle: F,
    warnings: Vec<String>,
}

impl<F: FnMut(&Event) -> Result<()>> Meddler<F> {
    fn new(meddle: F) -> Self {
        Self { meddle, warnings: Vec::new() }
    }
}

impl<F: FnMut(&Event) -> Result<()>> Observer for Meddler<F> {
    fn on(&mut self, event: Event<'_>) -> Result<Control> {
        (self.meddle)(&event)?;
        if let Event::Warning(text) = event {
            self.warnings.push(text);
        }
        Ok(Control::Go)
    }
}

/// A folder in the way of one file: writing that file fails, until the folder is gone.
#[test]
fn a_save_that_fails_is_told_and_made_good_by_the_next() {
    let (_, config) = cases().swap_remove(0);
    let place = place(&config);
    let (_, whole) = whole(&place);
    let names = ["metrics.jsonl", "model.safetensors", "checkpoint.safetensors"];
    for name in names {
        for lasting in [false, true] {
            let run = place.run(&format!("{name}-{lasting}"));
            let obstacle = run.join(name);
            let mut meddler = Meddler::new(|event: &Event| {
                if let Event::EpochStart { epoch: 1, .. } = event {
                    let _ = std::fs::remove_file(&obstacle);
                    std::fs::create_dir(&obstacle).expect("an obstacle");
                }
                if !lasting && matches!(event, Event::EpochStart { epoch: 2, .. }) {
                    std::fs::remove_dir(&obstacle).expect("no obstacle");
                }
                Ok(())
            });
            let result = job::fit(&options(&place.config, &run), &mut meddler, &AtomicI32::new(0));
            let told = meddler.warnings.iter().filter(|w| w.contains("the next save tries again"));
            assert_eq!(told.count(), if lasting { 2 } else { 1 }, "{:?}", meddler.warnings);
            assert!(meddler.warnings.iter().any(|w| w.contains(name)), "{:?}", meddler.warnings);
            if lasting {
                assert_eq!(result.expect_err("the last save").exit_code(), 74);
            } else {
                result.expect("training goes on");
                whole.assert_same(&Bytes::of(&run), name);
            }
        }
    }
}

#[test]
fn a_folder_deleted_during_the_run_is_made_anew() {
    for (name, config) in cases() {
        let place = place(&config);
        let (updates, whole) = whole(&place);
        for at in [1, updates / 2, updates] {
            let run = place.run(&at.to_string());
            let mut seen = 0;
            let mut meddler = Meddler::new(|event: &Event| {
                if let Event::Step { .. } = event {
                    seen += 1;
                    if seen == at {
                        std::fs::remove_dir_all(&run).expect("deleted");
                    }
                }
                Ok(())
            });
            let options = options(&place.config, &run);
            job::fit(&options, &mut meddler, &AtomicI32::new(0)).expect("a whole run");
            assert!(meddler.warnings.iter().any(|w| w.contains("made anew")), "{name}");
            whole.assert_same(&Bytes::of(&run), &format!("{name}: deleted after update {at}"));
            let more =
                FitOptions { sets: vec!["training.epochs=12".into()], ..resume_options(&run) };
            train_until(Start::Resumed, &more, 2, Break::Never);
        }
    }
}

#[test]
fn a_signal_after_training_ends_the_scoring_and_loses_nothing() {
    let (_, config) = cases().swap_remove(0);
    let place = place(&config);
    let (_, whole) = whole(&place);
    let (run, signal) = (place.run("run"), AtomicI32::new(0));
    let mut meddler = Meddler::new(|event: &Event| {
        if let Event::EpochEnd { progress, .. } = event
            && progress.epoch == 3
        {
            signal.store(2, std::sync::atomic::Ordering::Relaxed);
        }
        Ok(())
    });
    let error = job::fit(&options(&place.config, &run), &mut meddler, &signal).expect_err("a stop");
    assert_eq!(error.exit_code(), 130);
    assert!(error.to_string().contains("rnn-eval --model"), "{error}");
    whole.assert_same(&Bytes::of(&run), "stopped while scoring");
    let (end, _) = train_until(Start::Resumed, &resume_options(&run), 1, Break::Never);
    assert_eq!(end.expect("complete").outcome, Outcome::Finished);
}

/// Every key of a config: one value that differs, and whether a resumed run may take it.
const KEYS: &[(&str, &str, bool)] = &[
    ("data.path", "copy.csv", true),
    ("data.delimiter", ";", false),
    ("data.decimal", ",", false),
    ("data.time", "clock", false),
    ("data.order", "ignore", false),
    ("data.series", "null", false),
    ("data.inputs", "[\"a\"]", false),
    ("data.targets", "[\"a\"]", false),
    ("data.split.valid", "0.1", false),
    ("data.split.test", "0.1", false),
    ("data.split.by", "series", false),
    ("data.window.length", "5", false),
    ("data.window.stride", "3", false),
    ("data.window.relative_to", "none", false),
    ("data.scale.type", "minmax", false),
    ("data.scale.per", "column", false),
    ("data.missing", "ffill", false),
    ("task.type", "regression", false),
    ("task.horizon", "1", false),
    ("task.loss_steps", "last", false),
    ("task.anchor", "none", false),
    ("model.topology", "multi", false),
    ("model.cell", "gru", false),
    ("model.hidden_size", "4", false),
    ("model.num_layers", "2", false),
    ("model.dropout", "0.1", false),
    ("model.head", "none", false),
    ("training.epochs", "4", true),
    ("training.batch_size", "19", false),
    ("training.loss", "mae", false),
    ("training.optimizer.type", "adamw", false),
    ("training.optimizer.learning_rate", "0.02", false),
    ("training.optimizer.betas", "[0.8, 0.9]", false),
    ("training.optimizer.eps", "1e-7", false),
    ("training.optimizer.weight_decay", "0.1", false),
    ("training.schedule.type", "cosine", false),
    ("training.schedule.warmup_steps", "3", false),
    ("training.clip_grad_norm", "9", false),
    ("training.early_stopping", "{\"patience\": 2}", false),
    ("training.on_non_finite", "skip", true),
    ("training.shuffle", "false", false),
    ("training.seed", "2", false),
    ("training.state", "carry", false),
    ("output.dir", "elsewhere", true),
    ("output.checkpoint_every", "2", true),
];

/// What else has to change with a key for the config to be valid.
fn companions(key: &str) -> &'static [&'static str] {
    match key {
        "data.delimiter" => &[],
        "data.decimal" => &["data.delimiter=;"],
        "data.series" => &["data.scale.per=column"],
        "task.type" => &["task.anchor=none", "data.inputs=[\"b\"]", "data.targets=[\"a\"]"],
        "model.topology" => &["model.num_layers=2"],
        "model.num_layers" => &["model.topology=multi"],
        "model.dropout" => &["model.topology=multi", "model.num_layers=2"],
        "model.head" => &["model.hidden_size=4", "task.anchor=none"],
        "training.state" => {
            &["training.shuffle=false", "data.window.stride=6", "data.window.relative_to=none"]
        }
        _ => &[],
    }
}

/// Names of all that is no object.
fn leaves(prefix: &str, value: &Value, into: &mut Vec<String>) {
    match value {
        Value::Object(object) => {
            for (name, value) in object {
                let key = if prefix.is_empty() { name.clone() } else { format!("{prefix}.{name}") };
                leaves(&key, value, into);
            }
        }
        _ => into.push(prefix.to_owned()),
    }
}

#[test]
fn a_changed_key_is_refused_with_what_was_and_what_is() {
    let (_, config) = cases().swap_remove(0);
    let place = place(&config);
    let run = place.run("run");
    train_until(Start::New, &options(&place.config, &run), 2, Break::Updates(2));
    rows().save(&place.run("copy.csv"));
    let text = std::fs::read_to_string(run.join("config.json")).expect("the effective config");
    let mut all = Vec::new();
    leaves("", &serde_json::from_str(&text).expect("JSON"), &mut all);
    for key in all {
        let listed = KEYS.iter().any(|(known, ..)| {
            key == *known
                || key.strip_prefix(known).is_some_and(|rest| rest.starts_with('.'))
                || known.strip_prefix(&key).is_some_and(|rest| rest.starts_with('.'))
        });
        assert!(listed, "{key} has no line in this test");
    }
    for (key, value, free) in KEYS {
        let mut sets = vec![if *key == "data.path" {
            format!("{key}={}", place.run(value).display())
        } else {
            format!("{key}={value}")
        }];
        sets.extend(companions(key).iter().map(|&set| set.to_owned()));
        let mut config = None;
        if *key == "task.type" {
            // A horizon is written for a forecast, and `--set` cannot take it out.
            let mut value: Value = serde_json::from_str(&text).expect("JSON");
            value["task"].as_object_mut().expect("an object").remove("horizon");
            config = Some(run.join("regression.json"));
            let file = config.as_ref().expect("a path");
            std::fs::write(file, value.to_string()).expect("a scratch file");
        }
        // Stops at once: the run stays where it is for the next key.
        let signal = AtomicI32::new(15);
        let options = FitOptions { sets, config, ..resume_options(&run) };
        let error = job::resume(&options, &mut Meddler::new(|_| Ok(())), &signal);
        let error = error.expect_err("stopped or refused");
        if *free {
            assert_eq!(error.exit_code(), 143, "{key}: {error}");
            continue;
        }
        assert_eq!(error.exit_code(), 2, "{key}: {error}");
        let (text, name) = (error.to_string(), key.strip_suffix(".type").unwrap_or(key));
        assert!(text.contains(name) && text.contains(" -> "), "{key}: {text}");
        assert!(text.contains("--init-from"), "{key}: {text}");
    }
}

#[test]
fn changed_data_are_refused_by_name_size_and_hash() {
    let (_, config) = cases().swap_remove(0);
    let place = Place::new(&merged(config, &json!({"data": {"path": ["rows.csv", "more.csv"]}})));
    let (first, second) = (place.run("rows.csv"), place.run("more.csv"));
    rows().save(&first);
    let extra = Rows::new(6, &[("E", 30), ("F", 31)]);
    extra.save(&second);
    let run = place.run("run");
    train_until(Start::New, &options(&place.config, &run), 2, Break::Updates(2));
    let resume = |accept: bool| {
        let options = FitOptions { accept_new_data: accept, ..resume_options(&run) };
        let signal = AtomicI32::new(15);
        let result = job::resume(&options, &mut Meddler::new(|_| Ok(())), &signal);
        let error = result.expect_err("stopped or refused");
        (error.exit_code(), error.to_string())
    };
    assert_eq!(resume(false).0, 143, "unchanged");

    let longer = extra.csv() + "2025-01-01 00:00:00,E,1,2,3\n";
    std::fs::write(&second, &longer).expect("a scratch file");
    let (code, text) = resume(false);
    assert_eq!(code, 65, "{text}");
    let size = |bytes: usize| rnn::text::counted(bytes as u64, "byte");
    assert!(text.contains("more.csv: is not the data this run started with"), "{text}");
    let sizes = (size(extra.csv().len()), size(longer.len()));
    assert!(text.contains(&format!("({}, SHA-256 ", sizes.0)), "{text}");
    assert!(text.contains(&format!("… -> {}, SHA-256 ", sizes.1)), "{text}");

    std::fs::write(&first, rows().csv().replace(":00:00,A", ":00:01,A")).expect("a scratch file");
    let (code, text) = resume(false);
    assert_eq!(code, 65, "{text}");
    assert!(text.contains("rows.csv: ") && text.contains("; 1 other file changed too"), "{text}");
    assert_eq!(resume(true).0, 143, "--accept-new-data goes on");
    assert_eq!(resume(false).0, 143, "and from then on these are the run's data");

    let fewer = ["data.path=[\"rows.csv\"]".to_owned()];
    let config = place.config.clone();
    let options = FitOptions { config: Some(config), sets: fewer.to_vec(), ..resume_options(&run) };
    let options = FitOptions { sets: vec![format!("data.path={}", first.display())], ..options };
    let error = job::resume(&options, &mut Meddler::new(|_| Ok(())), &AtomicI32::new(15));
    let text = error.expect_err("refused").to_string();
    assert!(text.contains("there were 2 files, now 1"), "{text}");
}

#[test]
fn resuming_is_verified_on_the_users_own_config() {
    for (name, config) in cases() {
        let place = place(&config);
        let options =
            FitOptions { config: Some(place.config.clone()), threads: 2, ..FitOptions::default() };
        let before = scratch_folders();
        let text = job::verify_resume(&options, &AtomicI32::new(0)).expect(name);
        assert!(text.contains("goes on to the same bits"), "{name}: {text}");
        assert_eq!(text.matches(" bytes, equal").count(), 3, "{name}: {text}");
        assert_eq!(scratch_folders(), before, "{name}: a scratch folder is left");
        let names: Vec<_> = std::fs::read_dir(place.folder.path()).expect("the folder").collect();
        assert_eq!(names.len(), 2, "{name}: rows and config, nothing else");
    }
    let place = place(&cases().swap_remove(0).1);
    let options = FitOptions {
        config: Some(place.config.clone()),
        sets: vec!["training.epochs=0".into(), "training.batch_size=100000".into()],
        ..FitOptions::default()
    };
    let text = job::verify_resume(&options, &AtomicI32::new(0)).expect("one update an epoch");
    assert!(text.starts_with("2 updates in one go"), "{text}");
    let error = job::verify_resume(&options, &AtomicI32::new(15)).expect_err("stopped");
    assert_eq!(error.exit_code(), 143);
}

fn scratch_folders() -> usize {
    let mine = format!("rnn-verify-resume-{}-", std::process::id());
    let entries = std::fs::read_dir(std::env::temp_dir()).expect("the scratch folder");
    let names = entries.flatten().map(|entry| entry.file_name());
    names.filter(|name| name.to_string_lossy().starts_with(&mine)).count()
}

#[test]
fn a_folder_may_move_with_its_data() {
    let (_, config) = cases().swap_remove(0);
    let place = place(&config);
    let (_, whole) = whole(&place);
    let run = place.run("run");
    train_until(Start::New, &options(&place.config, &run), 2, Break::Updates(3));
    let moved = place.run("deep/er");
    std::fs::create_dir_all(moved.parent().expect("a parent")).expect("a folder");
    std::fs::rename(&run, &moved).expect("moved");
    rows().save(&place.run("deep/rows.csv"));
    train_until(Start::Resumed, &resume_options(&moved), 1, Break::Never);
    whole.assert_same(&Bytes::of(&moved), "moved");
}
