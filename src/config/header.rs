//! `data.header`: what a file's first line is.

use std::borrow::Cow;
use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{Deserialize, Deserializer, Error, SeqAccess, Visitor};
use serde::ser::{Serialize, Serializer};

use crate::error::shown;

/// Where the names of columns come from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum HeaderBy {
    /// The first line.
    #[default]
    First,
    /// Nowhere: the first line is data, and columns are called "1", "2"….
    Places,
    /// These names, in the order of the columns; the first line is data.
    Names(Vec<String>),
}

struct HeaderVisitor;

impl<'de> Visitor<'de> for HeaderVisitor {
    type Value = HeaderBy;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("true, false or a list of names")
    }

    fn visit_bool<E: Error>(self, first: bool) -> Result<HeaderBy, E> {
        Ok(if first { HeaderBy::First } else { HeaderBy::Places })
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<HeaderBy, A::Error> {
        let mut names: Vec<String> = Vec::new();
        while let Some(name) = list.next_element::<String>()? {
            if !name.is_empty() && names.contains(&name) {
                return Err(A::Error::custom(format!("{} stands there twice", shown(&name))));
            }
            names.push(name);
        }
        if names.is_empty() {
            return Err(A::Error::custom("an empty list; write false where a file has no header"));
        }
        Ok(HeaderBy::Names(names))
    }
}

impl<'de> Deserialize<'de> for HeaderBy {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(HeaderVisitor)
    }
}

impl Serialize for HeaderBy {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            HeaderBy::First => serializer.serialize_bool(true),
            HeaderBy::Places => serializer.serialize_bool(false),
            HeaderBy::Names(names) => names.serialize(serializer),
        }
    }
}

impl JsonSchema for HeaderBy {
    fn schema_name() -> Cow<'static, str> {
        "HeaderBy".into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({"type": ["boolean", "array"], "items": {"type": "string"}, "minItems": 1})
    }
}
