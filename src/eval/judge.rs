//! The model's prediction and what it is compared with at each row, beside what came true.

use std::ops::Range;

use super::baselines::{Baseline, ClassBaselines, NumberBaselines, Origin, label};
use super::blocks::{Blocks, Gain};
use super::class_report::ClassReport;
use super::report::{BaselineReport, TargetGains};
use super::row_errors::RowErrors;
use super::run::Beside;
use super::score::{Guess, LabelGuess, Predicted, Score, Truth};
use super::scores::Scores;
use crate::data::{Encoder, Scaler, Words};
use crate::optim::Loss;
use crate::serve::Prediction;

/// Adds up errors, row by row.
pub(super) struct Judge<'a> {
    encoder: &'a Encoder,
    predicted: Predicted,
    kinds: Vec<Baseline>,
    numbers: NumberBaselines<'a>,
    classes: Option<ClassBaselines<'a>>,
    /// What each of `kinds` gives at the row.
    guesses: Vec<Guesses>,
    errors: RowErrors,
    blocks: Blocks,
    all: Scored,
    series: Vec<Scored>,
    /// How far apart two rows of a series stand.
    apart: Apart,
}

/// What a baseline gives at a row.
#[derive(Clone, Debug)]
pub enum Guesses {
    /// `[targets x steps]`, in data units.
    Numbers(Vec<f64>),
    /// Of each step: a class, or where it is none the number of the word behind them.
    Labels(Vec<u32>),
}

/// A row that was predicted.
pub(super) struct JudgedRow<'a> {
    /// Where it stands.
    pub(super) origin: Origin<'a>,
    /// Of each column.
    pub(super) words: &'a [Words],
    /// What came true, `[targets x steps]`: of a category the number of the word.
    pub(super) truth: &'a [f64],
}

/// The errors of the model and of each baseline.
#[derive(Clone)]
struct Scored {
    model: Score,
    beside: Vec<Score>,
}

/// How many scored rows there are on average from one of a series to its next.
struct Apart {
    last: Vec<u64>,
    rows: u64,
    sum: u64,
    pairs: u64,
}

impl Apart {
    fn add(&mut self, series: usize) {
        self.rows += 1;
        if self.last.len() <= series {
            self.last.resize(series + 1, 0);
        }
        let last = std::mem::replace(&mut self.last[series], self.rows);
        if last > 0 {
            self.sum += self.rows - last;
            self.pairs += 1;
        }
    }

    fn mean(&self) -> f64 {
        self.sum.max(1) as f64 / self.pairs.max(1) as f64
    }
}

impl Scored {
    fn add(&mut self, model: Guess, beside: &[Guess], truth: &Truth, scalers: &[Scaler]) {
        self.model.add(model, truth, scalers);
        for (score, guess) in self.beside.iter_mut().zip(beside) {
            score.add(*guess, truth, scalers);
        }
    }
}

impl<'a> Judge<'a> {
    /// For so many series that have figures of their own; beside nothing where only the model's figures are asked for.
    pub(super) fn new(encoder: &'a Encoder, beside: Option<Beside>, series: usize) -> Self {
        let roles = &encoder.roles;
        let predicted = Predicted {
            targets: roles.targets.iter().map(|&place| roles.columns[place].clone()).collect(),
            steps: encoder.steps,
            ahead: encoder.lead > 0,
            classes: encoder.classes().is_some(),
        };
        let season = beside.and_then(|beside| beside.season);
        let kinds = beside.map_or_else(Vec::new, |_| Baseline::naive(encoder, season));
        let score = Score::new(&predicted);
        let all = Scored { model: score.clone(), beside: vec![score; kinds.len()] };
        let errors = RowErrors::new(&predicted, 1 + kinds.len());
        Self {
            encoder,
            numbers: NumberBaselines { encoder, season },
            classes: encoder.classes().map(|classes| ClassBaselines::new(encoder, classes)),
            guesses: Vec::new(),
            blocks: Blocks::new(&errors),
            errors,
            series: vec![all.clone(); series],
            all,
            predicted,
            kinds,
            apart: Apart { last: Vec::new(), rows: 0, sum: 0, pairs: 0 },
        }
    }

    /// What the baselines give at a row.
    pub(super) fn guess(&mut self, row: &JudgedRow) {
        let (numbers, width) = (&self.numbers, row.truth.len());
        self.guesses = match &self.classes {
            None => {
                let guess = |&kind: &Baseline| {
                    let mut values = vec![0.0; width];
                    numbers.fill(kind, row.origin, &mut values);
                    Guesses::Numbers(values)
                };
                self.kinds.iter().map(guess).collect()
            }
            Some(naive) => {
                let values = row.origin.series.row(row.origin.row);
                let labels = |&kind: &Baseline| {
                    let guesses = naive.guesses(kind, values, row.words, &vec![None; width]);
                    Guesses::Labels(guesses.iter().map(|guess| guess.label).collect())
                };
                self.kinds.iter().map(labels).collect()
            }
        };
    }

    /// What each baseline gave at the row last guessed.
    pub(super) fn guesses(&self) -> &[Guesses] {
        &self.guesses
    }

    /// The errors that decide at the row last added: the model's and those of each baseline.
    pub(super) fn deciding(&self) -> Vec<f64> {
        self.errors.deciding().collect()
    }

    /// Takes in the prediction at a row of a series, beside what was guessed there.
    pub(super) fn add(&mut self, prediction: &Prediction, row: &JudgedRow, series: usize) {
        match &self.classes {
            None => {
                let values: Vec<f64> = prediction.values.iter().map(|&v| f64::from(v)).collect();
                let guesses = std::mem::take(&mut self.guesses);
                let beside = guesses.iter().filter_map(|guess| match guess {
                    Guesses::Numbers(values) => Some(Guess::Numbers(values)),
                    Guesses::Labels(_) => None,
                });
                let beside: Vec<Guess> = beside.collect();
                let truth = Truth::Numbers(row.truth.to_vec());
                self.sum(series, Guess::Numbers(&values), &beside, &truth, row);
                self.guesses = guesses;
            }
            Some(naive) => {
                let words = self.encoder.target_words(row.words);
                let known = |word: &&f64| !word.is_nan();
                let label = |word: &f64| label(words, naive.classes(), *word as u32);
                let truth = row.truth.iter().map(|word| Some(word).filter(known).map(label));
                let truth: Vec<Option<u32>> = truth.collect();
                let values = row.origin.series.row(row.origin.row);
                let guesses = self.kinds.iter();
                let guesses = guesses.map(|&kind| naive.guesses(kind, values, row.words, &truth));
                let guesses: Vec<Vec<LabelGuess>> = guesses.collect();
                let beside: Vec<Guess> =
                    guesses.iter().map(|labels| Guess::Labels(labels)).collect();
                let model = model_guesses(prediction, &truth);
                self.sum(series, Guess::Labels(&model), &beside, &Truth::Labels(truth), row);
            }
        }
    }

    fn sum(
        &mut self,
        series: usize,
        model: Guess,
        beside: &[Guess],
        truth: &Truth,
        row: &JudgedRow,
    ) {
        let scalers = &row.origin.scalers.targets;
        let own = self.series.get_mut(series);
        for scored in [&mut self.all].into_iter().chain(own) {
            scored.add(model, beside, truth, scalers);
        }
        let guesses = [model].into_iter().chain(beside.iter().copied());
        self.errors.set(&self.predicted, guesses, truth, scalers);
        if !self.kinds.is_empty() {
            self.blocks.add(&self.errors);
            self.apart.add(series);
        }
    }

    /// The model's scores.
    pub(super) fn model(&self) -> Scores {
        self.all.model.scores(&self.predicted)
    }

    /// What the model is compared with.
    pub(super) fn baselines(&self) -> Vec<BaselineReport> {
        // Errors are alike as long as forecasts overlap, and from one season to the next.
        let alike = self.predicted.steps.max(self.numbers.season.unwrap_or(1));
        let alike = (alike as f64 * self.apart.mean()).round() as u64;
        let (steps, targets) = (self.predicted.steps, self.predicted.targets.len());
        // What decides, each target over all steps, each step of each target.
        let whole = (0..targets).map(|k| k * steps..(k + 1) * steps);
        let one = |at: usize| at..at + 1;
        let places = [one(steps * targets)].into_iter().chain(whole);
        let places: Vec<Range<usize>> = places.chain((0..steps * targets).map(one)).collect();
        let report = |(k, (&baseline, score)): (usize, (&Baseline, &Score))| {
            let gains = self.blocks.gains(1 + k, &places, alike, self.classes.is_none());
            let (whole, steps_of) = gains[1..].split_at(targets);
            let target = |(k, &all): (usize, &Gain)| TargetGains {
                all,
                horizon: steps_of[k * steps..(k + 1) * steps].to_vec(),
            };
            BaselineReport {
                baseline,
                scores: score.scores(&self.predicted),
                gain: gains[0],
                targets: whole.iter().enumerate().map(target).collect(),
            }
        };
        self.kinds.iter().zip(&self.all.beside).enumerate().map(report).collect()
    }

    /// The scores on one series, the model's and those of one baseline, where there are any.
    pub(super) fn series(&self, series: usize, baseline: usize) -> Option<(Scores, Scores)> {
        let own = self.series.get(series)?;
        let scores = |score: &Score| score.scores(&self.predicted);
        Some((scores(&own.model), scores(own.beside.get(baseline)?)))
    }

    /// What became of each class.
    pub(super) fn classes(&self) -> Option<ClassReport> {
        let confusion = self.all.model.confusion()?;
        Some(ClassReport::new(&self.encoder.classes()?.labels, confusion))
    }
}

/// The model's labels, with ln of the chance it gave each that came true.
fn model_guesses(prediction: &Prediction, truth: &[Option<u32>]) -> Vec<LabelGuess> {
    let classes = prediction.outputs.len() / truth.len();
    let alike = vec![1.0; classes];
    let loss = Loss::of_classes(&alike, 1.0);
    let guess = |(step, truth): (usize, &Option<u32>)| {
        let places = step * classes..(step + 1) * classes;
        let (outputs, chances) =
            (&prediction.outputs[places.clone()], &prediction.probabilities[places]);
        let label = prediction.values[step] as usize;
        let class = truth.filter(|&class| (class as usize) < classes);
        let loss = class.and_then(|class| loss.step(outputs, &[class as f32], None));
        LabelGuess {
            label: label as u32,
            log_probability: loss.map(|l| -l),
            confidence: Some(f64::from(chances[label])),
        }
    };
    truth.iter().enumerate().map(guess).collect()
}
