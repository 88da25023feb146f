//! No prediction reads a row later than it may: later rows are changed, and every bit before has to stay.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use super::{Check, Finding};
use crate::data::{PartRows, Series, Table, Turn};
use crate::error::{Result, shown};
use crate::eval::Evaluation;
use crate::job::evaluate::evaluation;
use crate::serve::{Plan, Prediction};
use crate::store::Model;
use crate::text::thousands;

/// What a model is held to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Claim {
    /// What its kind promises: one way no row after its own, in blocks none after the block, else its series alone.
    #[default]
    OfItsKind,
    /// No row after its own, whatever it is.
    Forward,
}

/// Places at which later rows are changed, in each of so many series.
const CUTS: usize = 24;
const SERIES: usize = 3;

/// Rows of a series that are predicted each time, beside those they look back on.
const ROWS: usize = 160;

/// The bits of the predictions of one series, by row.
type Bits = BTreeMap<usize, Vec<u32>>;

/// A place where a series is cut: rows from `first` on are changed, predictions up to `last` have to stay.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Cut {
    last: usize,
    first: usize,
}

/// What was tried.
#[derive(Default)]
struct Tried {
    cuts: u64,
    compared: u64,
    /// Cuts after which some later prediction did change: the test would have seen one that reads too much.
    seen: u64,
    /// The first prediction that changed and should not have: series, row, the first row that was changed.
    broken: Option<(usize, usize, usize)>,
}

pub(super) fn check(model: &Model, part: &PartRows, claim: Claim) -> Result<Check> {
    let name = "later_rows";
    let plan = model.plan();
    if matches!(plan, Plan::Whole { .. }) && claim == Claim::OfItsKind {
        let sentence = "a prediction reads its whole series, as this kind of model does; it may, so there is no later \
                        row to test, and such a model is for after the fact";
        return Ok(Check::new(name, Finding::Passed, sentence.into()));
    }
    let evaluation = Evaluation { beside: None, ..evaluation(model) };
    let mut tried = Tried::default();
    let mut longest: Vec<usize> =
        (0..part.ranges.len()).filter(|&k| !part.ranges[k].is_empty()).collect();
    longest.sort_by_key(|&k| std::cmp::Reverse(part.ranges[k].len()));
    for &series in longest.iter().take(SERIES) {
        try_series(&evaluation, part, series, claim, &mut tried)?;
    }
    let what = match (plan, claim) {
        (Plan::Blocks { length }, Claim::OfItsKind) => {
            format!("no prediction reads a row after its block of {length}")
        }
        _ => "no prediction reads a row after its own".into(),
    };
    let cuts = format!("rows behind {} places were changed", thousands(tried.cuts));
    let (finding, sentence) = match tried.broken {
        Some((series, row, first)) => {
            let place = place(part, series, row);
            (
                Finding::Failed,
                format!(
                    "{what}? The prediction at {place} changed when rows from {} on were changed: it reads a row later \
                 than it may",
                    first + 1
                ),
            )
        }
        None if tried.cuts == 0 || tried.seen == 0 => {
            let sentence =
                format!("{what}? It cannot be told: {cuts}, and no prediction changed anywhere");
            (if tried.cuts == 0 { Finding::Unknown } else { Finding::Failed }, sentence)
        }
        None => (
            Finding::Passed,
            format!(
                "{what}: {cuts}, and {} predictions before them kept every bit (later ones changed)",
                thousands(tried.compared)
            ),
        ),
    };
    Ok(Check::new(name, finding, sentence))
}

/// `row 37 of series "A" (2024-03-01 14:00)`
fn place(part: &PartRows, series: usize, row: usize) -> String {
    let s: &Series = &part.table.series[series];
    let mut place = format!("row {}", row + 1);
    if part.table.series.len() > 1 {
        place += &format!(" of series {}", shown(&s.key.join(" / ")));
    }
    match s.time_text(row) {
        "" => place,
        time => place + &format!(" ({time})"),
    }
}

/// Cuts one series at many places.
fn try_series(
    evaluation: &Evaluation,
    part: &PartRows,
    series: usize,
    claim: Claim,
    tried: &mut Tried,
) -> Result<()> {
    let own = part.segments().into_iter().filter(|segment| segment.series == series);
    let Some(range) = own.map(|segment| segment.rows).max_by_key(ExactSizeIterator::len) else {
        return Ok(());
    };
    let rows = range.start..range.end.min(range.start + rows_at_once(evaluation.plan));
    let alone = |table| PartRows {
        table,
        ranges: (0..part.ranges.len())
            .map(|k| if k == series { rows.clone() } else { 0..0 })
            .collect(),
    };
    let before = predictions(evaluation, &alone(Arc::clone(&part.table)))?;
    // What lies behind the rows that are predicted, and is read as their truth at most, is changed too.
    let end = part.table.series[series].rows().min(rows.end + evaluation.encoder.reach() + 1);
    for cut in cuts(&before, &rows, evaluation.plan, claim, end) {
        let mut table = Arc::clone(&part.table);
        change(evaluation, Arc::make_mut(&mut table), series, cut.first..end);
        let after = predictions(evaluation, &alone(table))?;
        tried.cuts += 1;
        tried.compared += before.range(..=cut.last).count() as u64;
        let differs = |(row, bits): &(&usize, &Vec<u32>)| after.get(row) != Some(bits);
        if let (None, Some((&row, _))) = (tried.broken, before.range(..=cut.last).find(differs)) {
            tried.broken = Some((series, row, cut.first));
        }
        tried.seen += u64::from(before.range(cut.last + 1..).any(|both| differs(&both)));
    }
    Ok(())
}

fn rows_at_once(plan: Plan) -> usize {
    match plan {
        Plan::Blocks { length } => (ROWS / length).max(3) * length,
        Plan::Window { .. } | Plan::Running | Plan::Whole { .. } => ROWS,
    }
}

/// Where to cut: between predictions, or between blocks.
fn cuts(before: &Bits, rows: &Range<usize>, plan: Plan, claim: Claim, end: usize) -> Vec<Cut> {
    let ends: Vec<usize> = match (plan, claim) {
        (Plan::Blocks { length }, Claim::OfItsKind) => {
            (rows.start + length - 1..rows.end).step_by(length).collect()
        }
        _ => before.keys().copied().collect(),
    };
    let ends: Vec<usize> = ends.into_iter().filter(|last| last + 1 < end).collect();
    let chosen = |k: usize| ends[k * (ends.len() - 1) / (CUTS - 1).max(1)];
    let mut chosen: Vec<usize> =
        if ends.len() <= CUTS { ends } else { (0..CUTS).map(chosen).collect() };
    chosen.dedup();
    chosen.into_iter().map(|last| Cut { last, first: last + 1 }).collect()
}

/// Other numbers and other words, far enough from those that were there to be noticed.
/// What is known ahead is meant to be read so many rows early, and is changed from there on only.
fn change(evaluation: &Evaluation, table: &mut Table, series: usize, rows: Range<usize>) {
    let (words, series) = (&table.words, &mut table.series[series]);
    let (encoder, scalers) = (evaluation.encoder, evaluation.scalers.of(&series.key).0);
    let scale = |place: usize| {
        let input = encoder.roles.numbers().position(|input| input == place);
        let target = encoder.roles.targets.iter().position(|&target| target == place);
        let scaler = input
            .map(|k| scalers.inputs[k])
            .or(target.and_then(|k| scalers.targets.get(k).copied()));
        scaler.map_or(1.0, |scaler| scaler.scale)
    };
    let columns = encoder.columns();
    for (row, values) in series.values_mut(rows).chunks_exact_mut(columns).enumerate() {
        for (place, value) in values.iter_mut().enumerate() {
            if encoder.roles.ahead.contains(&place) && row < encoder.ahead() {
                continue;
            }
            if encoder.roles.are_words[place] {
                // With one word there is no other.
                *value = if *value == 0.0 && words[place].len() > 1 { 1.0 } else { 0.0 };
            } else {
                let by = 1.5 + 0.25 * (row % 5) as f64;
                *value += scale(place) * if row % 2 == 0 { by } else { -by };
            }
        }
    }
}

/// Every prediction of a part, in bits.
fn predictions(evaluation: &Evaluation, part: &PartRows) -> Result<Bits> {
    let mut bits = Bits::new();
    evaluation.run("certificate", part, |row| {
        let (Turn::Row(at), Some(prediction)) = (row.turn, row.prediction) else { return Ok(()) };
        let Prediction { outputs, values, probabilities, bounds, sets } = prediction;
        let numbers = outputs.iter().chain(values).chain(probabilities);
        let numbers = numbers.chain(bounds.as_flattened());
        let sets = sets.iter().map(|&inside| u32::from(inside));
        bits.insert(at, numbers.map(|number| number.to_bits()).chain(sets).collect());
        Ok(())
    })?;
    Ok(bits)
}
