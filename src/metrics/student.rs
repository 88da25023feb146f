//! Student's t distribution, from the incomplete beta function by its continued fraction (DLMF 8.17.22).

use crate::kernel::scalar::{exp, ln};

/// The chance of a value beyond `t` in either direction.
pub fn two_sided(t: f64, freedom: f64) -> f64 {
    incomplete_beta(freedom / (freedom + t * t), freedom / 2.0, 0.5)
}

/// The value that is exceeded, in either direction, with this chance.
pub fn beyond(chance: f64, freedom: f64) -> f64 {
    let (mut low, mut high) = (0.0, 2.0);
    while two_sided(high, freedom) > chance {
        high *= 2.0;
    }
    for _ in 0..100 {
        let middle = f64::midpoint(low, high);
        if two_sided(middle, freedom) > chance { low = middle } else { high = middle }
    }
    f64::midpoint(low, high)
}

/// I_x(a, b).
fn incomplete_beta(x: f64, a: f64, b: f64) -> f64 {
    if x <= 0.0 || x >= 1.0 {
        return x.clamp(0.0, 1.0);
    }
    if x > (a + 1.0) / (a + b + 2.0) {
        return 1.0 - incomplete_beta(1.0 - x, b, a); // where the fraction converges fast
    }
    let front = ln_gamma(a + b) - ln_gamma(a) - ln_gamma(b) + a * ln(x) + b * ln(1.0 - x);
    exp(front) * fraction(x, a, b) / a
}

/// The continued fraction, by Lentz's method.
fn fraction(x: f64, a: f64, b: f64) -> f64 {
    let kept_off_zero = |value: f64| if value.abs() < 1e-300 { 1e-300 } else { value };
    let (mut c, mut d) = (1.0, 1.0 / kept_off_zero(1.0 - (a + b) * x / (a + 1.0)));
    let mut value = d;
    for m in (1..10_000).map(f64::from) {
        let even = m * (b - m) * x / ((a + 2.0 * m - 1.0) * (a + 2.0 * m));
        let odd = -(a + m) * (a + b + m) * x / ((a + 2.0 * m) * (a + 2.0 * m + 1.0));
        let mut change = 1.0;
        for term in [even, odd] {
            d = 1.0 / kept_off_zero(1.0 + term * d);
            c = kept_off_zero(1.0 + term / c);
            change = c * d;
            value *= change;
        }
        if (change - 1.0).abs() < 1e-15 {
            break;
        }
    }
    value
}

/// ln Γ(x) for x > 0: Stirling's series, from where it is exact to 1e-15 downwards by the recurrence.
fn ln_gamma(x: f64) -> f64 {
    let (mut x, mut shift) = (x, 0.0);
    while x < 12.0 {
        shift -= ln(x);
        x += 1.0;
    }
    let inverse = 1.0 / (x * x);
    let series =
        [1.0 / 12.0, -1.0 / 360.0, 1.0 / 1260.0, -1.0 / 1680.0, 1.0 / 1188.0, -691.0 / 360_360.0];
    let series = series.iter().rev().fold(0.0, |sum, term| sum * inverse + term) / x;
    shift + (x - 0.5) * ln(x) - x + 0.5 * ln(std::f64::consts::TAU) + series
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The figures are those of `scipy.stats.t`.
    #[test]
    fn as_scipy_has_it() {
        let close = |ours: f64, theirs: f64| {
            assert!((ours / theirs - 1.0).abs() < 1e-10, "{ours} {theirs}")
        };
        for (t, freedom, chance) in STUDENT {
            close(two_sided(t, freedom), chance);
            close(beyond(chance, freedom), t);
        }
        assert!((two_sided(0.0, 7.0) - 1.0).abs() < 1e-12);
    }

    const STUDENT: [(f64, f64, f64); 5] = [
        (1.0, 1.0, 0.5000000000000001),
        (2.5, 9.0, 0.033861827682985735),
        (1.96, 2856.0, 0.050092893206276294),
        (0.3, 40.0, 0.7657307167710191),
        (5.5, 200000.0, 3.802542484626537e-08),
    ];
}
