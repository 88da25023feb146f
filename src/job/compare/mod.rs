//! `--compare`: two models on the same rows. How much they differ and whether that is more than chance, how their configs
//! differ, and which one to keep.

mod errors;
mod json;
mod lines;
mod verdict;

use std::path::PathBuf;

use self::errors::{errors, scales};
use self::lines::{lines, pair};
use self::verdict::verdict;
use super::evaluate::EvaluateOptions;
use super::rows_in::Rows;
use crate::config::differences;
use crate::error::{Error, Result, shown_path};
use crate::eval::Difference;
use crate::store::Model;

/// What a comparison found.
#[derive(Clone, Debug, PartialEq)]
pub struct Comparison {
    /// The models, as they were named.
    pub names: [String; 2],
    /// `test`, `data`…
    pub split: String,
    /// Rows that both have scored.
    pub rows: u64,
    /// What the errors are: `MSE`, `MSE scaled`, `share wrong`, `bits per symbol`.
    pub measure: &'static str,
    /// Over all targets and steps, then by target (where there are several), then by step.
    pub lines: Vec<Line>,
    /// Numbers that were fitted.
    pub parameters: [usize; 2],
    /// Keys in which their configs differ, with both values.
    pub config: Vec<(String, String, String)>,
    /// Which to keep; none where neither is smaller nor better.
    pub keep: Option<usize>,
    /// The same in words.
    pub verdict: String,
}

/// One figure of both.
#[derive(Clone, Debug, PartialEq)]
pub struct Line {
    /// Over what.
    pub of: Of,
    /// The mean error of each.
    pub errors: [f64; 2],
    /// First less second.
    pub difference: Difference,
}

/// What a figure is over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Of {
    /// All targets and steps.
    All,
    /// One target.
    Target(String),
    /// One step ahead, from 1.
    Step(usize),
}

impl Line {
    /// How much higher the first one's error is: -0.2 is 20 % lower.
    pub fn change(&self) -> f64 {
        crate::metrics::change(self.errors[0], self.errors[1])
    }
}

/// Compares the models of two runs.
pub fn compare(
    models: [PathBuf; 2],
    options: &EvaluateOptions,
    warn: &mut dyn FnMut(String),
) -> Result<Comparison> {
    let read = |model: &PathBuf, warn: &mut dyn FnMut(String)| {
        Rows::read(&EvaluateOptions { model: model.clone(), ..options.clone() }, warn)
    };
    // What is to be said of the rows need not be said twice.
    let mut said = Vec::new();
    let mut once = |sentence: String| {
        if !said.contains(&sentence) {
            warn(sentence.clone());
            said.push(sentence);
        }
    };
    let rows = [read(&models[0], &mut once)?, read(&models[1], &mut once)?];
    let [a, b] = [&rows[0].model, &rows[1].model];
    refuse_others(a, b)?;
    let scales = scales(&rows[0]);
    let first = errors(&rows[0], &scales)?;
    let second = errors(&rows[1], &scales)?;
    let paired = pair(&first, &second)?;
    let names = models.map(|model| shown_path(&model));
    let lines = lines(a, &paired);
    let parameters = [a, b].map(|model| model.network.layout().len());
    let (keep, verdict) = verdict(&names, &lines[0], parameters);
    Ok(Comparison {
        names,
        split: rows[0].split.clone(),
        rows: paired.iter().map(|series| series.len() as u64).sum(),
        measure: measure(a),
        lines,
        parameters,
        config: config_difference(&rows),
        keep,
        verdict,
    })
}

/// Models of which different things come out cannot be compared.
fn refuse_others(a: &Model, b: &Model) -> Result<()> {
    let targets = |model: &Model| -> Vec<String> {
        let roles = &model.encoder.roles;
        roles.targets.iter().map(|&place| roles.columns[place].clone()).collect()
    };
    let refuse = |message: String| Err(Error::Usage(message));
    if targets(a) != targets(b) {
        return refuse(format!(
            "--compare wants models of the same targets; these predict {} and {}",
            targets(a).join(", "),
            targets(b).join(", ")
        ));
    }
    if (a.encoder.lead, a.encoder.steps) != (b.encoder.lead, b.encoder.steps) {
        return refuse(format!(
            "--compare wants models that reach equally far ahead; these reach {} and {} rows",
            a.encoder.reach(),
            b.encoder.reach()
        ));
    }
    if a.encoder.classes().is_some() != b.encoder.classes().is_some() {
        return refuse("--compare wants two models of numbers, or two of a category".into());
    }
    Ok(())
}

fn measure(model: &Model) -> &'static str {
    match (model.encoder.classes(), model.encoder.lead, model.encoder.roles.targets.len()) {
        (Some(_), 0, _) => "share wrong",
        (Some(_), ..) => "bits per symbol",
        (None, _, 1) => "MSE",
        (None, ..) => "MSE scaled",
    }
}

/// Keys in which the configs differ, but for where files lie.
fn config_difference(rows: &[Rows; 2]) -> Vec<(String, String, String)> {
    let [a, b] = [&rows[0].model.config, &rows[1].model.config];
    differences(a, b).into_iter().filter(|(key, ..)| !key.starts_with("output.")).collect()
}
