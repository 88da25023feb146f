//! The words of a block as a character encoder reads them: each distinct spelling once.

use std::collections::HashMap;
use std::ops::Range;

/// Distinct spellings in the order they came, and which of them stands where.
#[derive(Clone, Debug, Default)]
pub(super) struct Spellings {
    numbers: Vec<u32>,    // [T, B]
    characters: Vec<u32>, // of all spellings, one behind the other
    ends: Vec<usize>,
    by_text: HashMap<Box<[u32]>, u32>, // to find, never to walk over: its order is chance
}

/// Where no word has been put.
const NOTHING: u32 = u32::MAX;

impl Spellings {
    /// Forgets all, and makes room for so many places.
    pub(super) fn reset(&mut self, places: usize) {
        self.numbers.clear();
        self.numbers.resize(places, NOTHING);
        self.characters.clear();
        self.ends.clear();
        self.by_text.clear();
    }

    /// Puts a word at a place. One without characters is read as a single unknown one.
    pub(super) fn set(&mut self, place: usize, characters: &[u32]) {
        let characters = if characters.is_empty() { &[0] } else { characters };
        let number = match self.by_text.get(characters) {
            Some(&number) => number,
            None => {
                let number = self.ends.len() as u32;
                self.characters.extend_from_slice(characters);
                self.ends.push(self.characters.len());
                self.by_text.insert(characters.into(), number);
                number
            }
        };
        self.numbers[place] = number;
    }

    /// Distinct spellings.
    pub(super) fn count(&self) -> usize {
        self.ends.len()
    }

    /// Which one stands at a place.
    pub(super) fn at(&self, place: usize) -> usize {
        let number = self.numbers[place];
        assert_ne!(number, NOTHING, "a spelling at every step of a sequence");
        number as usize
    }

    /// The characters of one.
    pub(super) fn text(&self, number: usize) -> &[u32] {
        &self.characters[self.span(number)]
    }

    /// How many characters one has.
    pub(super) fn length(&self, number: usize) -> usize {
        self.span(number).len()
    }

    fn span(&self, number: usize) -> Range<usize> {
        let start = if number == 0 { 0 } else { self.ends[number - 1] };
        start..self.ends[number]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_spelling_is_kept_once_and_nothing_outlives_a_reset() {
        let mut spellings = Spellings::default();
        for text in [&[1, 2][..], &[3]] {
            spellings.reset(4);
            spellings.set(0, text);
            spellings.set(1, &[7, 7, 7]);
            spellings.set(2, text);
            assert_eq!(spellings.count(), 2);
            assert_eq!([0, 1, 2].map(|place| spellings.at(place)), [0, 1, 0]);
            assert_eq!((spellings.text(0), spellings.text(1)), (text, &[7, 7, 7][..]));
            assert_eq!(spellings.length(1), 3);
        }
    }

    #[test]
    fn a_word_without_characters_is_one_unknown_character() {
        let mut spellings = Spellings::default();
        spellings.reset(1);
        spellings.set(0, &[]);
        assert_eq!(spellings.text(0), [0]);
    }
}
