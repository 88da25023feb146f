//! Judging a model on rows it was not fitted on, beside the naive prediction.

mod baselines;
mod report;
mod rows;
mod run;
#[cfg(test)]
pub(crate) mod sample;
mod score;
mod verdict;

pub use report::{Report, RowCounts, Scores, SeriesReport, TargetScores};
pub use rows::{OutputRow, Wanted};
pub use run::{Evaluated, Evaluation, valid_loss};
pub use verdict::{Standing, Verdict};
