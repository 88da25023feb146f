//! `data.inputs` and `data.targets`.

use super::{Facts, Resolved, refuse};
use crate::config::raw;
use crate::config::types::{Column, ScaleKind, SeriesBy};
use crate::error::shown;

/// What the other keys of `data` say about columns.
#[derive(Clone, Copy)]
pub(super) struct ScaleDefaults<'a> {
    pub(super) scale: ScaleKind,
    pub(super) time: Option<&'a str>,
    pub(super) series: &'a SeriesBy,
}

/// Inputs and targets.
pub(super) fn resolve(
    inputs: Option<Vec<raw::Column>>,
    targets: Option<Vec<raw::Column>>,
    data: ScaleDefaults<'_>,
    facts: Facts,
) -> Resolved<(Vec<Column>, Vec<Column>)> {
    let Some(targets) = targets else {
        return refuse("data.targets", "is missing; list the columns to predict");
    };
    let targets = list("data.targets", targets, data)?;
    if let SeriesBy::Columns(names) = data.series
        && let Some(index) = targets.iter().position(|target| names.contains(&target.name))
    {
        return refuse(
            format!("data.targets[{index}]"),
            format!(
                "{} names the series, so it never changes within one; there is nothing to predict",
                shown(&targets[index].name)
            ),
        );
    }
    let inputs = match inputs {
        Some(inputs) => list("data.inputs", inputs, data)?,
        None if facts.forecast() => targets.clone(),
        None => {
            return refuse("data.inputs", "is missing; list the columns a regression reads");
        }
    };
    if !facts.forecast()
        && let Some(index) = inputs.iter().position(|i| targets.iter().any(|t| t.name == i.name))
    {
        return refuse(
            format!("data.inputs[{index}]"),
            format!(
                "{} is a target: a regression would read its answer; take it out of the inputs, or \
                 make the task a forecast",
                shown(&inputs[index].name)
            ),
        );
    }
    Ok((inputs, targets))
}

fn list(key: &str, raw: Vec<raw::Column>, data: ScaleDefaults<'_>) -> Resolved<Vec<Column>> {
    if raw.is_empty() {
        return refuse(key, "is an empty list; name at least one column");
    }
    let mut columns: Vec<Column> = Vec::with_capacity(raw.len());
    for (index, raw) in raw.into_iter().enumerate() {
        let place = format!("{key}[{index}]");
        let name = match &raw.column {
            Some(name) if !name.is_empty() => name.clone(),
            Some(_) => return refuse(place, "the name of the column is empty"),
            None => return refuse(place, "has no \"column\"; name it"),
        };
        if data.time == Some(&name) {
            let message = format!("{} is the time column, which is only echoed", shown(&name));
            return refuse(place, format!("{message}; take it out, or give time a copy"));
        }
        if columns.iter().any(|column| column.name == name) {
            return refuse(place, format!("{} stands there twice; write it once", shown(&name)));
        }
        let raw::ColumnType::Number = raw.r#type();
        let scale = raw.scale.map_or(data.scale, scale_kind);
        columns.push(Column { name, scale });
    }
    Ok(columns)
}

pub(super) fn scale_kind(raw: raw::ScaleType) -> ScaleKind {
    match raw {
        raw::ScaleType::Standard => ScaleKind::Standard,
        raw::ScaleType::Minmax => ScaleKind::Minmax,
        raw::ScaleType::None => ScaleKind::None,
    }
}

/// The first name that stands there twice.
pub(super) fn duplicate<'a>(names: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let mut seen = std::collections::HashSet::new();
    names.into_iter().find(|name| !seen.insert(*name))
}
