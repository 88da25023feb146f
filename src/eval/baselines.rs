//! What a prediction has to beat.

use crate::data::{Encoder, ScalerSet};

/// The naive prediction of a task.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Baseline {
    /// A forecast that repeats the last known value.
    LastValue,
    /// The mean of the train rows (of the series, where scalers are per series).
    TrainMean,
}

impl Baseline {
    pub(super) fn of(encoder: &Encoder) -> Self {
        if encoder.lead > 0 { Baseline::LastValue } else { Baseline::TrainMean }
    }

    /// Those of a task.
    pub(super) fn all(encoder: &Encoder) -> Vec<Self> {
        vec![Self::of(encoder)]
    }

    /// Its key in JSON.
    pub(super) fn key(self) -> &'static str {
        match self {
            Baseline::LastValue => "last_value",
            Baseline::TrainMean => "train_mean",
        }
    }

    /// What it does, in words.
    pub(super) fn doing(self) -> &'static str {
        match self {
            Baseline::LastValue => "repeating the last value",
            Baseline::TrainMean => "always giving the mean of the train rows",
        }
    }

    /// Its values at `row` (`[columns]`), `[targets x steps]`.
    pub(super) fn predict(
        self,
        encoder: &Encoder,
        row: &[f64],
        scalers: &ScalerSet,
        values: &mut [f64],
    ) {
        for (k, &place) in encoder.roles.targets.iter().enumerate() {
            let value = match self {
                Baseline::LastValue => row[place],
                Baseline::TrainMean => scalers.targets[k].mean,
            };
            values[k * encoder.steps..(k + 1) * encoder.steps].fill(value);
        }
    }
}
