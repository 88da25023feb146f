//! How many truths the intervals of predictions held, and how wide they were; of sets of classes, how large.

use serde_json::{Map, Value, json};

use crate::data::{Encoder, Scaler};
use crate::metrics::pinball;
use crate::serve::Prediction;

/// Coverage by target and step, and over all.
#[derive(Clone, Debug, PartialEq)]
pub struct Coverage {
    /// The share of truths that was asked for.
    pub nominal: f64,
    /// Over all targets and steps; widths are scaled.
    pub all: Held,
    /// Of each target over all steps, and at each step; widths are in data units.
    pub targets: Vec<(String, Held, Vec<Held>)>,
    /// Whether these are sets of classes.
    pub sets: bool,
    /// Of which quantiles the ends of an interval are.
    levels: [f64; 2],
}

/// Truths held, and sizes.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Held {
    /// Truths that were inside.
    pub held: u64,
    /// All truths.
    pub count: u64,
    width: f64,
    quantile_loss: f64,
}

impl Held {
    fn add(&mut self, held: bool, width: f64, quantile_loss: f64) {
        self.held += u64::from(held);
        self.count += 1;
        self.width += width;
        self.quantile_loss += quantile_loss;
    }

    /// The mean pinball loss of the two ends; of sets 0.
    pub fn quantile_loss(&self) -> Option<f64> {
        (self.count > 0).then(|| self.quantile_loss / self.count as f64)
    }

    /// The share of truths that were inside.
    pub fn coverage(&self) -> Option<f64> {
        (self.count > 0).then(|| self.held as f64 / self.count as f64)
    }

    /// The mean width of an interval, or size of a set.
    pub fn width(&self) -> Option<f64> {
        (self.count > 0).then(|| self.width / self.count as f64)
    }
}

impl Coverage {
    /// Of a model's predictions; none where they come without intervals.
    pub(super) fn new(encoder: &Encoder, calibrated: Option<f64>) -> Option<Self> {
        let outermost = |levels: crate::config::Levels| {
            let levels = levels.as_slice();
            [levels[0], levels[levels.len() - 1]]
        };
        let around = |coverage: f64| [(1.0 - coverage) / 2.0, (1.0 + coverage) / 2.0];
        let levels = calibrated.map(around).or(encoder.levels.map(outermost))?;
        let nominal = calibrated.unwrap_or(levels[1] - levels[0]);
        let roles = &encoder.roles;
        let names = roles.targets.iter().map(|&place| roles.columns[place].clone());
        let target = |name| (name, Held::default(), vec![Held::default(); encoder.steps]);
        let (all, targets) = (Held::default(), names.map(target).collect());
        Some(Self { nominal, all, targets, sets: encoder.classes().is_some(), levels })
    }

    /// Takes in a prediction beside the truth, `[targets x steps]`: of a category the number of its class.
    pub(super) fn add(&mut self, prediction: &Prediction, truth: &[f64], scalers: &[Scaler]) {
        let steps = truth.len() / self.targets.len();
        for (at, &truth) in truth.iter().enumerate().filter(|(_, truth)| !truth.is_nan()) {
            let (_, target, horizon) = &mut self.targets[at / steps];
            let held = prediction.holds(at, truth);
            let (width, loss, scale) = if self.sets {
                let classes = prediction.sets.len() / steps;
                let set = &prediction.sets[at * classes..(at + 1) * classes];
                let size = set.iter().filter(|&&inside| inside).count() as f64;
                (size, 0.0, 1.0)
            } else {
                let [low, high] = prediction.bounds[at].map(f64::from);
                let [below, above] = self.levels;
                let loss = (pinball(below, low, truth) + pinball(above, high, truth)) / 2.0;
                let scale = scalers[at / steps].scale;
                (high - low, loss, scale)
            };
            self.all.add(held, width / scale, loss / scale);
            target.add(held, width, loss);
            horizon[at % steps].add(held, width, loss);
        }
    }

    /// The least and the most coverage at a step, of any target.
    pub fn range(&self) -> Option<(f64, f64)> {
        let steps = self.targets.iter().flat_map(|(_, _, steps)| steps);
        let shares: Vec<f64> = steps.filter_map(Held::coverage).collect();
        let least = shares.iter().copied().min_by(f64::total_cmp)?;
        Some((least, shares.into_iter().max_by(f64::total_cmp)?))
    }

    /// `{"nominal", "coverage", "width_scaled", "quantile_loss_scaled", "targets": {name: {"coverage", "width",
    /// "quantile_loss", "horizon": […]}}}`; of classes `size` stands for the last two.
    pub(super) fn to_json(&self) -> Value {
        let size = if self.sets { "size" } else { "width" };
        let figures = |held: &Held| {
            let mut out = Map::new();
            out.insert("coverage".into(), json!(held.coverage()));
            out.insert(size.into(), json!(held.width()));
            if !self.sets {
                out.insert("quantile_loss".into(), json!(held.quantile_loss()));
            }
            out
        };
        let target = |(name, all, steps): &(String, Held, Vec<Held>)| {
            let step = |(k, held): (usize, &Held)| {
                let mut out = Map::from_iter([("step".to_owned(), json!(k + 1))]);
                out.extend(figures(held));
                Value::Object(out)
            };
            let mut out = figures(all);
            out.insert("horizon".into(), steps.iter().enumerate().map(step).collect());
            (name.clone(), Value::Object(out))
        };
        let targets: Map<String, Value> = self.targets.iter().map(target).collect();
        let (nominal, coverage) = (self.nominal, self.all.coverage());
        if self.sets {
            let size = self.all.width();
            return json!({"nominal": nominal, "coverage": coverage, "size": size, "targets": targets});
        }
        json!({
            "nominal": nominal, "coverage": coverage, "width_scaled": self.all.width(),
            "quantile_loss_scaled": self.all.quantile_loss(), "targets": targets,
        })
    }
}
