//! `data.inputs` and `data.targets`.

use super::{Facts, Resolved, refuse, words};
use crate::config::calendar::CalendarField;
use crate::config::columns::{Column, ColumnKind, Known};
use crate::config::raw;
use crate::config::section::Section;
use crate::config::types::{ScaleKind, SeriesBy, TaskKind};
use crate::config::unknown::unknown;
use crate::error::shown;

/// What the other keys of `data` say about columns.
#[derive(Clone, Copy)]
pub(super) struct ScaleDefaults<'a> {
    pub(super) scale: ScaleKind,
    pub(super) time: Option<&'a str>,
    pub(super) series: &'a SeriesBy,
}

/// Whether the target is a category; refuses targets that the task cannot predict.
pub(super) fn predicts_classes(raw: &raw::Data, kind: TaskKind) -> Resolved<bool> {
    let targets = raw.targets.as_deref().unwrap_or_default();
    let needs_class = matches!(kind, TaskKind::Tagging | TaskKind::Classification);
    let name = if kind == TaskKind::Tagging { "tagging" } else { "classification" };
    for (index, target) in targets.iter().enumerate() {
        let key = format!("data.targets[{index}].type");
        match target.r#type {
            Some(raw::ColumnType::Number) if needs_class => {
                return refuse(
                    key,
                    format!(
                        "a {name} predicts a category; write \"category\", or make the task a regression"
                    ),
                );
            }
            Some(raw::ColumnType::Text) => {
                return refuse(key, "a target is one of a set of classes; write \"category\"");
            }
            Some(raw::ColumnType::Category) if kind == TaskKind::Regression => {
                return refuse(
                    key,
                    "a regression predicts numbers; for a category at the same row make the task a \"tagging\", \
                     for one per series a \"classification\"",
                );
            }
            _ => {}
        }
    }
    let is_class = |target: &raw::Column| target.r#type == Some(raw::ColumnType::Category);
    let classes = needs_class || targets.iter().any(is_class);
    if classes && targets.len() > 1 {
        return refuse(
            "data.targets[1]",
            "stands beside a category, which is predicted alone; train a model for each",
        );
    }
    Ok(classes)
}

/// Inputs and targets.
pub(super) fn resolve(
    inputs: Option<Vec<raw::Column>>,
    targets: Option<Vec<raw::Column>>,
    data: ScaleDefaults<'_>,
    facts: Facts,
) -> Resolved<(Vec<Column>, Vec<Column>)> {
    let Some(mut targets) = targets else {
        return refuse("data.targets", "is missing; list the columns to predict");
    };
    if facts.classes {
        targets.iter_mut().for_each(|target| target.r#type = Some(raw::ColumnType::Category));
    }
    let are_inputs = inputs.is_none() && facts.forecast();
    if !are_inputs && let Some((index, key)) = words::first_option(&targets) {
        return refuse(
            format!("data.targets[{index}].{key}"),
            "is about a column that is read; a target is only predicted: take it out",
        );
    }
    if let Some((index, key)) = known_early(&targets) {
        return refuse(
            format!("data.targets[{index}].{key}"),
            "is about what is known before it comes; a target is not: take it out",
        );
    }
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
            let message = format!("is missing; list the columns {} reads", facts.task());
            return refuse("data.inputs", message);
        }
    };
    agree(&inputs, &targets, facts)?;
    reads_ahead(&inputs, facts)?;
    words::named_apart(&inputs)?;
    Ok((inputs, targets.into_iter().map(predicted).collect()))
}

/// The first column of a list that is told to be known early: place and key.
fn known_early(columns: &[raw::Column]) -> Option<(usize, &'static str)> {
    let key = |raw: &raw::Column| match (raw.ahead(), raw.r#static()) {
        (true, _) => Some("ahead"),
        (_, true) => Some("static"),
        _ => None,
    };
    columns.iter().enumerate().find_map(|(index, raw)| Some((index, key(raw)?)))
}

/// Rows ahead are those of a forecast.
fn reads_ahead(inputs: &[Column], facts: Facts) -> Resolved<()> {
    let ahead = |input: &Column| {
        input.known() == Some(Known::Ahead) || input.calendar().is_some_and(|(_, ahead)| ahead)
    };
    match inputs.iter().position(ahead) {
        Some(index) if !facts.forecast() => refuse(
            format!("data.inputs[{index}].ahead"),
            format!("reads the rows that are forecast, but this is {}; take it out", facts.task()),
        ),
        _ => Ok(()),
    }
}

/// A target; how its words are read stands with the inputs.
fn predicted(target: Column) -> Column {
    match target.kind {
        ColumnKind::Words(_) => Column { kind: ColumnKind::Words(words::of_target()), ..target },
        ColumnKind::Number { .. } | ColumnKind::Calendar { .. } => target,
    }
}

/// What inputs and targets say about the same columns.
fn agree(inputs: &[Column], targets: &[Column], facts: Facts) -> Resolved<()> {
    for (index, input) in inputs.iter().enumerate() {
        let Some(target) = targets.iter().find(|target| target.name == input.name) else {
            continue;
        };
        let (key, name) = (format!("data.inputs[{index}]"), shown(&input.name));
        if !facts.forecast() {
            return refuse(
                key,
                format!(
                    "{name} is a target: {} would read its answer; take it out of the inputs, or make the task \
                     a forecast",
                    facts.task()
                ),
            );
        }
        if input.words().is_some() != target.words().is_some() {
            let kind = |c: &Column| if c.words().is_some() { "words" } else { "numbers" };
            return refuse(
                key,
                format!(
                    "{name} holds {} here and {} in data.targets; write {{\"column\": {name}, \"type\": \
                     \"category\"}} in both places, or in neither",
                    kind(input),
                    kind(target)
                ),
            );
        }
    }
    Ok(())
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
        let kind = match raw.r#type {
            _ if name.starts_with('@') => calendar(&place, key, &raw, data)?,
            None | Some(raw::ColumnType::Number) => {
                words::only_own(&place, &raw, raw::ColumnType::Number)?;
                let known = match (raw.ahead(), raw.r#static()) {
                    (true, true) => {
                        let message =
                            "is the same in all rows of its series, so there is nothing ahead";
                        return refuse(format!("{place}.ahead"), format!("{message}; take it out"));
                    }
                    (true, false) => Known::Ahead,
                    (false, true) => Known::Static,
                    (false, false) => Known::Now,
                };
                let scale = raw.scale.map_or(data.scale, scale_kind);
                ColumnKind::Number { scale, known }
            }
            Some(kind) => ColumnKind::Words(words::resolve(&place, &raw, kind)?),
        };
        columns.push(Column { name, kind });
    }
    Ok(columns)
}

/// A name of the calendar: no column of the file.
fn calendar(
    place: &str,
    key: &str,
    raw: &raw::Column,
    data: ScaleDefaults<'_>,
) -> Resolved<ColumnKind> {
    let name = raw.column.as_deref().unwrap_or_default();
    let known = CalendarField::ALL.map(|(name, _)| name);
    let Some(field) = CalendarField::named(name) else {
        return refuse(place, unknown("name of the calendar", name, &known));
    };
    if key != "data.inputs" {
        return refuse(
            place,
            format!("{} is no column of the file; it can only be an input", shown(name)),
        );
    }
    if data.time.is_none() {
        let message =
            "is told by the time of a row, but there is no data.time; name the time column";
        return refuse(place, format!("{} {message}", shown(name)));
    }
    let foreign = raw.given().into_iter().find(|key| !["column", "ahead"].contains(key));
    match foreign {
        Some(key) => refuse(
            format!("{place}.{key}"),
            format!("is not an option of {} (it has ahead); take it out", shown(name)),
        ),
        None => Ok(ColumnKind::Calendar { field, ahead: raw.ahead() }),
    }
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
