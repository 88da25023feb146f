//! `model`: the network.

/// `model`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ModelConfig {
    /// As written; `layers` and `bidirectional` say the same in numbers.
    pub topology: Topology,
    /// The recurrent cell.
    pub cell: Cell,
    /// Units per layer and direction.
    pub hidden_size: usize,
    /// Recurrent layers.
    pub layers: usize,
    /// Chance that an output between layers is dropped while training.
    pub dropout: f64,
    /// Chance that a number the first layer reads is dropped while training.
    pub input_dropout: f64,
    /// What turns hidden states into outputs.
    pub head: Head,
}

impl ModelConfig {
    /// Directions per layer: 1 or 2.
    pub fn directions(&self) -> usize {
        if self.topology == Topology::Bidirectional { 2 } else { 1 }
    }
}

/// `model.topology`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Topology {
    /// One layer, forward.
    Single,
    /// Several layers, forward.
    Multi,
    /// Two directions, any depth.
    Bidirectional,
}

/// `model.cell`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Cell {
    /// Elman network.
    Rnn(Nonlinearity),
    /// Long short-term memory.
    Lstm,
    /// Gated recurrent unit.
    Gru,
}

/// `model.nonlinearity`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Nonlinearity {
    /// Hyperbolic tangent.
    Tanh,
    /// max(0, x).
    Relu,
}

/// `model.head`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Head {
    /// `head.weight h + head.bias`.
    Linear,
    /// The hidden state is the output.
    None,
}
