//! Judging a model on rows it was not fitted on, beside the naive predictions.

mod baselines;
mod class_report;
mod coverage;
mod judge;
mod report;
mod rows;
mod run;
#[cfg(test)]
pub(crate) mod sample;
mod score;
mod scores;
mod verdict;

pub use class_report::{ClassLine, ClassReport, Mistake};
pub use coverage::{Coverage, Held};
pub use report::{Report, RowCounts, SeriesReport};
pub use rows::{NOT_LAST, OutputRow, Wanted};
pub use run::{Evaluated, Evaluation, valid_loss};
pub use scores::{ClassScores, NumberScores, Scores, TargetScores};
pub use verdict::{Standing, Verdict};
