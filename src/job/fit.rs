//! Training a new run, and what it shares with one that goes on.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicI32, Ordering};

use super::advice::{Facts, advice};
use super::evaluate::part_report;
use super::init_from::Source;
use super::nan_report;
use super::prepare::Prepared;
use super::recorder::{Behind, EpochClock, Moment, Recorder};
use crate::config::Config;
use crate::error::{Error, Result, shell_path, shown_path};
use crate::eval::{Evaluated, Report};
use crate::model::{Tensors, initial_params};
use crate::store::{
    DataFile, Locking, MetricsLog, RunFolder, holds_run, probe_for_run, run as run_files,
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
    /// What to try next, if that model does not beat the naive prediction.
    pub advice: Vec<String>,
}

impl FitOptions {
    pub(super) fn locking(&self) -> Locking {
        if self.no_lock { Locking::NoLock } else { Locking::Lock }
    }
}

/// Trains a new run. `signal` becomes the number of a signal that asks to stop.
pub fn fit(options: &FitOptions, view: &mut dyn Observer, signal: &AtomicI32) -> Result<FitResult> {
    let path = options.config.as_ref();
    let path = path.ok_or_else(|| Error::Usage("give a config: rnn-train --config FILE".into()))?;
    let config = Config::load(path, &options.sets)?;
    if let Some(out) = options.out.as_ref().filter(|out| holds_run(out)) {
        return Err(Error::Usage(format!(
            "{} holds a run already; go on with it by --resume, or name another --out",
            shown_path(out)
        )));
    }
    let base = base_folder(&config, path);
    // Reading the rows may take a while. Beside `base`: where that is taken, another name is found.
    let place = options.out.as_deref().or(base.parent()).unwrap_or(&base);
    probe_for_run(place)?;
    let source =
        options.init_from.as_ref().map(|model| Source::read(model, &config)).transpose()?;
    let mut prepared = Prepared::with_words(&config, source.as_ref().map(Source::words))?;
    let params = match source {
        None => initial_params(&prepared.network, config.training.seed),
        Some(source) => source.take_over(&mut prepared)?,
    };
    let mut run = match &options.out {
        Some(out) => RunFolder::create(out, options.locking())?,
        None => RunFolder::create_numbered(&base, options.locking())?,
    };
    let folder = run.path().to_owned();
    view.on(Event::Note(format!("run folder {}", shown_path(&folder))))?;
    Session { config: &config, prepared: &prepared, run: &mut run, options, signal }
        .begin(params, view)
}

/// What new and resumed runs share.
pub(super) struct Session<'a> {
    pub(super) config: &'a Config,
    pub(super) prepared: &'a Prepared,
    pub(super) run: &'a mut RunFolder,
    pub(super) options: &'a FitOptions,
    pub(super) signal: &'a AtomicI32,
}

impl Session<'_> {
    /// From the first update.
    pub(super) fn begin(self, params: Tensors, view: &mut dyn Observer) -> Result<FitResult> {
        let trainer = self.prepared.trainer(self.config);
        let progress = trainer.start(params);
        let metrics = MetricsLog::new(self.run.file(run_files::METRICS));
        self.train(trainer, progress, metrics, view)
    }

    /// From where `progress` stands.
    pub(super) fn train(
        self,
        mut trainer: Trainer,
        mut progress: Progress,
        metrics: MetricsLog,
        view: &mut dyn Observer,
    ) -> Result<FitResult> {
        let Session { config, prepared, run, options, signal } = self;
        for warning in &prepared.warnings {
            view.on(Event::Warning(warning.clone()))?;
        }
        for note in super::row_notes::row_notes(config, prepared) {
            view.on(Event::Note(note))?;
        }
        let model = prepared.model(config, progress.params.clone());
        let mut recorder = Recorder {
            config,
            prepared,
            run,
            metrics,
            model,
            config_json: config.to_json(Path::new("")),
            data: data_files(prepared),
            threads: options.threads,
            signal,
            view,
            behind: Behind::default(),
            saved: Moment::now(progress.step),
            epoch: EpochClock::start(),
        };
        if progress.step == 0 {
            // The config is the last to come: whoever finds it finds the weights that go with it too, those of
            // `--init-from` also.
            recorder.save(&progress)?;
            recorder.behind.config = true;
            recorder.save_results(&progress)?;
        } else {
            // A kill may have left a newer one. Before the end of its first epoch a run has none.
            recorder.behind.model = progress.best.as_ref().is_some_and(|best| best.epoch > 0);
            recorder.save_results(&progress)?;
        }
        let folder = recorder.run.path().to_owned();
        let report = shown_path(&folder.join(nan_report::FILE));
        let outcome = trainer.run(&mut progress, &mut recorder).map_err(|error| match error {
            Error::Diverged(what) => Error::Diverged(format!("{what}; {report} says more")),
            Error::Write { path, reason } => {
                let run = shell_path(&folder);
                let reason =
                    format!("{reason}; once it can be written: rnn-train --resume --out {run}");
                Error::Write { path, reason }
            }
            error => error,
        })?;
        if outcome == Outcome::Interrupted {
            recorder.save(&progress)?;
            return Err(stopped(
                signal,
                format!(
                    "after {} of {} epochs and {} updates of the next; all of it is saved; to go on: \
                     rnn-train --resume --out {}",
                    progress.epoch,
                    config.training.epochs,
                    progress.update,
                    shell_path(&folder)
                ),
            ));
        }
        if !recorder.run.file(run_files::MODEL).exists() {
            recorder.behind.model = true; // no epoch was better than the initial model
            recorder.save_results(&progress)?;
        }
        let best_epoch = progress.best.as_ref().map_or(0, |best| best.epoch);
        let mut model = recorder.model;
        if let Some(best) = progress.best {
            model.params = best.params;
        }
        let split = if prepared.dataset.test.is_some() { "test" } else { "valid" };
        let report = match prepared.dataset.part(split) {
            Some(part) => {
                let ridge = prepared.ridge(&model);
                let each = |_: Evaluated| go_on(signal, &folder);
                Some(part_report(&model, ridge.as_ref(), split, part, each)?)
            }
            None => None,
        };
        let advice = report.as_ref().map_or_else(Vec::new, |report| {
            advice(&Facts {
                train_rows: Some(prepared.dataset.train.rows()),
                parameters: model.network.layout().len(),
                ..Facts::new(config, report, Some(&folder))
            })
        });
        Ok(FitResult { folder, outcome, best_epoch, report, advice })
    }
}

/// Ends the evaluation after training where a signal asks for it.
fn go_on(signal: &AtomicI32, folder: &Path) -> Result<()> {
    if signal.load(Ordering::Relaxed) == 0 {
        return Ok(());
    }
    let model = shell_path(folder);
    Err(stopped(
        signal,
        format!(
            "while the trained model was being scored; it is saved: rnn-eval --model {model} scores it"
        ),
    ))
}

fn stopped(signal: &AtomicI32, advice: String) -> Error {
    Error::Stopped { signal: signal.load(Ordering::Relaxed), advice }
}

/// `runs/<config file stem>` beside the config, unless the config names a folder.
pub(super) fn base_folder(config: &Config, path: &Path) -> PathBuf {
    config.output.dir.clone().unwrap_or_else(|| {
        let stem = path.file_stem().unwrap_or(path.as_os_str());
        path.parent().unwrap_or(Path::new("")).join("runs").join(stem)
    })
}

pub(super) fn data_files(prepared: &Prepared) -> Vec<DataFile> {
    let tables = prepared.dataset.tables();
    let files = tables.iter().flat_map(|table| &table.files);
    files.map(|f| DataFile { sha256: f.sha256.clone(), bytes: Some(f.bytes) }).collect()
}
