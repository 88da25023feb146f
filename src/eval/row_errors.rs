//! The errors of the model and of what it is compared with at one row: what comparisons and bootstraps are made of.

use super::score::{Guess, Predicted, Truth};
use crate::data::Scaler;

/// The errors of all predictors at one row.
#[derive(Clone, Debug)]
pub(super) struct RowErrors {
    /// Targets x steps, and the error that decides behind them.
    width: usize,
    /// `[predictors, width]`: squared errors in data units; of classes 1 for a wrong one, or bits. 0 where the truth is
    /// not known.
    errors: Vec<f64>,
    /// What the last of each row sums up.
    count: u64,
}

impl RowErrors {
    pub(super) fn new(predicted: &Predicted, predictors: usize) -> Self {
        let width = predicted.outputs() + 1;
        Self { width, errors: vec![0.0; width * predictors], count: 0 }
    }

    /// Takes over the guesses of each predictor at a row.
    pub(super) fn set<'g>(
        &mut self,
        predicted: &Predicted,
        guesses: impl Iterator<Item = Guess<'g>>,
        truth: &Truth,
        scalers: &[Scaler],
    ) {
        for (k, (errors, guess)) in
            self.errors.chunks_exact_mut(self.width).zip(guesses).enumerate()
        {
            let count = match (guess, truth) {
                (Guess::Numbers(values), Truth::Numbers(truth)) => {
                    numbers(predicted, values, truth, scalers, errors)
                }
                (Guess::Labels(guesses), Truth::Labels(truth)) => {
                    let steps = guesses.iter().zip(truth);
                    let error = |(guess, truth): (&super::score::LabelGuess, &Option<u32>)| {
                        let truth = (*truth)?;
                        match predicted.ahead {
                            false => Some(f64::from(u8::from(guess.label != truth))),
                            true => guess.log_probability.map(|ln| -ln / std::f64::consts::LN_2),
                        }
                    };
                    sum(errors, steps.map(error))
                }
                _ => unreachable!("a target has one type"),
            };
            match k {
                0 => self.count = count, // the model's
                _ if count == self.count => {}
                _ => errors.fill(f64::NAN), // labels without chances have no bits
            }
        }
    }

    /// The errors of each predictor, `[predictors, width]`.
    pub(super) fn all(&self) -> &[f64] {
        &self.errors
    }

    pub(super) fn width(&self) -> usize {
        self.width
    }

    /// The mean of the errors that decide, of each predictor.
    pub(super) fn deciding(&self) -> impl Iterator<Item = f64> + '_ {
        let last = self.errors.chunks_exact(self.width).map(|errors| errors[self.width - 1]);
        last.map(|sum| sum / self.count as f64)
    }
}

/// Squared errors; those that decide are in data units where there is one target, else scaled.
fn numbers(
    predicted: &Predicted,
    values: &[f64],
    truth: &[f64],
    scalers: &[Scaler],
    errors: &mut [f64],
) -> u64 {
    let (mut deciding, mut count) = (0.0, 0);
    for (at, (value, truth)) in values.iter().zip(truth).enumerate() {
        let known = !truth.is_nan();
        let error = if known { (value - truth) * (value - truth) } else { 0.0 };
        let scale = scalers[at / predicted.steps].scale;
        deciding += if predicted.targets.len() == 1 { error } else { error / (scale * scale) };
        count += u64::from(known);
        errors[at] = error;
    }
    errors[values.len()] = deciding;
    count
}

/// Writes the errors and their sum behind them; says how many there are.
fn sum(errors: &mut [f64], steps: impl Iterator<Item = Option<f64>>) -> u64 {
    let (mut all, mut count) = (0.0, 0);
    for (error, step) in errors.iter_mut().zip(steps) {
        *error = step.unwrap_or(0.0);
        all += *error;
        count += u64::from(step.is_some());
    }
    errors[errors.len() - 1] = all;
    count
}
