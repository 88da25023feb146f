//! Going on with a run that was stopped: which one, and whether it is still the same.

use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicI32;

use super::fit::{FitOptions, FitResult, Session, base_folder, data_files};
use super::prepare::Prepared;
use crate::config::{Config, Schedule, differences};
use crate::error::{DataError, Error, Result, shell_path, shown_path};
use crate::model::initial_params;
use crate::store::{
    Checkpoint, DataFile, MetricsLog, RunFolder, holds_run, newest_in, newest_run,
    remove_leftovers, run as run_files, write_file,
};
use crate::text::counted;
use crate::train::{Event, Observer, Outcome, Progress};

/// Goes on with a run from its last checkpoint.
pub fn resume(
    options: &FitOptions,
    view: &mut dyn Observer,
    signal: &AtomicI32,
) -> Result<FitResult> {
    let folder = run_to_resume(options)?;
    if options.out.is_none() {
        view.on(Event::Note(format!("resuming {}", shown_path(&folder))))?;
    }
    let name = if options.from_previous { run_files::PREVIOUS } else { run_files::CHECKPOINT };
    let checkpoint_path = folder.join(name);
    if has_no_state(&folder) && !options.from_previous {
        return from_the_beginning(&folder, options, view, signal);
    }
    let checkpoint = read_checkpoint(&folder, &checkpoint_path, options.from_previous)?;
    let config = config_of(&folder, options, Some(&checkpoint))?;
    refuse_changes(&checkpoint, &config, &folder)?;
    // One whose model was deleted gets it back from the checkpoint.
    if checkpoint.finished(config.training.epochs) && folder.join(run_files::MODEL).exists() {
        remove_leftovers(&folder); // of a process that was killed between its last save and its end
        view.on(Event::Note(complete(&checkpoint, &config, &folder)))?;
        let outcome = Outcome::Finished;
        let advice = Vec::new();
        return Ok(FitResult { folder, outcome, best_epoch: 0, report: None, advice });
    }
    let prepared = prepare(&config, &checkpoint)?;
    refuse_new_data(&checkpoint, &prepared, options.accept_new_data)?;
    let mut run = RunFolder::resume(&folder, options.locking())?;
    // Again, now that nobody else can write here: another process may have gone on in the meantime.
    let checkpoint = read_checkpoint(&folder, &checkpoint_path, options.from_previous)?;
    let trainer = prepared.trainer(&config);
    let fresh = trainer.start(initial_params(&prepared.network, config.training.seed));
    let progress = checkpoint.progress(&checkpoint_path, &prepared.network, fresh)?;
    let (metrics, lost) = MetricsLog::resume(run.file(run_files::METRICS), progress.epoch)?;
    if options.from_previous {
        // Else the damaged checkpoint would be rotated over the good one.
        let bytes =
            std::fs::read(&checkpoint_path).map_err(|e| Error::input(&checkpoint_path, &e))?;
        write_file(&run.file(run_files::CHECKPOINT), &bytes)?;
    }
    write_file(&run.file(run_files::CONFIG), config.to_json(&folder).as_bytes())?;
    for warning in warnings(&config, &progress, &run, lost) {
        view.on(Event::Warning(warning))?;
    }
    let (epoch, update) = checkpoint.position();
    view.on(Event::Note(format!("going on after epoch {epoch}, update {update} of the next")))?;
    Session { config: &config, prepared: &prepared, run: &mut run, options, signal }
        .train(trainer, progress, metrics, view)
}

/// Its rows, with the scalers and words the run began with: its own, or those of the model it started from.
fn prepare(config: &Config, checkpoint: &Checkpoint) -> Result<Prepared> {
    let prepared = Prepared::with_words(config, checkpoint.vocabularies.as_ref());
    let mut prepared = prepared.map_err(|error| match error {
        // The run or its rows may have moved; the rows themselves are known by their hash.
        Error::Input { path, reason } => Error::Input {
            path,
            reason: format!(
                "{reason}; the run's config names it: --set data.path=FILE where it lies elsewhere now"
            ),
        },
        error => error,
    })?;
    if let Some(scalers) = &checkpoint.scalers {
        prepared.scalers = scalers.clone();
    }
    Ok(prepared)
}

/// What the user should know of a run that goes on, with so many lines of figures lost.
fn warnings(config: &Config, progress: &Progress, run: &RunFolder, lost: usize) -> Vec<String> {
    let mut warnings = Vec::new();
    if lost > 0 {
        warnings.push(format!(
            "{} lacks {} of {}: those are lost, and the run goes on without them",
            shown_path(&run.file(run_files::METRICS)),
            counted(lost as u64, "line"),
            counted(progress.epoch as u64, "epoch")
        ));
    }
    let made_for = progress.cosine_epochs;
    let is_cosine = matches!(config.training.schedule, Schedule::Cosine { .. });
    if is_cosine && config.training.epochs > made_for {
        warnings.push(format!(
            "the cosine schedule was made for {}: beyond them the learning rate stays at its lowest",
            counted(made_for as u64, "epoch")
        ));
    }
    warnings
}

/// What can be done with a run that has nothing left to do.
fn complete(checkpoint: &Checkpoint, config: &Config, folder: &Path) -> String {
    let (epoch, _) = checkpoint.position();
    let run = shell_path(folder);
    let scores = format!("rnn-eval --model {run} scores it");
    if checkpoint.stopped_early() {
        return format!(
            "already complete: it stopped early, after epoch {epoch} of {} (training.early_stopping); {scores}; a new \
             run with --init-from {run} and another training.early_stopping trains it further",
            config.training.epochs
        );
    }
    let epochs = counted(epoch as u64, "epoch");
    format!(
        "already complete; {scores}, and --set training.epochs=N with more than {epochs} goes on"
    )
}

/// The config that is given, else that of the run. A process killed in its first save may have left none beside the
/// checkpoint, which knows it too.
fn config_of(
    folder: &Path,
    options: &FitOptions,
    checkpoint: Option<&Checkpoint>,
) -> Result<Config> {
    let own = folder.join(run_files::CONFIG);
    match checkpoint {
        Some(checkpoint) if options.config.is_none() && !own.exists() => {
            let place = "the checkpoint's config";
            Config::parse(&checkpoint.config, place, Path::new(""), &options.sets)
        }
        _ => Config::load(options.config.as_ref().unwrap_or(&own), &options.sets),
    }
}

/// Whether there is a config and nothing that an update has ever changed.
fn has_no_state(folder: &Path) -> bool {
    let is_there = |name: &&str| std::fs::symlink_metadata(folder.join(name)).is_ok();
    let state = [run_files::CHECKPOINT, run_files::PREVIOUS, run_files::MODEL, run_files::METRICS];
    is_there(&run_files::CONFIG) && !state.iter().any(is_there)
}

/// A run that has not got as far as its first checkpoint has lost nothing.
fn from_the_beginning(
    folder: &Path,
    options: &FitOptions,
    view: &mut dyn Observer,
    signal: &AtomicI32,
) -> Result<FitResult> {
    let config = config_of(folder, options, None)?;
    let prepared = Prepared::new(&config)?;
    let mut run = RunFolder::resume(folder, options.locking())?;
    if !has_no_state(folder) {
        drop(run); // another process was about to save; it is gone, and its checkpoint is there
        return resume(options, view, signal);
    }
    view.on(Event::Note(format!(
        "{} has no checkpoint yet: the run starts from its beginning",
        shown_path(folder)
    )))?;
    let params = initial_params(&prepared.network, config.training.seed);
    Session { config: &config, prepared: &prepared, run: &mut run, options, signal }
        .begin(params, view)
}

/// The folder `--resume` means.
fn run_to_resume(options: &FitOptions) -> Result<PathBuf> {
    let none = |place: &Path| Error::Input {
        path: place.to_owned(),
        reason: "there is no run to resume here; name its folder with --out".into(),
    };
    if let Some(out) = &options.out {
        return if holds_run(out) { Ok(out.clone()) } else { Err(no_run_in(out)) };
    }
    match &options.config {
        Some(path) => {
            let base = base_folder(&Config::load(path, &options.sets)?, path);
            newest_run(&base).ok_or_else(|| none(&base))
        }
        None => {
            let places = [Path::new("runs"), Path::new("configs/runs")];
            places.iter().find_map(|place| newest_in(place)).ok_or_else(|| none(places[0]))
        }
    }
}

/// Why a folder that was named is none.
fn no_run_in(out: &Path) -> Error {
    let reason = match std::fs::read_dir(out) {
        Ok(_) => "holds no run to resume".to_owned(),
        Err(_) if out.is_file() => "is a file; name the run's folder".to_owned(),
        Err(error) => return Error::input(out, &error),
    };
    Error::Input { path: out.to_owned(), reason }
}

fn read_checkpoint(folder: &Path, path: &Path, previous: bool) -> Result<Checkpoint> {
    let other = folder.join(run_files::PREVIOUS);
    let whole = |older: &Checkpoint| {
        let (epoch, update) = older.position();
        format!(
            "{} is whole (epoch {epoch}, update {update}): add --from-previous to go on from there",
            run_files::PREVIOUS
        )
    };
    Checkpoint::read(path).map_err(|error| match error {
        Error::Model { path, reason } if !previous && other.exists() => {
            let hint = match Checkpoint::read(&other) {
                Ok(older) => whole(&older),
                Err(_) => format!("{} cannot be used either", run_files::PREVIOUS),
            };
            Error::Model { path, reason: format!("{reason}; {hint}") }
        }
        Error::Input { path, .. } if !path.exists() => {
            let reason = match Checkpoint::read(&other) {
                Ok(older) => format!("is gone; {}", whole(&older)),
                Err(_) if previous => "there is no checkpoint before the last one; leave out --from-previous".into(),
                Err(_) => "the run's checkpoint is gone, and without it the run cannot go on: start a new one with another \
                      --out, from its model with --init-from".into(),
            };
            Error::Input { path, reason }
        }
        error => error,
    })
}

/// A resumed run keeps its config, but for the number of epochs, what is done about numbers that are not finite,
/// and where files lie and when they are saved.
fn refuse_changes(checkpoint: &Checkpoint, config: &Config, folder: &Path) -> Result<()> {
    let saved = Config::parse(&checkpoint.config, "the checkpoint's config", Path::new(""), &[])?;
    let free = |key: &str| {
        key == "training.epochs"
            || key.starts_with("training.on_non_finite")
            || key.starts_with("output.")
            || ["data.path", "data.train", "data.valid", "data.test"]
                .iter()
                .any(|free| key == *free || key.starts_with(&format!("{free}.")))
    };
    let changed: Vec<String> = differences(&saved, config)
        .into_iter()
        .filter(|(key, _, _)| !free(key))
        .map(|(key, saved, now)| format!("{key}: {saved} -> {now}"))
        .collect();
    if changed.is_empty() {
        return Ok(());
    }
    Err(Error::Config {
        place: shown_path(folder),
        message: format!(
            "a resumed run keeps its config, but these changed: {}; take them back (rnn-train --resume --out \
             {} alone takes the run's own), or start a new run, with --init-from where its network stays",
            changed.join(", "),
            shell_path(folder)
        ),
    })
}

fn refuse_new_data(checkpoint: &Checkpoint, prepared: &Prepared, accept: bool) -> Result<()> {
    let (saved, now) = (&checkpoint.data, data_files(prepared));
    let hashes = |files: &[DataFile]| -> Vec<String> {
        files.iter().map(|file| file.sha256.clone()).collect()
    };
    if accept || hashes(saved) == hashes(&now) {
        return Ok(());
    }
    let tables = prepared.dataset.tables();
    let names: Vec<String> =
        tables.iter().flat_map(|t| &t.files).map(|file| shown_path(&file.path)).collect();
    let mut changed =
        names.iter().zip(&now).zip(saved).filter(|((_, now), saved)| now.sha256 != saved.sha256);
    let shown = |file: &DataFile| {
        let size =
            file.bytes.map_or(String::new(), |bytes| format!("{}, ", counted(bytes, "byte")));
        format!("{size}SHA-256 {}…", &file.sha256[..file.sha256.len().min(8)])
    };
    let (file, mut what) = match changed.next() {
        Some(((name, now), saved)) => {
            let also = match changed.count() {
                0 => String::new(),
                more => format!("; {} changed too", counted(more as u64, "other file")),
            };
            (name.clone(), format!(" ({} -> {}{also})", shown(saved), shown(now)))
        }
        None => (tables[0].name(), String::new()),
    };
    if saved.len() != now.len() {
        what += &format!("; there were {}, now {}", counted(saved.len() as u64, "file"), now.len());
    }
    let message = format!(
        "is not the data this run started with{what}; --accept-new-data goes on all the same"
    );
    Err(DataError { file, message, ..DataError::default() }.into())
}
