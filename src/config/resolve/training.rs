//! `training`, but for the optimizer and the schedule.

use super::{Facts, Resolved, optimizer, refuse, schedule};
use crate::config::types::{
    ClassWeights, EarlyStopping, LossKind, OnNonFinite, State, TrainingConfig,
};
use crate::config::{Levels, class_weights, raw};

pub(super) fn resolve(raw: &raw::Training, facts: Facts) -> Resolved<TrainingConfig> {
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
        loss: loss(raw.loss.as_ref(), facts)?,
        class_weights: class_weights(raw, facts)?,
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

fn loss(raw: Option<&raw::Loss>, facts: Facts) -> Resolved<LossKind> {
    let Some(raw) = raw else {
        return Ok(if facts.classes { LossKind::CrossEntropy } else { LossKind::Mse });
    };
    let kind = raw.r#type();
    let is_for_classes = kind == raw::LossType::CrossEntropy;
    if facts.classes && !is_for_classes {
        return refuse(
            "training.loss",
            format!(
                "\"{}\" is the loss of a number, but a category is predicted; write \"cross_entropy\"",
                kind.word()
            ),
        );
    }
    if is_for_classes && !facts.classes {
        return refuse(
            "training.loss",
            "\"cross_entropy\" is the loss of a category, but numbers are predicted; write \"mse\", or make \
             the target a category: {\"column\": …, \"type\": \"category\"}",
        );
    }
    let foreign = |key: &str, of: &str| {
        let message =
            format!("is not an option of \"{}\"; take it out, or write \"{of}\"", kind.word());
        refuse(format!("training.loss.{key}"), message)
    };
    match kind {
        _ if raw.delta.is_some() && kind != raw::LossType::Huber => foreign("delta", "huber"),
        _ if raw.levels.is_some() && kind != raw::LossType::Quantile => {
            foreign("levels", "quantile")
        }
        raw::LossType::Huber => Ok(LossKind::Huber { delta: raw.delta().0 }),
        raw::LossType::Quantile => {
            let levels: Vec<f64> = raw.levels().iter().map(|level| level.0).collect();
            match Levels::new(&levels) {
                Ok(levels) => Ok(LossKind::Quantile { levels }),
                Err(message) => refuse("training.loss.levels", message),
            }
        }
        raw::LossType::Mse => Ok(LossKind::Mse),
        raw::LossType::Mae => Ok(LossKind::Mae),
        raw::LossType::CrossEntropy => Ok(LossKind::CrossEntropy),
    }
}

fn class_weights(raw: &raw::Training, facts: Facts) -> Resolved<ClassWeights> {
    use class_weights::ClassWeights as Raw;
    let key = "training.class_weights";
    match raw.class_weights() {
        Raw::None => Ok(ClassWeights::None),
        _ if !facts.classes => {
            refuse(key, "weighs the classes of a category, but numbers are predicted; take it out")
        }
        Raw::Balanced => Ok(ClassWeights::Balanced),
        Raw::Given(weights) if weights.is_empty() => {
            refuse(key, "names no class; write {\"label\": 2}, or \"balanced\"")
        }
        Raw::Given(weights) => {
            let mut weights: Vec<(String, f64)> =
                weights.into_iter().map(|(label, weight)| (label, weight.0)).collect();
            weights.sort_by(|a, b| a.0.cmp(&b.0));
            Ok(ClassWeights::Given(weights))
        }
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
