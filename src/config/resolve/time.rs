//! `data.time` and what is said about times: only what can be carried out.

use super::{Resolved, refuse};
use crate::config::gaps::Gaps;
use crate::config::raw;
use crate::config::time::{Duplicates, TimeColumn, zone};
use crate::config::types::{Order, TaskKind};
use crate::error::shown;

pub(super) fn column(raw: &raw::Data) -> Resolved<Option<TimeColumn>> {
    let Some(time) = raw.time() else { return Ok(None) };
    let column = match &time.column {
        Some(column) if !column.is_empty() => column.clone(),
        Some(_) => return refuse("data.time", "is empty; name a column, or leave it out"),
        None => return refuse("data.time", "has no \"column\"; name it"),
    };
    let (format, name) = (time.format(), time.zone());
    if let Some(name) = name.as_deref().filter(|name| zone(name).is_none()) {
        return refuse(
            "data.time.zone",
            format!(
                "{} is no known zone; write a name like \"Europe/Berlin\" or an offset like \"+02:00\"",
                shown(name)
            ),
        );
    }
    Ok(Some(TimeColumn { column, format, zone: name }))
}

pub(super) fn order(raw: &raw::Data, has_time: bool) -> Resolved<Order> {
    if raw.order.is_some() && !has_time {
        return refuse("data.order", NO_TIME);
    }
    Ok(match raw.order() {
        raw::Order::Error => Order::Error,
        raw::Order::Sort => Order::Sort,
        raw::Order::Ignore => Order::Ignore,
    })
}

pub(super) fn duplicates(raw: &raw::Data, order: Option<Order>) -> Resolved<Duplicates> {
    let key = "data.duplicates";
    match order {
        None if raw.duplicates.is_some() => return refuse(key, NO_TIME),
        Some(Order::Ignore) if raw.duplicates() != raw::Duplicates::Error => {
            return refuse(key, IGNORED);
        }
        _ => {}
    }
    Ok(match raw.duplicates() {
        raw::Duplicates::Error => Duplicates::Error,
        raw::Duplicates::First => Duplicates::First,
        raw::Duplicates::Last => Duplicates::Last,
    })
}

pub(super) fn gaps(raw: &raw::Data, order: Option<Order>, kind: TaskKind) -> Resolved<Gaps> {
    let (key, gaps) = ("data.gaps", raw.gaps());
    match order {
        _ if gaps != Gaps::Report && kind == TaskKind::Classification => refuse(
            key,
            "\"cut\" would cut a series in two, but a classification reads each series as a whole; take it out",
        ),
        None if raw.gaps.is_some() => refuse(key, NO_TIME),
        Some(Order::Ignore) if gaps != Gaps::Report => refuse(key, IGNORED),
        _ => Ok(gaps),
    }
}

const NO_TIME: &str =
    "is about times, but there is no data.time; name the time column, or take it out";
const IGNORED: &str =
    "is about times, but with \"order\": \"ignore\" they are only echoed; take one of the two out";
