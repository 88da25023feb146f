//! The threads of an update: they go through its phases together, and stay awake in between.
//!
//! An update of a small network takes a fraction of a millisecond, and waking a thread that sleeps takes a good part
//! of that. So there is one parallel region per update instead of one per phase; a thread that waits for the
//! others looks whether they are done many times before it sleeps, and so does one that waits for the next update.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex, PoisonError};

/// How many times a waiting thread looks before it sleeps: less than a tenth of a millisecond in all.
const LOOKS: usize = 500;

/// A short while, now and then with the core left to whoever else wants it.
fn look(k: usize) {
    if k.is_multiple_of(8) {
        std::thread::yield_now();
    } else {
        (0..8).for_each(|_| std::hint::spin_loop());
    }
}

/// Runs `work` on all threads of the pool at the same time, as far as they are free. It must be right even if only
/// the thread that asks comes.
pub(super) fn together(work: impl Fn() + Sync) {
    rayon::scope(|scope| {
        for _ in 1..rayon::current_num_threads() {
            scope.spawn(|_| work());
        }
        work();
    });
}

/// Pieces of work that threads take one by one.
pub(super) struct Phase {
    pieces: usize,
    taken: AtomicUsize,
    done: AtomicUsize,
    sleepers: Mutex<()>,
    over: Condvar,
}

impl Phase {
    /// A phase of so many pieces.
    pub(super) fn new(pieces: usize) -> Self {
        let (taken, done) = (AtomicUsize::new(0), AtomicUsize::new(0));
        Self { pieces, taken, done, sleepers: Mutex::new(()), over: Condvar::new() }
    }

    /// Does pieces until none is left to take, then waits for those that other threads have taken.
    pub(super) fn share(&self, mut work: impl FnMut(usize)) {
        loop {
            let piece = self.taken.fetch_add(1, Ordering::Relaxed);
            if piece >= self.pieces {
                return self.wait();
            }
            let _done = Done(self);
            work(piece);
        }
    }

    fn is_over(&self) -> bool {
        self.done.load(Ordering::Acquire) >= self.pieces
    }

    fn wait(&self) {
        for k in 0..LOOKS {
            if self.is_over() {
                return;
            }
            look(k);
        }
        let mut asleep = self.sleepers.lock().unwrap_or_else(PoisonError::into_inner);
        while !self.is_over() {
            asleep = self.over.wait(asleep).unwrap_or_else(PoisonError::into_inner);
        }
    }
}

/// Counts a piece as done, even one that panicked: nobody shall wait for it forever.
struct Done<'a>(&'a Phase);

impl Drop for Done<'_> {
    fn drop(&mut self) {
        if self.0.done.fetch_add(1, Ordering::AcqRel) + 1 == self.0.pieces {
            // Whoever found the phase not over, and is not asleep yet, holds this.
            drop(self.0.sleepers.lock());
            self.0.over.notify_all();
        }
    }
}

/// The pause between two updates, in which the other threads stay awake for a while. It ends when it is dropped.
#[derive(Default)]
pub(super) struct Pause {
    over: Arc<AtomicBool>,
}

impl Pause {
    /// Asks the others to stay awake.
    pub(super) fn begin() -> Self {
        let pause = Self::default();
        for _ in 1..rayon::current_num_threads() {
            let over = pause.over.clone();
            rayon::spawn(move || {
                for k in 0..LOOKS {
                    if over.load(Ordering::Relaxed) {
                        return;
                    }
                    // Not deaf meanwhile: there may be smaller things to do.
                    if rayon::yield_now() != Some(rayon::Yield::Executed) {
                        look(k);
                    }
                }
            });
        }
        pause
    }
}

impl Drop for Pause {
    fn drop(&mut self) {
        self.over.store(true, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every piece once, and the second phase sees all that the first has done, with more threads than pieces and less.
    #[test]
    fn a_phase_begins_when_the_last_is_over() {
        for threads in 1..5 {
            let pool =
                rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("a pool");
            pool.install(|| {
                for pieces in [0, 1, 2, 3, 40] {
                    let _pause = Pause::begin();
                    let counts: Vec<AtomicUsize> =
                        (0..pieces).map(|_| AtomicUsize::new(0)).collect();
                    let (first, second) = (Phase::new(pieces), Phase::new(7));
                    let sums: Vec<AtomicUsize> = (0..7).map(|_| AtomicUsize::new(0)).collect();
                    together(|| {
                        first.share(|piece| {
                            std::thread::yield_now();
                            counts[piece].fetch_add(1, Ordering::Relaxed);
                        });
                        second.share(|piece| {
                            let sum = counts.iter().map(|c| c.load(Ordering::Relaxed)).sum();
                            sums[piece].fetch_add(sum, Ordering::Relaxed);
                        });
                    });
                    let all = |counts: &[AtomicUsize], value| {
                        counts.iter().all(|c| c.load(Ordering::Relaxed) == value)
                    };
                    assert!(all(&counts, 1) && all(&sums, pieces), "{threads} {pieces}: {sums:?}");
                }
            });
        }
    }

    /// A panic reaches the caller instead of leaving the others waiting.
    #[test]
    #[should_panic(expected = "piece 1")]
    fn a_panic_ends_the_phase() {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(2).build().expect("a pool");
        pool.install(|| {
            let phase = Phase::new(2);
            together(|| phase.share(|piece| assert!(piece == 0, "piece {piece}")));
        });
    }
}
