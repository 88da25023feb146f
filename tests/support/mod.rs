//! What the tests of whole jobs share: made-up rows and sentences, small configs, runs in scratch folders, predictions read back.

// Each test binary compiles all of this and uses a part of it.
#![allow(dead_code, unreachable_pub)]

pub mod dripping;
pub mod job;
pub mod labels;
pub mod place;
pub mod plans;
pub mod predictions;
pub mod rows;
pub mod sentences;
pub mod stops;
