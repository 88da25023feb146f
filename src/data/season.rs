//! The season of the train rows: after how many rows their changes come again.
//!
//! Changes, because a trend or a walk looks like a long season otherwise: from row to row, and where a season drowns in the
//! noise of single rows, from the mean of 2 rows to that of the next 2, of 4, and so on. Of their autocorrelation r,
//! pooled over series and targets, a season p is a peak that stands out (r >= 0.1, of means 0.3, and 4 times as far as it
//! strays by chance), comes again at 2 p (half as high at least) and is gone in between (below 0.7 r at 1.5 p); of several
//! the shortest that is almost (0.6) as high as the highest, moved by a quarter at most to where its multiples are
//! highest, too; of those that different means show likewise.

use std::ops::Range;

use rayon::prelude::*;

use super::dataset::PartRows;

/// No longer season is found by itself: a week of five minutes fits.
const LONGEST: usize = 2_100;

/// Changes that are looked at, of all targets together, and targets that are.
const CHANGES: usize = 40_000;
const TARGETS: usize = 8;

/// Rows of the means.
const WIDTHS: [usize; 7] = [1, 2, 4, 8, 16, 32, 64];

/// How high a peak has to be, of single rows and of means, and beside the highest.
const LEAST: f64 = 0.1;
const LEAST_OF_MEANS: f64 = 0.3;
const ALMOST: f64 = 0.6;

/// Multiples of a season that are looked at.
const MULTIPLES: usize = 16;

/// The season of the columns `targets` in rows, where there is one.
pub fn find_season(train: &PartRows, targets: &[usize]) -> Option<usize> {
    let targets = &targets[..targets.len().min(TARGETS)];
    let mut stretches: Vec<Vec<f64>> = Vec::new();
    for &target in targets {
        let mut left = CHANGES / targets.len();
        for (series, range) in train.table.series.iter().zip(&train.ranges) {
            let start = range.start.max(range.end.saturating_sub(left + 1));
            stretches.push((start..range.end).map(|row| series.row(row)[target]).collect());
            left = left.saturating_sub(range.end.saturating_sub(start));
        }
    }
    let longest = train.ranges.iter().map(Range::len).max().unwrap_or(0);
    season_of(&stretches, longest)
}

/// The season of some stretches of consecutive values, parts of as many rows at most.
fn season_of(stretches: &[Vec<f64>], longest: usize) -> Option<usize> {
    let of_width = |width: usize| {
        let mut sums = Sums::new(longest, width);
        stretches.iter().for_each(|values| sums.add(values));
        sums.peak()
    };
    let peaks: Vec<Peak> = WIDTHS.into_par_iter().filter_map(of_width).collect();
    let highest = peaks.iter().map(|peak| peak.height).fold(0.0, f64::max);
    let high = peaks.iter().filter(|peak| peak.height >= ALMOST * highest);
    let near = high.map(|peak| peak.season).min()?;
    // Where several means show it, the one that shows it best tells where it stands.
    let around = peaks.iter().filter(|peak| (near..=near + near / 4).contains(&peak.season));
    around.max_by(|a, b| a.height.total_cmp(&b.height)).map(|peak| peak.season)
}

/// A season, and how much changes resemble those of one before.
struct Peak {
    season: usize,
    height: f64,
}

/// Products of changes, by their distance.
struct Sums {
    /// Rows of a mean.
    width: usize,
    products: Vec<f64>,
    pairs: Vec<u64>,
}

impl Sums {
    /// For up to so many rows of a series.
    fn new(rows: usize, width: usize) -> Self {
        let lags = (rows / 2).min(2 * LONGEST + 2);
        Self { width, products: vec![0.0; lags], pairs: vec![0; lags] }
    }

    /// Rows from one change that is multiplied to the next: those of means differ little from their neighbours.
    fn stride(&self) -> usize {
        (self.width / 2).max(1)
    }

    /// Takes in consecutive values.
    fn add(&mut self, values: &[f64]) {
        let (changes, stride) = (changes(values, self.width), self.stride());
        let known = || changes.iter().filter(|change| change.is_finite());
        let count = known().count() as f64;
        let mean = known().sum::<f64>() / count;
        let square = known().map(|x| (x - mean) * (x - mean)).sum::<f64>() / count;
        if square.is_nan() || square <= 0.0 {
            return; // none, or always the same one
        }
        let deviation = square.sqrt();
        let unit = |x: &f64| if x.is_finite() { (x - mean) / deviation } else { 0.0 };
        let units: Vec<f64> = changes.iter().map(unit).collect();
        let lags = self.products.len().min(units.len());
        for (t, x) in units.iter().enumerate().step_by(stride) {
            self.products.iter_mut().zip(&units[t..]).for_each(|(sum, y)| *sum += x * y);
        }
        (0..lags).for_each(|lag| self.pairs[lag] += (units.len() - lag).div_ceil(stride) as u64);
    }

    fn peak(&self) -> Option<Peak> {
        let r = |lag: usize| self.products[lag] / self.pairs[lag].max(1) as f64;
        // Bartlett's: the more changes resemble their neighbours, the further r strays by chance.
        let squares = |lag: usize| if lag < self.products.len() { r(lag) * r(lag) } else { 0.0 };
        let alike = 1.0 + 2.0 * (1..=10).map(|k| squares(k * self.stride())).sum::<f64>();
        let least = if self.width == 1 { LEAST } else { LEAST_OF_MEANS };
        let stands_out = |&lag: &usize| {
            let by_chance = 4.0 * (alike / self.pairs[lag].max(1) as f64).sqrt();
            r(lag) > r(lag - 1) && r(lag) >= r(lag + 1) && r(lag) >= least.max(by_chance)
        };
        let comes_again = |&lag: &usize| {
            let again = (2 * lag - 1..2 * lag + 2).map(r).fold(f64::NEG_INFINITY, f64::max);
            again >= r(lag) / 2.0 && r(lag + lag / 2) < 0.7 * r(lag)
        };
        // Beyond a mean's own rows, and so far that twice the distance is known, too.
        let lags = self.width + 1..self.products.len() / 2;
        let peaks: Vec<usize> = lags.filter(stands_out).filter(comes_again).collect();
        let highest = peaks.iter().map(|&lag| r(lag)).fold(0.0, f64::max);
        let near = peaks.into_iter().find(|&lag| r(lag) >= ALMOST * highest)?;
        // Noise moves a broad peak by a little; its multiples tell where it stands.
        let with_multiples = |lag: usize| {
            let all = (1..=MULTIPLES).map(|k| k * lag).take_while(|&lag| lag < self.products.len());
            let (sum, count) = all.fold((0.0, 0), |(sum, count), lag| (sum + r(lag), count + 1));
            sum / f64::from(count)
        };
        let around = (near - near / 4).max(2)..near + near / 4 + 1;
        let season = around.max_by(|&a, &b| with_multiples(a).total_cmp(&with_multiples(b)))?;
        Some(Peak { season, height: r(near) })
    }
}

/// From the mean of `width` values to that of the next ones, at every row; NaN where one is not known.
fn changes(values: &[f64], width: usize) -> Vec<f64> {
    let change = |rows: &[f64]| {
        let (before, after) = rows.split_at(width);
        (after.iter().sum::<f64>() - before.iter().sum::<f64>()) / width as f64
    };
    values.windows(2 * width).map(change).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::scalar::sin;
    use crate::random::{self, Purpose};

    fn found(values: &[f64]) -> Option<usize> {
        season_of(&[values.to_vec()], values.len())
    }

    fn noise(seed: u64, at: usize) -> f64 {
        let words = random::bits(seed, Purpose::Data, [at as u64, 0]);
        words.iter().map(|&word| f64::from(random::uniform(word)) - 0.5).sum::<f64>() * 1.7
    }

    fn wave(at: usize, period: f64) -> f64 {
        sin(std::f64::consts::TAU * at as f64 / period)
    }

    #[test]
    fn the_season_of_a_noisy_wave_with_a_trend() {
        for (seed, period) in [(1, 24), (2, 24), (3, 7), (4, 96), (5, 12)] {
            let value = |t| {
                wave(t, period as f64)
                    + 0.2 * noise(seed, t) * 7.0 / period as f64
                    + 0.01 * t as f64
            };
            let values: Vec<f64> = (0..2_000).map(value).collect();
            assert_eq!(found(&values), Some(period), "seed {seed}");
        }
    }

    /// Noise of single rows as large as the wave, or larger than half of it: from row to row it is most of a change.
    #[test]
    fn a_wave_that_drowns_in_the_noise_of_single_rows() {
        for (period, size, rows) in
            [(25, 0.3, 300), (25, 0.3, 1_000), (25, 1.0, 1_000), (7, 0.5, 500), (96, 1.0, 4_000)]
        {
            for seed in 0..10 {
                let value = |t| 5.0 + wave(t, f64::from(period)) + size * noise(seed, t);
                let values: Vec<f64> = (0..rows).map(value).collect();
                let what = format!("period {period}, noise {size}, {rows} rows, seed {seed}");
                assert_eq!(found(&values), Some(period as usize), "{what}");
            }
        }
    }

    /// A walk that is read with errors has the same slow swings, and noise of single rows beside.
    #[test]
    fn a_walk_read_with_errors_has_none() {
        for seed in 0..20 {
            let mut walk = 0.0;
            let value = |t| {
                walk += noise(seed, t);
                walk + 3.0 * noise(seed + 100, t)
            };
            let values: Vec<f64> = (0..2_000).map(value).collect();
            assert_eq!(found(&values), None, "seed {seed}");
        }
    }

    #[test]
    fn a_day_is_found_beside_the_week() {
        let shape =
            |t: usize| wave(t, 24.0) + if (t / 24) % 7 > 4 { 0.3 * wave(t, 12.0) } else { 0.0 };
        let values: Vec<f64> = (0..3_000).map(|t| shape(t) + 0.05 * noise(9, t)).collect();
        assert_eq!(found(&values), Some(24));
    }

    #[test]
    fn walks_noise_and_constants_have_none() {
        for seed in 0..100 {
            let mut walk = vec![0.0];
            (0..1_500).for_each(|t| walk.push(walk[t] + noise(seed, t)));
            assert_eq!(found(&walk), None, "walk {seed}");
            let white: Vec<f64> = (0..900).map(|t| noise(seed, t)).collect();
            assert_eq!(found(&white), None, "noise {seed}");
            let mut smooth = vec![0.0, 0.0];
            (0..900).for_each(|t| {
                smooth.push(1.8 * smooth[t + 1] - 0.81 * smooth[t] + noise(seed, t));
            });
            assert_eq!(found(&smooth), None, "smooth {seed}");
        }
        assert_eq!(found(&[3.0; 100]), None);
        assert_eq!(found(&[1.0]), None);
        assert_eq!(found(&[]), None);
    }
}
