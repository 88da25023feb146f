//! The errors of both models at the same rows, and what they come to.

use std::collections::HashMap;

use super::errors::{Errors, Scored, figures};
use super::{Line, Of};
use crate::error::{Error, Result};
use crate::eval::Difference;
use crate::store::Model;

/// The errors of both at the same rows, series by series.
pub(super) type Paired<'a> = Vec<Vec<(&'a [f32], &'a [f32])>>;

/// Of the rows that both have scored.
pub(super) fn pair<'a>(first: &'a Errors, second: &'a Errors) -> Result<Paired<'a>> {
    let theirs: HashMap<&[String], &Scored> =
        second.series.iter().map(|(key, rows)| (&key[..], rows)).collect();
    let mut paired = Vec::new();
    for (key, ours) in &first.series {
        let Some(theirs) = theirs.get(&key[..]) else { continue };
        let theirs: HashMap<i128, &[f32]> =
            theirs.iter().map(|(place, errors)| (*place, &errors[..])).collect();
        let both = ours.iter().filter_map(|(place, a)| Some((&a[..], *theirs.get(place)?)));
        let both: Vec<_> = both.collect();
        if !both.is_empty() {
            paired.push(both);
        }
    }
    if paired.is_empty() {
        return Err(Error::Usage(
            "--compare found no row that both models have scored; name rows for both with --data"
                .into(),
        ));
    }
    Ok(paired)
}

/// The figures of both.
pub(super) fn lines(model: &Model, paired: &Paired) -> Vec<Line> {
    let line = |(at, of): (usize, Of)| {
        let steps = match of {
            Of::Step(step) => step,
            _ => model.encoder.reach().max(1),
        };
        let mut sums = [0.0f64; 2];
        let mut difference = |(a, b): &(&[f32], &[f32])| {
            let (a, b) = (f64::from(a[at]), f64::from(b[at]));
            (sums[0], sums[1]) = (sums[0] + a, sums[1] + b);
            a - b
        };
        let known = |(a, b): &&(&[f32], &[f32])| !a[at].is_nan() && !b[at].is_nan();
        let series = paired.iter();
        let differences: Vec<Vec<f64>> =
            series.map(|rows| rows.iter().filter(known).map(&mut difference).collect()).collect();
        let rows = differences.iter().map(Vec::len).sum::<usize>();
        let errors = sums.map(|sum| sum / rows as f64);
        Line { of, errors, difference: Difference::of(&differences, steps) }
    };
    figures(model).into_iter().enumerate().map(line).collect()
}
