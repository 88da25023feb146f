//! How an object of the config is read. A section is declared once, as a list of documented keys and their
//! defaults; from that come its parser, its writer and its JSON Schema.
//!
//! The parser is our own because serde's derived one also takes a list for an object, takes `null`
//! for every optional key, and cannot take a bare name in place of an object.

use std::fmt;
use std::marker::PhantomData;

use serde::de::{Error, MapAccess, Visitor};

use super::unknown::{listed, unknown_key};

/// An object with optional keys; see [`section!`].
pub(super) trait Section: Default {
    /// Every key.
    const KEYS: &'static [&'static str];
    /// Keys that must be there; `resolve` refuses their absence, in words of its own.
    const REQUIRED: &'static [&'static str];
    /// Keys that later versions will know.
    const LATER: &'static [&'static str];
    /// A key whose text is ignored, for editors.
    const IGNORED: Option<&'static str>;
    /// The key a bare string stands for.
    const BARE: Option<&'static str>;

    /// The keys that are written out.
    fn given(&self) -> Vec<&'static str>;

    /// Takes the value of `key` from the map.
    fn read<'de, A: MapAccess<'de>>(&mut self, key: &str, map: &mut A) -> Result<(), A::Error>;

    /// The section a bare string stands for; only called where `BARE` is there.
    fn from_bare<E: Error>(text: &str) -> Result<Self, E>;
}

/// Reads any [`Section`].
pub(super) struct SectionVisitor<S>(pub(super) PhantomData<S>);

impl<'de, S: Section> Visitor<'de> for SectionVisitor<S> {
    type Value = S;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if S::BARE.is_some() { "a name or an object" } else { "an object" })
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<S, A::Error> {
        let mut section = S::default();
        while let Some(key) = map.next_key::<String>()? {
            if S::IGNORED == Some(&key) {
                map.next_value::<String>()?;
            } else if S::LATER.contains(&key.as_str()) {
                return Err(A::Error::custom(not_supported(&key, S::KEYS)));
            } else if !S::KEYS.contains(&key.as_str()) {
                return Err(A::Error::custom(unknown_key(&key, S::KEYS)));
            } else if section.given().contains(&key.as_str()) {
                return Err(A::Error::custom(format!("duplicate key \"{key}\"; write it once")));
            } else {
                section.read(&key, &mut map)?;
            }
        }
        Ok(section)
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<S, E> {
        match S::BARE {
            Some(_) => S::from_bare(text),
            None => Err(E::invalid_type(serde::de::Unexpected::Str(text), &self)),
        }
    }
}

/// What a word or key of the contract gets that this version does not carry out yet.
pub(super) fn not_supported(word: &str, known: &[&str]) -> String {
    format!("\"{word}\" is not supported by this version; known: {}", listed(known))
}

/// `r#type` -> `type`.
pub(super) const fn plain(name: &'static str) -> &'static str {
    match name.as_bytes() {
        [b'r', b'#', rest @ ..] => match std::str::from_utf8(rest) {
            Ok(rest) => rest,
            Err(_) => name,
        },
        _ => name,
    }
}

/// Declares a [`Section`]: `Name [bare KEY: TYPE] [required "KEY"…] [later "KEY"…] [ignored "KEY"] { KEY: TYPE
/// [eg VALUE…] = DEFAULT, … }`. Every key is optional in the file; `Option<TYPE>` in place of `TYPE`
/// allows `null` too. A key with a default has a method of its name: the value that is written, or the
/// default. A default that hangs on other keys is filled in by `resolve`, and the doc comment says
/// "Default: …". The doc comments are the descriptions in the schema, the values after `eg` its examples.
macro_rules! section {
    (
        $(#[doc = $doc:literal])*
        $name:ident $([bare $bare:ident: $bare_type:ty])? $([required $($required:literal),+])? $([later $($later:literal),+])? $([ignored $ignored:literal])?
        { $($(#[doc = $key_doc:literal])* $key:ident: $type:ty $([eg $($example:tt)+])? $(= $default:expr)?,)* }
    ) => {
        $(#[doc = $doc])*
        #[derive(Clone, Debug, Default, PartialEq, serde::Serialize)]
        pub(in crate::config) struct $name {
            $(
                $(#[doc = $key_doc])*
                #[serde(skip_serializing_if = "Option::is_none")]
                pub(in crate::config) $key: Option<$type>,
            )*
        }

        impl $name {
            $($(
                #[allow(clippy::unnecessary_lazy_evaluations)] // of those that are constants
                pub(in crate::config) fn $key(&self) -> $type {
                    self.$key.clone().unwrap_or_else(|| $default)
                }
            )?)*
        }

        $(
            impl From<$bare_type> for $name {
                fn from(bare: $bare_type) -> Self {
                    Self { $bare: Some(bare), ..Self::default() }
                }
            }
        )?

        impl $crate::config::section::Section for $name {
            const KEYS: &'static [&'static str] =
                &[$($crate::config::section::plain(stringify!($key))),*];
            const REQUIRED: &'static [&'static str] = &[$($($required),+)?];
            const LATER: &'static [&'static str] = &[$($($later),+)?];
            const IGNORED: Option<&'static str> = [$(Some($ignored),)? None][0];
            const BARE: Option<&'static str> =
                [$(Some($crate::config::section::plain(stringify!($bare))),)? None][0];

            fn given(&self) -> Vec<&'static str> {
                let given = [$(self.$key.is_some()),*];
                Self::KEYS.iter().zip(given).filter(|(_, given)| *given).map(|(key, _)| *key).collect()
            }

            fn read<'de, A: serde::de::MapAccess<'de>>(
                &mut self,
                key: &str,
                map: &mut A,
            ) -> Result<(), A::Error> {
                $(if key == $crate::config::section::plain(stringify!($key)) {
                    self.$key = Some(map.next_value()?);
                })*
                Ok(())
            }

            #[allow(unused_variables)] // of sections without a bare form
            fn from_bare<E: serde::de::Error>(text: &str) -> Result<Self, E> {
                $(
                    let text: serde::de::value::StrDeserializer<'_, E> =
                        serde::de::IntoDeserializer::into_deserializer(text);
                    return <$bare_type as serde::Deserialize>::deserialize(text).map(Self::from);
                )?
                #[allow(unreachable_code)]
                Ok(Self::default())
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                deserializer
                    .deserialize_any($crate::config::section::SectionVisitor(std::marker::PhantomData))
            }
        }

        impl schemars::JsonSchema for $name {
            fn schema_name() -> std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }

            fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
                let keys = vec![$($crate::config::describe::Key {
                    name: $crate::config::section::plain(stringify!($key)),
                    doc: concat!($($key_doc),*),
                    schema: generator.subschema_for::<$type>(),
                    default: [$(Some($default),)? None::<$type>][0]
                        .as_ref()
                        .and_then($crate::config::describe::as_written),
                    examples: [$(Some(serde_json::json!([$($example)+])),)? None][0].take(),
                }),*];
                $crate::config::describe::object_schema::<Self>(keys)
            }
        }
    };
}
pub(super) use section;
