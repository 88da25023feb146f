//! `model.safetensors`: all that evaluation and prediction need, in one file without paths, host or date.

use std::num::NonZero;
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::container::{Container, Tensor, TensorData, read_file};
use crate::config::Config;
use crate::data::{Encoder, Roles, ScalerSet, Scalers, Vocabularies};
use crate::error::{Error, Result};
use crate::model::{Architecture, Layout, Network, Read, Tensors};
use crate::serve::{Calibration, Plan};

/// Version of the file format; a newer one is refused by name.
const FORMAT: u32 = 1;

/// A trained model.
#[derive(Clone, Debug)]
pub struct Model {
    /// Its config, without paths.
    pub config: Config,
    /// Rows to features and back.
    pub encoder: Encoder,
    /// The network.
    pub network: Network,
    /// Its weights.
    pub params: Tensors,
    /// Its scalers.
    pub scalers: Scalers,
    /// How sure it is; none without `task.intervals`.
    pub calibration: Option<Calibration>,
    /// Rows from one season of the targets to the next, where there is one.
    pub season: Option<usize>,
    /// The times it was trained on, by series; empty without a time column.
    pub trained_on: Vec<TrainedOn>,
}

/// First and last train row of one series, times as written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TrainedOn {
    /// What names the series.
    pub series: Vec<String>,
    /// First time.
    pub first: String,
    /// Last time.
    pub last: String,
}

#[derive(Serialize, Deserialize)]
struct StoredScalers {
    columns: StoredColumns,
    all: ScalerSet,
    series: Vec<(Vec<String>, ScalerSet)>,
}

#[derive(Serialize, Deserialize)]
struct StoredColumns {
    inputs: Vec<String>,
    targets: Vec<String>,
}

/// The architecture a config asks for.
pub fn architecture(config: &Config, encoder: &Encoder) -> Architecture {
    let model = &config.model;
    Architecture {
        cell: model.cell,
        directions: model.directions(),
        layers: model.layers,
        input: encoder.input_shape(),
        hidden: model.hidden_size,
        outputs: encoder.outputs(),
        head: model.head,
        read: match config.task.loss_steps {
            crate::config::LossSteps::All => Read::EveryStep,
            crate::config::LossSteps::Last => Read::FinalState,
        },
        dropout: model.dropout as f32,
        input_dropout: model.input_dropout as f32,
    }
}

impl Model {
    /// How it makes predictions.
    pub fn plan(&self) -> Plan {
        Plan::new(&self.config)
    }

    /// Its intervals, and whether they follow the truths that come.
    pub fn intervals(&self) -> Option<(&Calibration, bool)> {
        Some((self.calibration.as_ref()?, self.config.task.intervals?.adaptive))
    }

    /// The bytes of its file. The same model gives the same bytes.
    pub fn to_bytes(&self) -> Result<Vec<u8>> {
        let json = |value: serde_json::Result<String>| {
            value.map_err(|e| Error::Internal(format!("model metadata: {e}")))
        };
        let names = |columns: &[crate::config::Column]| {
            let numbers = columns.iter().filter(|c| c.scale().is_some());
            numbers.map(|c| c.name.clone()).collect()
        };
        let scalers = StoredScalers {
            columns: StoredColumns {
                inputs: names(&self.config.data.inputs),
                targets: names(&self.config.data.targets),
            },
            all: self.scalers.all.clone(),
            series: self.scalers.series.clone(),
        };
        let mut metadata = vec![("format_version".to_owned(), FORMAT.to_string())];
        for section in ["data", "task", "model", "training"] {
            metadata.push((section.to_owned(), self.config.section_json(section)));
        }
        metadata.push(("scalers".to_owned(), json(serde_json::to_string(&scalers))?));
        let vocabularies = serde_json::to_string(&self.encoder.vocabularies);
        metadata.push(("vocabularies".to_owned(), json(vocabularies)?));
        metadata.push(("season".to_owned(), json(serde_json::to_string(&self.season))?));
        metadata.push(("trained_on".to_owned(), json(serde_json::to_string(&self.trained_on))?));
        if let Some(calibration) = &self.calibration {
            metadata.push(("calibration".to_owned(), json(serde_json::to_string(calibration))?));
        }
        Container { metadata, tensors: tensors(&self.params, "") }.to_bytes()
    }

    /// Reads a model file. Errors: 66, 69.
    pub fn read(path: &Path) -> Result<Self> {
        let container = read_file(path)?;
        let fault = |reason: String| Error::Model { path: path.to_owned(), reason };
        check_format(&container, path, FORMAT)?;
        let text = |key: &str| {
            container
                .value(key)
                .ok_or_else(|| fault(format!("has no {key}, so it is no model of rnn-train; beside a checkpoint lies model.safetensors")))
        };
        let config =
            Config::from_sections(text("data")?, text("task")?, text("model")?, text("training")?)
                .map_err(|e| fault(format!("its config cannot be used: {e}")))?;
        let parse_error = |e: serde_json::Error| fault(format!("its metadata is damaged: {e}"));
        let stored: StoredScalers = serde_json::from_str(text("scalers")?).map_err(parse_error)?;
        let trained_on = serde_json::from_str(text("trained_on")?).map_err(parse_error)?;
        let season: Option<NonZero<usize>> =
            serde_json::from_str(container.value("season").unwrap_or("null"))
                .map_err(parse_error)?;
        let vocabularies: Vocabularies =
            serde_json::from_str(text("vocabularies")?).map_err(parse_error)?;
        vocabularies.check(&config).map_err(fault)?;
        let encoder = Encoder::new(&config, vocabularies);
        check_scalers(&stored, &encoder.roles).map_err(fault)?;
        let architecture = architecture(&config, &encoder);
        check_size(&container, &architecture).map_err(fault)?;
        let network = Network::new(architecture);
        let params = read_tensors(&container, &network, "").map_err(fault)?;
        if let Some(extra) = container.tensors.iter().find(|t| params.named(&t.name).is_none()) {
            return Err(fault(format!("holds a tensor that the model has not: {}", extra.name)));
        }
        let scalers = Scalers::new(stored.all, stored.series);
        let calibration = match config.task.intervals {
            None => None,
            Some(_) => {
                let stored = serde_json::from_str(text("calibration")?).map_err(parse_error)?;
                let fits = |calibration: &Calibration| calibration.fits(encoder.target_width());
                Some(stored)
                    .filter(fits)
                    .ok_or_else(|| fault("its calibration does not fit its targets".into()))
                    .map(Some)?
            }
        };
        let season = season.map(NonZero::get);
        Ok(Self { config, encoder, network, params, scalers, calibration, season, trained_on })
    }
}

/// Refuses a config whose network the file cannot hold by far, before it is made.
fn check_size(container: &Container, wanted: &Architecture) -> std::result::Result<(), String> {
    const SMALL: u128 = 1 << 20;
    let held: u128 = container.tensors.iter().map(|tensor| tensor.len() as u128).sum();
    let asked = wanted.parameters();
    if asked <= held + SMALL {
        return Ok(());
    }
    Err(format!("its config asks for a network of {asked} numbers, and it holds {held}"))
}

/// Refuses files of another version.
pub(super) fn check_format(container: &Container, path: &Path, ours: u32) -> Result<()> {
    let version = container.value("format_version").and_then(|text| text.parse::<u32>().ok());
    let reason = match version {
        Some(version) if version == ours => return Ok(()),
        Some(version) if version > ours => format!(
            "is of format version {version}, this program reads up to {ours}; use a newer rnn"
        ),
        _ => "has no known format version; it is not a file of ours".to_owned(),
    };
    Err(Error::Model { path: path.to_owned(), reason })
}

fn check_scalers(stored: &StoredScalers, roles: &Roles) -> std::result::Result<(), String> {
    let numbers = roles.numbers().count();
    let targets = roles.targets.iter().filter(|&&place| !roles.are_words[place]).count();
    let sets = stored.series.iter().map(|(_, set)| set).chain([&stored.all]);
    for set in sets {
        if set.inputs.len() != numbers || set.targets.len() != targets {
            return Err("its scalers do not fit its columns".into());
        }
        let fine = |s: &crate::data::Scaler| {
            let finite = [s.offset, s.mean, s.scale, s.change].iter().all(|x| x.is_finite());
            finite && s.scale > 0.0 && s.change >= 0.0
        };
        if !set.inputs.iter().chain(&set.targets).all(fine) {
            return Err("a scaler is not a usable number".into());
        }
    }
    Ok(())
}

/// Parameters as named tensors.
pub(super) fn tensors(params: &Tensors, prefix: &str) -> Vec<Tensor> {
    let layout: &Layout = params.layout();
    let tensor = |entry: &crate::model::Entry| Tensor {
        name: format!("{prefix}{}", entry.name),
        shape: entry.shape.clone(),
        data: TensorData::F32(params.as_slice()[entry.range()].to_vec()),
    };
    layout.entries().iter().map(tensor).collect()
}

/// Named tensors as the parameters of a network; the message says which one does not fit.
pub(super) fn read_tensors(
    container: &Container,
    network: &Network,
    prefix: &str,
) -> std::result::Result<Tensors, String> {
    let mut params = Tensors::zeros(network.layout());
    for entry in network.layout().entries() {
        let name = format!("{prefix}{}", entry.name);
        let tensor = container.tensor(&name).ok_or_else(|| format!("has no tensor {name}"))?;
        let TensorData::F32(values) = &tensor.data else {
            return Err(format!("tensor {name} is not of 32-bit floats"));
        };
        if tensor.shape != entry.shape {
            return Err(format!(
                "tensor {name} has shape {:?}, the config asks for {:?}",
                tensor.shape, entry.shape
            ));
        }
        if let Some(at) = tensor.first_non_finite() {
            return Err(format!("non-finite weight {at}"));
        }
        params.as_mut_slice()[entry.range()].copy_from_slice(values);
    }
    Ok(params)
}
