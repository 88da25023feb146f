//! Running jobs: in this process with any number of threads, or as the real programs.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::atomic::{AtomicI32, Ordering};

use rnn::error::{Error, Result};
use rnn::job::{self, EvaluateOptions, FitOptions, FitResult, PredictOptions};
use rnn::train::{Control, Event, Observer};
use serde_json::Value;

/// Writes a config into a folder.
pub fn save_config(folder: &Path, config: &Value) -> PathBuf {
    let path = folder.join("config.json");
    std::fs::write(&path, format!("{config:#}")).expect("a scratch file");
    path
}

/// `patch` over `base`, object by object.
pub fn merged(mut base: Value, patch: &Value) -> Value {
    match (&mut base, patch) {
        (Value::Object(into), Value::Object(from)) => {
            for (key, value) in from {
                let old = into.get(key).cloned().unwrap_or(Value::Null);
                into.insert(key.clone(), merged(old, value));
            }
            base
        }
        _ => patch.clone(),
    }
}

/// Does something with so many threads.
pub fn with_threads<T: Send>(threads: usize, work: impl FnOnce() -> T + Send) -> T {
    rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("threads").install(work)
}

/// When training is to be broken off.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Break {
    Never,
    /// A signal after so many epochs.
    Epochs(usize),
    /// A signal after so many updates.
    Updates(usize),
    /// An end without saving (a crash) right after so many epochs.
    Crash(usize),
    /// The same after so many updates.
    CrashAfter(usize),
    /// A signal while the validation rows of this epoch are being scored.
    Validating(usize),
}

/// An observer that breaks training off, and keeps the latest weights.
struct Watch<'a> {
    rule: Break,
    epochs: usize,
    updates: usize,
    signal: &'a AtomicI32,
    weights: Vec<f32>,
}

impl Observer for Watch<'_> {
    fn on(&mut self, event: Event<'_>) -> Result<Control> {
        let due = match event {
            Event::Step { .. } => {
                self.updates += 1;
                if self.rule == Break::CrashAfter(self.updates) {
                    return Err(Error::Internal("a crash made by a test".into()));
                }
                self.rule == Break::Updates(self.updates)
            }
            Event::Validating => self.rule == Break::Validating(self.epochs + 1),
            Event::EpochEnd { progress, .. } => {
                self.epochs += 1;
                self.weights = progress.params.as_slice().to_vec();
                if self.rule == Break::Crash(self.epochs) {
                    return Err(Error::Internal("a crash made by a test".into()));
                }
                self.rule == Break::Epochs(self.epochs)
            }
            _ => false,
        };
        if due {
            self.signal.store(15, Ordering::Relaxed);
        }
        Ok(Control::Go)
    }
}

/// A new run, or the rest of one.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Start {
    New,
    Resumed,
}

/// Trains until the end or the break: `None` where it was broken off. Gives the last weights too.
pub fn train_until(
    start: Start,
    options: &FitOptions,
    threads: usize,
    rule: Break,
) -> (Option<FitResult>, Vec<f32>) {
    with_threads(threads, || {
        let signal = AtomicI32::new(0);
        let mut watch = Watch { rule, epochs: 0, updates: 0, signal: &signal, weights: Vec::new() };
        let job = if start == Start::New { job::fit } else { job::resume };
        let result = job(options, &mut watch, &signal);
        let weights = watch.weights;
        match result {
            Ok(result) => (Some(result), weights),
            Err(Error::Stopped { signal: 15, .. }) => (None, weights),
            Err(Error::Internal(_)) if matches!(rule, Break::Crash(_) | Break::CrashAfter(_)) => {
                (None, weights)
            }
            Err(error) => panic!("{start:?} {}: {error}", options_text(options)),
        }
    })
}

fn options_text(options: &FitOptions) -> String {
    format!("{:?} to {:?}", options.config, options.out)
}

/// A run of `config` into `out`.
pub fn options(config: &Path, out: &Path) -> FitOptions {
    FitOptions {
        config: Some(config.to_owned()),
        out: Some(out.to_owned()),
        ..FitOptions::default()
    }
}

/// Options to resume the run in `out`.
pub fn resume_options(out: &Path) -> FitOptions {
    FitOptions { out: Some(out.to_owned()), ..FitOptions::default() }
}

/// Trains `config` into `out` from beginning to end.
pub fn train(config: &Path, out: &Path) -> FitResult {
    let (result, _) = train_until(Start::New, &options(config, out), 2, Break::Never);
    result.expect("a whole run")
}

/// Predictions for the rows of a CSV text, as `rnn-predict` prints them.
pub fn predict(model: &Path, csv: &str) -> String {
    let options = PredictOptions { model: model.to_owned(), ..PredictOptions::default() };
    predict_with(&options, csv.as_bytes()).expect("predictions")
}

/// The same with options, from any reader.
pub fn predict_with(options: &PredictOptions, input: impl std::io::Read) -> Result<String> {
    let mut output = Vec::new();
    let result = job::predict(options, input, &mut output, &mut |_| {});
    result.map(|()| String::from_utf8(output).expect("UTF-8"))
}

/// An evaluation, and its file of predictions.
pub fn evaluate(
    model: &Path,
    data: Option<&Path>,
    split: Option<&str>,
) -> (rnn::eval::Report, String) {
    let folder = tempfile::tempdir().expect("a scratch folder");
    let file = folder.path().join("predictions.csv");
    let options = EvaluateOptions {
        model: model.to_owned(),
        data: data.map(Path::to_owned),
        split: split.map(str::to_owned),
        predictions: Some(file.clone()),
        ..EvaluateOptions::default()
    };
    let judged = job::evaluate(&options, &mut |_| {}).expect("an evaluation");
    (judged.report, std::fs::read_to_string(file).expect("predictions"))
}

/// One of the three programs.
pub fn program(name: &str) -> Command {
    Command::new(match name {
        "rnn-train" => env!("CARGO_BIN_EXE_rnn-train"),
        "rnn-eval" => env!("CARGO_BIN_EXE_rnn-eval"),
        "rnn-predict" => env!("CARGO_BIN_EXE_rnn-predict"),
        _ => panic!("no program {name}"),
    })
}

/// Runs a command that has to succeed.
#[track_caller]
pub fn succeed(command: &mut Command) -> Output {
    let output = command.output().expect("the program starts");
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{command:?}: {}: {errors}", output.status);
    output
}
