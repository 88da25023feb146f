//! How many words and labels the train rows did not know.

use crate::data::{Encoder, Unknown};
use crate::error::shown;
use crate::text::{counted, thousands};

/// One sentence for each column that has unknown words.
pub(super) fn sentences(encoder: &Encoder, unknown: &[Unknown]) -> Vec<String> {
    let found = unknown.iter().filter(|unknown| unknown.unknown > 0);
    let sentence = |unknown: &Unknown| {
        let column = shown(&encoder.roles.columns[unknown.column]);
        format!(
            "{} of column {column} {} unknown to the model",
            share(unknown, "word"),
            be(unknown)
        )
    };
    found.map(sentence).collect()
}

/// A sentence where there are labels that are no class of the model.
pub(super) fn label_sentence(unknown: Option<Unknown>) -> Option<String> {
    let unknown = unknown.filter(|unknown| unknown.unknown > 0)?;
    let count = if unknown.unknown == 1 { "counts" } else { "count" };
    let share = share(&unknown, "label");
    Some(format!("{share} {} unknown to the model, and {count} as wrong", be(&unknown)))
}

/// `1,234 of 40,000 words (3.1 %)`
pub(super) fn share(unknown: &Unknown, what: &str) -> String {
    let percent = 100.0 * unknown.share();
    format!("{} of {} ({percent:.1} %)", thousands(unknown.unknown), counted(unknown.of, what))
}

fn be(unknown: &Unknown) -> &'static str {
    if unknown.unknown == 1 { "is" } else { "are" }
}
