//! Rows used and left out, in the few lines a run starts with.

use std::fmt::Write;

use super::prepare::Prepared;
use crate::config::{Config, State};
use crate::text::thousands;

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
    if dataset.left_out > 0 {
        notes.push(format!(
            "{} rows in no part of the split, left out",
            thousands(dataset.left_out)
        ));
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
