//! Why a column may not be found.

use super::hint::looks_like_date;
use super::number;
use crate::error::shown;
use crate::suggest::nearest;

/// Longest list of names in a message, in bytes.
const LIST_LIMIT: usize = 200;

/// What to say of a column `name` that is not in the header: the likeliest reason first. `wanted_by` tells who
/// named it: ` of data.inputs`.
pub fn absent(name: &str, wanted_by: &str, names: &[String], delimiter: u8) -> String {
    let delimiter = char::from(delimiter);
    let missing = format!("column {}{wanted_by} is not in the header", shown(name));
    if let Some(rival) = other_delimiter(names, delimiter) {
        return format!(
            "{missing}; the file looks {rival:?}-separated, but the config says \"delimiter\": \"{}\"; make it \"{}\"",
            delimiter.escape_default(),
            rival.escape_default()
        );
    }
    if look_like_data(names) {
        return format!(
            "{missing}: the first line looks like data ({}); put a header line with the names of the columns before it, or set \"header\": false in data and call columns \"1\", \"2\"…",
            list(names)
        );
    }
    if let Some(padded) = names.iter().find(|other| other.trim() == name.trim()) {
        return format!("{missing}; did you mean {}, with its spaces?", shown(padded));
    }
    match nearest(name, names) {
        Some(near) => format!("{missing}; did you mean {}? It has {}", shown(near), list(names)),
        None => format!("{missing}; it has {}", list(names)),
    }
}

/// The same of columns that are called by their places.
pub(super) fn absent_place(name: &str, wanted_by: &str, columns: usize) -> String {
    format!(
        "column {}{wanted_by} is not there: without a header (data.header) columns are called \"1\" to \"{columns}\"",
        shown(name)
    )
}

/// The same of columns that the config names.
pub(super) fn absent_name(name: &str, wanted_by: &str, names: &[String]) -> String {
    let near = nearest(name, names).map(|near| format!("; did you mean {}?", shown(near)));
    format!(
        "column {}{wanted_by} is not among the names of data.header{} They are {}",
        shown(name),
        near.as_deref().unwrap_or("."),
        list(names)
    )
}

/// A delimiter that cuts the header's line into more names than ours has.
fn other_delimiter(names: &[String], delimiter: char) -> Option<char> {
    let count = |mark| names.iter().map(|name| name.matches(mark).count()).sum::<usize>();
    [';', '\t', '|', ','].into_iter().find(|&mark| mark != delimiter && count(mark) >= names.len())
}

/// Whether half the names or more are numbers or dates: the header is missing.
pub(super) fn look_like_data(names: &[String]) -> bool {
    let is_data = |name: &&String| {
        looks_like_date(name.trim().as_bytes()) || number::parse(name.as_bytes(), b'.').is_ok()
    };
    let named = names.iter().filter(|name| !name.trim().is_empty());
    2 * named.clone().filter(is_data).count() >= named.count().max(1)
}

/// The names, as far as they fit into a line.
fn list(names: &[String]) -> String {
    let mut list = String::new();
    for (place, name) in names.iter().enumerate() {
        if list.len() > LIST_LIMIT {
            list += &format!(", … ({} columns)", names.len());
            break;
        }
        list += if place == 0 { "" } else { ", " };
        list += &shown(name);
    }
    list
}
