//! The end of an epoch: validation, the best model, early stopping, its line of figures.

use super::events::{Control, EpochRecord, Event, Observer};
use super::progress::{Best, Progress};
use super::trainer::Trainer;
use crate::config::{EarlyStopping, TaskKind};
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
        progress.stopped_early =
            stops_early(self.config.training.early_stopping, progress, valid_loss);
        observer.on(Event::EpochEnd { record: &record, progress, improved })
    }

    /// The report on the validation rows, if there are any; none at all where the observer says stop meanwhile.
    fn validate(
        &self,
        params: &Tensors,
        observer: &dyn Observer,
    ) -> Result<Option<Option<Report>>> {
        let Some(valid) = self.dataset.choosing(self.config) else { return Ok(Some(None)) };
        let evaluation = Evaluation {
            network: self.network,
            params,
            encoder: self.encoder,
            scalers: self.scalers,
            plan: Plan::new(self.config),
            whole_series: self.config.task.kind == TaskKind::Classification,
            intervals: None,
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
        match valid_loss(&evaluation, &valid, go_on) {
            Err(Error::Stopped { .. }) => Ok(None),
            report => report.map(|report| Some(Some(report))),
        }
    }
}

/// Whether an epoch with this validation loss is the last one.
fn stops_early(
    stopping: Option<EarlyStopping>,
    progress: &mut Progress,
    valid_loss: Option<f64>,
) -> bool {
    let Some(stopping) = stopping else { return false };
    let better =
        |loss: &f64| progress.stopping_best.is_none_or(|best| *loss < best - stopping.min_delta);
    match valid_loss.filter(|loss| loss.is_finite()).filter(better) {
        Some(loss) => {
            progress.stopping_best = Some(loss);
            progress.stopping_bad = 0;
        }
        None => progress.stopping_bad += 1,
    }
    progress.stopping_bad >= stopping.patience
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

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::config::{Optimizer, Schedule};
    use crate::model::Layout;
    use crate::optim::{LearningRate, OptimizerState, PlateauState};
    use crate::train::EpochSums;

    /// A validation that was not finite never counts as better, and never keeps a later one from being it.
    #[test]
    fn a_loss_that_is_not_finite_is_no_best_and_blocks_none() {
        let schedule =
            Schedule::Plateau { factor: 0.5, patience: 5, threshold: 0.0, min_learning_rate: 0.0 };
        let rate = LearningRate { start: 0.1, schedule, warmup_steps: 0, cosine_epochs: 9 };
        let sgd = Optimizer::Sgd {
            learning_rate: 0.1,
            momentum: 0.0,
            nesterov: false,
            weight_decay: 0.0,
        };
        let mut progress = Progress {
            epoch: 0,
            update: 0,
            step: 0,
            params: Tensors::zeros(&Arc::new(Layout::default())),
            optimizer: OptimizerState::new(&sgd, 0),
            plateau: PlateauState { learning_rate: 0.1, best: None, bad_epochs: 0 },
            cosine_epochs: 9,
            sums: EpochSums::default(),
            best: None,
            stopping_best: None,
            stopping_bad: 0,
            lanes: None,
            stopped_early: false,
        };
        let stopping = Some(EarlyStopping { patience: 3, min_delta: 0.0 });
        let (nan, endless) = (f64::NAN, f64::INFINITY);
        let losses = [nan, endless, 5.0, nan, -endless, 4.0, nan, 4.5, nan];
        let mut best = Vec::new();
        for (epoch, loss) in losses.into_iter().enumerate() {
            progress.epoch = epoch;
            if keep_best(&mut progress, Some(loss)) {
                best.push(epoch);
            }
            rate.end_epoch(Some(loss), &mut progress.plateau);
            let stops = stops_early(stopping, &mut progress, Some(loss));
            assert_eq!(stops, epoch == 8, "three epochs after the best, and none before");
        }
        assert_eq!(best, [2, 5]);
        assert_eq!((progress.plateau.best, progress.plateau.bad_epochs), (Some(4.0), 3));
    }
}
