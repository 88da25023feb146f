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
use crate::error::{Error, Result};

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

impl Level {
    const ALL: [Level; 3] = [Level::Portable, Level::Avx2, Level::Avx512];

    fn name(self) -> &'static str {
        match self {
            Level::Portable => "portable",
            Level::Avx2 => "avx2",
            Level::Avx512 => "avx512",
        }
    }
}

/// The environment variable that asks for a level by name.
const VARIABLE: &str = "RNN_KERNEL";

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

/// The name of the level of this process, for logs. An error where `RNN_KERNEL` asks for what is not there.
pub fn variant() -> Result<&'static str> {
    static ASKED: OnceLock<std::result::Result<Level, String>> = OnceLock::new();
    let asked = ASKED.get_or_init(|| match std::env::var_os(VARIABLE) {
        None => Ok(best()),
        Some(word) => choose(&word.to_string_lossy(), best()),
    });
    asked.clone().map(Level::name).map_err(Error::Usage)
}

/// The level of this process: the best, unless the environment variable asks for another. It is there for tests that
/// compare the bits of whole programs.
fn level() -> Level {
    #[cfg(test)]
    if let Some(level) = testing::forced() {
        return level;
    }
    static LEVEL: OnceLock<Level> = OnceLock::new();
    *LEVEL.get_or_init(|| {
        let name = variant().ok();
        Level::ALL.into_iter().find(|level| Some(level.name()) == name).unwrap_or(best())
    })
}

/// The level of a name.
fn choose(word: &str, best: Level) -> std::result::Result<Level, String> {
    match Level::ALL.into_iter().find(|level| level.name() == word) {
        Some(level) if level <= best => Ok(level),
        Some(_) => Err(format!("{VARIABLE}={word}: this CPU goes up to {}", best.name())),
        None => {
            let word = word.escape_debug();
            Err(format!("{VARIABLE}={word}: not portable, avx2 or avx512"))
        }
    }
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
        let results = Level::ALL.into_iter().filter(|level| *level <= best()).map(|level| {
            FORCED.set(Some(level));
            compute()
        });
        let results = results.collect();
        FORCED.set(None);
        results
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_level_is_chosen_by_name() {
        assert_eq!(choose("portable", Level::Avx512), Ok(Level::Portable));
        assert_eq!(choose("avx2", Level::Avx2), Ok(Level::Avx2));
        let refused = |word| choose(word, Level::Avx2).expect_err("refused");
        assert_eq!(refused("avx512"), "RNN_KERNEL=avx512: this CPU goes up to avx2");
        assert_eq!(refused("fast\n"), "RNN_KERNEL=fast\\n: not portable, avx2 or avx512");
    }
}
