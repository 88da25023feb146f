//! How time goes in a column: its step, its gaps, and where it goes back.

use std::collections::HashMap;

use crate::data::time::{TimeKind, span_text};

const SECOND: i128 = 1_000_000_000;
const MINUTE: i128 = 60 * SECOND;
const HOUR: i128 = 60 * MINUTE;
const DAY: i128 = 24 * HOUR;

/// A time column, series by series.
#[derive(Clone, Debug, PartialEq)]
pub struct Timeline {
    /// Its place among the columns.
    pub column: usize,
    /// How times are written.
    pub kind: TimeKind,
    /// The commonest time between two rows, in nanoseconds (for plain numbers: billionths); 0 where no series has
    /// two rows.
    pub step: i128,
    /// Share of the steps that are this long.
    pub regular: f64,
    /// Longer steps than the usual one.
    pub gaps: u64,
    /// The longest of them.
    pub longest: Option<Gap>,
    /// Rows whose time does not come after the one before, and the line of the first.
    pub disorder: Option<(u64, u64)>,
    /// The first and the last time as they are written, in the order of the file.
    pub ends: (String, String),
}

/// A step longer than the usual one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Gap {
    /// How long it is.
    pub length: i128,
    /// Line of the row after it.
    pub line: u64,
}

/// One row: its series, its time, its line.
#[derive(Clone, Copy, Debug)]
pub(super) struct Moment {
    pub(super) series: u32,
    pub(super) time: i128,
    pub(super) line: u64,
}

impl Timeline {
    /// Follows the times of each series.
    pub(super) fn follow(
        column: usize,
        kind: TimeKind,
        moments: impl Iterator<Item = Moment> + Clone,
        ends: (String, String),
    ) -> Self {
        let mut steps: HashMap<i128, u64> = HashMap::new();
        each_step(moments.clone(), |step, _| *steps.entry(step).or_default() += 1);
        let (step, count) = steps
            .iter()
            .filter(|(step, _)| **step > 0)
            .max_by_key(|&(&step, &count)| (count, -step))
            .map_or((0, 0), |(&step, &count)| (step, count));
        let total: u64 = steps.values().sum();
        let regular = if total == 0 { 1.0 } else { count as f64 / total as f64 };
        let (mut gaps, mut longest, mut disorder) = (0, None, None);
        each_step(moments, |length, line| {
            if length <= 0 {
                let (count, first) = disorder.unwrap_or((0, line));
                disorder = Some((count + 1, first));
            } else if step > 0 && 2 * length > 3 * step {
                gaps += 1;
                if longest.is_none_or(|gap: Gap| gap.length < length) {
                    longest = Some(Gap { length, line });
                }
            }
        });
        Self { column, kind, step, regular, gaps, longest, disorder, ends }
    }

    /// Nanoseconds from one row to the next; for plain numbers only where they look like Unix times.
    pub fn step_nanos(&self) -> Option<i128> {
        let unit = match self.kind {
            TimeKind::Number => unix_unit(&self.ends)?,
            TimeKind::Local | TimeKind::Zoned => 1,
        };
        (self.step > 0).then(|| self.step / unit)
    }

    /// A span of the column as people say it: `3 h`, `5.5 h`; for plain numbers the number.
    pub fn span(&self, length: i128) -> String {
        let unit = match self.kind {
            TimeKind::Number => unix_unit(&self.ends),
            TimeKind::Local | TimeKind::Zoned => Some(1),
        };
        let Some(nanos) = unit.map(|unit| length / unit) else {
            return format!("{}", length as f64 / SECOND as f64);
        };
        // Whole units where they are few, else the next larger one with a decimal.
        let exact = [(DAY, 90), (HOUR, 48), (MINUTE, 120), (SECOND, 120)]
            .iter()
            .any(|&(unit, most)| nanos % unit == 0 && nanos / unit <= most);
        match span_text(nanos, 1, TimeKind::Local).filter(|_| exact || nanos < SECOND) {
            Some(text) => text,
            None if nanos >= DAY => format!("{:.1} d", nanos as f64 / DAY as f64),
            None if nanos >= HOUR => format!("{:.1} h", nanos as f64 / HOUR as f64),
            None => format!("{:.1} s", nanos as f64 / SECOND as f64),
        }
    }

    /// Whether rows come once a month: steps of 28 to 31 days.
    pub fn is_monthly(&self) -> bool {
        let month = 28 * DAY..=31 * DAY;
        self.regular < 0.9 && self.step_nanos().is_some_and(|step| month.contains(&step))
    }

    /// Whether rows come on working days: daily steps, with weekends as the commonest gap.
    pub fn skips_weekends(&self) -> bool {
        let gaps = self.gaps as f64;
        let rows = gaps / (1.0 - self.regular).max(1e-9);
        self.step_nanos() == Some(DAY) && gaps > 0.1 * rows
    }
}

/// Calls `visit(step, line)` for every two rows that follow each other in a series.
fn each_step(moments: impl Iterator<Item = Moment>, mut visit: impl FnMut(i128, u64)) {
    let mut last: HashMap<u32, i128> = HashMap::new();
    for Moment { series, time, line } in moments {
        if let Some(before) = last.insert(series, time) {
            visit(time - before, line);
        }
    }
}

/// What a plain number counts, if it lies where Unix times of 1990 to 2100 do: 1 for seconds, 1,000 for
/// milliseconds, a million for microseconds.
fn unix_unit(ends: &(String, String)) -> Option<i128> {
    let number = |text: &str| text.trim().replace(',', ".").parse::<f64>().ok();
    let (first, last) = (number(&ends.0)?, number(&ends.1)?);
    let years = 6.3e8..4.1e9;
    [1_i128, 1_000, 1_000_000].into_iter().find(|&unit| {
        years.contains(&(first / unit as f64)) && years.contains(&(last / unit as f64))
    })
}
