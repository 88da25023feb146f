//! The config as it is written: every key optional, ranges and words checked, nothing filled in. The
//! doc comments are the descriptions of the JSON Schema, and from there of the README's reference.

mod data;
mod network;
mod training;

pub(super) use data::*;
pub(super) use network::*;
pub(super) use training::*;

use super::every::Every;
use super::section::section;
use super::types;

section! {
    /// A training config of rnn-train. Paths in it are relative to this file.
    Config [required "data", "task", "model"] [ignored "$schema"] {
        /// Where rows come from and how they become sequences.
        data: Data,
        /// What is predicted.
        task: Task,
        /// The network.
        model: Model,
        /// How it is fitted.
        training: Training,
        /// Where the run goes.
        output: Output,
    }
}

section! {
    /// Where the run goes.
    Output {
        /// The run folder; `--out` beats it. Where it holds a run already, the same name with -2, -3… is
        /// taken. Default: runs/NAME beside the config NAME.json.
        dir: Option<String> [eg "../runs/pump"],
        /// How often the whole state is saved: a number of epochs, or an object with any of `epochs` (1), `steps`
        /// and `seconds`. The last two save amid an epoch, too; when it is saved changes no figure.
        checkpoint_every: Every [eg 5, {"seconds": 60}, {"epochs": 10, "steps": 500}] = types::CheckpointEvery::default().into(),
    }
}
