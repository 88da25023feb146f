//! The naive predictions of numbers, from the rows known at the time.

use super::Baseline;
use crate::data::{Encoder, ScalerSet, Series};

/// Guesses of numbers.
pub(in crate::eval) struct NumberBaselines<'a> {
    pub(in crate::eval) encoder: &'a Encoder,
    /// Rows from one season to the next.
    pub(in crate::eval) season: Option<usize>,
}

/// A row from which one is made.
#[derive(Clone, Copy)]
pub(in crate::eval) struct Origin<'a> {
    pub(in crate::eval) series: &'a Series,
    /// The first row that may be read.
    pub(in crate::eval) start: usize,
    pub(in crate::eval) row: usize,
    pub(in crate::eval) scalers: &'a ScalerSet,
}

impl Origin<'_> {
    /// A column's value in one of the rows that may be read.
    fn value(&self, row: usize, place: usize) -> f64 {
        self.series.row(row)[place]
    }
}

impl NumberBaselines<'_> {
    /// The values of a naive one at a row, `[targets x steps]`.
    pub(in crate::eval) fn fill(&self, baseline: Baseline, at: Origin, values: &mut [f64]) {
        let targets = self.encoder.roles.last_known.iter().enumerate();
        for ((k, &place), values) in targets.zip(values.chunks_exact_mut(self.encoder.steps)) {
            let mean = at.scalers.targets[k].mean;
            let or = |value: f64, other: f64| if value.is_nan() { other } else { value };
            let last = or(at.value(at.row, place), mean);
            match baseline {
                Baseline::TrainMean => values.fill(mean),
                Baseline::Drift => {
                    let rows = (at.row - at.start).max(1) as f64; // of one row there is no drift
                    let drift = (last - or(at.value(at.start, place), last)) / rows;
                    let ahead = (1..).map(|step| last + f64::from(step) * drift);
                    values.iter_mut().zip(ahead).for_each(|(value, ahead)| *value = ahead);
                }
                Baseline::SeasonalNaive => {
                    let season = self.season.unwrap_or(1);
                    for (step, value) in values.iter_mut().enumerate() {
                        // Step 0 is the next row: as far into the season as the row a season before it.
                        let before = season - 1 - step % season;
                        let known = at.row - at.start >= before;
                        *value =
                            if known { or(at.value(at.row - before, place), last) } else { last };
                    }
                }
                _ => values.fill(last),
            }
        }
    }
}
