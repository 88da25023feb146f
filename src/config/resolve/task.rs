//! `task`.

use super::{Resolved, refuse};
use crate::config::raw;
use crate::config::types::{Head, LossSteps, TaskConfig, TaskKind};

pub(super) fn kind(raw: &raw::Task) -> Resolved<TaskKind> {
    match (raw.r#type, raw.horizon) {
        (None, _) => refuse("task.type", "is missing; write \"forecast\" or \"regression\""),
        (Some(raw::TaskType::Forecast), _) => {
            Ok(TaskKind::Forecast { horizon: raw.horizon().size() })
        }
        (Some(raw::TaskType::Regression), None) => Ok(TaskKind::Regression),
        (Some(raw::TaskType::Regression), Some(_)) => refuse(
            "task.horizon",
            "belongs to a forecast; a regression reads its targets at the same row: take it out",
        ),
    }
}

pub(super) fn loss_steps(raw: &raw::Task) -> LossSteps {
    match raw.loss_steps() {
        raw::LossSteps::Last => LossSteps::Last,
        raw::LossSteps::All => LossSteps::All,
    }
}

pub(super) fn resolve(
    raw: &raw::Task,
    kind: TaskKind,
    loss_steps: LossSteps,
    head: Head,
) -> Resolved<TaskConfig> {
    let forecast = matches!(kind, TaskKind::Forecast { .. });
    let anchor = match raw.anchor {
        None => forecast && head == Head::Linear,
        Some(raw::Anchor::None) => false,
        Some(raw::Anchor::Last) if !forecast => {
            return refuse(
                "task.anchor",
                "\"last\" counts a forecast from the last known target, but a regression does not \
                 know its targets; write \"none\"",
            );
        }
        Some(raw::Anchor::Last) if head == Head::None => {
            return refuse(
                "task.anchor",
                "\"last\" adds the last known target to the head's output, but with head \"none\" the \
                 output is the hidden state itself; write \"none\"",
            );
        }
        Some(raw::Anchor::Last) => true,
    };
    Ok(TaskConfig { kind, loss_steps, anchor })
}
