//! `task`.

use super::{Facts, Resolved, refuse};
use crate::config::types::{Head, LossSteps, Season, TaskConfig, TaskKind};
use crate::config::{raw, season};

pub(super) fn kind(raw: &raw::Task) -> Resolved<TaskKind> {
    match (raw.r#type, raw.horizon) {
        (None, _) => refuse(
            "task.type",
            "is missing; write \"forecast\", \"regression\", \"tagging\" or \"classification\"",
        ),
        (Some(raw::TaskType::Forecast), _) => {
            Ok(TaskKind::Forecast { horizon: raw.horizon().size() })
        }
        (Some(raw::TaskType::Regression), None) => Ok(TaskKind::Regression),
        (Some(raw::TaskType::Tagging), None) => Ok(TaskKind::Tagging),
        (Some(raw::TaskType::Classification), None) => Ok(TaskKind::Classification),
        (Some(raw::TaskType::Classification), Some(_)) => refuse(
            "task.horizon",
            "belongs to a forecast; a classification gives one category per series: take it out",
        ),
        (Some(other), Some(_)) => refuse(
            "task.horizon",
            format!(
                "belongs to a forecast; a {} reads its targets at the same row: take it out",
                other.word()
            ),
        ),
    }
}

pub(super) fn loss_steps(raw: &raw::Task, kind: TaskKind) -> Resolved<LossSteps> {
    match (raw.loss_steps, kind) {
        (Some(raw::LossSteps::All), TaskKind::Classification) => refuse(
            "task.loss_steps",
            "\"all\" asks for a category at every row, but a classification gives one per series, at its end; \
             write \"last\", or make the task a tagging",
        ),
        (Some(raw::LossSteps::Last), _) | (None, TaskKind::Classification) => Ok(LossSteps::Last),
        (Some(raw::LossSteps::All) | None, _) => Ok(LossSteps::All),
    }
}

pub(super) fn resolve(raw: &raw::Task, facts: Facts, head: Head) -> Resolved<TaskConfig> {
    let forecast = facts.forecast();
    let anchor = match raw.anchor {
        None => forecast && !facts.classes && head == Head::Linear,
        Some(raw::Anchor::None) => false,
        Some(raw::Anchor::Last) if !forecast => {
            return refuse(
                "task.anchor",
                format!(
                    "\"last\" counts a forecast from the last known target, but {} does not know its targets; \
                     write \"none\"",
                    facts.task()
                ),
            );
        }
        Some(raw::Anchor::Last) if facts.classes => {
            return refuse(
                "task.anchor",
                "\"last\" adds to the last known number, but a category is forecast; write \"none\"",
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
    let season = season(raw, facts)?;
    Ok(TaskConfig { kind: facts.kind, loss_steps: facts.loss_steps, anchor, season })
}

fn season(raw: &raw::Task, facts: Facts) -> Resolved<Season> {
    match raw.season {
        _ if facts.forecast() && !facts.classes => Ok(raw.season().0),
        None | Some(season::Season(Season::None)) => Ok(Season::None),
        Some(_) => refuse("task.season", "belongs to a forecast of numbers: take it out"),
    }
}
