//! Recurrent sequence models on CSV time series: training, honest evaluation and live prediction.
//!
//! The rooms stand in import order; each may use those before it. See `ARCHITECTURE.md`.

pub mod error;
pub mod suggest;

pub mod random;
pub mod text;

pub mod terminal;

pub mod config;
pub mod kernel;
pub mod model;

pub mod data;
pub mod optim;

pub mod metrics;
pub mod serve;

pub mod eval;
pub mod train;

pub mod store;

pub mod progress;

pub mod job;

pub mod cli;
