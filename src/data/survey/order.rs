//! Which column tells time, and which tell series apart: those under which the times of each series go up.

use std::collections::HashMap;
use std::path::Path;

use super::Extent;
use super::candidates::{Keys, Rows, Times, read};
use super::clock::{Clock, Disorder};
use super::column::ColumnSurvey;
use crate::config::{Dialect, HeaderBy};
use crate::data::Timeline;
use crate::data::time::TimeKind;
use crate::error::Result;

/// Of so many steps one may go back before a column is no clock that once was set.
const SLIPS: u64 = 100;

/// What was found.
pub(super) struct Found {
    pub(super) time: Option<Clock>,
    pub(super) series: Vec<usize>,
    pub(super) extent: Extent,
}

/// Tries the candidates in the order of their likelihood.
pub(super) fn find(
    path: &Path,
    (dialect, by): (Dialect, &HeaderBy),
    columns: &[ColumnSurvey],
    rows: u64,
) -> Result<Found> {
    let table = read(path, (dialect, by), columns, rows)?;
    let all = vec![0; table.lines.len()];
    let usable = || table.times.iter().filter(|times| !times.broken);
    let is_clock = |times: &&Times| times.kind != TimeKind::Number;
    let found = |times: &Times, keys: &[u32], series: Vec<usize>, order: Disorder| Found {
        time: Some(table.clock(times, keys, order)),
        series,
        extent: extent(keys),
    };
    for times in usable() {
        if steps_back(&times.nanos, &all) == 0 {
            return Ok(found(times, &all, Vec::new(), Disorder::None));
        }
        if let Some((series, keys)) = table.sorting_keys(times) {
            return Ok(found(times, &keys, series, Disorder::None));
        }
    }
    // From the newest to the oldest a network would learn to tell the past.
    for times in usable().filter(is_clock) {
        let turned = times.turned();
        if steps_back(&turned.nanos, &all) == 0 {
            return Ok(found(times, &all, Vec::new(), Disorder::Sort));
        }
        if let Some((series, keys)) = table.sorting_keys(&turned) {
            return Ok(found(times, &keys, series, Disorder::Sort));
        }
    }
    // A clock that was set back now and then is still a clock; so is one whose every time is another.
    for times in usable().filter(is_clock) {
        let slips = |keys: &[u32]| steps_back(&times.nanos, keys);
        let kind = |keys: &[u32]| match only_twice(&times.nanos, keys) {
            true => Disorder::Twice,
            false => Disorder::SetBack,
        };
        if slips(&all) * SLIPS <= rows {
            return Ok(found(times, &all, Vec::new(), kind(&all)));
        }
        let fits = |keys: &&Keys| keys.likely && slips(&keys.series) * SLIPS <= rows;
        if let Some(keys) = table.keys.iter().find(fits) {
            return Ok(found(times, &keys.series, vec![keys.column], kind(&keys.series)));
        }
        if rows_at_once(&times.nanos).0 == 1 {
            return Ok(found(times, &all, Vec::new(), Disorder::Sort));
        }
    }
    let (series, keys) = match table.keys.iter().find(|keys| keys.named) {
        Some(keys) => (vec![keys.column], &keys.series),
        None => (Vec::new(), &all),
    };
    Ok(Found { time: None, series, extent: extent(keys) })
}

impl Rows {
    fn clock(&self, times: &Times, keys: &[u32], order: Disorder) -> Clock {
        let count = extent(keys).series as usize;
        let mut series: Vec<Vec<(i128, u64)>> = vec![Vec::new(); count];
        // Series are numbered in the order of their first rows.
        for ((&key, &time), &line) in keys.iter().zip(&times.nanos).zip(&self.lines) {
            series[key as usize].push((time, line));
        }
        let (first, last) = times.ends.clone();
        let mut ends = (first, last);
        if order == Disorder::Sort {
            series.iter_mut().for_each(|rows| rows.sort_by_key(|&(time, _)| time));
            ends = times.extremes.clone();
        }
        let nanos: Vec<Vec<i128>> =
            series.iter().map(|rows| rows.iter().map(|row| row.0).collect()).collect();
        let each: Vec<&[i128]> = nanos.iter().map(|times| &times[..]).collect();
        let timeline = Timeline::new(times.kind, &each, ends, &times.reader);
        let line = |s: usize, row: usize| series[s][row].1;
        Clock {
            column: times.column,
            gap_line: timeline.longest_gap().map(|gap| line(gap.series, gap.row)),
            disorder_line: timeline.first_disordered.map(|(s, row)| line(s, row)),
            timeline,
            format: times.format.clone(),
            order,
        }
    }

    /// The columns under which the times of every series go up: one, else two together. A column of measured
    /// numbers may sort the rows by chance, so there have to be as many series as rows share a time, or the
    /// column has to hold words or be named like one.
    fn sorting_keys(&self, times: &Times) -> Option<(Vec<usize>, Vec<u32>)> {
        let sorts = |keys: &[u32]| steps_back(&times.nanos, keys) == 0;
        let (together, different) = rows_at_once(&times.nanos);
        // A few times that stand there twice are slips of a clock, not series side by side.
        let side_by_side = 10 * different <= 9 * times.nanos.len();
        let as_many = |keys: &[u32]| side_by_side && extent(keys).series == together;
        let singles = || self.keys.iter().filter(|keys| keys.column != times.column);
        if let Some(one) = singles().find(|one| as_many(&one.series) && sorts(&one.series)) {
            return Some((vec![one.column], one.series.clone()));
        }
        for (at, a) in singles().enumerate() {
            for b in singles().skip(at + 1) {
                let both = joined(&a.series, &b.series);
                if as_many(&both) && sorts(&both) {
                    return Some((vec![a.column, b.column], both));
                }
            }
        }
        let one = singles().find(|one| one.likely && sorts(&one.series))?;
        Some((vec![one.column], one.series.clone()))
    }
}

/// Rows whose time does not come after the one before in their series.
fn steps_back(times: &[i128], keys: &[u32]) -> u64 {
    let mut last: HashMap<u32, i128> = HashMap::new();
    let back = |(time, key): &(&i128, &u32)| {
        last.insert(**key, **time).is_some_and(|before| **time <= before)
    };
    times.iter().zip(keys).filter(back).count() as u64
}

/// Whether times that do not go up only stand still.
fn only_twice(times: &[i128], keys: &[u32]) -> bool {
    let mut last: HashMap<u32, i128> = HashMap::new();
    let up = |(time, key): (&i128, &u32)| last.insert(*key, *time).is_none_or(|b| b <= *time);
    times.iter().zip(keys).all(up)
}

/// Most rows that share a time, and how many different times there are.
fn rows_at_once(times: &[i128]) -> (u64, usize) {
    let mut counts: HashMap<i128, u64> = HashMap::new();
    times.iter().for_each(|&time| *counts.entry(time).or_default() += 1);
    (counts.values().copied().max().unwrap_or(0), counts.len())
}

/// Series told apart by two columns.
fn joined(a: &[u32], b: &[u32]) -> Vec<u32> {
    let mut numbers = HashMap::new();
    let pair = |(&a, &b): (&u32, &u32)| {
        let next = numbers.len() as u32;
        *numbers.entry((a, b)).or_insert(next)
    };
    a.iter().zip(b).map(pair).collect()
}

fn extent(keys: &[u32]) -> Extent {
    let mut rows: HashMap<u32, u64> = HashMap::new();
    keys.iter().for_each(|&key| *rows.entry(key).or_default() += 1);
    let (shortest, longest) = (rows.values().min(), rows.values().max());
    Extent {
        series: rows.len() as u64,
        shortest: shortest.copied().unwrap_or(0),
        longest: longest.copied().unwrap_or(0),
    }
}
