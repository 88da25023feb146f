//! What a valid config says, with every default filled in. Only `config` makes these values, so the
//! other rooms never meet a contradiction.

use std::path::PathBuf;

use super::columns::Column;
use super::gaps::Gaps;
use super::header::HeaderBy;
use super::levels::Levels;
use super::time::{Duplicates, TimeColumn};

/// A whole config; see contract sections 2 and 4 for what each key means.
#[derive(Clone, Debug, PartialEq)]
pub struct Config {
    /// Where rows come from and how they become sequences.
    pub data: DataConfig,
    /// What is predicted.
    pub task: TaskConfig,
    /// The network.
    pub model: ModelConfig,
    /// How it is fitted.
    pub training: TrainingConfig,
    /// Where the run goes.
    pub output: OutputConfig,
}

impl Config {
    /// Whether a category is predicted, not numbers.
    pub fn predicts_classes(&self) -> bool {
        self.data.targets.iter().any(|target| target.words().is_some())
    }
}

/// `data`.
#[derive(Clone, Debug, PartialEq)]
pub struct DataConfig {
    /// The files; `None` in a model file, which carries no paths.
    pub source: Option<Source>,
    /// How the files are written.
    pub dialect: Dialect,
    /// Where the names of columns come from.
    pub header: HeaderBy,
    /// Column to order by and to echo.
    pub time: Option<TimeColumn>,
    /// What a time out of order does.
    pub order: Order,
    /// What a time does that stands there twice.
    pub duplicates: Duplicates,
    /// What a gap does.
    pub gaps: Gaps,
    /// What a row's series is named by.
    pub series: SeriesBy,
    /// Input columns, in the order of the network's features.
    pub inputs: Vec<Column>,
    /// Target columns, in the order of the network's outputs.
    pub targets: Vec<Column>,
    /// How `Source::Whole` is cut; `None` with separate files.
    pub split: Option<Split>,
    /// `None`: each series is one sequence.
    pub window: Option<Window>,
    /// One scaler per column, or one per column and series.
    pub scale_per: ScalePer,
    /// What an empty cell does.
    pub missing: Missing,
    /// Cells that count as empty, beside those with nothing in them.
    pub spellings: Vec<String>,
}

/// Files or glob patterns, already joined with the config's folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// `data.path`.
    Whole(Vec<PathBuf>),
    /// `data.train`, `data.valid`, `data.test`; the last two may be empty.
    Parts {
        /// Rows to fit on.
        train: Vec<PathBuf>,
        /// Rows to choose the best model on.
        valid: Vec<PathBuf>,
        /// Rows held out.
        test: Vec<PathBuf>,
    },
}

/// The marks of a CSV file, each one ASCII character.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Dialect {
    /// Between cells.
    pub delimiter: u8,
    /// Before the decimals of a number: `.` or `,`.
    pub decimal: u8,
}

impl Default for Dialect {
    fn default() -> Self {
        Self { delimiter: b',', decimal: b'.' }
    }
}

/// What a time does that does not come after the one before it in its series.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// It is an error.
    Error,
    /// The rows of each series are sorted by their times.
    Sort,
    /// Nothing: rows stay in the order of the file.
    Ignore,
}

/// What names the series a row belongs to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SeriesBy {
    /// All rows are one series.
    One,
    /// `"@file"`: each file is a series.
    File,
    /// The values of these columns.
    Columns(Vec<String>),
}

/// How values are brought to about unit size.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ScaleKind {
    /// Minus the mean, by the population deviation.
    Standard,
    /// To [-1, 1].
    Minmax,
    /// As they are.
    None,
}

/// Whether series share a column's scaler.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ScalePer {
    /// One for all series.
    Column,
    /// One each; unknown series take the one fitted over all.
    Series,
}

/// What an empty cell does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Missing {
    /// It is an error.
    Error,
    /// Its row is left out and cuts its series, where a prediction needs the cell; else there is no truth.
    Drop,
    /// It takes the last value of its column in the same series.
    Ffill,
    /// The same for inputs, each beside one that says whether it was empty; an empty target has no truth.
    Mask,
    /// It lies between its neighbours in the sequence that is read; an empty target has no truth.
    Interpolate,
}

/// How rows are dealt to train, valid and test.
#[derive(Clone, Debug, PartialEq)]
pub struct Split {
    /// Rows of each series in time order, or whole series.
    pub by: SplitBy,
    /// `None`: what the others leave.
    pub train: Option<Part>,
    /// Validation part.
    pub valid: Part,
    /// Test part.
    pub test: Part,
}

/// The unit a split deals in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SplitBy {
    /// Rows, in order, inside each series.
    Time,
    /// Whole series, by a hash of the key and this seed.
    Series {
        /// `data.split.seed`.
        seed: u64,
    },
    /// Rows, by what stands in this column.
    Column(String),
}

/// The size of one part.
#[derive(Clone, Debug, PartialEq)]
pub enum Part {
    /// Fraction of the rows (or series), rounded down; 0: none.
    Fraction(f64),
    /// So many rows (or series).
    Count(usize),
    /// From this time (inclusive) on; text in the form of the time column.
    From(String),
    /// Rows whose cell of the split column is one of these.
    Values(Vec<String>),
}

/// `data.window`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    /// Rows in a window.
    pub length: usize,
    /// Rows between the starts of training windows.
    pub stride: usize,
    /// What inputs are counted from.
    pub relative_to: RelativeTo,
}

/// The row of a window whose inputs are subtracted from all of its rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RelativeTo {
    /// The first.
    First,
    /// The last; only where the loss reads the last step alone.
    Last,
    /// Nothing is subtracted.
    None,
}

/// `task`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TaskConfig {
    /// What is predicted.
    pub kind: TaskKind,
    /// Which timesteps carry a loss.
    pub loss_steps: LossSteps,
    /// Forecasts are counted from the last known value of the target.
    pub anchor: bool,
    /// How sure a prediction is.
    pub intervals: Option<Intervals>,
    /// From one season to the next; none but of a forecast of numbers.
    pub season: Season,
}

/// `task.intervals`: intervals of numbers, sets of classes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Intervals {
    /// The share of the truths that they should hold.
    pub coverage: f64,
    /// Whether their width follows the truths as they come.
    pub adaptive: bool,
}

/// Rows from one season to the next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Season {
    /// As the train rows show.
    Auto,
    /// There is none.
    None,
    /// So many, at least 1.
    Rows(usize),
}

/// The kind of prediction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TaskKind {
    /// Targets 1…horizon rows later.
    Forecast {
        /// Rows ahead, at least 1.
        horizon: usize,
    },
    /// Numbers at the same row.
    Regression,
    /// A category at the same row.
    Tagging,
    /// One category per series.
    Classification,
}

impl TaskConfig {
    /// Steps predicted at each row: the horizon of a forecast, else 1.
    pub fn steps(&self) -> usize {
        match self.kind {
            TaskKind::Forecast { horizon } => horizon,
            TaskKind::Regression | TaskKind::Tagging | TaskKind::Classification => 1,
        }
    }

    /// Rows between a prediction and its first target: 1 for a forecast, else 0.
    pub fn lead(&self) -> usize {
        match self.kind {
            TaskKind::Forecast { .. } => 1,
            TaskKind::Regression | TaskKind::Tagging | TaskKind::Classification => 0,
        }
    }
}

/// Which timesteps of a sequence carry a loss.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LossSteps {
    /// All of them, summed.
    All,
    /// The final one (of both directions, where there are two).
    Last,
}

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

/// `training`.
#[derive(Clone, Debug, PartialEq)]
pub struct TrainingConfig {
    /// Passes over the training windows; 0 writes the initial model.
    pub epochs: usize,
    /// Sequences per update.
    pub batch_size: usize,
    /// The loss of one output.
    pub loss: LossKind,
    /// What the loss of each class is multiplied by.
    pub class_weights: ClassWeights,
    /// The update rule.
    pub optimizer: Optimizer,
    /// The learning rate over time.
    pub schedule: Schedule,
    /// Updates over which the learning rate rises linearly from zero.
    pub warmup_steps: u64,
    /// Largest gradient norm.
    pub clip_grad_norm: Option<f64>,
    /// When to give up.
    pub early_stopping: Option<EarlyStopping>,
    /// What an update does that is not made of finite numbers.
    pub on_non_finite: OnNonFinite,
    /// Whether windows come in random order.
    pub shuffle: bool,
    /// The one seed.
    pub seed: u64,
    /// Whether state crosses windows.
    pub state: State,
}

/// The loss of one output, or of the outputs of one class each.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum LossKind {
    /// Squared error.
    Mse,
    /// Absolute error.
    Mae,
    /// Squared below `delta`, absolute above.
    Huber {
        /// Where it changes.
        delta: f64,
    },
    /// Pinball loss of the quantiles at some levels; the prediction is the median.
    Quantile {
        /// Which quantiles.
        levels: Levels,
    },
    /// Log-loss of a category: the only one it can have.
    CrossEntropy,
}

/// `training.class_weights`.
#[derive(Clone, Debug, PartialEq)]
pub enum ClassWeights {
    /// All are 1.
    None,
    /// Train rows / (classes x train rows of the class).
    Balanced,
    /// These, sorted by label; 1 for the others.
    Given(Vec<(String, f64)>),
}

/// The update rule, as PyTorch defines it. `learning_rate` is that of the schedule's start.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Optimizer {
    /// `torch.optim.SGD`.
    Sgd {
        /// Step size.
        learning_rate: f64,
        /// Momentum factor.
        momentum: f64,
        /// Nesterov's form of it.
        nesterov: bool,
        /// L2 penalty.
        weight_decay: f64,
    },
    /// `torch.optim.Adam`.
    Adam(Adam),
    /// `torch.optim.AdamW`: the decay acts on the weights directly.
    AdamW(Adam),
    /// `torch.optim.RMSprop`.
    RmsProp {
        /// Step size.
        learning_rate: f64,
        /// Smoothing of squares.
        alpha: f64,
        /// Added to the root.
        eps: f64,
        /// Momentum factor.
        momentum: f64,
        /// Whether the mean gradient is subtracted.
        centered: bool,
        /// L2 penalty.
        weight_decay: f64,
    },
}

/// Numbers of `torch.optim.Adam` and `AdamW`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Adam {
    /// Step size.
    pub learning_rate: f64,
    /// Smoothing of gradients and of their squares.
    pub betas: (f64, f64),
    /// Added to the root.
    pub eps: f64,
    /// L2 penalty (Adam) or decay (AdamW).
    pub weight_decay: f64,
}

impl Optimizer {
    /// The learning rate the schedule starts from.
    pub fn learning_rate(&self) -> f64 {
        match self {
            Optimizer::Sgd { learning_rate, .. } | Optimizer::RmsProp { learning_rate, .. } => {
                *learning_rate
            }
            Optimizer::Adam(adam) | Optimizer::AdamW(adam) => adam.learning_rate,
        }
    }
}

/// The learning rate as a function of the epoch.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Schedule {
    /// Always the same.
    Constant,
    /// Times `gamma` every `step_size` epochs.
    Step {
        /// Epochs between drops.
        step_size: usize,
        /// Factor of a drop.
        gamma: f64,
    },
    /// Times `gamma` every epoch.
    Exponential {
        /// Factor per epoch.
        gamma: f64,
    },
    /// Half a cosine from the learning rate down to the minimum over all epochs.
    Cosine {
        /// Where it ends.
        min_learning_rate: f64,
    },
    /// Times `factor` when `valid_loss` has not fallen for more than `patience` epochs.
    Plateau {
        /// Factor of a drop.
        factor: f64,
        /// Epochs without improvement that are forgiven.
        patience: usize,
        /// Relative improvement that counts (PyTorch's `threshold`).
        threshold: f64,
        /// Never below this.
        min_learning_rate: f64,
    },
}

/// `training.on_non_finite`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OnNonFinite {
    /// Training ends.
    Stop,
    /// The batch is passed over.
    Skip {
        /// So often in one epoch.
        limit: u64,
    },
}

/// `training.early_stopping`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct EarlyStopping {
    /// Epochs without improvement before training ends.
    pub patience: usize,
    /// Improvement of `valid_loss` that counts.
    pub min_delta: f64,
}

/// `training.state`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// Every window starts from zeros.
    Reset,
    /// Truncated backpropagation: a chunk starts from the state its forerunner ended in.
    Carry {
        /// Consecutive parts every series is cut into, trained side by side.
        lanes: usize,
    },
}

/// `output`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutputConfig {
    /// The run folder, already joined with the config's folder.
    pub dir: Option<PathBuf>,
    /// When checkpoints are saved.
    pub checkpoint_every: CheckpointEvery,
}

/// `output.checkpoint_every`: at the end of some epochs, and between them where that is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CheckpointEvery {
    /// Epochs from one to the next.
    pub epochs: usize,
    /// Updates from one to the next.
    pub steps: Option<u64>,
    /// Seconds from one to the next.
    pub seconds: Option<u64>,
}

impl Default for CheckpointEvery {
    fn default() -> Self {
        Self { epochs: 1, steps: None, seconds: None }
    }
}
