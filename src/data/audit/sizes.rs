//! Whether the parts, windows and network fit each other.

use super::finding::Misfit;
use super::place::{PartName, parts, twins};
use super::{Audited, Sizes};
use crate::config::{LossSteps, ScalePer, State};
use crate::data::{GapRule, Series, Table, Why};

/// Fewer scored predictions are judged by chance.
const FEW_SCORED: u64 = 30;
/// More parameters per train row are out of proportion.
const PARAMETERS_PER_ROW: u64 = 30;

/// What a run is told at its start too.
pub(super) fn at_start(audited: &Audited, sizes: &Sizes) -> Vec<Misfit> {
    let Audited { config, dataset, windows, .. } = audited;
    let mut found = Vec::new();
    if dataset.valid.is_some() && sizes.valid_scored == 0 {
        found.push(Misfit::ValidUnscored);
    }
    let longest = windows.longest();
    if let Some(window) = config.data.window.filter(|w| w.length > longest) {
        found.push(Misfit::LongWindow { length: window.length, longest });
    }
    let underflows: u64 = dataset.tables().iter().map(|t| t.underflows).sum();
    if underflows > 0 {
        found.push(Misfit::Underflows(underflows));
    }
    let sum = |count: &dyn Fn(&Table) -> u64| dataset.tables().iter().map(|t| count(t)).sum();
    let rule = GapRule::new(&audited.encoder.roles);
    let gaps = |table: &Table| {
        let gaps = |s: &Series| {
            // Rows left out at either end cut a series before its first row or behind its last.
            let around =
                |row: usize| Some((*s.times.get(row.checked_sub(1)?)?, *s.times.get(row)?));
            let is_gap = |&&row: &&usize| {
                rule.as_ref().zip(around(row)).is_some_and(|(rule, (a, b))| rule.is_gap(a, b))
            };
            s.cuts.iter().filter(is_gap).count() as u64
        };
        table.series.iter().map(gaps).sum()
    };
    let counts = [
        (Misfit::Moved as fn(u64) -> Misfit, sum(&|table| table.moved)),
        (Misfit::Repeated, sum(&|table| table.dropped(Why::Repeated))),
        (Misfit::Cut, sum(&gaps)),
        (Misfit::Filled, sum(&|table| table.empty.filled)),
        (Misfit::Masked, sum(&|table| table.empty.masked)),
        (Misfit::Interpolated, sum(&|table| table.empty.interpolated)),
        (Misfit::Dropped, sum(&|table| table.dropped(Why::EmptyCell))),
        (Misfit::Absent, sum(&|table| table.empty.absent)),
    ];
    let counted = counts.into_iter().filter(|&(_, count)| count > 0);
    found.extend(counted.map(|(misfit, count)| misfit(count)));
    found
}

/// The rest.
pub(super) fn sizes(audited: &Audited, sizes: &Sizes) -> Vec<Misfit> {
    let mut found = Vec::new();
    found.extend(short_series(audited));
    found.extend(unknown_series(audited));
    if audited.dataset.valid.is_none() {
        found.push(Misfit::NoValid);
    }
    let scored = [(PartName::Valid, sizes.valid_scored), (PartName::Test, sizes.test_scored)];
    for (part, scored) in scored {
        let there = audited.dataset.part(part.text()).is_some();
        if there && scored < FEW_SCORED && (scored > 0 || part == PartName::Test) {
            found.push(Misfit::FewScored { part, scored });
        }
    }
    let training = &audited.config.training;
    let sequences = match training.state {
        State::Reset => audited.windows.count(),
        // Each series is cut into as many lanes.
        State::Carry { lanes } => lanes as u64 * trained_series(audited).count() as u64,
    };
    if sequences < training.batch_size as u64 {
        found.push(Misfit::LargeBatch { batch_size: training.batch_size, sequences });
    }
    let rows = audited.dataset.train.rows();
    if sizes.parameters > PARAMETERS_PER_ROW * rows {
        found.push(Misfit::ManyParameters { parameters: sizes.parameters, rows });
    }
    found
}

/// Lengths of the series that have train rows.
fn trained_series<'a>(audited: &'a Audited) -> impl Iterator<Item = usize> + 'a {
    audited.dataset.train.ranges.iter().map(|range| range.len()).filter(|&rows| rows > 0)
}

/// Where no series has a whole window, that is said of the window.
fn short_series(audited: &Audited) -> Option<Misfit> {
    let length = audited.config.data.window.map(|w| w.length);
    let needed = length? + audited.encoder.reach();
    let count = trained_series(audited).filter(|&rows| rows < needed).count() as u64;
    let of = trained_series(audited).count() as u64;
    let used = audited.config.task.loss_steps == LossSteps::All;
    let carried = audited.config.training.state != State::Reset;
    (count > 0 && count < of && !carried).then_some(Misfit::ShortSeries { count, of, needed, used })
}

fn unknown_series(audited: &Audited) -> Vec<Misfit> {
    if audited.config.data.scale_per != ScalePer::Series {
        return Vec::new();
    }
    let train = &audited.dataset.train;
    let unknown = |(name, part)| {
        let twins = twins(train, part).into_iter().zip(&part.ranges);
        let unknown = twins.filter(|(twin, range)| {
            !range.is_empty() && twin.is_none_or(|twin| train.ranges[twin].is_empty())
        });
        let count = unknown.count() as u64;
        (count > 0).then_some(Misfit::UnknownSeries { part: name, count })
    };
    parts(audited.dataset).into_iter().skip(1).filter_map(unknown).collect()
}
