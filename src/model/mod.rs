//! model

pub mod cell;
