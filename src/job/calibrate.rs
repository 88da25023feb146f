//! How sure a model is, found on the second half of the validation rows: neither its weights nor its epoch were chosen
//! by them.

use super::evaluate::evaluation;
use crate::data::PartRows;
use crate::error::{DataError, Result};
use crate::eval::Evaluation;
use crate::serve::{Calibration, score};
use crate::store::Model;

/// Scores that are held in memory at most; of more predictions every second, third… one is taken.
const MOST_SCORES: u64 = 1 << 22;

/// Calibrates a model whose config asks for it, on these rows, of which so many will be scored.
pub(super) fn calibrate(model: &Model, part: &PartRows, rows: u64) -> Result<Option<Calibration>> {
    let Some(intervals) = model.config.task.intervals else { return Ok(None) };
    let (encoder, width) = (&model.encoder, model.encoder.target_width());
    let stride = (rows * width as u64).div_ceil(MOST_SCORES).max(1);
    let (mut scores, mut seen) = (Vec::new(), 0);
    let evaluation = Evaluation { intervals: None, beside: None, ..evaluation(model) };
    evaluation.run("valid", part, |row| {
        let Some(prediction) = row.prediction.filter(|_| row.errors.is_some()) else {
            return Ok(());
        };
        seen += 1;
        if seen % stride == 0 {
            let series = &part.table.series[row.series];
            let (scalers, _) = model.scalers.of(&series.key);
            scores.extend(row.truth.iter().enumerate().map(|(at, &truth)| {
                let truth = encoder.target_value(&part.table.words, truth);
                score(encoder, prediction, scalers, at, truth)
            }));
        }
        Ok(())
    })?;
    let found = Calibration::new(intervals.coverage, width, &scores);
    let message = "too few truths are known in the second half of the validation rows to calibrate intervals; make \
                   data.split.valid larger, or task.intervals.coverage smaller";
    let fault =
        || DataError { file: part.table.name(), message: message.into(), ..DataError::default() };
    found.map(Some).ok_or_else(|| fault().into())
}
