//! One fold: trained as a run of its own, without a folder, and scored on its test rows.

use std::sync::atomic::{AtomicI32, Ordering};

use super::Fold;
use crate::config::Config;
use crate::data::{Dataset, PartRows};
use crate::error::{Error, Result};
use crate::eval::Evaluated;
use crate::job::evaluate::part_report;
use crate::job::prepare::Prepared;
use crate::model::initial_params;
use crate::train::{Control, Event, Observer, Outcome};

/// Trains and scores.
pub(super) fn run(
    config: &Config,
    dataset: Dataset,
    tell: &dyn Fn(String),
    signal: &AtomicI32,
) -> Result<Fold> {
    let prepared = Prepared::on(config, dataset, None)?;
    prepared.without_ridge.iter().for_each(|why| tell(why.clone()));
    let mut trainer = prepared.trainer(config);
    let mut progress = trainer.start(initial_params(&prepared.network, config.training.seed));
    let outcome = trainer.run(&mut progress, &mut Silent { signal })?;
    if outcome == Outcome::Interrupted {
        return Err(stopped(signal));
    }
    let best_epoch = progress.best.as_ref().map_or(0, |best| best.epoch);
    let params = progress.best.map_or(progress.params, |best| best.params);
    let mut model = prepared.model(config, params);
    model.calibration = prepared.calibrate(&model)?;
    let dataset = &prepared.dataset;
    let test =
        dataset.test.as_ref().ok_or_else(|| Error::Internal("a fold without rows".into()))?;
    let ridge = prepared.ridge(&model);
    let go_on = |_: Evaluated| match signal.load(Ordering::Relaxed) {
        0 => Ok(()),
        _ => Err(stopped(signal)),
    };
    let report = part_report(&model, ridge.as_ref(), "test", test, go_on)?;
    let rows = |part: &Option<PartRows>| part.as_ref().map_or(0, PartRows::rows);
    Ok(Fold {
        rows: [dataset.train.rows(), rows(&dataset.valid), rows(&dataset.test)],
        times: times(test),
        best_epoch,
        report,
    })
}

/// The first and the last time of the first series that has rows.
fn times(part: &PartRows) -> [String; 2] {
    let mut series = part.table.series.iter().zip(&part.ranges);
    let Some((s, range)) = series.find(|(_, range)| !range.is_empty()) else {
        return Default::default();
    };
    [range.start, range.end - 1].map(|row| s.time_text(row).to_owned())
}

fn stopped(signal: &AtomicI32) -> Error {
    let advice = "amid the backtest; nothing of it is left".into();
    Error::Stopped { signal: signal.load(Ordering::Relaxed), advice }
}

/// Says nothing, and stops where a signal asks for it.
struct Silent<'a> {
    signal: &'a AtomicI32,
}

impl Observer for Silent<'_> {
    fn on(&mut self, _: Event<'_>) -> Result<Control> {
        Ok(if self.is_to_stop() { Control::Stop } else { Control::Go })
    }

    fn is_to_stop(&self) -> bool {
        self.signal.load(Ordering::Relaxed) != 0
    }
}
