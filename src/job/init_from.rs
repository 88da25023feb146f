//! Starting from another model: the same network and columns, its weights, scalers and words.

use std::path::{Path, PathBuf};

use super::prepare::Prepared;
use crate::config::{Column, Config};
use crate::data::Vocabularies;
use crate::error::{Error, Result};
use crate::model::Tensors;
use crate::store::{Model, resolve_model};

/// The model that a run starts from.
pub(super) struct Source {
    path: PathBuf,
    model: Model,
}

impl Source {
    /// Reads it; refuses one of other columns.
    pub(super) fn read(model: &Path, config: &Config) -> Result<Self> {
        let path = resolve_model(model)?;
        let model = Model::read(&path)?;
        let source = Self { path, model };
        let (theirs, ours) = (columns(&source.model.config), columns(config));
        if theirs != ours {
            return Err(source.misfit(&[format!("columns: {theirs:?} -> {ours:?}")]));
        }
        Ok(source)
    }

    /// What it knows of words.
    pub(super) fn words(&self) -> &Vocabularies {
        &self.model.encoder.vocabularies
    }

    /// Hands its scalers and weights to the same network.
    pub(super) fn take_over(self, prepared: &mut Prepared) -> Result<Tensors> {
        let (theirs, ours) = (self.model.network.layout(), prepared.network.layout());
        let mut rows = Vec::new();
        for entry in ours.entries() {
            let other = theirs.entries().iter().find(|e| e.name == entry.name);
            if other.is_none_or(|other| other.shape != entry.shape) {
                let other = other.map_or("none".into(), |other| format!("{:?}", other.shape));
                rows.push(format!("{}: {other} -> {:?}", entry.name, entry.shape));
            }
        }
        if theirs.entries().len() != ours.entries().len() && rows.is_empty() {
            let (theirs, ours) = (theirs.entries().len(), ours.entries().len());
            rows.push(format!("{theirs} tensors -> {ours}"));
        }
        if !rows.is_empty() {
            return Err(self.misfit(&rows));
        }
        prepared.scalers = self.model.scalers;
        Ok(self.model.params)
    }

    fn misfit(&self, rows: &[String]) -> Error {
        Error::Model {
            path: self.path.clone(),
            reason: format!("does not fit this config (model -> config): {}", rows.join("; ")),
        }
    }
}

/// Names of the columns, and which of them hold words.
fn columns(config: &Config) -> Vec<String> {
    let name = |c: &Column| match c.words() {
        None => c.name.clone(),
        Some(words) if words.text.is_some() => format!("{} (text)", c.name),
        Some(_) => format!("{} (category)", c.name),
    };
    config.data.inputs.iter().chain(&config.data.targets).map(name).collect()
}
