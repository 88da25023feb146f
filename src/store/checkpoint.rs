//! `checkpoint.safetensors`: the whole state of a run in one file.

use std::path::Path;

use serde::{Deserialize, Serialize};

use super::container::{Container, Tensor, TensorData, read_file};
use super::model_file::{check_format, read_tensors, tensors};
use crate::data::{ScalerSet, Scalers, Vocabularies};
use crate::error::{Error, Result};
use crate::model::{Network, State, Tensors};
use crate::optim::{LossSum, OptimizerState, PlateauState};
use crate::train::{Best, EpochSums, Progress};

const FORMAT: u32 = 1;

/// What a checkpoint holds besides weights and moments.
#[derive(Serialize, Deserialize)]
struct Counters {
    epoch: usize,
    update: u64,
    step: u64,
    optimizer_step: u64,
    plateau: (f64, Option<f64>, usize),
    cosine_epochs: usize,
    loss: (f64, u64, u64),
    norms: f64,
    clipped: u64,
    #[serde(default)]
    skipped: u64,
    learning_rate: f64,
    best: Option<(usize, Option<f64>)>,
    stopping: (Option<f64>, usize),
    stopped_early: bool,
    lanes: bool,
}

/// What tells one data file from another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DataFile {
    /// SHA-256 of its bytes.
    pub sha256: String,
    /// How many they are; the first checkpoints did not say.
    pub bytes: Option<u64>,
}

#[derive(Serialize, Deserialize)]
struct StoredScalers {
    all: ScalerSet,
    series: Vec<(Vec<String>, ScalerSet)>,
}

/// A checkpoint as read: what is needed to decide whether and how to go on.
#[derive(Debug)]
pub struct Checkpoint {
    container: Container,
    /// The effective config of the run, as JSON.
    pub config: String,
    /// The data files, in order.
    pub data: Vec<DataFile>,
    /// The scalers it began with; none in a checkpoint of an older version.
    pub scalers: Option<Scalers>,
    /// The words and classes it began with.
    pub vocabularies: Option<Vocabularies>,
    counters: Counters,
}

impl std::fmt::Debug for Counters {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "epoch {}, update {}", self.epoch, self.update)
    }
}

/// What a run began with: it goes on with it, whatever the rows are then.
#[derive(Clone, Copy, Debug)]
pub struct Origin<'a> {
    /// The effective config of the run, as JSON.
    pub config: &'a str,
    /// The data files, in order.
    pub data: &'a [DataFile],
    /// Its scalers.
    pub scalers: &'a Scalers,
    /// Its words and classes.
    pub vocabularies: &'a Vocabularies,
}

/// The bytes of a checkpoint.
pub fn to_bytes(progress: &Progress, origin: Origin) -> Result<Vec<u8>> {
    let counters = Counters {
        epoch: progress.epoch,
        update: progress.update,
        step: progress.step,
        optimizer_step: progress.optimizer.step,
        plateau: (
            progress.plateau.learning_rate,
            progress.plateau.best,
            progress.plateau.bad_epochs,
        ),
        cosine_epochs: progress.cosine_epochs,
        loss: (progress.sums.loss.sum, progress.sums.loss.steps, progress.sums.loss.sequences),
        norms: progress.sums.norms,
        clipped: progress.sums.clipped,
        skipped: progress.sums.skipped,
        learning_rate: progress.sums.learning_rate,
        best: progress.best.as_ref().map(|best| (best.epoch, best.valid_loss)),
        stopping: (progress.stopping_best, progress.stopping_bad),
        stopped_early: progress.stopped_early,
        lanes: progress.lanes.is_some(),
    };
    let json = |value: serde_json::Result<String>| {
        value.map_err(|e| Error::Internal(format!("checkpoint metadata: {e}")))
    };
    let hashes: Vec<&str> = origin.data.iter().map(|file| file.sha256.as_str()).collect();
    let sizes: Vec<Option<u64>> = origin.data.iter().map(|file| file.bytes).collect();
    let (all, series) = (origin.scalers.all.clone(), origin.scalers.series.clone());
    let scalers = StoredScalers { all, series };
    let metadata = vec![
        ("format_version".to_owned(), FORMAT.to_string()),
        ("config".to_owned(), origin.config.to_owned()),
        ("data".to_owned(), json(serde_json::to_string(&hashes))?),
        ("data_bytes".to_owned(), json(serde_json::to_string(&sizes))?),
        ("scalers".to_owned(), json(serde_json::to_string(&scalers))?),
        ("vocabularies".to_owned(), json(serde_json::to_string(origin.vocabularies))?),
        ("progress".to_owned(), json(serde_json::to_string(&counters))?),
    ];
    let mut all = tensors(&progress.params, "params.");
    if let Some(best) = &progress.best {
        all.extend(tensors(&best.params, "best."));
    }
    let optimizer = &progress.optimizer;
    let lanes = progress.lanes.clone().unwrap_or_default();
    for (name, values) in [
        ("optimizer.first", &optimizer.first),
        ("optimizer.second", &optimizer.second),
        ("optimizer.mean", &optimizer.mean),
        ("lanes.h", &lanes.h),
        ("lanes.c", &lanes.c),
    ] {
        if !values.is_empty() {
            let (shape, data) = (vec![values.len()], TensorData::F32(values.clone()));
            all.push(Tensor { name: name.to_owned(), shape, data });
        }
    }
    Container { metadata, tensors: all }.to_bytes()
}

impl Checkpoint {
    /// Reads a checkpoint file. Errors: 66, 69.
    pub fn read(path: &Path) -> Result<Self> {
        let container = read_file(path)?;
        check_format(&container, path, FORMAT)?;
        let fault = |reason: String| Error::Model { path: path.to_owned(), reason };
        let text = |key: &str| {
            let value = container.value(key).map(str::to_owned);
            value.ok_or_else(|| fault(format!("has no {key}; it is not a checkpoint")))
        };
        let damaged = |e: serde_json::Error| fault(format!("its metadata is damaged: {e}"));
        let hashes: Vec<String> = serde_json::from_str(&text("data")?).map_err(damaged)?;
        let sizes: Vec<Option<u64>> = match container.value("data_bytes") {
            Some(sizes) => serde_json::from_str(sizes).map_err(damaged)?,
            None => Vec::new(),
        };
        let sizes = sizes.into_iter().chain(std::iter::repeat(None));
        let data = hashes.into_iter().zip(sizes);
        let data = data.map(|(sha256, bytes)| DataFile { sha256, bytes }).collect();
        let counters = serde_json::from_str(&text("progress")?).map_err(damaged)?;
        let config = text("config")?;
        let scalers = container.value("scalers").map(serde_json::from_str).transpose();
        let scalers: Option<StoredScalers> = scalers.map_err(damaged)?;
        let scalers = scalers.map(|stored| Scalers::new(stored.all, stored.series));
        let vocabularies = container.value("vocabularies").map(serde_json::from_str).transpose();
        let vocabularies = vocabularies.map_err(damaged)?;
        Ok(Self { container, config, data, scalers, vocabularies, counters })
    }

    /// Finished epochs, and updates of the next one.
    pub fn position(&self) -> (usize, u64) {
        (self.counters.epoch, self.counters.update)
    }

    /// Updates so far.
    pub fn step(&self) -> u64 {
        self.counters.step
    }

    /// Whether early stopping has ended it.
    pub fn stopped_early(&self) -> bool {
        self.counters.stopped_early
    }

    /// Whether a run of `epochs` epochs has nothing left to do.
    pub fn finished(&self, epochs: usize) -> bool {
        self.counters.stopped_early || self.counters.epoch >= epochs
    }

    /// The state of the run. `fresh` is a run's state before its first update: it gives the sizes.
    pub fn progress(&self, path: &Path, network: &Network, fresh: Progress) -> Result<Progress> {
        let fault = |reason: String| Error::Model { path: path.to_owned(), reason };
        let c = &self.counters;
        let params = read_tensors(&self.container, network, "params.").map_err(fault)?;
        let best = match c.best {
            Some((epoch, valid_loss)) => {
                let params = read_tensors(&self.container, network, "best.").map_err(fault)?;
                Some(Best { epoch, valid_loss, params })
            }
            None => None,
        };
        let flat = |name: &str, len: usize| self.flat(name, len).map_err(fault);
        let sizes = &fresh.optimizer;
        let optimizer = OptimizerState {
            step: c.optimizer_step,
            first: flat("optimizer.first", sizes.first.len())?,
            second: flat("optimizer.second", sizes.second.len())?,
            mean: flat("optimizer.mean", sizes.mean.len())?,
        };
        if optimizer.second.iter().any(|&v| v < 0.0) {
            return Err(fault("a second moment is negative".into()));
        }
        let lanes = match (c.lanes, fresh.lanes) {
            (true, Some(state)) => {
                let (h, c) = (flat("lanes.h", state.h.len())?, flat("lanes.c", state.c.len())?);
                Some(State { h, c })
            }
            _ => None,
        };
        let (sum, steps, sequences) = c.loss;
        let (learning_rate, plateau_best, bad_epochs) = c.plateau;
        Ok(Progress {
            epoch: c.epoch,
            update: c.update,
            step: c.step,
            params,
            optimizer,
            plateau: PlateauState { learning_rate, best: plateau_best, bad_epochs },
            cosine_epochs: c.cosine_epochs,
            sums: EpochSums {
                loss: LossSum { sum, steps, sequences },
                norms: c.norms,
                clipped: c.clipped,
                skipped: c.skipped,
                learning_rate: c.learning_rate,
            },
            best,
            stopping_best: c.stopping.0,
            stopping_bad: c.stopping.1,
            lanes,
            stopped_early: c.stopped_early,
        })
    }

    /// The best weights so far.
    pub fn best(&self, path: &Path, network: &Network) -> Result<Tensors> {
        read_tensors(&self.container, network, "best.")
            .map_err(|reason| Error::Model { path: path.to_owned(), reason })
    }

    fn flat(&self, name: &str, len: usize) -> std::result::Result<Vec<f32>, String> {
        match self.container.tensor(name).map(|tensor| &tensor.data) {
            None if len == 0 => Ok(Vec::new()),
            Some(TensorData::F32(values)) if values.len() == len => {
                if values.iter().all(|v| v.is_finite()) {
                    Ok(values.clone())
                } else {
                    Err(format!("{name} holds a number that is not finite"))
                }
            }
            Some(_) => Err(format!("{name} does not fit the config")),
            None => Err(format!("has no {name}")),
        }
    }
}

#[cfg(test)]
#[path = "checkpoint_tests.rs"]
mod tests;
