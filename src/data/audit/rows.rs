//! What the times of rows have to say of the windows and parts made from them.

use std::collections::HashSet;

use super::finding::{Finding, Misfit};
use super::place::{parts, twins};
use super::{Audited, Timeline};
use crate::config::State;

/// A holiday or a holiday week of a series of weekdays is no gap that hurts.
const HOLIDAYS: u64 = 5;

/// Gaps within the train rows, and how many windows run across them.
pub(super) fn gaps(audited: &Audited, timeline: Option<&Timeline>) -> Option<Finding> {
    let timeline = timeline?;
    let allowed = if timeline.step.is_some_and(|step| step.weekdays) { HOLIDAYS } else { 0 };
    let ranges = &audited.dataset.train.ranges;
    let inside = timeline.gaps.iter().filter(|gap| {
        let range = &ranges[gap.series];
        let cuts = &audited.dataset.train.table.series[gap.series].cuts;
        cuts.binary_search(&gap.row).is_err()
            && gap.missing > allowed
            && gap.row > range.start
            && gap.row < range.end
    });
    let gaps: Vec<_> = inside.copied().collect();
    let longest = gaps.iter().copied().reduce(|a, b| if b.nanos > a.nanos { b } else { a })?;
    let carried = audited.config.training.state != State::Reset;
    let windows = if carried {
        gaps.len() as u64 // the state is carried across each
    } else {
        let reach = audited.encoder.reach();
        let of_series = gaps.chunk_by(|a, b| a.series == b.series);
        let crossing = of_series.map(|gaps| {
            let rows: Vec<usize> = gaps.iter().map(|gap| gap.row).collect();
            audited.windows.across(gaps[0].series, &rows, reach)
        });
        crossing.sum()
    };
    let (count, of) = (gaps.len() as u64, audited.windows.count());
    (windows > 0).then_some(Finding::Gaps { count, longest, windows, of })
}

/// Rows of separate files that have the series and time of a train row.
pub(super) fn shared(audited: &Audited) -> Vec<Misfit> {
    let train = &audited.dataset.train;
    let shared = |(name, part): (_, &crate::data::PartRows)| {
        if std::sync::Arc::ptr_eq(&part.table, &train.table) {
            return None;
        }
        let twins = twins(train, part).into_iter().zip(&part.table.series);
        let count = |(twin, s): (Option<usize>, &crate::data::Series)| {
            let times: HashSet<i128> = train.table.series[twin?].times.iter().copied().collect();
            Some(s.times.iter().filter(|time| times.contains(time)).count() as u64)
        };
        let rows: u64 = twins.filter_map(count).sum();
        (rows > 0).then_some(Misfit::SharedRows { part: name, rows })
    };
    parts(audited.dataset).into_iter().skip(1).filter_map(shared).collect()
}
