//! One file per thing a user asks for. Jobs open files and tell an observer what happens; they print nothing.

mod advice;
mod bench;
mod check;
mod empty_cells;
mod evaluate;
mod fit;
mod init;
mod init_from;
mod labels;
mod memory;
mod nan_report;
mod predict;
mod prepare;
mod recorder;
mod resume;
mod row_notes;
mod rows_out;
mod timing;
mod unknown;
mod verify_resume;

pub use bench::bench;
pub use check::{check, check_json};
pub use evaluate::{EvaluateOptions, Judged, evaluate};
pub use fit::{FitOptions, FitResult, fit};
pub use init::{InitOptions, below_here, init};
pub use predict::{Format, OnBadRow, PredictOptions, predict};
pub use resume::resume;
pub use verify_resume::verify_resume;
