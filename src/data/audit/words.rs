//! What a column of words holds: how many different ones, the commonest, those that the train rows do not know.

use super::Audited;
use crate::data::{PartRows, Unknown};

/// One column of words over the train rows.
#[derive(Clone, Debug, PartialEq)]
pub struct WordProfile {
    /// Different words in the train rows.
    pub distinct: u64,
    /// The commonest of them, the first of equals by its bytes.
    pub commonest: String,
    /// Its share of the train rows.
    pub share: f64,
    /// Of the validation rows what the model does not know.
    pub valid: Option<Unknown>,
    /// Of the test rows.
    pub test: Option<Unknown>,
}

impl WordProfile {
    /// Of a column of words.
    pub(super) fn new(audited: &Audited, column: usize) -> Self {
        let Audited { dataset, encoder, .. } = audited;
        let words = &dataset.train.table.words[column];
        let mut counts = vec![0u64; words.len()];
        dataset.train.values(column).for_each(|word| counts[word as usize] += 1);
        let all: u64 = counts.iter().sum();
        let texts: Vec<&str> = words.texts().collect();
        let counted = texts.into_iter().zip(&counts).filter(|(_, count)| **count > 0);
        let commonest = counted.clone().max_by(|a, b| a.1.cmp(b.1).then(b.0.cmp(a.0)));
        let (commonest, count) = commonest.map_or(("", 0), |(text, count)| (text, *count));
        let of = |part: Option<&PartRows>| {
            let found =
                part?.unknown_words(encoder).into_iter().chain(part?.unknown_labels(encoder));
            found.into_iter().find(|unknown| unknown.column == column)
        };
        Self {
            distinct: counted.count() as u64,
            commonest: commonest.to_owned(),
            share: count as f64 / all.max(1) as f64,
            valid: of(dataset.valid.as_ref()),
            test: of(dataset.test.as_ref()),
        }
    }
}
