//! What rows hold that the train rows do not: words, and labels of a category.

use super::dataset::PartRows;
use super::encoder::Encoder;
use super::vocabulary::UNKNOWN;

/// Unknown ones among the cells of a column.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Unknown {
    /// Place of the column.
    pub column: usize,
    /// Cells that the model does not know.
    pub unknown: u64,
    /// All cells.
    pub of: u64,
}

impl Unknown {
    /// Whether a column's word is unknown, counted.
    pub fn add(&mut self, unknown: bool) {
        self.of += 1;
        self.unknown += u64::from(unknown);
    }

    /// Which share is unknown.
    pub fn share(&self) -> f64 {
        self.unknown as f64 / self.of.max(1) as f64
    }
}

impl Encoder {
    /// For each word input whether the word of a row is unknown: (place of the column, unknown).
    pub fn unknown_words<'e>(
        &'e self,
        row: &'e [f64],
        words: &'e [super::Words],
    ) -> impl Iterator<Item = (usize, bool)> + 'e {
        let of = |place: usize| words[place].reading(row[place] as u32).tokens[0] == UNKNOWN;
        self.roles.words().map(move |place| (place, of(place)))
    }
}

impl PartRows {
    /// Of each word input the unknown words of the part.
    pub fn unknown_words(&self, encoder: &Encoder) -> Vec<Unknown> {
        let of = |column: usize| {
            let mut unknown = Unknown { column, ..Unknown::default() };
            let words = &self.table.words[column];
            self.values(column)
                .for_each(|word| unknown.add(words.reading(word as u32).tokens[0] == UNKNOWN));
            unknown
        };
        encoder.roles.words().map(of).collect()
    }

    /// The labels of the part that are no class of the model; none where numbers are predicted.
    pub fn unknown_labels(&self, encoder: &Encoder) -> Option<Unknown> {
        encoder.classes()?;
        let column = encoder.roles.targets[0];
        let rows = if encoder.roles.one_label { self.last_rows() } else { self.clone() };
        let mut unknown = Unknown { column, ..Unknown::default() };
        let words = &self.table.words[column];
        rows.values(column).for_each(|word| unknown.add(words.class(word as u32).is_none()));
        Some(unknown)
    }
}
