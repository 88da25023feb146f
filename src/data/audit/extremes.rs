//! Values and steps far outside of what a column does otherwise.

use super::place::{PartName, Place, parts, twins};
use crate::data::{Dataset, PartRows};

/// Values this many times the middle half's width away from it are outliers.
const FAR: f64 = 12.0;
/// Where more than this share of all rows (and more than a few) is far out, it is the column's nature.
const RARE: f64 = 0.01;
const A_FEW: f64 = 3.0;
/// A jump is at least this share of the column's range, and this many times what 99 of 100 steps are at most.
const JUMP_RANGE: f64 = 0.5;
const JUMP_STEPS: f64 = 20.0;
/// Quantiles come from this many values.
const SAMPLE: usize = 10_000;
/// With fewer there is no usual.
const ENOUGH: usize = 20;

/// Values far out.
#[derive(Clone, Debug, PartialEq)]
pub struct Outliers {
    /// How many, in all parts.
    pub count: u64,
    /// The first of the farthest.
    pub place: Place,
    /// Its value.
    pub value: f64,
    /// The middle half of that series' train values.
    pub usual: (f64, f64),
    /// How many of them have that very value: a mark for a missing value has.
    pub equal: u64,
}

/// A step in a column that moves little otherwise.
#[derive(Clone, Debug, PartialEq)]
pub struct Jump {
    /// Steps at least half as large.
    pub count: u64,
    /// The row after the largest.
    pub place: Place,
    /// The values before and after.
    pub values: (f64, f64),
    /// What 99 of 100 steps are at most.
    pub usual: f64,
}

/// The outliers of a column: judged by the train rows of the same series, looked for in all parts.
pub(super) fn outliers(dataset: &Dataset, column: usize) -> Option<Outliers> {
    let mut found: Option<(f64, Outliers)> = None;
    let mut rows = 0;
    let train = &dataset.train;
    let usual: Vec<_> = (0..train.ranges.len()).map(|s| usual(train, s, column)).collect();
    for (name, part) in parts(dataset) {
        for (series, twin) in twins(train, part).into_iter().enumerate() {
            let Some(usual) = twin.and_then(|twin| usual[twin].as_ref()) else { continue };
            for row in part.ranges[series].clone() {
                let value = part.table.series[series].row(row)[column];
                rows += u64::from(!value.is_nan());
                let far = usual.far(value);
                if far.is_nan() || far <= FAR {
                    continue;
                }
                let place = Place { part: name, series, row };
                take(&mut found, far, value, place, usual);
            }
        }
    }
    let (_, found) = found?;
    (found.count as f64 <= (RARE * rows as f64).max(A_FEW)).then_some(found)
}

fn take(found: &mut Option<(f64, Outliers)>, far: f64, value: f64, place: Place, usual: &Usual) {
    match found {
        Some((farthest, o)) if *farthest >= far => {
            o.count += 1;
            o.equal += u64::from(o.value == value);
        }
        _ => {
            let count = found.as_ref().map_or(0, |(_, o)| o.count) + 1;
            let usual = (usual.low, usual.high);
            *found = Some((far, Outliers { count, place, value, usual, equal: 1 }));
        }
    }
}

/// The middle half of some values.
struct Usual {
    low: f64,
    high: f64,
    width: f64,
}

impl Usual {
    /// Distance from the middle half, in its widths.
    fn far(&self, value: f64) -> f64 {
        (self.low - value).max(value - self.high) / self.width
    }
}

/// Of a series' train values; none where it has too few, or next to all are equal.
fn usual(train: &PartRows, series: usize, column: usize) -> Option<Usual> {
    let values = sample(train.values_of(series, column), train.ranges[series].len());
    let at = |share: f64| values[(share * (values.len() - 1) as f64) as usize];
    if values.len() < ENOUGH {
        return None;
    }
    let (low, high) = (at(0.25), at(0.75));
    // Mostly one value, as with rain: judged by nearly all of them.
    let width = if low < high { high - low } else { at(0.99) - at(0.01) };
    (width > 0.0).then_some(Usual { low, high, width })
}

/// Evenly taken, sorted.
fn sample(values: impl Iterator<Item = f64>, count: usize) -> Vec<f64> {
    let mut values: Vec<f64> = values.step_by(count.div_ceil(SAMPLE).max(1)).collect();
    values.sort_by(f64::total_cmp);
    values
}

/// The largest jump of a column in the train rows.
pub(super) fn jump(train: &PartRows, column: usize) -> Option<Jump> {
    let found = (0..train.ranges.len()).filter_map(|series| jump_in(train, series, column));
    found.reduce(|a, b| Jump { count: a.count + b.count, ..a })
}

fn jump_in(train: &PartRows, series: usize, column: usize) -> Option<Jump> {
    let range = train.ranges[series].clone();
    let value = |row: usize| train.table.series[series].row(row)[column];
    let step = |row: usize| (value(row) - value(row - 1)).abs();
    let rows = || range.clone().skip(1).filter(|&row| !step(row).is_nan());
    let usual = sample(rows().map(step), range.len());
    if usual.len() < 5 * ENOUGH {
        return None;
    }
    let usual = usual[(0.99 * (usual.len() - 1) as f64) as usize];
    let (mut low, mut high) = (f64::INFINITY, f64::NEG_INFINITY);
    train.values_of(series, column).for_each(|x| (low, high) = (low.min(x), high.max(x)));
    let row = rows().reduce(|a, b| if step(b) > step(a) { b } else { a })?;
    let largest = step(row);
    if usual == 0.0 || largest < JUMP_RANGE * (high - low) || largest < JUMP_STEPS * usual {
        return None;
    }
    let count = rows().filter(|&row| 2.0 * step(row) >= largest).count() as u64;
    let place = Place { part: PartName::Train, series, row };
    Some(Jump { count, place, values: (value(row - 1), value(row)), usual })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::audit::tests::{cut, table};

    /// A wave with some values put in, its last 50 rows as valid part.
    fn dataset(planted: &[(usize, f64)], step_at: Option<usize>) -> Dataset {
        let value = |row: usize| {
            let wave = (row % 20) as f64 / 10.0
                + if step_at.is_some_and(|at| row >= at) { 500.0 } else { 0.0 };
            planted.iter().find(|(at, _)| *at == row).map_or(wave, |(_, value)| *value)
        };
        let rows: String = (0..400).map(|row| format!("{}\n", value(row))).collect();
        let (train, valid) = cut(table("", &format!("y\n{rows}")), 350);
        Dataset { train, valid: Some(valid), test: None, left_out: 0, pace: None }
    }

    #[test]
    fn a_clean_wave_has_neither() {
        let clean = dataset(&[], None);
        assert_eq!(outliers(&clean, 0), None);
        assert_eq!(jump(&clean.train, 0), None);
    }

    #[test]
    fn a_spike_and_a_mark_for_missing_values_are_found() {
        let found = outliers(&dataset(&[(77, 99.0)], None), 0).expect("a spike");
        let place = Place { part: PartName::Train, series: 0, row: 77 };
        assert_eq!((found.count, found.place, found.value), (1, place, 99.0));
        assert!((found.usual.0 - 0.5).abs() < 0.11 && (found.usual.1 - 1.4).abs() < 0.11);
        let found =
            outliers(&dataset(&[(9, -999.0), (12, -999.0), (380, -999.0), (20, 50.0)], None), 0);
        let found = found.expect("marks");
        assert_eq!((found.count, found.equal, found.place.row), (4, 3, 9));
    }

    #[test]
    fn many_far_values_are_the_nature_of_the_column() {
        let many: Vec<(usize, f64)> = (0..20).map(|k| (k * 17, 100.0 + k as f64)).collect();
        assert_eq!(outliers(&dataset(&many, None), 0), None);
    }

    #[test]
    fn a_new_level_is_a_jump() {
        let found = jump(&dataset(&[], Some(200)).train, 0).expect("a jump");
        assert_eq!((found.count, found.place.row), (1, 200));
        assert!(found.usual < 2.0);
    }
}
