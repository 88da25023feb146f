//! The observer that keeps a run: metrics and the best model after each epoch, checkpoints as often as the config
//! says. A save amid a run may fail: the next one makes it good.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicI32, Ordering};
use std::time::{Duration, Instant};

use serde::Serialize;

use super::nan_report::{self, NanReport};
use super::prepare::Prepared;
use crate::config::Config;
use crate::error::{Error, Result, shown_path};
use crate::kernel;
use crate::store::{
    DataFile, MetricsLog, Model, Origin, RunFolder, append_log, checkpoint_bytes, run as run_files,
    write_file,
};
use crate::train::{Control, EpochRecord, Event, Observer, Progress};

/// Writes the run folder and passes every event on.
pub(super) struct Recorder<'a> {
    pub(super) config: &'a Config,
    pub(super) prepared: &'a Prepared,
    pub(super) run: &'a mut RunFolder,
    pub(super) metrics: MetricsLog,
    /// The model file's other parts; its params are replaced at each save.
    pub(super) model: Model,
    /// The config as checkpoints hold it.
    pub(super) config_json: String,
    pub(super) data: Vec<DataFile>,
    pub(super) threads: usize,
    /// The signal that asks to stop; 0: none.
    pub(super) signal: &'a AtomicI32,
    pub(super) view: &'a mut dyn Observer,
    pub(super) behind: Behind,
    pub(super) saved: Moment,
    pub(super) epoch: EpochClock,
}

/// What the folder lacks besides metrics.
#[derive(Default)]
pub(super) struct Behind {
    pub(super) config: bool,
    pub(super) model: bool,
}

/// When the last checkpoint was saved, or tried.
pub(super) struct Moment {
    at: Instant,
    step: u64,
}

/// How long the epoch has taken, and for how many rows.
pub(super) struct EpochClock {
    started: Instant,
    rows: u64,
}

/// A line of `log.jsonl`.
#[derive(Serialize)]
struct LogLine {
    epoch: usize,
    seconds: f64,
    rows_per_s: f64,
    threads: usize,
    kernel: &'static str,
    version: &'static str,
    /// Empty cells and rows left out, by what became of them.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    counts: BTreeMap<&'static str, u64>,
}

impl Moment {
    /// Now, at an update.
    pub(super) fn now(step: u64) -> Self {
        Self { at: Instant::now(), step }
    }
}

impl EpochClock {
    /// From now on.
    pub(super) fn start() -> Self {
        Self { started: Instant::now(), rows: 0 }
    }
}

impl Recorder<'_> {
    /// Saves everything: the model is written before the checkpoint that knows of it, the metrics before both.
    pub(super) fn save(&mut self, progress: &Progress) -> Result<()> {
        self.saved = Moment::now(progress.step);
        self.save_results(progress)?;
        let origin = Origin {
            config: &self.config_json,
            data: &self.data,
            scalers: &self.model.scalers,
            vocabularies: &self.model.encoder.vocabularies,
        };
        let bytes = checkpoint_bytes(progress, origin)?;
        self.run.save_checkpoint(&bytes)
    }

    /// Writes what is for others to read, as far as the folder lacks it.
    pub(super) fn save_results(&mut self, progress: &Progress) -> Result<()> {
        if self.run.restore()? {
            let folder = shown_path(self.run.path());
            self.view.on(Event::Warning(format!(
                "{folder} was deleted or replaced during the run; it is made anew"
            )))?;
            self.metrics.lost();
            let trained = progress.best.as_ref().is_some_and(|best| best.epoch > 0);
            self.behind = Behind { config: true, model: trained };
        }
        if self.behind.config {
            let json = self.config.to_json(self.run.path());
            write_file(&self.run.file(run_files::CONFIG), json.as_bytes())?;
            self.behind.config = false;
        }
        self.metrics.write()?;
        if let (true, Some(best)) = (self.behind.model, &progress.best) {
            self.model.params = best.params.clone();
            self.model.calibration = self.prepared.calibrate(&self.model)?;
            write_file(&self.run.file(run_files::MODEL), &self.model.to_bytes()?)?;
            self.behind.model = false;
        }
        Ok(())
    }

    /// Of a save that is not the last: a failed write is told, no more.
    fn forgive(&mut self, saved: Result<()>) -> Result<()> {
        let Err(Error::Write { path, reason }) = saved else { return saved };
        let text = format!(
            "{}: {reason}; training goes on, and the next save tries again",
            shown_path(&path)
        );
        self.view.on(Event::Warning(text)).map(drop)
    }

    /// Whether a checkpoint is due amid an epoch.
    fn is_due(&self, step: u64) -> bool {
        let every = self.config.output.checkpoint_every;
        let time = |seconds| self.saved.at.elapsed() >= Duration::from_secs(seconds);
        every.steps.is_some_and(|steps| step >= self.saved.step + steps)
            || every.seconds.is_some_and(time)
    }

    fn end_epoch(
        &mut self,
        record: &EpochRecord,
        progress: &Progress,
        improved: bool,
    ) -> Result<()> {
        self.metrics.push(record)?;
        self.behind.model |= improved;
        let every = self.config.output.checkpoint_every.epochs;
        if progress.stopped_early || progress.epoch >= self.config.training.epochs {
            self.save(progress)?; // the last: nothing will make it good
        } else {
            let saved = if progress.epoch.is_multiple_of(every) {
                self.save(progress)
            } else {
                self.save_results(progress)
            };
            self.forgive(saved)?;
        }
        self.log(progress.epoch)
    }

    fn log(&mut self, epoch: usize) -> Result<()> {
        let seconds = self.epoch.started.elapsed().as_secs_f64();
        let line = LogLine {
            epoch,
            seconds,
            rows_per_s: (self.epoch.rows as f64 / seconds.max(1e-9)).round(),
            threads: self.threads,
            kernel: kernel::variant()?,
            version: env!("CARGO_PKG_VERSION"),
            counts: self.prepared.dataset.counts(),
        };
        if let Err(error) = append_log(&self.run.file(run_files::LOG), &line) {
            self.view.on(Event::Warning(error.to_string()))?; // nothing depends on the log
        }
        self.epoch = EpochClock::start();
        Ok(())
    }
}

impl Observer for Recorder<'_> {
    fn on(&mut self, event: Event<'_>) -> Result<Control> {
        match &event {
            Event::Step { progress, rows } => {
                self.epoch.rows += rows;
                if self.is_due(progress.step) {
                    let saved = self.save(progress);
                    self.forgive(saved)?;
                }
            }
            Event::EpochEnd { record, progress, improved } => {
                self.end_epoch(record, progress, *improved)?;
            }
            Event::NonFinite(found) => {
                let report = NanReport::new(found, self.prepared, self.run.path());
                let text = serde_json::to_string_pretty(&report).unwrap_or_default() + "\n";
                let written = write_file(&self.run.file(nan_report::FILE), text.as_bytes());
                self.forgive(written)?;
            }
            _ => {}
        }
        let control = self.view.on(event)?;
        Ok(if self.is_to_stop() { Control::Stop } else { control })
    }

    fn is_to_stop(&self) -> bool {
        self.signal.load(Ordering::Relaxed) != 0 || self.view.is_to_stop()
    }
}
