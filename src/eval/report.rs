//! What an evaluation found, as JSON and in words.

use serde_json::{Map, Value, json};

use super::baselines::Baseline;
use super::blocks::Gain;
use super::class_report::ClassReport;
use super::scores::Scores;
use super::verdict::Verdict;
use crate::data::time::{TimeKind, span_text};

/// The result of an evaluation; its JSON is part of the contract (section 5).
#[derive(Clone, Debug, PartialEq)]
pub struct Report {
    /// `train`, `valid`, `test`, or `data` for a file of its own.
    pub split: String,
    /// What became of the rows.
    pub rows: RowCounts,
    /// Loss per sequence.
    pub loss: Option<f64>,
    /// Mean of `l` over the scored rows.
    pub loss_per_step: Option<f64>,
    /// The model's scores.
    pub scores: Scores,
    /// What the model is compared with; empty where only its own figures were asked for.
    pub baselines: Vec<BaselineReport>,
    /// The naive one of them that does best: the verdict compares with it.
    pub best_baseline: usize,
    /// What became of each class; of numbers none.
    pub classes: Option<ClassReport>,
    /// The same by series, where there are several.
    pub series: Vec<SeriesReport>,
    /// Rows ahead of a forecast; none for predictions at the same row.
    pub horizon: Option<usize>,
    /// Whether a prediction is of a whole series.
    pub whole_series: bool,
    /// The time from row to row, where it is known.
    pub time_step: Option<(i128, TimeKind)>,
    /// What the value a season ago is called.
    pub season: String,
    /// How the model stands beside the naive prediction.
    pub verdict: Verdict,
}

/// What one baseline comes to, and how much better the model is.
#[derive(Clone, Debug, PartialEq)]
pub struct BaselineReport {
    /// Which one.
    pub baseline: Baseline,
    /// Its scores.
    pub scores: Scores,
    /// The model's skill beside it, by the error that decides.
    pub gain: Gain,
    /// The same of each target.
    pub targets: Vec<TargetGains>,
}

/// The model's skill at one target.
#[derive(Clone, Debug, PartialEq)]
pub struct TargetGains {
    /// Over all steps.
    pub all: Gain,
    /// Of each step.
    pub horizon: Vec<Gain>,
}

/// Rows read = rows scored + rows left out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RowCounts {
    /// Rows that were asked for.
    pub read: u64,
    /// Rows whose prediction was compared with the truth.
    pub scored: u64,
    /// The others, by reason.
    pub left_out: Vec<(String, u64)>,
}

/// Errors on one series.
#[derive(Clone, Debug, PartialEq)]
pub struct SeriesReport {
    /// Its name.
    pub key: String,
    /// Rows scored.
    pub rows: u64,
    /// The model's scores.
    pub scores: Scores,
    /// The naive prediction's.
    pub baseline: Scores,
}

impl RowCounts {
    pub(super) fn leave_out(&mut self, reason: &str) {
        match self.left_out.iter_mut().find(|(r, _)| r == reason) {
            Some((_, rows)) => *rows += 1,
            None => self.left_out.push((reason.to_owned(), 1)),
        }
    }
}

impl Report {
    /// The best of the naive predictions, with which the model is compared.
    ///
    /// # Panics
    /// If only the model's own figures were asked for.
    pub fn naive(&self) -> &BaselineReport {
        &self.baselines[self.best_baseline]
    }

    /// One of the baselines, if it is there.
    pub fn baseline(&self, baseline: Baseline) -> Option<&BaselineReport> {
        self.baselines.iter().find(|report| report.baseline == baseline)
    }

    /// The time that so many rows span: `6 h`.
    pub fn span(&self, rows: usize) -> Option<String> {
        let (step, kind) = self.time_step?;
        span_text(step, rows, kind)
    }

    /// The report of contract section 5.
    pub fn to_json(&self) -> Value {
        let left_out: Map<String, Value> =
            self.rows.left_out.iter().map(|(r, n)| (r.clone(), json!(n))).collect();
        let mut out = Map::new();
        out.insert("split".into(), json!(self.split));
        let rows =
            json!({"read": self.rows.read, "scored": self.rows.scored, "left_out": left_out});
        out.insert("rows".into(), rows);
        out.insert("loss".into(), json!(self.loss));
        out.insert("loss_per_step".into(), json!(self.loss_per_step));
        out.extend(self.scores.to_json());
        let named = |b: &BaselineReport| (b.baseline.key().to_owned(), Value::Object(b.to_json()));
        let baselines: Map<String, Value> = self.baselines.iter().map(named).collect();
        out.insert("baselines".into(), Value::Object(baselines));
        if let Some(classes) = &self.classes {
            out.extend(classes.to_json());
        }
        if !self.series.is_empty() {
            let name = self.baselines.get(self.best_baseline).map_or("", |b| b.baseline.key());
            let series = self.series.iter().map(|s| (s.key.clone(), s.to_json(name)));
            out.insert("series".into(), Value::Object(series.collect()));
        }
        if let Some(best) = self.baselines.get(self.best_baseline) {
            out.insert("best_naive".into(), json!(best.baseline.key()));
        }
        out.insert("verdict".into(), json!(self.verdict.sentence));
        Value::Object(out)
    }
}

impl BaselineReport {
    /// Its scores, with the skill beside each.
    fn to_json(&self) -> Map<String, Value> {
        let mut out = self.scores.to_json();
        self.gain.write(&mut out);
        let targets = out.get_mut("targets").and_then(Value::as_object_mut).into_iter();
        for (target, gains) in targets.flat_map(Map::values_mut).zip(&self.targets) {
            let Some(target) = target.as_object_mut() else { continue };
            gains.all.write(target);
            let steps = target.get_mut("horizon").and_then(Value::as_array_mut);
            for (step, gain) in steps.into_iter().flatten().zip(&gains.horizon) {
                step.as_object_mut().into_iter().for_each(|step| gain.write(step));
            }
        }
        out
    }
}

impl Gain {
    fn write(self, out: &mut Map<String, Value>) {
        out.insert("skill".into(), json!(self.skill));
        out.insert("interval".into(), json!(self.interval));
    }
}

impl SeriesReport {
    fn to_json(&self, baseline: &str) -> Value {
        let mut out = Map::new();
        out.insert("rows".into(), json!({"scored": self.rows}));
        out.extend(self.scores.to_json());
        let baselines = json!({baseline: Value::Object(self.baseline.to_json())});
        out.insert("baselines".into(), baselines);
        Value::Object(out)
    }
}
