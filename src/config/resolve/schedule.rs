//! `training.schedule`, with the defaults of `torch.optim.lr_scheduler`.

use super::{Resolved, only_own, refuse};
use crate::config::raw::{self, ScheduleType};
use crate::config::section::Section;
use crate::config::types::Schedule;

const KEY: &str = "training.schedule";

/// The options of a schedule.
pub(in crate::config) fn own(kind: ScheduleType) -> &'static [&'static str] {
    match kind {
        ScheduleType::Constant => &["warmup_steps"],
        ScheduleType::Step => &["step_size", "gamma", "warmup_steps"],
        ScheduleType::Exponential => &["gamma", "warmup_steps"],
        ScheduleType::Cosine => &["min_learning_rate", "warmup_steps"],
        ScheduleType::Plateau => {
            &["factor", "patience", "threshold", "min_learning_rate", "warmup_steps"]
        }
    }
}

pub(super) fn resolve(raw: &raw::Schedule, learning_rate: f64) -> Resolved<Schedule> {
    let kind = raw.r#type();
    only_own(KEY, kind.word(), &raw.given(), own(kind))?;
    let min_learning_rate = raw.min_learning_rate().0;
    if min_learning_rate > learning_rate {
        return refuse(
            "training.schedule.min_learning_rate",
            format!(
                "{min_learning_rate:?} is above the optimizer's learning_rate {learning_rate:?}, from \
                 which the schedule goes down; write less"
            ),
        );
    }
    Ok(match kind {
        ScheduleType::Constant => Schedule::Constant,
        ScheduleType::Step => {
            let Some(step_size) = raw.step_size else {
                return refuse(
                    "training.schedule.step_size",
                    "is missing; write the epochs between drops",
                );
            };
            let gamma = raw.gamma.map_or(0.1, |gamma| gamma.0);
            Schedule::Step { step_size: step_size.size(), gamma }
        }
        ScheduleType::Exponential => {
            let Some(gamma) = raw.gamma else {
                return refuse(
                    "training.schedule.gamma",
                    "is missing; write the factor per epoch, such as 0.95",
                );
            };
            Schedule::Exponential { gamma: gamma.0 }
        }
        ScheduleType::Cosine => Schedule::Cosine { min_learning_rate },
        ScheduleType::Plateau => Schedule::Plateau {
            factor: raw.factor().0,
            patience: raw.patience().size(),
            threshold: raw.threshold().0,
            min_learning_rate,
        },
    })
}
