//! Signs that a run leads nowhere although its numbers are finite.

use super::events::EpochRecord;
use crate::text::short;

/// Growth of the loss that is called an explosion.
const EXPLOSION: f64 = 1000.0;
/// Epochs in which nothing changes, after which a run is called dead.
const DEAD_EPOCHS: usize = 3;
/// Relative change that is none: sums in another order differ by more than nothing.
const NOTHING: f64 = 1e-7;

/// What was seen of the epochs of this process. Not saved: nothing but a warning depends on it.
#[derive(Debug, Default)]
pub(super) struct Health {
    lowest: Option<f64>,
    last: Option<(f64, f64)>,
    unchanged: usize,
    told_of_explosion: bool,
    told_of_death: bool,
}

impl Health {
    /// Takes in an epoch's figures; a warning where there is reason for one, each kind once.
    pub(super) fn judge(&mut self, record: &EpochRecord) -> Option<String> {
        let loss = record.train_loss_per_step?;
        let lowest = self.lowest.map_or(loss, |lowest| lowest.min(loss));
        self.lowest = Some(lowest);
        let now = (loss, record.valid_loss.unwrap_or(0.0));
        let same = |a: f64, b: f64| (a - b).abs() <= NOTHING * a.abs().max(b.abs());
        let unchanged = self.last.is_some_and(|last| same(last.0, now.0) && same(last.1, now.1));
        self.unchanged = if unchanged { self.unchanged + 1 } else { 0 };
        self.last = Some(now);
        if loss > EXPLOSION * lowest && !self.told_of_explosion {
            self.told_of_explosion = true;
            return Some(format!(
                "epoch {}: the loss per step is {}, {} times the lowest so far ({}): training explodes; try a lower \
                 training.optimizer.learning_rate, or training.clip_grad_norm",
                record.epoch,
                short(loss),
                short(loss / lowest),
                short(lowest)
            ));
        }
        // A loss of zero has nowhere to go.
        if self.unchanged >= DEAD_EPOCHS && loss > 0.0 && !self.told_of_death {
            self.told_of_death = true;
            return Some(format!(
                "epoch {}: the loss has not changed for {} epochs (per step {}): the network does not learn any more; \
                 look at the learning rate ({}) and, with \"relu\", for units that are always zero",
                record.epoch,
                self.unchanged,
                short(loss),
                record.learning_rate
            ));
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Warnings by epoch, for a list of losses.
    fn warned(losses: &[f64]) -> Vec<usize> {
        let mut health = Health::default();
        let record = |(at, &loss): (usize, &f64)| EpochRecord {
            epoch: at + 1,
            step: 0,
            train_loss: None,
            train_loss_per_step: Some(loss),
            valid_loss: Some(1.0),
            learning_rate: 0.1,
            grad_norm: None,
            skipped: 0,
            valid: serde_json::Map::new(),
        };
        let records = losses.iter().enumerate().map(record);
        records.filter(|record| health.judge(record).is_some()).map(|r| r.epoch).collect()
    }

    #[test]
    fn an_explosion_is_told_once_and_ordinary_ups_and_downs_never() {
        assert_eq!(warned(&[2.0, 1.0, 1e3, 1e3 + 1.0, 1e5]), [4]);
        assert_eq!(warned(&[2.0, 1.0, 500.0, 0.9, 800.0]), [0; 0]);
    }

    #[test]
    fn a_run_that_stands_still_is_told_once() {
        assert_eq!(warned(&[1.0, 0.5, 0.5, 0.5 + 1e-9, 0.5, 0.5]), [5]);
        assert_eq!(warned(&[0.5, 0.5, 0.5, 0.50001, 0.5, 0.5, 0.5, 0.5]), [8]);
        assert_eq!(warned(&[0.0; 9]), [0; 0]);
        let slow: Vec<f64> = (0..20).map(|k| 1.0 - 1e-6 * f64::from(k)).collect();
        assert_eq!(warned(&slow), [0; 0]);
    }
}
