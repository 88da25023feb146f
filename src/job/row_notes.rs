//! Rows used and left out, in the few lines a run starts with.

use std::fmt::Write;

use super::prepare::Prepared;
use super::unknown::share;
use crate::config::{Config, State};
use crate::error::shown;
use crate::text::{counted, thousands};

/// One note for the train rows, one for those held out, one for the others, as far as there are any.
pub(super) fn row_notes(config: &Config, prepared: &Prepared) -> Vec<String> {
    let dataset = &prepared.dataset;
    let (used, left_out) = prepared.row_counts(config);
    let mut train = format!("{} train rows", thousands(dataset.train.rows()));
    for (reason, count) in left_out {
        let _ = write!(train, ", {} of them no input ({reason})", thousands(count));
    }
    let (count, unit) = sequences(config, prepared, used);
    let _ = write!(train, ": {} {unit}", thousands(count));
    let mut notes = vec![train];
    let parts: Vec<String> = ["valid", "test"]
        .into_iter()
        .filter_map(|name| {
            let part = dataset.part(name)?;
            let scored = thousands(prepared.scored(config, name));
            Some(format!("{} {name} rows, {scored} predictions scored", thousands(part.rows())))
        })
        .collect();
    if !parts.is_empty() {
        notes.push(parts.join("; "));
    }
    if let Some([first, second]) = prepared.valid_halves(config) {
        let half = |(rows, scored): (u64, u64)| {
            format!("{} ({} predictions)", thousands(rows), thousands(scored))
        };
        notes.push(format!(
            "of the valid rows the first {} choose the best epoch, the other {} calibrate the intervals",
            half(first),
            half(second)
        ));
    }
    notes.extend(words(prepared));
    if dataset.left_out > 0 {
        notes.push(format!(
            "{} rows in no part of the split, left out",
            thousands(dataset.left_out)
        ));
    }
    notes
}

/// How many words there are, and of the parts held out what the train rows did not know of them.
fn words(prepared: &Prepared) -> Vec<String> {
    let (dataset, encoder) = (&prepared.dataset, &prepared.encoder);
    let parts =
        || ["valid", "test"].into_iter().filter_map(|name| Some((name, dataset.part(name)?)));
    let unknown: Vec<_> = parts().map(|(name, part)| (name, part.unknown_words(encoder))).collect();
    let mut notes = Vec::new();
    for (k, vocabulary) in encoder.vocabularies.inputs.iter().enumerate() {
        let known = counted(vocabulary.words.entries().len() as u64, "word");
        let mut note = format!("column {}: {known}", shown(&vocabulary.column));
        for (name, unknown) in &unknown {
            if unknown[k].unknown > 0 {
                let _ = write!(note, ", {} unknown", share(&unknown[k], &format!("{name} word")));
            }
        }
        notes.push(note);
    }
    if let Some(classes) = encoder.classes() {
        let target = shown(&encoder.roles.columns[encoder.roles.targets[0]]);
        let mut note = format!("target {target}: {} classes", thousands(classes.len() as u64));
        for (name, part) in parts() {
            let unknown = part.unknown_labels(encoder).filter(|unknown| unknown.unknown > 0);
            let share = unknown.map(|unknown| share(&unknown, &format!("{name} label")));
            share.into_iter().for_each(|share| note += &format!(", {share} unknown"));
        }
        notes.push(note);
    }
    notes
}

/// What an epoch is made of.
fn sequences(config: &Config, prepared: &Prepared, used: u64) -> (u64, &'static str) {
    match (config.training.state, config.data.window) {
        (State::Carry { .. }, _) => (used, "rows in chunks that hand their state on"),
        (State::Reset, Some(_)) => (prepared.windows(config).count(), "windows"),
        (State::Reset, None) => (prepared.windows(config).count(), "whole series"),
    }
}
