//! Training: a new run, or one that goes on.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicI32, Ordering};
use std::time::Instant;

use super::evaluate::part_report;
use super::prepare::Prepared;
use super::recorder::Recorder;
use crate::config::{Config, differences};
use crate::error::{DataError, Error, Result, shown_path};
use crate::eval::Report;
use crate::model::initial_params;
use crate::store::{
    Checkpoint, Locking, MetricsLog, Model, RunFolder, newest_in, newest_run, resolve_model,
    run as run_files, write_file,
};
use crate::train::{Event, Observer, Outcome, Progress, Trainer};

/// What `rnn-train` was asked for.
#[derive(Clone, Debug, Default)]
pub struct FitOptions {
    /// `--config`.
    pub config: Option<PathBuf>,
    /// `--set`, each `KEY=VALUE`.
    pub sets: Vec<String>,
    /// `--out`.
    pub out: Option<PathBuf>,
    /// `--init-from`.
    pub init_from: Option<PathBuf>,
    /// `--accept-new-data`.
    pub accept_new_data: bool,
    /// `--no-lock`.
    pub no_lock: bool,
    /// `--from-previous`.
    pub from_previous: bool,
    /// Threads in use, for the log.
    pub threads: usize,
}

/// How a run ended.
#[derive(Clone, Debug)]
pub struct FitResult {
    /// Its folder.
    pub folder: PathBuf,
    /// How training ended.
    pub outcome: Outcome,
    /// The best epoch; 0: the initial model.
    pub best_epoch: usize,
    /// The best model on the rows held out (test, else valid); none without such rows.
    pub report: Option<Report>,
}

impl FitOptions {
    fn locking(&self) -> Locking {
        if self.no_lock { Locking::NoLock } else { Locking::Lock }
    }
}

/// Trains a new run. `signal` becomes the number of a signal that asks to stop.
pub fn fit(options: &FitOptions, view: &mut dyn Observer, signal: &AtomicI32) -> Result<FitResult> {
    let path = options.config.as_ref();
    let path = path.ok_or_else(|| Error::Usage("give a config: rnn-train --config FILE".into()))?;
    let config = Config::load(path, &options.sets)?;
    if let Some(out) = options.out.as_ref().filter(|out| crate::store::holds_run(out)) {
        return Err(Error::Usage(format!(
            "{} holds a run already; go on with it by --resume, or name another --out",
            shown_path(out)
        )));
    }
    let mut prepared = Prepared::new(&config)?;
    let params = match &options.init_from {
        None => initial_params(&prepared.network, config.training.seed),
        Some(model) => take_over(&config, &mut prepared, model)?,
    };
    let run = match &options.out {
        Some(out) => RunFolder::create(out, options.locking())?,
        None => RunFolder::create_numbered(&base_folder(&config, path), options.locking())?,
    };
    let folder = run.path().to_owned();
    write_file(&run.file(run_files::CONFIG), config.to_json(&folder).as_bytes())?;
    view.on(Event::Note(format!("run folder {}", shown_path(&folder))))?;
    let trainer = Trainer::new(
        &config,
        &prepared.dataset,
        &prepared.encoder,
        &prepared.scalers,
        &prepared.network,
    );
    let progress = trainer.start(params);
    let metrics = MetricsLog::new(run.file(run_files::METRICS));
    Session { config: &config, prepared: &prepared, run: &run, options, signal }
        .train(trainer, progress, metrics, view)
}

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
    let checkpoint = read_checkpoint(&folder, &checkpoint_path, options.from_previous)?;
    let config_path = options.config.clone().unwrap_or_else(|| folder.join(run_files::CONFIG));
    let config = Config::load(&config_path, &options.sets)?;
    refuse_changes(&checkpoint, &config, &folder)?;
    if checkpoint.finished(config.training.epochs) {
        view.on(Event::Note("already complete; nothing to do".into()))?;
        let outcome = Outcome::Finished;
        return Ok(FitResult { folder, outcome, best_epoch: 0, report: None });
    }
    let prepared = Prepared::new(&config)?;
    refuse_new_data(&checkpoint, &prepared, options.accept_new_data)?;
    let run = RunFolder::resume(&folder, options.locking())?;
    let trainer = Trainer::new(
        &config,
        &prepared.dataset,
        &prepared.encoder,
        &prepared.scalers,
        &prepared.network,
    );
    let fresh = trainer.start(initial_params(&prepared.network, config.training.seed));
    let progress = checkpoint.progress(&checkpoint_path, &prepared.network, fresh)?;
    let metrics = MetricsLog::resume(run.file(run_files::METRICS), progress.epoch)?;
    if options.from_previous {
        // Else the damaged checkpoint would be rotated over the good one.
        let bytes =
            std::fs::read(&checkpoint_path).map_err(|e| Error::input(&checkpoint_path, &e))?;
        write_file(&run.file(run_files::CHECKPOINT), &bytes)?;
    }
    write_file(&run.file(run_files::CONFIG), config.to_json(&folder).as_bytes())?;
    let (epoch, update) = checkpoint.position();
    view.on(Event::Note(format!("going on after epoch {epoch}, update {update} of the next")))?;
    Session { config: &config, prepared: &prepared, run: &run, options, signal }
        .train(trainer, progress, metrics, view)
}

/// What new and resumed runs share.
struct Session<'a> {
    config: &'a Config,
    prepared: &'a Prepared,
    run: &'a RunFolder,
    options: &'a FitOptions,
    signal: &'a AtomicI32,
}

impl Session<'_> {
    fn train(
        self,
        mut trainer: Trainer,
        mut progress: Progress,
        metrics: MetricsLog,
        view: &mut dyn Observer,
    ) -> Result<FitResult> {
        for warning in &self.prepared.warnings {
            view.on(Event::Warning(warning.clone()))?;
        }
        for note in super::check::row_notes(self.config, self.prepared) {
            view.on(Event::Note(note))?;
        }
        let model = Model {
            config: self.config.clone(),
            encoder: self.prepared.encoder.clone(),
            network: self.prepared.network.clone(),
            params: progress.params.clone(),
            scalers: self.prepared.scalers.clone(),
            trained_on: self.prepared.trained_on(),
        };
        let mut recorder = Recorder {
            run: self.run,
            metrics,
            model,
            config_json: self.config.to_json(Path::new("")),
            data: data_hashes(self.prepared),
            every: self.config.output.checkpoint_every,
            epochs: self.config.training.epochs,
            threads: self.options.threads,
            signal: self.signal,
            view,
            clock: Instant::now(),
            rows: 0,
        };
        if progress.step == 0 && self.config.training.epochs == 0 {
            recorder.save_model(&progress)?;
        }
        if progress.step == 0 {
            recorder.checkpoint(&progress)?;
        } else {
            recorder.save_model(&progress)?; // a kill may have left a newer one
        }
        let outcome = trainer.run(&mut progress, &mut recorder)?;
        if outcome == Outcome::Interrupted {
            recorder.checkpoint(&progress)?;
            return Err(Error::Stopped(self.signal.load(Ordering::Relaxed)));
        }
        let folder = self.run.path().to_owned();
        let best_epoch = progress.best.as_ref().map_or(0, |best| best.epoch);
        let mut model = recorder.model;
        if let Some(best) = progress.best {
            model.params = best.params;
        }
        let split = if self.prepared.dataset.test.is_some() { "test" } else { "valid" };
        let report = match self.prepared.dataset.part(split) {
            Some(part) => Some(part_report(&model, split, part, |_| Ok(()))?),
            None => None,
        };
        Ok(FitResult { folder, outcome, best_epoch, report })
    }
}

/// `runs/<config file stem>` beside the config, unless the config names a folder.
fn base_folder(config: &Config, path: &Path) -> PathBuf {
    config.output.dir.clone().unwrap_or_else(|| {
        let stem = path.file_stem().unwrap_or(path.as_os_str());
        path.parent().unwrap_or(Path::new("")).join("runs").join(stem)
    })
}

/// The folder `--resume` means.
fn run_to_resume(options: &FitOptions) -> Result<PathBuf> {
    if let Some(out) = &options.out {
        return Ok(out.clone());
    }
    let none = |place: &Path| Error::Input {
        path: place.to_owned(),
        reason: "no run to resume here; name its folder with --out".into(),
    };
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

fn read_checkpoint(folder: &Path, path: &Path, previous: bool) -> Result<Checkpoint> {
    let other = folder.join(run_files::PREVIOUS);
    Checkpoint::read(path).map_err(|error| match error {
        Error::Model { path, reason } if !previous && other.exists() => {
            let hint = match Checkpoint::read(&other) {
                Ok(older) => {
                    let (epoch, update) = older.position();
                    format!(
                        "{} is whole (epoch {epoch}, update {update}): add --from-previous to go on from there",
                        run_files::PREVIOUS
                    )
                }
                Err(_) => format!("{} cannot be used either", run_files::PREVIOUS),
            };
            Error::Model { path, reason: format!("{reason}; {hint}") }
        }
        Error::Input { path, .. } => Error::Input {
            path,
            reason: "the run has no checkpoint; it was stopped before its first one: start it anew".into(),
        },
        error => error,
    })
}

/// A resumed run keeps its config, but for the number of epochs and where files lie.
fn refuse_changes(checkpoint: &Checkpoint, config: &Config, folder: &Path) -> Result<()> {
    let saved = Config::parse(&checkpoint.config, "the checkpoint's config", Path::new(""), &[])?;
    let free = |key: &str| {
        key == "training.epochs"
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
            "a resumed run keeps its config, but these changed: {}; take them back, or start a new run with \
             --init-from",
            changed.join(", ")
        ),
    })
}

fn data_hashes(prepared: &Prepared) -> Vec<String> {
    let tables = prepared.dataset.tables();
    tables.iter().flat_map(|t| t.files.iter().map(|file| file.sha256.clone())).collect()
}

fn refuse_new_data(checkpoint: &Checkpoint, prepared: &Prepared, accept: bool) -> Result<()> {
    let now = data_hashes(prepared);
    if accept || checkpoint.data == now {
        return Ok(());
    }
    let tables = prepared.dataset.tables();
    let files = tables.iter().flat_map(|t| &t.files);
    let mut pairs = files.zip(checkpoint.data.iter().map(Some).chain(std::iter::repeat(None)));
    let changed = pairs.find(|(file, saved)| Some(&file.sha256) != *saved);
    let file = changed.map_or_else(|| tables[0].name(), |(file, _)| shown_path(&file.path));
    let message =
        "is not the data this run started with (its SHA-256 differs, or files were added or \
                   removed); --accept-new-data goes on all the same"
            .into();
    Err(DataError { file, message, ..DataError::default() }.into())
}

/// Weights and scalers of another model, for the same network and columns.
fn take_over(
    config: &Config,
    prepared: &mut Prepared,
    model: &Path,
) -> Result<crate::model::Tensors> {
    let path = resolve_model(model)?;
    let source = Model::read(&path)?;
    let (theirs, ours) = (source.network.layout(), prepared.network.layout());
    let mut rows = Vec::new();
    for entry in ours.entries() {
        let other = theirs.entries().iter().find(|e| e.name == entry.name);
        if other.is_none_or(|other| other.shape != entry.shape) {
            let other = other.map_or("none".into(), |other| format!("{:?}", other.shape));
            rows.push(format!("{}: {other} -> {:?}", entry.name, entry.shape));
        }
    }
    let names = |c: &Config| -> Vec<String> {
        c.data.inputs.iter().chain(&c.data.targets).map(|c| c.name.clone()).collect()
    };
    if theirs.entries().len() != ours.entries().len() && rows.is_empty() {
        rows.push(format!("{} tensors -> {}", theirs.entries().len(), ours.entries().len()));
    }
    if names(&source.config) != names(config) {
        rows.push(format!("columns: {:?} -> {:?}", names(&source.config), names(config)));
    }
    if !rows.is_empty() {
        return Err(Error::Model {
            path,
            reason: format!("does not fit this config (model -> config): {}", rows.join("; ")),
        });
    }
    prepared.scalers = source.scalers;
    Ok(source.params)
}
