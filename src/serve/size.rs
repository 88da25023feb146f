//! How much goes through the network at a time, and what that comes to, for estimates of memory.

use super::plan::Plan;
use super::predictor::{
    GATHER_OUTPUTS, GATHER_ROWS, GATHER_STEPS, GATHER_WINDOWS, blocks_together,
};
use crate::model::{Architecture, BLOCK_ROWS, Read};

/// The blocks that a predictor works on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BlockShape {
    /// Timesteps of one.
    pub steps: usize,
    /// Sequences of one.
    pub rows: usize,
    /// Blocks that exist at the same time.
    pub blocks: usize,
    /// Predictions that exist at the same time.
    pub asked: usize,
}

impl Plan {
    /// The network as predictions read it: of a window only the last step is asked for, so it is read at the final
    /// state, with the same parameters.
    pub fn architecture(self, trained: &Architecture) -> Architecture {
        let read = match self {
            Plan::Window { .. } | Plan::Whole { last: true } => Read::FinalState,
            _ => Read::EveryStep,
        };
        Architecture { read, ..trained.clone() }
    }

    /// The largest blocks for `asked` predictions of series of `longest` rows at most, on so many threads.
    pub fn blocks(
        self,
        longest: usize,
        asked: usize,
        outputs: usize,
        threads: usize,
    ) -> BlockShape {
        let gathered = |length: usize| {
            let steps = length.min(longest);
            let fit = (GATHER_STEPS / steps.max(1) + 1).clamp(BLOCK_ROWS, GATHER_WINDOWS);
            (steps, fit)
        };
        let shape = |steps: usize, jobs: usize, each: usize| {
            let rows = jobs.min(BLOCK_ROWS);
            let blocks = jobs.div_ceil(BLOCK_ROWS).min(blocks_together(threads));
            BlockShape { steps, rows, blocks, asked: (jobs * each).min(asked) }
        };
        match self {
            Plan::Window { length, .. } => {
                let (steps, jobs) = gathered(length);
                shape(steps, jobs.min(asked), 1)
            }
            Plan::Blocks { length } => {
                let (steps, jobs) = gathered(length);
                shape(steps, jobs.min(asked.div_ceil(steps.max(1))), steps)
            }
            Plan::Whole { last } => {
                let (steps, jobs) = gathered(longest);
                let each = if last { 1 } else { steps };
                shape(steps, jobs.min(asked.div_ceil(each.max(1))), each)
            }
            Plan::Running => {
                // As many rows of one series, or some rows of many.
                let rows = GATHER_ROWS.min((GATHER_OUTPUTS / outputs).max(1)).min(asked.max(1));
                let steps = rows.min(longest);
                let jobs = rows / steps.max(1);
                BlockShape { asked: rows, ..shape(steps, jobs.max(1), steps) }
            }
        }
    }
}
