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
pub(super) fn copies(train: &PartRows, encoder: &Encoder) -> Vec<Copied> {
    let rows = |count| Sample::new(train, encoder.reach(), count);
    let (first, second) = (rows(FIRST_LOOK), rows(SECOND_LOOK));
    if first.rows.len() < ENOUGH {
        return Vec::new();
    }
    let roles = &encoder.roles;
    let pairs = roles.targets.iter().flat_map(|&t| roles.inputs.iter().map(move |&i| (i, t)));
    let pairs: Vec<(usize, usize)> = pairs.filter(|(input, target)| input != target).collect();
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
mod tests {
    use super::*;
    use crate::data::audit::tests::{config, table_of};
    use crate::random::{Purpose, bits, uniform};

    fn noise(row: u64) -> f64 {
        f64::from(uniform(bits(1, Purpose::Data, [row, 0])[0])) - 0.5
    }

    /// A random walk `y` of 500 rows beside `x` made from it: (row, the walk).
    fn found(task: &str, x: impl Fn(usize, &[f64]) -> f64) -> Vec<Copied> {
        let mut walk = vec![100.0];
        (0..510).for_each(|row| walk.push(walk[row as usize] + noise(row)));
        let rows: String =
            (0..500).map(|row| format!("{},{}\n", x(row, &walk), walk[row])).collect();
        let inputs = if task.contains("forecast") { r#"["x","y"]"# } else { r#"["x"]"# };
        let config = config(&format!(r#""inputs":{inputs},"targets":["y"]"#), task);
        let encoder = Encoder::new(&config);
        let train = PartRows::whole(table_of(&encoder.roles, &format!("x,y\n{rows}")));
        copies(&train, &encoder)
    }

    const FORECAST: &str = r#"{"type":"forecast","horizon":3}"#;
    const REGRESSION: &str = r#"{"type":"regression"}"#;

    fn step(found: &[Copied]) -> Option<(usize, bool)> {
        match found {
            [Copied { tells: Tells::Future { step, change, .. }, .. }] => Some((*step, *change)),
            [] => None,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn an_honest_input_tells_nothing() {
        for x in [|row: usize, _: &[f64]| noise(row as u64 + 9_999), |row, y: &[f64]| y[row]] {
            assert_eq!(found(FORECAST, x), []);
        }
        // The past, and what lies beyond the horizon, are no leak either.
        assert_eq!(found(FORECAST, |row, y| y[row.saturating_sub(2)]), []);
        assert_eq!(found(FORECAST, |row, y| y[row + 4]), []);
        assert_eq!(found(REGRESSION, |row, y| y[row] + 5.0 * noise(row as u64 + 9_999)), []);
    }

    #[test]
    fn the_value_of_a_later_row_is_found_whatever_its_unit() {
        assert_eq!(step(&found(FORECAST, |row, y| y[row + 1])), Some((1, false)));
        assert_eq!(step(&found(FORECAST, |row, y| 7.0 - 2.0 * y[row + 3])), Some((3, false)));
        assert_eq!(
            step(&found(FORECAST, |row, y| (100.0 * y[row + 2]).round() / 100.0)),
            Some((2, false))
        );
    }

    #[test]
    fn so_is_its_change() {
        assert_eq!(step(&found(FORECAST, |row, y| y[row + 1] - y[row])), Some((1, true)));
        assert_eq!(
            step(&found(FORECAST, |row, y| 100.0 * (y[row + 2] / y[row] - 1.0))),
            Some((2, true))
        );
    }

    #[test]
    fn a_copy_at_the_same_row_is_found() {
        let tells = |x: fn(usize, &[f64]) -> f64| found(REGRESSION, x)[0].tells;
        assert!(matches!(tells(|row, y| y[row]), Tells::Same { equal: true, .. }));
        let Tells::Same { correlation, equal: false } = tells(|row, y| 3.0 - y[row]) else {
            panic!()
        };
        assert!((correlation + 1.0).abs() < 1e-9);
        assert!(matches!(tells(|row, y| y[row] + 0.01 * noise(row as u64)), Tells::Same { .. }));
    }

    #[test]
    fn equal_inputs_are_paired() {
        let rows: String = (0..9).map(|k| format!("{k},{},{k}\n", k % 2)).collect();
        let part = crate::data::audit::tests::part(&["a", "b", "c"], &format!("a,b,c\n{rows}"));
        assert_eq!(equal_inputs(&part, &[0, 1, 2]), [(0, 2)]);
    }

    #[test]
    fn levels_apart_hide_no_leak_and_make_none() {
        // Three walks at levels far apart; `next` is the walk one row later, `level` says only which one it is.
        let walk = |k: u64| {
            let mut at = 10f64 * (k * k * k * k) as f64;
            (0..200).map(move |row| {
                at += noise(1_000 * (k + 1) + row);
                at
            })
        };
        let walks: Vec<Vec<f64>> = (0..3).map(|k| walk(k).collect()).collect();
        let row =
            |k: usize, row: usize| format!("{k},{},{},{k}\n", walks[k][row], walks[k][row + 1]);
        let rows: String =
            (0..199).flat_map(|r| (0..3).map(move |k| (k, r))).map(|(k, r)| row(k, r)).collect();
        let config =
            config(r#""series":"s","inputs":["y","next","level"],"targets":["y"]"#, FORECAST);
        let encoder = Encoder::new(&config);
        let train = PartRows::whole(table_of(&encoder.roles, &format!("s,y,next,level\n{rows}")));
        let found = copies(&train, &encoder);
        assert_eq!((step(&found), found[0].input), (Some((1, false)), 1));
    }
}
