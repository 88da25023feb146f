//! Times as text in a CSV: ISO 8601 dates and times, with or without a zone, or plain numbers.

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};

use crate::text::{shortest, thousands};

/// A point in time that can be compared with others of the same kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Time {
    /// How it was written.
    pub kind: TimeKind,
    /// Nanoseconds (numbers: billionths) from an arbitrary but fixed point.
    pub nanos: i128,
}

/// Times of different kinds cannot be compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TimeKind {
    /// `2016-07-01 00:00:00`, `2016-07-01T00:00`, `2016-07-01`: a wall clock without a zone.
    Local,
    /// `2016-07-01T00:00:00Z`, `…+02:00`: a moment.
    Zoned,
    /// `1467331200`, `0.5`: seconds, milliseconds or a counter.
    Number,
}

impl TimeKind {
    /// In words, for messages.
    pub fn name(self) -> &'static str {
        match self {
            TimeKind::Local => "a time without a zone",
            TimeKind::Zoned => "a time with a zone",
            TimeKind::Number => "a number",
        }
    }
}

/// Reads one time; `None` where it is in none of the known forms. `decimal` is the mark of plain numbers.
pub fn parse(text: &str, decimal: u8) -> Option<Time> {
    let text = text.trim_matches(' ');
    if let Ok(zoned) = text.parse::<Timestamp>() {
        return Some(Time { kind: TimeKind::Zoned, nanos: zoned.as_nanosecond() });
    }
    if is_month(text) {
        return parse(&format!("{text}-01"), decimal);
    }
    // A civil parse would silently forget a zone it cannot use, so anything after the time is refused.
    let local = text.parse::<DateTime>().ok().or_else(|| {
        let date: Date = text.parse().ok()?;
        Some(date.to_datetime(jiff::civil::Time::midnight()))
    });
    if let Some(local) = local.filter(|_| !text.contains(['Z', 'z', '[', '+'])) {
        let utc = local.to_zoned(jiff::tz::TimeZone::UTC).ok()?;
        return Some(Time { kind: TimeKind::Local, nanos: utc.timestamp().as_nanosecond() });
    }
    let number = super::reader::number::parse(text.as_bytes(), decimal).ok()?.value()?;
    // The whole part by itself: a Unix time in milliseconds times 1e9 has more digits than an f64.
    let nanos = number.trunc() as i128 * 1_000_000_000 + (number.fract() * 1e9) as i128;
    Some(Time { kind: TimeKind::Number, nanos })
}

/// `2024-03`
fn is_month(text: &str) -> bool {
    let shape: Vec<bool> = text.bytes().map(|byte| byte.is_ascii_digit()).collect();
    shape == [true, true, true, true, false, true, true] && text.as_bytes()[4] == b'-'
}

/// `count` steps as people say it: `24 h`, `4 d`, `5 min`; `None` for numbers. Days are for steps of days and
/// for spans of two and more.
pub fn span_text(step: i128, count: usize, kind: TimeKind) -> Option<String> {
    const SECOND: i128 = 1_000_000_000;
    const DAY: i128 = 86_400 * SECOND;
    if kind == TimeKind::Number || step <= 0 {
        return None;
    }
    let total = step * count as i128;
    let units = [
        (DAY, "d"),
        (3_600 * SECOND, "h"),
        (60 * SECOND, "min"),
        (SECOND, "s"),
        (SECOND / 1_000, "ms"),
    ];
    let in_days = step % DAY == 0 || total >= 2 * DAY;
    let fits = |&(size, _): &(i128, &str)| total % size == 0 && (size < DAY || in_days);
    let (size, unit) = units.into_iter().find(fits)?;
    Some(format!("{} {unit}", total / size))
}

/// Any span as people say it: as [`span_text`] does where that is short, else rounded: `3.2 d`, `0.25 s`.
/// Numbers have no unit.
pub fn about_text(nanos: i128, kind: TimeKind) -> String {
    const UNITS: [(f64, &str); 4] = [(86_400.0, "d"), (3_600.0, "h"), (60.0, "min"), (1.0, "s")];
    let seconds = nanos as f64 / 1e9;
    if kind == TimeKind::Number {
        let whole = seconds == seconds.trunc() && (0.0..1e15).contains(&seconds);
        return if whole { thousands(seconds as u64) } else { shortest(seconds) };
    }
    let exact = span_text(nanos, 1, kind);
    if let Some(text) = exact.filter(|text| text.find(' ').is_some_and(|digits| digits <= 2)) {
        return text;
    }
    let (size, unit) = UNITS.into_iter().find(|(size, _)| seconds >= *size).unwrap_or((1.0, "s"));
    match seconds / size {
        count if count >= 100.0 => format!("{} {unit}", thousands(count.round() as u64)),
        count if count >= 1.0 => format!("{} {unit}", (10.0 * count).round() / 10.0),
        count => format!("{} {unit}", shortest(count)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_the_usual_forms() {
        let hour = 3_600_000_000_000;
        for (early, late) in [
            ("2016-07-01 00:00:00", "2016-07-01 01:00:00"),
            ("2016-07-01T00:00", "2016-07-01T01:00"),
            ("2016-07-01T00:00:00Z", "2016-07-01T01:00:00+00:00"),
            ("2016-07-01T02:00:00+02:00", "2016-07-01T01:00:00Z"),
            ("0", "3600"),
        ] {
            let (early, late) = (parse(early, b'.').expect(early), parse(late, b'.').expect(late));
            assert_eq!(late.nanos - early.nanos, hour);
            assert_eq!(late.kind, early.kind);
        }
        let nanos = |text| parse(text, b'.').map(|time| time.nanos);
        assert_eq!(nanos("1700000000500"), Some(1_700_000_000_500_000_000_000));
        assert_eq!(nanos("-0.5"), Some(-500_000_000));
        assert_eq!(parse("2007-01-03", b'.').map(|t| t.kind), Some(TimeKind::Local));
        for bad in ["", "yesterday", "2016-13-01", "01/02/2020", "2016-07-01 25:00:00"] {
            assert_eq!(parse(bad, b'.'), None, "{bad}");
        }
    }

    #[test]
    fn spans_in_words() {
        let minute = 60_000_000_000;
        assert_eq!(span_text(60 * minute, 24, TimeKind::Local).as_deref(), Some("24 h"));
        assert_eq!(span_text(24 * 60 * minute, 1, TimeKind::Local).as_deref(), Some("1 d"));
        assert_eq!(span_text(60 * minute, 96, TimeKind::Local).as_deref(), Some("4 d"));
        assert_eq!(span_text(60 * minute, 7, TimeKind::Local).as_deref(), Some("7 h"));
        assert_eq!(span_text(5 * minute, 1, TimeKind::Zoned).as_deref(), Some("5 min"));
        assert_eq!(span_text(minute / 240, 1, TimeKind::Local).as_deref(), Some("250 ms"));
        assert_eq!(span_text(5 * minute, 1, TimeKind::Number), None);
    }

    #[test]
    fn any_span_in_words() {
        let second = 1_000_000_000;
        for (nanos, text) in [
            (3_600 * second, "1 h"),
            (90 * 60 * second, "90 min"),
            (3 * 86_400 * second, "3 d"),
            (61 * second, "61 s"),
            (3_661 * second, "1 h"),
            (5_400 * second + second, "1.5 h"),
            (second / 4, "0.25 s"),
            (400 * 86_400 * second + 1, "400 d"),
        ] {
            assert_eq!(about_text(nanos, TimeKind::Local), text);
        }
        assert_eq!(about_text(1_500 * second, TimeKind::Number), "1,500");
        assert_eq!(about_text(second / 2, TimeKind::Number), "0.5");
    }
}
