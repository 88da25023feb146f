//! exp, tanh and sigmoid in f32: branch-free, so that they vectorise, and built only from + - * / and
//! fused multiply-add, so that every CPU gives the same bits. Errors are given in units in the last place
//! (ulp), as measured over all 2^32 arguments.

use std::f32::consts::LOG2_E;

/// 1.5 * 2^23: adding it to a small number leaves the nearest integer in the low bits.
const ROUND: f32 = 12_582_912.0;

/// ln 2 in two parts; the first has 9 bits, so that its multiples by small integers are exact.
const LN2_HIGH: f32 = 355.0 / 512.0;
const LN2_LOW: f32 = -2.121_944_4e-4;

/// Below it `tanh` is a polynomial: 1 - 2 / (e^2x + 1) would cancel.
const TANH_SMALL: f32 = 0.55;

/// e^x, within 0.88 ulp. NaN gives NaN, -inf gives 0, large x gives inf; denormal results are right too.
#[inline(always)]
pub fn exp(x: f32) -> f32 {
    let x = clamp(x, -104.0, 89.0); // beyond, the result is 0 or inf all the same
    let (power, n) = exp_parts(x);
    // 2^n in two factors, for n goes below -126 and to 128.
    let half = n >> 1;
    power * two_to(half) * two_to(n.wrapping_sub(half))
}

/// 1 / (1 + e^-x), within 2.41 ulp: from e^-|x|, so that it keeps its accuracy on both sides.
#[inline(always)]
pub fn sigmoid(x: f32) -> f32 {
    let e = exp(-x.abs());
    let numerator = if x < 0.0 { e } else { 1.0 };
    numerator / (1.0 + e)
}

/// Hyperbolic tangent; odd, and never beyond 1.
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

    let (power, n) = exp_parts(clamp(2.0 * a, 0.0, 20.0)); // tanh(10) rounds to 1
    let large = 1.0 - 2.0 / power.mul_add(two_to(n), 1.0);

    (if a < TANH_SMALL { small } else { large }).copysign(x)
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

/// Unlike `f32::clamp` it compiles to two blends, and NaN passes.
#[inline(always)]
fn clamp(x: f32, low: f32, high: f32) -> f32 {
    let x = if x < low { low } else { x };
    if x > high { high } else { x }
}

#[cfg(test)]
// The standard library's f64 functions are the reference here; nothing that ships calls them.
#[allow(clippy::disallowed_methods)]
mod tests {
    use super::*;

    /// Largest error of `ours` in units in the last place of the exact value, over every `step`th f32.
    fn largest_error(step: usize, ours: fn(f32) -> f32, exact: fn(f64) -> f64) -> (f64, f32) {
        let mut worst = (0.0, 0.0);
        for pattern in (0..=u32::MAX).step_by(step) {
            let x = f32::from_bits(pattern);
            let (got, want) = (ours(x), exact(f64::from(x)));
            if want.is_nan() || got.is_nan() {
                assert!(want.is_nan() && got.is_nan(), "{x:e}: {got:e}, not {want:e}");
            } else if got.is_infinite() || want.abs() > f64::from(f32::MAX) {
                // Infinity is right where the exact value rounds to it; finite where it is close.
                assert!(want.abs() > f64::from(f32::MAX) * (1.0 - 1e-7), "{x:e}: {got:e}");
                assert!(f64::from(got) > f64::from(f32::MAX) * (1.0 - 1e-6), "{x:e}: {got:e}");
            } else {
                let error = (f64::from(got) - want).abs() / unit_in_the_last_place(want);
                if error > worst.0 {
                    worst = (error, x);
                }
            }
        }
        worst
    }

    /// Distance of neighbouring f32 around `x`.
    fn unit_in_the_last_place(x: f64) -> f64 {
        let exponent = ((x.to_bits() >> 52) & 0x7ff) as i32 - 1023;
        2.0_f64.powi(exponent.max(-126) - 23)
    }

    fn check_all(step: usize) {
        check("exp", step, exp, f64::exp, 1.0);
        check("sigmoid", step, sigmoid, sigmoid_f64, 2.5);
        check("tanh", step, tanh, f64::tanh, 1.5);
    }

    fn check(name: &str, step: usize, ours: fn(f32) -> f32, exact: fn(f64) -> f64, limit: f64) {
        let (error, x) = largest_error(step, ours, exact);
        println!("{name}: {error:.3} units in the last place at {x:e}");
        assert!(error <= limit, "{name}: {error} at {x:e}");
    }

    fn sigmoid_f64(x: f64) -> f64 {
        if x < 0.0 { x.exp() / (1.0 + x.exp()) } else { 1.0 / (1.0 + (-x).exp()) }
    }

    #[test]
    fn every_257th_f32_is_close() {
        check_all(257);
    }

    #[test]
    #[ignore = "half an hour"]
    fn every_f32_is_close() {
        check_all(1);
    }

    #[test]
    fn the_ends_are_exact() {
        assert_eq!(
            (exp(0.0), exp(f32::NEG_INFINITY), exp(f32::INFINITY)),
            (1.0, 0.0, f32::INFINITY)
        );
        assert_eq!((exp(-104.5), exp(89.5)), (0.0, f32::INFINITY));
        assert_eq!(
            (sigmoid(0.0), sigmoid(f32::NEG_INFINITY), sigmoid(f32::INFINITY)),
            (0.5, 0.0, 1.0)
        );
        assert_eq!((tanh(f32::NEG_INFINITY), tanh(f32::INFINITY)), (-1.0, 1.0));
        assert_eq!(tanh(-0.0).to_bits(), (-0.0_f32).to_bits());
        assert_eq!(tanh(1e-40), 1e-40);
        assert!(exp(f32::NAN).is_nan() && sigmoid(f32::NAN).is_nan() && tanh(f32::NAN).is_nan());
    }

    #[test]
    fn tanh_and_sigmoid_stay_in_range() {
        for pattern in (0..=u32::MAX).step_by(1021) {
            let x = f32::from_bits(pattern);
            if !x.is_nan() {
                assert!(tanh(x).abs() <= 1.0, "{x:e}");
                assert!((0.0..=1.0).contains(&sigmoid(x)), "{x:e}");
                assert_eq!(tanh(-x), -tanh(x), "{x:e}");
            }
        }
    }

    /// The bits themselves: what another machine or compiler must give too (FNV-1a over a million values
    /// of each). A change here changes every trained model; it belongs into the changelog.
    #[test]
    fn bits_are_these() {
        let hash = |function: fn(f32) -> f32| {
            let values =
                (0..=u32::MAX).step_by(4099).map(|pattern| function(f32::from_bits(pattern)));
            values.filter(|y| !y.is_nan()).fold(0xcbf2_9ce4_8422_2325_u64, |hash, y| {
                (hash ^ u64::from(y.to_bits())).wrapping_mul(0x0100_0000_01b3)
            })
        };
        let known = [0xdee5_362a_0b8b_8b9e, 0xb801_0a04_0cdd_45fd, 0xf75f_f166_2064_b040];
        assert_eq!([hash(exp), hash(sigmoid), hash(tanh)], known);
    }
}
