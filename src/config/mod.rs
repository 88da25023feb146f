//! From the text of a config file to values that cannot contradict each other.

mod types;

pub use types::*;
