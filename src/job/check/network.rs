//! The section on the network: every shape of contract section 3, with this config's numbers.

use super::layout::{Side, indented, table};
use crate::config::{Cell, Config, Head, LossSteps, Nonlinearity};
use crate::job::prepare::Prepared;
use crate::model::{Architecture, Entry, cell};
use crate::text::{counted, thousands};

/// Layers that are listed one by one; of more, equal ones share their lines.
const LAYERS: usize = 3;

/// The whole section.
pub(super) fn network(config: &Config, prepared: &Prepared) -> String {
    let a = prepared.network.architecture();
    let numbers = thousands(prepared.network.layout().len() as u64);
    let mut out = format!("\nNetwork: {}; {numbers} parameters\n", describe(a));
    out += &activations(config, prepared, a);
    out + &parameters(prepared, a)
}

/// `2 lstm layers of 64 units, forward`
fn describe(a: &Architecture) -> String {
    let cell = match a.cell {
        Cell::Rnn(Nonlinearity::Tanh) => "rnn (tanh)",
        Cell::Rnn(Nonlinearity::Relu) => "rnn (relu)",
        Cell::Lstm => "lstm",
        Cell::Gru => "gru",
    };
    let layers = counted(a.layers as u64, &format!("{cell} layer"));
    let units = counted(a.hidden as u64, "unit");
    let directions = if a.directions == 2 { "both directions" } else { "forward" };
    format!("{layers} of {units}, {directions}")
}

fn activations(config: &Config, prepared: &Prepared, a: &Architecture) -> String {
    let (batch, n) = (config.training.batch_size, prepared.windows(config).longest());
    let width = a.directions * a.hidden;
    let steps = if config.task.loss_steps == LossSteps::All { n } else { 1 };
    let states = [a.layers * a.directions, batch, a.hidden];
    let mut lines =
        table(&[("tensor", Side::Left), ("dimensions", Side::Left), ("shape", Side::Left)]);
    let mut line = |name: &str, dimensions: &str, shape: [usize; 3]| {
        lines.line(vec![name.into(), dimensions.into(), shown(&shape).into()]);
    };
    let from = if a.head == Head::Linear { "head" } else { "hidden state" };
    line("input, one timestep", "(batch, 1, emb)", [batch, 1, a.input.features()]);
    line("input, all timesteps", "(batch, n, emb)", [batch, n, a.input.features()]);
    line("output, all timesteps", "(batch, n, directions x hidden)", [batch, n, width]);
    line("hidden state", "(layers x directions, batch, hidden)", states);
    if cell::has_cell_state(a.cell) {
        line("cell state", "(layers x directions, batch, hidden)", states);
    }
    let outputs = match prepared.encoder.classes() {
        Some(_) => "(batch, steps, horizon x classes)",
        None => "(batch, steps, targets x horizon)",
    };
    line(&format!("prediction, {from}"), outputs, [batch, steps, a.outputs]);
    indented(&lines)
}

/// Every tensor of parameters with its shape and size, and their sum.
fn parameters(prepared: &Prepared, a: &Architecture) -> String {
    let entries = prepared.network.layout().entries();
    let mut lines =
        table(&[("parameter", Side::Left), ("shape", Side::Left), ("numbers", Side::Right)]);
    // Each layer has the same number of tensors; the head follows.
    let per_layer = entries.iter().take_while(|e| e.name.starts_with("rnn.")).count() / a.layers;
    let (layers, head) = entries.split_at(per_layer * a.layers);
    let layers: Vec<&[Entry]> = layers.chunks(per_layer).collect();
    for (first, alike) in runs(&layers) {
        for entry in layers[first] {
            let last = first + alike - 1;
            let (mut name, mut numbers) = (entry.name.clone(), thousands(size(entry)));
            if alike > 1 {
                name = name.replace(&format!("_l{first}"), &format!("_l{first}…{last}"));
                numbers = format!("{alike} x {numbers}");
            }
            lines.line(vec![name.into(), shown(&entry.shape).into(), numbers.into()]);
        }
    }
    for entry in head {
        let numbers = thousands(size(entry));
        lines.line(vec![entry.name.as_str().into(), shown(&entry.shape).into(), numbers.into()]);
    }
    let total = thousands(prepared.network.layout().len() as u64);
    lines.line(vec!["all".into(), "".into(), total.into()]);
    format!("\n{}", indented(&lines))
}

/// (first layer, how many like it): one by one where they are few.
fn runs(layers: &[&[Entry]]) -> Vec<(usize, usize)> {
    let alike = |a: &[Entry], b: &[Entry]| a.iter().zip(b).all(|(a, b)| a.shape == b.shape);
    let mut runs: Vec<(usize, usize)> = Vec::new();
    for layer in 0..layers.len() {
        match runs.last_mut() {
            Some((first, count))
                if layers.len() > LAYERS && alike(layers[*first], layers[layer]) =>
            {
                *count += 1;
            }
            _ => runs.push((layer, 1)),
        }
    }
    runs
}

fn size(entry: &Entry) -> u64 {
    entry.shape.iter().product::<usize>() as u64
}

/// `(64, 96, 5)`
fn shown(shape: &[usize]) -> String {
    let sizes: Vec<String> = shape.iter().map(usize::to_string).collect();
    format!("({})", sizes.join(", "))
}
