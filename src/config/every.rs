//! How often a checkpoint is saved: a number of epochs, or an object that also counts updates or seconds.

use std::borrow::Cow;
use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserialize, Deserializer, Error, IntoDeserializer, MapAccess, Visitor};
use serde::ser::{Serialize, Serializer};

use super::number::{Count, Whole};
use super::section::section;
use super::types;

section! {
    /// How often a checkpoint is saved.
    Often {
        /// Epochs between checkpoints.
        epochs: Count = Whole(1),
        /// Updates between checkpoints amid an epoch. Default: none are saved by updates.
        steps: Count [eg 500],
        /// Seconds between checkpoints amid an epoch. Default: none are saved by time.
        seconds: Count [eg 60],
    }
}

/// As it is written: a number stands for epochs.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Every(pub(super) Often);

impl Every {
    /// What is meant.
    pub(super) fn resolve(&self) -> types::CheckpointEvery {
        types::CheckpointEvery {
            epochs: self.0.epochs().size(),
            steps: self.0.steps.map(|steps| steps.0),
            seconds: self.0.seconds.map(|seconds| seconds.0),
        }
    }
}

impl From<types::CheckpointEvery> for Every {
    fn from(every: types::CheckpointEvery) -> Self {
        Self(Often {
            epochs: Some(Whole::of(every.epochs)),
            steps: every.steps.map(Whole),
            seconds: every.seconds.map(Whole),
        })
    }
}

/// A number, with the range and the messages of a count.
fn epochs<'de, E: Error>(number: impl IntoDeserializer<'de, E>) -> Result<Every, E> {
    let epochs = Count::deserialize(number.into_deserializer())?;
    Ok(Every(Often { epochs: Some(epochs), ..Often::default() }))
}

struct EveryVisitor;

impl<'de> Visitor<'de> for EveryVisitor {
    type Value = Every;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a number of epochs or an object")
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Every, E> {
        epochs(value)
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Every, E> {
        epochs(value)
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Every, E> {
        epochs(value)
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Every, A::Error> {
        Often::deserialize(MapAccessDeserializer::new(map)).map(Every)
    }
}

impl<'de> Deserialize<'de> for Every {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(EveryVisitor)
    }
}

impl Serialize for Every {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match &self.0 {
            Often { epochs: Some(epochs), steps: None, seconds: None } => {
                epochs.serialize(serializer)
            }
            often => often.serialize(serializer),
        }
    }
}

impl JsonSchema for Every {
    fn schema_name() -> Cow<'static, str> {
        "Every".into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        json_schema!({"anyOf": [Count::json_schema(generator), Often::json_schema(generator)]})
    }
}
