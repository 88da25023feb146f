//! Which vector instructions this CPU has, and the way into code compiled for them.
//!
//! A [`Work`] is plain Rust whose body is inlined into one function per [`Level`]; the compiler
//! vectorises each copy for its instructions. All copies give the same bits.

#![allow(unsafe_code)] // calling a #[target_feature] function; sound because `level` asks the CPU

use std::sync::OnceLock;

use super::lanes::Lanes;
use super::vector::Vector;
#[cfg(target_arch = "x86_64")]
use super::vector::x86;

/// Instruction sets there is a copy for, the narrowest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Level {
    /// What the crate was compiled for; fused multiply-add in software if need be.
    Portable,
    /// AVX2 and FMA, 8 lanes.
    Avx2,
    /// AVX-512F, 16 lanes.
    Avx512,
}

/// A piece of code to be compiled once per level. `run` and all it calls must be `#[inline(always)]`,
/// for a call would leave the level; closures cannot be, so no closures around large bodies.
pub(super) trait Work {
    /// Does it, with the level's own vector for what the compiler cannot be trusted with.
    fn run<V: Vector>(self);
}

/// Runs `work` at the level of this process.
pub(super) fn run<W: Work>(work: W) {
    match level() {
        // SAFETY: `level` names nothing the CPU lacks.
        #[cfg(target_arch = "x86_64")]
        Level::Avx512 => unsafe { run_avx512(work) },
        // SAFETY: as above.
        #[cfg(target_arch = "x86_64")]
        Level::Avx2 => unsafe { run_avx2(work) },
        _ => work.run::<Lanes>(),
    }
}

/// The level of this process: the best, unless the environment variable `RNN_KERNEL` (`portable` or
/// `avx2`) asks for less. It is there for tests that compare the bits of whole programs.
fn level() -> Level {
    #[cfg(test)]
    if let Some(level) = testing::forced() {
        return level;
    }
    static LEVEL: OnceLock<Level> = OnceLock::new();
    *LEVEL.get_or_init(|| {
        let limit = match std::env::var("RNN_KERNEL").as_deref() {
            Ok("portable") => Level::Portable,
            Ok("avx2") => Level::Avx2,
            _ => Level::Avx512,
        };
        best().min(limit)
    })
}

/// The widest level this CPU has.
fn best() -> Level {
    #[cfg(target_arch = "x86_64")]
    if is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma") {
        let wide = is_x86_feature_detected!("avx512f");
        return if wide { Level::Avx512 } else { Level::Avx2 };
    }
    Level::Portable
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f,avx2,fma")]
fn run_avx512<W: Work>(work: W) {
    work.run::<x86::Avx512>();
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,fma")]
fn run_avx2<W: Work>(work: W) {
    work.run::<x86::Avx2>();
}

/// Comparing levels within one process.
#[cfg(test)]
pub(crate) mod testing {
    use super::{Level, best};
    use std::cell::Cell;

    thread_local! {
        static FORCED: Cell<Option<Level>> = const { Cell::new(None) };
    }

    pub(super) fn forced() -> Option<Level> {
        FORCED.get()
    }

    /// What `compute` gives at each level of this CPU, the portable one first; on this thread only.
    pub(crate) fn at_each_level<T>(mut compute: impl FnMut() -> T) -> Vec<T> {
        let levels = [Level::Portable, Level::Avx2, Level::Avx512];
        let results = levels.into_iter().filter(|level| *level <= best()).map(|level| {
            FORCED.set(Some(level));
            compute()
        });
        let results = results.collect();
        FORCED.set(None);
        results
    }
}
