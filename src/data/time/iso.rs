//! Times as ISO 8601 writes them, and plain numbers.

use jiff::Timestamp;
use jiff::civil::{Date, DateTime, Time as Hour};
use jiff::tz::Offset;

use super::{Time, TimeKind};
use crate::data::reader::number;

/// What ISO 8601, or a plain number, says.
pub(super) enum Parsed {
    /// A clock without a zone.
    Local(DateTime),
    /// Anything else.
    Time(Time),
}

/// Seconds of a plain number at most: beyond, nanoseconds and sums of them would leave their range. A count of
/// nanoseconds since 1970 is far below.
const LARGEST: f64 = 1e19;

/// Reads one time in the form that `data.time` has where nothing else is said, without a zone; `None` where it is in
/// none of the known forms. `decimal` is the mark of plain numbers.
pub fn parse(text: &str, decimal: u8) -> Option<Time> {
    match iso(text.trim_matches(' '), decimal)? {
        Parsed::Time(time) => Some(time),
        Parsed::Local(local) => {
            let moment = Offset::UTC.to_timestamp(local).ok()?;
            Some(Time::new(TimeKind::Local, moment.as_nanosecond()))
        }
    }
}

pub(super) fn iso(text: &str, decimal: u8) -> Option<Parsed> {
    if let Some(local) = usual_form(text.as_bytes()) {
        return Some(Parsed::Local(local));
    }
    if let Ok(zoned) = text.parse::<Timestamp>() {
        return Some(Parsed::Time(Time::new(TimeKind::Zoned, zoned.as_nanosecond())));
    }
    if is_month(text) {
        return iso(&format!("{text}-01"), decimal);
    }
    // A civil parse would silently forget a zone it cannot use, so anything after the time is refused.
    let local = text.parse::<DateTime>().ok().or_else(|| {
        let date: Date = text.parse().ok()?;
        Some(date.to_datetime(Hour::midnight()))
    });
    if let Some(local) = local.filter(|_| !text.contains(['Z', 'z', '[', '+'])) {
        return Some(Parsed::Local(local));
    }
    let number = number::parse(text.as_bytes(), decimal).ok()?.value()?;
    if number.abs() > LARGEST {
        return None;
    }
    // The whole part by itself: a Unix time in milliseconds times 1e9 has more digits than an f64.
    let nanos = number.trunc() as i128 * 1_000_000_000 + (number.fract() * 1e9) as i128;
    Some(Parsed::Time(Time::new(TimeKind::Number, nanos)))
}

/// `2016-07-01 00:00:00`, with a T, without seconds or without all of it: most files are written so, and this is
/// several times as fast as a parser that knows all of ISO 8601.
fn usual_form(text: &[u8]) -> Option<DateTime> {
    let two = |at: usize| match text.get(at..at + 2)? {
        [tens @ b'0'..=b'9', ones @ b'0'..=b'9'] => Some((10 * (tens - b'0') + ones - b'0') as i8),
        _ => None,
    };
    let mark = |at: usize, marks: &[u8]| marks.contains(text.get(at)?).then_some(());
    let year = 100 * i16::from(two(0)?) + i16::from(two(2)?);
    mark(4, b"-")?;
    let month = two(5)?;
    mark(7, b"-")?;
    let date = Date::new(year, month, two(8)?).ok()?;
    let (hour, minute, second) = match text.len() {
        10 => (0, 0, 0),
        16 | 19 => {
            mark(10, b" T")?;
            mark(13, b":")?;
            let second = if text.len() == 19 { mark(16, b":").and(two(17))? } else { 0 };
            (two(11)?, two(14)?, second)
        }
        _ => return None,
    };
    Some(date.to_datetime(Hour::new(hour, minute, second, 0).ok()?))
}

/// `2024-03`
fn is_month(text: &str) -> bool {
    let shape: Vec<bool> = text.bytes().map(|byte| byte.is_ascii_digit()).collect();
    shape == [true, true, true, true, false, true, true] && text.as_bytes()[4] == b'-'
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
        for bad in
            ["", "yesterday", "2016-13-01", "01/02/2020", "2016-07-01 25:00:00", "1e30", "-2e19"]
        {
            assert_eq!(parse(bad, b'.'), None, "{bad}");
        }
    }
}
