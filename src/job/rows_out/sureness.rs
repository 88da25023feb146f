//! What stands beside a prediction and says how sure it is.

use super::cell::number;
use crate::serve::Prediction;
use crate::store::Model;

/// What stands behind a prediction and says how sure it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::job) enum Sureness {
    Unknown,
    /// From where to where the truth is expected.
    Interval,
    /// Which classes are.
    Set,
}

impl Sureness {
    /// As a model has it.
    pub(in crate::job) fn of(model: &Model) -> Self {
        match (model.encoder.classes(), &model.calibration) {
            (Some(_), Some(_)) => Sureness::Set,
            (None, Some(_)) => Sureness::Interval,
            (_, None) if model.encoder.levels.is_some() => Sureness::Interval,
            (_, None) => Sureness::Unknown,
        }
    }

    /// What stands in its cells for one of the predictions.
    pub(in crate::job) fn texts(
        self,
        labels: &[String],
        predicted: Option<&Prediction>,
        at: usize,
    ) -> Vec<String> {
        let classes = labels.len();
        let set = |prediction: &Prediction| {
            let inside = &prediction.sets[at * classes..(at + 1) * classes];
            let labels = labels.iter().zip(inside).filter(|(_, inside)| **inside);
            labels.map(|(label, _)| &label[..]).collect::<Vec<_>>().join(OR)
        };
        match self {
            Sureness::Unknown => Vec::new(),
            Sureness::Interval => {
                predicted.map(|p| p.bounds[at].map(number)).unwrap_or_default().into()
            }
            Sureness::Set => vec![predicted.map_or_else(String::new, set)],
        }
    }

    /// Names of its cells, behind that of the prediction.
    pub(in crate::job) fn names(self, of: &str) -> Vec<String> {
        let endings: &[&str] = match self {
            Sureness::Unknown => &[],
            Sureness::Interval => &["lo", "hi"],
            Sureness::Set => &["set"],
        };
        endings.iter().map(|ending| format!("{of}_{ending}")).collect()
    }
}

/// Between the classes of a set.
const OR: &str = "|";
