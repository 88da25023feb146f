//! Judging a model on rows it was not fitted on, beside the naive predictions.

mod baselines;
mod blocks;
mod class_report;
mod coverage;
mod judge;
mod paired;
mod pooled;
mod report;
mod ridge;
mod row_errors;
mod rows;
mod run;
#[cfg(test)]
pub(crate) mod sample;
mod score;
mod scores;
mod size;
mod verdict;
#[cfg(test)]
mod verdict_tests;

pub use baselines::Baseline;
pub use blocks::{DRAWS, Gain};
pub use class_report::{ClassLine, ClassReport, Mistake};
pub use coverage::{Coverage, Held};
pub use judge::Guesses;
pub use paired::Difference;
pub use report::{BaselineReport, Report, RowCounts, SeriesReport, TargetGains};
pub use ridge::{Ridge, RidgeBytes};
pub use rows::{NOT_LAST, OutputRow, Wanted};
pub use run::{Beside, Evaluated, Evaluation, NO_TRUTH, valid_loss};
pub use scores::{ClassScores, NumberScores, Scores, TargetScores};
pub use size::report_bytes;
pub use verdict::{Standing, Verdict};
