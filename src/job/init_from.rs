//! Starting from another model: the same network and columns, its weights and scalers.

use std::path::Path;

use super::prepare::Prepared;
use crate::config::Config;
use crate::error::{Error, Result};
use crate::model::Tensors;
use crate::store::{Model, resolve_model};

/// Weights and scalers of another model, for the same network and columns.
pub(super) fn take_over(config: &Config, prepared: &mut Prepared, model: &Path) -> Result<Tensors> {
    let path = resolve_model(model)?;
    let source = Model::read(&path)?;
    let (theirs, ours) = (source.network.layout(), prepared.network.layout());
    let mut rows = Vec::new();
    for entry in ours.entries() {
        let other = theirs.entries().iter().find(|e| e.name == entry.name);
        if other.is_none_or(|other| other.shape != entry.shape) {
            let other = other.map_or("none".into(), |other| format!("{:?}", other.shape));
            rows.push(format!("{}: {other} -> {:?}", entry.name, entry.shape));
        }
    }
    let names = |c: &Config| -> Vec<String> {
        c.data.inputs.iter().chain(&c.data.targets).map(|c| c.name.clone()).collect()
    };
    if theirs.entries().len() != ours.entries().len() && rows.is_empty() {
        rows.push(format!("{} tensors -> {}", theirs.entries().len(), ours.entries().len()));
    }
    if names(&source.config) != names(config) {
        rows.push(format!("columns: {:?} -> {:?}", names(&source.config), names(config)));
    }
    if !rows.is_empty() {
        return Err(Error::Model {
            path,
            reason: format!("does not fit this config (model -> config): {}", rows.join("; ")),
        });
    }
    prepared.scalers = source.scalers;
    Ok(source.params)
}
