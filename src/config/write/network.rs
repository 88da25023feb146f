//! The keys of `task` and `model`.

use crate::config::number::{BelowOne, Shrinking, Whole};
use crate::config::raw;
use crate::config::season::Season;
use crate::config::types::{
    Cell, Head, LossSteps, ModelConfig, Nonlinearity, TaskConfig, TaskKind, Topology,
};

pub(in crate::config) fn task(task: &TaskConfig) -> raw::Task {
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
        intervals: Some(task.intervals.map(|intervals| raw::Intervals {
            coverage: Some(Shrinking(intervals.coverage)),
            adaptive: Some(intervals.adaptive),
        })),
        season: Some(Season(task.season)),
    }
}

pub(in crate::config) fn model(model: &ModelConfig) -> raw::Model {
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
