//! One cell of a row, and the texts of numbers.

use serde_json::Value;

/// A cell: text, or a number in its shortest form. An empty one is null in JSON.
#[derive(Clone)]
pub(super) enum Cell {
    Text(String),
    Number(String),
}

impl Cell {
    pub(super) fn text(&self) -> &str {
        match self {
            Cell::Text(text) | Cell::Number(text) => text,
        }
    }

    pub(super) fn json(self) -> Value {
        match self {
            Cell::Text(text) | Cell::Number(text) if text.is_empty() => Value::Null,
            Cell::Text(text) => Value::String(text),
            Cell::Number(text) => serde_json::from_str(&text).unwrap_or(Value::String(text)),
        }
    }
}

/// The shortest text that reads back to the same f32.
pub(in crate::job) fn number(value: f32) -> String {
    let (plain, exponent) = (format!("{value}"), format!("{value:e}"));
    if exponent.len() < plain.len() { exponent } else { plain }
}

/// A truth as shortest text; empty where it is not known.
pub(in crate::job) fn truth_text(value: f64) -> String {
    if value.is_nan() {
        return String::new();
    }
    let (plain, exponent) = (format!("{value}"), format!("{value:e}"));
    if exponent.len() < plain.len() { exponent } else { plain }
}
