//! From the cells of a time column to moments that can be compared.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::{AmbiguousOffset, Offset, TimeZone};

use super::iso::{Parsed, iso};
use super::patterns::no_iso_time;
use super::{Time, TimeKind};
use crate::config::time::{Written, read, zone};
use crate::config::{TimeColumn, TimeFormat};
use crate::data::reader::number;
use crate::error::shown;

/// Reads the cells of a column of times.
#[derive(Clone, Debug, PartialEq)]
pub struct TimeReader {
    format: TimeFormat,
    zone: Option<TimeZone>,
    zone_name: String,
    decimal: u8,
}

impl Default for TimeReader {
    fn default() -> Self {
        let format = TimeFormat::Iso;
        Self { format, zone: None, zone_name: String::new(), decimal: b'.' }
    }
}

impl TimeReader {
    /// A reader of `column`, whose plain numbers have this decimal mark.
    pub fn new(column: &TimeColumn, decimal: u8) -> Self {
        Self {
            format: column.format.clone(),
            zone: column.zone.as_deref().and_then(zone),
            zone_name: column.zone.clone().unwrap_or_default(),
            decimal,
        }
    }

    /// Reads one time.
    ///
    /// # Errors
    /// The message: the text, why it is no time, and the cure.
    pub fn read(&self, text: &str) -> Result<Time, String> {
        let trimmed = text.trim_matches(' ');
        match &self.format {
            TimeFormat::Iso => {
                let time = iso(trimmed, self.decimal).ok_or_else(|| no_iso_time(text))?;
                match time {
                    Parsed::Local(local) => self.in_zone(local, text),
                    Parsed::Time(time) if time.kind == TimeKind::Number && self.zone.is_some() => {
                        Err(format!(
                            "{} is a number, which has no zone; say what it counts with \"format\": \"epoch_s\" or \
                             \"epoch_ms\" in data.time, or take its zone out",
                            shown(text)
                        ))
                    }
                    Parsed::Time(time) => Ok(time),
                }
            }
            TimeFormat::EpochSeconds => self.epoch(trimmed, 1_000_000_000),
            TimeFormat::EpochMilliseconds => self.epoch(trimmed, 1_000_000),
            TimeFormat::Pattern(pattern) => match read(pattern, trimmed) {
                Ok(Written::Local(local)) => self.in_zone(local, text),
                Ok(Written::Moment(moment)) => {
                    Ok(Time::new(TimeKind::Zoned, moment.as_nanosecond()))
                }
                Err(_) => Err(format!(
                    "{} is no time as \"format\": {} of data.time says; mend it, or the format",
                    shown(text),
                    shown(pattern)
                )),
            },
        }
    }

    /// Reads a time that stands in a config: as in the column, or in ISO 8601 whatever the column's form.
    pub fn read_border(&self, text: &str) -> Option<Time> {
        let as_written = self.read(text).ok();
        as_written.or_else(|| match iso(text.trim_matches(' '), b'.')? {
            Parsed::Time(time) => Some(time)
                .filter(|time| time.kind != TimeKind::Number || self.format == TimeFormat::Iso),
            Parsed::Local(local) if matches!(self.format, TimeFormat::Pattern(_)) => {
                self.in_zone(local, text).ok()
            }
            // Epochs count from midnight in Greenwich.
            Parsed::Local(local) => {
                let zone = self.zone.clone().unwrap_or(TimeZone::UTC);
                let moment = zone.to_ambiguous_timestamp(local).compatible().ok()?;
                Some(Time::new(TimeKind::Zoned, moment.as_nanosecond()))
            }
        })
    }

    /// What the clock on the wall shows at a time; none for plain numbers and far beyond all calendars.
    pub fn wall(&self, nanos: i128) -> Option<DateTime> {
        let moment = Timestamp::from_nanosecond(nanos).ok()?;
        Some(match &self.zone {
            Some(zone) => zone.to_datetime(moment),
            None => Offset::UTC.to_datetime(moment),
        })
    }

    /// The day on the wall, counted from 1970-01-01.
    pub(in crate::data) fn day(&self, nanos: i128) -> i64 {
        const DAY: i128 = 86_400_000_000_000;
        let offset = self.zone.as_ref().and_then(|zone| {
            Some(zone.to_offset(Timestamp::from_nanosecond(nanos).ok()?).seconds())
        });
        let wall = nanos + i128::from(offset.unwrap_or(0)) * 1_000_000_000;
        i64::try_from(wall.div_euclid(DAY)).unwrap_or(0)
    }

    /// What a clock shows, as a moment where its zone is known.
    fn in_zone(&self, local: DateTime, text: &str) -> Result<Time, String> {
        let moment =
            |offset: Offset| offset.to_timestamp(local).map(|moment| moment.as_nanosecond());
        let out_of_range = |_| format!("{} is beyond all calendars", shown(text));
        let Some(zone) = &self.zone else {
            return Ok(Time::new(TimeKind::Local, moment(Offset::UTC).map_err(out_of_range)?));
        };
        match zone.to_ambiguous_timestamp(local).offset() {
            AmbiguousOffset::Unambiguous { offset } => {
                Ok(Time::new(TimeKind::Local, moment(offset).map_err(out_of_range)?))
            }
            AmbiguousOffset::Fold { before, after } => Ok(Time {
                later: Some(moment(after).map_err(out_of_range)?),
                ..Time::new(TimeKind::Local, moment(before).map_err(out_of_range)?)
            }),
            AmbiguousOffset::Gap { .. } => Err(format!(
                "{} does not exist in {}, where the clock was put forward; if that is not its zone, correct \
                 \"zone\" of data.time",
                shown(text),
                self.zone_name
            )),
        }
    }

    /// So many units of `nanos` since 1970.
    fn epoch(&self, text: &str, nanos: i128) -> Result<Time, String> {
        let format = if nanos == 1_000_000 { "epoch_ms" } else { "epoch_s" };
        let number =
            number::parse(text.as_bytes(), self.decimal).ok().and_then(number::Cell::value);
        let Some(number) = number else {
            return Err(format!(
                "{} is no number, but \"format\" of data.time is \"{format}\"; mend it, or the format",
                shown(text)
            ));
        };
        let rest = (number.fract() * nanos as f64) as i128;
        let whole = (number.trunc() as i128).checked_mul(nanos).map(|whole| whole + rest);
        let whole = whole.filter(|&whole| Timestamp::from_nanosecond(whole).is_ok());
        let Some(whole) = whole else {
            let cure = if format == "epoch_s" {
                "; are these milliseconds? Write \"epoch_ms\""
            } else {
                ""
            };
            return Err(format!("{} lies beyond the year 9999 as \"{format}\"{cure}", shown(text)));
        };
        Ok(Time::new(TimeKind::Zoned, whole))
    }
}
