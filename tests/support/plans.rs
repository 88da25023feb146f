//! One small config for every line of contract section 4's table: which row is predicted from what.

use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use super::job::{merged, save_config, train};
use super::rows::Rows;

/// Rows of a window.
pub const LENGTH: usize = 6;
/// Rows ahead.
pub const HORIZON: usize = 3;

/// What a prediction reads.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Reads {
    /// The last `LENGTH` rows, fewer at the start.
    UpToWindow,
    /// The last `LENGTH` rows, never fewer.
    FullWindow,
    /// All rows since the series began.
    AllBefore,
    /// The whole series; whether only its last row is predicted.
    Whole { last: bool },
    /// Blocks of `LENGTH` from the first row on.
    Block,
}

/// A config and what its predictions read.
#[derive(Clone, Debug)]
pub struct Plan {
    pub name: &'static str,
    pub reads: Reads,
    pub config: Value,
}

impl Plan {
    /// Whether it depends on no later row.
    pub fn is_forward(&self) -> bool {
        matches!(self.reads, Reads::UpToWindow | Reads::FullWindow | Reads::AllBefore)
    }

    /// Rows ahead that its targets reach.
    pub fn horizon(&self) -> usize {
        self.config["task"]["horizon"].as_u64().unwrap_or(0) as usize
    }

    /// Its targets, as places in a row's values.
    pub fn targets(&self) -> Vec<usize> {
        let names = self.config["data"]["targets"].as_array().expect("targets");
        let place = |name: &Value| ["a", "b", "y"].iter().position(|n| name == n);
        names.iter().map(|name| place(name).expect("a column")).collect()
    }

    /// The rows of a series of `rows` that have a prediction.
    pub fn predicted(&self, rows: usize) -> std::ops::Range<usize> {
        match self.reads {
            Reads::FullWindow => (LENGTH - 1).min(rows)..rows,
            Reads::Whole { last: true } => rows.saturating_sub(1)..rows,
            _ => 0..rows,
        }
    }

    /// The rows that the prediction at row `t` of a series of `rows` reads.
    pub fn read_at(&self, t: usize, rows: usize) -> std::ops::Range<usize> {
        match self.reads {
            Reads::UpToWindow | Reads::FullWindow => (t + 1).saturating_sub(LENGTH)..t + 1,
            Reads::AllBefore => 0..t + 1,
            Reads::Whole { .. } => 0..rows,
            Reads::Block => {
                let start = t / LENGTH * LENGTH;
                start..(start + LENGTH).min(rows)
            }
        }
    }
}

/// Every plan.
pub fn all() -> Vec<Plan> {
    let forecast = json!({"type": "forecast", "horizon": HORIZON});
    let forecast_last = json!({"type": "forecast", "horizon": HORIZON, "loss_steps": "last"});
    let regression = json!({"type": "regression"});
    let regression_last = json!({"type": "regression", "loss_steps": "last"});
    let window = json!({"length": LENGTH});
    let of_y = json!({"inputs": ["a", "b"], "targets": ["y"]});
    let of_ab = json!({"inputs": ["a", "y", "b"], "targets": ["b", "a"]});
    let plan = |name, reads, columns: &Value, window: &Value, task: &Value, model, training| {
        let data = merged(columns.clone(), &json!({"window": window}));
        let config = json!({"data": data, "task": task, "model": model, "training": training});
        Plan { name, reads, config: merged(base(), &config) }
    };
    let single = |cell| json!({"topology": "single", "cell": cell});
    let multi = |cell| json!({"topology": "multi", "cell": cell});
    let both = |cell| json!({"topology": "bidirectional", "cell": cell});
    let (none, null) = (json!({}), Value::Null);
    let carry = json!({"state": "carry", "lanes": 2});
    let (whole, last) = (Reads::Whole { last: false }, Reads::Whole { last: true });
    vec![
        plan("window", Reads::UpToWindow, &of_ab, &window, &forecast, multi("gru"), &none),
        plan(
            "window, regression",
            Reads::UpToWindow,
            &of_y,
            &window,
            &regression,
            single("rnn"),
            &none,
        ),
        plan(
            "window, last",
            Reads::FullWindow,
            &of_ab,
            &window,
            &forecast_last,
            single("lstm"),
            &none,
        ),
        plan(
            "both ways, last",
            Reads::FullWindow,
            &of_ab,
            &window,
            &forecast_last,
            both("gru"),
            &none,
        ),
        plan("running", Reads::AllBefore, &of_y, &null, &regression, multi("lstm"), &none),
        plan("running forecast", Reads::AllBefore, &of_ab, &null, &forecast, single("rnn"), &none),
        plan("carry", Reads::AllBefore, &of_ab, &window, &forecast, single("lstm"), &carry),
        plan("whole, last", last, &of_y, &null, &regression_last, multi("rnn"), &none),
        plan("whole, both ways", whole, &of_y, &null, &regression, both("lstm"), &none),
        plan("whole, both ways, last", last, &of_y, &null, &regression_last, both("rnn"), &none),
        plan("blocks", Reads::Block, &of_y, &window, &regression, both("lstm"), &none),
    ]
}

/// What all of them share.
pub fn base() -> Value {
    json!({
        "data": {
            "path": "rows.csv", "time": "time", "series": "key",
            "split": {"valid": 0.2, "test": 0.2, "by": "time"},
        },
        "model": {"hidden_size": 5},
        "training": {"epochs": 2, "batch_size": 20, "optimizer": {"type": "adam", "learning_rate": 0.01}},
    })
}

/// The rows they are trained on: long and short series side by side.
pub fn training_rows() -> Rows {
    Rows::new(7, &[("A", 90), ("B", 61), ("C", 4), ("D", 33)])
}

/// Other rows: some series of the same name, one that the model does not know, one of a single row.
pub fn new_rows() -> Rows {
    Rows::new(8, &[("B", 47), ("A", 38), ("new", 29), ("C", 4), ("D", 1)])
}

/// A plan, trained.
pub struct Trained {
    pub plan: Plan,
    pub rows: Rows,
    folder: tempfile::TempDir,
}

impl Trained {
    /// Trains a plan on rows.
    pub fn new(plan: Plan, rows: Rows) -> Self {
        let text = rows.csv();
        Self::from_text(plan, rows, &text)
    }

    /// Trains a plan on these rows as a text writes them.
    pub fn from_text(plan: Plan, rows: Rows, text: &str) -> Self {
        let folder = tempfile::tempdir().expect("a scratch folder");
        std::fs::write(folder.path().join("rows.csv"), text).expect("a scratch file");
        let config = save_config(folder.path(), &plan.config);
        train(&config, &folder.path().join("run"));
        Self { plan, rows, folder }
    }

    /// All plans, trained on the usual rows.
    pub fn all() -> Vec<Self> {
        all().into_iter().map(|plan| Self::new(plan, training_rows())).collect()
    }

    /// Its scratch folder.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Its run folder.
    pub fn run(&self) -> PathBuf {
        self.folder.path().join("run")
    }
}
