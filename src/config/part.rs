//! A part of a split: a fraction, a count, the time it begins at, or what stands in the split column.

use std::borrow::Cow;
use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{Deserialize, Deserializer, Error, SeqAccess, Visitor};
use serde::ser::{Serialize, Serializer};

use super::number::MOST;
use super::types;

/// A part as it is written.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Part(pub(super) types::Part);

struct PartVisitor;

impl<'de> Visitor<'de> for PartVisitor {
    type Value = Part;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a fraction below 1, a count, a date as text, or a list of texts")
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Part, E> {
        if (0.0..1.0).contains(&value) {
            // -0.0 is in that range, too, and would be written back with its sign.
            return Ok(Part(types::Part::Fraction(value.abs())));
        }
        if !(0.0..=MOST as f64).contains(&value) {
            return Err(E::custom(format!(
                "{value:?} is out of range; allowed: a fraction from 0 to below 1, or a count up to {MOST}"
            )));
        }
        if value.fract() != 0.0 {
            return Err(E::custom(format!(
                "{value:?} is neither a fraction (below 1) nor a whole count"
            )));
        }
        Ok(Part(types::Part::Count(value as usize)))
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Part, E> {
        self.visit_f64(value as f64)
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Part, E> {
        self.visit_f64(value as f64)
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Part, E> {
        if text.trim().is_empty() {
            return Err(E::custom("an empty date; write one in the form of the time column"));
        }
        Ok(Part(types::Part::From(text.to_owned())))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Part, A::Error> {
        let mut values = Vec::new();
        while let Some(value) = list.next_element()? {
            values.push(value);
        }
        Ok(Part(types::Part::Values(values)))
    }
}

impl<'de> Deserialize<'de> for Part {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(PartVisitor)
    }
}

impl Serialize for Part {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match &self.0 {
            types::Part::Fraction(value) => serializer.serialize_f64(*value),
            types::Part::Count(count) => serializer.serialize_u64(*count as u64),
            types::Part::From(time) => serializer.serialize_str(time),
            types::Part::Values(values) => match &values[..] {
                [one] => serializer.serialize_str(one),
                values => values.serialize(serializer),
            },
        }
    }
}

impl JsonSchema for Part {
    fn schema_name() -> Cow<'static, str> {
        "Part".into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        // Words about numbers ask nothing of text, and the other way round.
        json_schema!({
            "type": ["number", "string", "array"], "minimum": 0, "maximum": MOST, "minLength": 1,
            "items": {"type": "string"}, "minItems": 1,
            "anyOf": [{"exclusiveMaximum": 1}, {"multipleOf": 1}],
        })
    }
}
