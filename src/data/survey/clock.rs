//! The time column of a file, and how its times go.

use crate::config::TimeFormat;
use crate::data::Timeline;
use crate::data::time::{TimeKind, about_text};

const DAY: i128 = 86_400_000_000_000;

/// A time column.
#[derive(Clone, Debug, PartialEq)]
pub struct Clock {
    /// Its place among the columns.
    pub column: usize,
    /// How times go, series by series.
    pub timeline: Timeline,
    /// Line of the row after the longest gap.
    pub gap_line: Option<u64>,
    /// Line of the first row whose time does not come after the one before.
    pub disorder_line: Option<u64>,
    /// How its times are written.
    pub format: TimeFormat,
    /// What has to be done about their order.
    pub order: Disorder,
}

/// What the order of a file's times asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Disorder {
    /// Nothing: they go up.
    None,
    /// Some stand there twice.
    Twice,
    /// They have to be sorted: they go from the newest to the oldest, or at random.
    Sort,
    /// A clock was set back: rows stay as they are.
    SetBack,
}

impl Clock {
    /// Nanoseconds from one row to the next; for plain numbers only where they look like Unix times.
    pub fn step(&self) -> Option<i128> {
        let step = i128::from(self.timeline.step?.nanos);
        Some(step / self.unit()?).filter(|&step| step > 0)
    }

    /// A span in the column's own unit as people say it: `3 h`, `5.5 h`; for plain numbers the number.
    pub fn span(&self, length: i128) -> String {
        match self.unit() {
            Some(unit) => about_text(length / unit, TimeKind::Local),
            None => about_text(length, TimeKind::Number),
        }
    }

    /// Whether rows come once a month.
    pub fn is_monthly(&self) -> bool {
        let month = 28 * DAY..=31 * DAY;
        let varies = self.timeline.step.is_some_and(|step| step.share < 0.9);
        varies && self.step().is_some_and(|step| month.contains(&step))
    }

    /// Whether rows come from Monday to Friday.
    pub fn is_weekdays(&self) -> bool {
        self.timeline.step.is_some_and(|step| step.weekdays)
    }

    /// How many of the column's units (billionths of a number) make a nanosecond; none for numbers that are no
    /// Unix times.
    fn unit(&self) -> Option<i128> {
        match self.timeline.kind {
            TimeKind::Number => unix_unit(&self.timeline.first, &self.timeline.last),
            TimeKind::Local | TimeKind::Zoned => Some(1),
        }
    }
}

/// What a plain number counts, if it lies where Unix times of 1990 to 2100 do: 1 for seconds, 1,000 for
/// milliseconds, a million for microseconds.
fn unix_unit(first: &str, last: &str) -> Option<i128> {
    let number = |text: &str| text.trim().replace(',', ".").parse::<f64>().ok();
    let (first, last) = (number(first)?, number(last)?);
    let years = 6.3e8..4.1e9;
    [1_i128, 1_000, 1_000_000].into_iter().find(|&unit| {
        years.contains(&(first / unit as f64)) && years.contains(&(last / unit as f64))
    })
}
