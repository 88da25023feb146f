//! Numbers with a range. The range stands in the type, so that no key is without one and the parser,
//! the messages and the schema agree.

use std::borrow::Cow;
use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{Deserialize, Deserializer, Error, Visitor};

/// Most of a size or a count: far beyond any memory, and products of two such numbers fit 64 bits.
pub(super) const MOST: u64 = u32::MAX as u64;

/// The largest whole number that every JSON reader keeps exactly: 2^53 - 1.
pub(super) const EXACT: u64 = (1 << 53) - 1;

/// A whole number from `LOW` to `HIGH`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
pub(super) struct Whole<const LOW: u64, const HIGH: u64>(pub(super) u64);

/// A size or count of at least one.
pub(super) type Count = Whole<1, MOST>;
/// A size or count that may be zero.
pub(super) type CountOrZero = Whole<0, MOST>;
/// A seed.
pub(super) type Seed = Whole<0, EXACT>;

impl<const LOW: u64, const HIGH: u64> Whole<LOW, HIGH> {
    /// As a size; all ranges but that of seeds and warm-up fit 32 bits.
    pub(super) fn size(self) -> usize {
        usize::try_from(self.0).unwrap_or(usize::MAX)
    }

    /// From a size of a valid config.
    pub(super) fn of(size: usize) -> Self {
        Self(size as u64)
    }
}

struct WholeVisitor<const LOW: u64, const HIGH: u64>;

impl<const LOW: u64, const HIGH: u64> Visitor<'_> for WholeVisitor<LOW, HIGH> {
    type Value = Whole<LOW, HIGH>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a whole number from {LOW} to {HIGH}")
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Self::Value, E> {
        if (LOW..=HIGH).contains(&value) {
            return Ok(Whole(value));
        }
        Err(E::custom(format!("{value} is out of range; allowed: {LOW} to {HIGH}")))
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Self::Value, E> {
        match u64::try_from(value) {
            Ok(value) => self.visit_u64(value),
            Err(_) => Err(E::custom(format!("{value} is out of range; allowed: {LOW} to {HIGH}"))),
        }
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Self::Value, E> {
        if value < 0.0 || value > HIGH as f64 {
            return Err(E::custom(format!("{value:?} is out of range; allowed: {LOW} to {HIGH}")));
        }
        Err(E::custom(format!(
            "expected a whole number from {LOW} to {HIGH}, written without point or exponent, got {value:?}"
        )))
    }
}

impl<'de, const LOW: u64, const HIGH: u64> Deserialize<'de> for Whole<LOW, HIGH> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(WholeVisitor)
    }
}

impl<const LOW: u64, const HIGH: u64> JsonSchema for Whole<LOW, HIGH> {
    fn schema_name() -> Cow<'static, str> {
        format!("Whole_{LOW}_{HIGH}").into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({"type": "integer", "minimum": LOW, "maximum": HIGH})
    }
}

/// Declares a decimal number with a range: `Name: LOW (in/ex) to HIGH (in/ex), "as text"`.
macro_rules! real {
    ($(#[$doc:meta])* $name:ident, $inside:expr, $text:literal, $bounds:tt) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, serde::Serialize)]
        pub(super) struct $name(pub(super) f64);

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let visitor = RealVisitor { inside: $inside, text: $text };
                deserializer.deserialize_any(visitor).map($name)
            }
        }

        impl JsonSchema for $name {
            fn schema_name() -> Cow<'static, str> {
                stringify!($name).into()
            }

            fn inline_schema() -> bool {
                true
            }

            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                json_schema!($bounds)
            }
        }
    };
}

// Nothing beyond 1e30: such numbers would overflow f32, in which training computes.
real!(/** Above zero. */ Positive, |x| x > 0.0 && x <= 1e30, "above 0, at most 1e30",
    {"type": "number", "exclusiveMinimum": 0, "maximum": 1e30});
real!(/** Zero or above. */ NotNegative, |x| (0.0..=1e30).contains(&x), "from 0 to 1e30",
    {"type": "number", "minimum": 0, "maximum": 1e30});
real!(/** Zero or above, below one. */ BelowOne, |x| (0.0..1.0).contains(&x), "from 0 to below 1",
    {"type": "number", "minimum": 0, "exclusiveMaximum": 1});
real!(/** Above zero, at most one. */ Factor, |x| x > 0.0 && x <= 1.0, "above 0, at most 1",
    {"type": "number", "exclusiveMinimum": 0, "maximum": 1});
real!(/** Above zero, below one. */ Shrinking, |x| x > 0.0 && x < 1.0, "above 0, below 1",
    {"type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 1});

struct RealVisitor {
    inside: fn(f64) -> bool,
    text: &'static str,
}

impl Visitor<'_> for RealVisitor {
    type Value = f64;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a number {}", self.text)
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<f64, E> {
        if (self.inside)(value) {
            return Ok(value);
        }
        Err(E::custom(format!("{value:?} is out of range; allowed: {}", self.text)))
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<f64, E> {
        self.visit_f64(value as f64)
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<f64, E> {
        self.visit_f64(value as f64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn whole(text: &str) -> Result<u64, String> {
        serde_json::from_str::<Whole<2, 9>>(text).map(|n| n.0).map_err(|e| e.to_string())
    }

    #[test]
    fn the_ends_of_a_range_are_in_and_their_neighbours_are_out() {
        assert_eq!(whole("2"), Ok(2));
        assert_eq!(whole("9"), Ok(9));
        for text in ["1", "10", "-1", "18446744073709551616", "1e300"] {
            assert!(
                whole(text).is_err_and(|e| e.contains("out of range; allowed: 2 to 9")),
                "{text}"
            );
        }
    }

    #[test]
    fn a_whole_number_has_no_point_or_exponent() {
        for text in ["3.0", "3e0", "2.5"] {
            assert!(whole(text).is_err_and(|e| e.contains("without point or exponent")), "{text}");
        }
    }

    #[test]
    fn every_real_range_keeps_its_ends() {
        fn ok<'a, T: Deserialize<'a>>(text: &'a str) -> bool {
            serde_json::from_str::<T>(text).is_ok()
        }
        let table = |text| {
            [
                ok::<Positive>(text),
                ok::<NotNegative>(text),
                ok::<BelowOne>(text),
                ok::<Factor>(text),
                ok::<Shrinking>(text),
            ]
        };
        assert_eq!(table("-1e-9"), [false; 5]);
        assert_eq!(table("0"), [false, true, true, false, false]);
        assert_eq!(table("0.5"), [true; 5]);
        assert_eq!(table("1"), [true, true, false, true, false]);
        assert_eq!(table("1e30"), [true, true, false, false, false]);
        assert_eq!(table("1.1e30"), [false; 5]);
    }
}
