//! Everything on disk but the data: the one writer, the container of models and checkpoints, and the
//! run folder with its lock. Knows bytes, names and tensors; what they mean is for others to say.

pub mod atomic;
pub mod container;
pub mod lock;
pub mod metrics_log;
pub mod run;
pub mod sha256;

mod disk;
mod find;
mod rotate;
mod text;

pub use find::{newest, newest_in, resolve_model};
