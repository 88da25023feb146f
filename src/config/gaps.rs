//! `data.gaps`: what rows do between which time is missing.

use std::borrow::Cow;
use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{Deserialize, Deserializer, Error, MapAccess, Visitor};
use serde::ser::{Serialize, SerializeMap, Serializer};

use super::unknown::{unknown, unknown_key};
use crate::error::shown;

/// What a gap does.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Gaps {
    /// It is counted and told.
    #[default]
    Report,
    /// It ends a segment, where more time has passed than this.
    Cut(Longest),
}

/// The longest time between two rows that is no gap.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Longest {
    /// So many regular steps.
    Steps(u64),
    /// So many nanoseconds.
    Span(u64),
}

const WORDS: [&str; 2] = ["report", "cut"];

/// Units of time and their nanoseconds, the longest first.
const UNITS: [(&str, u64); 7] = [
    ("w", 604_800_000_000_000),
    ("d", 86_400_000_000_000),
    ("h", 3_600_000_000_000),
    ("min", 60_000_000_000),
    ("s", 1_000_000_000),
    ("ms", 1_000_000),
    ("us", 1_000),
];

struct GapsVisitor;

impl<'de> Visitor<'de> for GapsVisitor {
    type Value = Gaps;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("\"report\", \"cut\" or an object like {\"cut\": \"2 h\"}")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Gaps, E> {
        match text {
            "report" => Ok(Gaps::Report),
            "cut" => Ok(Gaps::Cut(Longest::Steps(1))),
            _ => Err(E::custom(unknown("value", text, &WORDS))),
        }
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Gaps, A::Error> {
        let mut longest = None;
        while let Some(key) = map.next_key::<String>()? {
            match &key[..] {
                "cut" if longest.is_none() => longest = Some(map.next_value::<Longest>()?),
                "cut" => return Err(A::Error::custom("duplicate key \"cut\"; write it once")),
                _ => return Err(A::Error::custom(unknown_key(&key, &["cut"]))),
            }
        }
        let missing = || A::Error::custom("has no \"cut\"; write {\"cut\": \"2 h\"}, or \"cut\"");
        longest.map(Gaps::Cut).ok_or_else(missing)
    }
}

impl<'de> Deserialize<'de> for Gaps {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(GapsVisitor)
    }
}

impl Serialize for Gaps {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = match self {
            Gaps::Report => return serializer.serialize_str("report"),
            Gaps::Cut(Longest::Steps(1)) => return serializer.serialize_str("cut"),
            Gaps::Cut(_) => serializer.serialize_map(Some(1))?,
        };
        match self {
            Gaps::Cut(Longest::Steps(steps)) => map.serialize_entry("cut", steps)?,
            Gaps::Cut(Longest::Span(nanos)) => map.serialize_entry("cut", &span_text(*nanos))?,
            Gaps::Report => {}
        }
        map.end()
    }
}

struct LongestVisitor;

impl Visitor<'_> for LongestVisitor {
    type Value = Longest;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a time like \"2 h\", or a whole number of steps")
    }

    fn visit_u64<E: Error>(self, steps: u64) -> Result<Longest, E> {
        match steps {
            1..=0xffff_ffff => Ok(Longest::Steps(steps)),
            _ => Err(E::custom(format!("{steps} is out of range; allowed: 1 to 4294967295"))),
        }
    }

    fn visit_i64<E: Error>(self, steps: i64) -> Result<Longest, E> {
        Err(E::custom(format!("{steps} is out of range; allowed: 1 to 4294967295")))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Longest, E> {
        let wrong = || {
            E::custom(format!(
                "{} is no span of time; write a number and one of w, d, h, min, s, ms, us: \"90 min\"",
                shown(text)
            ))
        };
        span(text).map(Longest::Span).ok_or_else(wrong)
    }
}

/// `2 h`, `90min`, `1.5 d`: the number of nanoseconds.
fn span(text: &str) -> Option<u64> {
    let text = text.trim();
    let letters = text.find(|c: char| c.is_ascii_alphabetic())?;
    let (number, unit) = text.split_at(letters);
    let (_, nanos) = UNITS.into_iter().find(|(name, _)| *name == unit)?;
    let number = number.trim();
    let plain = number.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    let count: f64 = number.parse().ok().filter(|_| plain)?;
    let total = (count * nanos as f64).round();
    // Up to a thousand years, whole nanoseconds at least.
    (1.0..=3.2e19).contains(&total).then_some(total as u64)
}

/// In the longest unit that says it in whole numbers.
fn span_text(nanos: u64) -> String {
    let fits = |(_, size): &(&str, u64)| nanos.is_multiple_of(*size);
    match UNITS.into_iter().find(fits) {
        Some((unit, size)) => format!("{} {unit}", nanos / size),
        None => format!("{} us", nanos as f64 / 1e3),
    }
}

impl<'de> Deserialize<'de> for Longest {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(LongestVisitor)
    }
}

impl JsonSchema for Gaps {
    fn schema_name() -> Cow<'static, str> {
        "Gaps".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let description = "The longest time between two rows that is no gap: a span like \"2 h\" (w, d, h, min, s, ms, us), \
                           or a number of regular steps.";
        json_schema!({
            "anyOf": [{"enum": WORDS}, {
                "type": "object",
                "properties": {"cut": {
                    "type": ["integer", "string"], "minimum": 1, "maximum": 0xffff_ffff_u32, "minLength": 2,
                    "description": description, "examples": ["2 h", 3],
                }},
                "required": ["cut"], "additionalProperties": false,
            }],
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_are_read_and_written_back() {
        for (text, nanos, written) in [
            ("2 h", 7_200_000_000_000, "2 h"),
            ("90min", 5_400_000_000_000, "90 min"),
            ("1.5 d", 129_600_000_000_000, "36 h"),
            ("14 d", 1_209_600_000_000_000, "2 w"),
            ("0.5 us", 500, "0.5 us"),
        ] {
            assert_eq!(span(text), Some(nanos), "{text}");
            assert_eq!(span_text(nanos), written);
            assert_eq!(span(written), Some(nanos));
        }
        for text in ["", "2", "h", "2 hours", "-1 h", "1e3 s", "0 s", "99999999 w", "inf h"] {
            assert_eq!(span(text), None, "{text}");
        }
    }
}
