//! What a valid config says of a column.

use super::calendar::CalendarField;
use super::types::{Cell, ScaleKind};

/// A column in the role of input or target.
#[derive(Clone, Debug, PartialEq)]
pub struct Column {
    /// Header name.
    pub name: String,
    /// What its cells are.
    pub kind: ColumnKind,
}

impl Column {
    /// Its scaling; none where it holds words.
    pub fn scale(&self) -> Option<ScaleKind> {
        match self.kind {
            ColumnKind::Number { scale, .. } => Some(scale),
            ColumnKind::Words(_) | ColumnKind::Calendar { .. } => None,
        }
    }

    /// Since when its number is known; none where it holds none.
    pub fn known(&self) -> Option<Known> {
        match self.kind {
            ColumnKind::Number { known, .. } => Some(known),
            ColumnKind::Words(_) | ColumnKind::Calendar { .. } => None,
        }
    }

    /// What it tells of the time of a row, and whether of later rows, too.
    pub fn calendar(&self) -> Option<(CalendarField, bool)> {
        match self.kind {
            ColumnKind::Calendar { field, ahead } => Some((field, ahead)),
            ColumnKind::Number { .. } | ColumnKind::Words(_) => None,
        }
    }

    /// How its words are read; none where it holds numbers.
    pub fn words(&self) -> Option<&WordColumn> {
        match &self.kind {
            ColumnKind::Number { .. } | ColumnKind::Calendar { .. } => None,
            ColumnKind::Words(words) => Some(words),
        }
    }
}

/// What the cells of a column are.
#[derive(Clone, Debug, PartialEq)]
pub enum ColumnKind {
    /// Decimal numbers.
    Number {
        /// Its scaling.
        scale: ScaleKind,
        /// Since when they are known.
        known: Known,
    },
    /// Words: the text of a cell as it is.
    Words(WordColumn),
    /// No column of the file: what the calendar and the clock say at the row's time.
    Calendar {
        /// What they say.
        field: CalendarField,
        /// Whether of the rows that are forecast, too.
        ahead: bool,
    },
}

/// Since when the number of a row is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Known {
    /// Since the row's own time, as what is measured.
    Now,
    /// Before: a plan, a price list. A forecast reads those of the rows it forecasts, too.
    Ahead,
    /// Always: it is the same in all rows of a series.
    Static,
}

/// How the words of a column are read. Of a target that is no input, only that it holds words counts.
#[derive(Clone, Debug, PartialEq)]
pub struct WordColumn {
    /// Width of a word's embedding.
    pub embedding: usize,
    /// Fewer times in the train rows, and a word is read as unknown.
    pub min_count: u64,
    /// `a`: while training, a word that the train rows hold c times is read as unknown with chance a / (a + c).
    pub unknown: f64,
    /// What is read of the letters of a word; none of a category.
    pub text: Option<TextColumn>,
}

/// What is read of the letters of a word.
#[derive(Clone, Debug, PartialEq)]
pub struct TextColumn {
    /// Lengths of its beginnings, in characters.
    pub prefixes: Vec<usize>,
    /// Lengths of its ends, in characters.
    pub suffixes: Vec<usize>,
    /// Whether its letters are capitals.
    pub case: bool,
    /// Its outline: `Xxx-dd`.
    pub shape: bool,
    /// Width of the embedding of each of these.
    pub features: usize,
    /// The recurrent encoder over its characters.
    pub characters: Option<CharacterEncoder>,
}

impl TextColumn {
    /// Whether any of the embeddings of width `features` is asked for.
    pub fn has_features(&self) -> bool {
        !self.prefixes.is_empty() || !self.suffixes.is_empty() || self.case || self.shape
    }
}

/// A bidirectional recurrent layer over the characters of a word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CharacterEncoder {
    /// Width of a character's embedding.
    pub embedding: usize,
    /// Units per direction.
    pub hidden_size: usize,
    /// Its cell.
    pub cell: Cell,
}
