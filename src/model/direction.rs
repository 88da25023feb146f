//! Which way a recurrence walks: all that forward and reverse differ in.

use std::ops::Range;

/// The order in which timesteps are visited.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// First to last.
    Forward,
    /// Last to first; each sequence starts at its own last step.
    Reverse,
}

impl Direction {
    /// State slots that step `t` reads and writes, counted from `t`. Slot 0 (or the slot behind a
    /// sequence's last step, in reverse) holds the initial state: no step is special.
    pub(super) fn slots(self) -> (usize, usize) {
        match self {
            Direction::Forward => (0, 1),
            Direction::Reverse => (1, 0),
        }
    }

    /// Time of the `k`-th visited of `steps` steps.
    pub(super) fn time(self, k: usize, steps: usize) -> usize {
        match self {
            Direction::Forward => k,
            Direction::Reverse => steps - 1 - k,
        }
    }

    /// Times of some visits that follow each other, in ascending order.
    pub(super) fn times(self, visits: Range<usize>, steps: usize) -> Range<usize> {
        match self {
            Direction::Forward => visits,
            Direction::Reverse => steps - visits.end..steps - visits.start,
        }
    }

    /// The slot a sequence of this length starts from, and the one it ends in.
    pub(super) fn ends(self, length: usize) -> (usize, usize) {
        match self {
            Direction::Forward => (0, length),
            Direction::Reverse => (length, 0),
        }
    }
}
