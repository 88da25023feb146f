//! How many numbers a network's buffers hold, counted without making them: for estimates of memory. What is counted
//! here is made in `Tape`, `Weights` and `Block`; the test holds them together.

use super::cell;
use super::input::{CharactersShape, InputShape};
use super::network::{Architecture, Read};
use crate::config::{Cell, Head};
use crate::kernel::Packed;

/// The shape of a block, as far as it takes room.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct BlockSize {
    /// Timesteps of its longest sequence.
    pub steps: u128,
    /// Sequences.
    pub rows: u128,
    /// Distinct spellings, where spellings are read.
    pub spellings: u128,
    /// Their characters, the shorter ones filled up to the longest of those that go together.
    pub characters: u128,
}

/// One recurrence: cell, units, features it reads.
#[derive(Clone, Copy)]
struct Unrolled {
    cell: Cell,
    hidden: u128,
    input: u128,
}

impl Unrolled {
    fn width(self) -> u128 {
        cell::gates(self.cell) as u128 * self.hidden
    }

    fn parameters(self) -> u128 {
        self.width() * (self.input + self.hidden + 2)
    }

    fn packed(self, input_back: bool, hidden_back: bool) -> u128 {
        let affine = |inputs: u128, back: bool| {
            let back = if back { packed(self.width(), inputs) } else { 0 };
            packed(inputs, self.width()) + self.width() + back
        };
        affine(self.input, input_back) + affine(self.hidden, hidden_back)
    }

    /// States, what the cell keeps, gates and gradients.
    fn tape(self, steps: u128, rows: u128) -> u128 {
        let state = if cell::has_cell_state(self.cell) { 2 } else { 1 } * self.hidden;
        let kept = cell::saved(self.cell) as u128 * self.hidden;
        let separate = if cell::separate_h_grad(self.cell) { self.width() } else { 0 };
        rows * ((steps + 1) * state
            + steps * (kept + self.width() + separate)
            + self.width()
            + state)
    }
}

/// A matrix of `k` rows and `n` columns in panels.
fn packed(k: u128, n: u128) -> u128 {
    k * n.next_multiple_of(Packed::PANEL as u128)
}

impl Architecture {
    /// Recurrences of a layer: how many, and each of them.
    fn of_layer(&self, layer: usize) -> (u128, Unrolled) {
        let input = if layer == 0 { self.input.features() } else { self.width() } as u128;
        let directions = self.directions as u128;
        (directions, Unrolled { cell: self.cell, hidden: self.hidden as u128, input })
    }

    fn width(&self) -> usize {
        self.directions * self.hidden
    }

    /// All but the first layer are alike, and may be very many.
    fn over_layers(&self, of: impl Fn(usize, u128, Unrolled) -> u128) -> u128 {
        let each = |layer| {
            let (directions, unrolled) = self.of_layer(layer);
            of(layer, directions, unrolled)
        };
        let rest = (self.layers as u128).saturating_sub(1);
        each(0) + if rest > 0 { rest * each(1) } else { 0 }
    }

    /// Parameters.
    pub fn parameters(&self) -> u128 {
        let tables = self.input.embeddings.iter().map(|e| e.size as u128 * e.width as u128);
        let encoders = self.input.characters.iter().map(|c| c.network().parameters());
        let head = match self.head {
            Head::Linear => self.outputs as u128 * (self.width() as u128 + 1),
            Head::None => 0,
        };
        let layers = self.over_layers(|_, directions, r| directions * r.parameters());
        layers + head + tables.sum::<u128>() + encoders.sum::<u128>()
    }

    /// Numbers of its weights in panels, for passes forward or there and back.
    pub fn packed(&self, backward: bool) -> u128 {
        let learned = self.input.has_words();
        let layers = self.over_layers(|layer, directions, r| {
            directions * r.packed(backward && (layer > 0 || learned), backward)
        });
        let (width, outputs) = (self.width() as u128, self.outputs as u128);
        let head = match self.head {
            Head::Linear => {
                packed(width, outputs) + outputs + if backward { packed(outputs, width) } else { 0 }
            }
            Head::None => 0,
        };
        let tables = self.input.embeddings.iter().map(|e| e.size as u128 * e.width as u128);
        let encoders = self.input.characters.iter().map(|c| c.network().packed(backward));
        layers + head + tables.sum::<u128>() + encoders.sum::<u128>()
    }

    /// Numbers that a pass over a block keeps, without outputs; `training` draws dropout.
    pub fn tape(&self, block: BlockSize, training: bool) -> u128 {
        let BlockSize { steps, rows, spellings, characters } = block;
        let (places, width) = (steps * rows, self.width() as u128);
        let between = training && self.dropout > 0.0;
        let layers = self.over_layers(|_, directions, r| {
            directions * r.tape(steps, rows) + (2 + u128::from(between)) * places * width
        });
        let masks = if between { places * width } else { 0 }; // not above the last layer
        let read = match self.read {
            Read::FinalState => 2 * rows * width,
            Read::EveryStep => 0,
        };
        let encoders = self.input.characters.iter().map(|c| {
            let rows = spellings.min(1); // of none nothing is kept
            let block = BlockSize { steps: characters, rows, ..BlockSize::default() };
            2 * spellings * c.width() as u128
                + c.network().tape(block, training)
                + c.network().input.block(block)
                + 4 * spellings * c.width() as u128 // final states and outputs, and their gradients
        });
        layers - masks + read + self.features(places, training) + encoders.sum::<u128>()
    }

    /// Numbers of the first layer's input and its gradient.
    fn features(&self, places: u128, training: bool) -> u128 {
        let learned = self.input.has_words();
        let dropped = training && self.input_dropout > 0.0;
        let copies = u128::from(learned || dropped) + u128::from(learned) + u128::from(dropped);
        copies * places * self.input.features() as u128
    }
}

impl InputShape {
    /// Numbers and tokens of a block.
    pub fn block(&self, block: BlockSize) -> u128 {
        let each = self.numbers + self.embeddings.len() + self.characters.len();
        block.steps * block.rows * each as u128
    }
}

impl CharactersShape {
    /// The network it is, as far as it takes room.
    fn network(&self) -> Architecture {
        self.architecture()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{
        Block, DropoutKey, EmbeddingShape, Network, Tensors, Weights, initial_params,
    };

    fn architectures() -> Vec<Architecture> {
        let embedding = |name: &str, width| EmbeddingShape { name: name.into(), size: 9, width };
        let characters = CharactersShape {
            name: "c".into(),
            alphabet: 11,
            embedding: 3,
            hidden: 5,
            cell: Cell::Gru,
        };
        let words = InputShape {
            numbers: 2,
            embeddings: vec![embedding("a", 4), embedding("b", 7)],
            characters: vec![characters],
        };
        let mut all = Vec::new();
        for (cell, directions, layers) in [(Cell::Lstm, 2, 3), (Cell::Gru, 1, 1), (Cell::Gru, 2, 2)]
        {
            for input in [InputShape::numbers(3), words.clone()] {
                for head in [Head::Linear, Head::None] {
                    let outputs = if head == Head::None { directions * 18 } else { 21 };
                    all.push(Architecture {
                        cell,
                        directions,
                        layers,
                        input: input.clone(),
                        hidden: 18,
                        outputs,
                        head,
                        read: if layers == 1 { Read::FinalState } else { Read::EveryStep },
                        dropout: if layers == 3 { 0.1 } else { 0.0 },
                        input_dropout: if layers == 2 { 0.1 } else { 0.0 },
                    });
                }
            }
        }
        all
    }

    #[test]
    fn sizes_are_those_of_what_is_made() {
        for a in architectures() {
            let network = Network::new(a.clone());
            assert_eq!(a.parameters(), network.layout().len() as u128, "{a:?}");
            let params: Tensors = initial_params(&network, 1);
            let weights = Weights::new(&network, &params);
            assert_eq!(a.packed(true), weights.numbers() as u128, "{a:?}");
            let forward = Weights::for_prediction(&network, &params);
            assert_eq!(a.packed(false), forward.numbers() as u128, "{a:?}");
            let mut block = Block::default();
            block.reset(&[6, 6, 6, 6], &a.input);
            let spelled = !a.input.characters.is_empty();
            for place in 0..24 {
                // Two spellings of four characters.
                if spelled {
                    block.set_characters(
                        0,
                        place / 4,
                        place % 4,
                        &[1, 2, 3, 4 + (place % 2) as u32],
                    );
                }
            }
            let mut tape = network.tape();
            network.forward_states(
                &weights,
                &block,
                Some(DropoutKey { seed: 1, step: 1 }),
                &mut tape,
            );
            let size = BlockSize { steps: 6, rows: 4, spellings: 2, characters: 8 };
            let made = tape.numbers() as u128;
            if spelled {
                // Some rows of a spelling's network are counted as one.
                let counted = a.tape(size, true);
                assert!(counted.abs_diff(made) * 20 < made, "{counted} {made} {a:?}");
            } else {
                assert_eq!(a.tape(size, true), made, "{a:?}");
            }
            assert!(a.input.block(size) >= 24 * a.input.numbers as u128);
        }
    }
}
