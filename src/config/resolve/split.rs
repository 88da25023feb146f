//! `data.split`.

use super::columns::duplicate;
use super::{Resolved, refuse};
use crate::config::raw;
use crate::config::types::{Order, Part, SeriesBy, Split, SplitBy};
use crate::error::shown;

const NOTHING: Part = Part::Fraction(0.0);

pub(super) fn resolve(
    raw: &raw::Split,
    series: &SeriesBy,
    order: Option<Order>,
    has_window: bool,
) -> Resolved<Split> {
    if let Some(column) = &raw.column {
        return by_column(raw, column);
    }
    let by = unit(raw, series, has_window)?;
    let part = |part: &Option<crate::config::part::Part>| part.as_ref().map(|part| part.0.clone());
    let (train, valid, test) = (part(&raw.train), part(&raw.valid), part(&raw.test));
    let (valid, test) = match (&train, valid, test) {
        (None, None, None) => {
            let usual = raw::Split::usual();
            (part(&usual.valid).unwrap_or(NOTHING), part(&usual.test).unwrap_or(NOTHING))
        }
        (None, valid, test) => (valid.unwrap_or(NOTHING), test.unwrap_or(NOTHING)),
        (Some(_), Some(valid), Some(test)) => (valid, test),
        (Some(_), ..) => {
            return refuse(
                "data.split.train",
                "with it, write \"valid\" and \"test\" too (0 for none): it must be clear what the \
                 other rows are for",
            );
        }
    };
    let split = Split { by, train, valid, test };
    no_list(&split)?;
    dates(&split, order)?;
    fractions(&split)?;
    Ok(split)
}

/// Parts by what stands in a column.
fn by_column(raw: &raw::Split, column: &str) -> Resolved<Split> {
    if column.is_empty() {
        return refuse("data.split.column", "is empty; name a column, or leave it out");
    }
    for (key, given) in [("by", raw.by.is_some()), ("seed", raw.seed.is_some())] {
        if given {
            return refuse(
                format!("data.split.{key}"),
                "chooses how rows are dealt, but data.split.column says where each belongs; take one out",
            );
        }
    }
    let values = |key: &str, part: &Option<crate::config::part::Part>| match part.as_ref() {
        None => Ok(None),
        Some(crate::config::part::Part(Part::From(value))) => Ok(Some(vec![value.clone()])),
        Some(crate::config::part::Part(Part::Values(values))) if !values.is_empty() => {
            Ok(Some(values.clone()))
        }
        Some(_) => refuse(
            format!("data.split.{key}"),
            format!(
                "is what stands in the column {}: write it as text, \"2\", or a list of texts",
                shown(column)
            ),
        ),
    };
    let written =
        [values("train", &raw.train)?, values("valid", &raw.valid)?, values("test", &raw.test)?];
    if let Some(twice) = duplicate(written.iter().flatten().flatten().map(String::as_str)) {
        let message = format!("{} stands there twice; a row belongs to one part", shown(twice));
        return refuse("data.split", message);
    }
    let by = SplitBy::Column(column.to_owned());
    let [train, valid, test] = match written {
        [None, None, None] => ["train", "valid", "test"].map(|word| Some(vec![word.to_owned()])),
        written => written,
    };
    let values = |values: Option<Vec<String>>| Part::Values(values.unwrap_or_default());
    Ok(Split { by, train: train.map(Part::Values), valid: values(valid), test: values(test) })
}

fn unit(raw: &raw::Split, series: &SeriesBy, has_window: bool) -> Resolved<SplitBy> {
    let many = *series != SeriesBy::One;
    let by = match raw.by {
        Some(raw::SplitUnit::Series) if !many => {
            return refuse(
                "data.split.by",
                "\"series\" deals whole series, but all rows are one; name data.series, or write \"time\"",
            );
        }
        Some(by) => by,
        None if !has_window && many => raw::SplitUnit::Series,
        None => raw::SplitUnit::Time,
    };
    match (by, raw.seed) {
        (raw::SplitUnit::Series, _) => Ok(SplitBy::Series { seed: raw.seed().0 }),
        (raw::SplitUnit::Time, None) => Ok(SplitBy::Time),
        (raw::SplitUnit::Time, Some(_)) => refuse(
            "data.split.seed",
            "chooses whole series, but this split is by time; take it out, or write \"by\": \"series\"",
        ),
    }
}

/// Lists name what stands in a column.
fn no_list(split: &Split) -> Resolved<()> {
    let parts = [
        ("train", split.train.as_ref()),
        ("valid", Some(&split.valid)),
        ("test", Some(&split.test)),
    ];
    match parts.iter().find(|(_, part)| matches!(part, Some(Part::Values(_)))) {
        Some((key, _)) => refuse(
            format!("data.split.{key}"),
            "is a list of what stands in a column, but there is no data.split.column; name it, or write a number",
        ),
        None => Ok(()),
    }
}

/// `order` is that of the times, if there are any.
fn dates(split: &Split, order: Option<Order>) -> Resolved<()> {
    let parts = [
        ("train", split.train.as_ref()),
        ("valid", Some(&split.valid)),
        ("test", Some(&split.test)),
    ];
    let is_date = |part: &&Part| matches!(part, Part::From(_));
    let Some((key, _)) = parts.iter().find(|(_, part)| part.as_ref().is_some_and(is_date)) else {
        return Ok(());
    };
    let key = format!("data.split.{key}");
    if matches!(split.by, SplitBy::Series { .. }) {
        return refuse(
            key,
            "a date cuts rows in time, but this split deals whole series; write \"by\": \"time\", or a number",
        );
    }
    match order {
        Some(Order::Error | Order::Sort) => {}
        Some(Order::Ignore) => {
            return refuse(
                key,
                "a date cuts rows in time, but \"order\": \"ignore\" leaves them as they are in the file; \
                 write a number of rows, or make data.order \"sort\"",
            );
        }
        None => {
            return refuse(
                key,
                "a date needs data.time; name the time column, or write a number of rows",
            );
        }
    }
    let all = parts.iter().filter_map(|(_, part)| *part).filter(|part| **part != NOTHING);
    let dates: Vec<_> = all.clone().filter(is_date).collect();
    if dates.len() < all.count() {
        return refuse(
            key,
            "a date beside a number leaves open which comes first; write dates for all parts",
        );
    }
    if dates.windows(2).any(|pair| pair[0] == pair[1]) {
        return refuse(key, "two parts begin at the same time, so one of them is empty");
    }
    Ok(())
}

fn fractions(split: &Split) -> Resolved<()> {
    let fraction = |part: &Part| if let Part::Fraction(value) = part { *value } else { 0.0 };
    let train = split.train.as_ref();
    if train == Some(&NOTHING) {
        return refuse(
            "data.split.train",
            "0 leaves no rows to fit on; write more, or leave it out",
        );
    }
    let sum = train.map_or(0.0, fraction) + fraction(&split.valid) + fraction(&split.test);
    // .7 + .1 + .2 is a little more than 1 in binary.
    if sum > 1.0 + 1e-9 {
        return refuse("data.split", format!("the fractions add up to {sum}, more than all rows"));
    }
    if train.is_none() && sum > 1.0 - 1e-9 {
        return refuse("data.split", "valid and test take all rows; leave some to fit on");
    }
    Ok(())
}
