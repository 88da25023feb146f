//! What to try next, for a model that does not beat the naive prediction: suggestions with the key that
//! carries them out, chosen by the config and by how the run went.

mod class_rules;
mod rules;
#[cfg(test)]
mod tests;

use std::path::{Path, PathBuf};

use crate::config::Config;
use crate::eval::{Report, Standing};
use crate::store::{read_metrics, run as run_files};
use crate::train::EpochRecord;

/// More than so many are not read.
const MOST: usize = 4;

/// What is known of a model and its run.
#[derive(Clone, Debug)]
pub(super) struct Facts<'a> {
    pub(super) config: &'a Config,
    pub(super) report: &'a Report,
    /// The run folder; none for a model that stands alone.
    pub(super) folder: Option<PathBuf>,
    /// Rows it was fitted on.
    pub(super) train_rows: Option<u64>,
    /// Numbers that were fitted.
    pub(super) parameters: usize,
    /// The run's epochs; empty where they are not known.
    pub(super) history: Vec<EpochRecord>,
}

impl<'a> Facts<'a> {
    /// The facts of a run; its epochs are read from the folder.
    pub(super) fn new(config: &'a Config, report: &'a Report, folder: Option<&Path>) -> Self {
        let history =
            folder.map_or_else(Vec::new, |folder| read_metrics(&folder.join(run_files::METRICS)));
        let folder = folder.map(Path::to_owned);
        Self { config, report, folder, train_rows: None, parameters: 0, history }
    }

    /// The epoch of the lowest validation loss and that loss; the first of equals.
    pub(super) fn best(&self) -> Option<(usize, f64)> {
        let losses = self.history.iter().filter_map(|r| Some((r.epoch, r.valid_loss?)));
        losses.filter(|(_, loss)| loss.is_finite()).min_by(|(_, a), (_, b)| a.total_cmp(b))
    }
}

/// The suggestions, the most promising first; none for a model that is better than the naive prediction.
pub(super) fn advice(facts: &Facts) -> Vec<String> {
    match facts.report.verdict.standing {
        Standing::Better | Standing::Unknown => Vec::new(),
        Standing::Same | Standing::Worse => {
            rules::ALL.iter().filter_map(|rule| rule(facts)).take(MOST).collect()
        }
    }
}
