//! The scores of one predictor, the model or a naive one: of numbers, or of classes.

use serde_json::{Map, Value, json};

use crate::metrics::{ClassFigures, Figures, change};

/// What a predictor comes to.
#[derive(Clone, Debug, PartialEq)]
pub enum Scores {
    /// Errors of numbers.
    Numbers(NumberScores),
    /// Of classes.
    Classes(ClassScores),
}

/// Errors of numbers.
#[derive(Clone, Debug, PartialEq)]
pub struct NumberScores {
    /// In data units; only where there is one target.
    pub data: Option<Figures>,
    /// In units of the scalers, over all targets and steps.
    pub scaled: Figures,
    /// By target.
    pub targets: Vec<(String, TargetScores)>,
}

/// Errors at one target.
#[derive(Clone, Debug, PartialEq)]
pub struct TargetScores {
    /// In data units, over all steps.
    pub data: Figures,
    /// Scaled.
    pub scaled: Figures,
    /// (data, scaled) of each step.
    pub horizon: Vec<(Figures, Figures)>,
}

/// Measures of the classes of the one target.
#[derive(Clone, Debug, PartialEq)]
pub struct ClassScores {
    /// The target.
    pub target: String,
    /// Whether symbols of a sequence are forecast: bits decide, else what is wrong.
    pub sequence: bool,
    /// Over all steps.
    pub overall: ClassFigures,
    /// Of each step.
    pub horizon: Vec<ClassFigures>,
}

impl Scores {
    /// The error that decides, lower is better: the RMSE, in data units where there is one target, else scaled; of
    /// classes the share that is wrong, or the bits per symbol of a forecast.
    pub fn error(&self) -> Option<f64> {
        match self {
            Scores::Numbers(scores) => scores.overall().rmse,
            Scores::Classes(scores) => scores.error(&scores.overall),
        }
    }

    /// How much higher the error that decides is than another's: -0.2 is 20 % lower.
    pub fn change(&self, other: &Scores) -> Option<f64> {
        Some(change(self.error()?, other.error()?))
    }

    /// The same at one step ahead, from 0; the highest of several targets.
    pub fn change_at(&self, other: &Scores, step: usize) -> Option<f64> {
        match (self, other) {
            (Scores::Numbers(ours), Scores::Numbers(theirs)) => {
                let pairs = ours.targets.iter().zip(&theirs.targets);
                let changes = pairs
                    .map(|((_, a), (_, b))| a.horizon[step].0.change(&b.horizon[step].0))
                    .collect::<Option<Vec<f64>>>()?;
                changes.into_iter().max_by(f64::total_cmp)
            }
            (Scores::Classes(ours), Scores::Classes(theirs)) => {
                let (a, b) =
                    (ours.error(&ours.horizon[step])?, theirs.error(&theirs.horizon[step])?);
                Some(change(a, b))
            }
            _ => None,
        }
    }

    /// The share of the variance that is explained; of numbers only.
    pub fn r2(&self) -> Option<f64> {
        match self {
            Scores::Numbers(scores) => scores.overall().r2,
            Scores::Classes(_) => None,
        }
    }

    /// (name, value) of the overall measures.
    pub fn named(&self) -> Vec<(String, Option<f64>)> {
        match self {
            Scores::Numbers(scores) => {
                let data = scores.data.iter().flat_map(in_data_units);
                data.chain(in_scaled_units(&scores.scaled)).collect()
            }
            Scores::Classes(scores) => named(&scores.overall, scores.sequence),
        }
    }

    /// The overall measures and those of each target, by their names in the report.
    pub(super) fn to_json(&self) -> Map<String, Value> {
        let mut out = object(self.named());
        let targets: Map<String, Value> = match self {
            Scores::Numbers(scores) => {
                scores.targets.iter().map(|(name, t)| (name.clone(), t.to_json())).collect()
            }
            Scores::Classes(scores) => {
                [(scores.target.clone(), scores.to_json())].into_iter().collect()
            }
        };
        out.insert("targets".into(), Value::Object(targets));
        out
    }
}

impl NumberScores {
    /// The figures that decide: in data units where there is one target, else scaled.
    pub fn overall(&self) -> &Figures {
        self.data.as_ref().unwrap_or(&self.scaled)
    }
}

impl TargetScores {
    fn to_json(&self) -> Value {
        let both = |data: &Figures, scaled: &Figures| {
            in_data_units(data).chain(in_scaled_units(scaled)).collect()
        };
        let steps = self.horizon.iter().map(|(data, scaled)| both(data, scaled));
        with_horizon(both(&self.data, &self.scaled), steps)
    }
}

impl ClassScores {
    /// The error that decides.
    pub fn error(&self, figures: &ClassFigures) -> Option<f64> {
        if self.sequence { figures.bits() } else { figures.wrong() }
    }

    fn to_json(&self) -> Value {
        let steps = self.horizon.iter().map(|figures| named(figures, self.sequence));
        with_horizon(named(&self.overall, self.sequence), steps)
    }
}

/// Measures by name.
type Named = Vec<(String, Option<f64>)>;

fn in_data_units(figures: &Figures) -> impl Iterator<Item = (String, Option<f64>)> {
    figures.named().into_iter().map(|(name, value)| (name.to_owned(), value))
}

fn in_scaled_units(figures: &Figures) -> impl Iterator<Item = (String, Option<f64>)> {
    figures.named_scaled().into_iter().map(|(name, value)| (format!("{name}_scaled"), value))
}

fn named(figures: &ClassFigures, sequence: bool) -> Named {
    let named = figures.named(sequence).into_iter();
    named.map(|(name, value)| (name.to_owned(), value)).collect()
}

fn object(named: Named) -> Map<String, Value> {
    named.into_iter().map(|(name, value)| (name, json!(value))).collect()
}

/// The measures of a target, and those of each step below `horizon`.
fn with_horizon(overall: Named, steps: impl Iterator<Item = Named>) -> Value {
    let step = |(k, named): (usize, Named)| {
        let mut out = Map::from_iter([("step".to_owned(), json!(k + 1))]);
        out.extend(object(named));
        Value::Object(out)
    };
    let mut out = object(overall);
    out.insert("horizon".into(), Value::Array(steps.enumerate().map(step).collect()));
    Value::Object(out)
}
