//! The end of an epoch: validation, the best model, early stopping, its line of figures.

use super::events::{Control, EpochRecord, Event, Observer};
use super::progress::{Best, Progress};
use super::trainer::Trainer;
use crate::config::TaskKind;
use crate::error::{Error, Result};
use crate::eval::{Evaluated, Evaluation, Report, valid_loss};
use crate::model::Tensors;
use crate::optim::Loss;
use crate::serve::Plan;

impl Trainer<'_> {
    /// Scores the epoch, keeps the best model, decides whether to stop early.
    pub(super) fn end_epoch(
        &mut self,
        progress: &mut Progress,
        observer: &mut dyn Observer,
    ) -> Result<Control> {
        observer.on(Event::Validating)?;
        let Some(valid) = self.validate(&progress.params, observer)? else {
            return Ok(Control::Stop); // whoever goes on begins with the validation
        };
        let valid_loss = valid.as_ref().and_then(|report| report.loss_per_step);
        let sums = progress.sums;
        let made = progress.update - sums.skipped;
        progress.epoch += 1;
        let record = EpochRecord {
            epoch: progress.epoch,
            step: progress.step,
            train_loss: sums.loss.per_sequence(),
            train_loss_per_step: sums.loss.per_step(),
            valid_loss,
            learning_rate: sums.learning_rate,
            grad_norm: (made > 0).then(|| sums.norms / made as f64),
            skipped: sums.skipped,
            valid: valid.as_ref().map(valid_figures).unwrap_or_default(),
        };
        if let Some(warning) = self.health.judge(&record) {
            observer.on(Event::Warning(warning))?;
        }
        if 2 * sums.clipped > made && !self.told_of_clipping {
            self.told_of_clipping = true;
            let warning = format!(
                "epoch {}: {} of {} updates were clipped; the loss is a sum over steps, so norms are large: \
                 raise training.clip_grad_norm (mean norm {}); this is said once",
                progress.epoch,
                sums.clipped,
                made,
                crate::text::short(record.grad_norm.unwrap_or_default()),
            );
            observer.on(Event::Warning(warning))?;
        }
        progress.update = 0;
        let improved = keep_best(progress, valid_loss);
        let cosine_epochs = progress.cosine_epochs;
        self.learning_rate(cosine_epochs).end_epoch(valid_loss, &mut progress.plateau);
        progress.stopped_early = self.stops_early(progress, valid_loss);
        observer.on(Event::EpochEnd { record: &record, progress, improved })
    }

    /// The report on the validation rows, if there are any; none at all where the observer says stop meanwhile.
    fn validate(
        &self,
        params: &Tensors,
        observer: &dyn Observer,
    ) -> Result<Option<Option<Report>>> {
        let Some(valid) = &self.dataset.valid else { return Ok(Some(None)) };
        let evaluation = Evaluation {
            network: self.network,
            params,
            encoder: self.encoder,
            scalers: self.scalers,
            plan: Plan::new(self.config),
            whole_series: self.config.task.kind == TaskKind::Classification,
            loss: Loss {
                kind: self.config.training.loss,
                sequences: 1.0,
                class_weights: &self.encoder.class_weights,
            },
            beside: None,
        };
        let go_on = |_: Evaluated| match observer.is_to_stop() {
            true => Err(Error::Stopped { signal: 0, advice: String::new() }),
            false => Ok(()),
        };
        match valid_loss(&evaluation, valid, go_on) {
            Err(Error::Stopped { .. }) => Ok(None),
            report => report.map(|report| Some(Some(report))),
        }
    }

    fn stops_early(&self, progress: &mut Progress, valid_loss: Option<f64>) -> bool {
        let Some(stopping) = self.config.training.early_stopping else { return false };
        let better = |loss: &f64| {
            progress.stopping_best.is_none_or(|best| *loss < best - stopping.min_delta)
        };
        match valid_loss.filter(|loss| loss.is_finite()).filter(better) {
            Some(loss) => {
                progress.stopping_best = Some(loss);
                progress.stopping_bad = 0;
            }
            None => progress.stopping_bad += 1,
        }
        progress.stopping_bad >= stopping.patience
    }
}

/// Lowest validation loss, the first of equals, never one that is not finite; without validation the last.
fn keep_best(progress: &mut Progress, valid_loss: Option<f64>) -> bool {
    let best = progress.best.as_ref().and_then(|best| best.valid_loss);
    let improved = match valid_loss {
        None => true,
        Some(loss) => loss.is_finite() && best.is_none_or(|best| loss < best),
    };
    if improved {
        let (epoch, params) = (progress.epoch, progress.params.clone());
        progress.best = Some(Best { epoch, valid_loss, params });
    }
    improved
}

/// `valid_<metric>` of a record.
fn valid_figures(report: &Report) -> serde_json::Map<String, serde_json::Value> {
    let named = report.scores.named().into_iter();
    named.map(|(name, value)| (format!("valid_{name}"), serde_json::json!(value))).collect()
}
