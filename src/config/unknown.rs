//! Sentences on words that are not known.

use super::elsewhere::keys_named;
use crate::error::shown;
use crate::suggest::nearest;

/// `unknown WHAT "hiden"; did you mean "hidden_size"?`, or the list of all that is known.
pub(super) fn unknown(what: &str, word: &str, known: &[&str]) -> String {
    match nearest(word, known.iter().copied()) {
        Some(near) => format!("unknown {what} {}; did you mean \"{near}\"?", shown(word)),
        None => format!("unknown {what} {}; known: {}", shown(word), listed(known)),
    }
}

/// The same for a key; one that is known in another section is shown its place.
pub(super) fn unknown_key(key: &str, known: &[&str]) -> String {
    let places = keys_named(key);
    if places.is_empty() {
        return unknown("key", key, known);
    }
    format!("unknown key {} here; it is {}", shown(key), places.join(" or "))
}

/// `"a", "b"`.
pub(super) fn listed(words: &[&str]) -> String {
    words.iter().map(|word| format!("\"{word}\"")).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_like_nothing_known_gets_the_list() {
        assert_eq!(
            unknown("key", "q\u{1b}", &["path", "time"]),
            "unknown key \"q\\u{1b}\"; known: \"path\", \"time\""
        );
    }
}
