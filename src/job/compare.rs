//! `--compare`: two models on the same rows. How much they differ and whether that is more than chance, how their configs
//! differ, and which one to keep.

use std::collections::HashMap;
use std::path::PathBuf;

use serde_json::{Map, Value, json};

use super::evaluate::{EvaluateOptions, evaluation};
use super::rows_in::Rows;
use crate::config::differences;
use crate::data::{Moments, Turn};
use crate::error::{Error, Result, shown_path};
use crate::eval::{Difference, Evaluation};
use crate::store::Model;
use crate::text::thousands;

/// Steps of a long horizon that are compared one by one, at most.
const STEPS: usize = 24;

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

/// What squared errors of each target are divided by: where there are several, the variance of the truth over the
/// rows in question, so that neither model's own scaler has a say.
fn scales(rows: &Rows) -> Vec<f64> {
    let targets = &rows.model.encoder.roles.targets;
    if targets.len() == 1 {
        return vec![1.0];
    }
    let variance = |&place: &usize| {
        let mut moments = Moments::default();
        rows.part.values(place).for_each(|value| moments.add(value));
        let deviation = moments.deviation();
        if deviation > 0.0 { deviation * deviation } else { 1.0 }
    };
    targets.iter().map(variance).collect()
}

/// The errors of a model at the rows it was scored on, series by series.
struct Errors {
    series: Vec<(Vec<String>, Scored)>,
}

/// The errors of one series, by the row's time, or by its place where there is no time.
type Scored = Vec<(i128, Vec<f32>)>;

/// Errors at a row: over all, then by target where there are several, then by step where there are several.
fn errors(rows: &Rows, scales: &[f64]) -> Result<Errors> {
    let (model, table) = (&rows.model, &rows.part.table);
    let mut series: Vec<(Vec<String>, Scored)> =
        table.series.iter().map(|s| (s.key.clone(), Vec::new())).collect();
    let evaluation: Evaluation = evaluation(model);
    evaluation.run(&rows.split, &rows.part, |row| {
        let (Turn::Row(at), Some(prediction), Some(deciding)) =
            (row.turn, row.prediction, row.errors)
        else {
            return Ok(());
        };
        let s = &table.series[row.series];
        let place = s.times.get(at).copied().unwrap_or(at as i128);
        let errors = match model.encoder.classes() {
            Some(_) => vec![deciding[0] as f32],
            None => of_numbers(&prediction.values, row.truth, scales, model.encoder.steps),
        };
        series[row.series].1.push((place, errors));
        Ok(())
    })?;
    Ok(Errors { series })
}

/// The squared errors of numbers in a row; NaN where nothing is known.
fn of_numbers(values: &[f32], truth: &[f64], scales: &[f64], steps: usize) -> Vec<f32> {
    let squared = |at: usize| {
        let error = f64::from(values[at]) - truth[at];
        error * error / scales[at / steps]
    };
    let mean = |places: &mut dyn Iterator<Item = usize>| {
        let (mut sum, mut count) = (0.0, 0);
        for error in places.map(squared).filter(|error| !error.is_nan()) {
            (sum, count) = (sum + error, count + 1);
        }
        if count == 0 { f32::NAN } else { (sum / f64::from(count)) as f32 }
    };
    let targets = scales.len();
    let mut errors = vec![mean(&mut (0..values.len()))];
    if targets > 1 {
        errors.extend((0..targets).map(|k| mean(&mut (k * steps..(k + 1) * steps))));
    }
    if steps > 1 {
        let of_step = |step: usize| mean(&mut (0..targets).map(|k| k * steps + step));
        errors.extend(shown_steps(steps).into_iter().map(|step| of_step(step - 1)));
    }
    errors
}

/// All steps, or of many some at even distances, the last among them.
fn shown_steps(steps: usize) -> Vec<usize> {
    let stride = steps.div_ceil(STEPS);
    let mut shown: Vec<usize> =
        (1..).map(|k| k * stride).take_while(|&step| step < steps).collect();
    shown.push(steps);
    if shown[0] != 1 {
        shown.insert(0, 1);
    }
    shown
}

/// The errors of both at the same rows, series by series.
type Paired<'a> = Vec<Vec<(&'a [f32], &'a [f32])>>;

fn pair<'a>(first: &'a Errors, second: &'a Errors) -> Result<Paired<'a>> {
    let theirs: HashMap<&[String], &Scored> =
        second.series.iter().map(|(key, rows)| (&key[..], rows)).collect();
    let mut paired = Vec::new();
    for (key, ours) in &first.series {
        let Some(theirs) = theirs.get(&key[..]) else { continue };
        let theirs: HashMap<i128, &[f32]> =
            theirs.iter().map(|(place, errors)| (*place, &errors[..])).collect();
        let both = ours.iter().filter_map(|(place, a)| Some((&a[..], *theirs.get(place)?)));
        let both: Vec<_> = both.collect();
        if !both.is_empty() {
            paired.push(both);
        }
    }
    if paired.is_empty() {
        return Err(Error::Usage(
            "--compare found no row that both models have scored; name rows for both with --data"
                .into(),
        ));
    }
    Ok(paired)
}

/// What the figures are over, in the order of [`of_numbers`].
fn figures(model: &Model) -> Vec<Of> {
    let (encoder, mut of) = (&model.encoder, vec![Of::All]);
    if encoder.classes().is_some() {
        return of;
    }
    let targets = &encoder.roles.targets;
    if targets.len() > 1 {
        of.extend(targets.iter().map(|&place| Of::Target(encoder.roles.columns[place].clone())));
    }
    if encoder.steps > 1 {
        of.extend(shown_steps(encoder.steps).into_iter().map(Of::Step));
    }
    of
}

fn lines(model: &Model, paired: &Paired) -> Vec<Line> {
    let line = |(at, of): (usize, Of)| {
        let steps = match of {
            Of::Step(step) => step,
            _ => model.encoder.reach().max(1),
        };
        let mut sums = [0.0f64; 2];
        let mut difference = |(a, b): &(&[f32], &[f32])| {
            let (a, b) = (f64::from(a[at]), f64::from(b[at]));
            (sums[0], sums[1]) = (sums[0] + a, sums[1] + b);
            a - b
        };
        let known = |(a, b): &&(&[f32], &[f32])| !a[at].is_nan() && !b[at].is_nan();
        let series = paired.iter();
        let differences: Vec<Vec<f64>> =
            series.map(|rows| rows.iter().filter(known).map(&mut difference).collect()).collect();
        let rows = differences.iter().map(Vec::len).sum::<usize>();
        let errors = sums.map(|sum| sum / rows as f64);
        Line { of, errors, difference: Difference::of(&differences, steps) }
    };
    figures(model).into_iter().enumerate().map(line).collect()
}

/// Keys in which the configs differ, but for where files lie.
fn config_difference(rows: &[Rows; 2]) -> Vec<(String, String, String)> {
    let [a, b] = [&rows[0].model.config, &rows[1].model.config];
    differences(a, b).into_iter().filter(|(key, ..)| !key.starts_with("output.")).collect()
}

/// Which to keep: the one that errs less where the rows tell, else the smaller.
fn verdict(names: &[String; 2], line: &Line, parameters: [usize; 2]) -> (Option<usize>, String) {
    let better = usize::from(line.errors[0] > line.errors[1]);
    let (keep, other) = (&names[better], &names[1 - better]);
    let p = line.difference.p;
    let chance = p.map_or(String::new(), |p| match p {
        p if p < 0.001 => ", p below 0.001".into(),
        p => format!(", p {p:.3}"),
    });
    if line.difference.is_clear() {
        let of = |error: f64| 100.0 * error / line.errors[1 - better];
        let share = 100.0 - of(line.errors[better]);
        let [low, high] = line.difference.interval.unwrap_or_default().map(f64::abs);
        let (least, most) = (of(low.min(high)), of(low.max(high)));
        let sentence = format!(
            "Keep {keep}: its error is {share:.1} % lower than that of {other} ({least:.1} to {most:.1} %{chance})."
        );
        return (Some(better), sentence);
    }
    let cannot = format!("These rows cannot tell them apart{chance}.");
    let smaller = match parameters[0].cmp(&parameters[1]) {
        std::cmp::Ordering::Equal => {
            return (None, format!("{cannot} They are equally large, too: either will do."));
        }
        std::cmp::Ordering::Less => 0,
        std::cmp::Ordering::Greater => 1,
    };
    let sentence = format!(
        "{cannot} Keep {}, the smaller: {} parameters against {}.",
        names[smaller],
        thousands(parameters[smaller] as u64),
        thousands(parameters[1 - smaller] as u64)
    );
    (Some(smaller), sentence)
}

impl Comparison {
    /// `{"models", "split", "rows", "measure", "all": {"errors", "difference", "interval", "p"}, "targets", "horizon",
    /// "parameters", "config", "keep", "verdict"}`
    pub fn to_json(&self) -> Value {
        let figures = |line: &Line| {
            let found = &line.difference;
            json!({
                "errors": line.errors, "change": line.change(), "difference": found.mean, "interval": found.interval,
                "p": found.p, "rows": found.rows,
            })
        };
        let (mut targets, mut horizon) = (Map::new(), Vec::new());
        for line in &self.lines[1..] {
            match &line.of {
                Of::Step(step) => {
                    let mut figures = figures(line);
                    figures["step"] = json!(step);
                    horizon.push(figures);
                }
                Of::Target(name) => drop(targets.insert(name.clone(), figures(line))),
                Of::All => {}
            }
        }
        let config: Map<String, Value> = self
            .config
            .iter()
            .map(|(key, a, b)| (key.clone(), json!([value(a), value(b)])))
            .collect();
        json!({
            "models": self.names, "split": self.split, "rows": self.rows, "measure": self.measure,
            "all": figures(&self.lines[0]), "targets": targets, "horizon": horizon,
            "parameters": self.parameters, "config": config,
            "keep": self.keep.map(|k| &self.names[k]), "verdict": self.verdict,
        })
    }
}

/// A value of a config as JSON again; a key that one config has not is null.
fn value(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or(Value::Null)
}
