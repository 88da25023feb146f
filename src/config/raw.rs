//! The config as it is written: every key optional, ranges and words checked, nothing filled in. The
//! doc comments are the descriptions of the JSON Schema.

use super::number::{
    BelowOne, Count, CountOrZero, Factor, NotNegative, Positive, Seed, Shrinking, Whole,
};
use super::part::Part;
use super::section::section;
use super::strings::Strings;
use super::words::words;

section! {
    /// A training config of rnn-train. Paths in it are relative to this file.
    Config [ignored "$schema"] {
        /// Where rows come from and how they become sequences.
        data: Data,
        /// What is predicted.
        task: Task,
        /// The network.
        model: Model,
        /// How it is fitted.
        training: Training,
        /// Where the run goes.
        output: Output,
    }
}

section! {
    /// Where rows come from and how they become sequences.
    Data {
        /// One CSV file, a glob pattern, or a list of them; cut by `split`. Either this, or `train`,
        /// `valid` and `test`.
        path: Strings,
        /// Files to fit on; separate files never lend look-back to each other.
        train: Strings,
        /// Files to choose the best model on.
        valid: Strings,
        /// Files held out for rnn-eval.
        test: Strings,
        /// Column to order by and to echo. Default: none.
        time: Option<String>,
        /// Column, or list of columns, that names the series a row belongs to, or "@file": each file
        /// is a series. Windows never cross series. Default: all rows are one series.
        series: Option<Strings>,
        /// Input columns. Default for a forecast: the targets.
        inputs: Vec<Column>,
        /// Columns to predict; required.
        targets: Vec<Column>,
        /// How the rows of `path` are dealt to train, valid and test. Default: {"valid": 0.1, "test": 0.2}.
        split: Split,
        /// Rows of a training sequence, or null: each series is one sequence. Default: {"length": 96}.
        window: Option<Window>,
        /// How number columns are brought to about unit size, fitted on train rows only. Default: "standard".
        scale: Scale,
        /// What an empty cell does. Default: "error".
        missing: Missing,
    }
}

section! {
    /// A column; a bare name is the column with its defaults.
    Column [bare column] [later "embedding"] {
        /// Header name.
        column: String,
        /// What its cells are. Default: "number".
        r#type: ColumnType,
        /// Its scaling. Default: that of `data.scale`.
        scale: ScaleType,
    }
}

words! {
    /// What the cells of a column are.
    ColumnType [later "category"] {
        /// Decimal numbers.
        Number = "number",
    }
}

section! {
    /// How the rows are dealt, in time order: train, valid, test. A number below 1 is a fraction, rounded
    /// down (0: none); from 1 on it is a count; text is the time at which the part begins.
    Split {
        /// Train part. Default: what the others leave. Where it is given, the other two must be too,
        /// and rows after test are left out.
        train: Part,
        /// Validation part. Default: none, or 0.1 where no part is given.
        valid: Part,
        /// Test part. Default: none, or 0.2 where no part is given.
        test: Part,
        /// What is dealt. Default: "time"; "series" where `window` is null and there are several series.
        by: SplitUnit,
        /// Chooses which series go where; with by "series" only. From 0 to 2^53 - 1. Default: 0.
        seed: Seed,
    }
}

words! {
    /// What a split deals.
    SplitUnit {
        /// The rows of each series, in order.
        Time = "time",
        /// Whole series, chosen by a hash of their name.
        Series = "series",
    }
}

section! {
    /// A sequence of fixed length.
    Window {
        /// Rows in a window. Default: 96.
        length: Count,
        /// Rows between the starts of training windows. Default: 1; with carried state: `length`.
        stride: Count,
        /// What inputs are counted from. Default for a forecast: "first", or "last" where only the last
        /// step carries a loss; else, with carried state and for windows of one row: "none".
        relative_to: RelativeTo,
    }
}

words! {
    /// The row of a window whose inputs are subtracted from those of all its rows.
    RelativeTo {
        /// The window's first row.
        First = "first",
        /// The window's last row; only where `task.loss_steps` is "last".
        Last = "last",
        /// Nothing is subtracted.
        None = "none",
    }
}

section! {
    /// How number columns are scaled; a bare name is the type.
    Scale [bare r#type] {
        /// The kind of scaling. Default: "standard".
        r#type: ScaleType,
        /// Whether series share a column's scaler. Default: "series" for a forecast with series columns,
        /// else "column".
        per: ScalePer,
    }
}

words! {
    /// A kind of scaling.
    ScaleType {
        /// Minus the mean, by the population deviation.
        Standard = "standard",
        /// To [-1, 1].
        Minmax = "minmax",
        /// As they are.
        None = "none",
    }
}

words! {
    /// What has a scaler of its own.
    ScalePer {
        /// Each column.
        Column = "column",
        /// Each column and series.
        Series = "series",
    }
}

words! {
    /// What an empty cell does.
    Missing [later "drop", "ffill", "mask"] {
        /// It is an error.
        Error = "error",
    }
}

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

section! {
    /// How the network is fitted.
    Training {
        /// Passes over the training windows; 0 writes the initial model. Default: 20.
        epochs: CountOrZero,
        /// Sequences per update. Default: 32.
        batch_size: Count,
        /// The loss of one output. Default: "mse".
        loss: Loss,
        /// The update rule, as PyTorch defines it. Default: "adam".
        optimizer: Optimizer,
        /// The learning rate over the epochs. Default: "constant".
        schedule: Schedule,
        /// Largest norm of the gradient, or null: no limit. Default: null.
        clip_grad_norm: Option<Positive>,
        /// When to give up, or null: never. Default: null.
        early_stopping: Option<EarlyStopping>,
        /// Whether windows come in random order. Default: true; false with carried state.
        shuffle: bool,
        /// The one seed: weights, order, dropout. From 0 to 2^53 - 1. Default: 1.
        seed: Seed,
        /// Whether state crosses windows. Default: "reset".
        state: State,
        /// With state "carry" only: consecutive parts every series is cut into, trained side by side. Default: 1.
        lanes: Count,
    }
}

words! {
    /// Whether state crosses windows.
    State {
        /// Every window starts from zeros.
        Reset = "reset",
        /// Truncated backpropagation through time: a chunk starts where its forerunner ended.
        Carry = "carry",
    }
}

section! {
    /// The loss of one output; a bare name is the type.
    Loss [bare r#type] {
        /// The kind of loss. Default: "mse".
        r#type: LossType,
        /// Of "huber" only: where it turns from squared to absolute, in scaled units. Default: 1.
        delta: Positive,
    }
}

words! {
    /// A kind of loss.
    LossType [later "cross_entropy"] {
        /// Squared error.
        Mse = "mse",
        /// Absolute error.
        Mae = "mae",
        /// Squared for small errors, absolute for large ones.
        Huber = "huber",
    }
}

section! {
    /// The update rule; a bare name is the type.
    Optimizer [bare r#type] {
        /// The rule. Default: "adam".
        r#type: OptimizerType,
        /// Step size. Default: 0.001; 0.01 for "rmsprop".
        learning_rate: Positive,
        /// Of "sgd" and "rmsprop": momentum factor. Default: 0.
        momentum: BelowOne,
        /// Of "sgd": Nesterov's form of the momentum. Default: false.
        nesterov: bool,
        /// L2 penalty; for "adamw" the decay of the weights themselves. Default: 0; 0.01 for "adamw".
        weight_decay: NotNegative,
        /// Of "adam" and "adamw": smoothing of gradients and of their squares. Default: [0.9, 0.999].
        betas: (BelowOne, BelowOne),
        /// Of "adam", "adamw" and "rmsprop": added to the root. Default: 1e-8.
        eps: Positive,
        /// Of "rmsprop": smoothing of the squares. Default: 0.99.
        alpha: BelowOne,
        /// Of "rmsprop": whether the mean gradient is subtracted. Default: false.
        centered: bool,
    }
}

words! {
    /// An update rule.
    OptimizerType {
        /// `torch.optim.SGD`.
        Sgd = "sgd",
        /// `torch.optim.Adam`.
        Adam = "adam",
        /// `torch.optim.AdamW`.
        AdamW = "adamw",
        /// `torch.optim.RMSprop`.
        RmsProp = "rmsprop",
    }
}

section! {
    /// The learning rate over the epochs; a bare name is the type.
    Schedule [bare r#type] {
        /// The kind of schedule. Default: "constant".
        r#type: ScheduleType,
        /// Updates over which the learning rate rises linearly from zero; of any schedule. From 0 to 2^53 - 1. Default: 0.
        warmup_steps: Seed,
        /// Of "step", required there: epochs between drops.
        step_size: Count,
        /// Of "step" (default 0.1) and "exponential" (required there): factor of a drop.
        gamma: Factor,
        /// Of "cosine" and "plateau": never below this. Default: 0.
        min_learning_rate: NotNegative,
        /// Of "plateau": factor of a drop. Default: 0.1.
        factor: Shrinking,
        /// Of "plateau": epochs without improvement that are forgiven. Default: 10.
        patience: CountOrZero,
        /// Of "plateau": relative improvement of `valid_loss` that counts. Default: 0.0001.
        threshold: BelowOne,
    }
}

words! {
    /// A kind of schedule.
    ScheduleType {
        /// Always the same.
        Constant = "constant",
        /// Times `gamma` every `step_size` epochs.
        Step = "step",
        /// Times `gamma` every epoch.
        Exponential = "exponential",
        /// Half a cosine down to `min_learning_rate` over all epochs.
        Cosine = "cosine",
        /// Times `factor` when `valid_loss` has stopped falling.
        Plateau = "plateau",
    }
}

section! {
    /// When to give up.
    EarlyStopping {
        /// Epochs without improvement of `valid_loss` before training ends; required.
        patience: Count,
        /// Improvement that counts. Default: 0.
        min_delta: NotNegative,
    }
}

section! {
    /// Where the run goes.
    Output {
        /// The run folder. Default: runs/NAME beside this file, NAME being this file's without ending.
        dir: Option<String>,
        /// Epochs between checkpoints. Default: 1.
        checkpoint_every: Count,
    }
}
