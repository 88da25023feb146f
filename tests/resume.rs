//! A run can be stopped anywhere, killed anywhere, saved at any time, and goes on to the same bits.

mod common;
mod support;

use std::sync::atomic::AtomicI32;

use rnn::error::Error;
use rnn::job::{self, FitOptions};
use rnn::store::Checkpoint;
use rnn::train::{Event, Outcome};
use serde_json::json;
use support::job::{Break, Start, merged, options, resume_options, train, train_until};
use support::place::{Bytes, Place};
use support::stops::{Meddler, cases, place, rows, whole};

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
            let (ended, updates) = checkpoint.position();
            assert_eq!(ended, epoch - 1, "{name}: the epoch has not ended");
            assert!(updates > 0, "{name}: its updates are saved");
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

#[test]
fn resuming_is_verified_on_the_users_own_config() {
    for (name, config) in cases() {
        let place = place(&config);
        let options =
            FitOptions { config: Some(place.config.clone()), threads: 2, ..FitOptions::default() };
        let count = |place: &Place| std::fs::read_dir(place.folder.path()).expect("it").count();
        let (before, files) = (scratch_folders(), count(&place));
        let text = job::verify_resume(&options, &AtomicI32::new(0)).expect(name);
        assert!(text.contains("goes on to the same bits"), "{name}: {text}");
        assert_eq!(text.matches(" bytes, equal").count(), 3, "{name}: {text}");
        assert_eq!(scratch_folders(), before, "{name}: a scratch folder is left");
        assert_eq!(count(&place), files, "{name}: nothing is written beside the config");
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

/// What `--verify-resume` compares where an epoch takes longer than its trial.
#[test]
fn before_the_end_of_its_first_epoch_a_resumed_run_has_no_model_either() {
    let (_, config) = cases().swap_remove(0);
    let place = place(&config);
    let (whole, parts) = (place.run("whole"), place.run("parts"));
    train_until(Start::New, &options(&place.config, &whole), 2, Break::Updates(4));
    train_until(Start::New, &options(&place.config, &parts), 2, Break::Updates(2));
    train_until(Start::Resumed, &resume_options(&parts), 1, Break::Updates(2));
    let state = |run: &std::path::Path| std::fs::read(run.join("checkpoint.safetensors"));
    assert!(state(&whole).expect("saved") == state(&parts).expect("saved"));
    for run in [whole, parts] {
        assert!(!run.join("model.safetensors").exists(), "{}", run.display());
    }
}

/// A deleted model comes back from the checkpoint, lost lines of figures are no reason to lose the run.
#[test]
fn what_was_deleted_beside_the_checkpoint_is_made_good_or_told() {
    let (_, config) = cases().swap_remove(0);
    let place = place(&config);
    let (_, whole) = whole(&place);
    let run = place.run("whole");
    std::fs::remove_file(run.join("model.safetensors")).expect("a model");
    train_until(Start::Resumed, &resume_options(&run), 1, Break::Never);
    whole.assert_same(&Bytes::of(&run), "the model is back");

    std::fs::remove_file(run.join("metrics.jsonl")).expect("figures");
    let more = FitOptions { sets: vec!["training.epochs=5".into()], ..resume_options(&run) };
    let mut meddler = Meddler::new(|_: &Event| Ok(()));
    job::resume(&more, &mut meddler, &AtomicI32::new(0)).expect("it goes on");
    let told = "metrics.jsonl lacks 3 lines of 3 epochs";
    assert!(meddler.warnings.iter().any(|w| w.contains(told)), "{:?}", meddler.warnings);
    let epochs: Vec<_> = Bytes::of(&run).lines().iter().map(|line| line["epoch"].clone()).collect();
    assert_eq!(epochs, [4, 5]);
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
