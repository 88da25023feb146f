//! What training and checking both start from: rows read, scalers fitted, the network made.

use super::calibrate::calibrate;
use crate::config::{Config, LossSteps, Season, State, TaskKind};
use crate::data::audit::{Audited, Sizes};
use crate::data::windows::{INTO_A_GAP, NO_TARGETS};
use crate::data::{
    Context, Dataset, Encoder, PartRows, Roles, RowHashes, Scalers, Vocabularies, Windows,
    find_season,
};
use crate::error::{DataError, Result};
use crate::eval::{NO_TRUTH, OutputRow, Ridge, Wanted};
use crate::kernel;
use crate::model::{Network, Tensors};
use crate::serve::{Calibration, Plan, rows_needed};
use crate::store::{Model, TrainedOn, architecture};
use crate::text::thousands;
use crate::train::Trainer;

/// Rows by the reason why they are left out.
pub(super) type Reasons = Vec<(&'static str, u64)>;

/// A run's unchanging parts.
pub(super) struct Prepared {
    pub(super) encoder: Encoder,
    pub(super) dataset: Dataset,
    pub(super) scalers: Scalers,
    /// Rows from one season of the targets to the next, where there is one.
    pub(super) season: Option<usize>,
    pub(super) network: Network,
    /// Why no ridge regression stands beside the model, where memory is short.
    pub(super) without_ridge: Option<String>,
    pub(super) warnings: Vec<String>,
}

impl Prepared {
    pub(super) fn new(config: &Config) -> Result<Self> {
        Self::with_words(config, None)
    }

    /// With the words and classes of another model in place of the train rows'.
    pub(super) fn with_words(config: &Config, words: Option<&Vocabularies>) -> Result<Self> {
        kernel::variant()?;
        // Sizes are checked before any work: neither rows nor words nor weights are there yet.
        let without_words = Encoder::new(config, Vocabularies::default());
        let unread = architecture(config, &without_words);
        super::memory::check_parameters(&unread, &config.training.optimizer)?;
        super::memory::check_sources(config, &without_words.roles)?;
        let dataset = Dataset::read(config, &without_words.roles)?;
        Self::on(config, dataset, words)
    }

    /// On rows that are there already.
    pub(super) fn on(
        config: &Config,
        mut dataset: Dataset,
        words: Option<&Vocabularies>,
    ) -> Result<Self> {
        let without_words = Encoder::new(config, Vocabularies::default());
        let roles = &without_words.roles;
        let vocabularies = vocabularies(config, roles, &dataset.train, words)?;
        let mut encoder = Encoder::new(config, vocabularies);
        encoder.roles.pace = dataset.pace;
        encoder.calendar.fit(&dataset.train);
        dataset.read_words(&encoder);
        let train = &dataset.train;
        let rows = train.table.series.iter().zip(&train.ranges);
        let rows = rows.map(|(s, range)| (&s.key[..], s.rows_between(range.start, range.end)));
        let season = match config.task.season {
            Season::Auto => find_season(train, &encoder.roles.targets),
            Season::None => None,
            Season::Rows(rows) => Some(rows),
        };
        let scalers = Scalers::fit(&config.data, &encoder.roles, rows);
        let scalers = scalers.with_changes(&encoder.roles, train, season);
        let network = Network::new(architecture(config, &encoder));
        let (without_ridge, warnings) = (None, Vec::new());
        let mut prepared =
            Self { encoder, dataset, scalers, season, network, without_ridge, warnings };
        prepared.require_windows(config)?;
        prepared.require_calibration(config)?;
        prepared.without_ridge = super::memory::check(config, &prepared)?;
        prepared.warnings = super::check::warnings(config, &prepared);
        prepared.warnings.extend(prepared.without_ridge.clone());
        Ok(prepared)
    }

    /// The model of some weights; how sure it is has not been found yet.
    pub(super) fn model(&self, config: &Config, params: Tensors) -> Model {
        Model {
            config: config.clone(),
            encoder: self.encoder.clone(),
            network: self.network.clone(),
            params,
            scalers: self.scalers.clone(),
            calibration: None,
            season: self.season,
            trained_on: self.trained_on(),
            rows: RowHashes::new(&self.dataset, &self.encoder.roles),
        }
    }

    /// The regression that a model of this run is judged beside.
    pub(super) fn ridge(&self, model: &Model) -> Option<Ridge> {
        self.without_ridge.is_none().then(|| super::evaluate::ridge(model, &self.dataset))?
    }

    pub(super) fn trainer<'a>(&'a self, config: &'a Config) -> Trainer<'a> {
        Trainer::new(config, &self.dataset, &self.encoder, &self.scalers, &self.network)
    }

    /// Training windows, as the trainer will see them.
    pub(super) fn windows(&self, config: &Config) -> Windows {
        Windows::new(config, &self.dataset.train.segments(), self.encoder.reach())
    }

    /// Refuses a run that would have nothing to train on, or nothing to choose the best model by.
    fn require_windows(&self, config: &Config) -> Result<()> {
        let table = &self.dataset.train.table;
        let fault = |message: String| {
            Err(DataError { file: table.name(), message, ..DataError::default() }.into())
        };
        let windows = self.windows(config);
        let segments = self.dataset.train.segments();
        let longest = segments.iter().map(|segment| segment.rows.len()).max().unwrap_or(0);
        if windows.count() == 0 {
            return fault(self.too_few_rows(config, longest));
        }
        let needs_valid = config.training.early_stopping.is_some()
            || matches!(config.training.schedule, crate::config::Schedule::Plateau { .. });
        if needs_valid && self.scored(config, "valid") == 0 {
            return fault(format!(
                "too few rows: {} are validation rows, and none of them can be scored, since the targets reach \
                     {} rows ahead; early stopping or the plateau schedule needs one: make task.horizon smaller or \
                     data.split.valid larger ({} rows are enough)",
                thousands(self.dataset.valid.as_ref().map_or(0, PartRows::rows)),
                self.encoder.reach(),
                self.encoder.reach() + 1
            ));
        }
        Ok(())
    }

    /// What to do about a series too short for its windows.
    fn too_few_rows(&self, config: &Config, longest: usize) -> String {
        let reach = self.encoder.reach();
        let length = config.data.window.map_or(1, |w| w.length);
        // With a loss at every step a window may be shorter than asked for; it still needs its targets.
        let needs = if config.task.loss_steps == LossSteps::Last { length } else { 1 };
        let table = &self.dataset.train.table;
        let rows = table.rows();
        let found = format!(
            "too few rows: {} of {} are train rows of the longest {}",
            thousands(longest as u64),
            thousands(rows),
            if table.series.iter().all(|s| s.cuts.is_empty()) {
                "series"
            } else {
                "stretch between gaps"
            }
        );
        if reach + 1 > longest {
            return format!(
                "{found}, and the targets reach {reach} rows ahead; make task.horizon smaller than {longest}, or \
                 the parts of data.split"
            );
        }
        format!(
            "{found}, and a window needs {needs} rows and {reach} after it for the targets; make \
             data.window.length {} or less, or task.horizon or the parts of data.split smaller",
            longest - reach
        )
    }

    /// Rows of a part that will be scored.
    pub(super) fn scored(&self, config: &Config, part: &str) -> u64 {
        self.predictions(config, part).0
    }

    /// Predictions of a part that will be scored, and those that are left out, by reason.
    pub(super) fn predictions(&self, config: &Config, part: &str) -> (u64, Reasons) {
        self.dataset.part(part).map_or_else(Default::default, |part| self.of_part(config, part))
    }

    /// The same of any rows.
    fn of_part(&self, config: &Config, part: &PartRows) -> (u64, Reasons) {
        let (mut scored, mut left_out) = (0, Reasons::new());
        for series in 0..part.ranges.len() {
            let (more, reasons) = self.predictions_of(config, part, series);
            scored += more;
            reasons.into_iter().for_each(|(reason, rows)| leave_out(&mut left_out, reason, rows));
        }
        (scored, left_out)
    }

    /// The same of one series of a part.
    pub(super) fn predictions_of(
        &self,
        config: &Config,
        part: &PartRows,
        series: usize,
    ) -> (u64, Reasons) {
        let (mut scored, mut left_out) = (0, Reasons::new());
        let (plan, lead, reach) = (Plan::new(config), self.encoder.lead, self.encoder.reach());
        let (range, s) = (part.ranges[series].clone(), &part.table.series[series]);
        let wanted = Wanted::new(range, (s.rows(), &s.cuts), plan, lead, reach);
        let mut truth = vec![0.0; self.encoder.target_width()];
        for row in wanted.asked.clone() {
            match wanted.row(row) {
                OutputRow::Scored if part.table.empty.absent > 0 => {
                    self.encoder.truth(s.rows_between(row, s.segment_of(row).end), &mut truth);
                    match truth.iter().all(|truth| truth.is_nan()) {
                        true => leave_out(&mut left_out, NO_TRUTH, 1),
                        false => scored += 1,
                    }
                }
                OutputRow::Scored => scored += 1,
                OutputRow::LeftOut(reason) => leave_out(&mut left_out, reason, 1),
            }
        }
        let whole = part.is_whole();
        let dropped = s.dropped.iter().filter(|row| wanted.asks_for_dropped(row.before, whole));
        dropped.for_each(|row| leave_out(&mut left_out, row.why.text(), 1));
        (scored, left_out)
    }

    /// How sure a model of this run is; none where the config does not ask.
    pub(super) fn calibrate(&self, model: &Model) -> Result<Option<Calibration>> {
        let Some([_, part]) = self.dataset.valid_halves(&model.config) else { return Ok(None) };
        let (rows, _) = self.of_part(&model.config, &part);
        calibrate(model, &part, rows)
    }

    /// Predictions of the first and of the second half of the validation rows; none where these are not halved.
    pub(super) fn valid_halves(&self, config: &Config) -> Option<[(u64, u64); 2]> {
        let halves = self.dataset.valid_halves(config)?;
        Some(halves.map(|part| (part.rows(), self.of_part(config, &part).0)))
    }

    /// Refuses intervals that too few rows would be left to calibrate.
    fn require_calibration(&self, config: &Config) -> Result<()> {
        let (Some(intervals), Some([(_, choosing), (rows, calibrating)])) =
            (config.task.intervals, self.valid_halves(config))
        else {
            return Ok(());
        };
        let needed = rows_needed(intervals.coverage);
        if choosing > 0 && calibrating >= needed as u64 {
            return Ok(());
        }
        let message = format!(
            "too few rows: {} of the second half of the validation rows ({}) can be scored, and intervals of \
             coverage {} need {needed} of them, and one of the first half; make data.split.valid larger, or \
             task.intervals.coverage smaller",
            thousands(calibrating),
            thousands(rows),
            intervals.coverage
        );
        Err(DataError { file: self.dataset.train.table.name(), message, ..DataError::default() }
            .into())
    }

    /// What the audit looks at.
    pub(super) fn audited<'a>(&'a self, config: &'a Config, windows: &'a Windows) -> Audited<'a> {
        Audited { config, dataset: &self.dataset, encoder: &self.encoder, windows }
    }

    /// Figures it needs besides.
    pub(super) fn sizes(&self, config: &Config) -> Sizes {
        Sizes {
            parameters: self.network.layout().len() as u64,
            valid_scored: self.scored(config, "valid"),
            test_scored: self.scored(config, "test"),
        }
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
    pub(super) fn row_counts(&self, config: &Config) -> (u64, Reasons) {
        if config.training.state != State::Reset {
            let (reach, mut left_out) = (self.encoder.reach(), [(NO_TARGETS, 0), (INTO_A_GAP, 0)]);
            for segment in self.dataset.train.segments() {
                let rows = segment.rows.len() - segment.usable(reach);
                left_out[usize::from(segment.cut)].1 += rows as u64;
            }
            let short: u64 = left_out.iter().map(|(_, rows)| rows).sum();
            let left_out = left_out.into_iter().filter(|(_, rows)| *rows > 0).collect();
            return (self.dataset.train.rows() - short, left_out);
        }
        let windows = self.windows(config);
        (windows.used, windows.left_out)
    }
}

fn leave_out(reasons: &mut Reasons, reason: &'static str, rows: u64) {
    match reasons.iter_mut().find(|(known, _)| *known == reason) {
        Some((_, count)) => *count += rows,
        None => reasons.push((reason, rows)),
    }
}

/// What the train rows, or another model, know of words.
fn vocabularies(
    config: &Config,
    roles: &Roles,
    train: &PartRows,
    of_another: Option<&Vocabularies>,
) -> Result<Vocabularies> {
    let last_only = config.task.kind == TaskKind::Classification;
    let mut words = match of_another {
        Some(words) => words.clone(),
        None => Vocabularies::fit(&config.data, roles, train, last_only),
    };
    super::labels::check(config, &words, train)?;
    if let Some(classes) = &words.classes {
        super::labels::check_known(roles, classes, train)?;
        words.contexts = Context::fit(&config.task, roles, train, classes);
    }
    Ok(words)
}
