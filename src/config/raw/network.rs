//! `task` and `model` as they are written.

use crate::config::number::{BelowOne, Count, Whole};
use crate::config::section::section;
use crate::config::words::words;

section! {
    /// What is predicted.
    Task {
        /// The kind of prediction; required.
        r#type: TaskType,
        /// Rows ahead; of a forecast only. Default: 1.
        horizon: Count,
        /// Which timesteps of a sequence carry a loss. Default: "all".
        loss_steps: LossSteps,
        /// Whether a forecast is counted from the last known value of its target. Default: "last" for a
        /// forecast with a linear head, else "none".
        anchor: Anchor,
    }
}

words! {
    /// The kind of prediction.
    TaskType [later "tagging", "classification"] {
        /// The targets 1 to `horizon` rows later.
        Forecast = "forecast",
        /// The targets at the same row.
        Regression = "regression",
    }
}

words! {
    /// Which timesteps of a sequence carry a loss.
    LossSteps {
        /// All, summed.
        All = "all",
        /// The final one.
        Last = "last",
    }
}

words! {
    /// What a forecast is counted from.
    Anchor {
        /// The last known value of the target.
        Last = "last",
        /// Zero, in scaled units.
        None = "none",
    }
}

section! {
    /// The network.
    Model {
        /// How the recurrent layers stand; required.
        topology: Topology,
        /// The recurrent cell; required.
        cell: Cell,
        /// Of the cell "rnn" only. Default: "tanh".
        nonlinearity: Nonlinearity,
        /// Units per layer and direction. Default: 64.
        hidden_size: Count,
        /// Recurrent layers. Default: 1; 2 for the topology "multi".
        num_layers: Whole<1, 1_000_000>,
        /// Chance that an output between layers is dropped while training. Default: 0.
        dropout: BelowOne,
        /// What turns hidden states into outputs. Default: "linear".
        head: Head,
    }
}

words! {
    /// How the recurrent layers stand.
    Topology {
        /// One layer, forward in time.
        Single = "single",
        /// Several layers, forward in time.
        Multi = "multi",
        /// Two directions, any depth.
        Bidirectional = "bidirectional",
    }
}

words! {
    /// The recurrent cell.
    Cell {
        /// Elman network.
        Rnn = "rnn",
        /// Long short-term memory.
        Lstm = "lstm",
        /// Gated recurrent unit.
        Gru = "gru",
    }
}

words! {
    /// The squashing function of an Elman network.
    Nonlinearity {
        /// Hyperbolic tangent.
        Tanh = "tanh",
        /// max(0, x).
        Relu = "relu",
    }
}

words! {
    /// What turns hidden states into outputs.
    Head {
        /// A linear layer.
        Linear = "linear",
        /// Nothing: the hidden state is the output.
        None = "none",
    }
}
