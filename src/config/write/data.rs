//! The keys of `data`.

use std::path::PathBuf;

use super::{WritePath, columns};
use crate::config::columns::Column;
use crate::config::delimiter::Delimiter;
use crate::config::number::Whole;
use crate::config::part::Part;
use crate::config::raw;
use crate::config::strings::Strings;
use crate::config::time::{Duplicates, TimeColumn, TimeFormat};
use crate::config::types::{
    self, DataConfig, Missing, Order, RelativeTo, ScaleKind, ScalePer, SeriesBy, Source, Split,
    SplitBy,
};

pub(in crate::config) fn data(data: &DataConfig, path: WritePath<'_>) -> raw::Data {
    let list = |files: &[PathBuf]| {
        let write = path?;
        (!files.is_empty()).then(|| Strings(files.iter().map(|file| write(file)).collect()))
    };
    let (whole, [train, valid, test]) = match &data.source {
        Some(Source::Whole(files)) => (list(files), [None, None, None]),
        Some(Source::Parts { train, valid, test }) => {
            (None, [list(train), list(valid), list(test)])
        }
        None => (None, [None, None, None]),
    };
    // Columns that are scaled like the first one need not say so.
    let mut all = data.targets.iter().chain(&data.inputs);
    let common = all.find_map(Column::scale).unwrap_or(ScaleKind::Standard);
    let inputs = data.inputs.iter().map(|c| columns::column(c, common)).collect();
    let targets = data.targets.iter().map(|c| columns::target(c, common)).collect();
    raw::Data {
        path: whole,
        train,
        valid,
        test,
        delimiter: Some(Delimiter(data.dialect.delimiter)),
        decimal: Some(match data.dialect.decimal {
            b',' => raw::Decimal::Comma,
            _ => raw::Decimal::Point,
        }),
        header: Some(data.header.clone()),
        time: Some(data.time.as_ref().map(time)),
        // Without times there is no order to speak of.
        order: data.time.as_ref().map(|_| match data.order {
            Order::Error => raw::Order::Error,
            Order::Sort => raw::Order::Sort,
            Order::Ignore => raw::Order::Ignore,
        }),
        duplicates: data.time.as_ref().map(|_| match data.duplicates {
            Duplicates::Error => raw::Duplicates::Error,
            Duplicates::First => raw::Duplicates::First,
            Duplicates::Last => raw::Duplicates::Last,
        }),
        gaps: data.time.as_ref().map(|_| data.gaps),
        series: Some(match &data.series {
            SeriesBy::One => None,
            SeriesBy::File => Some(Strings(vec!["@file".into()])),
            SeriesBy::Columns(names) => Some(Strings(names.clone())),
        }),
        inputs: Some(inputs),
        targets: Some(targets),
        split: data.split.as_ref().map(split),
        window: Some(data.window.map(|window| raw::Window {
            length: Some(Whole::of(window.length)),
            stride: Some(Whole::of(window.stride)),
            relative_to: Some(match window.relative_to {
                RelativeTo::First => raw::RelativeTo::First,
                RelativeTo::Last => raw::RelativeTo::Last,
                RelativeTo::None => raw::RelativeTo::None,
            }),
        })),
        scale: Some(raw::Scale {
            r#type: Some(columns::scale(common)),
            per: Some(match data.scale_per {
                ScalePer::Column => raw::ScalePer::Column,
                ScalePer::Series => raw::ScalePer::Series,
            }),
        }),
        missing: Some(raw::Missing {
            policy: Some(match data.missing {
                Missing::Error => raw::MissingPolicy::Error,
                Missing::Drop => raw::MissingPolicy::Drop,
                Missing::Ffill => raw::MissingPolicy::Ffill,
                Missing::Mask => raw::MissingPolicy::Mask,
                Missing::Interpolate => raw::MissingPolicy::Interpolate,
            }),
            spellings: (!data.spellings.is_empty()).then(|| data.spellings.clone()),
        }),
    }
}

/// Short where it is an ordinary column of times.
fn time(time: &TimeColumn) -> raw::Time {
    let usual = time.format == TimeFormat::Iso && time.zone.is_none();
    raw::Time {
        column: Some(time.column.clone()),
        format: (!usual).then(|| time.format.clone()),
        zone: (!usual).then(|| time.zone.clone()),
    }
}

fn split(split: &Split) -> raw::Split {
    let part = |part: &types::Part| match part {
        types::Part::Values(values) if values.is_empty() => None,
        part => Some(Part(part.clone())),
    };
    raw::Split {
        train: split.train.clone().map(Part),
        valid: part(&split.valid),
        test: part(&split.test),
        by: match split.by {
            SplitBy::Time => Some(raw::SplitUnit::Time),
            SplitBy::Series { .. } => Some(raw::SplitUnit::Series),
            SplitBy::Column(_) => None,
        },
        seed: match split.by {
            SplitBy::Series { seed } => Some(Whole(seed)),
            SplitBy::Time | SplitBy::Column(_) => None,
        },
        column: match &split.by {
            SplitBy::Column(column) => Some(column.clone()),
            SplitBy::Time | SplitBy::Series { .. } => None,
        },
    }
}
