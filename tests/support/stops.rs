//! Small runs that are stopped, killed and meddled with.

use rnn::error::Result;
use rnn::train::{Control, Event, Observer};
use serde_json::{Value, json};

use super::job::{merged, train};
use super::place::{Bytes, Place};
use super::plans;
use super::rows::Rows;

/// Every topology, and everything that is carried from one update to the next.
pub fn cases() -> Vec<(&'static str, Value)> {
    let forecast = json!({"type": "forecast", "horizon": 2});
    let ab = json!({"inputs": ["a", "y", "b"], "targets": ["b", "a"], "window": {"length": 6}});
    let y = json!({"inputs": ["a", "b"], "targets": ["y"], "window": {"length": 6, "stride": 2}});
    let case = |name, data: &Value, rest: Value| {
        let config = merged(plans::base(), &json!({"data": data}));
        let small =
            json!({"training": {"epochs": 3, "batch_size": 11}, "model": {"hidden_size": 3}});
        (name, merged(merged(config, &small), &rest))
    };
    vec![
        case(
            "single",
            &ab,
            json!({"task": forecast, "model": {"topology": "single", "cell": "lstm"}}),
        ),
        case(
            "multi with dropout, plateau, early stopping",
            &ab,
            json!({
                "task": forecast,
                "model": {"topology": "multi", "cell": "gru", "dropout": 0.3},
                "training": {
                    "epochs": 8, "batch_size": 60, "early_stopping": {"patience": 3, "min_delta": 0.02},
                    "schedule": {"type": "plateau", "patience": 1, "factor": 0.3, "threshold": 0.05},
                    "optimizer": {"learning_rate": 0.05},
                },
            }),
        ),
        case(
            "bidirectional with dropout, sgd, cosine",
            &y,
            json!({
                "task": {"type": "regression"},
                "model": {"topology": "bidirectional", "num_layers": 2, "cell": "rnn", "dropout": 0.2},
                "training": {
                    "batch_size": 7, "schedule": {"type": "cosine", "warmup_steps": 4},
                    "optimizer": {"type": "sgd", "momentum": 0.9, "learning_rate": 0.003},
                },
            }),
        ),
        case(
            "carried state",
            &ab,
            json!({
                "task": forecast, "data": {"window": {"length": 4}},
                "model": {"topology": "multi", "cell": "lstm", "dropout": 0.2},
                "training": {"state": "carry", "lanes": 3, "batch_size": 5},
            }),
        ),
    ]
}

pub fn rows() -> Rows {
    Rows::new(5, &[("A", 41), ("B", 4), ("C", 33), ("D", 22)])
}

pub fn place(config: &Value) -> Place {
    let place = Place::new(config);
    rows().save(&place.folder.path().join("rows.csv"));
    place
}

/// Updates of a whole run, and its bits.
pub fn whole(place: &Place) -> (usize, Bytes) {
    train(&place.config, &place.run("whole"));
    let bytes = Bytes::of(&place.run("whole"));
    let steps = bytes.lines().last().expect("an epoch")["step"].as_u64().expect("a number");
    (steps as usize, bytes)
}

/// An observer that does something at each event and keeps the warnings.
pub struct Meddler<F> {
    meddle: F,
    pub warnings: Vec<String>,
}

impl<F: FnMut(&Event) -> Result<()>> Meddler<F> {
    pub fn new(meddle: F) -> Self {
        Self { meddle, warnings: Vec::new() }
    }
}

impl<F: FnMut(&Event) -> Result<()>> Observer for Meddler<F> {
    fn on(&mut self, event: Event<'_>) -> Result<Control> {
        (self.meddle)(&event)?;
        if let Event::Warning(text) = event {
            self.warnings.push(text);
        }
        Ok(Control::Go)
    }
}
