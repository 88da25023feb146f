//! What a prediction has to beat.

use super::score::LabelGuess;
use crate::data::{Classes, Encoder, ScalerSet, Words};
use crate::kernel::scalar::ln;

/// A naive prediction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Baseline {
    /// A forecast that repeats the last known value.
    LastValue,
    /// The mean of the train rows (of the series, where scalers are per series).
    TrainMean,
    /// The most frequent class of the train rows; its chances are their shares.
    MostFrequent,
    /// The most frequent class of the word at the same row.
    OfTheWord,
    /// The shares of the classes, for a forecast.
    Unigram,
    /// The shares of the classes after the one at the row.
    Bigram,
}

impl Baseline {
    /// Those of a task.
    pub(super) fn all(encoder: &Encoder) -> Vec<Self> {
        use Baseline::*;
        let context = !encoder.vocabularies.contexts.is_empty();
        match (encoder.classes().is_some(), encoder.lead > 0) {
            (false, true) => vec![LastValue],
            (false, false) => vec![TrainMean],
            (true, true) => vec![LastValue, Unigram, Bigram],
            (true, false) if context => vec![OfTheWord, MostFrequent],
            (true, false) => vec![MostFrequent],
        }
    }

    /// Its key in JSON.
    pub(super) fn key(self) -> &'static str {
        match self {
            Baseline::LastValue => "last_value",
            Baseline::TrainMean => "train_mean",
            Baseline::MostFrequent => "most_frequent",
            Baseline::OfTheWord => "most_frequent_of_word",
            Baseline::Unigram => "unigram",
            Baseline::Bigram => "bigram",
        }
    }

    /// What it does, in words.
    pub(super) fn doing(self) -> &'static str {
        match self {
            Baseline::LastValue => "repeating the last value",
            Baseline::TrainMean => "always giving the mean of the train rows",
            Baseline::MostFrequent => "always giving the most frequent class",
            Baseline::OfTheWord => "giving each word its most frequent class",
            Baseline::Unigram => "going by how frequent each class is",
            Baseline::Bigram => "going by what usually comes after the last value",
        }
    }

    /// The values of one for numbers at `row` (`[columns]`), `[targets x steps]`.
    pub(super) fn numbers(
        self,
        encoder: &Encoder,
        row: &[f64],
        scalers: &ScalerSet,
        values: &mut [f64],
    ) {
        for (k, &place) in encoder.roles.targets.iter().enumerate() {
            let mean = scalers.targets[k].mean;
            let value = match self {
                Baseline::LastValue if !row[place].is_nan() => row[place],
                _ => mean,
            };
            values[k * encoder.steps..(k + 1) * encoder.steps].fill(value);
        }
    }
}

/// The label of a word: its class, or where it is none a number beyond them, its own.
pub(super) fn label(words: &Words, classes: &Classes, word: u32) -> u32 {
    words.class(word).unwrap_or(classes.len() as u32 + word)
}

/// Guesses of classes.
pub(super) struct ClassBaselines<'a> {
    encoder: &'a Encoder,
    classes: &'a Classes,
    rows: u64,
    most_frequent: u32,
}

impl<'a> ClassBaselines<'a> {
    pub(super) fn new(encoder: &'a Encoder, classes: &'a Classes) -> Self {
        let most = classes.counts.iter().max().copied().unwrap_or_default();
        let first = classes.counts.iter().position(|&count| count == most).unwrap_or_default();
        let rows = classes.counts.iter().sum();
        Self { encoder, classes, rows, most_frequent: first as u32 }
    }

    /// The classes of the model.
    pub(super) fn classes(&self) -> &'a Classes {
        self.classes
    }

    /// The guesses of one at `row`, one for each label that came true.
    pub(super) fn guesses(
        &self,
        baseline: Baseline,
        row: &[f64],
        words: &[Words],
        truth: &[Option<u32>],
    ) -> Vec<LabelGuess> {
        let roles = &self.encoder.roles;
        let context_place = match baseline {
            Baseline::OfTheWord => roles.words().next(),
            _ => Some(roles.targets[0]),
        };
        let place = context_place.unwrap_or(roles.targets[0]);
        let word = row[place];
        let guess = |(step, &truth): (usize, &Option<u32>)| match baseline {
            Baseline::LastValue => LabelGuess {
                label: match word.is_nan() {
                    true => self.most_frequent,
                    false => label(&words[place], self.classes, word as u32),
                },
                log_probability: None, // it has none
            },
            Baseline::OfTheWord | Baseline::Bigram => {
                self.in_context(step, words[place].of(word).unwrap_or_default(), truth)
            }
            _ => LabelGuess {
                label: self.most_frequent,
                log_probability: self.known(truth).map(|class| ln(self.share(class))),
            },
        };
        truth.iter().enumerate().map(guess).collect()
    }

    fn known(&self, label: Option<u32>) -> Option<usize> {
        label.map(|label| label as usize).filter(|&class| class < self.classes.len())
    }

    /// The share of a class among the train rows, each class counted once more than it is there.
    fn share(&self, class: usize) -> f64 {
        (self.classes.counts[class] + 1) as f64 / (self.rows + self.classes.len() as u64) as f64
    }

    /// Shares among the rows of a word, with one row more that is dealt by the shares among all rows.
    fn in_context(&self, step: usize, word: &str, truth: Option<u32>) -> LabelGuess {
        let context = self.encoder.vocabularies.contexts.get(step);
        let counts = context.map_or(&[][..], |context| context.of(word));
        let rows: u64 = counts.iter().map(|(_, rows)| rows).sum();
        let chance = |class: usize| {
            let own = counts.iter().find(|(known, _)| *known as usize == class);
            (own.map_or(0.0, |(_, rows)| *rows as f64) + self.share(class)) / (rows + 1) as f64
        };
        LabelGuess {
            label: context.and_then(|context| context.usual(word)).unwrap_or(self.most_frequent),
            log_probability: self.known(truth).map(|class| ln(chance(class))),
        }
    }
}
