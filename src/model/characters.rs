//! Words by their spelling: a bidirectional layer over characters, whose final states are what a word is read as.
//!
//! It is a network of its own, which reads tokens (the characters) and has no head. Each distinct spelling of a block
//! goes through it once, the longest first, some at a time.

use std::cmp::Reverse;
use std::ops::Range;

use super::block::{BLOCK_ROWS, Block};
use super::input::{CharactersShape, EmbeddingShape, InputShape};
use super::network::{self, Architecture, Names, Network, Read};
use super::params::Layout;
use super::spellings::Spellings;
use super::weights::Weights;
use crate::config::Head;

#[derive(Clone, Debug)]
pub(super) struct Encoder {
    pub(super) network: Network,
    /// Where its encodings begin among the features.
    column: usize,
}

#[derive(Clone, Debug, Default)]
pub(super) struct Tape {
    groups: Vec<Group>,
    used: usize,           // groups of the last block
    places: Vec<usize>,    // of each spelling, the longest first
    encodings: Vec<f32>,   // [spellings, 2 * H], the longest first
    d_encodings: Vec<f32>, // dL/d encodings
}

/// Some spellings that go through the network together.
#[derive(Clone, Debug)]
pub(super) struct Group {
    spellings: Range<usize>,
    pub(super) block: Block,
    pub(super) tape: network::Tape,
}

/// Spellings of a group, and their characters: a long spelling takes few others along.
const MOST_SPELLINGS: usize = 4 * BLOCK_ROWS;
const MOST_CHARACTERS: usize = 2048;

impl Encoder {
    pub(super) fn new(shape: &CharactersShape, column: usize, layout: &mut Layout) -> Self {
        let prefix = format!("characters.{}.", shape.name);
        let names = Names { recurrent: &prefix, embedding: &prefix };
        Self { network: Network::within(shape.architecture(), names, layout), column }
    }

    fn width(&self) -> usize {
        self.network.architecture().outputs
    }

    /// Puts the encodings of the block's words into their columns of `x` `[T, B, features]`.
    pub(super) fn forward(
        &self,
        weights: &Weights,
        block: &Block,
        spellings: &Spellings,
        tape: &mut Tape,
        x: &mut [f32],
    ) {
        self.gather(spellings, tape);
        let width = self.width();
        for group in &mut tape.groups[..tape.used] {
            self.network.forward(weights, &group.block, None, &mut group.tape);
            tape.encodings[group.spellings.start * width..group.spellings.end * width]
                .copy_from_slice(group.tape.output());
        }
        let features = x.len() / (block.steps() * block.rows());
        block.each_place(0..block.rows(), |place| {
            let encoding = &tape.encodings[tape.places[spellings.at(place)] * width..][..width];
            x[place * features + self.column..][..width].copy_from_slice(encoding);
        });
    }

    /// Spellings into groups, the longest first.
    fn gather(&self, spellings: &Spellings, tape: &mut Tape) {
        let count = spellings.count();
        let mut order: Vec<usize> = (0..count).collect();
        order.sort_by_key(|&number| Reverse(spellings.length(number))); // stable
        tape.places.resize(count, 0);
        order.iter().enumerate().for_each(|(place, &number)| tape.places[number] = place);
        tape.encodings.resize(count * self.width(), 0.0);
        tape.d_encodings.resize(count * self.width(), 0.0);
        tape.used = 0;
        let mut first = 0;
        while first < count {
            let longest = spellings.length(order[first]);
            let last = count.min(first + CharactersShape::together(longest));
            if tape.used == tape.groups.len() {
                let (block, tape_of_group) = (Block::default(), self.network.tape());
                tape.groups.push(Group { spellings: 0..0, block, tape: tape_of_group });
            }
            let group = &mut tape.groups[tape.used];
            group.spellings = first..last;
            let own = &order[first..last];
            let lengths: Vec<usize> = own.iter().map(|&n| spellings.length(n)).collect();
            group.block.reset(&lengths, &self.network.architecture().input);
            for (row, &number) in own.iter().enumerate() {
                let characters = spellings.text(number).iter().enumerate();
                characters.for_each(|(t, &c)| group.block.set_token(0, t, row, c));
            }
            tape.used += 1;
            first = last;
        }
    }

    /// Walks back from dL/dx, `[T, B, features]`: the gradient of a spelling is the sum of those of its places.
    pub(super) fn backward(
        &self,
        weights: &Weights,
        block: &Block,
        spellings: &Spellings,
        tape: &mut Tape,
        dx: &[f32],
    ) {
        assert!(block.rows() <= BLOCK_ROWS, "no more sequences than are summed together");
        let (width, features) = (self.width(), dx.len() / (block.steps() * block.rows()));
        tape.d_encodings.fill(0.0);
        block.each_place(0..block.rows(), |place| {
            let sum = &mut tape.d_encodings[tape.places[spellings.at(place)] * width..][..width];
            let d = &dx[place * features + self.column..][..width];
            sum.iter_mut().zip(d).for_each(|(sum, d)| *sum += d);
        });
        for group in &mut tape.groups[..tape.used] {
            let own = group.spellings.start * width..group.spellings.end * width;
            let (_, dy) = group.tape.output_gradient();
            dy.copy_from_slice(&tape.d_encodings[own]);
            self.network.backward(weights, &group.block, &mut group.tape);
        }
    }
}

impl CharactersShape {
    /// How many spellings go through it together where the longest has so many characters.
    pub fn together(longest: usize) -> usize {
        (MOST_CHARACTERS / longest).clamp(1, MOST_SPELLINGS)
    }

    /// The network it is.
    pub(super) fn architecture(&self) -> Architecture {
        let characters =
            EmbeddingShape { name: "embedding".into(), size: self.alphabet, width: self.embedding };
        Architecture {
            cell: self.cell,
            directions: 2,
            layers: 1,
            input: InputShape { embeddings: vec![characters], ..InputShape::default() },
            hidden: self.hidden,
            outputs: self.width(),
            head: Head::None,
            read: Read::FinalState,
            dropout: 0.0,
            input_dropout: 0.0,
        }
    }
}

impl Tape {
    /// What went through the network for the last block.
    pub(super) fn groups(&self) -> &[Group] {
        &self.groups[..self.used]
    }

    /// What it holds, for the test of `size`.
    #[cfg(test)]
    pub(super) fn numbers(&self) -> usize {
        let of_group = |group: &Group| {
            let block = group.block.tokens(0).len();
            let outputs = 2 * group.tape.output().len();
            block + outputs + group.tape.numbers()
        };
        let groups: usize = self.groups.iter().map(of_group).sum();
        groups + self.encodings.len() + self.d_encodings.len()
    }
}
