//! The grammar of numbers, and bits equal to those of the standard library.

use super::Random;
use crate::data::reader::number::{self, Cell, NumberError};

/// A cell of the plain dialect.
fn parse(text: &[u8]) -> Result<Cell, NumberError> {
    number::parse(text, b'.')
}

#[test]
fn the_grammar_is_what_is_documented() {
    let good = [
        ("0", 0.0),
        ("-0", -0.0),
        ("+1", 1.0),
        (" 12.5  ", 12.5),
        ("1e3", 1e3),
        ("1E-3", 1e-3),
        (".5", 0.5),
        ("5.", 5.0),
        ("-.5e+1", -5.0),
        ("007", 7.0),
        ("3.4028235e38", 3.4028235e38),
        ("0e999", 0.0),
        ("0.1", 0.1),
        ("123456789012345678901234567890", 123456789012345678901234567890.0),
    ];
    for (text, value) in good {
        let Ok(Cell::Value(found)) = parse(text.as_bytes()) else { panic!("{text}") };
        assert_eq!(found.to_bits(), f64::to_bits(value), "{text}");
    }
}

#[test]
fn what_is_no_number_is_recognised() {
    use NumberError::*;
    let bad = [
        ("inf", NotFinite),
        ("-Infinity", NotFinite),
        ("+nan", NotFinite),
        ("1e39", Overflow),
        ("1e400", Overflow),
        ("-3.5e38", Overflow),
        ("1e99999999999999999999", Overflow),
        ("12,5", OtherMark),
        ("-1.234,5", OtherMark),
        ("0,12345", OtherMark),
        ("1,234", OtherMarkOrGrouped),
        ("1,234.5", Grouped),
        ("1,234,567", Grouped),
        ("1 234", Grouped),
        ("1'234", Grouped),
        ("1_000", Grouped),
        ("1.234.567", Grouped),
        ("2024-05-01", Date),
        ("2024-05-01T10:30:00Z", Date),
        ("1.5.2024", Date),
        ("5/1/24", Date),
        ("10:30", Date),
        ("abc", Text),
        ("true", Text),
        ("m\u{fc}de", Text),
        ("1d0", Malformed),
        ("0x10", Malformed),
        ("\u{ff11}\u{ff12}", Malformed),
        ("1e", Malformed),
        ("1e+", Malformed),
        ("e5", Malformed),
        (".", Malformed),
        ("+", Malformed),
        ("--1", Malformed),
        ("+-1", Malformed),
        ("1.2e3.4", Malformed),
        ("12%", Malformed),
        ("\t1", Malformed),
        ("1\u{a0}", Malformed),
        ("5-", Malformed),
        ("\"", Malformed),
        ("-.e1", Malformed),
    ];
    for (text, error) in bad {
        assert_eq!(parse(text.as_bytes()), Err(error), "{text}");
        assert!(!error.describe(text.as_bytes(), b'.').is_empty());
    }
}

#[test]
fn messages_show_the_value_and_the_cure() {
    let message = |text: &str| parse(text.as_bytes()).unwrap_err().describe(text.as_bytes(), b'.');
    assert!(message("1e39").starts_with("\"1e39\" overflows f32"));
    assert!(message(" inf ").starts_with("\"inf\" is not finite"));
    assert!(message("12,5").contains("decimal comma?"));
    assert!(message("1,234.5").contains("thousands separators?"));
    assert!(message("2024-05-01").contains("data.time"));
    assert!(message("abc").contains("if the column holds words"));
}

#[test]
fn decimals_may_stand_after_a_comma() {
    let parse = |text: &str| number::parse(text.as_bytes(), b',');
    for (text, value) in [("12,5", 12.5), ("-,5", -0.5), ("1,25e-3", 1.25e-3), ("7", 7.0)] {
        assert_eq!(parse(text), Ok(Cell::Value(value)), "{text}");
    }
    // Too many digits for the short way: the standard library reads it.
    assert_eq!(parse("0,12345678901234567890123"), Ok(Cell::Value(0.12345678901234568)));
    let message = |text: &str| parse(text).unwrap_err().describe(text.as_bytes(), b',');
    assert!(message("12.5").contains("decimal point?"), "{}", message("12.5"));
    assert!(message("1.234").contains("decimal point or thousands separator?"));
    assert!(message("1.234,5").contains("thousands separators?"));
    assert_eq!(parse("1,2,3"), Err(NumberError::Grouped));
}

#[test]
fn empty_cells_have_many_spellings() {
    for text in
        ["", " ", "NA", "n/a", "#N/A", "nan", "NaN", "null", "NULL", "None", "-", " - ", "?"]
    {
        assert_eq!(parse(text.as_bytes()), Ok(Cell::Empty), "{text}");
    }
}

#[test]
fn underflow_is_told() {
    for (text, value) in [("1e-50", 1e-50), ("-1e-39", -1e-39), ("1e-400", 0.0)] {
        assert_eq!(parse(text.as_bytes()), Ok(Cell::Underflow(value)), "{text}");
    }
    assert_eq!(parse(b"1.2e-38"), Ok(Cell::Value(1.2e-38)));
    assert_eq!(parse(b"0.000e-400"), Ok(Cell::Value(0.0)));
}

/// Digits around the borders of the fast path: up to 34 of them, some of them zeros in front, exponents up to 50.
fn random_number(random: &mut Random, text: &mut String) {
    use std::fmt::Write;
    text.clear();
    *text += random.pick(&["", "", "-", "+"]);
    let digits = |random: &mut Random, text: &mut String| {
        text.extend((0..random.below(4) * random.below(4)).map(|_| '0'));
        text.extend((0..random.below(12)).map(|_| char::from(b'0' + random.below(10) as u8)));
    };
    digits(random, text);
    if random.below(4) > 0 {
        text.push('.');
    }
    digits(random, text);
    if random.below(2) == 0 {
        let size = if random.below(4) == 0 { 50 } else { 25 };
        let _ = write!(text, "e{}", random.below(2 * size + 1) as i32 - size as i32);
    }
}

/// The cell of a text of the grammar, by way of the standard library.
fn cell_by_std(text: &str) -> Result<Cell, NumberError> {
    let value: f64 = text.parse().map_err(|_| NumberError::Malformed)?;
    let mantissa = text.split('e').next().unwrap_or_default();
    let is_zero = !mantissa.contains(|digit| ('1'..='9').contains(&digit));
    match value {
        _ if !(value as f32).is_finite() => Err(NumberError::Overflow),
        _ if value.abs() < f64::from(f32::MIN_POSITIVE) && !is_zero => Ok(Cell::Underflow(value)),
        _ => Ok(Cell::Value(value)),
    }
}

#[test]
fn bits_are_those_of_the_standard_library() {
    let mut random = Random(3);
    let (mut text, mut good, mut tiny) = (String::new(), 0, 0);
    for _ in 0..3_000_000 {
        random_number(&mut random, &mut text);
        let (found, expected) = (parse(text.as_bytes()), cell_by_std(&text));
        // Zeros of either sign are equal, so the bits are compared, too.
        let bits = |cell: Result<Cell, _>| cell.ok().and_then(Cell::value).map(f64::to_bits);
        if text.contains(|digit: char| digit.is_ascii_digit()) {
            assert_eq!(found, expected, "{text:?}");
        }
        assert_eq!(bits(found), bits(expected), "{text:?}");
        good += usize::from(found.is_ok());
        tiny += usize::from(matches!(found, Ok(Cell::Underflow(_))));
    }
    assert!(good > 2_500_000 && tiny > 10_000, "{good} {tiny}");
}

#[test]
fn a_number_printed_in_full_comes_back() {
    let mut random = Random(4);
    for _ in 0..200_000 {
        let bits = (random.below(1 << 32) as u64) << 32 | random.below(1 << 32) as u64;
        let value = f64::from_bits(bits);
        if (value as f32).is_finite() {
            let cell = parse(format!("{value:e}").as_bytes()).unwrap();
            assert_eq!(cell.value().map(f64::to_bits), Some(bits));
        }
    }
}
