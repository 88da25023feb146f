//! The JSON of a header, parsed strictly: serde_json's own maps would keep the last of two equal names.

use std::fmt;

use serde::de::{self, Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};

use super::{MAX_RANK, first_duplicate};

/// A header as it is written, not yet checked against the file.
#[derive(Debug, Default)]
pub(super) struct Header {
    /// `__metadata__`, with the checksum.
    pub(super) metadata: Vec<(String, String)>,
    /// Name and entry of each tensor, in order.
    pub(super) tensors: Vec<(String, Entry)>,
}

/// What a header says of a tensor.
#[derive(Debug, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Entry {
    /// Type of the values.
    pub(super) dtype: String,
    /// Sizes.
    pub(super) shape: Shape,
    /// First byte and the one after the last, counted from the end of the header.
    pub(super) data_offsets: (usize, usize),
}

/// Sizes, at most [`MAX_RANK`]: a longer list is refused while it is read.
#[derive(Debug)]
pub(super) struct Shape(pub(super) Vec<usize>);

impl<'de> Deserialize<'de> for Header {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(HeaderVisitor)
    }
}

struct HeaderVisitor;

impl<'de> Visitor<'de> for HeaderVisitor {
    type Value = Header;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a map of tensors")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Header, A::Error> {
        let mut header = Header::default();
        let mut has_metadata = false;
        while let Some(name) = map.next_key::<String>()? {
            if name != "__metadata__" {
                header.tensors.push((name, map.next_value()?));
            } else if std::mem::replace(&mut has_metadata, true) {
                return Err(de::Error::custom("__metadata__ is given twice"));
            } else {
                header.metadata = map.next_value::<Texts>()?.0;
            }
        }
        match first_duplicate(header.tensors.iter().map(|(name, _)| name.as_str())) {
            Some(name) => Err(de::Error::custom(format!("tensor \"{name}\" is given twice"))),
            None => Ok(header),
        }
    }
}

/// A map of texts, in order.
struct Texts(Vec<(String, String)>);

impl<'de> Deserialize<'de> for Texts {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(TextsVisitor)
    }
}

struct TextsVisitor;

impl<'de> Visitor<'de> for TextsVisitor {
    type Value = Texts;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a map of texts")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Texts, A::Error> {
        let mut texts = Vec::new();
        while let Some(text) = map.next_entry::<String, String>()? {
            texts.push(text);
        }
        match first_duplicate(texts.iter().map(|(key, _)| key.as_str())) {
            Some(key) => Err(de::Error::custom(format!("metadata \"{key}\" is given twice"))),
            None => Ok(Texts(texts)),
        }
    }
}

impl<'de> Deserialize<'de> for Shape {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_seq(ShapeVisitor)
    }
}

struct ShapeVisitor;

impl<'de> Visitor<'de> for ShapeVisitor {
    type Value = Shape;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of sizes")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Shape, A::Error> {
        let mut shape = Vec::new();
        while let Some(size) = seq.next_element()? {
            if shape.len() == MAX_RANK {
                return Err(de::Error::custom(format!("over {MAX_RANK} dimensions")));
            }
            shape.push(size);
        }
        Ok(Shape(shape))
    }
}
