//! Reading and writing a [`Config`] as a whole.

use std::io::Read;
use std::path::Path;

use serde::Serialize;
use serde_json::Value;

use super::parse::{LIMIT, parse, refused};
use super::resolve::{Refusal, resolve};
use super::set::Setting;
use super::types::Config;
use super::{locate, paths, raw, write};
use crate::error::{Result, shown_path};
use crate::suggest;

impl Config {
    /// Reads a config file; its paths are relative to its folder. `sets` are `KEY=VALUE` arguments of
    /// the command line, which beat the file; paths in them are relative to the working directory.
    ///
    /// # Errors
    /// [`Input`](crate::error::Error::Input) if the file cannot be read, else [`Config`](crate::error::Error::Config).
    pub fn load(path: &Path, sets: &[String]) -> Result<Self> {
        let mut bytes = Vec::new();
        std::fs::File::open(path)
            .and_then(|file| file.take(LIMIT as u64 + 1).read_to_end(&mut bytes))
            .map_err(|error| suggest::unreadable(path, &error))?;
        let place = shown_path(path);
        // Before the text is looked at: a cut file may end in half a character.
        below_limit(bytes.len(), &place)?;
        refuse_a_table(path, &bytes, &place)?;
        let text = String::from_utf8(bytes).map_err(|error| {
            let before = &error.as_bytes()[..error.utf8_error().valid_up_to()];
            let line = before.iter().filter(|byte| **byte == b'\n').count() + 1;
            refused(&format!("{place}:{line}"), "not UTF-8 text; save the file as UTF-8".into())
        })?;
        Self::parse(&text, &place, path.parent().unwrap_or(Path::new("")), sets)
    }

    /// Reads the text of a config. `place` names it in errors; `folder` is what its paths are relative to.
    ///
    /// # Errors
    /// [`Config`](crate::error::Error::Config) with `PLACE:LINE:COLUMN`, or the `--set` argument, that is to blame.
    pub fn parse(text: &str, place: &str, folder: &Path, sets: &[String]) -> Result<Self> {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        below_limit(text.len(), place)?;
        let mut raw: raw::Config = parse(text, place)?;
        let settings = sets.iter().map(|set| Setting::parse(set)).collect::<Result<Vec<_>>>()?;
        for setting in &settings {
            raw = setting.apply(&raw)?;
        }
        let set_by = |key: &str| settings.iter().rev().find(|setting| setting.concerns(key));
        let join = |key: &str, written: &str| match set_by(key) {
            Some(_) => written.into(),
            None => paths::tidy(&folder.join(written)),
        };
        resolve(raw, Some(&join)).map_err(|Refusal { key, message }| {
            let place = match (set_by(&key), locate::position(text, &key)) {
                (Some(setting), _) => setting.place(),
                (None, Some((line, column))) => format!("{place}:{line}:{column}"),
                (None, None) => place.to_owned(),
            };
            refused(&place, format!("{key}: {message}"))
        })
    }

    /// The effective config, every default filled in: pretty-printed JSON that is a valid config file
    /// in `folder`.
    pub fn to_json(&self, folder: &Path) -> String {
        let relative = |path: &Path| paths::relative(path, folder);
        format!("{:#}\n", short(&write::config(self, Some(&relative))))
    }

    /// One of "data" (without paths), "task", "model" and "training" as one line of JSON, for the
    /// metadata of a model file; "null" for any other name.
    pub fn section_json(&self, section: &str) -> String {
        let value = match section {
            "data" => short(&write::data(&self.data, None)),
            "task" => short(&write::task(&self.task)),
            "model" => short(&write::model(&self.model)),
            "training" => short(&write::training(&self.training)),
            _ => Value::Null,
        };
        value.to_string()
    }

    /// A config from what [`Config::section_json`] wrote: without files and run folder.
    ///
    /// # Errors
    /// [`Config`](crate::error::Error::Config) whose place is the name of the section.
    pub fn from_sections(data: &str, task: &str, model: &str, training: &str) -> Result<Self> {
        let raw = raw::Config {
            data: Some(parse(data, "data")?),
            task: Some(parse(task, "task")?),
            model: Some(parse(model, "model")?),
            training: Some(parse(training, "training")?),
            output: None,
        };
        resolve(raw, None).map_err(|Refusal { key, message }| {
            let section = key.split('.').next().unwrap_or_default();
            refused(section, format!("{key}: {message}"))
        })
    }
}

/// A CSV in the place of the config: the likeliest mistake of a first try.
fn refuse_a_table(path: &Path, bytes: &[u8], place: &str) -> Result<()> {
    let named = path.extension().is_some_and(|ending| ending == "csv" || ending == "tsv");
    let is_object = bytes.iter().find(|byte| !byte.is_ascii_whitespace()) == Some(&b'{');
    if !named || is_object {
        return Ok(());
    }
    let message = format!(
        "is no config but data; rnn-train --init {place} > config.json makes a config for it"
    );
    Err(refused(place, message))
}

fn below_limit(length: usize, place: &str) -> Result<()> {
    if length > LIMIT {
        let message = "larger than 1 MiB; a config is a small JSON file".to_owned();
        return Err(refused(place, message));
    }
    Ok(())
}

/// JSON with bare names where nothing else is said. Raw configs hold only what JSON can.
fn short<T: Serialize>(raw: &T) -> Value {
    let mut value = serde_json::to_value(raw).unwrap_or_default();
    write::shorten(&mut value);
    value
}
