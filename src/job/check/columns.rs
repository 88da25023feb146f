//! The section on the columns in use.

use super::layout::{Page, Side, indented, percent, table};
use crate::data::audit::{Audit, ColumnAudit, Drift, Profile, Strength};
use crate::job::prepare::Prepared;
use crate::terminal::Cell;
use crate::text::{short, shortest};

/// What each holds over the train rows, and how the later parts differ.
pub(super) fn columns(prepared: &Prepared, audit: &Audit, page: Page) -> String {
    let mut out = "\nColumns in use, over the train rows\n".to_owned();
    if audit.columns.iter().any(|column| column.words.is_none()) {
        out += &profiles(prepared, audit);
    }
    if audit.columns.iter().any(|column| column.words.is_some()) {
        out += &super::words::words(prepared, audit);
    }
    out += &super::data::unused_columns(prepared, page);
    if audit.columns.iter().any(|c| c.valid.is_some() || c.test.is_some()) {
        out += "\nDrift from the train rows\n";
        out += &drifts(prepared, audit);
        let several = prepared.dataset.train.table.series.len() > 1;
        let several =
            if several { "; of several series the median, each beside itself" } else { "" };
        let legend = format!(
            "shift: of the mean, in train deviations; spread: deviation over train deviation; outside: rows beyond \
             the range of the train rows{several}"
        );
        out += &page.paragraph("  ", &legend);
    }
    out
}

fn profiles(prepared: &Prepared, audit: &Audit) -> String {
    use Side::{Left, Right};
    let roles = &prepared.encoder.roles;
    let mut lines = table(&[
        ("column", Left),
        ("role", Left),
        ("type", Left),
        ("min", Right),
        ("max", Right),
        ("mean", Right),
        ("deviation", Right),
    ]);
    let columns =
        roles.of_file().map(|place| (place, &roles.columns[place], &audit.columns[place]));
    for (place, column, ColumnAudit { profile, .. }) in columns.filter(|(.., c)| c.words.is_none())
    {
        let role = role(prepared, place);
        let m = &profile.moments;
        let figures = [m.min, m.max, m.mean, m.deviation()].map(|x| figure(x, profile.whole));
        let mut cells: Vec<Cell> = vec![column.as_str().into(), role.into(), kind(profile).into()];
        cells.extend(figures.map(Cell::from));
        lines.line(cells);
    }
    indented(&lines)
}

/// What a column is for.
pub(super) fn role(prepared: &Prepared, place: usize) -> &'static str {
    let roles = &prepared.encoder.roles;
    let is_target =
        roles.targets.iter().any(|&target| roles.columns[target] == roles.columns[place]);
    match (roles.is_input(place), is_target) {
        (true, true) => "input target",
        (true, false) => "input",
        _ => "target",
    }
}

/// Whole numbers as they are, others with four digits.
fn figure(x: f64, whole: bool) -> String {
    if whole && x == x.trunc() { shortest(x) } else { short(x) }
}

fn kind(profile: &Profile) -> String {
    match &profile.distinct {
        _ if profile.is_constant() => "constant".into(),
        // In a short column any value stands alone.
        Some(values) if 2 * values.len() as u64 <= profile.moments.count => {
            format!("{} values", values.len())
        }
        _ if profile.whole => "integer".into(),
        _ => "number".into(),
    }
}

fn drifts(prepared: &Prepared, audit: &Audit) -> String {
    let drift = |audit: &ColumnAudit, part: &str| match part {
        "valid" => audit.valid,
        _ => audit.test,
    };
    let there = |part: &&str| audit.columns.iter().any(|column| drift(column, part).is_some());
    let parts: Vec<&str> = ["valid", "test"].into_iter().filter(there).collect();
    let mut over = vec![("", Side::Left)];
    let mut head: Vec<Cell> = vec!["column".into()];
    for part in &parts {
        over.extend([(*part, Side::Right), ("", Side::Right), ("", Side::Right), ("", Side::Left)]);
        head.extend(["shift", "spread", "outside", "drift"].map(Cell::from));
    }
    let mut lines = table(&over);
    lines.line(head);
    let roles = &prepared.encoder.roles;
    let columns = roles.of_file().map(|place| (&roles.columns[place], &audit.columns[place]));
    for (column, audit) in columns.filter(|(_, audit)| audit.words.is_none()) {
        let mut line: Vec<Cell> = vec![column.as_str().into()];
        for part in &parts {
            let cells = drift(audit, part).map_or_else(|| [(); 4].map(|()| "-".into()), cells);
            line.extend(cells.map(Cell::from));
        }
        lines.line(line);
    }
    indented(&lines)
}

fn cells(drift: Drift) -> [String; 4] {
    let word = word(drift.strength());
    [shift(drift.shift), ratio(drift.spread), percent(drift.outside), word.into()]
}

/// A strength in a word.
pub(super) fn word(strength: Strength) -> &'static str {
    match strength {
        Strength::None => "none",
        Strength::Slight => "slight",
        Strength::Strong => "strong",
    }
}

/// `+0.58`; a column that was constant has no deviation to measure by.
pub(super) fn shift(shift: f64) -> String {
    match shift {
        shift if !shift.is_finite() => "new".into(),
        shift if shift.abs() < 0.005 => "0.00".into(),
        shift if shift.abs() < 99.5 => format!("{shift:+.2}"),
        shift => format!("{shift:+.0}"),
    }
}

/// `x0.54`
pub(super) fn ratio(spread: f64) -> String {
    match spread {
        spread if !spread.is_finite() => "new".into(),
        spread if spread < 99.5 => format!("x{spread:.2}"),
        spread => format!("x{spread:.0}"),
    }
}
