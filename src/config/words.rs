//! Words a key may take. Declared once, with a description each; from that come the parser, the writer
//! and the schema.

use std::fmt;
use std::marker::PhantomData;

use serde::de::{Error, Visitor};

use super::section::not_supported;
use super::unknown::{listed, unknown};

/// A closed set of words; see [`words!`].
pub(super) trait Word: Copy + 'static {
    /// Every word with what it stands for.
    const WORDS: &'static [(&'static str, Self)];
    /// Words of the contract that later versions will know.
    const LATER: &'static [&'static str];

    /// Every word, to be listed.
    fn known() -> Vec<&'static str> {
        Self::WORDS.iter().map(|(word, _)| *word).collect()
    }
}

/// Reads any [`Word`].
pub(super) struct WordVisitor<W>(pub(super) PhantomData<W>);

impl<W: Word> Visitor<'_> for WordVisitor<W> {
    type Value = W;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "one of {}", listed(&W::known()))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<W, E> {
        if let Some((_, value)) = W::WORDS.iter().find(|(word, _)| *word == text) {
            return Ok(*value);
        }
        if W::LATER.contains(&text) {
            return Err(E::custom(not_supported(text, &W::known())));
        }
        Err(E::custom(unknown("value", text, &W::known())))
    }
}

/// Declares a [`Word`]: `Name [later "word"…] { Variant = "word", … }`.
macro_rules! words {
    (
        $(#[doc = $doc:literal])*
        $name:ident $([later $($later:literal),+])?
        { $($(#[doc = $word_doc:literal])* $variant:ident = $word:literal,)* }
    ) => {
        $(#[doc = $doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(in crate::config) enum $name {
            $($(#[doc = $word_doc])* $variant,)*
        }

        impl $name {
            /// As it is written.
            pub(in crate::config) fn word(self) -> &'static str {
                match self {
                    $($name::$variant => $word,)*
                }
            }
        }

        impl $crate::config::words::Word for $name {
            const WORDS: &'static [(&'static str, Self)] = &[$(($word, $name::$variant)),*];
            const LATER: &'static [&'static str] = &[$($($later),+)?];
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                deserializer.deserialize_any($crate::config::words::WordVisitor(std::marker::PhantomData))
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.word())
            }
        }

        impl schemars::JsonSchema for $name {
            fn schema_name() -> std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }

            fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
                use $crate::config::describe::one_paragraph;
                schemars::json_schema!({
                    "oneOf": [$({
                        "const": $word,
                        "description": one_paragraph(concat!($($word_doc),*)),
                    }),*],
                })
            }
        }
    };
}
pub(super) use words;
