//! The model's prediction and the naive ones at each row, beside what came true.

use super::baselines::{Baseline, ClassBaselines, label};
use super::class_report::ClassReport;
use super::score::{Guess, LabelGuess, Predicted, Score, Truth};
use super::scores::Scores;
use crate::data::{Encoder, Scaler, ScalerSet, Words};
use crate::optim::Loss;
use crate::serve::Prediction;

/// Adds up errors, row by row.
pub(super) struct Judge<'a> {
    encoder: &'a Encoder,
    predicted: Predicted,
    kinds: Vec<Baseline>,
    classes: Option<ClassBaselines<'a>>,
    all: Scored,
    series: Vec<Scored>,
}

/// A row that was predicted.
pub(super) struct JudgedRow<'a> {
    /// `[columns]`
    pub(super) values: &'a [f64],
    /// Of each column.
    pub(super) words: &'a [Words],
    pub(super) scalers: &'a ScalerSet,
    /// What came true, `[targets x steps]`: of a category the number of the word.
    pub(super) truth: &'a [f64],
}

/// The errors of the model and of each naive prediction.
#[derive(Clone)]
struct Scored {
    model: Score,
    naive: Vec<Score>,
}

impl Scored {
    fn add(&mut self, guess: Guess, naive: &[Guess], truth: &Truth, scalers: &[Scaler]) {
        self.model.add(guess, truth, scalers);
        for (score, guess) in self.naive.iter_mut().zip(naive) {
            score.add(*guess, truth, scalers);
        }
    }
}

impl<'a> Judge<'a> {
    /// For so many series that have figures of their own.
    pub(super) fn new(encoder: &'a Encoder, series: usize) -> Self {
        let roles = &encoder.roles;
        let predicted = Predicted {
            targets: roles.targets.iter().map(|&place| roles.columns[place].clone()).collect(),
            steps: encoder.steps,
            ahead: encoder.lead > 0,
            classes: encoder.classes().is_some(),
        };
        let (kinds, score) = (Baseline::all(encoder), Score::new(&predicted));
        let all = Scored { model: score.clone(), naive: vec![score; kinds.len()] };
        Self {
            encoder,
            predicted,
            kinds,
            classes: encoder.classes().map(|classes| ClassBaselines::new(encoder, classes)),
            series: vec![all.clone(); series],
            all,
        }
    }

    /// Takes in the prediction at a row of a series, and the naive ones.
    pub(super) fn add(&mut self, prediction: &Prediction, row: &JudgedRow, series: usize) {
        match &self.classes {
            None => self.add_numbers(prediction, row, series),
            Some(naive) => {
                let words = self.encoder.target_words(row.words);
                let known = |word: &&f64| !word.is_nan();
                let label = |word: &f64| label(words, naive.classes(), *word as u32);
                let truth = row.truth.iter().map(|word| Some(word).filter(known).map(label));
                let truth: Vec<Option<u32>> = truth.collect();
                let guesses = self.kinds.iter();
                let guesses =
                    guesses.map(|&kind| naive.guesses(kind, row.values, row.words, &truth));
                let guesses: Vec<Vec<LabelGuess>> = guesses.collect();
                let naive: Vec<Guess> =
                    guesses.iter().map(|labels| Guess::Labels(labels)).collect();
                let model = model_guesses(prediction, &truth);
                self.sum(series, Guess::Labels(&model), &naive, &Truth::Labels(truth), row);
            }
        }
    }

    fn add_numbers(&mut self, prediction: &Prediction, row: &JudgedRow, series: usize) {
        let values: Vec<f64> = prediction.values.iter().map(|&v| f64::from(v)).collect();
        let guess = |kind: &Baseline| {
            let mut values = vec![0.0; row.truth.len()];
            kind.numbers(self.encoder, row.values, row.scalers, &mut values);
            values
        };
        let guesses: Vec<Vec<f64>> = self.kinds.iter().map(guess).collect();
        let naive: Vec<Guess> = guesses.iter().map(|values| Guess::Numbers(values)).collect();
        let truth = Truth::Numbers(row.truth.to_vec());
        self.sum(series, Guess::Numbers(&values), &naive, &truth, row);
    }

    fn sum(
        &mut self,
        series: usize,
        model: Guess,
        naive: &[Guess],
        truth: &Truth,
        row: &JudgedRow,
    ) {
        let own = self.series.get_mut(series);
        for scored in [&mut self.all].into_iter().chain(own) {
            scored.add(model, naive, truth, &row.scalers.targets);
        }
    }

    /// The naive predictions.
    pub(super) fn kinds(&self) -> &[Baseline] {
        &self.kinds
    }

    /// The model's scores.
    pub(super) fn model(&self) -> Scores {
        self.all.model.scores(&self.predicted)
    }

    /// (key, scores) of each naive prediction.
    pub(super) fn baselines(&self) -> Vec<(String, Scores)> {
        let scores = |(kind, score): (&Baseline, &Score)| {
            (kind.key().to_owned(), score.scores(&self.predicted))
        };
        self.kinds.iter().zip(&self.all.naive).map(scores).collect()
    }

    /// The scores on one series, the model's and those of one naive prediction, where there are any.
    pub(super) fn series(&self, series: usize, baseline: usize) -> Option<(Scores, Scores)> {
        let own = self.series.get(series)?;
        let scores = |score: &Score| score.scores(&self.predicted);
        Some((scores(&own.model), scores(&own.naive[baseline])))
    }

    /// What became of each class.
    pub(super) fn classes(&self) -> Option<ClassReport> {
        let confusion = self.all.model.confusion()?;
        Some(ClassReport::new(&self.encoder.classes()?.labels, confusion))
    }
}

/// The model's labels, with ln of the chance it gave each that came true.
fn model_guesses(prediction: &Prediction, truth: &[Option<u32>]) -> Vec<LabelGuess> {
    let alike = vec![1.0; prediction.outputs.len() / truth.len()];
    let loss = Loss::of_classes(&alike, 1.0);
    let outputs = prediction.outputs.chunks_exact(alike.len());
    let steps = outputs.zip(&prediction.values).zip(truth);
    let guess = |((outputs, &value), &truth): ((&[f32], &f32), &Option<u32>)| {
        let class = truth.filter(|&class| (class as usize) < alike.len());
        let loss = class.and_then(|class| loss.step(outputs, &[class as f32], None));
        LabelGuess { label: value as u32, log_probability: loss.map(|l| -l) }
    };
    steps.map(guess).collect()
}
