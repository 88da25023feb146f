//! An update whose numbers are not finite: what is known of it, and where it began.

use super::batch::Assembler;
use super::chunks;
use super::step::Batch;
use crate::data::Span;
use crate::model::{BLOCK_ROWS, Block, Direction, Network, Spot, Tensors, Weights, cell};

/// An update that was not made, or that went wrong.
#[derive(Clone, Debug)]
pub struct NonFinite {
    /// What was noticed, as the end of a sentence: `the loss is not finite`.
    pub noticed: &'static str,
    /// Which update of the run, from 1.
    pub step: u64,
    /// Its epoch, from 1.
    pub epoch: usize,
    /// Which update of that, from 1.
    pub update: u64,
    /// Mean loss of the epoch until then.
    pub loss_before: Option<f64>,
    /// The learning rate it has, or would have had.
    pub learning_rate: f64,
    /// Norm of its gradient before clipping.
    pub norm: f64,
    /// The first number that is not finite, in the order of computing.
    pub first: Option<Fault>,
    /// The sequences it is made from.
    pub spans: Vec<Span>,
}

/// A number that is not finite, and where it stands.
#[derive(Clone, Debug, PartialEq)]
pub struct Fault {
    /// In what it was met.
    pub pass: Pass,
    /// What it is one of.
    pub what: String,
    /// The gate it belongs to.
    pub gate: Option<&'static str>,
    /// The recurrent layer, from 0.
    pub layer: Option<usize>,
    /// Which way that walks.
    pub direction: Option<Direction>,
    /// Its place among its like, from 0.
    pub unit: usize,
    /// The number.
    pub value: f32,
    /// The sequence and the timestep in it, from 0.
    pub place: Option<(Span, usize)>,
}

/// Where a number was met.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pass {
    /// In the weights and moments that an update has left.
    Weights,
    /// On the way from inputs to outputs.
    Forward,
    /// On the way back from the loss.
    Backward,
    /// In the sums over sequences and steps.
    Gradient,
}

impl NonFinite {
    /// Where it was, for messages.
    pub fn at(&self) -> String {
        format!("at step {} (epoch {}, update {})", self.step, self.epoch, self.update)
    }

    /// Where it began, as an addition to a sentence.
    pub fn began(&self) -> String {
        let Some(fault) = &self.first else { return String::new() };
        let layer = fault.layer.map_or(String::new(), |layer| format!(" of layer {layer}"));
        let step = fault.place.map_or(String::new(), |(_, t)| format!(", timestep {t}"));
        format!(", first in {}{layer}{step}", fault.what)
    }
}

/// Goes through a batch once more, a block at a time, until the first number that is not finite. What comes from the
/// way back counts only where all blocks are fine on the way there.
pub(super) fn first_fault(
    network: &Network,
    params: &Tensors,
    assembler: Assembler,
    batch: &Batch,
) -> Option<Fault> {
    let (weights, outputs) = (Weights::new(network, params), network.architecture().outputs);
    let (mut block, mut targets, mut tape) = (Block::default(), Vec::new(), network.tape());
    let (width, mut later) = (assembler.encoder.target_width(), None);
    // Where outputs are many, those of few rows at a time.
    let many = chunks::in_chunks(network.architecture(), batch.spans, chunks::MOST);
    let rows = if many { 1 } else { BLOCK_ROWS };
    for (index, spans) in batch.spans.chunks(rows).enumerate() {
        let first = index * rows;
        assembler.fill(spans, first, &mut block, &mut targets);
        block.initial = batch.initial_rows(network, first, spans.len());
        network.forward(&weights, &block, batch.dropout, &mut tape);
        let forward = network.spot_forward(&block, &tape);
        if let Some(spot) = forward.or_else(|| target_spot(&block, width, &targets)) {
            return Some(Fault::of(spot, spans, Pass::Forward));
        }
        let (y, dy) = tape.output_gradient();
        batch.loss.block(&block, outputs, y, &targets, dy);
        network.backward(&weights, &block, &mut tape);
        let backward = || network.spot_backward(&block, &tape);
        later = later.or_else(|| Some(Fault::of(backward()?, spans, Pass::Backward)));
    }
    later
}

/// An infinite target; one that is not a number is absent.
fn target_spot(block: &Block, width: usize, targets: &[f32]) -> Option<Spot> {
    let at = targets.iter().position(|target| target.is_infinite())?;
    let (step, row) = (at / width / block.rows(), at / width % block.rows());
    let every_step = targets.len() == block.steps() * block.rows() * width;
    Some(Spot {
        what: "target".into(),
        gate: None,
        layer: None,
        direction: None,
        row,
        step: if every_step { step } else { block.lengths()[row] - 1 },
        unit: at % width,
        value: targets[at],
    })
}

/// The first of some numbers laid out like the weights; `of` says what they are.
pub(super) fn in_tensors(network: &Network, values: &[f32], pass: Pass, of: &str) -> Option<Fault> {
    let at = values.iter().position(|value| !value.is_finite())?;
    let entry = network.layout().entries().iter().find(|entry| entry.range().contains(&at))?;
    let inside = at - entry.offset;
    let row = inside / entry.shape[1..].iter().product::<usize>().max(1);
    let a = network.architecture();
    let recurrent = entry.name.starts_with("rnn.");
    let gate = recurrent.then(|| cell::gate_names(a.cell).get(row / a.hidden).copied()).flatten();
    Some(Fault {
        pass,
        what: format!("{of}{}", entry.name),
        gate,
        layer: None,
        direction: None,
        unit: if recurrent { row % a.hidden } else { row },
        value: values[at],
        place: None,
    })
}

impl Fault {
    fn of(spot: Spot, spans: &[Span], pass: Pass) -> Self {
        let Spot { what, gate, layer, direction, row, step, unit, value } = spot;
        let place = Some((spans[row], step));
        Self { pass, what, gate, layer, direction, unit, value, place }
    }
}
