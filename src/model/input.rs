//! What a network reads at a timestep: numbers, then the embeddings of words, then encodings of their spellings.

use crate::config::Cell;

/// The features of a timestep, side by side in this order.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct InputShape {
    /// Numbers, as they stand in the block.
    pub numbers: usize,
    /// Tables that a token picks a row of.
    pub embeddings: Vec<EmbeddingShape>,
    /// Encoders of spellings.
    pub characters: Vec<CharactersShape>,
}

/// A learned vector for each token of a vocabulary.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EmbeddingShape {
    /// Its tensor is `embedding.<name>.weight`, `[size, width]`.
    pub name: String,
    /// Tokens, the unknown one (0) among them.
    pub size: usize,
    /// Features of each.
    pub width: usize,
}

/// A bidirectional layer over the characters of a word; what it is read as are the final states of both directions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CharactersShape {
    /// Its tensors are `characters.<name>.weight_ih_l0` and so on.
    pub name: String,
    /// Characters, the unknown one (0) among them.
    pub alphabet: usize,
    /// Features of a character.
    pub embedding: usize,
    /// Units per direction.
    pub hidden: usize,
    /// The recurrent cell.
    pub cell: Cell,
}

impl InputShape {
    /// Numbers alone.
    pub fn numbers(numbers: usize) -> Self {
        Self { numbers, ..Self::default() }
    }

    /// Features per timestep (emb).
    pub fn features(&self) -> usize {
        let embeddings: usize = self.embeddings.iter().map(|e| e.width).sum();
        let characters: usize = self.characters.iter().map(CharactersShape::width).sum();
        self.numbers + embeddings + characters
    }

    /// Whether there is more than numbers.
    pub fn has_words(&self) -> bool {
        !(self.embeddings.is_empty() && self.characters.is_empty())
    }
}

impl CharactersShape {
    /// Features of a spelling.
    pub fn width(&self) -> usize {
        2 * self.hidden
    }
}
