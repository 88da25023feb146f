//! Scores: error sums per target and step, in data units and scaled.

use super::report::{Scores, TargetScores};
use crate::data::Scaler;
use crate::metrics::{Errors, Figures};

/// Accumulates one predictor's errors (the model's, or a baseline's).
#[derive(Clone, Debug)]
pub(super) struct Score {
    steps: usize,
    targets: Vec<TargetErrors>,
    scaled: Errors,
}

#[derive(Clone, Debug)]
struct TargetErrors {
    all: Pair,
    steps: Vec<Pair>,
}

/// The same errors in data units and in units of the scaler.
#[derive(Clone, Copy, Debug, Default)]
struct Pair {
    data: Errors,
    scaled: Errors,
}

impl Pair {
    fn add(&mut self, value: f64, truth: f64, scaler: &Scaler) {
        let scale = |x: f64| (x - scaler.offset) / scaler.scale;
        self.data.add(value, truth);
        self.scaled.add(scale(value), scale(truth));
    }

    fn figures(&self) -> (Figures, Figures) {
        (self.data.figures(), self.scaled.figures())
    }
}

impl Score {
    pub(super) fn new(targets: usize, steps: usize) -> Self {
        let target = TargetErrors { all: Pair::default(), steps: vec![Pair::default(); steps] };
        Self { steps, targets: vec![target; targets], scaled: Errors::default() }
    }

    /// Takes in one row's values, `[targets x steps]`, beside the truth.
    pub(super) fn add(&mut self, values: &[f64], truth: &[f64], scalers: &[Scaler]) {
        for (k, (target, scaler)) in self.targets.iter_mut().zip(scalers).enumerate() {
            for step in 0..self.steps {
                let (value, truth) = (values[k * self.steps + step], truth[k * self.steps + step]);
                target.all.add(value, truth, scaler);
                target.steps[step].add(value, truth, scaler);
                let scale = |x: f64| (x - scaler.offset) / scaler.scale;
                self.scaled.add(scale(value), scale(truth));
            }
        }
    }

    /// Rows taken in.
    pub(super) fn count(&self) -> u64 {
        self.scaled.count() / (self.targets.len() * self.steps) as u64
    }

    /// The figures; overall ones in data units only where there is one target.
    pub(super) fn scores(&self, names: &[String]) -> Scores {
        let target = |(name, t): (&String, &TargetErrors)| {
            let (data, scaled) = t.all.figures();
            let horizon = t.steps.iter().map(Pair::figures).collect();
            (name.clone(), TargetScores { data, scaled, horizon })
        };
        Scores {
            data: (self.targets.len() == 1).then(|| self.targets[0].all.data.figures()),
            scaled: self.scaled.figures(),
            targets: names.iter().zip(&self.targets).map(target).collect(),
        }
    }
}
