//! The character between cells.

use std::borrow::Cow;
use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{Deserialize, Deserializer, Error, Visitor};
use serde::ser::{Serialize, Serializer};

use crate::error::shown;

/// One ASCII character that can stand between cells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Delimiter(pub(super) u8);

struct DelimiterVisitor;

impl Visitor<'_> for DelimiterVisitor {
    type Value = Delimiter;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("one character, for example \";\" or \"\\t\"")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Delimiter, E> {
        match *text.as_bytes() {
            // What ends a line, quotes a cell or is no text cannot part cells too.
            [b'"' | b'\n' | b'\r' | 0] => {
                Err(E::custom(format!("{} cannot stand between cells", shown(text))))
            }
            [byte] => Ok(Delimiter(byte)),
            _ if text == "tab" => Ok(Delimiter(b'\t')),
            _ => Err(E::custom(format!(
                "expected one ASCII character, for example \";\" or \"\\t\", got {}",
                shown(text)
            ))),
        }
    }
}

impl<'de> Deserialize<'de> for Delimiter {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(DelimiterVisitor)
    }
}

impl Serialize for Delimiter {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_char(char::from(self.0))
    }
}

impl JsonSchema for Delimiter {
    fn schema_name() -> Cow<'static, str> {
        "Delimiter".into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "string", "anyOf": [{"maxLength": 1}, {"const": "tab"}],
            "not": {"enum": ["\"", "\n", "\r", "\0"]},
        })
    }
}
