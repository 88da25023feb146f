//! No scored row was trained on.

use std::collections::HashSet;
use std::sync::Arc;

use super::{Check, Finding};
use crate::data::{PartRows, Turn};
use crate::error::Result;
use crate::eval::Evaluation;
use crate::job::evaluate::evaluation;
use crate::job::rows_in::{Rows, trained_times};
use crate::text::thousands;

const NAME: &str = "unseen";

pub(super) fn check(rows: &Rows) -> Result<Check> {
    let timed = rows.model.encoder.roles.time.is_some();
    let (scored, seen, how) = match rows.dataset.as_ref().map(|dataset| &dataset.train) {
        Some(train) if Arc::ptr_eq(&train.table, &rows.part.table) => {
            let (scored, seen) = count(rows, |series, row| train.ranges[series].contains(&row))?;
            (scored, seen, "their places")
        }
        Some(train) if timed => {
            let known = times(train);
            let (scored, seen) = count(rows, |series, row| {
                let s = &rows.part.table.series[series];
                s.times.get(row).is_some_and(|&time| known.contains(&(&s.key[..], time)))
            })?;
            (scored, seen, "their series and times")
        }
        None if timed => {
            let (scored, _) = count(rows, |_, _| false)?;
            (scored, trained_times(&rows.model, &rows.part), "the range of times trained on")
        }
        _ => {
            let sentence = "no scored row was trained on? It cannot be told: without data.time rows of another file \
                            have nothing to be known by";
            return Ok(Check::new(NAME, Finding::Unknown, sentence.into()));
        }
    };
    let (all, split) = (thousands(scored), &rows.split);
    if seen == 0 {
        let sentence = format!(
            "no scored row was trained on: none of the {all} predictions of {split} has a target among the train rows, \
             by {how}"
        );
        return Ok(Check::new(NAME, Finding::Passed, sentence));
    }
    let sentence = format!(
        "no scored row was trained on? Of {all} predictions of {split}, {} have targets among the train rows, by {how}",
        thousands(seen)
    );
    Ok(Check::new(NAME, Finding::Failed, sentence))
}

/// Predictions that are scored, and those of them with a target that was trained on.
fn count(rows: &Rows, trained: impl Fn(usize, usize) -> bool) -> Result<(u64, u64)> {
    let (encoder, mut scored, mut seen) = (&rows.model.encoder, 0, 0);
    let evaluation = Evaluation { beside: None, ..evaluation(&rows.model) };
    evaluation.run(&rows.split, &rows.part, |row| {
        let Turn::Row(at) = row.turn else { return Ok(()) };
        let mut targets = at + encoder.lead..=at + encoder.reach();
        scored += u64::from(row.errors.is_some());
        seen +=
            u64::from(row.errors.is_some() && targets.any(|target| trained(row.series, target)));
        Ok(())
    })?;
    Ok((scored, seen))
}

/// Every train row by its series and time.
fn times(train: &PartRows) -> HashSet<(&[String], i128)> {
    let series = train.table.series.iter().zip(&train.ranges);
    let times = series
        .flat_map(|(s, range)| s.times[range.clone()].iter().map(move |&time| (&s.key[..], time)));
    times.collect()
}
