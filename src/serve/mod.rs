//! The prediction at row t: the one room that knows which rows it reads. Evaluation pushes a table through
//! it, the live stream pushes rows as they come; the bits are the same.

mod adaptive;
mod calibration;
mod in_order;
mod plan;
mod prediction;
mod predictor;
mod size;
mod worker;

pub use calibration::{Calibration, rank, rows_needed, score};
pub use in_order::InOrder;
pub use plan::Plan;
pub use prediction::{Answer, Prediction};
pub use predictor::{Predictor, WordsOf};
pub use size::BlockShape;
pub use worker::OUTPUTS;
