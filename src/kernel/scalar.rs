//! exp, ln, sin, cos and integer powers in f64, for what is computed once in a while: initial values,
//! learning rates, bias corrections. Built only from + - * / and fused multiply-add, for the same bits on
//! every system; within a few units in the last place, as the tests say.

use std::f64::consts::{FRAC_2_PI, LOG2_E, SQRT_2};

/// 1.5 * 2^52: adding it to a number leaves the nearest integer in the low bits.
const ROUND: f64 = 6_755_399_441_055_744.0;

/// ln 2 in two parts; the first has 32 bits, so that its multiples by exponents are exact.
const LN2_HIGH: f64 = 0.693_147_180_369_123_8;
const LN2_LOW: f64 = 1.908_214_929_270_587_7e-10;

/// pi / 2 in three parts of 53 bits.
const HALF_PI: [f64; 3] =
    [std::f64::consts::FRAC_PI_2, 6.123_233_995_736_766e-17, -1.497_384_904_859_169_8e-33];

/// 1 / k!; exact factorials, so each is rounded once.
const INVERSE_FACTORIAL: [f64; 18] = {
    let (mut inverses, mut factorial, mut k) = ([1.0; 18], 1.0, 1);
    while k < 18 {
        factorial *= k as f64;
        inverses[k] = 1.0 / factorial;
        k += 1;
    }
    inverses
};

/// e^x: e^r * 2^n with |r| <= ln(2) / 2 and the Taylor series of e^r.
pub fn exp(x: f64) -> f64 {
    if x.is_nan() {
        return x;
    }
    let x = x.clamp(-746.0, 710.0); // beyond, the result is 0 or inf all the same
    let rounded = x.mul_add(LOG2_E, ROUND);
    let n = rounded.to_bits() as i64 - ROUND.to_bits() as i64;
    let count = rounded - ROUND;
    let r = count.mul_add(-LN2_LOW, count.mul_add(-LN2_HIGH, x));
    let series =
        INVERSE_FACTORIAL[1..14].iter().rev().fold(0.0, |sum: f64, c| sum.mul_add(r, *c)) * r + 1.0;
    // 2^n in two factors, for n goes below -1022 and to 1024.
    series * two_to(n / 2) * two_to(n - n / 2)
}

/// Natural logarithm: n ln 2 + 2 artanh(f) with x = m 2^n, m near 1, f = (m - 1) / (m + 1).
pub fn ln(x: f64) -> f64 {
    if x.is_nan() || x < 0.0 {
        return f64::NAN;
    }
    if x == 0.0 {
        return f64::NEG_INFINITY;
    }
    if x == f64::INFINITY {
        return x;
    }
    let (x, shift) = if x < f64::MIN_POSITIVE { (x * two_to(54), 54) } else { (x, 0) };
    let mut n = (x.to_bits() >> 52) as i64 - 1023;
    let mut m = x * two_to(-(n / 2)) * two_to(n / 2 - n);
    if m > SQRT_2 {
        m *= 0.5;
        n += 1;
    }
    let n = (n - shift) as f64;
    let f = (m - 1.0) / (m + 1.0);
    let square = f * f;
    // 2 artanh(f) = 2f (1 + f^2 / 3 + f^4 / 5 + ...), f^2 < 0.0295
    let series = (1..12).rev().fold(0.0, |sum, k| (sum + 1.0 / f64::from(2 * k + 1)) * square);
    let rest = (2.0 * f).mul_add(series, n * LN2_LOW);
    n.mul_add(LN2_HIGH, 2.0 * f + rest)
}

/// Sine, for |x| <= 2^30; NaN beyond, where the reduction would no longer be exact.
pub fn sin(x: f64) -> f64 {
    quarter_turns(x, 0)
}

/// Cosine, for |x| <= 2^30; NaN beyond, where the reduction would no longer be exact.
pub fn cos(x: f64) -> f64 {
    quarter_turns(x, 1)
}

/// x^n by squaring; x^0 is 1. The error grows with n, about n / 2 units in the last place at most.
pub fn powi(x: f64, n: u64) -> f64 {
    let (mut result, mut square, mut rest) = (1.0, x, n);
    while rest > 0 {
        if rest & 1 == 1 {
            result *= square;
        }
        square *= square;
        rest >>= 1;
    }
    result
}

/// sin(x + turns * pi / 2).
fn quarter_turns(x: f64, turns: i64) -> f64 {
    if x.is_nan() || x.abs() > two_to(30) {
        return f64::NAN;
    }
    let rounded = x.mul_add(FRAC_2_PI, ROUND);
    let quadrant = rounded.to_bits() as i64 - ROUND.to_bits() as i64 + turns;
    let count = rounded - ROUND;
    let r = HALF_PI.iter().fold(x, |r, part| count.mul_add(-part, r));
    let value = if quadrant & 1 == 0 { taylor(r, 1) * r } else { taylor(r, 0) };
    if quadrant & 2 == 0 { value } else { -value }
}

/// 1 / first! - r^2 / (first + 2)! + r^4 / (first + 4)! - ...: cos r, or sin r / r, for |r| <= pi / 4.
fn taylor(r: f64, first: usize) -> f64 {
    let square = -r * r;
    let terms = INVERSE_FACTORIAL.iter().skip(first).step_by(2).rev();
    terms.fold(0.0, |sum: f64, c| sum.mul_add(square, *c))
}

/// 2^n for -1022 <= n <= 1023.
fn two_to(n: i64) -> f64 {
    f64::from_bits(((n + 1023) as u64) << 52)
}

#[cfg(test)]
// The standard library's functions are the reference here; nothing that ships calls them.
#[allow(clippy::disallowed_methods)]
mod tests {
    use super::*;
    use crate::random::{self, Purpose};

    /// Compares at 200,000 points of an interval, evenly spaced but for a random step.
    fn check(
        name: &str,
        (low, high): (f64, f64),
        ours: fn(f64) -> f64,
        reference: fn(f64) -> f64,
        limit: f64,
    ) {
        let mut worst = (0.0, 0.0);
        for i in 0..200_000_u64 {
            let [word, ..] = random::bits(3, Purpose::Data, [i, 0]);
            let x = low + (high - low) * (i as f64 + f64::from(random::uniform(word))) / 200_000.0;
            let (got, want) = (ours(x), reference(x));
            if got.to_bits() == want.to_bits() {
                continue;
            }
            let unit = f64::from_bits(want.abs().to_bits() + 1) - want.abs();
            let error = (got - want).abs() / unit;
            assert!(!error.is_nan(), "{name}({x:e}): {got:e}, not {want:e}");
            if error > worst.0 {
                worst = (error, x);
            }
        }
        println!(
            "{name} in [{low:e}, {high:e}]: {:.2} units in the last place at {:e}",
            worst.0, worst.1
        );
        assert!(worst.0 <= limit, "{name}({:e}): {} units in the last place", worst.1, worst.0);
    }

    #[test]
    #[cfg_attr(miri, ignore = "many values, and nothing unsafe")]
    fn functions_are_within_a_few_units_in_the_last_place() {
        check("exp", (-750.0, 715.0), exp, f64::exp, 2.0);
        check("exp", (-1.0, 1.0), exp, f64::exp, 2.0);
        check("ln", (1e-300, 3.0), ln, f64::ln, 3.0);
        check("ln", (0.9, 1.1), ln, f64::ln, 3.0);
        check("ln", (1.0, 1e12), ln, f64::ln, 3.0);
        check("sin", (-7.0, 7.0), sin, f64::sin, 2.0);
        check("sin", (-1e9, 1e9), sin, f64::sin, 2.0);
        check("cos", (-7.0, 7.0), cos, f64::cos, 2.0);
        check("cos", (-1e9, 1e9), cos, f64::cos, 2.0);
    }

    #[test]
    #[cfg_attr(miri, ignore = "nothing unsafe")]
    fn the_ends_are_exact() {
        assert_eq!(
            (exp(0.0), exp(f64::NEG_INFINITY), exp(f64::INFINITY)),
            (1.0, 0.0, f64::INFINITY)
        );
        assert_eq!((ln(1.0), ln(0.0), ln(f64::INFINITY)), (0.0, f64::NEG_INFINITY, f64::INFINITY));
        assert!((ln(5e-324) - 5e-324_f64.ln()).abs() < 1e-12);
        assert_eq!((sin(0.0), cos(0.0)), (0.0, 1.0));
        for x in [f64::NAN, f64::INFINITY, 1e10] {
            assert!(sin(x).is_nan() && cos(x).is_nan());
        }
        assert!(exp(f64::NAN).is_nan() && ln(f64::NAN).is_nan() && ln(-1.0).is_nan());
    }

    #[test]
    #[cfg_attr(miri, ignore = "nothing unsafe")]
    fn powers_are_products() {
        assert_eq!((powi(0.0, 0), powi(-2.0, 3), powi(10.0, 15)), (1.0, -8.0, 1e15));
        assert_eq!(powi(0.9, u64::MAX), 0.0);
        for n in [1, 2, 10, 1000, 16_777_217] {
            let (got, want) = (powi(0.999_999, n), 0.999_999_f64.powf(n as f64));
            assert!((got / want - 1.0).abs() <= 1.2e-16 * n as f64 + 4e-16, "{n}: {got} {want}");
        }
    }
}
