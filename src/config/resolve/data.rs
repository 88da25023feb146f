//! `data`: what its parts say together.

use super::columns::{self, ScaleDefaults};
use super::{Facts, Join, Resolved, refuse, source, split, time, window};
use crate::config::raw;
use crate::config::types::{
    DataConfig, Dialect, LossSteps, Missing, ScalePer, SeriesBy, Source, TaskKind,
};
use crate::error::shown;

pub(super) fn resolve(
    raw: raw::Data,
    facts: Facts,
    join: Option<Join<'_>>,
) -> Resolved<DataConfig> {
    let source = join.map(|join| source::resolve(&raw, join)).transpose()?;
    let time = time::column(&raw)?;
    let time_name = time.as_ref().map(|time| &time.column[..]);
    let order = time::order(&raw, time.is_some())?;
    let in_time = time.is_some().then_some(order);
    let (duplicates, gaps) =
        (time::duplicates(&raw, in_time)?, time::gaps(&raw, in_time, facts.kind)?);
    let series = series(raw.series(), time_name)?;
    if facts.kind == TaskKind::Classification && series == SeriesBy::One {
        return refuse(
            "data.series",
            "is missing; a classification gives one category per series: name the column that tells series \
             apart, or \"@file\"",
        );
    }
    let window = window::resolve(&raw, facts)?;
    let split = match (&source, &raw.split) {
        (Some(Source::Parts { .. }), Some(_)) => {
            return refuse(
                "data.split",
                "cuts data.path, but data.train, data.valid and data.test are cut already; take one out",
            );
        }
        (Some(Source::Parts { .. }), None) | (None, None) => None,
        _ => Some(split::resolve(&raw.split(), &series, in_time, window.is_some())?),
    };
    let raw_scale = raw.scale();
    let scale = columns::scale_kind(raw_scale.r#type());
    let scale_per = scale_per(raw_scale.per, &series, facts)?;
    let dialect = Dialect {
        delimiter: raw.delimiter().0,
        decimal: match raw.decimal() {
            raw::Decimal::Point => b'.',
            raw::Decimal::Comma => b',',
        },
    };
    let header = raw.header();
    let (missing, spellings) = missing(raw.missing(), facts, window.is_some())?;
    let names = ScaleDefaults { scale, time: time_name, series: &series };
    let (inputs, targets) = columns::resolve(raw.inputs, raw.targets, names, facts)?;
    Ok(DataConfig {
        source,
        dialect,
        header,
        time,
        order,
        duplicates,
        gaps,
        series,
        inputs,
        targets,
        split,
        window,
        scale_per,
        missing,
        spellings,
    })
}

/// What an empty cell does, and which cells are.
fn missing(raw: raw::Missing, facts: Facts, has_window: bool) -> Resolved<(Missing, Vec<String>)> {
    let policy = match raw.policy() {
        raw::MissingPolicy::Error => Missing::Error,
        raw::MissingPolicy::Drop => Missing::Drop,
        raw::MissingPolicy::Ffill => Missing::Ffill,
        raw::MissingPolicy::Mask => Missing::Mask,
        raw::MissingPolicy::Interpolate => Missing::Interpolate,
    };
    let whole = facts.bidirectional || !has_window && facts.loss_steps == LossSteps::Last;
    if policy == Missing::Interpolate && !whole {
        return refuse(
            "data.missing",
            "\"interpolate\" looks at the next known value, but this network predicts at a row from the rows before \
             it; write \"ffill\" or \"mask\", or make the topology \"bidirectional\"",
        );
    }
    if policy == Missing::Drop && facts.kind == TaskKind::Classification {
        return refuse(
            "data.missing",
            "\"drop\" would cut a series in two, but a classification reads each series as a whole; write \"ffill\"",
        );
    }
    if raw.spellings.as_ref().is_some_and(Vec::is_empty) {
        return refuse("data.missing.spellings", "is an empty list; name a cell, or leave it out");
    }
    let spellings = raw.spellings.unwrap_or_default();
    if let Some(name) = columns::duplicate(spellings.iter().map(String::as_str)) {
        return refuse(
            "data.missing.spellings",
            format!("{} stands there twice; write it once", shown(name)),
        );
    }
    Ok((policy, spellings))
}

/// The name that makes each file a series.
pub(super) const FILE: &str = "@file";

fn series(raw: Option<crate::config::strings::Strings>, time: Option<&str>) -> Resolved<SeriesBy> {
    let key = "data.series";
    let Some(names) = raw else {
        return Ok(SeriesBy::One);
    };
    let names = names.0;
    if names.is_empty() || names.iter().any(String::is_empty) {
        return refuse(key, "is empty; name a column or \"@file\", or leave it out");
    }
    if let Some(name) = columns::duplicate(names.iter().map(String::as_str)) {
        return refuse(key, format!("{} stands there twice; write it once", shown(name)));
    }
    if names.iter().any(|name| name == FILE) {
        if names.len() == 1 {
            return Ok(SeriesBy::File);
        }
        return refuse(
            key,
            "\"@file\" makes each file a series and cannot stand beside columns; write one or the other",
        );
    }
    if let Some(name) = names.iter().find(|name| Some(&name[..]) == time) {
        return refuse(
            key,
            format!(
                "{} is the time column, so every row would be a series of its own",
                shown(name)
            ),
        );
    }
    Ok(SeriesBy::Columns(names))
}

fn scale_per(raw: Option<raw::ScalePer>, series: &SeriesBy, facts: Facts) -> Resolved<ScalePer> {
    match (raw, series) {
        (Some(raw::ScalePer::Series), SeriesBy::One) => refuse(
            "data.scale.per",
            "\"series\" needs data.series; name its column there, or write \"column\"",
        ),
        (Some(raw::ScalePer::Series), _) => Ok(ScalePer::Series),
        // Not for "@file": a stream has no file name, so no row of it would find its scaler.
        (None, SeriesBy::Columns(_)) if facts.forecast() && !facts.classes => Ok(ScalePer::Series),
        (Some(raw::ScalePer::Column) | None, _) => Ok(ScalePer::Column),
    }
}
