//! Whole series dealt to train, valid and test by a hash of their keys; of a classification class by class.

use std::collections::BTreeMap;

use super::split::{Ranges, consecutive, size};
use super::table::Table;
use crate::config::Split;
use crate::error::{DataError, Result};
use crate::random::{self, Purpose};

/// Deals the series: of each class, in the order of the hash, the first to valid, the next to test, the rest to
/// train. `labels`: the column of the labels; without one all series are of one class.
pub(super) fn series(
    split: &Split,
    table: &Table,
    seed: u64,
    labels: Option<usize>,
) -> Result<Vec<Ranges>> {
    let count = table.series.len();
    let (valid, test) = (size(&split.valid, count), size(&split.test, count));
    let train = match &split.train {
        Some(part) => size(part, count),
        None => count.saturating_sub(valid + test),
    };
    if train.saturating_add(valid).saturating_add(test) > count || train == 0 {
        let message = format!(
            "data.split by series asks for {train} train + {valid} valid + {test} test series, and there are \
             {count}; change the parts, or write \"by\": \"time\" to cut inside each series"
        );
        return Err(DataError { file: table.name(), message, ..DataError::default() }.into());
    }
    let classes = classes(table, seed, labels);
    let mut left: Vec<usize> = classes.iter().map(Vec::len).collect();
    let parts = [valid, test, train].map(|part| {
        let shares = shares(part, &left);
        left.iter_mut().zip(&shares).for_each(|(left, share)| *left -= share);
        shares
    });
    let mut ranges = vec![Ranges::default(); count];
    for (class, series) in classes.iter().enumerate() {
        let [valid, test, train] = parts.each_ref().map(|shares| shares[class]);
        for (place, &s) in series.iter().enumerate() {
            let rows = table.series[s].rows();
            ranges[s] = if place < valid {
                consecutive(0, rows, 0)
            } else if place < valid + test {
                consecutive(0, 0, rows)
            } else if place < valid + test + train {
                consecutive(rows, 0, 0)
            } else {
                Ranges::default()
            };
        }
    }
    Ok(ranges)
}

/// The series of each class, in the order of a hash of their keys.
fn classes(table: &Table, seed: u64, labels: Option<usize>) -> Vec<Vec<usize>> {
    let mut classes: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (s, series) in table.series.iter().enumerate() {
        let label = labels.and_then(|column| table.words[column].of(series.row(0)[column]));
        classes.entry(label.unwrap_or_default()).or_default().push(s);
    }
    for series in classes.values_mut() {
        series.sort_by_key(|&s| (key_hash(&table.series[s].key, seed), &table.series[s].key));
    }
    classes.into_values().collect()
}

/// `part` of all, by class: shares in proportion, rounded down, and what is missing then to the classes that lost
/// most by that.
fn shares(part: usize, classes: &[usize]) -> Vec<usize> {
    let all = classes.iter().sum::<usize>().max(1) as u128;
    let exact = |&class: &usize| part as u128 * class as u128;
    let mut shares: Vec<usize> =
        classes.iter().map(|class| (exact(class) / all) as usize).collect();
    let missing = part - shares.iter().sum::<usize>();
    let mut order: Vec<usize> = (0..classes.len()).collect();
    order.sort_by_key(|&class| std::cmp::Reverse(exact(&classes[class]) % all)); // stable
    order.iter().take(missing).for_each(|&class| shares[class] += 1);
    shares
}

/// A hash of a series' name that no version of a library can change.
fn key_hash(key: &[String], seed: u64) -> u64 {
    let mut hash = seed;
    for part in key {
        // Seven bytes a time: an index has 56 bits.
        for chunk in part.as_bytes().chunks(7) {
            let mut bytes = [0; 8];
            bytes[..chunk.len()].copy_from_slice(chunk);
            hash = mix(seed, [hash, u64::from_le_bytes(bytes)]);
        }
        hash = mix(seed, [hash, part.len() as u64]);
    }
    hash
}

fn mix(seed: u64, index: [u64; 2]) -> u64 {
    let [a, b, ..] = random::bits(seed, Purpose::Split, index);
    u64::from(a) << 32 | u64::from(b)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_are_in_proportion_and_whole() {
        assert_eq!(shares(10, &[30, 30, 40]), [3, 3, 4]);
        assert_eq!(shares(3, &[9, 9, 9]), [1, 1, 1]);
        assert_eq!(shares(2, &[1, 1, 8]), [0, 0, 2]);
        assert_eq!(shares(5, &[1, 3, 1]), [1, 3, 1]);
        assert_eq!(shares(0, &[0]), [0]);
    }
}
