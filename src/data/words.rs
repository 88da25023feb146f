//! The words of a column: each distinct text once. A row holds the number of its word.

use std::collections::HashMap;
use std::sync::Arc;

/// The distinct texts of a column, numbered in the order in which they were met, with what a model reads of each.
#[derive(Clone, Debug, Default)]
pub struct Words {
    texts: Vec<Arc<str>>,
    by_text: HashMap<Arc<str>, u32>,
    pub(super) readings: Vec<Reading>,
    pub(super) classes: Vec<Option<u32>>,
}

/// What a network reads of one word.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reading {
    /// One index per embedding of the column: the word itself, then its features; 0 is unknown.
    pub tokens: Vec<u32>,
    /// Its characters, as the alphabet numbers them; 0 is unknown. Empty without a character encoder.
    pub characters: Vec<u32>,
}

impl Words {
    /// The number of a text, new or known.
    pub fn intern(&mut self, text: &str) -> u32 {
        if let Some(&word) = self.by_text.get(text) {
            return word;
        }
        let word = u32::try_from(self.texts.len()).expect("fewer than 4 billion distinct words");
        let text: Arc<str> = text.into();
        self.texts.push(Arc::clone(&text));
        self.by_text.insert(text, word);
        word
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.texts.len()
    }

    /// Whether there are none, as in a column of numbers.
    pub fn is_empty(&self) -> bool {
        self.texts.is_empty()
    }

    /// The text of a word.
    pub fn text(&self, word: u32) -> &str {
        &self.texts[word as usize]
    }

    /// All texts, by number.
    pub fn texts(&self) -> impl ExactSizeIterator<Item = &str> {
        self.texts.iter().map(|text| &**text)
    }

    /// The text of a cell's value in a table; none where the cell is empty.
    pub fn of(&self, value: f64) -> Option<&str> {
        (!value.is_nan()).then(|| self.text(value as u32))
    }

    /// Forgets the words that `used` does not mark; gives of each kept one its new number.
    pub fn keep(&mut self, used: &[bool]) -> Vec<u32> {
        let mut numbers = vec![u32::MAX; self.len()];
        let kept: Vec<usize> = (0..self.len()).filter(|&word| used[word]).collect();
        kept.iter().zip(0..).for_each(|(&word, number)| numbers[word] = number);
        let old = std::mem::take(self);
        for word in kept {
            self.intern(&old.texts[word]);
            self.readings.extend(old.readings.get(word).cloned());
            self.classes.extend(old.classes.get(word));
        }
        numbers
    }

    /// Whether what is read of them is known.
    pub fn are_read(&self) -> bool {
        self.readings.len() == self.len()
    }

    /// What a model reads of a word; [`Encoder::read`](super::Encoder::read) has been here.
    pub fn reading(&self, word: u32) -> &Reading {
        &self.readings[word as usize]
    }

    /// The class that a word names; none for one that is no class of the model.
    pub fn class(&self, word: u32) -> Option<u32> {
        self.classes[word as usize]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kept_words_have_new_numbers_and_what_was_read_of_them() {
        let mut words = Words::default();
        for (text, token) in [("a", 7), ("b", 8), ("", 9), ("a", 7)] {
            if words.intern(text) as usize == words.readings.len() {
                words.readings.push(Reading { tokens: vec![token], characters: Vec::new() });
                words.classes.push((token > 7).then_some(token));
            }
        }
        assert_eq!(words.keep(&[false, true, true]), [u32::MAX, 0, 1]);
        assert_eq!(words.texts().collect::<Vec<_>>(), ["b", ""]);
        assert_eq!((words.reading(1).tokens[0], words.class(1)), (9, Some(9)));
        assert_eq!(words.intern("a"), 2);
    }
}
