//! How far the rows of a later part have moved from the train rows.

use super::place::twins;
use crate::data::{Moments, PartRows};

/// Series with fewer rows in a part are not compared by themselves.
const ENOUGH: usize = 8;

/// One column of a part beside the train rows. With several series each is compared with itself: the medians.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Drift {
    /// Mean less train mean, in train deviations. Of several series: the median of the sizes.
    pub shift: f64,
    /// Deviation over train deviation.
    pub spread: f64,
    /// Share of the rows outside the range of the train rows.
    pub outside: f64,
}

/// How much that is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Strength {
    /// Nothing to speak of.
    None,
    /// Seen, seldom felt.
    Slight,
    /// The part is of another kind than the train rows.
    Strong,
}

impl Drift {
    /// Between two parts; none where one has no number.
    pub fn new(train: &PartRows, part: &PartRows, column: usize) -> Option<Self> {
        let pairs = same_series(train, part, column);
        let pairs = if pairs.is_empty() { vec![whole(train, part, column)?] } else { pairs };
        let single = pairs.len() == 1;
        let shift = |pair: &Pair| if single { pair.shift() } else { pair.shift().abs() };
        let rows: u64 = pairs.iter().map(|pair| pair.later.count).sum();
        let outside: u64 = pairs.iter().map(|pair| pair.outside).sum();
        Some(Self {
            shift: median(pairs.iter().map(shift).collect()),
            spread: median(pairs.iter().map(Pair::spread).collect()),
            outside: outside as f64 / rows as f64,
        })
    }

    /// In a word.
    pub fn strength(&self) -> Strength {
        let beyond = |shift: f64, factor: f64, outside: f64| {
            self.shift.abs() >= shift
                || self.spread >= factor
                || self.spread <= 1.0 / factor
                || self.outside >= outside
        };
        if beyond(0.5, 2.0, 0.05) {
            Strength::Strong
        } else if beyond(0.25, 1.5, 0.01) {
            Strength::Slight
        } else {
            Strength::None
        }
    }
}

/// The same column early and late.
struct Pair {
    train: Moments,
    later: Moments,
    outside: u64,
}

impl Pair {
    fn new(train: impl Iterator<Item = f64>, later: impl Iterator<Item = f64>) -> Self {
        let mut pair = Self { train: Moments::default(), later: Moments::default(), outside: 0 };
        train.for_each(|value| pair.train.add(value));
        for value in later {
            pair.later.add(value);
            pair.outside += u64::from(value < pair.train.min || value > pair.train.max);
        }
        pair
    }

    fn shift(&self) -> f64 {
        let shift = self.later.mean - self.train.mean;
        if shift == 0.0 { 0.0 } else { shift / self.train.deviation() }
    }

    fn spread(&self) -> f64 {
        let (train, later) = (self.train.deviation(), self.later.deviation());
        if train == later { 1.0 } else { later / train }
    }
}

/// Series with enough rows in both parts, each with itself; none where there is but one series.
fn same_series(train: &PartRows, part: &PartRows, column: usize) -> Vec<Pair> {
    if train.table.series.len() < 2 {
        return Vec::new();
    }
    let pair = |(late, early): (usize, Option<usize>)| {
        let early = early?;
        let rows = train.ranges[early].len().min(part.ranges[late].len());
        let values = || (train.values_of(early, column), part.values_of(late, column));
        (rows >= ENOUGH).then(values).map(|(early, late)| Pair::new(early, late))
    };
    let pairs = twins(train, part).into_iter().enumerate().filter_map(pair);
    pairs.filter(|pair| pair.train.count > 0 && pair.later.count > 0).collect()
}

fn whole(train: &PartRows, part: &PartRows, column: usize) -> Option<Pair> {
    let pair = Pair::new(train.values(column), part.values(column));
    (pair.train.count > 0 && pair.later.count > 0).then_some(pair)
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::audit::tests::{cut, table};

    fn strength(early: impl Fn(u32) -> f64, late: impl Fn(u32) -> f64) -> (Drift, Strength) {
        let rows: String =
            (0..200).map(|k| format!("{}\n", if k < 100 { early(k) } else { late(k) })).collect();
        let (train, valid) = cut(table("", &format!("y\n{rows}")), 100);
        let drift = Drift::new(&train, &valid, 0).expect("numbers");
        (drift, drift.strength())
    }

    #[test]
    fn the_same_again_is_no_drift() {
        let wave = |k: u32| f64::from(k % 10);
        assert_eq!(strength(wave, wave).1, Strength::None);
    }

    #[test]
    fn shift_spread_and_range_each_count() {
        let wave = |k: u32| f64::from(k % 10);
        let (drift, word) = strength(wave, |k| wave(k) + 2.0);
        assert!((drift.shift - 2.0 / 8.25f64.sqrt()).abs() < 1e-12, "{drift:?}");
        assert!((drift.outside - 0.2).abs() < 1e-12, "{drift:?}");
        assert_eq!(word, Strength::Strong);
        assert_eq!(strength(wave, |k| 4.5 + 0.4 * (wave(k) - 4.5)).1, Strength::Strong);
        assert_eq!(
            strength(wave, |k| wave(k) + if k % 50 == 0 { -1.0 } else { 0.0 }).1,
            Strength::Slight
        );
        assert_eq!(strength(|_| 1.0, |_| 2.0).1, Strength::Strong);
    }

    #[test]
    fn each_series_is_compared_with_itself() {
        // Two series far apart, each like itself; late rows are of the second alone, but for a few.
        let row = |k: usize| if k < 40 { (k % 2, k) } else { (1, k) };
        let rows: String =
            (0..80).map(row).map(|(s, k)| format!("{s},{}\n", 100 * s + k % 3)).collect();
        let table = crate::data::audit::tests::table_of_series(&format!("name,y\n{rows}"));
        let (train, valid) = cut(table, 15);
        assert_eq!(Drift::new(&train, &valid, 0).map(|d| d.strength()), Some(Strength::None));
    }
}
