//! What training and checking both start from: rows read, scalers fitted, the network made.

use crate::config::{Config, ScaleKind, State};
use crate::data::{Dataset, Encoder, Scalers, Windows};
use crate::error::{DataError, Result};
use crate::eval::{OutputRow, Wanted};
use crate::model::Network;
use crate::serve::Plan;
use crate::store::{TrainedOn, architecture};
use crate::text::counted;
use crate::train::Trainer;

/// A run's unchanging parts.
pub(super) struct Prepared {
    pub(super) encoder: Encoder,
    pub(super) dataset: Dataset,
    pub(super) scalers: Scalers,
    pub(super) network: Network,
    pub(super) warnings: Vec<String>,
}

impl Prepared {
    pub(super) fn new(config: &Config) -> Result<Self> {
        let encoder = Encoder::new(config);
        // Sizes are checked before any work: neither rows nor weights are there yet.
        super::memory::check_parameters(&architecture(config, &encoder))?;
        let dataset = Dataset::read(config, &encoder.roles)?;
        let train = &dataset.train;
        let rows = train.table.series.iter().zip(&train.ranges);
        let rows = rows.map(|(s, range)| (&s.key[..], s.rows_between(range.start, range.end)));
        let scalers = Scalers::fit(&config.data, &encoder.roles, rows);
        let network = Network::new(architecture(config, &encoder));
        let mut prepared = Self { encoder, dataset, scalers, network, warnings: Vec::new() };
        prepared.require_windows(config)?;
        super::memory::check(config, &prepared)?;
        prepared.look_around(config);
        Ok(prepared)
    }

    pub(super) fn trainer<'a>(&'a self, config: &'a Config) -> Trainer<'a> {
        Trainer::new(config, &self.dataset, &self.encoder, &self.scalers, &self.network)
    }

    /// Training windows, as the trainer will see them.
    pub(super) fn windows(&self, config: &Config) -> Windows {
        Windows::new(config, &self.dataset.train.ranges, self.encoder.reach())
    }

    /// Refuses a run that would have nothing to train on, or nothing to choose the best model by.
    fn require_windows(&self, config: &Config) -> Result<()> {
        let (table, reach) = (&self.dataset.train.table, self.encoder.reach());
        let fault = |message: String| {
            Err(DataError { file: table.name(), message, ..DataError::default() }.into())
        };
        let windows = self.windows(config);
        let longest = self.dataset.train.ranges.iter().map(|r| r.len()).max().unwrap_or(0);
        if windows.count() == 0 {
            let length = config.data.window.map_or(1, |w| w.length);
            return fault(format!(
                "no training window fits: the longest series has {longest} train rows, and a window needs \
                 {length} rows and {reach} after it for the targets; make data.window.length or task.horizon \
                 smaller, or data.split's valid and test"
            ));
        }
        let needs_valid = config.training.early_stopping.is_some()
            || matches!(config.training.schedule, crate::config::Schedule::Plateau { .. });
        if needs_valid && self.scored(config, "valid") == 0 {
            return fault(
                "no validation row can be scored, and early stopping or the plateau schedule needs one; make \
                 data.split.valid larger than the horizon"
                    .into(),
            );
        }
        Ok(())
    }

    /// Rows of a part that will be scored.
    pub(super) fn scored(&self, config: &Config, part: &str) -> u64 {
        let Some(part) = self.dataset.part(part) else { return 0 };
        let (lead, reach) = (self.encoder.lead, self.encoder.reach());
        let count = |(range, s): (&std::ops::Range<usize>, &crate::data::Series)| {
            let wanted = Wanted::new(range.clone(), s.rows(), Plan::new(config), lead, reach);
            wanted.asked.clone().filter(|&row| wanted.row(row) == OutputRow::Scored).count() as u64
        };
        part.ranges.iter().zip(&part.table.series).map(count).sum()
    }

    /// Things that are allowed but worth a word.
    fn look_around(&mut self, config: &Config) {
        let columns = config.data.inputs.iter().zip(&self.scalers.all.inputs);
        let targets = config.data.targets.iter().zip(&self.scalers.all.targets);
        let mut warnings = Vec::new();
        for (place, (column, _)) in columns.chain(targets).enumerate() {
            let is_target = place >= config.data.inputs.len();
            let index = if is_target {
                self.encoder.roles.targets[place - config.data.inputs.len()]
            } else {
                self.encoder.roles.inputs[place]
            };
            let already = is_target && self.encoder.roles.is_input(index);
            if column.scale != ScaleKind::None && !already && self.constant(index) {
                warnings.push(format!(
                    "column \"{}\" has the same value in all train rows; it counts as deviation 1{}",
                    column.name.escape_debug(),
                    if is_target { "" } else { " and says nothing: leave it out of data.inputs" }
                ));
            }
        }
        if self.dataset.valid.is_some() && self.scored(config, "valid") == 0 {
            warnings.push(
                "no validation row can be scored (the split is shorter than the horizon or the window): the model \
                 of the last epoch is kept"
                    .into(),
            );
        }
        let windows = self.windows(config);
        if let Some(window) = config.data.window.filter(|w| w.length > windows.longest()) {
            warnings.push(format!(
                "no series has the {} rows of data.window.length: the longest window has {}",
                window.length,
                windows.longest()
            ));
        }
        let underflows: u64 = self.dataset.tables().iter().map(|t| t.underflows).sum();
        if underflows > 0 {
            warnings
                .push(format!("{underflows} cells are too small for 32-bit floats and count as 0"));
        }
        let filled: u64 = self.dataset.tables().iter().map(|t| t.filled).sum();
        if filled > 0 {
            let cells = counted(filled, "empty cell");
            warnings.push(format!("{cells} filled with the last value of the column"));
        }
        self.warnings = warnings;
    }

    fn constant(&self, column: usize) -> bool {
        let train = &self.dataset.train;
        let mut values = train
            .table
            .series
            .iter()
            .zip(&train.ranges)
            .flat_map(|(s, range)| range.clone().map(move |row| s.row(row)[column]));
        let Some(first) = values.next() else { return true };
        values.all(|value| value == first)
    }

    /// First and last train time of each series.
    pub(super) fn trained_on(&self) -> Vec<TrainedOn> {
        let train = &self.dataset.train;
        let series = train.table.series.iter().zip(&train.ranges);
        series
            .filter(|(s, range)| !range.is_empty() && !s.times.is_empty())
            .map(|(s, range)| {
                // Not the ends: times may be out of order.
                let earliest = range.clone().min_by_key(|&row| s.times[row]).unwrap_or_default();
                let latest = range.clone().max_by_key(|&row| s.times[row]).unwrap_or_default();
                TrainedOn {
                    series: s.key.clone(),
                    first: s.time_text(earliest).to_owned(),
                    last: s.time_text(latest).to_owned(),
                }
            })
            .collect()
    }

    /// Rows that are an input of training, and the others by reason.
    pub(super) fn row_counts(&self, config: &Config) -> (u64, Vec<(&'static str, u64)>) {
        if config.training.state != State::Reset {
            let reach = self.encoder.reach() as u64;
            let short: u64 =
                self.dataset.train.ranges.iter().map(|r| reach.min(r.len() as u64)).sum();
            let left_out = [("targets run past the end of the split", short)];
            let left_out = left_out.into_iter().filter(|(_, rows)| *rows > 0).collect();
            return (self.dataset.train.rows() - short, left_out);
        }
        let windows = self.windows(config);
        (windows.used, windows.left_out)
    }
}
