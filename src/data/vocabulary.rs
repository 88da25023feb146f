//! The words a model knows, counted on train rows only and kept in the model.

use std::collections::{BTreeMap, HashMap};

use serde::{Deserialize, Serialize};

use super::dataset::PartRows;
use super::letters::{Feature, features};
use super::words::{Reading, Words};
use crate::config::{ClassWeights, WordColumn};

/// Index 0 of everything that is looked up: what is not known.
pub const UNKNOWN: u32 = 0;

/// Texts with an index each: the distinct ones, sorted by their UTF-8 bytes, from 1 on; 0 is unknown.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "StoredLexicon", into = "StoredLexicon")]
pub struct Lexicon {
    entries: Vec<String>,
    counts: Vec<u64>,
    by_text: HashMap<String, u32>,
}

#[derive(Serialize, Deserialize)]
struct StoredLexicon {
    entries: Vec<String>,
    counts: Vec<u64>,
}

impl From<StoredLexicon> for Lexicon {
    fn from(stored: StoredLexicon) -> Self {
        Self::new(stored.entries.into_iter().zip(stored.counts))
    }
}

impl From<Lexicon> for StoredLexicon {
    fn from(lexicon: Lexicon) -> Self {
        Self { entries: lexicon.entries, counts: lexicon.counts }
    }
}

impl Lexicon {
    /// Of texts in order, with their counts.
    fn new(counted: impl Iterator<Item = (String, u64)>) -> Self {
        let (entries, counts): (Vec<_>, Vec<_>) = counted.unzip();
        let numbered = entries.iter().cloned().zip(1..);
        Self { by_text: numbered.collect(), entries, counts }
    }

    /// Of those that occur at least so often.
    fn of(counts: BTreeMap<String, u64>, least: u64) -> Self {
        Self::new(counts.into_iter().filter(|(_, count)| *count >= least))
    }

    /// Indices, with the one for unknown.
    pub fn size(&self) -> usize {
        self.entries.len() + 1
    }

    /// The index of a text.
    pub fn index(&self, text: &str) -> u32 {
        self.by_text.get(text).copied().unwrap_or(UNKNOWN)
    }

    /// How often the train rows hold the text of this index; 0 of the unknown one.
    pub fn count(&self, index: u32) -> u64 {
        if index == UNKNOWN { 0 } else { self.counts[index as usize - 1] }
    }

    /// The texts, by index from 1 on.
    pub fn entries(&self) -> &[String] {
        &self.entries
    }
}

/// What a model knows of the words of one input column.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Vocabulary {
    /// Header name of the column.
    pub column: String,
    /// The words.
    pub words: Lexicon,
    /// Of each feature the values that several words share.
    pub features: Vec<Lexicon>,
    /// Characters that several words share; none without a character encoder.
    pub alphabet: Option<Lexicon>,
}

/// A feature or a character that only one word has tells no more than the word; read as unknown, it teaches
/// what to do with unknown ones.
const SHARED: u64 = 2;

impl Vocabulary {
    /// Fitted on the train rows.
    pub(super) fn fit(column: &str, read_as: &WordColumn, train: &PartRows, place: usize) -> Self {
        let counts = counts(train, place);
        let kinds = features(read_as);
        let shared = |of: &dyn Fn(&str) -> Vec<String>| {
            let mut words = BTreeMap::new();
            for text in counts.keys() {
                let mut values = of(text);
                values.sort_unstable();
                values.dedup();
                values.into_iter().for_each(|value| *words.entry(value).or_default() += 1);
            }
            Lexicon::of(words, SHARED)
        };
        let features = kinds.iter().map(|kind| shared(&|text| vec![kind.of(text)])).collect();
        let spelled = read_as.text.as_ref().is_some_and(|text| text.characters.is_some());
        let alphabet = spelled.then(|| shared(&|text| text.chars().map(String::from).collect()));
        let words = Lexicon::of(counts, read_as.min_count);
        Self { column: column.to_owned(), words, features, alphabet }
    }

    /// What the network reads of a word.
    fn reading(&self, kinds: &[Feature], text: &str) -> Reading {
        let features = kinds.iter().zip(&self.features);
        let features = features.map(|(kind, lexicon)| lexicon.index(&kind.of(text)));
        let tokens = std::iter::once(self.words.index(text)).chain(features).collect();
        let character = |alphabet: &Lexicon, c: char| alphabet.index(c.encode_utf8(&mut [0; 4]));
        let spell = |alphabet| text.chars().map(|c| character(alphabet, c)).collect();
        Reading { tokens, characters: self.alphabet.as_ref().map(spell).unwrap_or_default() }
    }

    /// Reads the words that are new.
    pub(super) fn read(&self, read_as: &WordColumn, words: &mut Words) {
        let kinds = features(read_as);
        for word in words.readings.len()..words.len() {
            words.readings.push(self.reading(&kinds, words.text(word as u32)));
        }
    }
}

/// The labels of a category target: the distinct ones of the train rows, sorted by their UTF-8 bytes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Classes {
    /// The labels, by class.
    pub labels: Vec<String>,
    /// Train rows of each class; of a classification train series.
    pub counts: Vec<u64>,
}

impl Classes {
    /// How many there are.
    pub fn len(&self) -> usize {
        self.labels.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.labels.is_empty()
    }

    /// The class of a label.
    pub fn index(&self, label: &str) -> Option<u32> {
        self.labels.binary_search_by(|known| known.as_str().cmp(label)).ok().map(|k| k as u32)
    }

    /// What the loss of each is multiplied by.
    pub(super) fn weights(&self, weights: &ClassWeights) -> Vec<f32> {
        let rows: u64 = self.counts.iter().sum();
        let of_class = |(label, &count): (&String, &u64)| match weights {
            ClassWeights::None => 1.0,
            ClassWeights::Balanced => rows as f64 / (self.len() as f64 * count as f64),
            ClassWeights::Given(weights) => {
                weights.iter().find(|(known, _)| known == label).map_or(1.0, |(_, weight)| *weight)
            }
        };
        self.labels.iter().zip(&self.counts).map(|pair| of_class(pair) as f32).collect()
    }

    /// Looks up the words that are new.
    pub(super) fn read(&self, words: &mut Words) {
        for word in words.classes.len()..words.len() {
            words.classes.push(self.index(words.text(word as u32)));
        }
    }
}

/// How often each text stands in a column of a part.
pub(super) fn counts(part: &PartRows, column: usize) -> BTreeMap<String, u64> {
    let words = &part.table.words[column];
    let mut counts = vec![0u64; words.len()];
    part.values(column).for_each(|word| counts[word as usize] += 1);
    let texts = words.texts().map(str::to_owned);
    texts.zip(counts).filter(|(_, count)| *count > 0).collect()
}
