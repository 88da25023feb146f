//! Rare words are taken for unknown now and then while training, so that what to do with unknown ones is learnt.

use crate::random::{self, Purpose};

/// Which words of a sequence: the same key gives the same ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Forget {
    /// `training.seed`.
    pub seed: u64,
    /// Updates so far.
    pub step: u64,
    /// Place of the sequence in the whole batch.
    pub row: usize,
}

impl Forget {
    /// Whether the word at a timestep of a word input is taken for unknown, which happens with this chance.
    pub(super) fn takes(self, input: usize, t: usize, chance: f64) -> bool {
        if chance <= 0.0 {
            return false;
        }
        let bits = |value: usize, width: u32, at: u32| (value as u64 & ((1 << width) - 1)) << at;
        let place = bits(input, 8, 48) | bits(self.row, 16, 32) | bits(t, 32, 0);
        let [word, ..] = random::bits(self.seed, Purpose::Words, [self.step, place]);
        f64::from(random::uniform(word)) < chance
    }
}
