//! Which time between two rows is a gap that cuts a series.

use serde::{Deserialize, Serialize};

use super::roles::Roles;
use super::time::TimeReader;
use super::timeline::{Step, is_weekend};
use crate::config::{Gaps, Longest};

/// The regular step of the rows a model was trained on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pace {
    /// Nanoseconds (numbers: billionths).
    pub nanos: u64,
    /// Days from Monday to Friday: a weekend is no gap.
    pub weekdays: bool,
}

/// Tells gaps from steps, in a table and in a stream alike.
#[derive(Clone, Debug)]
pub struct GapRule {
    longest: Longest,
    pace: Pace,
    clock: TimeReader,
}

impl From<Step> for Pace {
    fn from(step: Step) -> Self {
        Self { nanos: step.nanos, weekdays: step.weekdays }
    }
}

impl Pace {
    /// Rows missing before a row at `now` whose forerunner stands at `before`.
    pub(super) fn missing(self, clock: &TimeReader, before: i128, now: i128) -> u64 {
        if self.nanos == 0 {
            return 0;
        }
        if self.weekdays {
            let (before, today) = (clock.day(before), clock.day(now));
            // Whole weeks have five; the rest is counted day by day.
            let weeks = (today - before - 1).div_euclid(7);
            let rest = (before + 1 + 7 * weeks..today).filter(|&day| !is_weekend(day)).count();
            return 5 * weeks.max(0) as u64 + rest as u64;
        }
        let nanos = u64::try_from(now - before).unwrap_or(if now > before { u64::MAX } else { 0 });
        (nanos.saturating_add(self.nanos / 2) / self.nanos).saturating_sub(1)
    }
}

impl GapRule {
    /// The rule of a model; none where gaps do not cut, or where there is no regular step to go by.
    pub fn new(roles: &Roles) -> Option<Self> {
        let Gaps::Cut(longest) = roles.gaps else { return None };
        let any = Pace { nanos: 0, weekdays: false };
        let pace = match longest {
            Longest::Steps(_) => roles.pace?,
            Longest::Span(_) => any,
        };
        Some(Self { longest, pace, clock: roles.clock() })
    }

    /// Whether the row at `now` begins a new segment after one at `before`.
    pub fn is_gap(&self, before: i128, now: i128) -> bool {
        match self.longest {
            Longest::Steps(steps) => self.pace.missing(&self.clock, before, now) >= steps,
            Longest::Span(nanos) => now - before > i128::from(nanos),
        }
    }
}
