//! A valid config back to JSON, every default filled in.

mod columns;

use std::path::Path;

use serde_json::Value;

use super::class_weights;
use super::columns::Column;
use super::delimiter::Delimiter;
use super::number::{BelowOne, Factor, NotNegative, Positive, Shrinking, Whole};
use super::pair::Pair;
use super::part::Part;
use super::raw;
use super::season::Season;
use super::strings::Strings;
use super::time::{Duplicates, TimeColumn, TimeFormat};
use super::types::{
    self, Adam, Cell, ClassWeights, Config, DataConfig, Head, LossKind, LossSteps, Missing,
    ModelConfig, Nonlinearity, OnNonFinite, Optimizer, Order, OutputConfig, RelativeTo, ScaleKind,
    ScalePer, Schedule, SeriesBy, Source, Split, SplitBy, State, TaskConfig, TaskKind, Topology,
    TrainingConfig,
};

/// How a path is written; absent where none is.
pub(super) type WritePath<'a> = Option<&'a dyn Fn(&Path) -> String>;

/// The config as the fullest text that means it.
pub(super) fn config(config: &Config, path: WritePath<'_>) -> raw::Config {
    raw::Config {
        data: Some(data(&config.data, path)),
        task: Some(task(&config.task)),
        model: Some(model(&config.model)),
        training: Some(training(&config.training)),
        output: Some(output(&config.output, path)),
    }
}

/// Puts a bare name for an object that says nothing else: `{"column": "flow"}`, `{"type": "mse"}`.
pub(super) fn shorten(value: &mut Value) {
    match value {
        Value::Array(list) => list.iter_mut().for_each(shorten),
        Value::Object(object) => {
            object.values_mut().for_each(shorten);
            let bare = ["column", "type", "policy"].iter().find_map(|key| object.get(*key));
            let bare = bare.filter(|name| name.is_string());
            if let (Some(name), 1) = (bare, object.len()) {
                *value = name.clone();
            }
        }
        _ => {}
    }
}

pub(super) fn data(data: &DataConfig, path: WritePath<'_>) -> raw::Data {
    let list = |files: &[std::path::PathBuf]| {
        let write = path?;
        (!files.is_empty()).then(|| Strings(files.iter().map(|file| write(file)).collect()))
    };
    let (whole, [train, valid, test]) = match &data.source {
        Some(Source::Whole(files)) => (list(files), [None, None, None]),
        Some(Source::Parts { train, valid, test }) => {
            (None, [list(train), list(valid), list(test)])
        }
        None => (None, [None, None, None]),
    };
    // Columns that are scaled like the first one need not say so.
    let mut all = data.targets.iter().chain(&data.inputs);
    let common = all.find_map(Column::scale).unwrap_or(ScaleKind::Standard);
    let inputs = data.inputs.iter().map(|c| columns::column(c, common)).collect();
    let targets = data.targets.iter().map(|c| columns::target(c, common)).collect();
    raw::Data {
        path: whole,
        train,
        valid,
        test,
        delimiter: Some(Delimiter(data.dialect.delimiter)),
        decimal: Some(match data.dialect.decimal {
            b',' => raw::Decimal::Comma,
            _ => raw::Decimal::Point,
        }),
        header: Some(data.header.clone()),
        time: Some(data.time.as_ref().map(time)),
        // Without times there is no order to speak of.
        order: data.time.as_ref().map(|_| match data.order {
            Order::Error => raw::Order::Error,
            Order::Sort => raw::Order::Sort,
            Order::Ignore => raw::Order::Ignore,
        }),
        duplicates: data.time.as_ref().map(|_| match data.duplicates {
            Duplicates::Error => raw::Duplicates::Error,
            Duplicates::First => raw::Duplicates::First,
            Duplicates::Last => raw::Duplicates::Last,
        }),
        gaps: data.time.as_ref().map(|_| data.gaps),
        series: Some(match &data.series {
            SeriesBy::One => None,
            SeriesBy::File => Some(Strings(vec!["@file".into()])),
            SeriesBy::Columns(names) => Some(Strings(names.clone())),
        }),
        inputs: Some(inputs),
        targets: Some(targets),
        split: data.split.as_ref().map(split),
        window: Some(data.window.map(|window| raw::Window {
            length: Some(Whole::of(window.length)),
            stride: Some(Whole::of(window.stride)),
            relative_to: Some(match window.relative_to {
                RelativeTo::First => raw::RelativeTo::First,
                RelativeTo::Last => raw::RelativeTo::Last,
                RelativeTo::None => raw::RelativeTo::None,
            }),
        })),
        scale: Some(raw::Scale {
            r#type: Some(columns::scale(common)),
            per: Some(match data.scale_per {
                ScalePer::Column => raw::ScalePer::Column,
                ScalePer::Series => raw::ScalePer::Series,
            }),
        }),
        missing: Some(raw::Missing {
            policy: Some(match data.missing {
                Missing::Error => raw::MissingPolicy::Error,
                Missing::Drop => raw::MissingPolicy::Drop,
                Missing::Ffill => raw::MissingPolicy::Ffill,
                Missing::Mask => raw::MissingPolicy::Mask,
                Missing::Interpolate => raw::MissingPolicy::Interpolate,
            }),
            spellings: (!data.spellings.is_empty()).then(|| data.spellings.clone()),
        }),
    }
}

/// Short where it is an ordinary column of times.
fn time(time: &TimeColumn) -> raw::Time {
    let usual = time.format == TimeFormat::Iso && time.zone.is_none();
    raw::Time {
        column: Some(time.column.clone()),
        format: (!usual).then(|| time.format.clone()),
        zone: (!usual).then(|| time.zone.clone()),
    }
}

fn split(split: &Split) -> raw::Split {
    let part = |part: &types::Part| match part {
        types::Part::Values(values) if values.is_empty() => None,
        part => Some(Part(part.clone())),
    };
    raw::Split {
        train: split.train.clone().map(Part),
        valid: part(&split.valid),
        test: part(&split.test),
        by: match split.by {
            SplitBy::Time => Some(raw::SplitUnit::Time),
            SplitBy::Series { .. } => Some(raw::SplitUnit::Series),
            SplitBy::Column(_) => None,
        },
        seed: match split.by {
            SplitBy::Series { seed } => Some(Whole(seed)),
            SplitBy::Time | SplitBy::Column(_) => None,
        },
        column: match &split.by {
            SplitBy::Column(column) => Some(column.clone()),
            SplitBy::Time | SplitBy::Series { .. } => None,
        },
    }
}

pub(super) fn task(task: &TaskConfig) -> raw::Task {
    let (kind, horizon) = match task.kind {
        TaskKind::Forecast { horizon } => (raw::TaskType::Forecast, Some(Whole::of(horizon))),
        TaskKind::Regression => (raw::TaskType::Regression, None),
        TaskKind::Tagging => (raw::TaskType::Tagging, None),
        TaskKind::Classification => (raw::TaskType::Classification, None),
    };
    raw::Task {
        r#type: Some(kind),
        horizon,
        loss_steps: Some(match task.loss_steps {
            LossSteps::All => raw::LossSteps::All,
            LossSteps::Last => raw::LossSteps::Last,
        }),
        anchor: Some(if task.anchor { raw::Anchor::Last } else { raw::Anchor::None }),
        season: Some(Season(task.season)),
    }
}

pub(super) fn model(model: &ModelConfig) -> raw::Model {
    let (cell, nonlinearity) = cell(model.cell);
    raw::Model {
        topology: Some(match model.topology {
            Topology::Single => raw::Topology::Single,
            Topology::Multi => raw::Topology::Multi,
            Topology::Bidirectional => raw::Topology::Bidirectional,
        }),
        cell: Some(cell),
        nonlinearity,
        hidden_size: Some(Whole::of(model.hidden_size)),
        num_layers: Some(Whole::of(model.layers)),
        dropout: Some(BelowOne(model.dropout)),
        input_dropout: Some(BelowOne(model.input_dropout)),
        head: Some(match model.head {
            Head::Linear => raw::Head::Linear,
            Head::None => raw::Head::None,
        }),
    }
}

pub(super) fn cell(cell: Cell) -> (raw::Cell, Option<raw::Nonlinearity>) {
    match cell {
        Cell::Rnn(Nonlinearity::Tanh) => (raw::Cell::Rnn, Some(raw::Nonlinearity::Tanh)),
        Cell::Rnn(Nonlinearity::Relu) => (raw::Cell::Rnn, Some(raw::Nonlinearity::Relu)),
        Cell::Lstm => (raw::Cell::Lstm, None),
        Cell::Gru => (raw::Cell::Gru, None),
    }
}

pub(super) fn training(training: &TrainingConfig) -> raw::Training {
    let (kind, delta) = match training.loss {
        LossKind::Mse => (raw::LossType::Mse, None),
        LossKind::Mae => (raw::LossType::Mae, None),
        LossKind::Huber { delta } => (raw::LossType::Huber, Some(Positive(delta))),
        LossKind::CrossEntropy => (raw::LossType::CrossEntropy, None),
    };
    let (state, lanes) = match training.state {
        State::Reset => (raw::State::Reset, None),
        State::Carry { lanes } => (raw::State::Carry, Some(Whole::of(lanes))),
    };
    raw::Training {
        epochs: Some(Whole::of(training.epochs)),
        batch_size: Some(Whole::of(training.batch_size)),
        loss: Some(raw::Loss { r#type: Some(kind), delta }),
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

fn output(output: &OutputConfig, path: WritePath<'_>) -> raw::Output {
    raw::Output {
        dir: Some(output.dir.as_deref().zip(path).map(|(dir, write)| write(dir))),
        checkpoint_every: Some(output.checkpoint_every.into()),
    }
}
