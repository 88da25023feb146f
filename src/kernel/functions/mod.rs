//! exp, ln, tanh, sigmoid, sin and cos in f32: branch-free, so that they vectorise, and built only from + - * /
//! and fused multiply-add, so that every CPU gives the same bits. Errors are given in units in the last place
//! (ulp), as measured over all 2^32 arguments.

mod circle;
#[cfg(test)]
mod tests;

use std::f32::consts::LOG2_E;

pub use circle::{cos, sin};

use super::simd::{self, Work};
use super::vector::Vector;

/// 1.5 * 2^23: adding it to a small number leaves the nearest integer in the low bits.
const ROUND: f32 = 12_582_912.0;

/// ln 2 in two parts; the first has 9 bits, so that its multiples by small integers are exact.
const LN2_HIGH: f32 = 355.0 / 512.0;
const LN2_LOW: f32 = -2.121_944_4e-4;

const TWO_TO_24: f32 = 16_777_216.0;
const TWO_TO_MINUS_24: f32 = 1.0 / TWO_TO_24;

/// The bits of sqrt(1/2).
const SQRT_HALF_BITS: i32 = 0x3f35_04f3;

/// Below it `tanh` is a polynomial: 1 - 2 / (e^2x + 1) would cancel.
const TANH_SMALL: f32 = 0.55;

/// e^x, within 0.88 ulp. NaN gives NaN, -inf gives 0, large x gives inf; denormal results are right too.
#[inline(always)]
pub fn exp(x: f32) -> f32 {
    let x = at_most(at_least(x, -104.0), 89.0); // beyond, the result is 0 or inf all the same
    let (power, n) = exp_parts(x);
    // 2^n in two factors, for n goes below -126 and to 128.
    let half = n >> 1;
    power * two_to(half) * two_to(n.wrapping_sub(half))
}

/// 1 / (1 + e^-x), within 1.97 ulp: from e^-|x|, so that it keeps its accuracy on both sides.
#[inline(always)]
pub fn sigmoid(x: f32) -> f32 {
    let (power, n) = exp_parts(at_least(-x.abs(), -104.0));
    // 2^n in two factors, for n goes to -150.
    let e = power * two_to(n.wrapping_add(24)) * TWO_TO_MINUS_24;
    let numerator = if x < 0.0 { e } else { 1.0 };
    let denominator = 1.0 + e;
    // What 1 + e has lost in rounding comes back in the quotient.
    let lost = e - (denominator - 1.0);
    let quotient = numerator / denominator;
    quotient.mul_add(-lost, quotient)
}

/// Hyperbolic tangent, within 1.5 ulp; odd, and never beyond 1.
#[inline(always)]
pub fn tanh(x: f32) -> f32 {
    let a = x.abs();

    let square = a * a;
    let p = -6.207_423e-3_f32;
    let p = p.mul_add(square, 2.102_721_3e-2);
    let p = p.mul_add(square, -5.384_227_6e-2);
    let p = p.mul_add(square, 1.333_25e-1);
    let p = p.mul_add(square, -3.333_331_6e-1);
    let small = (a * square).mul_add(p, a);

    let (power, n) = exp_parts(at_most(2.0 * a, 20.0)); // tanh(10) rounds to 1
    let large = 1.0 - 2.0 / power.mul_add(two_to(n), 1.0);

    (if a < TANH_SMALL { small } else { large }).copysign(x)
}

/// Natural logarithm, within 1.0 ulp: n ln 2 + ln m with x = m 2^n, m within a factor of sqrt(2) around 1. 0 gives
/// -inf, what is below gives NaN; denormal arguments are right too.
#[inline(always)]
pub fn ln(x: f32) -> f32 {
    let denormal = x < f32::MIN_POSITIVE;
    let normal = if denormal { x * TWO_TO_24 } else { x };
    let above = (normal.to_bits() as i32).wrapping_sub(SQRT_HALF_BITS);
    let n = (above >> 23).wrapping_sub(if denormal { 24 } else { 0 }) as f32;
    let m = f32::from_bits((above & 0x007f_ffff).wrapping_add(SQRT_HALF_BITS) as u32);

    let f = m - 1.0;
    let p = -7.634_493e-2_f32;
    let p = p.mul_add(f, 1.276_157_6e-1);
    let p = p.mul_add(f, -1.316_018_3e-1);
    let p = p.mul_add(f, 1.420_175_8e-1);
    let p = p.mul_add(f, -1.662_335_7e-1);
    let p = p.mul_add(f, 2.000_122_7e-1);
    let p = p.mul_add(f, -2.500_082_2e-1);
    let p = p.mul_add(f, 3.333_333e-1);
    let p = p.mul_add(f, -0.5);
    // ln(1 + f) = f + f^2 p; the largest terms come last.
    let rest = (f * f).mul_add(p, n * LN2_LOW);
    let value = n.mul_add(LN2_HIGH, f + rest);

    let value = if x > 0.0 { value } else { f32::NAN };
    let value = if x == 0.0 { f32::NEG_INFINITY } else { value };
    if x == f32::INFINITY { x } else { value }
}

/// `function` of every value, vectorised for this CPU; the bits are those of one call per value.
pub fn apply(function: impl Fn(f32) -> f32, values: &mut [f32]) {
    simd::run(Each { function, values });
}

struct Each<'a, F> {
    function: F,
    values: &'a mut [f32],
}

impl<F: Fn(f32) -> f32> Work for Each<'_, F> {
    #[inline(always)]
    fn run<V: Vector>(self) {
        for value in self.values {
            *value = (self.function)(*value);
        }
    }
}

/// (p, n) with e^x = p * 2^n, |ln p| <= ln(2) / 2, for |x| <= 104; p is NaN where x is.
#[inline(always)]
fn exp_parts(x: f32) -> (f32, i32) {
    let rounded = x.mul_add(LOG2_E, ROUND);
    // From the bits, because a cast of NaN to an integer does not vectorise.
    let n = (rounded.to_bits() as i32).wrapping_sub(ROUND.to_bits() as i32);
    let count = rounded - ROUND;
    // r = x - n ln 2 as an exact part and a small one, for the rounding of their sum matters.
    let exact = count.mul_add(-LN2_HIGH, x);
    let small = count * -LN2_LOW;
    let r = exact + small;

    let p = 1.381_314_2e-3_f32;
    let p = p.mul_add(r, 8.369_419e-3);
    let p = p.mul_add(r, 4.166_845_6e-2);
    let p = p.mul_add(r, 1.666_651_5e-1);
    let p = p.mul_add(r, 4.999_999_4e-1);
    let p = (r * r).mul_add(p, small) + exact;
    (p + 1.0, n)
}

/// 2^n for -126 <= n <= 127.
#[inline(always)]
fn two_to(n: i32) -> f32 {
    f32::from_bits((n.wrapping_add(127) as u32) << 23)
}

/// The larger of both. Unlike those of `f32` this and `at_most` are one instruction each, and NaN passes.
#[inline(always)]
fn at_least(x: f32, low: f32) -> f32 {
    if x < low { low } else { x }
}

/// The smaller of both.
#[inline(always)]
fn at_most(x: f32, high: f32) -> f32 {
    if x > high { high } else { x }
}
