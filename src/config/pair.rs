//! Two numbers in a list.

use std::borrow::Cow;
use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{Deserialize, Deserializer, Error, SeqAccess, Visitor};

use super::number::BelowOne;

/// Two numbers in a list. (serde's own pair calls a third one bad syntax.)
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize)]
pub(super) struct Pair(pub(super) BelowOne, pub(super) BelowOne);

struct PairVisitor;

impl<'de> Visitor<'de> for PairVisitor {
    type Value = Pair;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of two numbers")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Pair, A::Error> {
        let mut numbers = Vec::new();
        while let Some(number) = list.next_element()? {
            numbers.push(number);
        }
        match numbers[..] {
            [first, second] => Ok(Pair(first, second)),
            _ => Err(A::Error::custom(format!("expected two numbers, got {}", numbers.len()))),
        }
    }
}

impl<'de> Deserialize<'de> for Pair {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(PairVisitor)
    }
}

impl JsonSchema for Pair {
    fn schema_name() -> Cow<'static, str> {
        "Pair".into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let items = BelowOne::json_schema(generator);
        json_schema!({"type": "array", "items": items, "minItems": 2, "maxItems": 2})
    }
}
