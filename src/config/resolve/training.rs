//! `training`, but for the optimizer and the schedule.

use super::{Resolved, optimizer, refuse, schedule};
use crate::config::raw;
use crate::config::types::{EarlyStopping, LossKind, OnNonFinite, State, TrainingConfig};

pub(super) fn resolve(raw: &raw::Training) -> Resolved<TrainingConfig> {
    let state = state(raw)?;
    let carry = matches!(state, State::Carry { .. });
    if carry && raw.shuffle == Some(true) {
        return refuse(
            "training.shuffle",
            "\"state\": \"carry\" reads chunks in their order in time; write false, or \"reset\"",
        );
    }
    let optimizer = optimizer::resolve(&raw.optimizer())?;
    let raw_schedule = raw.schedule();
    Ok(TrainingConfig {
        epochs: raw.epochs().size(),
        batch_size: raw.batch_size().size(),
        loss: loss(&raw.loss())?,
        optimizer,
        schedule: schedule::resolve(&raw_schedule, optimizer.learning_rate())?,
        warmup_steps: raw_schedule.warmup_steps().0,
        clip_grad_norm: raw.clip_grad_norm().map(|norm| norm.0),
        early_stopping: raw.early_stopping().map(|raw| stopping(&raw)).transpose()?,
        on_non_finite: on_non_finite(&raw.on_non_finite())?,
        shuffle: raw.shuffle.unwrap_or(!carry),
        seed: raw.seed().0,
        state,
    })
}

fn state(raw: &raw::Training) -> Resolved<State> {
    match (raw.state(), raw.lanes) {
        (raw::State::Carry, _) => Ok(State::Carry { lanes: raw.lanes().size() }),
        (raw::State::Reset, None) => Ok(State::Reset),
        (raw::State::Reset, Some(_)) => refuse(
            "training.lanes",
            "cuts series for \"state\": \"carry\"; write that too, or take it out",
        ),
    }
}

fn loss(raw: &raw::Loss) -> Resolved<LossKind> {
    let kind = raw.r#type();
    match (kind, raw.delta) {
        (raw::LossType::Huber, _) => Ok(LossKind::Huber { delta: raw.delta().0 }),
        (_, Some(_)) => refuse(
            "training.loss.delta",
            format!("is not an option of \"{}\"; take it out, or write \"huber\"", kind.word()),
        ),
        (raw::LossType::Mse, None) => Ok(LossKind::Mse),
        (raw::LossType::Mae, None) => Ok(LossKind::Mae),
    }
}

fn on_non_finite(raw: &raw::OnNonFinite) -> Resolved<OnNonFinite> {
    match (raw.r#type(), raw.limit) {
        (raw::NonFiniteType::Skip, _) => Ok(OnNonFinite::Skip { limit: raw.limit().0 }),
        (raw::NonFiniteType::Stop, None) => Ok(OnNonFinite::Stop),
        (raw::NonFiniteType::Stop, Some(_)) => refuse(
            "training.on_non_finite.limit",
            "is not an option of \"stop\"; take it out, or write \"skip\"",
        ),
    }
}

fn stopping(raw: &raw::EarlyStopping) -> Resolved<EarlyStopping> {
    let Some(patience) = raw.patience else {
        return refuse("training.early_stopping.patience", "is missing; write a number of epochs");
    };
    Ok(EarlyStopping { patience: patience.size(), min_delta: raw.min_delta().0 })
}
