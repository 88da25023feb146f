//! Everything on disk but the data: the one writer, the container of models and checkpoints, and the
//! run folder with its lock. Knows bytes, names and tensors; what they mean is for others to say.

// With a planted writer the good one stands idle.
#![cfg_attr(feature = "naive-writer", allow(dead_code, unused_imports))]

pub mod atomic;
pub mod container;
pub mod lock;
pub mod metrics_log;
pub mod run;
pub mod sha256;

mod disk;
mod find;
#[cfg(feature = "naive-writer")]
mod naive;
mod rotate;
mod text;

mod checkpoint;
mod model_file;

pub use atomic::{remove_leftovers, write as write_file};
pub use checkpoint::{Checkpoint, DataFile, Origin, to_bytes as checkpoint_bytes};
pub use find::{newest as newest_run, newest_in, resolve_model};
pub use metrics_log::{MetricsLog, append as append_log, read as read_metrics};
pub use model_file::{Model, TrainedOn, architecture};
pub use run::{Locking, RunFolder, holds_run, probe as probe_for_run};
