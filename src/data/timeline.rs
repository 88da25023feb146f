//! How regularly rows follow each other in time.

use super::gap_rule::Pace;
use super::table::{Series, Table};
use super::time::{TimeKind, TimeReader};

const DAY: u64 = 86_400_000_000_000;

/// The times of some series.
#[derive(Clone, Debug, PartialEq)]
pub struct Timeline {
    /// How they are written.
    pub kind: TimeKind,
    /// The earliest, as written.
    pub first: String,
    /// The latest, as written.
    pub last: String,
    /// From row to row; none where no series has two rows.
    pub step: Option<Step>,
    /// Missing rows, in the order of the series.
    pub gaps: Vec<Gap>,
    /// Steps that are neither the usual one nor a gap.
    pub irregular: u64,
    /// Rows whose time does not come after the one before it, where the config allows it.
    pub disordered: u64,
    /// The first of these rows: (series, row).
    pub first_disordered: Option<(usize, usize)>,
}

/// The usual time between two rows of a series.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Step {
    /// Nanoseconds (numbers: billionths).
    pub nanos: u64,
    /// The share of all steps that are exactly this long.
    pub share: f64,
    /// Days from Monday to Friday: a weekend is no gap.
    pub weekdays: bool,
}

/// Rows that are missing between two others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Gap {
    /// Which series.
    pub series: usize,
    /// The row after the gap.
    pub row: usize,
    /// From the row before it to that row.
    pub nanos: u64,
    /// Rows that would have been there.
    pub missing: u64,
}

impl Timeline {
    /// Of a table; none without a time column.
    pub fn of_table(table: &Table) -> Option<Self> {
        let kind = table.series.iter().find_map(Series::time_kind)?;
        let rows = || {
            let series = table.series.iter();
            series.flat_map(|s| s.times.iter().enumerate().map(move |(row, at)| (at, s, row)))
        };
        let (_, s, row) = rows().min_by_key(|(at, ..)| **at)?;
        let first = s.time_text(row).to_owned();
        let (_, s, row) = rows().max_by_key(|(at, ..)| **at)?;
        let last = s.time_text(row).to_owned();
        let times: Vec<&[i128]> = table.series.iter().map(|s| &s.times[..]).collect();
        Some(Self::new(kind, &times, (first, last), &table.clock))
    }

    /// Of the times of each series, which `clock` has read; `ends` are the first and the last as written.
    pub fn new(
        kind: TimeKind,
        series: &[&[i128]],
        ends: (String, String),
        clock: &TimeReader,
    ) -> Self {
        let step = usual_step(series, kind, clock);
        let (mut gaps, mut irregular) = (Vec::new(), 0);
        if let Some(step) = step {
            for (s, row, nanos) in steps(series) {
                let (before, now) = (series[s][row - 1], series[s][row]);
                let missing = Pace::from(step).missing(clock, before, now);
                if missing > 0 {
                    gaps.push(Gap { series: s, row, nanos, missing });
                } else if step.is_irregular(nanos) {
                    irregular += 1;
                }
            }
        }
        let not_after = || {
            series.iter().enumerate().flat_map(|(s, times)| {
                let back = times.windows(2).enumerate().filter(|(_, w)| w[1] <= w[0]);
                back.map(move |(row, _)| (s, row + 1))
            })
        };
        let (disordered, first_disordered) = (not_after().count() as u64, not_after().next());
        let (first, last) = ends;
        Self { kind, first, last, step, gaps, irregular, disordered, first_disordered }
    }

    /// The longest gap, the first of equals.
    pub fn longest_gap(&self) -> Option<Gap> {
        self.gaps.iter().copied().reduce(|a, b| if b.nanos > a.nanos { b } else { a })
    }
}

/// (series, row, time since the row before) of all rows that come after the one before.
fn steps<'a>(series: &'a [&[i128]]) -> impl Iterator<Item = (usize, usize, u64)> + 'a {
    series.iter().enumerate().flat_map(|(s, times)| {
        let steps = times.windows(2).enumerate().filter(|(_, w)| w[1] > w[0]);
        let nanos = |w: &[i128]| u64::try_from(w[1] - w[0]).unwrap_or(u64::MAX);
        steps.map(move |(row, w)| (s, row + 1, nanos(w)))
    })
}

/// The commonest step if half of all are like it, else the median: clocks that tremble have no commonest one.
pub(super) fn usual_step(series: &[&[i128]], kind: TimeKind, clock: &TimeReader) -> Option<Step> {
    let mut all: Vec<u64> = steps(series).map(|(_, _, nanos)| nanos).collect();
    all.sort_unstable();
    let median = *all.get(all.len() / 2)?;
    let commonest = all.chunk_by(|a, b| a == b).max_by_key(|same| same.len())?;
    let half = 2 * commonest.len() >= all.len();
    let nanos = if half { commonest[0] } else { median };
    let equal = all.iter().filter(|&&step| step == nanos).count();
    let weekdays = kind != TimeKind::Number
        && nanos == DAY
        && series.iter().copied().flatten().all(|&time| !is_weekend(clock.day(time)));
    Some(Step { nanos, share: equal as f64 / all.len() as f64, weekdays })
}

impl Step {
    /// Differs by more than a tenth: months, leap years and summer time stay within that.
    fn is_irregular(self, nanos: u64) -> bool {
        !self.weekdays && nanos.abs_diff(self.nanos) > self.nanos / 10
    }
}

/// 1970-01-01 was a Thursday.
pub(super) fn is_weekend(day: i64) -> bool {
    matches!((day + 3).rem_euclid(7), 5 | 6)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::time;

    fn timeline(times: &[&str]) -> Timeline {
        let times: Vec<_> = times.iter().map(|text| time::parse(text, b'.').unwrap()).collect();
        let nanos: Vec<i128> = times.iter().map(|time| time.nanos).collect();
        Timeline::new(times[0].kind, &[&nanos], Default::default(), &TimeReader::default())
    }

    #[test]
    fn a_gap_is_counted_in_missing_rows() {
        let t = timeline(&[
            "2024-01-01 00:00",
            "2024-01-01 01:00",
            "2024-01-01 02:00",
            "2024-01-01 05:00",
            "2024-01-01 06:00",
            "2024-01-01 06:20",
        ]);
        let hour = 3_600_000_000_000;
        assert_eq!(t.step, Some(Step { nanos: hour, share: 0.6, weekdays: false }));
        assert_eq!(t.gaps, [Gap { series: 0, row: 3, nanos: 3 * hour, missing: 2 }]);
        assert_eq!(t.irregular, 1);
    }

    #[test]
    fn a_weekend_is_no_gap_for_weekdays_but_a_holiday_is() {
        let t = timeline(&["2024-05-02", "2024-05-03", "2024-05-06", "2024-05-07", "2024-05-08"]);
        assert_eq!((t.step.map(|s| s.weekdays), &t.gaps[..]), (Some(true), &[][..]));
        let days =
            ["2024-05-02", "2024-05-03", "2024-05-07", "2024-05-08", "2024-05-20", "2024-05-21"];
        let missing: Vec<u64> = timeline(&days).gaps.iter().map(|gap| gap.missing).collect();
        assert_eq!(missing, [1, 7]);
        // With a Saturday among them the days are days.
        let t = timeline(&["2024-05-02", "2024-05-03", "2024-05-04", "2024-05-07", "2024-05-08"]);
        assert_eq!(t.gaps.len(), 1);
    }

    #[test]
    fn times_out_of_order_are_counted_and_are_no_gaps() {
        let t = timeline(&["0", "10", "20", "5", "15", "15", "25"]);
        assert_eq!((t.disordered, t.gaps.len(), t.irregular), (2, 0, 0));
        assert_eq!(t.first_disordered, Some((0, 3)));
    }

    #[test]
    fn months_and_trembling_clocks_are_regular() {
        let months = ["2024-01-31", "2024-02-29", "2024-03-31", "2024-04-30", "2024-05-31"];
        let t = timeline(&months);
        assert_eq!((t.gaps.len(), t.irregular), (0, 0));
        let t = timeline(&["0", "10.01", "20.03", "29.99", "40.02", "70.01", "80"]);
        assert_eq!((t.gaps.len(), t.irregular), (1, 0));
    }
}
