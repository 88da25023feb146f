//! `nan_report.json`: where numbers stopped being finite, in words of the user's files.

use std::path::Path;

use serde::Serialize;
use serde_json::{Map, Value, json};

use super::prepare::Prepared;
use crate::data::Span;
use crate::error::{shell_path, shown_path};
use crate::model::Direction;
use crate::train::{Fault, NonFinite, Pass};

/// The file's name in a run folder.
pub(super) const FILE: &str = "nan_report.json";

/// What was found out about an update, for people and programs.
#[derive(Debug, Serialize)]
pub(super) struct NanReport {
    noticed: String,
    step: u64,
    epoch: usize,
    update: u64,
    mean_loss_before: Option<f64>,
    learning_rate: f64,
    grad_norm: Value,
    first: Value,
    batch: Vec<Value>,
    #[serde(rename = "try")]
    cures: Vec<String>,
}

impl NanReport {
    pub(super) fn new(found: &NonFinite, prepared: &Prepared, run: &Path) -> Self {
        Self {
            noticed: found.noticed.to_owned(),
            step: found.step,
            epoch: found.epoch,
            update: found.update,
            mean_loss_before: found.loss_before,
            learning_rate: found.learning_rate,
            grad_norm: number(found.norm),
            first: found.first.as_ref().map_or(Value::Null, |fault| first(fault, prepared)),
            batch: found.spans.iter().map(|span| sequence(*span, prepared)).collect(),
            cures: cures(found, run),
        }
    }
}

/// The first number that is not finite. Timesteps, layers and units count from 0, as in the tensors.
fn first(fault: &Fault, prepared: &Prepared) -> Value {
    let mut out = Map::new();
    out.insert("in".into(), fault.what.clone().into());
    let met = match fault.pass {
        Pass::Weights => "the weights after the update",
        Pass::Forward => "the forward pass",
        Pass::Backward => "the backward pass",
        Pass::Gradient => "the sum over the batch",
    };
    out.insert("met_in".into(), met.into());
    out.insert("value".into(), number(f64::from(fault.value)));
    out.insert("layer".into(), json!(fault.layer));
    let direction = fault.direction.map(|direction| match direction {
        Direction::Forward => "forward",
        Direction::Reverse => "reverse",
    });
    out.insert("direction".into(), json!(direction));
    out.insert("gate".into(), json!(fault.gate));
    out.insert("unit".into(), fault.unit.into());
    out.insert("name".into(), json!(name(fault, prepared)));
    if let Some((span, timestep)) = fault.place {
        out.insert("timestep".into(), timestep.into());
        out.insert("row".into(), row(span.series, span.start + timestep, prepared));
        out.insert("sequence".into(), sequence(span, prepared));
    }
    out.into()
}

/// What the user calls an input or an output.
fn name(fault: &Fault, prepared: &Prepared) -> Option<String> {
    let (encoder, unit) = (&prepared.encoder, fault.unit);
    let of_layer = fault.layer.is_some() || fault.place.is_none();
    match fault.what.as_str() {
        _ if of_layer => None,
        "input" => encoder.number_names().get(unit).cloned(),
        what => {
            // Classes have an output each, but one target.
            let classes = encoder.classes().filter(|_| what != "target");
            let each = classes.map_or(1, |classes| classes.len());
            encoder.prediction_names("pred").get(unit / each).cloned()
        }
    }
}

/// One row of the data: where it stands, and what it holds.
fn row(series: usize, row: usize, prepared: &Prepared) -> Value {
    let table = &prepared.dataset.train.table;
    let roles = &prepared.encoder.roles;
    let cell = |(column, value): (usize, &f64)| {
        let shown = match roles.are_words[column] {
            true => json!(table.words[column].of(*value)),
            false => number(*value),
        };
        (roles.columns[column].clone(), shown)
    };
    let values: Map<_, _> = table.series[series].row(row).iter().enumerate().map(cell).collect();
    let place = table.place(series, row);
    json!({
        "file": place.map(|(file, _)| shown_path(&file.path)),
        "line": place.map(|(_, line)| line),
        "time": table.series[series].time_text(row),
        "values": values,
    })
}

/// The rows of a sequence, by their lines.
fn sequence(span: Span, prepared: &Prepared) -> Value {
    let table = &prepared.dataset.train.table;
    let (first, last) = (span.start, span.start + span.len - 1);
    let (from, to) = (table.place(span.series, first), table.place(span.series, last));
    json!({
        "series": table.series[span.series].key,
        "file": from.map(|(file, _)| shown_path(&file.path)),
        "lines": [from.map(|(_, line)| line), to.map(|(_, line)| line)],
        "timesteps": span.len,
    })
}

/// JSON knows no number that is not finite.
fn number(value: f64) -> Value {
    if value.is_finite() { json!(value) } else { value.to_string().into() }
}

fn cures(found: &NonFinite, run: &Path) -> Vec<String> {
    let mut cures = Vec::new();
    match found.first.as_ref().map(|fault| (fault.pass, fault.what.as_str())) {
        Some((Pass::Forward, "input" | "target")) => cures.push(
            "look at the row named here: a value is too large to be scaled; correct it, or set data.scale".to_owned(),
        ),
        Some((Pass::Weights, _)) | None => {
            cures.push("the step was too large: a new run with a lower training.optimizer.learning_rate".to_owned());
        }
        Some(_) => {
            let rate = found.learning_rate / 10.0;
            let rate: f64 = format!("{rate:.2e}").parse().unwrap_or(rate); // 1e-5, not 1.0000000000000001e-5
            cures.push(format!("a new run with a lower training.optimizer.learning_rate, e.g. {rate:?}"));
            cures.push("training.clip_grad_norm, a little above the usual grad_norm of metrics.jsonl".to_owned());
            cures.push("a shorter data.window.length, where the gradient has grown over many timesteps".to_owned());
        }
    }
    let run = shell_path(run);
    if found.epoch > 1 {
        cures.push(format!("a new run that begins with the best model so far: --init-from {run}"));
    }
    cures.push(format!(
        "training.on_non_finite \"skip\" to pass over such updates, if they are rare: rnn-train --resume --out {run} \
         --set training.on_non_finite=skip"
    ));
    cures
}
