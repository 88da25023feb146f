//! The rows of a run: train, valid and test, from one table that is cut or from separate ones.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use super::encoder::Encoder;
use super::gap_rule::{GapRule, Pace};
use super::last_values::Why;
use super::roles::Roles;
use super::split;
use super::table::Table;
use super::time::TimeKind;
use super::timeline;
use crate::config::{Config, Gaps, Longest, Source, SplitBy};
use crate::error::{DataError, Error, Result};

/// The rows of one part: for each series of a table, a range.
#[derive(Clone, Debug)]
pub struct PartRows {
    /// The table.
    pub table: Arc<Table>,
    /// One range per series; may be empty.
    pub ranges: Vec<Range<usize>>,
}

/// All parts.
#[derive(Clone, Debug)]
pub struct Dataset {
    /// Fitted on.
    pub train: PartRows,
    /// The best model is chosen on; none where it has no row.
    pub valid: Option<PartRows>,
    /// Held out; none where it has no row.
    pub test: Option<PartRows>,
    /// Rows in no part.
    pub left_out: u64,
    /// The regular step of the train rows, where gaps are told by it.
    pub pace: Option<Pace>,
}

impl PartRows {
    /// All rows of a table.
    pub fn whole(table: Table) -> Self {
        let ranges = table.series.iter().map(|s| 0..s.rows()).collect();
        Self { table: Arc::new(table), ranges }
    }

    /// Rows in the part.
    pub fn rows(&self) -> u64 {
        self.ranges.iter().map(|range| range.len() as u64).sum()
    }

    /// The numbers of a column, series after series.
    pub fn values(&self, column: usize) -> impl Iterator<Item = f64> + '_ {
        (0..self.ranges.len()).flat_map(move |series| self.values_of(series, column))
    }

    /// The numbers of a column in one series.
    pub fn values_of(&self, series: usize, column: usize) -> impl Iterator<Item = f64> + '_ {
        let s = &self.table.series[series];
        let values = self.ranges[series].clone().map(move |row| s.row(row)[column]);
        values.filter(|value| !value.is_nan())
    }

    /// Looks up the words of its table, and what the calendar says of its rows.
    pub fn read_words(&mut self, encoder: &Encoder) {
        let table = Arc::make_mut(&mut self.table);
        encoder.read(&mut table.words);
        table.write_calendar(&encoder.calendar);
    }

    /// The last row of each series alone.
    pub fn last_rows(&self) -> Self {
        let last = |range: &Range<usize>| range.start.max(range.end.saturating_sub(1))..range.end;
        let ranges = self.ranges.iter().map(last).collect();
        Self { table: Arc::clone(&self.table), ranges }
    }

    /// The part in two: of each series the first and the second half of its rows, or of whole series every other one.
    pub fn halves(&self, whole_series: bool) -> [Self; 2] {
        let mut filled = 0;
        let mut half = |range: &Range<usize>| {
            if whole_series {
                filled += usize::from(!range.is_empty());
                let empty = range.end..range.end;
                return if filled % 2 == 1 {
                    [range.clone(), empty]
                } else {
                    [empty, range.clone()]
                };
            }
            let middle = range.start + range.len() / 2;
            [range.start..middle, middle..range.end]
        };
        let (first, second) = self.ranges.iter().map(|range| half(range).into()).unzip();
        [first, second].map(|ranges| Self { table: Arc::clone(&self.table), ranges })
    }

    /// The part unless it is empty.
    fn filled(self) -> Option<Self> {
        (self.rows() > 0).then_some(self)
    }
}

/// How a run's gaps are cut that can only be told once the train rows are known.
struct Gapped {
    /// The regular step; none where it is known from a model, or not needed.
    found: Option<Pace>,
    rule: Option<GapRule>,
}

impl Gapped {
    fn new(roles: &Roles, table: &Table, train: &[Range<usize>]) -> Result<Self> {
        let kind = table.series.iter().find_map(|s| s.time_kind());
        if matches!(roles.gaps, Gaps::Cut(Longest::Span(_))) && kind == Some(TimeKind::Number) {
            return Err(Error::Config {
                place: "data.gaps".into(),
                message: "a span of time says nothing of times that are plain numbers; write a number of steps, as in \
                          {\"cut\": 2}, or what they count with \"format\": \"epoch_s\" or \"epoch_ms\" in data.time"
                    .into(),
            });
        }
        if !matches!(roles.gaps, Gaps::Cut(Longest::Steps(_))) || roles.pace.is_some() {
            return Ok(Self { found: roles.pace, rule: None }); // cut while it was read
        }
        let times = table.series.iter().zip(train);
        let times: Vec<_> = times.filter_map(|(s, rows)| s.times.get(rows.clone())).collect();
        let step = kind.and_then(|kind| timeline::usual_step(&times, kind, &table.clock));
        let pace = step.map(Pace::from);
        Ok(Self { found: pace, rule: GapRule::new(&Roles { pace, ..roles.clone() }) })
    }

    fn cut(&self, table: &mut Table) {
        let Some(rule) = &self.rule else { return };
        table.series.iter_mut().for_each(|s| s.cut_at_gaps(rule));
    }
}

impl Dataset {
    /// Reads the files of a config and deals their rows.
    pub fn read(config: &Config, roles: &Roles) -> Result<Self> {
        let source = config.data.source.as_ref().ok_or_else(|| {
            Error::Usage("this model carries no data paths; give the run folder, or --data".into())
        })?;
        match source {
            Source::Whole(paths) => Self::cut(config, roles, Table::read(paths, roles)?),
            Source::Parts { train, valid, test } => {
                let mut train = Table::read(train, roles)?;
                let whole: Vec<_> = train.series.iter().map(|s| 0..s.rows()).collect();
                let pace = Gapped::new(roles, &train, &whole)?;
                pace.cut(&mut train);
                let part = |paths: &[_]| -> Result<Option<PartRows>> {
                    if paths.is_empty() {
                        return Ok(None);
                    }
                    let mut table = Table::read(paths, roles)?;
                    pace.cut(&mut table);
                    Ok(Some(PartRows::whole(table)))
                };
                let (valid, test) = (part(valid)?, part(test)?);
                let train = PartRows::whole(train);
                Ok(Self { train, valid, test, left_out: 0, pace: pace.found })
            }
        }
    }

    /// Deals the rows of one table.
    pub(super) fn cut(config: &Config, roles: &Roles, mut table: Table) -> Result<Self> {
        let split = config.data.split.as_ref();
        let split = split.ok_or_else(|| Error::Internal("one source without a split".into()))?;
        let ranges = split::cut(split, &table, roles.one_label.then_some(roles.targets[0]))?;
        let train: Vec<_> = ranges.iter().map(|r| r.train.clone()).collect();
        let pace = Gapped::new(roles, &table, &train)?;
        pace.cut(&mut table);
        let table = Arc::new(table);
        let part = |pick: fn(&split::Ranges) -> &Range<usize>| PartRows {
            table: Arc::clone(&table),
            ranges: ranges.iter().map(|r| pick(r).clone()).collect(),
        };
        let train = part(|r| &r.train);
        let (valid, test) = (part(|r| &r.valid), part(|r| &r.test));
        let left_out = table.rows() - train.rows() - valid.rows() - test.rows();
        if train.rows() == 0 {
            let message = format!(
                "data.split leaves no train rows of {}; make valid and test smaller",
                table.rows()
            );
            return Err(DataError { file: table.name(), message, ..DataError::default() }.into());
        }
        Ok(Self { train, valid: valid.filled(), test: test.filled(), left_out, pace: pace.found })
    }

    /// Looks up the words of all tables.
    pub fn read_words(&mut self, encoder: &Encoder) {
        if !encoder.roles.are_words.contains(&true) && encoder.calendar.is_empty() {
            return; // a table that others hold, too, would be copied for nothing
        }
        let parts = [Some(&mut self.train), self.valid.as_mut(), self.test.as_mut()];
        let mut parts: Vec<&mut PartRows> = parts.into_iter().flatten().collect();
        while let Some(first) = parts.pop() {
            let shared = Arc::clone(&first.table);
            let (same, others): (Vec<_>, Vec<_>) =
                parts.into_iter().partition(|part| Arc::ptr_eq(&part.table, &shared));
            drop(shared);
            // Alone, the table can be changed in place.
            let mut same = same;
            same.iter_mut().for_each(|part| part.table = Arc::default());
            first.read_words(encoder);
            same.into_iter().for_each(|part| part.table = Arc::clone(&first.table));
            parts = others;
        }
    }

    /// Empty cells and rows out of the ordinary, by what became of them, over all files; those that there are.
    pub fn counts(&self) -> BTreeMap<&'static str, u64> {
        let tables = self.tables();
        let sum = |count: fn(&Table) -> u64| tables.iter().map(|table| count(table)).sum::<u64>();
        let counts = [
            ("cells_filled", sum(|table| table.empty.filled)),
            ("cells_masked", sum(|table| table.empty.masked)),
            ("cells_interpolated", sum(|table| table.empty.interpolated)),
            ("targets_absent", sum(|table| table.empty.absent)),
            ("cells_too_small", sum(|table| table.underflows)),
            ("rows_dropped", sum(|table| table.dropped(Why::EmptyCell))),
            ("rows_repeated", sum(|table| table.dropped(Why::Repeated))),
            ("rows_moved", sum(|table| table.moved)),
        ];
        counts.into_iter().filter(|(_, count)| *count > 0).collect()
    }

    /// The part of this name (`train`, `valid`, `test`), if it has rows.
    pub fn part(&self, name: &str) -> Option<&PartRows> {
        match name {
            "train" => Some(&self.train),
            "valid" => self.valid.as_ref(),
            _ => self.test.as_ref(),
        }
    }

    /// The validation rows in two where intervals are calibrated: those that choose the best epoch, and the others.
    pub fn valid_halves(&self, config: &Config) -> Option<[PartRows; 2]> {
        let valid = self.valid.as_ref().filter(|_| config.task.intervals.is_some())?;
        let by_time = config.data.split.as_ref().is_some_and(|split| split.by == SplitBy::Time);
        let several = valid.ranges.iter().filter(|range| !range.is_empty()).count() > 1;
        Some(valid.halves(config.data.window.is_none() && several && !by_time))
    }

    /// The rows that the best epoch is chosen by.
    pub fn choosing(&self, config: &Config) -> Option<PartRows> {
        let halves = self.valid_halves(config);
        halves.map(|[first, _]| first).or_else(|| self.valid.clone())
    }

    /// Every table once.
    pub fn tables(&self) -> Vec<&Arc<Table>> {
        let mut tables = vec![&self.train.table];
        for part in [&self.valid, &self.test].into_iter().flatten() {
            if !tables.iter().any(|table| Arc::ptr_eq(table, &part.table)) {
                tables.push(&part.table);
            }
        }
        tables
    }
}
