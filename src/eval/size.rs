//! What a report takes while it is made, about, for estimates of memory.

use super::blocks::{DRAWS, LEAST_BLOCKS, most_stretches};
use crate::data::{Encoder, PartRows};

/// The model and what it is compared with, in most cases.
const PREDICTORS: u128 = 4;
/// Stretches of a block that is drawn, at least about.
const LENGTH: u128 = 8;
/// Bytes of the sums of an output, in the data's units and scaled.
const SUMS: u128 = 150;
/// Bytes of a row's place.
const PLACE: u128 = 24;

/// Bytes for the rows of a part: sums of each output, of each series that has figures of its own, and stretches of rows
/// for the bootstrap.
pub fn report_bytes(encoder: &Encoder, part: &PartRows, scored: u64) -> u128 {
    let outputs =
        if encoder.classes().is_some() { encoder.steps } else { encoder.outputs() } as u128;
    let series = match (part.table.series.len() as u128, encoder.classes()) {
        (0 | 1, _) | (_, Some(_)) => 0,
        (series, None) => series,
    };
    let numbers = PREDICTORS * (outputs + 1);
    let stretches = u128::from(scored).min(most_stretches(numbers as usize) as u128);
    let blocks = 8 * numbers * stretches;
    let drawn = 4 * DRAWS as u128 * (stretches / LENGTH).max(u128::from(LEAST_BLOCKS));
    let places = PLACE * part.table.series_of_row.len() as u128;
    PREDICTORS * (series + 1) * outputs * SUMS + blocks + drawn + places
}
