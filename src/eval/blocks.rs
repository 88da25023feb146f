//! How sure a difference between errors is: a moving-block bootstrap (Kuensch, 1989) over the scored rows.
//!
//! Errors of neighbouring rows are alike (forecasts overlap, days resemble each other), so whole blocks of rows are
//! drawn, with replacement, until there are as many as were scored. Rows are kept as sums over equal stretches, of
//! which there are a few hundred at most: memory does not grow with the rows.

use std::ops::Range;

use rayon::prelude::*;

use super::row_errors::RowErrors;
use crate::random::{self, Purpose};

/// Times that the rows are drawn.
pub const DRAWS: usize = 1_000;

/// Fewer rows say nothing of how sure a figure is.
const LEAST_ROWS: u64 = 10;

/// Blocks that the rows are cut into at least, however long errors are alike.
pub(super) const LEAST_BLOCKS: u64 = 5;

/// Stretches kept at most (and half as many at least), fewer where their numbers would be too many.
const STRETCHES: usize = 512;
const FEWEST_STRETCHES: usize = 20;
const NUMBERS: usize = 1 << 21;

/// Sums of errors over stretches of rows.
#[derive(Clone, Debug)]
pub(super) struct Blocks {
    /// Numbers of a stretch: predictors x width.
    numbers: usize,
    width: usize,
    /// Stretches kept at most; even.
    most: usize,
    /// Rows of a stretch.
    size: u64,
    rows: u64,
    sums: Vec<f64>, // [stretches, predictors, width]
}

/// A skill with its interval.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Gain {
    /// 1 - error / error of the other: 0.3 is 30 % lower.
    pub skill: Option<f64>,
    /// Where it lies with 95 % confidence; none where rows are too few.
    pub interval: Option<[f64; 2]>,
}

/// How many stretches there are at most where each has so many numbers.
pub(super) fn most_stretches(numbers: usize) -> usize {
    (NUMBERS / numbers).clamp(FEWEST_STRETCHES, STRETCHES) / 2 * 2
}

impl Blocks {
    pub(super) fn new(errors: &RowErrors) -> Self {
        Self::of(errors.all().len(), errors.width())
    }

    /// Of so many numbers a row, so many of each predictor.
    fn of(numbers: usize, width: usize) -> Self {
        Self { numbers, width, most: most_stretches(numbers), size: 1, rows: 0, sums: Vec::new() }
    }

    /// Takes in the next row.
    pub(super) fn add(&mut self, errors: &RowErrors) {
        self.add_row(errors.all());
    }

    fn add_row(&mut self, errors: &[f64]) {
        if self.rows == self.most as u64 * self.size {
            self.merge();
        }
        if self.rows.is_multiple_of(self.size) {
            self.sums.resize(self.sums.len() + self.numbers, 0.0);
        }
        let start = self.sums.len() - self.numbers;
        let sums = &mut self.sums[start..];
        sums.iter_mut().zip(errors).for_each(|(sum, error)| *sum += error);
        self.rows += 1;
    }

    /// Makes one stretch of two.
    fn merge(&mut self) {
        let numbers = self.numbers;
        for pair in 0..self.most / 2 {
            for at in 0..numbers {
                let both = 2 * pair * numbers + at;
                self.sums[pair * numbers + at] = self.sums[both] + self.sums[both + numbers];
            }
        }
        self.sums.truncate(self.most / 2 * numbers);
        self.size *= 2;
    }

    /// The gains of the first predictor beside the predictor `other`, each over some of the numbers of a row. `alike`:
    /// how many rows errors stay alike. `squared`: whether errors are squares, of which the root counts.
    pub(super) fn gains(
        &self,
        other: usize,
        places: &[Range<usize>],
        alike: u64,
        squared: bool,
    ) -> Vec<Gain> {
        let draws = (self.rows >= LEAST_ROWS).then(|| Draws::new(self, alike));
        let skill = |ours: f64, theirs: f64| match squared {
            _ if theirs.is_nan() || theirs <= 0.0 => None,
            true => Some(1.0 - (ours / theirs).sqrt()),
            false => Some(1.0 - ours / theirs),
        };
        let gain = |places: &Range<usize>| {
            let [ours, theirs] = [0, other].map(|predictor| self.before(predictor, places));
            let interval = draws.as_ref().and_then(|draws| {
                let drawn = draws.sums(&ours).zip(draws.sums(&theirs));
                let mut skills: Vec<f64> =
                    drawn.map(|(ours, theirs)| skill(ours, theirs)).collect::<Option<_>>()?;
                skills.sort_by(f64::total_cmp);
                Some([0.025, 0.975].map(|share| quantile(&skills, share)))
            });
            let all = |before: &[f64]| before.last().copied().unwrap_or_default();
            Gain { skill: skill(all(&ours), all(&theirs)), interval }
        };
        places.par_iter().map(gain).collect()
    }

    fn stretches(&self) -> usize {
        self.sums.len() / self.numbers
    }

    /// The sum of some numbers of a predictor over all stretches before each, and over all.
    fn before(&self, predictor: usize, places: &Range<usize>) -> Vec<f64> {
        let start = predictor * self.width;
        let mut sum = 0.0;
        let before = self.sums.chunks_exact(self.numbers).map(|stretch| {
            sum += stretch[start + places.start..start + places.end].iter().sum::<f64>();
            sum
        });
        [0.0].into_iter().chain(before).collect()
    }
}

/// Which stretches are drawn.
struct Draws {
    /// Stretches of a block, and of the last one of a draw.
    length: usize,
    last: usize,
    /// First stretches, `[DRAWS, blocks]`.
    starts: Vec<u32>,
    blocks: usize,
}

impl Draws {
    fn new(blocks: &Blocks, alike: u64) -> Self {
        let stretches = blocks.stretches();
        // The cube root of the rows is the usual length where nothing else is known.
        let root = (1..).take_while(|root| root * root * root <= blocks.rows).last().unwrap_or(1);
        let rows = alike.max(root).min(blocks.rows / LEAST_BLOCKS);
        let length = (rows.div_ceil(blocks.size) as usize).clamp(1, stretches);
        let count = stretches.div_ceil(length);
        let start = |draw: usize, block: usize| {
            let [word, ..] = random::bits(0, Purpose::Bootstrap, [draw as u64, block as u64]);
            ((u64::from(word) * (stretches - length + 1) as u64) >> 32) as u32
        };
        let starts = (0..DRAWS).flat_map(|draw| (0..count).map(move |block| (draw, block)));
        Self {
            length,
            last: stretches - (count - 1) * length,
            starts: starts.map(|(draw, block)| start(draw, block)).collect(),
            blocks: count,
        }
    }

    /// The sum of each draw, from sums over all stretches before each.
    fn sums<'d>(&'d self, before: &'d [f64]) -> impl Iterator<Item = f64> + 'd {
        self.starts.chunks_exact(self.blocks).map(move |starts| {
            let block = |(k, &start): (usize, &u32)| {
                let length = if k + 1 == self.blocks { self.last } else { self.length };
                before[start as usize + length] - before[start as usize]
            };
            starts.iter().enumerate().map(block).sum()
        })
    }
}

/// Between the two nearest of sorted numbers.
fn quantile(sorted: &[f64], share: f64) -> f64 {
    let place = share * (sorted.len() - 1) as f64;
    let (below, rest) = (place as usize, place.fract());
    let above = (below + 1).min(sorted.len() - 1);
    sorted[below] + rest * (sorted[above] - sorted[below])
}

#[cfg(test)]
mod tests {
    use std::slice::from_ref;

    use super::*;

    /// About normal, deviation 0.58.
    fn noise(seed: u64, at: u64) -> f64 {
        let words = random::bits(seed, Purpose::Data, [at, 3]);
        words.iter().map(|&word| f64::from(random::uniform(word)) - 0.5).sum()
    }

    /// The gain of one predictor beside another whose errors are `factor` times as large, both with errors of which
    /// `memory` goes over to the next row.
    fn gain(seed: u64, rows: u64, memory: f64, factor: f64) -> Gain {
        let mut blocks = Blocks::of(2, 1);
        let mut errors = [0.0; 2];
        for row in 0..rows {
            for (k, error) in errors.iter_mut().enumerate() {
                *error = memory * *error + noise(seed, 2 * row + k as u64);
            }
            let [ours, theirs] = errors;
            blocks.add_row(&[ours * ours, factor * factor * theirs * theirs]);
        }
        blocks.gains(1, from_ref(&(0..1)), 1, true)[0]
    }

    #[test]
    fn intervals_hold_the_truth_about_as_often_as_they_say() {
        for (memory, factor, least) in [(0.0, 1.0, 0.9), (0.0, 2.0, 0.9), (0.7, 1.0, 0.85)] {
            let holds = |seed: &u64| {
                let [low, high] = gain(*seed, 400, memory, factor).interval.expect("rows enough");
                (low..high).contains(&(1.0 - 1.0 / factor))
            };
            let share = (0..200).filter(holds).count() as f64 / 200.0;
            assert!((least..=0.99).contains(&share), "memory {memory}, factor {factor}: {share}");
        }
    }

    #[test]
    fn short_blocks_would_be_too_sure_of_errors_that_last() {
        let width = |alike: u64| {
            let mut blocks = Blocks::of(2, 1);
            let mut error = 0.0;
            for row in 0..500 {
                error = 0.9 * error + noise(1, row);
                blocks.add_row(&[error * error, 1.0]);
            }
            let [low, high] =
                blocks.gains(1, from_ref(&(0..1)), alike, true)[0].interval.expect("rows");
            high - low
        };
        // Without a season blocks have the cube root of the rows, 7 here.
        assert!(width(40) > 1.2 * width(1), "{} {}", width(40), width(1));
    }

    #[test]
    fn many_rows_are_kept_as_few_sums() {
        let mut blocks = Blocks::of(4, 2);
        for row in 0..10_000 {
            blocks.add_row(&[1.0, row as f64, 2.0, 4.0 * row as f64]);
        }
        assert!(
            (STRETCHES / 2..=STRETCHES).contains(&blocks.stretches()),
            "{}",
            blocks.stretches()
        );
        let gains = blocks.gains(1, &[0..1, 1..2, 0..2], 1, false);
        assert_eq!((gains[0].skill, gains[1].skill), (Some(0.5), Some(0.75)));
        let [low, high] = gains[0].interval.expect("rows enough");
        assert!(low > 0.49 && high < 0.51, "the same in every row: {low} {high}");
        assert_eq!(blocks.before(1, &(1..2)).last(), Some(&(2.0 * 9_999.0 * 10_000.0)));
    }

    #[test]
    fn few_rows_and_errors_of_nothing_have_no_interval() {
        assert_eq!(gain(1, LEAST_ROWS - 1, 0.0, 2.0).interval, None);
        assert!(gain(1, LEAST_ROWS, 0.0, 2.0).interval.is_some());
        let perfect = gain(1, 100, 0.0, 0.0);
        assert_eq!(perfect, Gain::default(), "nothing is lower than no error");
    }
}
