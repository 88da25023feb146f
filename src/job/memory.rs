//! What a run needs in memory, summed up before anything is allocated.

use std::fs;

use super::prepare::Prepared;
use crate::config::{Cell, Config, Head, State};
use crate::error::{Error, Result};
use crate::model::{Architecture, cell};
use crate::train::outputs_at_once;

/// Bytes by purpose; the largest first where it is shown.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Estimate {
    pub(super) weights: u128,
    pub(super) moments: u128,
    pub(super) rows: u128,
    pub(super) passes: u128,
}

impl Estimate {
    pub(super) fn total(&self) -> u128 {
        self.weights + self.moments + self.rows + self.passes
    }

    fn describe(&self) -> String {
        format!(
            "needs about {} (weights and gradients {}, optimizer and best model {}, data {}, activations {})",
            size(self.total()),
            size(self.weights),
            size(self.moments),
            size(self.rows),
            size(self.passes)
        )
    }
}

/// Parameters of an architecture, counted without making it.
pub(super) fn parameters(a: &Architecture) -> u128 {
    let layer = |cell: Cell, directions: usize, hidden: usize, input: usize| {
        let (hidden, input) = (hidden as u128, input as u128);
        directions as u128 * cell::gates(cell) as u128 * hidden * (input + hidden + 2)
    };
    let width = a.directions * a.hidden;
    let first = layer(a.cell, a.directions, a.hidden, a.input.features());
    let rest = (a.layers as u128).saturating_sub(1);
    let recurrent = first + rest * layer(a.cell, a.directions, a.hidden, width);
    let table = |size: usize, width: usize| size as u128 * width as u128;
    let tables = a.input.embeddings.iter().map(|e| table(e.size, e.width));
    let encoders = a
        .input
        .characters
        .iter()
        .map(|c| table(c.alphabet, c.embedding) + layer(c.cell, 2, c.hidden, c.embedding));
    let read = tables.chain(encoders).sum::<u128>();
    match a.head {
        Head::Linear => read + recurrent + a.outputs as u128 * (width as u128 + 1),
        Head::None => read + recurrent,
    }
}

/// Refuses a network whose weights alone do not fit.
pub(super) fn check_parameters(a: &Architecture) -> Result<()> {
    let count = parameters(a);
    let estimate = Estimate { weights: 16 * count, moments: 12 * count, ..Estimate::default() };
    refuse_if_too_big(&estimate)
}

/// The whole estimate.
pub(super) fn estimate(config: &Config, prepared: &Prepared) -> Estimate {
    let a = prepared.network.architecture();
    let count = parameters(a);
    let columns = prepared.encoder.columns() as u128;
    let rows: u128 = prepared.dataset.tables().iter().map(|t| u128::from(t.rows())).sum();
    // Each distinct word once, with what is read of it.
    let pools = prepared.dataset.tables().into_iter().flat_map(|table| &table.words);
    let words: u128 =
        pools.flat_map(|words| words.texts()).map(|text| 8 * text.len() as u128 + 160).sum();
    let windows = prepared.windows(config);
    let longest = windows.longest() as u128;
    // Lanes of carried state are as many as the batch is large, windows may be fewer.
    let batch = config.training.batch_size as u64;
    let carried = config.training.state != State::Reset;
    let sequences = if carried { batch } else { batch.min(windows.count()) };
    let layers = (a.layers * a.directions * a.hidden) as u128 * per_unit(a.cell);
    let encoders = a.input.characters.iter().map(|c| c.width() as u128 * per_unit(c.cell));
    let copies = if a.input.has_words() { 3 } else { 1 }; // their gradients and a mask too
    let read = copies * a.input.features() as u128 + CHARACTERS * encoders.sum::<u128>();
    let steps = u128::from(sequences) * longest;
    // Outputs, targets and gradients; where they are many, only some at a time.
    let outputs = 3 * outputs_at_once(a, steps);
    Estimate {
        weights: 16 * count, // gradients, and packed for both ways
        moments: 12 * count,
        rows: rows * (8 * columns + 44) + words,
        passes: 4 * (steps * (layers + read) + outputs),
    }
}

/// Characters of a word, about.
const CHARACTERS: u128 = 6;

/// Numbers a pass keeps for a unit at a step: states, what the cell keeps, gates, and the gradients of all that.
fn per_unit(cell: Cell) -> u128 {
    let gates = cell::gates(cell);
    let kept = cell::saved(cell) + if cell::separate_h_grad(cell) { gates } else { 0 };
    (2 + kept + gates + 3) as u128
}

/// Refuses a run that would not fit.
pub(super) fn check(config: &Config, prepared: &Prepared) -> Result<()> {
    refuse_if_too_big(&estimate(config, prepared))
}

fn refuse_if_too_big(estimate: &Estimate) -> Result<()> {
    match available() {
        Some(available) if estimate.total() > available => Err(Error::Memory(format!(
            "{}, and {} is available; make model.hidden_size, training.batch_size or data.window.length smaller",
            estimate.describe(),
            size(available)
        ))),
        _ => Ok(()),
    }
}

/// Bytes this process may still take: the smaller of the machine's and the container's; none where unknown.
fn available() -> Option<u128> {
    let machine = fs::read_to_string("/proc/meminfo").ok().and_then(|text| {
        let line = text.lines().find(|line| line.starts_with("MemAvailable:"))?;
        Some(line.split_whitespace().nth(1)?.parse::<u128>().ok()? * 1024)
    });
    let number = |path: &str| fs::read_to_string(path).ok()?.trim().parse::<u128>().ok();
    let container = number("/sys/fs/cgroup/memory.max")
        .map(|max| max.saturating_sub(number("/sys/fs/cgroup/memory.current").unwrap_or(0)));
    match (machine, container) {
        (Some(a), Some(b)) => Some(a.min(b)),
        (a, b) => a.or(b),
    }
}

/// Bytes for people: `14.9 TiB`.
pub(super) fn size(bytes: u128) -> String {
    let units = ["B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"];
    let mut value = bytes as f64;
    let mut unit = 0;
    while value >= 1024.0 && unit + 1 < units.len() {
        value /= 1024.0;
        unit += 1;
    }
    if unit == 0 { format!("{bytes} B") } else { format!("{value:.1} {}", units[unit]) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{CharactersShape, EmbeddingShape, InputShape, Network, Read};

    #[test]
    fn parameters_are_those_of_the_network() {
        let embedding = |name: &str| EmbeddingShape { name: name.into(), size: 9, width: 4 };
        let characters = CharactersShape {
            name: "c".into(),
            alphabet: 11,
            embedding: 3,
            hidden: 5,
            cell: Cell::Gru,
        };
        for head in [Head::Linear, Head::None] {
            let a = Architecture {
                cell: Cell::Lstm,
                directions: 2,
                layers: 3,
                input: InputShape {
                    numbers: 2,
                    embeddings: vec![embedding("a"), embedding("b")],
                    characters: vec![characters.clone()],
                },
                hidden: 6,
                outputs: 12,
                head,
                read: Read::EveryStep,
                dropout: 0.0,
                input_dropout: 0.0,
            };
            let made = Network::new(a.clone()).layout().len();
            assert_eq!(parameters(&a), made as u128, "{head:?}");
        }
    }
}
