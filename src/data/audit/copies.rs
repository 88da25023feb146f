//! Inputs that give the answer away: copies of a target, or of what it will be.

use crate::data::{Encoder, Moments, PartRows};

/// Of the answer's variance this share has to be known from the input.
const KNOWN: f64 = 0.99;
/// A correlation at the same row from which on an input may stand in for the target.
const SAME: f64 = 0.999;
/// Rows that all pairs are tried on, and rows that those are judged on that pass.
const FIRST_LOOK: usize = 100;
const SECOND_LOOK: usize = 4_000;
/// With fewer rows everything is alike.
const ENOUGH: usize = 20;
/// Pairs of columns times steps ahead that are tried; of more steps only some are.
const TRIALS: usize = 20_000;

/// What an input tells.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Tells {
    /// The target at its own row, with this correlation.
    Same {
        /// 1 or -1: one is a straight line of the other.
        correlation: f64,
        /// Every value is equal.
        equal: bool,
    },
    /// The target so many rows later.
    Future {
        /// Rows later.
        step: usize,
        /// The value, or its change until then.
        change: bool,
        /// Share of the variance that it tells.
        share: f64,
    },
}

/// An input that tells a target.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Copied {
    /// Place of the input's column.
    pub input: usize,
    /// Place of the target's column.
    pub target: usize,
    /// What it tells.
    pub tells: Tells,
}

/// All inputs that give a target away. Each series is counted from its own means.
pub fn copies(train: &PartRows, encoder: &Encoder) -> Vec<Copied> {
    let rows = |count| Sample::new(train, encoder.reach(), count);
    let (first, second) = (rows(FIRST_LOOK), rows(SECOND_LOOK));
    if first.rows.len() < ENOUGH {
        return Vec::new();
    }
    let roles = &encoder.roles;
    let targets = roles.targets.iter().filter(|&&target| !roles.are_words[target]);
    let pairs = targets.flat_map(|&t| roles.numbers().map(move |i| (i, t)));
    let pairs: Vec<(usize, usize)> =
        pairs.filter(|&(i, t)| roles.columns[i] != roles.columns[t]).collect();
    let thinning = (pairs.len() * encoder.steps).div_ceil(TRIALS).max(1);
    let found = |(input, target): (usize, usize)| {
        let tells = if encoder.lead == 0 {
            first.same(input, target).and_then(|_| second.same(input, target))
        } else {
            let mut steps = (1..=encoder.steps).step_by(thinning);
            steps.find_map(|step| {
                first.future(input, target, step).and_then(|_| second.future(input, target, step))
            })
        };
        tells.map(|tells| Copied { input, target, tells })
    };
    pairs.into_iter().filter_map(found).collect()
}

/// Pairs of inputs that are equal in every train row.
pub(super) fn equal_inputs(train: &PartRows, inputs: &[usize]) -> Vec<(usize, usize)> {
    let equal = |a: usize, b: usize| train.values(a).eq(train.values(b));
    let mut pairs = Vec::new();
    for (place, &a) in inputs.iter().enumerate() {
        let twin = inputs[place + 1..].iter().find(|&&b| equal(a, b));
        pairs.extend(twin.map(|&b| (a, b)));
    }
    pairs
}

/// Rows taken evenly from the train rows that have all their targets there, series after series.
struct Sample<'a> {
    train: &'a PartRows,
    rows: Vec<(usize, usize)>,
}

impl<'a> Sample<'a> {
    /// About `count` rows. Of many series some are taken, each with enough rows to be judged by itself.
    fn new(train: &'a PartRows, reach: usize, count: usize) -> Self {
        let usable = train.ranges.iter().map(|range| range.len().saturating_sub(reach));
        let usable: Vec<(usize, usize)> = usable.enumerate().collect();
        let longest = usable.iter().map(|(_, rows)| *rows).max().unwrap_or(0);
        let long = |(_, rows): &&(usize, usize)| *rows >= ENOUGH.min(longest).max(1);
        let series: Vec<(usize, usize)> = usable.iter().filter(long).copied().collect();
        let most = (count / ENOUGH).max(1);
        let taken: Vec<(usize, usize)> =
            series.iter().step_by(series.len().div_ceil(most).max(1)).copied().collect();
        let share = count.div_ceil(taken.len().max(1));
        let rows = taken.into_iter().flat_map(|(series, rows)| {
            let start = train.ranges[series].start;
            (start..start + rows).step_by(rows.div_ceil(share)).map(move |row| (series, row))
        });
        Self { train, rows: rows.collect() }
    }

    fn value(&self, series: usize, row: usize, column: usize) -> f64 {
        self.train.table.series[series].row(row)[column]
    }

    fn of_series(&self) -> impl Iterator<Item = &[(usize, usize)]> {
        self.rows.chunk_by(|a, b| a.0 == b.0)
    }

    fn same(&self, input: usize, target: usize) -> Option<Tells> {
        let (mut sums, mut equal) = (Sums::default(), true);
        for rows in self.of_series() {
            let mut joint = Joint::default();
            for &(series, row) in rows {
                let (x, y) = (self.value(series, row, input), self.value(series, row, target));
                joint.add(x, y);
                equal &= x == y;
            }
            sums.add(&joint, joint.y.m2);
        }
        let correlation = sums.correlation();
        (correlation.abs() >= SAME).then_some(Tells::Same { correlation, equal })
    }

    /// Whether the input holds the target `step` rows later, or the change until then: judged by the change,
    /// since a slow target looks like its own future in any case.
    fn future(&self, input: usize, target: usize, step: usize) -> Option<Tells> {
        let mut level = Sums::default();
        let (mut change, mut relative) = (level, level);
        for rows in self.of_series() {
            let mut joint = Joint::default();
            let (mut joint_change, mut joint_relative) = (joint, joint);
            for &(series, row) in rows {
                let x = self.value(series, row, input);
                let now = self.value(series, row, target);
                let later = self.value(series, row + step, target);
                joint.add(x, later);
                joint_change.add(x, later - now);
                joint_relative.add(x, (later - now) / now);
            }
            let unit = joint_change.y.m2;
            level.add(&joint, unit);
            change.add(&joint_change, unit);
            relative.add(&joint_relative, 1.0);
        }
        if change.yy <= 1e-12 * level.yy {
            return None; // nothing changes
        }
        let of_level = 1.0 - (1.0 - level.square()) * level.yy / change.yy;
        let of_change = change.square().max(relative.square());
        let told = |change, share| Tells::Future { step, change, share };
        if of_level >= KNOWN && of_level >= of_change {
            return Some(told(false, of_level));
        }
        (of_change >= KNOWN).then(|| told(true, of_change))
    }
}

/// Two numbers side by side within a series.
#[derive(Clone, Copy, Debug, Default)]
struct Joint {
    x: Moments,
    y: Moments,
    product: f64,
}

impl Joint {
    fn add(&mut self, x: f64, y: f64) {
        if x.is_nan() || y.is_nan() {
            return;
        }
        let before = x - self.x.mean;
        self.x.add(x);
        self.y.add(y);
        self.product += before * (y - self.y.mean);
    }
}

/// Sums over series, each counted from its own means.
#[derive(Clone, Copy, Debug, Default)]
struct Sums {
    xx: f64,
    yy: f64,
    xy: f64,
}

impl Sums {
    /// `unit`: what both count by, so that a series of large numbers is not the only one that counts.
    fn add(&mut self, joint: &Joint, unit: f64) {
        if unit > 0.0 {
            self.xx += joint.x.m2 / unit;
            self.yy += joint.y.m2 / unit;
            self.xy += joint.product / unit;
        }
    }

    /// 0 where one of them is constant or infinite.
    fn correlation(&self) -> f64 {
        let correlation = self.xy / (self.xx * self.yy).sqrt();
        if correlation.is_finite() { correlation } else { 0.0 }
    }

    fn square(&self) -> f64 {
        self.correlation() * self.correlation()
    }
}

#[cfg(test)]
#[path = "copies_tests.rs"]
mod tests;
