//! `training.class_weights`: a word, or an object of labels and numbers.

use std::borrow::Cow;
use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{Deserialize, Deserializer, Error, MapAccess, Visitor};
use serde::ser::{Serialize, Serializer};

use super::number::Positive;
use super::unknown::unknown;

/// The weights as they are written.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum ClassWeights {
    None,
    Balanced,
    /// By label, each once.
    Given(Vec<(String, Positive)>),
}

const WORDS: [&str; 2] = ["none", "balanced"];

struct WeightsVisitor;

impl<'de> Visitor<'de> for WeightsVisitor {
    type Value = ClassWeights;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("\"none\", \"balanced\" or an object of labels and numbers")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<ClassWeights, E> {
        match text {
            "none" => Ok(ClassWeights::None),
            "balanced" => Ok(ClassWeights::Balanced),
            _ => Err(E::custom(unknown("value", text, &WORDS))),
        }
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<ClassWeights, A::Error> {
        let mut weights: Vec<(String, Positive)> = Vec::new();
        while let Some(label) = map.next_key::<String>()? {
            if weights.iter().any(|(known, _)| *known == label) {
                return Err(A::Error::custom(format!("duplicate key \"{label}\"; write it once")));
            }
            weights.push((label, map.next_value()?));
        }
        Ok(ClassWeights::Given(weights))
    }
}

impl<'de> Deserialize<'de> for ClassWeights {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(WeightsVisitor)
    }
}

impl Serialize for ClassWeights {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            ClassWeights::None => serializer.serialize_str("none"),
            ClassWeights::Balanced => serializer.serialize_str("balanced"),
            ClassWeights::Given(weights) => {
                serializer.collect_map(weights.iter().map(|(label, weight)| (label, weight)))
            }
        }
    }
}

impl JsonSchema for ClassWeights {
    fn schema_name() -> Cow<'static, str> {
        "ClassWeights".into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let weight = generator.subschema_for::<Positive>();
        json_schema!({
            "anyOf": [{"enum": WORDS}, {"type": "object", "minProperties": 1, "additionalProperties": weight}],
        })
    }
}
