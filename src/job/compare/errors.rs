//! The errors of one of the models, row by row.

use super::Of;
use crate::data::{Moments, Turn};
use crate::error::Result;
use crate::job::evaluate::evaluation;
use crate::job::rows_in::Rows;
use crate::store::Model;

/// Steps of a long horizon that are compared one by one, at most.
const STEPS: usize = 24;

/// What squared errors of each target are divided by: where there are several, the variance of the truth over the
/// rows in question, so that neither model's own scaler has a say.
pub(super) fn scales(rows: &Rows) -> Vec<f64> {
    let targets = &rows.model.encoder.roles.targets;
    if targets.len() == 1 {
        return vec![1.0];
    }
    let variance = |&place: &usize| {
        let mut moments = Moments::default();
        rows.part.values(place).for_each(|value| moments.add(value));
        let deviation = moments.deviation();
        if deviation > 0.0 { deviation * deviation } else { 1.0 }
    };
    targets.iter().map(variance).collect()
}

/// The errors of a model at the rows it was scored on, series by series.
pub(super) struct Errors {
    pub(super) series: Vec<(Vec<String>, Scored)>,
}

/// The errors of one series, by the row's time, or by its place where there is no time.
pub(super) type Scored = Vec<(i128, Vec<f32>)>;

/// Errors at a row: over all, then by target where there are several, then by step where there are several.
pub(super) fn errors(rows: &Rows, scales: &[f64]) -> Result<Errors> {
    let (model, table) = (&rows.model, &rows.part.table);
    let mut series: Vec<(Vec<String>, Scored)> =
        table.series.iter().map(|s| (s.key.clone(), Vec::new())).collect();
    evaluation(model).run(&rows.split, &rows.part, |row| {
        let (Turn::Row(at), Some(prediction), Some(deciding)) =
            (row.turn, row.prediction, row.errors)
        else {
            return Ok(());
        };
        let s = &table.series[row.series];
        let place = s.times.get(at).copied().unwrap_or(at as i128);
        let errors = match model.encoder.classes() {
            Some(_) => vec![deciding[0] as f32],
            None => of_numbers(&prediction.values, row.truth, scales, model.encoder.steps),
        };
        series[row.series].1.push((place, errors));
        Ok(())
    })?;
    Ok(Errors { series })
}

/// The squared errors of numbers in a row; NaN where nothing is known.
fn of_numbers(values: &[f32], truth: &[f64], scales: &[f64], steps: usize) -> Vec<f32> {
    let squared = |at: usize| {
        let error = f64::from(values[at]) - truth[at];
        error * error / scales[at / steps]
    };
    let mean = |places: &mut dyn Iterator<Item = usize>| {
        let (mut sum, mut count) = (0.0, 0);
        for error in places.map(squared).filter(|error| !error.is_nan()) {
            (sum, count) = (sum + error, count + 1);
        }
        if count == 0 { f32::NAN } else { (sum / f64::from(count)) as f32 }
    };
    let targets = scales.len();
    let mut errors = vec![mean(&mut (0..values.len()))];
    if targets > 1 {
        errors.extend((0..targets).map(|k| mean(&mut (k * steps..(k + 1) * steps))));
    }
    if steps > 1 {
        let of_step = |step: usize| mean(&mut (0..targets).map(|k| k * steps + step));
        errors.extend(shown_steps(steps).into_iter().map(|step| of_step(step - 1)));
    }
    errors
}

/// What the figures are over, in the order of [`of_numbers`].
pub(super) fn figures(model: &Model) -> Vec<Of> {
    let (encoder, mut of) = (&model.encoder, vec![Of::All]);
    if encoder.classes().is_some() {
        return of;
    }
    let targets = &encoder.roles.targets;
    if targets.len() > 1 {
        of.extend(targets.iter().map(|&place| Of::Target(encoder.roles.columns[place].clone())));
    }
    if encoder.steps > 1 {
        of.extend(shown_steps(encoder.steps).into_iter().map(Of::Step));
    }
    of
}

/// All steps, or of many some at even distances, the last among them.
fn shown_steps(steps: usize) -> Vec<usize> {
    let stride = steps.div_ceil(STEPS);
    let mut shown: Vec<usize> =
        (1..).map(|k| k * stride).take_while(|&step| step < steps).collect();
    shown.push(steps);
    if shown[0] != 1 {
        shown.insert(0, 1);
    }
    shown
}
