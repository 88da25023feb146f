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
