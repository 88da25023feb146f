//! A look at all rows before any training: how regular they are, what the columns hold, and what would hurt.
//! Figures only; `job::check` puts them into words.

mod copies;
mod drift;
mod extremes;
mod finding;
mod place;
mod profile;
mod rows;
mod sizes;
#[cfg(test)]
mod tests;
mod words;

pub use copies::{Copied, Tells, copies};
pub use drift::{Drift, Strength};
pub use extremes::{Jump, Outliers};
pub use finding::{Finding, Misfit};
pub use place::{PartName, Place, parts};
pub use profile::Profile;
pub use words::WordProfile;

use super::{Dataset, Encoder, Roles, Timeline, Unknown, Windows};
use crate::config::{Config, ScaleKind};

/// Targets of at most so many values look like categories.
const CATEGORY: usize = 10;
/// A larger share of unknown words is told.
const MANY_UNKNOWN: f64 = 0.05;
/// A column without a scaler should lie within this.
const UNIT_SIZE: f64 = 20.0;

/// What is looked at.
#[derive(Clone, Copy, Debug)]
pub struct Audited<'a> {
    /// The config.
    pub config: &'a Config,
    /// Its rows.
    pub dataset: &'a Dataset,
    /// Its columns.
    pub encoder: &'a Encoder,
    /// Its training windows.
    pub windows: &'a Windows,
}

/// Figures of rooms above this one.
#[derive(Clone, Copy, Debug)]
pub struct Sizes {
    /// Parameters of the network.
    pub parameters: u64,
    /// Validation predictions that are scored.
    pub valid_scored: u64,
    /// Test predictions that are scored.
    pub test_scored: u64,
}

/// What was found.
#[derive(Clone, Debug, PartialEq)]
pub struct Audit {
    /// Of each table, in the order of `Dataset::tables`; none without a time column.
    pub timelines: Vec<Option<Timeline>>,
    /// Of each column in use.
    pub columns: Vec<ColumnAudit>,
    /// What would hurt, the worst first.
    pub findings: Vec<Finding>,
}

/// One column in use.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ColumnAudit {
    /// Of a column of words what it holds; there are then no figures.
    pub words: Option<WordProfile>,
    /// Its train rows.
    pub profile: Profile,
    /// The validation rows beside them.
    pub valid: Option<Drift>,
    /// The test rows beside them.
    pub test: Option<Drift>,
}

impl Audit {
    /// Looks at everything.
    pub fn new(audited: &Audited, sizes: &Sizes) -> Self {
        let Audited { dataset, encoder, .. } = audited;
        let train = &dataset.train;
        let timelines: Vec<_> =
            dataset.tables().into_iter().map(|t| Timeline::of_table(t)).collect();
        let drift = |part: Option<&_>, column| part.and_then(|p| Drift::new(train, p, column));
        let of_file: Vec<usize> = encoder.roles.of_file().collect();
        let column = |column: usize| match encoder.roles.are_words[column] {
            _ if !of_file.contains(&column) => ColumnAudit::default(),
            true => ColumnAudit {
                words: Some(WordProfile::new(audited, column)),
                profile: Profile::default(),
                valid: None,
                test: None,
            },
            false => ColumnAudit {
                words: None,
                profile: Profile::new(train, column),
                valid: drift(dataset.valid.as_ref(), column),
                test: drift(dataset.test.as_ref(), column),
            },
        };
        let columns: Vec<ColumnAudit> = (0..encoder.columns()).map(column).collect();

        let mut findings: Vec<Finding> =
            copies::copies(train, encoder).into_iter().map(Finding::Copied).collect();
        findings.extend(rows::shared(audited).into_iter().map(Finding::Misfit));
        findings.extend(of_columns(audited, &columns));
        findings.extend(rows::gaps(audited, timelines[0].as_ref()));
        let misfits = [sizes::at_start(audited, sizes), sizes::sizes(audited, sizes)].concat();
        findings.extend(misfits.into_iter().map(Finding::Misfit));
        Self { timelines, columns, findings }
    }
}

/// Findings that a run is told at its start: few and quick to make.
pub fn at_start(audited: &Audited, sizes: &Sizes) -> Vec<Finding> {
    let mut findings = constants(audited);
    findings.extend(sizes::at_start(audited, sizes).into_iter().map(Finding::Misfit));
    findings
}

/// Columns with one value that a scaler should bring to unit size; inputs first.
fn constants(audited: &Audited) -> Vec<Finding> {
    let (roles, train) = (&audited.encoder.roles, &audited.dataset.train);
    let constant = |column: usize| {
        let mut values = train.values(column);
        let first = values.next();
        values.all(|value| Some(value) == first)
    };
    let columns = roles.of_file().filter(|&column| scale(audited, column) != ScaleKind::None);
    let found = columns.filter(|&column| constant(column));
    found.map(|column| Finding::Constant { column, target: !roles.is_input(column) }).collect()
}

/// How a column is scaled, as an input where it is one.
fn scale(audited: &Audited, column: usize) -> ScaleKind {
    let (roles, data) = (&audited.encoder.roles, &audited.config.data);
    let input = roles.inputs.iter().position(|&place| place == column);
    let target = roles.targets.iter().position(|&place| place == column);
    match (input, target) {
        (Some(k), _) => data.inputs[k].scale().unwrap_or(ScaleKind::None),
        (None, Some(k)) => data.targets[k].scale().unwrap_or(ScaleKind::None),
        (None, None) => ScaleKind::None,
    }
}

/// The columns of numbers that stand in the file, each once.
fn numbers_of_file<'a>(
    roles: &'a Roles,
    columns: &'a [ColumnAudit],
) -> impl Iterator<Item = (usize, &'a ColumnAudit)> {
    roles.of_file().map(|column| (column, &columns[column])).filter(|(_, c)| c.words.is_none())
}

/// What single columns have to say.
fn of_columns(audited: &Audited, columns: &[ColumnAudit]) -> Vec<Finding> {
    let (roles, dataset) = (&audited.encoder.roles, audited.dataset);
    let mut found = constants(audited);
    let numbers: Vec<usize> = roles.numbers().collect();
    let equal = copies::equal_inputs(&dataset.train, &numbers).into_iter();
    found.extend(equal.map(|(a, b)| Finding::EqualInputs(a, b)));
    for (column, ColumnAudit { profile, .. }) in numbers_of_file(roles, columns) {
        let (low, high) = (profile.moments.min, profile.moments.max);
        if scale(audited, column) == ScaleKind::None && low.abs().max(high.abs()) > UNIT_SIZE {
            found.push(Finding::Unscaled { column, range: (low, high) });
        }
    }
    for &column in &roles.targets {
        let profile = &columns[column].profile;
        let few = profile.distinct.iter().filter(|values| (2..=CATEGORY).contains(&values.len()));
        let few = few.filter(|values| profile.moments.count >= 10 * values.len() as u64);
        found.extend(few.map(|values| Finding::FewValues { column, values: values.clone() }));
    }
    found.extend(far_out(dataset, roles, columns));
    found.extend(unknown_words(columns));
    found
}

/// Columns of which many words of a later part are unknown.
fn unknown_words(columns: &[ColumnAudit]) -> Vec<Finding> {
    let of = |(column, audit): (usize, &ColumnAudit)| {
        let words = audit.words.as_ref()?;
        let parts = [(PartName::Valid, words.valid), (PartName::Test, words.test)];
        let many = |&(_, unknown): &(_, Option<Unknown>)| {
            unknown.is_some_and(|unknown| unknown.share() > MANY_UNKNOWN)
        };
        let (part, unknown) = parts.into_iter().find(many)?;
        Some(Finding::UnknownWords { column, part, unknown: unknown? })
    };
    columns.iter().enumerate().filter_map(of).collect()
}

/// Outliers, jumps and drift. An outlier makes the other two of itself, so it is told alone.
fn far_out(dataset: &Dataset, roles: &Roles, columns: &[ColumnAudit]) -> Vec<Finding> {
    let (mut found, mut jumps, mut drifting) = (Vec::new(), Vec::new(), Vec::new());
    for (column, audit) in numbers_of_file(roles, columns) {
        if let Some(outliers) = extremes::outliers(dataset, column) {
            found.push(Finding::Outliers(column, outliers));
            continue;
        }
        jumps.extend(extremes::jump(&dataset.train, column).map(|j| Finding::Jump(column, j)));
        drifting.extend(audit.strongest().map(|(part, drift)| (column, part, drift)));
    }
    found.append(&mut jumps);
    if !drifting.is_empty() {
        found.push(Finding::Drift(drifting));
    }
    found
}

impl ColumnAudit {
    /// The part that has drifted strongly, the one further away if both have.
    fn strongest(&self) -> Option<(PartName, Drift)> {
        let parts = [(PartName::Valid, self.valid), (PartName::Test, self.test)];
        let strong = parts.into_iter().filter_map(|(name, drift)| Some((name, drift?)));
        let strong = strong.filter(|(_, drift)| drift.strength() == Strength::Strong);
        strong.reduce(|a, b| if b.1.shift.abs() > a.1.shift.abs() { b } else { a })
    }
}
