//! From the text of a cell to a number.
//!
//! The grammar: ASCII spaces around; an optional `+` or `-`; digits with an optional decimal mark (`.`, or
//! `,` where the dialect says so) before, among or after them; an optional `e` or `E` with an optional sign and digits. Nothing else: no
//! `inf`, hexadecimal, underscores, thousands separators, decimal commas or digits of other
//! scripts. The number is the f64 nearest to the text and must be finite as an f32.

pub use super::hint::NumberError;
pub(in crate::data) use super::hint::looks_like_date;

/// What stands in a cell of a number column.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Cell {
    /// A number.
    Value(f64),
    /// A number that is not zero but below the normal range of f32 (1.2e-38): used as it is, and
    /// worth counting.
    Underflow(f64),
    /// No number: the cell is empty or says so.
    Empty,
}

impl Cell {
    /// The number, if there is one.
    pub fn value(self) -> Option<f64> {
        match self {
            Cell::Value(value) | Cell::Underflow(value) => Some(value),
            Cell::Empty => None,
        }
    }
}

/// Spellings of an empty cell, in any case of letters.
const EMPTY: [&str; 10] = ["", "-", "?", "NA", "N/A", "#N/A", "NaN", "null", "none", "nil"];

/// Reads a cell; `mark` stands before decimals.
///
/// # Errors
/// If the text is neither a number of the grammar above nor one of the spellings of an empty cell,
/// or too large for an f32.
#[inline]
pub fn parse(text: &[u8], mark: u8) -> Result<Cell, NumberError> {
    let text = trim_spaces(text);
    let Some(decimal) = Decimal::scan(text, mark) else { return no_number(text, mark) };
    match decimal.exact() {
        // Zero, or from 1e-22 to 1e38: an f32 holds it.
        Some(value) => Ok(Cell::Value(value)),
        None => nearest(text, mark),
    }
}

/// The cell of a text of the grammar that takes more than one operation.
#[inline(never)]
fn nearest(text: &[u8], mark: u8) -> Result<Cell, NumberError> {
    let ascii = String::from_utf8_lossy(text);
    let value: f64 = match mark {
        b'.' => ascii.parse(),
        _ => ascii.replace(char::from(mark), ".").parse(),
    }
    .map_err(|_| NumberError::Malformed)?;
    if !(value as f32).is_finite() {
        Err(NumberError::Overflow)
    } else if value.abs() < f64::from(f32::MIN_POSITIVE) && !is_zero(text) {
        Ok(Cell::Underflow(value))
    } else {
        Ok(Cell::Value(value))
    }
}

/// The cell of a text that is not of the grammar.
#[cold]
fn no_number(text: &[u8], mark: u8) -> Result<Cell, NumberError> {
    match EMPTY.iter().any(|word| text.eq_ignore_ascii_case(word.as_bytes())) {
        true => Ok(Cell::Empty),
        false => Err(NumberError::of(text, mark)),
    }
}

/// Whether a text of the grammar has no digit but zeros before its exponent.
fn is_zero(text: &[u8]) -> bool {
    let mut mantissa = text.iter().take_while(|byte| !matches!(byte, b'e' | b'E'));
    mantissa.all(|byte| !matches!(byte, b'1'..=b'9'))
}

/// The text without the ASCII spaces around it.
#[inline]
pub(super) fn trim_spaces(mut text: &[u8]) -> &[u8] {
    while let [b' ', rest @ ..] | [rest @ .., b' '] = text {
        text = rest;
    }
    text
}

/// A text of the grammar: `mantissa * 10^exponent`.
struct Decimal {
    negative: bool,
    /// The digits as an integer; wrong if there are more than `MAX_DIGITS`.
    mantissa: u64,
    /// How many digits there are, zeros in front too.
    digits: usize,
    /// Power of ten of the last digit.
    exponent: i64,
}

/// Decimal digits that fit into a u64 whatever they are.
const MAX_DIGITS: usize = 19;

/// Powers of ten that an f64 holds exactly.
const POWERS: [f64; 23] = [
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16,
    1e17, 1e18, 1e19, 1e20, 1e21, 1e22,
];

impl Decimal {
    /// Checks the whole text against the grammar.
    #[inline]
    fn scan(text: &[u8], mark: u8) -> Option<Self> {
        let (negative, rest) = split_sign(text);
        let (mut mantissa, mut rest, mut digits) = take_digits(0, rest);
        let mut exponent = 0;
        if let [byte, after @ ..] = rest
            && *byte == mark
        {
            let places;
            (mantissa, rest, places) = take_digits(mantissa, after);
            exponent = -(places as i64);
            digits += places;
        }
        if digits == 0 {
            return None;
        }
        if let [b'e' | b'E', after @ ..] = rest {
            exponent = exponent.saturating_add(take_exponent(after)?);
            rest = &[];
        }
        rest.is_empty().then_some(Decimal { negative, mantissa, digits, exponent })
    }

    /// The nearest f64, where one operation on exact operands gives it: that rounds once, so the
    /// bits are those of a correct parser (W. D. Clinger, "How to read floating point numbers
    /// accurately", 1990). Most cells are of this kind.
    fn exact(&self) -> Option<f64> {
        if self.digits > MAX_DIGITS || self.mantissa > 1 << 53 {
            return None;
        }
        let power = *POWERS.get(usize::try_from(self.exponent.unsigned_abs()).ok()?)?;
        let mantissa = self.mantissa as f64;
        let value = if self.exponent < 0 { mantissa / power } else { mantissa * power };
        Some(if self.negative { -value } else { value })
    }
}

/// Goes on from `mantissa` with the digits at the front of `text`: the mantissa then, which wraps around if they are too
/// many, the rest of the text, and how many they are.
fn take_digits(mut mantissa: u64, text: &[u8]) -> (u64, &[u8], usize) {
    let mut count = 0;
    while let Some(byte @ b'0'..=b'9') = text.get(count) {
        mantissa = mantissa.wrapping_mul(10).wrapping_add(u64::from(byte - b'0'));
        count += 1;
    }
    (mantissa, &text[count..], count)
}

fn split_sign(text: &[u8]) -> (bool, &[u8]) {
    match text {
        [b'-', rest @ ..] => (true, rest),
        [b'+', rest @ ..] => (false, rest),
        _ => (false, text),
    }
}

/// The whole text as a signed integer, held within bounds that are far outside every float.
fn take_exponent(text: &[u8]) -> Option<i64> {
    let (negative, digits) = split_sign(text);
    if digits.is_empty() || !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let size = digits
        .iter()
        .fold(0_i64, |size, byte| (10 * size + i64::from(byte - b'0')).min(1_000_000_000));
    Some(if negative { -size } else { size })
}
