//! What the letters of a word tell: its beginnings and ends, its capitals, its outline.

use crate::config::WordColumn;

/// One thing that is read of a word's letters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Feature {
    /// Its first characters; all of a shorter word.
    Prefix(usize),
    /// Its last characters.
    Suffix(usize),
    /// Where its capitals stand.
    Case,
    /// Its outline.
    Shape,
}

/// Characters of a kind that an outline shows in a row: `Xxx` for every longer name.
const RUN: usize = 2;

/// The features of a column, in the order of their embeddings.
pub fn features(column: &WordColumn) -> Vec<Feature> {
    let Some(text) = &column.text else { return Vec::new() };
    let prefixes = text.prefixes.iter().map(|&n| Feature::Prefix(n));
    let suffixes = text.suffixes.iter().map(|&n| Feature::Suffix(n));
    let case = text.case.then_some(Feature::Case);
    let shape = text.shape.then_some(Feature::Shape);
    prefixes.chain(suffixes).chain(case).chain(shape).collect()
}

impl Feature {
    /// Its name in a tensor's.
    pub fn name(self) -> String {
        match self {
            Feature::Prefix(n) => format!("prefix{n}"),
            Feature::Suffix(n) => format!("suffix{n}"),
            Feature::Case => "case".to_owned(),
            Feature::Shape => "shape".to_owned(),
        }
    }

    /// What it is of a word.
    pub fn of(self, text: &str) -> String {
        match self {
            Feature::Prefix(n) => text.chars().take(n).collect(),
            Feature::Suffix(n) => {
                let skip = text.chars().count().saturating_sub(n);
                text.chars().skip(skip).collect()
            }
            Feature::Case => case(text).to_owned(),
            Feature::Shape => shape(text),
        }
    }
}

fn case(text: &str) -> &'static str {
    let (upper, lower) = (text.contains(char::is_uppercase), text.contains(char::is_lowercase));
    let first = text.chars().next().is_some_and(char::is_uppercase);
    let rest = text.chars().skip(1).any(char::is_uppercase);
    match (upper, lower) {
        (false, false) if text.contains(char::is_alphabetic) => "caseless",
        (false, false) => "no letters",
        (false, true) => "lower",
        (true, false) => "upper",
        (true, true) if first && !rest => "first",
        (true, true) => "mixed",
    }
}

/// `X` for a capital, `x` for another letter, `d` for a digit, everything else as it is; long runs are cut.
fn shape(text: &str) -> String {
    let (mut shape, mut last, mut run) = (String::new(), None, 0);
    for c in text.chars() {
        let kind = match c {
            _ if c.is_uppercase() => 'X',
            _ if c.is_alphabetic() => 'x',
            _ if c.is_numeric() => 'd',
            _ => c,
        };
        run = if last == Some(kind) { run + 1 } else { 1 };
        last = Some(kind);
        if run <= RUN {
            shape.push(kind);
        }
    }
    shape
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn beginnings_and_ends_are_of_characters() {
        let of = |feature: Feature, text| feature.of(text);
        assert_eq!(of(Feature::Prefix(2), "äöü"), "äö");
        assert_eq!(of(Feature::Suffix(2), "äöü"), "öü");
        assert_eq!(of(Feature::Suffix(5), "日本"), "日本");
        assert_eq!(of(Feature::Prefix(3), ""), "");
    }

    #[test]
    fn capitals_and_outlines() {
        let cases = ["dog", "Dog", "DOG", "dOg", "I", "42", "日本", "Ärger", "McX"].map(case);
        let wanted = [
            "lower",
            "first",
            "upper",
            "mixed",
            "upper",
            "no letters",
            "caseless",
            "first",
            "mixed",
        ];
        assert_eq!(cases, wanted);
        let shapes = ["Dogs", "iPhone-7", "1,234.5", "...", "日本語"].map(shape);
        assert_eq!(shapes, ["Xxx", "xXxx-d", "d,dd.d", "..", "xx"]);
    }
}
