//! Spans of time in words.

use super::TimeKind;
use crate::text::{shortest, thousands};

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
