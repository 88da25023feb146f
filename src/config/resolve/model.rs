//! `model`.

use super::{Resolved, refuse};
use crate::config::raw;
use crate::config::types::{Cell, Head, ModelConfig, Nonlinearity, Topology};

pub(super) fn resolve(raw: &raw::Model) -> Resolved<ModelConfig> {
    let topology = match raw.topology {
        Some(raw::Topology::Single) => Topology::Single,
        Some(raw::Topology::Multi) => Topology::Multi,
        Some(raw::Topology::Bidirectional) => Topology::Bidirectional,
        None => {
            return refuse(
                "model.topology",
                "is missing; write \"single\", \"multi\" or \"bidirectional\"",
            );
        }
    };
    let layers = layers(topology, raw.num_layers.map(|layers| layers.size()))?;
    let dropout = raw.dropout().0;
    if dropout > 0.0 && layers == 1 {
        return refuse(
            "model.dropout",
            "acts between layers, but there is only one; write 0, or more layers",
        );
    }
    Ok(ModelConfig {
        topology,
        cell: cell(raw)?,
        hidden_size: raw.hidden_size().size(),
        layers,
        dropout,
        input_dropout: raw.input_dropout().0,
        head: match raw.head() {
            raw::Head::None => Head::None,
            raw::Head::Linear => Head::Linear,
        },
    })
}

fn layers(topology: Topology, written: Option<usize>) -> Resolved<usize> {
    match (topology, written) {
        (Topology::Single, Some(layers)) if layers > 1 => refuse(
            "model.num_layers",
            format!("{layers} layers contradict the topology \"single\"; write \"multi\""),
        ),
        (Topology::Multi, Some(1)) => refuse(
            "model.num_layers",
            "1 layer contradicts the topology \"multi\"; write \"single\", or 2 layers or more",
        ),
        (_, Some(layers)) => Ok(layers),
        (Topology::Multi, None) => Ok(2),
        (Topology::Single | Topology::Bidirectional, None) => Ok(1),
    }
}

/// A cell of which nothing else is said.
pub(super) fn plain_cell(cell: raw::Cell) -> Cell {
    match cell {
        raw::Cell::Rnn => Cell::Rnn(Nonlinearity::Tanh),
        raw::Cell::Lstm => Cell::Lstm,
        raw::Cell::Gru => Cell::Gru,
    }
}

fn cell(raw: &raw::Model) -> Resolved<Cell> {
    let cell = match raw.cell {
        Some(raw::Cell::Rnn) => Cell::Rnn(match raw.nonlinearity() {
            raw::Nonlinearity::Relu => Nonlinearity::Relu,
            raw::Nonlinearity::Tanh => Nonlinearity::Tanh,
        }),
        Some(cell) => plain_cell(cell),
        None => return refuse("model.cell", "is missing; write \"rnn\", \"lstm\" or \"gru\""),
    };
    match (cell, raw.nonlinearity) {
        (Cell::Lstm | Cell::Gru, Some(_)) => refuse(
            "model.nonlinearity",
            "belongs to the cell \"rnn\"; the gates of lstm and gru are fixed: take it out",
        ),
        _ => Ok(cell),
    }
}
