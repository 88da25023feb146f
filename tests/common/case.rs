//! A network of the library and a ragged block for it, both random, and the same as the twin sees them.

use rnn::config::{Cell, Head, Nonlinearity};
use rnn::model::{
    Architecture, Block, CharactersShape, DropoutKey, EmbeddingShape, InputShape, Network, Read,
    State, Tape, Tensors, Weights,
};

use super::twin::{Sequence, Twin, TwinCell, TwinEncoder, TwinInput, TwinState};
use super::{Rng, wide};

/// Every cell.
pub const CELLS: [Cell; 4] =
    [Cell::Rnn(Nonlinearity::Tanh), Cell::Rnn(Nonlinearity::Relu), Cell::Lstm, Cell::Gru];

/// A small network.
pub fn small(cell: Cell, layers: usize, directions: usize) -> Architecture {
    Architecture {
        cell,
        directions,
        layers,
        input: InputShape::numbers(3),
        hidden: 5,
        outputs: 2,
        head: Head::Linear,
        read: Read::EveryStep,
        dropout: 0.0,
        input_dropout: 0.0,
    }
}

/// Numbers, and words read through so many tables and layers over characters.
pub fn words(numbers: usize, embeddings: usize, characters: usize) -> InputShape {
    let embedding = |k: usize| EmbeddingShape { name: format!("e{k}"), size: 7 + k, width: 3 + k };
    let encoder = |k: usize| CharactersShape {
        name: format!("c{k}"),
        alphabet: 4 + k,
        embedding: 2 + k,
        hidden: 3 + k,
        cell: CELLS[(2 + k) % 4],
    };
    InputShape {
        numbers,
        embeddings: (0..embeddings).map(embedding).collect(),
        characters: (0..characters).map(encoder).collect(),
    }
}

/// One step's words as a network reads them.
#[derive(Clone, Debug, Default)]
pub struct Words {
    /// A row of each embedding.
    pub tokens: Vec<usize>,
    /// Characters for each encoder.
    pub spellings: Vec<Vec<usize>>,
}

impl Words {
    /// Random ones; spellings are few, so that they come again.
    fn random(shape: &InputShape, rng: &mut Rng) -> Self {
        let tokens = shape.embeddings.iter().map(|e| rng.below(e.size)).collect();
        let spelling = |c: &CharactersShape| {
            let mut own = Rng(rng.below(9) as u64);
            (0..1 + own.below(6)).map(|_| own.below(c.alphabet)).collect()
        };
        Self { tokens, spellings: shape.characters.iter().map(spelling).collect() }
    }

    /// Puts them into a block.
    pub fn put(&self, block: &mut Block, t: usize, row: usize) {
        for (k, &token) in self.tokens.iter().enumerate() {
            block.set_token(k, t, row, token as u32);
        }
        for (k, spelling) in self.spellings.iter().enumerate() {
            let characters: Vec<u32> = spelling.iter().map(|&c| c as u32).collect();
            block.set_characters(k, t, row, &characters);
        }
    }
}

/// A network, its parameters and a block of sequences.
pub struct Case {
    /// The network.
    pub network: Network,
    /// Its parameters.
    pub params: Tensors,
    /// The sequences, longest first.
    pub block: Block,
    /// Their words, `[row][t]`.
    pub words: Vec<Vec<Words>>,
    /// dL/dy at every real output, 0 at padding: `[S, B, outputs]`.
    pub weights: Vec<f32>,
}

/// What a pass leaves behind.
#[derive(Debug, PartialEq)]
pub struct Pass {
    /// `[S, B, outputs]`; at padding what the head makes of 0.
    pub y: Vec<f32>,
    /// `[T, B, directions x hidden]`, 0 at padding.
    pub hidden: Vec<f32>,
    /// Where the rows ended.
    pub state: State,
    /// dL/d(parameters), L the weighted sum of the outputs.
    pub gradients: Tensors,
}

impl Case {
    /// Random parameters and inputs; `lengths` longest first.
    pub fn new(architecture: Architecture, lengths: &[usize], rng: &mut Rng) -> Self {
        let network = Network::new(architecture.clone());
        let mut params = Tensors::zeros(network.layout());
        // About the size of a trained network's, so that gates leave their linear part.
        let bound = 1.5 / (architecture.hidden as f32).sqrt();
        params.as_mut_slice().iter_mut().for_each(|p| *p = bound * rng.uniform());

        let mut block = Block::default();
        block.reset(lengths, &architecture.input);
        let mut words = vec![Vec::new(); lengths.len()];
        for (row, &length) in lengths.iter().enumerate() {
            for t in 0..length {
                words[row].push(Words::random(&architecture.input, rng));
                words[row][t].put(&mut block, t, row);
                block.step_mut(t, row).copy_from_slice(&rng.uniforms(architecture.input.numbers));
            }
        }
        let steps = if architecture.read == Read::FinalState { 1 } else { block.steps() };
        let weights = rng.uniforms(steps * lengths.len() * architecture.outputs);
        let mut case = Self { network, params, block, words, weights };
        let weights = std::mem::take(&mut case.weights);
        case.weights = case.without_padding(&weights, architecture.outputs);
        case
    }

    /// The same, starting from random states.
    pub fn with_initial_state(mut self, rng: &mut Rng) -> Self {
        let mut state = self.network.zero_state(self.block.rows());
        state.h.iter_mut().chain(&mut state.c).for_each(|x| *x = 0.8 * rng.uniform());
        self.block.initial = Some(state);
        self
    }

    /// `[S, B, width]` with 0 at padding.
    pub fn without_padding(&self, values: &[f32], width: usize) -> Vec<f32> {
        let rows = self.block.rows();
        let mut values = values.to_vec();
        for (at, values) in values.chunks_exact_mut(width).enumerate() {
            if at / rows >= self.block.lengths()[at % rows] {
                values.fill(0.0);
            }
        }
        values
    }

    /// Forward and backward; gradients start from zero.
    pub fn pass(&self, dropout: Option<DropoutKey>, tape: &mut Tape) -> Pass {
        let (network, block) = (&self.network, &self.block);
        let weights = Weights::new(network, &self.params);
        network.forward(&weights, block, dropout, tape);
        let (y, hidden) = (tape.output().to_vec(), tape.hidden().to_vec());
        let mut state = network.zero_state(block.rows());
        network.final_state(block, tape, &mut state);
        let (_, dy) = tape.output_gradient();
        dy.copy_from_slice(&self.weights);
        network.backward(&weights, block, tape);
        Pass { y, hidden, state, gradients: gradients(network, block, tape) }
    }

    /// The network as the twin sees it.
    pub fn twin(&self) -> Twin {
        let a = self.network.architecture();
        let cell = |cell: Cell| match cell {
            Cell::Rnn(Nonlinearity::Tanh) => TwinCell::Tanh,
            Cell::Rnn(Nonlinearity::Relu) => TwinCell::Relu,
            Cell::Lstm => TwinCell::Lstm,
            Cell::Gru => TwinCell::Gru,
        };
        let encoder = |c: &CharactersShape| TwinEncoder {
            name: c.name.clone(),
            embedding: c.embedding,
            cell: cell(c.cell),
            hidden: c.hidden,
        };
        let entries = self.network.layout().entries();
        let tensor = |name: &str| wide(self.params.named(name).expect("a tensor of the layout"));
        let parameters = entries.iter().map(|e| (e.name.clone(), tensor(&e.name))).collect();
        Twin {
            cell: cell(a.cell),
            layers: a.layers,
            directions: a.directions,
            hidden: a.hidden,
            last: a.read == Read::FinalState,
            parameters,
            embeddings: a.input.embeddings.iter().map(|e| (e.name.clone(), e.width)).collect(),
            encoders: a.input.characters.iter().map(encoder).collect(),
        }
    }

    /// The sequences as the twin sees them.
    pub fn twin_inputs(&self) -> Vec<TwinInput> {
        let (numbers, rows) = (self.block.numbers(), self.block.rows());
        let inputs = match numbers {
            0 => self.block.lengths().iter().map(|&length| vec![Vec::new(); length]).collect(),
            _ => self.sequences(self.block.inputs(), numbers),
        };
        let initial = |row: usize| match &self.block.initial {
            None => Vec::new(),
            Some(state) => states_of(state, row, rows, self.network.architecture().hidden),
        };
        let inputs = inputs.into_iter().enumerate();
        inputs
            .map(|(row, inputs)| TwinInput {
                inputs,
                tokens: self.words[row].iter().map(|words| words.tokens.clone()).collect(),
                spellings: self.words[row].iter().map(|words| words.spellings.clone()).collect(),
                initial: initial(row),
                ..TwinInput::default()
            })
            .collect()
    }

    /// `[S, B, width]` as one sequence per row, without padding.
    pub fn sequences(&self, values: &[f32], width: usize) -> Vec<Sequence> {
        let rows = self.block.rows();
        let steps = values.len() / (rows * width);
        let step = |t: usize, row: usize| wide(&values[(t * rows + row) * width..][..width]);
        let sequence = |(row, &length): (usize, &usize)| {
            (0..length.min(steps)).map(|t| step(t, row)).collect()
        };
        self.block.lengths().iter().enumerate().map(sequence).collect()
    }
}

/// The whole gradient of the pass that the tape has just seen.
pub fn gradients(network: &Network, block: &Block, tape: &Tape) -> Tensors {
    let mut gradients = Tensors::zeros(network.layout());
    for part in network.gradient_parts() {
        let share = &mut gradients.as_mut_slice()[part.range.clone()];
        network.add_gradient(&part, block, tape, share);
    }
    gradients
}

/// One row of a state of `rows` rows, layer by layer and direction by direction.
pub fn states_of(state: &State, row: usize, rows: usize, hidden: usize) -> Vec<TwinState> {
    let row_of = |chunk: &[f32]| wide(&chunk[row * hidden..][..hidden]);
    let h: Vec<_> = state.h.chunks_exact(rows * hidden).map(row_of).collect();
    let mut c: Vec<_> = state.c.chunks_exact(rows * hidden).map(row_of).collect();
    c.resize(h.len(), vec![0.0; hidden]);
    h.into_iter().zip(c).map(|(h, c)| TwinState { h, c }).collect()
}

/// All numbers of some sequences, one behind the other.
pub fn flat(sequences: &[Sequence]) -> Vec<f64> {
    sequences.iter().flatten().flatten().copied().collect()
}

/// A case in words.
pub fn named(a: &Architecture, lengths: &[usize]) -> String {
    format!(
        "{:?}, {} layers, {} directions, {:?}, {} numbers, {} embeddings, {} spellings, {lengths:?}",
        a.cell,
        a.layers,
        a.directions,
        a.read,
        a.input.numbers,
        a.input.embeddings.len(),
        a.input.characters.len()
    )
}
