//! What a cell that is no number looks like, and what to do about it.

use super::header::not_utf8;
use super::number::trim_spaces;
use crate::error::shown;

/// Why a text is no number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NumberError {
    /// Infinity, or a signed `nan`.
    NotFinite,
    /// Larger than any f32.
    Overflow,
    /// `12,5` or `1.234,5` where decimals stand after a point; `12.5` where they stand after a comma.
    OtherMark,
    /// `1,234.5`, `1 234`, `1_234` or `1.234.567`.
    Grouped,
    /// `1,234` (or `1.234`): one or the other.
    OtherMarkOrGrouped,
    /// A date or a time of day.
    Date,
    /// Words.
    Text,
    /// Anything else.
    Malformed,
}

impl NumberError {
    /// Judges a trimmed text that is not of the grammar. This only makes the hint, never a number.
    pub(super) fn of(text: &[u8], mark: u8) -> Self {
        let body = text.strip_prefix(b"-").or(text.strip_prefix(b"+")).unwrap_or(text);
        let is = |word: &str| body.eq_ignore_ascii_case(word.as_bytes());
        if is("inf") || is("infinity") || is("nan") {
            NumberError::NotFinite
        } else if looks_like_date(body) {
            NumberError::Date
        } else if let Some(error) = grouped(body, mark) {
            error
        } else if !text.iter().any(u8::is_ascii_digit)
            && std::str::from_utf8(text).is_ok_and(|text| text.contains(char::is_alphabetic))
        {
            NumberError::Text
        } else {
            NumberError::Malformed
        }
    }

    /// The message for the cell `text`: the value, what is wrong and the cure.
    pub fn describe(self, text: &[u8], mark: u8) -> String {
        let text = trim_spaces(text);
        if let Err(error) = std::str::from_utf8(text) {
            return not_utf8(text, error);
        }
        let complaint = match (self, mark) {
            (NumberError::NotFinite, _) => "is not finite; leave unknown values empty",
            (NumberError::Overflow, _) => "overflows f32, whose largest number is 3.4e38",
            (NumberError::OtherMark, b'.') => {
                "is not a number; decimal comma? Set \"decimal\": \",\" in data, or write a point, as in 12.5"
            }
            (NumberError::OtherMark, _) => {
                "is not a number; decimal point? Take \"decimal\": \",\" out of data, or write a comma, as in 12,5"
            }
            (NumberError::Grouped, _) => {
                "is not a number; thousands separators? Write the digits without them"
            }
            (NumberError::OtherMarkOrGrouped, b'.') => {
                "is not a number; decimal comma or thousands separator? Set \"decimal\": \",\" in data, or write \
                 the digits without it"
            }
            (NumberError::OtherMarkOrGrouped, _) => {
                "is not a number; decimal point or thousands separator? Take \"decimal\": \",\" out of data, or \
                 write the digits without it"
            }
            (NumberError::Date, _) => "is not a number; a date or time? It can only be `data.time`",
            (NumberError::Text, _) => {
                "is not a number; mend it, or if the column holds words give it \"type\": \"category\" in the config"
            }
            (NumberError::Malformed, _) => "is not a number; write it like -12.5 or 1.25e-3",
        };
        format!("{} {complaint}", shown(&String::from_utf8_lossy(text)))
    }
}

/// `2024-05-01`, `2024-05-01T10:00Z`, `1.5.2024`, `5/1/24`, `10:30`.
pub(in crate::data) fn looks_like_date(body: &[u8]) -> bool {
    let count = |mark: u8| body.iter().filter(|&&byte| byte == mark).count();
    let shape = body.first().is_some_and(u8::is_ascii_digit)
        && body.iter().all(|byte| byte.is_ascii_digit() || b"-/:. TZ+".contains(byte));
    let parts: Vec<usize> = body.split(|&byte| byte == b'.').map(<[u8]>::len).collect();
    let dotted = matches!(parts[..], [1..=2, 1..=2, 2 | 4]);
    shape && (count(b':') > 0 || count(b'/') > 1 || count(b'-') > 1 || dotted)
}

/// Digits with marks between them, as people write numbers by hand.
fn grouped(body: &[u8], mark: u8) -> Option<NumberError> {
    let digit_at = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_digit);
    if !digit_at(body.first())
        || !digit_at(body.last())
        || !body.iter().all(|byte| byte.is_ascii_digit() || b",.'_ ".contains(byte))
    {
        return None;
    }
    let other = if mark == b'.' { b',' } else { b'.' };
    let count = |mark: u8| body.iter().filter(|&&byte| byte == mark).count();
    let place = |mark: u8| body.iter().rposition(|&byte| byte == mark).unwrap_or(0);
    Some(match (count(other), count(mark)) {
        (1, 0) if place(other) <= 3 && body.len() - place(other) == 4 => {
            NumberError::OtherMarkOrGrouped
        }
        (1, _) if place(other) > place(mark) => NumberError::OtherMark,
        _ => NumberError::Grouped,
    })
}
