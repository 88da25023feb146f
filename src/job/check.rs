//! `--check`: what a config and its data come to, without writing anything.

use std::fmt::Write;

use super::memory;
use super::prepare::Prepared;
use crate::config::{Config, Head, LossSteps, State};
use crate::data::{Moments, PartRows};
use crate::error::Result;
use crate::model::cell;
use crate::text::{short, thousands};

/// The audit of a config and its data, as text.
pub fn check(config: &Config) -> Result<String> {
    let prepared = Prepared::new(config)?;
    let mut out = String::new();
    data(&mut out, config, &prepared);
    columns(&mut out, &prepared);
    shapes(&mut out, config, &prepared);
    let estimate = memory::estimate(config, &prepared);
    let _ = writeln!(
        out,
        "\nmemory      about {} (data {}, activations {}, weights and moments {})",
        memory::size(estimate.total()),
        memory::size(estimate.rows),
        memory::size(estimate.passes),
        memory::size(estimate.weights + estimate.moments),
    );
    for warning in &prepared.warnings {
        let _ = writeln!(out, "warning     {warning}");
    }
    Ok(out)
}

/// Rows used and left out, for the start of a run.
pub(super) fn row_notes(config: &Config, prepared: &Prepared) -> Vec<String> {
    let dataset = &prepared.dataset;
    let (used, left_out) = prepared.row_counts(config);
    let mut train = format!("{} train rows", thousands(dataset.train.rows()));
    for (reason, count) in left_out {
        let _ = write!(train, ", {} of them no input ({reason})", thousands(count));
    }
    let (unit, count) = sequences(config, prepared, used);
    let _ = write!(train, ": {} {unit}", thousands(count));
    let mut notes = vec![train];
    let parts: Vec<String> = ["valid", "test"]
        .into_iter()
        .filter_map(|name| {
            let part = dataset.part(name)?;
            let scored = thousands(prepared.scored(config, name));
            Some(format!("{} {name} rows, {scored} predictions scored", thousands(part.rows())))
        })
        .collect();
    if !parts.is_empty() {
        notes.push(parts.join("; "));
    }
    if dataset.left_out > 0 {
        notes.push(format!(
            "{} rows in no part of the split, left out",
            thousands(dataset.left_out)
        ));
    }
    notes
}

/// What an epoch is made of.
fn sequences(config: &Config, prepared: &Prepared, used: u64) -> (&'static str, u64) {
    match (config.training.state, config.data.window) {
        (State::Carry { .. }, _) => ("rows in chunks that hand their state on", used),
        (State::Reset, Some(_)) => ("windows", prepared.windows(config).count()),
        (State::Reset, None) => ("whole series", prepared.windows(config).count()),
    }
}

fn data(out: &mut String, config: &Config, prepared: &Prepared) {
    for table in prepared.dataset.tables() {
        for file in &table.files {
            let path = crate::error::shown_path(&file.path);
            let _ = writeln!(out, "file        {path}: {} rows", thousands(file.rows));
        }
        if table.series.len() > 1 {
            let (shortest, longest) = extent(table);
            let count = thousands(table.series.len() as u64);
            let _ = writeln!(out, "series      {count}, of {shortest} to {longest} rows");
        }
        if let Some((step, kind)) = table.step() {
            let first = table.series.iter().map(|s| s.time_text(0)).next().unwrap_or_default();
            let step = crate::data::time::span_text(step, 1, kind);
            let step = step.map_or(String::new(), |step| format!(", mostly every {step}"));
            let _ = writeln!(out, "time        from {first}{step}");
        }
    }
    for note in row_notes(config, prepared) {
        let _ = writeln!(out, "rows        {note}");
    }
}

fn extent(table: &crate::data::Table) -> (String, String) {
    let rows = || table.series.iter().map(|s| s.rows() as u64);
    (thousands(rows().min().unwrap_or(0)), thousands(rows().max().unwrap_or(0)))
}

/// Range and drift of every column in use.
fn columns(out: &mut String, prepared: &Prepared) {
    let roles = &prepared.encoder.roles;
    let width = roles.columns.iter().map(|name| name.chars().count()).max().unwrap_or(0).max(6);
    let _ = writeln!(
        out,
        "\n{:width$}  {:12}  {:>10}  {:>10}  {:>10}  {:>10}  {:>10}",
        "column", "role", "min", "max", "mean", "deviation", "valid mean"
    );
    for (place, name) in roles.columns.iter().enumerate() {
        let role = match (roles.is_input(place), roles.targets.contains(&place)) {
            (true, true) => "input target",
            (true, false) => "input",
            _ => "target",
        };
        let train = moments(&prepared.dataset.train, place);
        let valid = prepared.dataset.valid.as_ref().map(|part| moments(part, place).mean);
        let _ = writeln!(
            out,
            "{:width$}  {role:12}  {:>10}  {:>10}  {:>10}  {:>10}  {:>10}",
            name.escape_debug().to_string(),
            short(train.min),
            short(train.max),
            short(train.mean),
            short(train.deviation()),
            valid.map_or_else(|| "-".to_owned(), short),
        );
    }
}

fn moments(part: &PartRows, column: usize) -> Moments {
    let mut moments = Moments::default();
    for (series, range) in part.table.series.iter().zip(&part.ranges) {
        range.clone().for_each(|row| moments.add(series.row(row)[column]));
    }
    moments
}

/// Every shape of contract section 3, with this config's numbers.
fn shapes(out: &mut String, config: &Config, prepared: &Prepared) {
    let a = prepared.network.architecture();
    let (batch, n) = (config.training.batch_size, prepared.windows(config).longest());
    let width = a.directions * a.hidden;
    let steps = if config.task.loss_steps == LossSteps::All { n } else { 1 };
    let mut lines = vec![("tensor".to_owned(), "shape".to_owned())];
    let mut line = |name: &str, shape: String| lines.push((name.to_owned(), shape));
    line("input, one timestep (batch, 1, emb)", format!("({batch}, 1, {})", a.input));
    line("input, all (batch, n, emb)", format!("({batch}, {n}, {})", a.input));
    line("output, all (batch, n, directions x hidden)", format!("({batch}, {n}, {width})"));
    let states = format!("({}, {batch}, {})", a.layers * a.directions, a.hidden);
    line("hidden state (layers x directions, batch, hidden)", states.clone());
    if cell::has_cell_state(a.cell) {
        line("cell state (layers x directions, batch, hidden)", states);
    }
    let from = if a.head == Head::Linear { "head" } else { "hidden state" };
    line(&format!("prediction, from the {from}"), format!("({batch}, {steps}, {})", a.outputs));
    for entry in prepared.network.layout().entries() {
        let shape: Vec<String> = entry.shape.iter().map(usize::to_string).collect();
        line(&entry.name, format!("({})", shape.join(", ")));
    }
    line("parameters", thousands(prepared.network.layout().len() as u64));
    let width = lines.iter().map(|(name, _)| name.chars().count()).max().unwrap_or(0);
    out.push('\n');
    for (name, shape) in lines {
        let _ = writeln!(out, "{name:width$}  {shape}");
    }
}
