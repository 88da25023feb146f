//! A valid config back to JSON, every default filled in.

mod columns;
mod data;
mod network;
mod training;

use std::path::Path;

use serde_json::Value;

pub(super) use data::data;
pub(super) use network::{model, task};
pub(super) use training::training;

use super::raw;
use super::types::{Config, OutputConfig};

/// How a path is written; absent where none is.
pub(super) type WritePath<'a> = Option<&'a dyn Fn(&Path) -> String>;

/// The config as the fullest text that means it.
pub(super) fn config(config: &Config, path: WritePath<'_>) -> raw::Config {
    raw::Config {
        data: Some(data(&config.data, path)),
        task: Some(task(&config.task)),
        model: Some(model(&config.model)),
        training: Some(training(&config.training)),
        output: Some(output(&config.output, path)),
    }
}

/// Puts a bare name for an object that says nothing else: `{"column": "flow"}`, `{"type": "mse"}`.
pub(super) fn shorten(value: &mut Value) {
    match value {
        Value::Array(list) => list.iter_mut().for_each(shorten),
        Value::Object(object) => {
            object.values_mut().for_each(shorten);
            let bare = ["column", "type", "policy"].iter().find_map(|key| object.get(*key));
            let bare = bare.filter(|name| name.is_string());
            if let (Some(name), 1) = (bare, object.len()) {
                *value = name.clone();
            }
        }
        _ => {}
    }
}

fn output(output: &OutputConfig, path: WritePath<'_>) -> raw::Output {
    raw::Output {
        dir: Some(output.dir.as_deref().zip(path).map(|(dir, write)| write(dir))),
        checkpoint_every: Some(output.checkpoint_every.into()),
    }
}
