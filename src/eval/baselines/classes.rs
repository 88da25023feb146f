//! The naive predictions of classes.

use super::Baseline;
use crate::data::{Classes, Encoder, Words};
use crate::eval::score::LabelGuess;
use crate::kernel::scalar::ln;

/// The label of a word: its class, or where it is none a number beyond them, its own.
pub(in crate::eval) fn label(words: &Words, classes: &Classes, word: u32) -> u32 {
    words.class(word).unwrap_or(classes.len() as u32 + word)
}

/// Guesses of classes.
pub(in crate::eval) struct ClassBaselines<'a> {
    encoder: &'a Encoder,
    classes: &'a Classes,
    rows: u64,
    most_frequent: u32,
}

impl<'a> ClassBaselines<'a> {
    pub(in crate::eval) fn new(encoder: &'a Encoder, classes: &'a Classes) -> Self {
        let most = classes.counts.iter().max().copied().unwrap_or_default();
        let first = classes.counts.iter().position(|&count| count == most).unwrap_or_default();
        let rows = classes.counts.iter().sum();
        Self { encoder, classes, rows, most_frequent: first as u32 }
    }

    /// The classes of the model.
    pub(in crate::eval) fn classes(&self) -> &'a Classes {
        self.classes
    }

    /// The guesses of one at `row`, one for each label that came true.
    pub(in crate::eval) fn guesses(
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
                confidence: None,
            },
            Baseline::OfTheWord | Baseline::Bigram => {
                self.in_context(step, words[place].of(word).unwrap_or_default(), truth)
            }
            _ => LabelGuess {
                label: self.most_frequent,
                log_probability: self.known(truth).map(|class| ln(self.share(class))),
                confidence: Some(self.share(self.most_frequent as usize)),
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
        let label = context.and_then(|context| context.usual(word)).unwrap_or(self.most_frequent);
        LabelGuess {
            label,
            log_probability: self.known(truth).map(|class| ln(chance(class))),
            confidence: Some(chance(label as usize)),
        }
    }
}
