//! How times follow each other within a series: up, of one kind, each once, and without a gap where gaps cut.

use super::gap_rule::GapRule;
use super::roles::Roles;
use super::time::Time;
use crate::config::{Duplicates, Order};
use crate::error::shown;

/// What a time is after those before it in its series.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Next {
    /// The next row, at this moment.
    Row {
        /// Nanoseconds, as in [`Time`]; of two that the clock showed, the one that comes next.
        nanos: i128,
        /// Whether more time has passed than a segment may lack.
        after_gap: bool,
    },
    /// The time of the row before once more: this row is passed over.
    Repeated,
}

/// The last time of each series, and what may follow it.
#[derive(Clone, Debug)]
pub struct TimeOrder {
    order: Order,
    duplicates: Duplicates,
    /// None where gaps do not cut, or cannot be told yet.
    gaps: Option<GapRule>,
    /// Whether rows still come, so that none can be put elsewhere.
    live: bool,
    last: Vec<Option<(Time, String)>>,
}

impl TimeOrder {
    /// A check that has seen no row yet.
    pub fn new(roles: &Roles) -> Self {
        let (order, duplicates) = (roles.order, roles.duplicates);
        Self { order, duplicates, gaps: GapRule::new(roles), live: false, last: Vec::new() }
    }

    /// The same for rows that still come.
    pub fn live(roles: &Roles) -> Self {
        Self { live: true, ..Self::new(roles) }
    }

    /// A check that only settles what times mean, and that they are of one kind.
    pub(super) fn without_order() -> Self {
        let (order, duplicates) = (Order::Ignore, Duplicates::Error);
        Self { order, duplicates, gaps: None, live: false, last: Vec::new() }
    }

    /// Takes the next time of a series.
    ///
    /// # Errors
    /// What is wrong with it; it has then left no trace.
    pub fn check(&mut self, series: usize, time: Time, text: &str) -> Result<Next, String> {
        if self.last.len() <= series {
            self.last.resize(series + 1, None);
        }
        let Some((before, before_text)) = &mut self.last[series] else {
            self.last[series] = Some((time, text.to_owned()));
            return Ok(Next::Row { nanos: time.nanos, after_gap: false });
        };
        if before.kind != time.kind {
            return Err(format!(
                "{} is {}, but {} before it is {}; use one form throughout",
                shown(text),
                time.kind.name(),
                shown(before_text),
                before.kind.name()
            ));
        }
        // Where the clock was put back, what it shows first means the earlier moment, and the later one from there on.
        let nanos = time.later.filter(|_| time.nanos <= before.nanos).unwrap_or(time.nanos);
        if self.order != Order::Ignore && nanos == before.nanos {
            let cure = match self.live {
                true => "--duplicates first passes over the second of such rows",
                false => {
                    "remove one of the rows, or set \"duplicates\": \"first\" or \"last\" in data to use one of them"
                }
            };
            return match self.duplicates {
                Duplicates::First => Ok(Next::Repeated),
                Duplicates::Error | Duplicates::Last => Err(format!(
                    "time {} stands there twice in the same series; name the series in data.series if there are several; {cure}",
                    shown(text)
                )),
            };
        }
        if self.order != Order::Ignore && nanos < before.nanos {
            let cure = match self.live {
                true => "--order ignore takes rows as they come",
                false => {
                    "set \"order\": \"sort\" in data to sort the rows, or \"ignore\" to take them as they stand in the file"
                }
            };
            return Err(format!(
                "time {} comes before {} of the row above it in the same series; name the series in data.series if there \
                 are several; {cure}",
                shown(text),
                shown(before_text)
            ));
        }
        let after_gap = self.gaps.as_ref().is_some_and(|gaps| gaps.is_gap(before.nanos, nanos));
        *before = Time { nanos, ..time };
        before_text.clear();
        before_text.push_str(text);
        Ok(Next::Row { nanos, after_gap })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{TimeColumn, TimeFormat};
    use crate::data::time::TimeReader;

    fn order(order: Order, duplicates: Duplicates) -> TimeOrder {
        TimeOrder { order, duplicates, gaps: None, live: false, last: Vec::new() }
    }

    fn berlin(text: &str) -> Time {
        let zone = Some("Europe/Berlin".to_owned());
        let column = TimeColumn { column: "t".into(), format: TimeFormat::Iso, zone };
        TimeReader::new(&column, b'.').read(text).unwrap()
    }

    #[test]
    fn an_hour_that_the_clock_shows_twice_is_taken_in_order() {
        let mut order = order(Order::Error, Duplicates::Error);
        let mut passed = Vec::new();
        for text in ["01:30", "02:00", "02:30", "02:00", "02:30", "03:00"] {
            let text = format!("2024-10-27 {text}");
            match order.check(0, berlin(&text), &text) {
                Ok(Next::Row { nanos, .. }) => passed.push(nanos),
                other => panic!("{text}: {other:?}"),
            }
        }
        let half_hours = passed.windows(2).map(|pair| (pair[1] - pair[0]) / 1_800_000_000_000);
        assert_eq!(half_hours.collect::<Vec<_>>(), [1; 5]);
        // A third time there is none.
        let mut order = self::order(Order::Error, Duplicates::Error);
        let again = |order: &mut TimeOrder| {
            order.check(0, berlin("2024-10-27 02:00"), "2024-10-27 02:00").is_ok()
        };
        assert!(again(&mut order) && again(&mut order) && !again(&mut order));
    }

    #[test]
    fn what_is_refused_leaves_no_trace() {
        let read = |text: &str| TimeReader::default().read(text).unwrap();
        let mut order = order(Order::Error, Duplicates::First);
        assert!(order.check(0, read("5"), "5").is_ok());
        assert!(order.check(0, read("4"), "4").unwrap_err().contains("comes before \"5\""));
        assert!(order.check(0, read("2024-01-01"), "2024-01-01").unwrap_err().contains("one form"));
        assert_eq!(order.check(0, read("5"), "5"), Ok(Next::Repeated));
        assert!(order.check(1, read("4"), "4").is_ok(), "series have times of their own");
        assert!(order.check(0, read("5.5"), "5.5").is_ok());
    }
}
