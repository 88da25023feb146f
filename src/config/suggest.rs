//! "did you mean": the known word nearest to a mistyped one.

use crate::error::shown;

/// Below this likeness (Jaro-Winkler, 0 to 1) a hint would puzzle more than help.
const LIKENESS: f64 = 0.75;

/// The candidate most like `word`, if any is like it at all.
pub fn nearest<'a>(word: &str, candidates: &[&'a str]) -> Option<&'a str> {
    let word = word.to_lowercase();
    let mut best = None;
    let mut best_likeness = LIKENESS;
    for candidate in candidates {
        let likeness = strsim::jaro_winkler(&word, candidate);
        if likeness > best_likeness {
            best = Some(*candidate);
            best_likeness = likeness;
        }
    }
    best
}

/// `unknown WHAT "hiden"; did you mean "hidden_size"?`, or the list of all that is known.
pub(super) fn unknown(what: &str, word: &str, known: &[&str]) -> String {
    match nearest(word, known) {
        Some(near) => format!("unknown {what} {}; did you mean \"{near}\"?", shown(word)),
        None => format!("unknown {what} {}; known: {}", shown(word), listed(known)),
    }
}

/// `"a", "b"`.
pub(super) fn listed(words: &[&str]) -> String {
    words.iter().map(|word| format!("\"{word}\"")).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn near_words_are_suggested_and_far_ones_are_not() {
        let keys = ["topology", "cell", "hidden_size", "num_layers"];
        assert_eq!(nearest("hiden", &keys), Some("hidden_size"));
        assert_eq!(nearest("hidden", &keys), Some("hidden_size"));
        assert_eq!(nearest("NumLayers", &keys), Some("num_layers"));
        assert_eq!(nearest("zzz", &keys), None);
    }

    #[test]
    fn a_word_like_nothing_known_gets_the_list() {
        assert_eq!(
            unknown("key", "q\u{1b}", &["path", "time"]),
            "unknown key \"q\\u{1b}\"; known: \"path\", \"time\""
        );
    }
}
