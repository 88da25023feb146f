//! data

pub mod reader;
