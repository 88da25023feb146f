//! What became of empty cells, and of rows that were left out, in sentences.

use crate::data::{EmptyCells, Why};
use crate::text::counted;

/// A sentence for each kind that there is.
pub(super) fn sentences(empty: &EmptyCells, dropped: &[(Why, u64)]) -> Vec<String> {
    let cells = [
        (empty.filled, "filled with the last value of the column"),
        (empty.masked, "marked as empty; of numbers the last one of the column stands there"),
        (empty.interpolated, "filled in between their neighbours"),
        (empty.absent, "of targets: no loss and no score comes from them"),
    ];
    let cells = cells.into_iter().filter(|(count, _)| *count > 0);
    let mut sentences: Vec<String> =
        cells.map(|(count, what)| format!("{} {what}", counted(count, "empty cell"))).collect();
    for (why, count) in dropped {
        if *why != Why::Plan {
            let rows = why.counted(*count);
            sentences.push(format!("{rows} left out, without a prediction"));
        }
    }
    sentences
}
