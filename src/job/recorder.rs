//! The observer that keeps a run: metrics, the best model and checkpoints, each epoch.

use std::sync::atomic::{AtomicI32, Ordering};
use std::time::Instant;

use serde::Serialize;

use crate::error::Result;
use crate::kernel;
use crate::store::{
    MetricsLog, Model, Origin, RunFolder, append_log, checkpoint_bytes, run as run_files,
};
use crate::train::{Control, EpochRecord, Event, Observer, Progress};

/// Writes the run folder and passes every event on.
pub(super) struct Recorder<'a> {
    pub(super) run: &'a RunFolder,
    pub(super) metrics: MetricsLog,
    /// The model file's other parts; its params are replaced at each save.
    pub(super) model: Model,
    pub(super) config_json: String,
    pub(super) data: Vec<String>,
    pub(super) every: usize,
    pub(super) epochs: usize,
    pub(super) threads: usize,
    /// The signal that asks to stop; 0: none.
    pub(super) signal: &'a AtomicI32,
    pub(super) view: &'a mut dyn Observer,
    pub(super) clock: Instant,
    pub(super) rows: u64,
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
}

impl Recorder<'_> {
    /// Saves the whole state.
    pub(super) fn checkpoint(&self, progress: &Progress) -> Result<()> {
        let origin = Origin {
            config: &self.config_json,
            data: &self.data,
            scalers: &self.model.scalers,
            vocabularies: &self.model.encoder.vocabularies,
        };
        let bytes = checkpoint_bytes(progress, origin)?;
        self.run.save_checkpoint(&bytes)
    }

    /// Writes the best model.
    pub(super) fn save_model(&mut self, progress: &Progress) -> Result<()> {
        if let Some(best) = &progress.best {
            self.model.params = best.params.clone();
            crate::store::write_file(&self.run.file(run_files::MODEL), &self.model.to_bytes()?)?;
        }
        Ok(())
    }

    /// The model is written before the checkpoint that knows of it, the metrics before both.
    fn end_epoch(
        &mut self,
        record: &EpochRecord,
        progress: &Progress,
        improved: bool,
    ) -> Result<()> {
        self.metrics.push(record)?;
        if improved {
            self.save_model(progress)?;
        }
        let last = progress.stopped_early || progress.epoch >= self.epochs;
        if last || progress.epoch.is_multiple_of(self.every) {
            self.checkpoint(progress)?;
        }
        let seconds = self.clock.elapsed().as_secs_f64();
        let line = LogLine {
            epoch: progress.epoch,
            seconds,
            rows_per_s: (self.rows as f64 / seconds.max(1e-9)).round(),
            threads: self.threads,
            kernel: kernel::variant()?,
            version: env!("CARGO_PKG_VERSION"),
        };
        if let Err(error) = append_log(&self.run.file(run_files::LOG), &line) {
            self.view.on(Event::Warning(error.to_string()))?; // nothing depends on the log
        }
        (self.clock, self.rows) = (Instant::now(), 0);
        Ok(())
    }
}

impl Observer for Recorder<'_> {
    fn on(&mut self, event: Event<'_>) -> Result<Control> {
        match &event {
            Event::Step { rows, .. } => self.rows += rows,
            Event::EpochEnd { record, progress, improved } => {
                self.end_epoch(record, progress, *improved)?;
            }
            _ => {}
        }
        let control = self.view.on(event)?;
        Ok(if self.signal.load(Ordering::Relaxed) != 0 { Control::Stop } else { control })
    }
}
