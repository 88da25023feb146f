//! JSON text to a raw config, strictly: no unknown or duplicate keys, and errors that say where.

use serde::de::DeserializeOwned;

use super::locate;
use crate::error::{Error, Result};

/// Configs are small; anything larger is a wrong file.
pub(super) const LIMIT: usize = 1 << 20;

/// Reads JSON text (without a byte order mark) as a `T`. `place` names the text in errors.
pub(super) fn parse<T: DeserializeOwned>(text: &str, place: &str) -> Result<T> {
    if text.trim().is_empty() {
        return Err(refused(place, "file is empty; a config is a JSON object".into()));
    }
    // Never by way of `serde_json::Value`: of duplicate keys it keeps the last and says nothing.
    let mut reader = serde_json::Deserializer::from_str(text);
    let raw = serde_path_to_error::deserialize(&mut reader).map_err(|error| {
        let path = error.path().to_string();
        let error = error.into_inner();
        refused(&at(place, &error), with_key(&path, &explained(&error, text)))
    })?;
    reader.end().map_err(|error| refused(&at(place, &error), explained(&error, text)))?;
    Ok(raw)
}

/// A config error.
pub(super) fn refused(place: &str, message: String) -> Error {
    Error::Config { place: place.to_owned(), message }
}

/// `key: message`; the path of the whole text is ".", and "?" is a key that could not be read.
pub(super) fn with_key(path: &str, message: &str) -> String {
    let path = path.trim_end_matches(['.', '?']);
    if path.is_empty() { message.to_owned() } else { format!("{path}: {message}") }
}

/// `FILE:LINE:COLUMN`.
fn at(place: &str, error: &serde_json::Error) -> String {
    format!("{place}:{}:{}", error.line(), error.column())
}

/// serde's message in the words of a user, with a hint for what people coming from other formats write.
fn explained(error: &serde_json::Error, text: &str) -> String {
    let message = reworded(error);
    if error.is_data() || is_too_large(error) {
        return message;
    }
    let hint = match locate::byte_at(text, error.line(), error.column()) {
        Some(b'/' | b'#') => " (JSON has no comments)",
        Some(b'\'') => " (JSON strings stand in double quotes)",
        Some(b'N' | b'I') => " (NaN and Infinity are not JSON)",
        Some(b'T' | b'F') => " (JSON says true and false)",
        Some(b'.' | b'+') => " (a JSON number starts with a digit or a minus)",
        _ => "",
    };
    format!("not valid JSON: {message}{hint}")
}

/// serde's message without its position, in the words of JSON instead of Rust's.
pub(super) fn reworded(error: &serde_json::Error) -> String {
    const LONGEST: usize = 400;
    let text = error.to_string();
    let place = format!(" at line {} column {}", error.line(), error.column());
    let text = text.strip_suffix(&place).unwrap_or(&text);
    if is_too_large(error) {
        return "the number is out of range; no key takes one so large".to_owned();
    }
    let text = match text.strip_prefix("invalid type: ").or(text.strip_prefix("invalid value: ")) {
        Some(rest) => format!("got {rest}"),
        None => text.replace("EOF while parsing", "the text ends inside"),
    };
    let text = text
        .replace("got map", "got an object")
        .replace("got sequence", "got a list")
        .replace("expected a sequence", "expected a list")
        .replace("expected a boolean", "expected true or false")
        .replace("expected value", "expected a value")
        .replace("floating point `", "number `")
        .replace("integer `", "number `");
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}

/// A number like 1e999, which no float holds; to serde_json that is bad syntax.
pub(super) fn is_too_large(error: &serde_json::Error) -> bool {
    error.to_string().starts_with("number out of range")
}
