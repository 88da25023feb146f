//! `task.season`: a word, or a number of rows.

use std::borrow::Cow;
use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{Deserialize, Deserializer, Error, IntoDeserializer, Visitor};
use serde::ser::{Serialize, Serializer};

use super::number::{Count, Whole};
use super::types;
use super::unknown::unknown;

/// As it is written.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Season(pub(super) types::Season);

const WORDS: [&str; 2] = ["auto", "none"];

/// A number, with the range and the messages of a count.
fn rows<'de, E: Error>(number: impl IntoDeserializer<'de, E>) -> Result<Season, E> {
    let rows = Count::deserialize(number.into_deserializer())?;
    Ok(Season(types::Season::Rows(rows.size())))
}

struct SeasonVisitor;

impl Visitor<'_> for SeasonVisitor {
    type Value = Season;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("\"auto\", \"none\" or a number of rows")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Season, E> {
        match text {
            "auto" => Ok(Season(types::Season::Auto)),
            "none" => Ok(Season(types::Season::None)),
            _ => Err(E::custom(unknown("value", text, &WORDS))),
        }
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Season, E> {
        rows(value)
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Season, E> {
        rows(value)
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Season, E> {
        rows(value)
    }
}

impl<'de> Deserialize<'de> for Season {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(SeasonVisitor)
    }
}

impl Serialize for Season {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            types::Season::Auto => serializer.serialize_str("auto"),
            types::Season::None => serializer.serialize_str("none"),
            types::Season::Rows(rows) => Count::serialize(&Whole::of(rows), serializer),
        }
    }
}

impl JsonSchema for Season {
    fn schema_name() -> Cow<'static, str> {
        "Season".into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        json_schema!({"anyOf": [{"enum": WORDS}, Count::json_schema(generator)]})
    }
}
