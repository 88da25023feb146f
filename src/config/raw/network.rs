//! `task` and `model` as they are written.

use crate::config::number::{BelowOne, Count, Whole};
use crate::config::season::Season;
use crate::config::section::section;
use crate::config::types;
use crate::config::words::words;

section! {
    /// What is predicted.
    Task [required "type"] {
        /// The kind of prediction.
        r#type: TaskType,
        /// Rows ahead; of a forecast only.
        horizon: Count [eg 24] = Whole(1),
        /// Which timesteps of a sequence carry a loss. Default: "all"; "last" for a classification.
        loss_steps: LossSteps,
        /// What a forecast is counted from. Default: "last" for a forecast of numbers with a linear head, else
        /// "none".
        anchor: Anchor,
        /// Rows from one season to the next, for the seasonal naive forecast and MASE; "auto": as the train rows show,
        /// "none": there is none; of a forecast of numbers only.
        season: Season [eg 24, "none"] = Season(types::Season::Auto),
    }
}

words! {
    /// The kind of prediction.
    TaskType {
        /// The targets 1 to `horizon` rows later: numbers, or one category.
        Forecast = "forecast",
        /// Numbers at the same row.
        Regression = "regression",
        /// A category at the same row.
        Tagging = "tagging",
        /// One category per series.
        Classification = "classification",
    }
}

words! {
    /// Which timesteps of a sequence carry a loss.
    LossSteps {
        /// All; their losses are summed.
        All = "all",
        /// The final one alone.
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
    Model [required "topology", "cell"] {
        /// How the recurrent layers stand.
        topology: Topology,
        /// The recurrent cell.
        cell: Cell,
        /// The squashing function; of the cell "rnn" only.
        nonlinearity: Nonlinearity = Nonlinearity::Tanh,
        /// Units per layer and direction.
        hidden_size: Count [eg 32, 128] = Whole(64),
        /// Recurrent layers. Default: 1; 2 for the topology "multi".
        num_layers: Whole<1, 1_000_000> [eg 2],
        /// Chance that an output of any layer but the last is dropped while training.
        dropout: BelowOne [eg 0.1] = BelowOne(0.0),
        /// Chance that a number the first layer reads is dropped while training.
        input_dropout: BelowOne [eg 0.2] = BelowOne(0.0),
        /// What turns hidden states into outputs.
        head: Head = Head::Linear,
    }
}

words! {
    /// How the recurrent layers stand.
    Topology {
        /// One layer, forward in time.
        Single = "single",
        /// Two layers or more, forward in time.
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
        /// Nothing: the hidden state itself is the output (hidden_size x directions = targets x horizon).
        None = "none",
    }
}
