//! Fitting: epochs over the training windows, one update after another. Prints nothing, opens no file, reads
//! no clock; it tells an [`Observer`] what happens and does what that one says.

mod batch;
mod chunks;
mod epoch_end;
mod events;
mod guard;
mod health;
mod non_finite;
mod order;
#[cfg(feature = "worker-panic")]
mod planted;
mod progress;
mod step;
mod team;
mod trainer;

pub use chunks::outputs_at_once;
pub use events::{Control, EpochRecord, Event, Observer, Outcome};
pub use non_finite::{Fault, NonFinite, Pass};
pub use progress::{Best, EpochSums, Progress};
pub use step::{Workspace, rows_together};
pub use trainer::Trainer;
