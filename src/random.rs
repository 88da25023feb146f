//! Randomness as a pure function of counters: nothing to save, nothing to restore.
