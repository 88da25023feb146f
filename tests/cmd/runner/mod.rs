//! What runs a case file: its text, its scratch folder, the programs, the judgement.

mod case;
mod judge;
mod program;
mod scratch;
mod steps;

pub(crate) use case::Case;
pub(crate) use scratch::Fixtures;
