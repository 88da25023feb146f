//! Sums of one predictor's errors, the model's or a naive one's, per target and step.

use super::scores::{ClassScores, NumberScores, Scores, TargetScores};
use crate::data::Scaler;
use crate::metrics::{ClassErrors, Confusion, Errors, Figures};

/// Accumulates one predictor's errors.
#[derive(Clone, Debug)]
pub(super) enum Score {
    Numbers(NumberScore),
    Classes(ClassScore),
}

/// What is predicted, for the names of the scores.
#[derive(Clone, Debug)]
pub(super) struct Predicted {
    /// The targets.
    pub(super) targets: Vec<String>,
    /// Steps ahead, or 1.
    pub(super) steps: usize,
    /// Whether it is a forecast.
    pub(super) ahead: bool,
    /// Whether the target is a category.
    pub(super) classes: bool,
}

impl Predicted {
    /// Targets and steps.
    pub(super) fn outputs(&self) -> usize {
        self.targets.len() * self.steps
    }
}

/// What a predictor says at one row.
#[derive(Clone, Copy, Debug)]
pub(super) enum Guess<'a> {
    /// `[targets x steps]`, in data units.
    Numbers(&'a [f64]),
    /// Of each step.
    Labels(&'a [LabelGuess]),
}

/// A label, and ln p of what came true, where there are probabilities and it has one.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct LabelGuess {
    pub(super) label: u32,
    pub(super) log_probability: Option<f64>,
    /// The chance it was given itself.
    pub(super) confidence: Option<f64>,
}

/// What came true, like a guess; a label that is not known is none.
#[derive(Clone, Debug)]
pub(super) enum Truth {
    Numbers(Vec<f64>),
    Labels(Vec<Option<u32>>),
}

#[derive(Clone, Debug)]
pub(super) struct NumberScore {
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

#[derive(Clone, Debug)]
pub(super) struct ClassScore {
    all: ClassErrors,
    steps: Vec<ClassErrors>,
}

impl Score {
    pub(super) fn new(predicted: &Predicted) -> Self {
        if !predicted.classes {
            return Score::Numbers(NumberScore::new(predicted.targets.len(), predicted.steps));
        }
        let steps = vec![ClassErrors::default(); predicted.steps];
        Score::Classes(ClassScore { all: ClassErrors::default(), steps })
    }

    /// Takes in one row.
    pub(super) fn add(&mut self, guess: Guess, truth: &Truth, scalers: &[Scaler]) {
        match (self, guess, truth) {
            (Score::Numbers(score), Guess::Numbers(values), Truth::Numbers(truth)) => {
                score.add(values, truth, scalers);
            }
            (Score::Classes(score), Guess::Labels(labels), Truth::Labels(truth)) => {
                score.add(labels, truth);
            }
            _ => unreachable!("a target has one type"),
        }
    }

    /// Over all steps, which class was taken for which.
    pub(super) fn confusion(&self) -> Option<&Confusion> {
        match self {
            Score::Numbers(_) => None,
            Score::Classes(score) => Some(&score.all.confusion),
        }
    }

    /// The figures; overall ones in data units only where there is one target.
    pub(super) fn scores(&self, predicted: &Predicted) -> Scores {
        match self {
            Score::Numbers(score) => Scores::Numbers(score.scores(&predicted.targets)),
            Score::Classes(score) => Scores::Classes(ClassScores {
                target: predicted.targets[0].clone(),
                sequence: predicted.ahead,
                overall: score.all.figures(),
                horizon: score.steps.iter().map(ClassErrors::figures).collect(),
            }),
        }
    }
}

impl Pair {
    fn add(&mut self, value: f64, truth: f64, scaler: &Scaler) {
        let scale = |x: f64| (x - scaler.offset) / scaler.scale;
        self.data.add_beside(
            value,
            truth,
            if scaler.change > 0.0 { scaler.change } else { f64::NAN },
        );
        self.scaled.add(scale(value), scale(truth));
    }

    fn figures(&self) -> (Figures, Figures) {
        (self.data.figures(), self.scaled.figures())
    }
}

impl NumberScore {
    fn new(targets: usize, steps: usize) -> Self {
        let target = TargetErrors { all: Pair::default(), steps: vec![Pair::default(); steps] };
        Self { steps, targets: vec![target; targets], scaled: Errors::default() }
    }

    /// Takes in one row's values, `[targets x steps]`, beside the truth.
    fn add(&mut self, values: &[f64], truth: &[f64], scalers: &[Scaler]) {
        for (k, (target, scaler)) in self.targets.iter_mut().zip(scalers).enumerate() {
            for step in 0..self.steps {
                let (value, truth) = (values[k * self.steps + step], truth[k * self.steps + step]);
                if truth.is_nan() {
                    continue; // nothing is known of it
                }
                target.all.add(value, truth, scaler);
                target.steps[step].add(value, truth, scaler);
                let scale = |x: f64| (x - scaler.offset) / scaler.scale;
                self.scaled.add(scale(value), scale(truth));
            }
        }
    }

    fn scores(&self, names: &[String]) -> NumberScores {
        let target = |(name, t): (&String, &TargetErrors)| {
            let (data, scaled) = t.all.figures();
            let horizon = t.steps.iter().map(Pair::figures).collect();
            (name.clone(), TargetScores { data, scaled, horizon })
        };
        NumberScores {
            data: (self.targets.len() == 1).then(|| self.targets[0].all.data.figures()),
            scaled: self.scaled.figures(),
            targets: names.iter().zip(&self.targets).map(target).collect(),
        }
    }
}

impl ClassScore {
    /// Takes in one row's labels, one per step.
    fn add(&mut self, labels: &[LabelGuess], truth: &[Option<u32>]) {
        for ((guess, truth), step) in labels.iter().zip(truth).zip(&mut self.steps) {
            let Some(truth) = *truth else { continue };
            for errors in [&mut self.all, step] {
                errors.add(truth, guess.label, guess.log_probability);
                guess
                    .confidence
                    .into_iter()
                    .for_each(|c| errors.add_chance(c, guess.label == truth));
            }
        }
    }
}
