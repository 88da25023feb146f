//! What the network reads of rows: numbers, tokens of words and of their letters, spellings.

use super::calendar;
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
        let mut shape = InputShape::numbers(self.numbers());
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

    /// Numbers read at each row.
    fn numbers(&self) -> usize {
        let of_calendar = |&(_, _, ahead): &(_, _, usize)| calendar::WIDTH * (ahead + 1);
        let of_file = self.roles.numbers().count() + self.roles.ahead.len() * self.ahead();
        let of_calendar: usize = self.roles.calendar.iter().map(of_calendar).sum();
        of_file + self.roles.were_empty.len() + of_calendar
    }

    /// Their names.
    pub fn number_names(&self) -> Vec<String> {
        let roles = &self.roles;
        let of_file = roles.numbers().flat_map(|place| {
            let (name, is_ahead) = (&roles.columns[place], roles.ahead.contains(&place));
            let later = 1..=if is_ahead { self.ahead() } else { 0 };
            std::iter::once(name.clone()).chain(later.map(move |step| format!("{name}+{step}")))
        });
        let were_empty = roles.were_empty.iter().map(|&(_, place)| roles.columns[place].clone());
        let calendar = roles.calendar.iter().flat_map(|&(place, _, ahead)| {
            let name = &roles.columns[place];
            (0..=ahead).flat_map(move |step| {
                let later = if step == 0 { String::new() } else { format!("+{step}") };
                ["sin", "cos"].map(|part| format!("{name}{later} ({part})"))
            })
        });
        of_file.chain(were_empty).chain(calendar).collect()
    }

    /// Writes a whole sequence into a row of a block: `rows` `[n, columns]`, and behind them those that are read
    /// ahead, as far as known. `words` are those the rows refer to; `forget`: take rare ones for unknown (while
    /// training).
    pub fn inputs(
        &self,
        (rows, ahead): (&[f64], &[f64]),
        scalers: &ScalerSet,
        words: &[Words],
        forget: Option<Forget>,
        (block, row): (&mut Block, usize),
    ) {
        let filled;
        let rows = match self.interpolates {
            false => rows,
            true => {
                filled = self.interpolated(rows);
                &filled
            }
        };
        self.write_numbers((rows, ahead), scalers, block, row);
        self.write_made(rows, block, row);
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

    /// The number inputs of a sequence, scaled; one without a value lies at the scaler's centre.
    fn write_numbers(
        &self,
        (rows, ahead): (&[f64], &[f64]),
        scalers: &ScalerSet,
        block: &mut Block,
        row: usize,
    ) {
        let columns = self.columns();
        let base = match self.relative_to {
            RelativeTo::None => None,
            RelativeTo::First => rows.chunks_exact(columns).next(),
            RelativeTo::Last => rows.chunks_exact(columns).next_back(),
        };
        let mut feature = 0;
        for (place, scaler) in self.roles.numbers().zip(&scalers.inputs) {
            let is_ahead = self.roles.ahead.contains(&place);
            // What is known early is a level, not a course that could be counted from one of its rows.
            let known = is_ahead || self.roles.fixed.contains(&place);
            let base =
                base.filter(|_| !known).map(|base| base[place]).filter(|base| !base.is_nan());
            let offset = base.unwrap_or(scaler.offset);
            let scaled = |value: f64| match value.is_nan() {
                true => 0.0,
                false => ((value - offset) / scaler.scale) as f32,
            };
            for (t, values) in rows.chunks_exact(columns).enumerate() {
                block.step_mut(t, row)[feature] = scaled(values[place]);
            }
            feature += 1;
            for step in 1..=if is_ahead { self.ahead() } else { 0 } {
                let later =
                    rows.chunks_exact(columns).chain(ahead.chunks_exact(columns)).skip(step);
                let later = later.map(|values| values[place]).chain(std::iter::repeat(f64::NAN));
                for (t, value) in later.take(rows.len() / columns).enumerate() {
                    block.step_mut(t, row)[feature] = scaled(value);
                }
                feature += 1;
            }
        }
    }

    /// What is made of cells and times: whether cells were empty, and what the calendar says.
    fn write_made(&self, rows: &[f64], block: &mut Block, row: usize) {
        let roles = &self.roles;
        let made = roles
            .calendar
            .iter()
            .flat_map(|&(first, _, ahead)| first..first + calendar::WIDTH * (ahead + 1));
        let places: Vec<usize> =
            roles.were_empty.iter().map(|&(_, place)| place).chain(made).collect();
        if places.is_empty() {
            return;
        }
        for (t, values) in rows.chunks_exact(self.columns()).enumerate() {
            let numbers = block.step_mut(t, row);
            let first = self.numbers() - places.len();
            for (feature, &place) in numbers[first..].iter_mut().zip(&places) {
                *feature = values[place] as f32;
            }
        }
    }

    /// The same rows, their number inputs on straight lines between those that are known.
    fn interpolated(&self, rows: &[f64]) -> Vec<f64> {
        let (columns, mut rows) = (self.columns(), rows.to_vec());
        let count = rows.len() / columns;
        for place in self.roles.numbers() {
            let known = |row: &usize| !rows[row * columns + place].is_nan();
            let known: Vec<usize> = (0..count).filter(known).collect();
            if known.len() == count {
                continue;
            }
            for row in 0..count {
                let next = known.partition_point(|&known| known < row);
                let value = |row: usize| rows[row * columns + place];
                let between = match (next.checked_sub(1).map(|k| known[k]), known.get(next)) {
                    (_, Some(&after)) if after == row => continue,
                    (Some(before), Some(&after)) => {
                        let share = (row - before) as f64 / (after - before) as f64;
                        value(before) + share * (value(after) - value(before))
                    }
                    (Some(nearest), None) => value(nearest),
                    (None, Some(&nearest)) => value(nearest),
                    (None, None) => continue,
                };
                rows[row * columns + place] = between;
            }
        }
        rows
    }

    /// Makes sure that a row can be scaled into 32-bit floats; names the column that cannot.
    pub fn check(&self, row: &[f64], scalers: &ScalerSet) -> Result<(), usize> {
        let scaled =
            |place: usize, scaler: &Scaler| ((row[place] - scaler.offset) / scaler.scale) as f32;
        let fits = |(place, scaler): (usize, &Scaler)| {
            // Half the range: differences of two such rows fit too.
            if row[place].is_nan() || (scaled(place, scaler) / 2.0).abs() < f32::MAX / 4.0 {
                Ok(())
            } else {
                Err(place)
            }
        };
        self.roles.numbers().zip(&scalers.inputs).try_for_each(fits)
    }
}
