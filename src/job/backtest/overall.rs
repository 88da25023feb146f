//! All folds of a backtest together.

use serde_json::{Map, Value, json};

use super::Fold;
use crate::eval::{Baseline, Report, Scores, Standing};
use crate::text::{counted, short, thousands};

/// The scores over the test rows of all folds.
#[derive(Clone, Debug, PartialEq)]
pub struct Overall {
    /// Rows scored.
    pub rows: u64,
    /// The model's; none where nothing could be scored.
    pub scores: Option<Scores>,
    /// What it is compared with, as far as every fold has it.
    pub baselines: Vec<(Baseline, Scores)>,
    /// The best naive one of them.
    pub best: Option<usize>,
    /// The model's skill beside the best one, fold by fold.
    pub skills: Vec<f64>,
    /// In words.
    pub verdict: String,
}

impl Overall {
    pub(super) fn of(folds: &[Fold]) -> Self {
        let reports: Vec<&Report> = folds.iter().map(|fold| &fold.report).collect();
        let pooled = |of: &dyn Fn(&Report) -> Option<Scores>| {
            let parts: Option<Vec<(u64, Scores)>> =
                reports.iter().map(|report| Some((report.rows.scored, of(report)?))).collect();
            let parts = parts?;
            Scores::pooled(&parts.iter().map(|(rows, scores)| (*rows, scores)).collect::<Vec<_>>())
        };
        let scores = pooled(&|report| Some(report.scores.clone()));
        let kinds = reports.first().map_or(&[][..], |report| &report.baselines[..]);
        let baseline = |kind: Baseline| {
            let scores = pooled(&|report| Some(report.baseline(kind)?.scores.clone()))?;
            Some((kind, scores))
        };
        let baselines: Vec<_> =
            kinds.iter().filter_map(|report| baseline(report.baseline)).collect();
        let errors = baselines.iter().enumerate().filter(|(_, (kind, _))| kind.is_naive());
        let errors = errors.filter_map(|(k, (_, scores))| Some((k, scores.error()?)));
        let best = errors.min_by(|(_, a), (_, b)| a.total_cmp(b)).map(|(k, _)| k);
        let skill = |report: &&Report| {
            Some(-report.scores.change(&report.baseline(baselines[best?].0)?.scores)?)
        };
        let skills: Vec<f64> = reports.iter().filter_map(skill).collect();
        let rows = reports.iter().map(|report| report.rows.scored).sum();
        let mut overall = Self {
            rows,
            scores,
            baselines,
            best,
            skills,
            verdict: "No row could be scored.".into(),
        };
        if let Some(verdict) = overall.in_words(folds) {
            overall.verdict = verdict;
        }
        overall
    }

    /// How much lower the model's error is than the best naive one's: 0.2 for 20 %.
    pub fn skill(&self) -> Option<f64> {
        Some(-self.scores.as_ref()?.change(&self.baselines[self.best?].1)?)
    }

    /// How the model stands beside it.
    pub fn standing(&self) -> Standing {
        standing(self.skill())
    }

    fn in_words(&self, folds: &[Fold]) -> Option<String> {
        let (scores, (kind, naive)) = (self.scores.as_ref()?, &self.baselines[self.best?]);
        let (skill, ours, theirs) = (self.skill()?, scores.error()?, naive.error()?);
        let name = match scores {
            Scores::Numbers(numbers) if numbers.data.is_some() => "RMSE",
            Scores::Numbers(_) => "scaled RMSE over all targets",
            Scores::Classes(classes) if classes.sequence => "bits per symbol",
            Scores::Classes(_) => "share wrong",
        };
        let beats = match self.standing() {
            Standing::Better => "beats",
            Standing::Worse => "does NOT beat",
            Standing::Same | Standing::Unknown => "does not beat",
        };
        let better = |skill: &&f64| standing(Some(**skill)) == Standing::Better;
        let better = self.skills.iter().filter(better).count();
        let least = self.skills.iter().copied().min_by(f64::total_cmp)?;
        let most = self.skills.iter().copied().max_by(f64::total_cmp)?;
        let gives = kind.gives(&folds[0].report.season);
        Some(format!(
            "Over {} ({} rows) the model {beats} {gives}: skill {} % ({name} {}, not {}). It is better in {better} of \
             them, skill {} to {} %.",
            counted(folds.len() as u64, "fold"),
            thousands(self.rows),
            percent(skill),
            short(ours),
            short(theirs),
            percent(least),
            percent(most)
        ))
    }

    pub(super) fn to_json(&self) -> Value {
        let mut out = Map::from_iter([("rows".to_owned(), json!({"scored": self.rows}))]);
        out.extend(self.scores.as_ref().map(Scores::to_json).unwrap_or_default());
        let named = |(kind, scores): &(Baseline, Scores)| {
            (kind.key().to_owned(), Value::Object(scores.to_json()))
        };
        let baselines: Map<String, Value> = self.baselines.iter().map(named).collect();
        out.insert("baselines".into(), Value::Object(baselines));
        out.insert("best_naive".into(), json!(self.best.map(|best| self.baselines[best].0.key())));
        out.insert("skill".into(), json!(self.skill()));
        out.insert("skills".into(), json!(self.skills));
        out.insert("verdict".into(), json!(self.verdict));
        Value::Object(out)
    }
}

fn standing(skill: Option<f64>) -> Standing {
    Standing::of(skill.map(|skill| -skill))
}

/// `12.3`; beside what is never wrong there is no figure.
fn percent(skill: f64) -> String {
    if skill.is_finite() { format!("{:.1}", 100.0 * skill) } else { "-".into() }
}
