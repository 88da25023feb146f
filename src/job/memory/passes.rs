//! What the passes of training and of scoring keep, from the shapes of their blocks.

use std::cmp::Reverse;
use std::collections::HashSet;

use super::Prepared;
use crate::config::{Config, State};
use crate::data::{Encoder, PartRows, Span, Table, Windows};
use crate::eval::{Wanted, report_bytes};
use crate::model::{Architecture, BlockSize, CharactersShape, Read};
use crate::serve::{BlockShape, Plan};
use crate::train::{outputs_at_once, rows_together};

/// Bytes of a number of 32 bits.
const F32: u128 = 4;

/// Updates whose windows are sorted by length together, about; see `train::order`.
const POOL: u64 = 64;

/// Training: all blocks of a batch at the same time, each as large as it has ever been.
pub(super) fn training(config: &Config, prepared: &Prepared) -> u128 {
    let a = prepared.network.architecture();
    let windows = prepared.windows(config);
    let carried = config.training.state != State::Reset;
    let batch = config.training.batch_size as u64;
    // Lanes of carried state are as many as the batch is large, windows may be fewer.
    let sequences = if carried { batch } else { batch.min(windows.count()) };
    let longest = windows.longest() as u128;
    let readings = |block: BlockSize| match a.read {
        Read::EveryStep => block.steps * block.rows,
        Read::FinalState => block.rows,
    };
    let all = BlockSize { steps: longest, rows: u128::from(sequences), ..BlockSize::default() };
    let (outputs, targets) = (a.outputs as u128, prepared.encoder.target_width() as u128);
    let at_once = outputs_at_once(a, longest * u128::from(sequences));
    let in_chunks = a.read == Read::EveryStep && at_once < readings(all) * outputs;
    let even = carried || windows.are_even();
    let together = if a.input.characters.is_empty() {
        rows_together(sequences as usize, even, rayon::current_num_threads())
    } else {
        crate::model::BLOCK_ROWS
    } as u64;
    let lengths = if even { Vec::new() } else { sorted(&windows, windows.count()) };
    let any = if even { sorted(&windows, sequences.min(windows.count())) } else { Vec::new() };
    let mut numbers = 0;
    for first in (0..sequences).step_by(together as usize) {
        let spans = if even {
            any.iter().skip(first as usize).take(together as usize).copied().collect()
        } else {
            longest_of(&lengths, first, together, batch)
        };
        let rows = u128::from(together.min(sequences - first));
        let steps = spans.first().map_or(longest, |span| span.len as u128);
        let block = BlockSize { steps, rows, ..BlockSize::default() };
        let block = spelled(block, &prepared.dataset.train.table, &spans, a);
        numbers += a.tape(block, true) + a.input.block(block);
        if !in_chunks {
            numbers += readings(block) * (2 * outputs + targets);
        }
    }
    if in_chunks {
        let terms = at_once / outputs.max(1);
        let width = (a.directions * a.hidden) as u128;
        numbers += terms * (2 * width + 2 * outputs + targets + 6);
    }
    let state = (2 * a.layers * a.directions * a.hidden) as u128 * u128::from(batch);
    F32 * (numbers + if carried { 3 * state } else { 0 })
}

/// The first windows, the longest first.
fn sorted(windows: &Windows, count: u64) -> Vec<Span> {
    let mut spans: Vec<Span> = (0..count).map(|number| windows.span(number)).collect();
    spans.sort_by_key(|span| Reverse(span.len));
    spans
}

/// The longest sequences that the block at place `first` of a batch may meet. Those of a batch are of about one length;
/// where there are many windows, only some of the longest come together.
fn longest_of(sorted: &[Span], first: u64, together: u64, batch: u64) -> Vec<Span> {
    let pools = (sorted.len() as u64).div_ceil(POOL * batch).max(1);
    let from = (first * pools / 2 + first.min(1)) as usize;
    let to = from + together as usize;
    sorted[from.min(sorted.len())..to.min(sorted.len())].to_vec()
}

/// With the distinct spellings of some sequences.
fn spelled(block: BlockSize, table: &Table, spans: &[Span], a: &Architecture) -> BlockSize {
    if a.input.characters.is_empty() {
        return block;
    }
    let mut all = BlockSize { ..block };
    for (column, words) in table.words.iter().enumerate() {
        let characters = |word: u32| &words.reading(word).characters[..];
        let count = words.len() as u32;
        if !words.are_read() || (0..count).all(|word| characters(word).is_empty()) {
            continue;
        }
        let mut seen = HashSet::new();
        for span in spans {
            let rows = (span.start..span.start + span.len).map(|row| {
                let value = table.series[span.series].row(row)[column];
                if value.is_nan() { 0 } else { value as u32 }
            });
            seen.extend(rows.map(characters));
        }
        let mut lengths: Vec<usize> = seen.iter().map(|text| text.len().max(1)).collect();
        lengths.sort_unstable_by_key(|&length| Reverse(length));
        let mut characters = 0;
        let mut rest = &lengths[..];
        while let Some(&longest) = rest.first() {
            let (group, after) = rest.split_at(CharactersShape::together(longest).min(rest.len()));
            characters += (group.len() * longest) as u128;
            rest = after;
        }
        all.spellings = all.spellings.max(lengths.len() as u128);
        all.characters = all.characters.max(characters);
    }
    all
}

/// Scoring a part: the weights once more, and as many blocks as go side by side.
pub(super) fn scoring(
    config: &Config,
    trained: &Architecture,
    encoder: &Encoder,
    part: &PartRows,
) -> u128 {
    let plan = Plan::new(config);
    let a = plan.architecture(trained);
    let (width, outputs) = ((a.directions * a.hidden) as u128, a.outputs as u128);
    let targets = encoder.target_width() as u128;
    let (mut asked, mut longest) = (0, 0);
    for (range, s) in part.ranges.iter().zip(&part.table.series) {
        let wanted =
            Wanted::new(range.clone(), (s.rows(), &s.cuts), plan, encoder.lead, encoder.reach());
        asked += wanted.asked.len();
        longest = longest.max(wanted.pushed.len());
    }
    let BlockShape { steps, rows, blocks, asked: answers } =
        plan.blocks(longest, asked, a.outputs, rayon::current_num_threads());
    let size = BlockSize { steps: steps as u128, rows: rows as u128, ..BlockSize::default() };
    let spans: Vec<Span> = longest_rows(part.ranges.iter().cloned(), steps, rows);
    let size = spelled(size, &part.table, &spans, &a);
    let read = match a.read {
        Read::FinalState => size.rows,
        Read::EveryStep => size.steps * size.rows,
    };
    let read = read.min((crate::serve::OUTPUTS as u128 / outputs).max(1));
    let worker = a.tape(size, false) + a.input.block(size) + read * (width + outputs + 2);
    let copies = if encoder.classes().is_some() { 2 } else { 1 };
    let answer = F32 * (copies * outputs + targets) + ANSWER;
    let blocks = blocks as u128 * F32 * worker;
    let scored = asked.saturating_sub(encoder.reach()) as u64;
    let report = report_bytes(encoder, part, scored);
    blocks + answers as u128 * answer + report + F32 * a.packed(false)
}

/// Bytes of a prediction besides its numbers.
const ANSWER: u128 = 120;

/// The longest ranges, cut to so many steps.
fn longest_rows(
    ranges: impl Iterator<Item = std::ops::Range<usize>>,
    steps: usize,
    rows: usize,
) -> Vec<Span> {
    let mut spans: Vec<Span> = ranges
        .enumerate()
        .map(|(series, range)| Span { series, start: range.start, len: range.len().min(steps) })
        .collect();
    spans.sort_by_key(|span| Reverse(span.len));
    spans.truncate(rows);
    spans
}
