//! What the tests share: random numbers, comparisons, a random case, PyTorch's numbers, the twin network.

// Each test binary compiles all of this and uses a part of it.
#![allow(dead_code, unreachable_pub)]

pub mod case;
pub mod pytorch;
pub mod reference;
pub mod twin;

/// A small deterministic generator (splitmix64); it shares nothing with the library's.
pub struct Rng(pub u64);

impl Rng {
    /// Uniform in [-1, 1), on a grid that f32 holds exactly.
    pub fn uniform(&mut self) -> f32 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut x = self.0;
        x = (x ^ x >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        x = (x ^ x >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        x ^= x >> 31;
        (x >> 40) as f32 / (1 << 23) as f32 - 1.0
    }

    /// `count` of them.
    pub fn uniforms(&mut self, count: usize) -> Vec<f32> {
        (0..count).map(|_| self.uniform()).collect()
    }

    /// Uniform in 0..bound.
    pub fn below(&mut self, bound: usize) -> usize {
        ((self.uniform() + 1.0) / 2.0 * bound as f32) as usize
    }
}

/// The same numbers, wider.
pub fn wide(values: &[f32]) -> Vec<f64> {
    values.iter().map(|&x| f64::from(x)).collect()
}

/// The largest difference, relative to the largest value of `theirs`; infinite where a number is not one, or where
/// all of theirs are 0 and ours are not.
pub fn distance(ours: &[f64], theirs: &[f64]) -> f64 {
    assert_eq!(ours.len(), theirs.len(), "lengths");
    let largest = theirs.iter().fold(0.0f64, |m, x| m.max(x.abs()));
    let mut worst = 0.0f64;
    for (a, b) in ours.iter().zip(theirs) {
        let difference = (a - b).abs();
        worst = worst.max(if difference.is_nan() { f64::INFINITY } else { difference });
    }
    if worst == 0.0 { 0.0 } else { worst / largest }
}

/// Fails where [`distance`] exceeds `tolerance`.
#[track_caller]
pub fn assert_close(what: &str, ours: &[f64], theirs: &[f64], tolerance: f64) {
    let distance = distance(ours, theirs);
    assert!(
        distance <= tolerance,
        "{what}: {distance:.1e} of the largest apart, allowed {tolerance:.0e}\n  ours   {}\n  theirs {}",
        start(ours),
        start(theirs)
    );
}

/// Fails where any bit differs (but for the sign of zero).
#[track_caller]
pub fn assert_same(what: &str, ours: &[f32], theirs: &[f32]) {
    assert_eq!(ours.len(), theirs.len(), "{what}: lengths");
    let differ = (0..ours.len()).filter(|&k| ours[k] != theirs[k]).collect::<Vec<_>>();
    if let Some(&k) = differ.first() {
        let count = differ.len();
        panic!(
            "{what}: {count} of {} differ, first {k}: {} and {}",
            ours.len(),
            ours[k],
            theirs[k]
        );
    }
}

fn start(values: &[f64]) -> String {
    let shown: Vec<_> = values.iter().take(8).map(|x| format!("{x:.7}")).collect();
    format!("{}{}", shown.join(" "), if values.len() > 8 { " …" } else { "" })
}
