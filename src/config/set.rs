//! `--set KEY=VALUE`: the command line beats the file.

use serde_json::{Map, Value};

use super::parse::{is_too_large, refused, reworded, with_key};
use super::raw;
use crate::error::{Result, shown};

/// One `--set` argument.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Setting {
    /// As given, for messages.
    argument: String,
    /// `model.hidden_size`.
    pub(super) key: String,
    value: Value,
}

impl Setting {
    /// Reads `KEY=VALUE`. VALUE is JSON or, where it is not, a bare word taken as a string.
    ///
    /// # Errors
    /// Without a key or `=`, and if VALUE starts as JSON but does not go on so.
    pub(super) fn parse(argument: &str) -> Result<Self> {
        let parts =
            argument.split_once('=').filter(|(key, _)| key.split('.').all(|k| !k.is_empty()));
        let Some((key, value)) = parts else {
            let message = "expected KEY=VALUE, for example model.hidden_size=128";
            return Err(refused(&place(argument), message.into()));
        };
        let value = match serde_json::from_str(value) {
            Ok(json) => json,
            // Dates and words are no JSON either; brackets, quotes and too large numbers are meant to be.
            Err(error) if value.starts_with(['{', '[', '"']) || is_too_large(&error) => {
                let message = format!("VALUE is not valid JSON: {}", reworded(&error));
                return Err(refused(&place(argument), message));
            }
            Err(_) => Value::String(value.to_owned()),
        };
        Ok(Self { argument: argument.to_owned(), key: key.to_owned(), value })
    }

    /// Puts the value into the config.
    ///
    /// # Errors
    /// As for the file, naming the argument.
    pub(super) fn apply(&self, config: &raw::Config) -> Result<raw::Config> {
        let mut json = serde_json::to_value(config)
            .map_err(|error| crate::error::Error::Internal(error.to_string()))?;
        self.insert(&mut json).map_err(|message| refused(&self.place(), message))?;
        serde_path_to_error::deserialize(json).map_err(|error| {
            let message = with_key(&error.path().to_string(), &reworded(error.inner()));
            refused(&self.place(), message)
        })
    }

    /// How messages name it.
    pub(super) fn place(&self) -> String {
        place(&self.argument)
    }

    /// Whether it changed `key`: named it, something above it or something below it.
    pub(super) fn concerns(&self, key: &str) -> bool {
        let (short, long) =
            if key.len() < self.key.len() { (key, &self.key[..]) } else { (&self.key[..], key) };
        long.strip_prefix(short).is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
    }

    /// Objects that are absent (or null, as a window may be) come into being on the way down; a bare
    /// name is an object already, since raw configs are written in full.
    fn insert(&self, config: &mut Value) -> std::result::Result<(), String> {
        let mut slot = config;
        let mut above = String::new();
        for key in self.key.split('.') {
            if slot.is_null() {
                *slot = Value::Object(Map::new());
            }
            slot = match slot {
                Value::Object(object) => object.entry(key).or_insert(Value::Null),
                Value::Array(list) => {
                    let length = list.len();
                    key.parse().ok().and_then(|index: usize| list.get_mut(index)).ok_or_else(
                        || {
                            format!(
                                "{above}: {} is not an item; there are {length}, from 0",
                                shown(key)
                            )
                        },
                    )?
                }
                other => return Err(format!("{above} is {other}, which has no keys")),
            };
            above = if above.is_empty() { key.to_owned() } else { format!("{above}.{key}") };
        }
        *slot = self.value.clone();
        Ok(())
    }
}

fn place(argument: &str) -> String {
    let quoted = shown(argument).replace("\\\"", "\"");
    let bare = quoted.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
    format!("--set {}", bare.unwrap_or(&quoted))
}
