//! The keys of `training`.

use crate::config::class_weights;
use crate::config::number::{BelowOne, Factor, NotNegative, Positive, Shrinking, Whole};
use crate::config::pair::Pair;
use crate::config::raw;
use crate::config::types::{
    Adam, ClassWeights, LossKind, OnNonFinite, Optimizer, Schedule, State, TrainingConfig,
};

pub(in crate::config) fn training(training: &TrainingConfig) -> raw::Training {
    let (state, lanes) = match training.state {
        State::Reset => (raw::State::Reset, None),
        State::Carry { lanes } => (raw::State::Carry, Some(Whole::of(lanes))),
    };
    raw::Training {
        epochs: Some(Whole::of(training.epochs)),
        batch_size: Some(Whole::of(training.batch_size)),
        loss: Some(loss(training.loss)),
        class_weights: Some(match &training.class_weights {
            ClassWeights::None => class_weights::ClassWeights::None,
            ClassWeights::Balanced => class_weights::ClassWeights::Balanced,
            ClassWeights::Given(weights) => class_weights::ClassWeights::Given(
                weights.iter().map(|(label, weight)| (label.clone(), Positive(*weight))).collect(),
            ),
        }),
        optimizer: Some(optimizer(&training.optimizer)),
        schedule: Some(raw::Schedule {
            warmup_steps: Some(Whole(training.warmup_steps)),
            ..schedule(training.schedule)
        }),
        clip_grad_norm: Some(training.clip_grad_norm.map(Positive)),
        early_stopping: Some(training.early_stopping.map(|stopping| raw::EarlyStopping {
            patience: Some(Whole::of(stopping.patience)),
            min_delta: Some(NotNegative(stopping.min_delta)),
        })),
        on_non_finite: Some(match training.on_non_finite {
            OnNonFinite::Stop => raw::NonFiniteType::Stop.into(),
            OnNonFinite::Skip { limit } => raw::OnNonFinite {
                r#type: Some(raw::NonFiniteType::Skip),
                limit: Some(Whole(limit)),
            },
        }),
        shuffle: Some(training.shuffle),
        seed: Some(Whole(training.seed)),
        state: Some(state),
        lanes,
    }
}

fn loss(loss: LossKind) -> raw::Loss {
    let mut raw = raw::Loss::default();
    raw.r#type = Some(match loss {
        LossKind::Mse => raw::LossType::Mse,
        LossKind::Mae => raw::LossType::Mae,
        LossKind::Huber { delta } => {
            raw.delta = Some(Positive(delta));
            raw::LossType::Huber
        }
        LossKind::Quantile { levels } => {
            raw.levels = Some(levels.as_slice().iter().copied().map(Shrinking).collect());
            raw::LossType::Quantile
        }
        LossKind::CrossEntropy => raw::LossType::CrossEntropy,
    });
    raw
}

fn optimizer(optimizer: &Optimizer) -> raw::Optimizer {
    match *optimizer {
        Optimizer::Sgd { learning_rate, momentum, nesterov, weight_decay } => raw::Optimizer {
            r#type: Some(raw::OptimizerType::Sgd),
            learning_rate: Some(Positive(learning_rate)),
            momentum: Some(BelowOne(momentum)),
            nesterov: Some(nesterov),
            weight_decay: Some(NotNegative(weight_decay)),
            ..Default::default()
        },
        Optimizer::Adam(numbers) => adam(raw::OptimizerType::Adam, numbers),
        Optimizer::AdamW(numbers) => adam(raw::OptimizerType::AdamW, numbers),
        Optimizer::RmsProp { learning_rate, alpha, eps, momentum, centered, weight_decay } => {
            raw::Optimizer {
                r#type: Some(raw::OptimizerType::RmsProp),
                learning_rate: Some(Positive(learning_rate)),
                alpha: Some(BelowOne(alpha)),
                eps: Some(Positive(eps)),
                momentum: Some(BelowOne(momentum)),
                centered: Some(centered),
                weight_decay: Some(NotNegative(weight_decay)),
                ..Default::default()
            }
        }
    }
}

fn adam(kind: raw::OptimizerType, numbers: Adam) -> raw::Optimizer {
    raw::Optimizer {
        r#type: Some(kind),
        learning_rate: Some(Positive(numbers.learning_rate)),
        betas: Some(Pair(BelowOne(numbers.betas.0), BelowOne(numbers.betas.1))),
        eps: Some(Positive(numbers.eps)),
        weight_decay: Some(NotNegative(numbers.weight_decay)),
        ..Default::default()
    }
}

fn schedule(schedule: Schedule) -> raw::Schedule {
    let mut raw = raw::Schedule::default();
    raw.r#type = Some(match schedule {
        Schedule::Constant => raw::ScheduleType::Constant,
        Schedule::Step { step_size, gamma } => {
            raw.step_size = Some(Whole::of(step_size));
            raw.gamma = Some(Factor(gamma));
            raw::ScheduleType::Step
        }
        Schedule::Exponential { gamma } => {
            raw.gamma = Some(Factor(gamma));
            raw::ScheduleType::Exponential
        }
        Schedule::Cosine { min_learning_rate } => {
            raw.min_learning_rate = Some(NotNegative(min_learning_rate));
            raw::ScheduleType::Cosine
        }
        Schedule::Plateau { factor, patience, threshold, min_learning_rate } => {
            raw.factor = Some(Shrinking(factor));
            raw.patience = Some(Whole::of(patience));
            raw.threshold = Some(BelowOne(threshold));
            raw.min_learning_rate = Some(NotNegative(min_learning_rate));
            raw::ScheduleType::Plateau
        }
    });
    raw
}
