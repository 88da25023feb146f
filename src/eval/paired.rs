//! Whether two models differ: the test of Diebold and Mariano (1995) on the differences of their errors at the same rows.
//!
//! Errors of neighbouring rows are alike, of a forecast h rows ahead for at least h - 1 rows. So the variance of the mean
//! is made from autocovariances, too, in two usual ways, of which the larger counts: those of the first
//! max(h - 1, 4 (n / 100)^(2/9)) lags as they are, and those of max(2 (h - 1), 1.3 sqrt(n)) lags with weights that fall
//! to zero (Newey and West 1987; Lazarus et al. 2018). The statistic is corrected for few rows as Harvey, Leybourne and
//! Newbold (1997) do, and held against Student's t with n - 1 degrees of freedom.

use crate::kernel::scalar::{exp, ln};
use crate::metrics::student;

/// More rows than these are averaged in groups: the mean is the same, and its variance hardly another.
const MOST_ROWS: usize = 50_000;

/// What became of the differences of two models' errors.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Difference {
    /// Their mean: below zero where the first model errs less.
    pub mean: f64,
    /// Where it lies with 95 % confidence; none where there are too few rows.
    pub interval: Option<[f64; 2]>,
    /// The chance of a mean so far from zero between models that do not differ.
    pub p: Option<f64>,
    /// Rows.
    pub rows: usize,
}

impl Difference {
    /// Of the differences of the rows of each series, in order; `steps`: rows that a forecast reaches ahead, or 1.
    pub fn of(series: &[Vec<f64>], steps: usize) -> Self {
        let rows: usize = series.iter().map(Vec::len).sum();
        let mean = series.iter().flatten().sum::<f64>() / rows as f64;
        let group = rows.div_ceil(MOST_ROWS).max(1);
        let averaged: Vec<Vec<f64>> = series.iter().map(|values| averages(values, group)).collect();
        let (n, h) = (averaged.iter().map(Vec::len).sum::<usize>(), steps.div_ceil(group));
        let none = Self { mean, interval: None, p: None, rows };
        // With fewer the variance cannot be told from what was seen.
        if n < 8 || n <= 2 * h {
            return none;
        }
        let variance = variance(&averaged, h) / n as f64;
        let (n, h) = (n as f64, h as f64);
        let correction = (n + 1.0 - 2.0 * h + h * (h - 1.0) / n) / n;
        let deviation = (variance / correction).sqrt();
        if mean == 0.0 && deviation == 0.0 {
            return Self { interval: Some([0.0; 2]), p: Some(1.0), ..none };
        }
        let reach = student::beyond(0.05, n - 1.0) * deviation;
        let p = student::two_sided(mean / deviation, n - 1.0);
        Self { interval: Some([mean - reach, mean + reach]), p: Some(p), ..none }
    }

    /// Whether the interval leaves zero out.
    pub fn is_clear(&self) -> bool {
        self.interval.is_some_and(|[low, high]| low > 0.0 || high < 0.0)
    }
}

fn averages(values: &[f64], group: usize) -> Vec<f64> {
    let mean = |values: &[f64]| values.iter().sum::<f64>() / values.len() as f64;
    values.chunks(group).map(mean).collect()
}

/// The long-run variance of the differences, those of different series taken as independent.
fn variance(series: &[Vec<f64>], h: usize) -> f64 {
    let n: usize = series.iter().map(Vec::len).sum();
    let mean = series.iter().flatten().sum::<f64>() / n as f64;
    let root = (n as f64).sqrt();
    let few = (h - 1).max((4.0 * exp(ln(n as f64 / 100.0) * 2.0 / 9.0)) as usize).min(n / 2);
    let many = (2 * (h - 1)).max((1.3 * root) as usize).min(n / 2);
    let covariance = |lag: usize| {
        let of = |values: &Vec<f64>| {
            let pairs = values.iter().zip(values.iter().skip(lag));
            pairs.map(|(a, b)| (a - mean) * (b - mean)).sum::<f64>()
        };
        series.iter().map(of).sum::<f64>() / n as f64
    };
    let covariances: Vec<f64> = (0..=few.max(many)).map(covariance).collect();
    let level = 2.0 * covariances[1..=few].iter().sum::<f64>();
    let weighted = (1..=many).map(|lag| (1.0 - lag as f64 / (many + 1) as f64) * covariances[lag]);
    let falling = 2.0 * weighted.sum::<f64>();
    (covariances[0] + level.max(falling)).max(0.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::{Purpose, bits, uniform};

    /// The moving mean of `h` even numbers around `shift`: what the errors of a forecast h rows ahead are like.
    fn differences(seed: u64, rows: usize, h: usize, shift: f64) -> Vec<f64> {
        let shocks: Vec<f64> = (0..(rows + h) as u64)
            .map(|index| f64::from(uniform(bits(seed, Purpose::Data, [index, 0])[0])) - 0.5)
            .collect();
        shocks.windows(h).take(rows).map(|w| w.iter().sum::<f64>() / h as f64 + shift).collect()
    }

    /// Of models that do not differ few are told apart, of others nearly all.
    #[test]
    fn it_errs_about_as_often_as_it_says() {
        for (rows, h) in [(400, 1), (800, 12)] {
            let told = |shift: f64| {
                let clear = |seed: &u64| {
                    Difference::of(&[differences(*seed, rows, h, shift)], h).is_clear()
                };
                (0..300).filter(clear).count()
            };
            let (same, other) = (told(0.0), told(0.1));
            assert!((3..=25).contains(&same), "{rows}, {h}: {same} of 300");
            assert!(other > 280, "{rows}, {h}: {other} of 300");
        }
    }

    #[test]
    fn the_sign_says_who_errs_less_and_the_interval_holds_the_mean() {
        let values = differences(3, 500, 4, -0.2);
        let found = Difference::of(std::slice::from_ref(&values), 4);
        let [low, high] = found.interval.expect("an interval");
        assert!(low < found.mean && found.mean < high && high < 0.0 && found.is_clear());
        let opposite: Vec<f64> = values.iter().map(|value| -value).collect();
        assert_eq!(Difference::of(&[opposite], 4).interval, Some([-high, -low]));
    }

    #[test]
    fn nothing_is_told_from_few_rows_or_none() {
        assert_eq!(Difference::of(&[vec![1.0; 7]], 1).interval, None);
        assert_eq!(Difference::of(&[vec![1.0; 40]], 24).p, None);
        let alike = Difference::of(&[vec![0.0; 50]], 1);
        assert_eq!((alike.p, alike.is_clear()), (Some(1.0), false));
        let always = Difference::of(&[vec![0.5; 50]], 1);
        assert!(always.is_clear());
    }

    /// `tests/reference/paired.py` has computed these in NumPy and SciPy.
    #[test]
    fn as_numpy_and_scipy_have_it() {
        let values: Vec<f64> = (0..60).map(|k| f64::from((k * 37) % 23) / 23.0 - 0.45).collect();
        for (split, h, mean, low, high, p) in REFERENCE {
            let series = [values[..split].to_vec(), values[split..].to_vec()];
            let found = Difference::of(&series, h);
            let [ours_low, ours_high] = found.interval.expect("an interval");
            let pairs = [(found.mean, mean), (ours_low, low), (ours_high, high)];
            for (ours, theirs) in pairs.into_iter().chain([(found.p.expect("a chance"), p)]) {
                assert!((ours - theirs).abs() < 1e-9, "{split}, {h}: {ours} {theirs}");
            }
        }
    }

    const REFERENCE: [(usize, usize, f64, f64, f64, f64); 3] = [
        (
            0,
            1,
            0.023188405797101432,
            -0.018951316194937184,
            0.06532812778914004,
            0.2753266994669037,
        ),
        (
            25,
            1,
            0.023188405797101432,
            -0.019406439318186326,
            0.0657832509123892,
            0.2804373123006408,
        ),
        (
            25,
            6,
            0.023188405797101432,
            -0.05130008713977249,
            0.09767689873397536,
            0.5357417732863226,
        ),
    ];
}
