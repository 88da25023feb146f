//! `training.optimizer`, with the defaults of `torch.optim`.

use super::{Resolved, only_own, refuse};
use crate::config::raw::{self, OptimizerType};
use crate::config::section::Section;
use crate::config::types::{Adam, Optimizer};

const KEY: &str = "training.optimizer";

/// The options of a rule.
pub(in crate::config) fn own(kind: OptimizerType) -> &'static [&'static str] {
    match kind {
        OptimizerType::Sgd => &["learning_rate", "momentum", "nesterov", "weight_decay"],
        OptimizerType::Adam | OptimizerType::AdamW => {
            &["learning_rate", "betas", "eps", "weight_decay"]
        }
        OptimizerType::RmsProp => {
            &["learning_rate", "alpha", "eps", "momentum", "centered", "weight_decay"]
        }
    }
}

pub(super) fn resolve(raw: &raw::Optimizer) -> Resolved<Optimizer> {
    let kind = raw.r#type();
    only_own(KEY, kind.word(), &raw.given(), own(kind))?;
    let learning_rate = raw.learning_rate.map(|rate| rate.0);
    let momentum = raw.momentum().0;
    let weight_decay = raw.weight_decay.map_or(0.0, |decay| decay.0);
    let eps = raw.eps().0;
    Ok(match kind {
        OptimizerType::Sgd => {
            let nesterov = raw.nesterov();
            if nesterov && momentum == 0.0 {
                return refuse(
                    "training.optimizer.nesterov",
                    "is a form of momentum, which is 0; write a momentum such as 0.9, or false",
                );
            }
            let learning_rate = learning_rate.unwrap_or(1e-3);
            Optimizer::Sgd { learning_rate, momentum, nesterov, weight_decay }
        }
        OptimizerType::Adam => Optimizer::Adam(adam(raw, eps, weight_decay)),
        OptimizerType::AdamW => {
            Optimizer::AdamW(adam(raw, eps, raw.weight_decay.map_or(0.01, |decay| decay.0)))
        }
        OptimizerType::RmsProp => Optimizer::RmsProp {
            learning_rate: learning_rate.unwrap_or(1e-2),
            alpha: raw.alpha().0,
            eps,
            momentum,
            centered: raw.centered(),
            weight_decay,
        },
    })
}

fn adam(raw: &raw::Optimizer, eps: f64, weight_decay: f64) -> Adam {
    let betas = raw.betas();
    Adam {
        learning_rate: raw.learning_rate.map_or(1e-3, |rate| rate.0),
        betas: (betas.0.0, betas.1.0),
        eps,
        weight_decay,
    }
}
