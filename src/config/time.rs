//! `data.time` and what is done about times: how they are written, their zone, their order.

use std::borrow::Cow;
use std::fmt;

use jiff::Timestamp;
use jiff::civil::{DateTime, Time};
use jiff::fmt::strtime;
use jiff::fmt::temporal::DateTimeParser;
use jiff::tz::TimeZone;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{Deserialize, Deserializer, Error, Visitor};
use serde::ser::{Serialize, Serializer};

use super::unknown::unknown;
use crate::error::shown;

/// The column of times.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TimeColumn {
    /// Its name.
    pub column: String,
    /// How its times are written.
    pub format: TimeFormat,
    /// The zone that times without one belong to: `Europe/Berlin`.
    pub zone: Option<String>,
}

/// How times are written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum TimeFormat {
    /// ISO 8601, or plain numbers.
    #[default]
    Iso,
    /// Seconds since 1970-01-01T00:00:00Z.
    EpochSeconds,
    /// Milliseconds since then.
    EpochMilliseconds,
    /// As strptime reads it.
    Pattern(String),
}

/// What a time does that stands there twice in its series.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Duplicates {
    /// It is an error.
    Error,
    /// The first row of the time counts, later ones are passed over.
    First,
    /// The last one counts.
    Last,
}

const WORDS: [&str; 3] = ["iso", "epoch_s", "epoch_ms"];

struct FormatVisitor;

impl Visitor<'_> for FormatVisitor {
    type Value = TimeFormat;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("\"iso\", \"epoch_s\", \"epoch_ms\" or a pattern like \"%d.%m.%Y %H:%M\"")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<TimeFormat, E> {
        match text {
            "iso" => Ok(TimeFormat::Iso),
            "epoch_s" => Ok(TimeFormat::EpochSeconds),
            "epoch_ms" => Ok(TimeFormat::EpochMilliseconds),
            _ if !text.contains('%') => Err(E::custom(format!(
                "{}, or a pattern like \"%d.%m.%Y %H:%M\"",
                unknown("value", text, &WORDS)
            ))),
            _ => match fault(text) {
                None => Ok(TimeFormat::Pattern(text.to_owned())),
                Some(fault) => Err(E::custom(format!("{} {fault}", shown(text)))),
            },
        }
    }
}

/// What is wrong with a pattern: it is none, or does not say what day it is. Found by writing two days with it and
/// reading them back.
fn fault(pattern: &str) -> Option<String> {
    for day in [jiff::civil::date(2023, 11, 30), jiff::civil::date(1987, 2, 5)] {
        let evening = day.at(21, 14, 37, 0).to_zoned(TimeZone::UTC).ok()?;
        let found = strtime::format(pattern, &evening).and_then(|text| read(pattern, &text));
        let date = match found {
            Ok(Written::Local(local)) => local.date(),
            Ok(Written::Moment(moment)) => TimeZone::UTC.to_datetime(moment).date(),
            Err(error) => return Some(format!("cannot be used as a pattern of times: {error}")),
        };
        if date != day && date != day.first_of_month() {
            return Some(
                "does not say which day it is; it needs %d, %m and %Y, or the like".into(),
            );
        }
    }
    None
}

/// What a text says by a pattern.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Written {
    /// What a clock shows somewhere.
    Local(DateTime),
    /// A moment: the text has an offset, or seconds since 1970.
    Moment(Timestamp),
}

/// Reads a text by a pattern of strptime. Without a day it is the first of the month, without an hour midnight.
///
/// # Errors
/// Where the text is not so written, or means no day or time.
pub fn read(pattern: &str, text: &str) -> Result<Written, jiff::Error> {
    let mut parts = strtime::parse(pattern, text)?;
    if parts.day().is_none() && parts.month().is_some() {
        parts.set_day(Some(1))?;
    }
    if parts.iana_time_zone().is_some() {
        return Ok(Written::Moment(parts.to_zoned()?.timestamp()));
    }
    if parts.offset().is_some() || parts.timestamp().is_some() {
        return Ok(Written::Moment(parts.to_timestamp()?));
    }
    let time = if parts.hour().is_none() { Time::midnight() } else { parts.to_time()? };
    let date = parts.to_date()?;
    // %Y takes the 24 of a year written in two digits for the year 24.
    if date.year() < 1000 {
        return Err(jiff::Error::from_args(format_args!("a year of four digits is needed")));
    }
    Ok(Written::Local(date.to_datetime(time)))
}

impl<'de> Deserialize<'de> for TimeFormat {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(FormatVisitor)
    }
}

impl Serialize for TimeFormat {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(match self {
            TimeFormat::Iso => WORDS[0],
            TimeFormat::EpochSeconds => WORDS[1],
            TimeFormat::EpochMilliseconds => WORDS[2],
            TimeFormat::Pattern(pattern) => pattern,
        })
    }
}

impl JsonSchema for TimeFormat {
    fn schema_name() -> Cow<'static, str> {
        "TimeFormat".into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({"anyOf": [{"enum": WORDS}, {"type": "string", "minLength": 2}]})
    }
}

/// Whether a zone of this name is known: `Europe/Berlin`, `UTC`, `+02:00`.
pub fn zone(name: &str) -> Option<TimeZone> {
    match name.as_bytes() {
        [b'+' | b'-', ..] => DateTimeParser::new().parse_time_zone(name).ok(),
        _ => TimeZone::get(name).ok(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_has_to_say_the_day() {
        for good in [
            "%d.%m.%Y %H:%M",
            "%m/%d/%y",
            "%s",
            "%Y%m%d",
            "%b %e, %Y %I:%M:%S %p",
            "%m.%Y",
            "%G-W%V-%u",
        ] {
            assert_eq!(fault(good), None, "{good}");
        }
        for (bad, why) in [
            ("%H:%M", "year"),
            ("%d.%m. %H:%M", "year"),
            ("%Y", "day"),
            ("%Y-%m-%d %K", "`K`"),
            ("%Y-%m-%d %Z", "abbreviation"),
        ] {
            let fault = fault(bad).unwrap_or_default();
            assert!(fault.contains(why), "{bad}: {fault}");
        }
    }

    #[test]
    fn texts_are_read_by_their_pattern() {
        let local = |pattern, text| match read(pattern, text) {
            Ok(Written::Local(local)) => local.to_string(),
            other => panic!("{other:?}"),
        };
        assert_eq!(local("%d.%m.%Y %H:%M", "1.3.2024 14:05"), "2024-03-01T14:05:00");
        assert_eq!(local("%d.%m.%Y", "31.12.2024"), "2024-12-31T00:00:00");
        assert_eq!(local("%m/%Y", "03/2024"), "2024-03-01T00:00:00");
        assert_eq!(local("%m/%d/%y %I:%M %p", "3/1/24 2:05 PM"), "2024-03-01T14:05:00");
        let moment = |pattern, text| match read(pattern, text) {
            Ok(Written::Moment(moment)) => moment.to_string(),
            other => panic!("{other:?}"),
        };
        assert_eq!(moment("%Y-%m-%d %H:%M %z", "2024-03-01 14:05 +0200"), "2024-03-01T12:05:00Z");
        assert_eq!(moment("%s", "1709294700"), "2024-03-01T12:05:00Z");
        for (pattern, text) in [
            ("%d.%m.%Y", "31.2.2024"),
            ("%d.%m.%Y", "1.3.2024 x"),
            ("%d.%m.%Y", "1.3.24"),
            ("%d.%m.%Y %H:%M", "1.3.2024"),
        ] {
            assert!(read(pattern, text).is_err(), "{text}");
        }
    }

    #[test]
    fn zones_are_known_by_name() {
        for known in ["Europe/Berlin", "UTC", "+02:00", "-03:30", "America/Argentina/Buenos_Aires"]
        {
            assert!(zone(known).is_some(), "{known}");
        }
        for unknown in ["Berlin", "", "CEST", "+2 h", "Europe/"] {
            assert!(zone(unknown).is_none(), "{unknown}");
        }
    }
}
