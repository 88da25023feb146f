//! What the network reads of rows: numbers, tokens of words and of their letters, spellings.

use super::encoder::Encoder;
use super::forget::Forget;
use super::letters::features;
use super::scale::{Scaler, ScalerSet};
use super::vocabulary::{Lexicon, UNKNOWN};
use super::words::Words;
use crate::config::RelativeTo;
use crate::model::{Block, CharactersShape, EmbeddingShape, InputShape};

impl Encoder {
    /// What the network reads at each row: the number inputs, then of each word input the embeddings, then of each
    /// the encoder of its characters.
    pub fn input_shape(&self) -> InputShape {
        let mut shape = InputShape::numbers(self.roles.numbers().count());
        for (vocabulary, column) in self.vocabularies.inputs.iter().zip(&self.columns) {
            let name = &vocabulary.column;
            let embedding = |name: String, lexicon: &Lexicon, width| EmbeddingShape {
                name,
                size: lexicon.size(),
                width,
            };
            shape.embeddings.push(embedding(name.clone(), &vocabulary.words, column.embedding));
            let width = column.text.as_ref().map_or(0, |text| text.features);
            for (feature, lexicon) in features(column).iter().zip(&vocabulary.features) {
                let name = format!("{name}.{}", feature.name());
                shape.embeddings.push(embedding(name, lexicon, width));
            }
            let characters = column.text.as_ref().and_then(|text| text.characters);
            let spelled = characters.zip(vocabulary.alphabet.as_ref());
            shape.characters.extend(spelled.map(|(encoder, alphabet)| CharactersShape {
                name: name.clone(),
                alphabet: alphabet.size(),
                embedding: encoder.embedding,
                hidden: encoder.hidden_size,
                cell: encoder.cell,
            }));
        }
        shape
    }

    /// Writes a whole sequence, `rows` `[n, columns]`, into a row of a block. `words` are those the rows refer to;
    /// `forget`: take rare ones for unknown (while training).
    pub fn inputs(
        &self,
        rows: &[f64],
        scalers: &ScalerSet,
        words: &[Words],
        forget: Option<Forget>,
        (block, row): (&mut Block, usize),
    ) {
        self.write_numbers(rows, scalers, block, row);
        let columns = self.columns();
        let (mut first, mut spelled) = (0, 0);
        let inputs = self.roles.words().zip(self.vocabularies.inputs.iter().zip(&self.columns));
        for (input, (place, (vocabulary, column))) in inputs.enumerate() {
            let words = &words[place];
            for (t, values) in rows.chunks_exact(columns).enumerate() {
                let reading = words.reading(values[place] as u32);
                for (k, &token) in reading.tokens.iter().enumerate() {
                    block.set_token(first + k, t, row, token);
                }
                let chance = |count: u64| column.unknown / (column.unknown + count as f64);
                let token = reading.tokens[0];
                if let Some(forget) = forget
                    && token != UNKNOWN
                    && forget.takes(input, t, chance(vocabulary.words.count(token)))
                {
                    block.set_token(first, t, row, UNKNOWN);
                }
                if vocabulary.alphabet.is_some() {
                    block.set_characters(spelled, t, row, &reading.characters);
                }
            }
            first += 1 + vocabulary.features.len();
            spelled += usize::from(vocabulary.alphabet.is_some());
        }
    }

    /// The number inputs of a sequence, scaled.
    fn write_numbers(&self, rows: &[f64], scalers: &ScalerSet, block: &mut Block, row: usize) {
        let columns = self.columns();
        let base = match self.relative_to {
            RelativeTo::None => None,
            RelativeTo::First => rows.chunks_exact(columns).next(),
            RelativeTo::Last => rows.chunks_exact(columns).next_back(),
        };
        for (feature, place) in self.roles.numbers().enumerate() {
            let scaler = scalers.inputs[feature];
            let offset = base.map_or(scaler.offset, |base| base[place]);
            for (t, values) in rows.chunks_exact(columns).enumerate() {
                let value = (values[place] - offset) / scaler.scale;
                block.step_mut(t, row)[feature] = value as f32;
            }
        }
    }

    /// Makes sure that a row can be scaled into 32-bit floats; names the column that cannot.
    pub fn check(&self, row: &[f64], scalers: &ScalerSet) -> Result<(), usize> {
        let scaled =
            |place: usize, scaler: &Scaler| ((row[place] - scaler.offset) / scaler.scale) as f32;
        let fits = |(place, scaler): (usize, &Scaler)| {
            // Half the range: differences of two such rows fit too.
            if (scaled(place, scaler) / 2.0).abs() < f32::MAX / 4.0 { Ok(()) } else { Err(place) }
        };
        self.roles.numbers().zip(&scalers.inputs).try_for_each(fits)
    }
}
