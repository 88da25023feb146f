//! Why a column may not be found.

use super::hint::looks_like_date;
use super::number;
use crate::error::shown;

/// Longest list of names in a message, in bytes.
const LIST_LIMIT: usize = 200;

/// Names longer than this are no misspelling of anything.
const NAME_LIMIT: usize = 64;

/// What to say of a column `name` that is not in the header: the likeliest reason first.
pub fn absent(name: &str, names: &[String], delimiter: u8) -> String {
    let delimiter = char::from(delimiter);
    let missing = format!("column {} is not in the header", shown(name));
    if let Some(rival) = other_delimiter(names, delimiter) {
        return format!(
            "{missing}; the file looks {rival:?}-separated, but data.delimiter is {delimiter:?}: change one of them"
        );
    }
    if look_like_data(names) {
        return format!(
            "{missing}: the first line looks like data ({}); put a header line with the names of the columns before it",
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

/// The name fewest edits away, case aside, if they are few.
fn nearest<'n>(name: &str, names: &'n [String]) -> Option<&'n String> {
    let (wanted, limit) = (name.to_lowercase(), 1 + name.chars().count() / 3);
    let near = names.iter().filter(|other| !other.is_empty() && other.len() <= NAME_LIMIT);
    near.map(|other| (strsim::osa_distance(&wanted, &other.to_lowercase()), other))
        .min_by_key(|&(edits, _)| edits)
        // With every letter changed nothing is left that would be near.
        .filter(|&(edits, other)| edits <= limit && edits < wanted.len().max(other.len()))
        .map(|(_, other)| other)
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
