//! What keeps numbers that are not finite out of the weights: an update is looked at before it is made, and after.

use super::events::{Event, Observer};
use super::non_finite::{Fault, NonFinite, Pass, in_tensors};
use super::progress::Progress;
use super::trainer::Trainer;
use crate::config::OnNonFinite;
use crate::data::{Chunk, Span};
use crate::error::{Error, Result};
use crate::text::counted;

impl Trainer<'_> {
    /// What is wrong with an update that would carry numbers that are not finite into the weights.
    pub(super) fn not_finite(&self, loss: Option<f64>, norm: f64) -> Option<&'static str> {
        let clipped = self.config.training.clip_grad_norm.map_or(norm, |max| norm.min(max));
        if loss.is_some_and(|loss| !loss.is_finite()) {
            Some("the loss is not finite")
        } else if !norm.is_finite() {
            Some("the gradient is not finite")
        } else if clipped * clipped > f64::from(f32::MAX) {
            Some("the gradient is too large: its squares are not finite") // as optimizers keep them
        } else {
            None
        }
    }

    pub(super) fn report(
        &self,
        progress: &Progress,
        noticed: &'static str,
        norm: f64,
        first: Option<Fault>,
        spans: &[Span],
    ) -> NonFinite {
        NonFinite {
            noticed,
            step: progress.step + 1,
            epoch: progress.epoch + 1,
            update: progress.update + 1,
            loss_before: progress.sums.loss.per_sequence(),
            learning_rate: self.learning_rate(progress.cosine_epochs).at(
                progress.epoch,
                progress.step,
                &progress.plateau,
            ),
            norm,
            first,
            spans: spans.to_vec(),
        }
    }

    /// Ends the training after an update that has overflowed: what is in memory is of no use any more.
    pub(super) fn check_result(
        &self,
        progress: &Progress,
        norm: f64,
        spans: &[Span],
        observer: &mut dyn Observer,
    ) -> Result<()> {
        let optimizer = &progress.optimizer;
        let all = [
            (progress.params.as_slice(), ""),
            (&optimizer.first, "first moment of "),
            (&optimizer.second, "second moment of "),
            (&optimizer.mean, "mean gradient of "),
        ];
        if all.iter().all(|(values, _)| are_finite(values)) {
            return Ok(());
        }
        let find =
            |(values, of): (&[f32], &str)| in_tensors(self.network, values, Pass::Weights, of);
        let report = NonFinite {
            step: progress.step,
            update: progress.update,
            learning_rate: progress.sums.learning_rate,
            ..self.report(
                progress,
                "the update has overflowed",
                norm,
                all.into_iter().find_map(find),
                spans,
            )
        };
        observer.on(Event::NonFinite(&report))?;
        Err(diverged(&report, "; the last checkpoint is from before it"))
    }

    /// Goes on without an update, as often as the config allows; else ends the training before it.
    pub(super) fn pass_over(
        &self,
        progress: &mut Progress,
        report: &NonFinite,
        observer: &mut dyn Observer,
    ) -> Result<()> {
        observer.on(Event::NonFinite(report))?;
        let stopped = "; nothing was changed by it";
        let OnNonFinite::Skip { limit } = self.config.training.on_non_finite else {
            return Err(diverged(report, stopped));
        };
        if progress.sums.skipped == limit {
            let before = counted(limit, "update");
            let stopped = format!("{stopped}, and the epoch has skipped {before} before it");
            return Err(diverged(report, &stopped));
        }
        progress.sums.skipped += 1;
        progress.update += 1;
        let warning = format!(
            "{} {}{}: skipped ({} of {limit} in this epoch)",
            report.noticed,
            report.at(),
            report.began(),
            progress.sums.skipped
        );
        observer.on(Event::Warning(warning)).map(drop)
    }

    /// The states that chunks of a skipped update would have left are unknown: zeros.
    pub(super) fn clear_lanes(&self, progress: &mut Progress, chunks: &[Chunk]) {
        let lanes = self.config.training.batch_size;
        let hidden = self.network.architecture().hidden;
        let Some(state) = &mut progress.lanes else { return };
        chunks.iter().for_each(|chunk| state.clear_row(chunk.lane, lanes, hidden));
    }
}

/// Without a way out of the loop, which would keep it from looking at many numbers at a time.
fn are_finite(values: &[f32]) -> bool {
    values.iter().fold(true, |fine, value| fine & value.is_finite())
}

fn diverged(report: &NonFinite, what_happened: &str) -> Error {
    let before = match report.loss_before {
        Some(loss) => format!("mean loss until then {}", crate::text::short(loss)),
        None => "it was the epoch's first update".into(),
    };
    Error::Diverged(format!(
        "{} {}{}; {before}{what_happened}. Try a lower training.optimizer.learning_rate, or training.clip_grad_norm",
        report.noticed,
        report.at(),
        report.began(),
    ))
}
