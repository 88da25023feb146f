//! The errors of our own functions, against f64, in units in the last place: as `src/kernel/functions` documents them.

// The standard library's f64 functions are the reference here; nothing that ships calls them.
#![allow(clippy::disallowed_methods)]

use rayon::prelude::*;
use rnn::kernel::functions::{apply, cos, exp, ln, sigmoid, sin, tanh};

/// Arguments taken together: enough to be vectorised.
const TOGETHER: usize = 1024;

/// Largest error of `ours` in units in the last place of the exact value, over every `step`th f32, and where.
fn largest_error(
    step: usize,
    ours: impl Fn(f32) -> f32 + Copy + Sync,
    exact: fn(f64) -> f64,
) -> (f64, f32) {
    let count = (1_usize << 32).div_ceil(step);
    let larger = |a: (f64, f32), b: (f64, f32)| if b.0 > a.0 { b } else { a };
    let chunk = |first: usize| {
        let numbers = first..count.min(first + TOGETHER);
        let x: Vec<f32> = numbers.map(|n| f32::from_bits((n * step) as u32)).collect();
        let mut y = x.clone();
        apply(ours, &mut y);
        let errors = x.iter().zip(y).map(|(&x, y)| (error(x, y, exact(f64::from(x))), x));
        errors.fold((0.0, 0.0), larger)
    };
    let chunks = (0..count).into_par_iter().step_by(TOGETHER);
    chunks.map(chunk).reduce(|| (0.0, 0.0), larger)
}

fn error(x: f32, got: f32, want: f64) -> f64 {
    let largest = f64::from(f32::MAX);
    if want.is_nan() || got.is_nan() {
        assert!(want.is_nan() && got.is_nan(), "{x:e}: {got:e}, not {want:e}");
        0.0
    } else if got.is_infinite() || want.abs() > largest {
        // Infinity is right where the exact value rounds to it; finite where it is close.
        assert!(want.abs() > largest * (1.0 - 1e-7), "{x:e}: {got:e}");
        assert!(f64::from(got).abs() > largest * (1.0 - 1e-6), "{x:e}: {got:e}");
        assert!(f64::from(got).signum() == want.signum(), "{x:e}: {got:e}");
        0.0
    } else {
        (f64::from(got) - want).abs() / unit_in_the_last_place(want)
    }
}

/// Distance of neighbouring f32 around `x`.
fn unit_in_the_last_place(x: f64) -> f64 {
    let exponent = ((x.to_bits() >> 52) & 0x7ff) as i32 - 1023;
    2.0_f64.powi(exponent.max(-126) - 23)
}

/// Holds every function to the error its documentation names.
fn check_all(step: usize) {
    check("exp", step, exp, f64::exp, 0.88);
    check("sigmoid", step, sigmoid, sigmoid_f64, 1.97);
    check("tanh", step, tanh, f64::tanh, 1.5);
    check("ln", step, ln, f64::ln, 1.0);
    check("sin", step, sin, f64::sin, 0.501);
    check("cos", step, cos, f64::cos, 0.501);
}

fn check(
    name: &str,
    step: usize,
    ours: impl Fn(f32) -> f32 + Copy + Sync,
    exact: fn(f64) -> f64,
    limit: f64,
) {
    let (error, x) = largest_error(step, ours, exact);
    println!("{name}: {error:.4} units in the last place at {x:e}");
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
#[ignore = "ten minutes"]
fn every_f32_is_close() {
    check_all(1);
}
