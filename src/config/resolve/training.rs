//! `training`, but for the optimizer and the schedule.

use super::{Resolved, optimizer, refuse, schedule};
use crate::config::raw;
use crate::config::types::{EarlyStopping, LossKind, State, TrainingConfig};

pub(super) fn resolve(raw: &raw::Training) -> Resolved<TrainingConfig> {
    let state = state(raw)?;
    let carry = matches!(state, State::Carry { .. });
    if carry && raw.shuffle == Some(true) {
        return refuse(
            "training.shuffle",
            "\"state\": \"carry\" reads chunks in their order in time; write false, or \"reset\"",
        );
    }
    let optimizer = optimizer::resolve(&raw.optimizer.clone().unwrap_or_default())?;
    let raw_schedule = raw.schedule.clone().unwrap_or_default();
    let early_stopping = raw.early_stopping.clone().flatten();
    Ok(TrainingConfig {
        epochs: raw.epochs.map_or(20, |epochs| epochs.size()),
        batch_size: raw.batch_size.map_or(32, |size| size.size()),
        loss: loss(&raw.loss.clone().unwrap_or_default())?,
        optimizer,
        schedule: schedule::resolve(&raw_schedule, optimizer.learning_rate())?,
        warmup_steps: raw_schedule.warmup_steps.map_or(0, |steps| steps.0),
        clip_grad_norm: raw.clip_grad_norm.flatten().map(|norm| norm.0),
        early_stopping: early_stopping.map(|raw| stopping(&raw)).transpose()?,
        shuffle: raw.shuffle.unwrap_or(!carry),
        seed: raw.seed.map_or(1, |seed| seed.0),
        state,
    })
}

fn state(raw: &raw::Training) -> Resolved<State> {
    match (raw.state, raw.lanes) {
        (Some(raw::State::Carry), lanes) => {
            Ok(State::Carry { lanes: lanes.map_or(1, |lanes| lanes.size()) })
        }
        (Some(raw::State::Reset) | None, None) => Ok(State::Reset),
        (Some(raw::State::Reset) | None, Some(_)) => refuse(
            "training.lanes",
            "cuts series for \"state\": \"carry\"; write that too, or take it out",
        ),
    }
}

fn loss(raw: &raw::Loss) -> Resolved<LossKind> {
    let kind = raw.r#type.unwrap_or(raw::LossType::Mse);
    match (kind, raw.delta) {
        (raw::LossType::Huber, delta) => Ok(LossKind::Huber { delta: delta.map_or(1.0, |d| d.0) }),
        (_, Some(_)) => refuse(
            "training.loss.delta",
            format!("is not an option of \"{}\"; take it out, or write \"huber\"", kind.word()),
        ),
        (raw::LossType::Mse, None) => Ok(LossKind::Mse),
        (raw::LossType::Mae, None) => Ok(LossKind::Mae),
    }
}

fn stopping(raw: &raw::EarlyStopping) -> Resolved<EarlyStopping> {
    let Some(patience) = raw.patience else {
        return refuse("training.early_stopping.patience", "is missing; write a number of epochs");
    };
    let min_delta = raw.min_delta.map_or(0.0, |delta| delta.0);
    Ok(EarlyStopping { patience: patience.size(), min_delta })
}
