//! Which windows make up an update. A pure function of seed, epoch and the update's number.
//!
//! Windows of one length come in the order of a shuffle. Where lengths differ, the shuffled windows are cut into
//! pools, each pool is sorted by length and cut into batches, and these are shuffled again: a batch holds windows of
//! about one length, so that little is padded, and none of them is known before its turn.

use crate::data::{Span, Windows};
use crate::random;

/// Batches sorted by length together. The more, the less is padded, and the less is left to chance.
const POOL: u64 = 64;

/// The order of an epoch's windows.
#[derive(Clone, Copy, Debug)]
pub(super) struct Order<'a> {
    pub(super) windows: &'a Windows,
    pub(super) batch_size: u64,
    pub(super) shuffle: bool,
    pub(super) seed: u64,
}

/// The pool of the last update, most likely that of the next one, too.
#[derive(Clone, Debug, Default)]
pub(super) struct Pool {
    of: Option<(u64, u64)>, // epoch, pool
    spans: Vec<Span>,
}

impl Order<'_> {
    /// The windows of an update, longest first.
    pub(super) fn spans(self, pool: &mut Pool, epoch: u64, update: u64) -> Vec<Span> {
        let mut spans = if self.shuffle && !self.windows.are_even() {
            self.pooled(pool, epoch, update)
        } else {
            self.shuffled(epoch, update * self.batch_size, self.batch_size)
        };
        spans.sort_by_key(|span| std::cmp::Reverse(span.len)); // stable
        spans
    }

    /// `count` windows from the `first` on, fewer at the end.
    fn shuffled(self, epoch: u64, first: u64, count: u64) -> Vec<Span> {
        let all = self.windows.count();
        let number = |n| if self.shuffle { random::permute(n, all, self.seed, epoch) } else { n };
        (first..all.min(first + count)).map(|n| self.windows.span(number(n))).collect()
    }

    fn pooled(self, pool: &mut Pool, epoch: u64, update: u64) -> Vec<Span> {
        let (number, place) = (update / POOL, update % POOL);
        if pool.of != Some((epoch, number)) {
            let size = POOL * self.batch_size;
            pool.spans = self.shuffled(epoch, number * size, size);
            pool.spans.sort_by_key(|span| span.len); // stable
            pool.of = Some((epoch, number));
        }
        let batches = (pool.spans.len() as u64).div_ceil(self.batch_size);
        // Each pool has a shuffle of its own, far from those of whole epochs.
        let key = epoch | (number + 1) << 32;
        let batch = random::permute(place, batches, self.seed, key);
        let (start, size) = ((batch * self.batch_size) as usize, self.batch_size as usize);
        pool.spans[start..pool.spans.len().min(start + size)].to_vec()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;
    use crate::data::Segment;
    use std::collections::HashSet;
    use std::path::Path;

    /// Whole series of these lengths.
    fn windows(lengths: &[usize]) -> Windows {
        let text = r#"{"data": {"path": "x.csv", "series": "s", "inputs": ["x"], "targets": ["y"], "window": null},
                       "task": {"type": "tagging"}, "model": {"topology": "bidirectional", "cell": "gru"}}"#;
        let config = Config::parse(text, "test", Path::new(""), &[]).expect("valid");
        let ranges: Vec<_> = lengths.iter().map(|&len| 0..len).collect();
        Windows::new(&config, &Segment::whole(&ranges), 0)
    }

    fn epoch(windows: &Windows, batch_size: u64, epoch: u64) -> Vec<Vec<Span>> {
        let order = Order { windows, batch_size, shuffle: true, seed: 7 };
        let (mut pool, updates) = (Pool::default(), windows.count().div_ceil(batch_size));
        (0..updates).map(|update| order.spans(&mut pool, epoch, update)).collect()
    }

    /// Lengths as of sentences: many short ones, a long tail.
    fn sentences(count: u64) -> Vec<usize> {
        let uniform =
            |n| f64::from(random::uniform(random::bits(1, random::Purpose::Data, [n, 0])[0]));
        (0..count).map(|n| 1 + (60.0 * uniform(n) * uniform(n + count)) as usize).collect()
    }

    #[test]
    fn every_window_comes_once_an_epoch_and_in_another_order_in_the_next() {
        for count in [1, 31, 32, 2_048, 2_049, 5_000] {
            let windows = windows(&sentences(count));
            let (first, second) = (epoch(&windows, 32, 0), epoch(&windows, 32, 1));
            let series: Vec<usize> = first.iter().flatten().map(|span| span.series).collect();
            let distinct: HashSet<&usize> = series.iter().collect();
            assert_eq!((series.len() as u64, distinct.len() as u64), (count, count));
            assert!(count == 1 || first != second, "{count}");
        }
    }

    #[test]
    fn little_is_padded_and_long_batches_are_not_all_together() {
        let windows = windows(&sentences(6_000));
        let batches = epoch(&windows, 32, 3);
        let longest = |batch: &Vec<Span>| batch[0].len;
        assert!(padding(&batches) < 0.1, "{}", padding(&batches));
        // Neighbours in time differ as much as any two batches do.
        let rising =
            batches.windows(2).filter(|pair| longest(&pair[0]) < longest(&pair[1])).count();
        assert!((70..=118).contains(&rising), "{rising} of {}", batches.len());
    }

    /// Share of the places of an epoch's batches that hold no row.
    fn padding(batches: &[Vec<Span>]) -> f64 {
        let real: usize = batches.iter().flatten().map(|span| span.len).sum();
        let places: usize = batches.iter().map(|batch| batch.len() * batch[0].len).sum();
        1.0 - real as f64 / places as f64
    }

    #[test]
    fn little_is_padded_of_real_sentences() {
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data/ewt_train_half.csv");
        let Ok(text) = std::fs::read_to_string(&file) else {
            use std::io::Write;
            let note =
                "NOT CHECKED: padding of real sentences: no ewt_train_half.csv beside the project";
            writeln!(std::io::stderr(), "{note}").unwrap();
            return;
        };
        let sentence = |line: &str| line.split(',').next().map(str::to_owned);
        let rows: Vec<_> = text.lines().skip(1).map(sentence).collect();
        let lengths: Vec<usize> = rows.chunk_by(|a, b| a == b).map(<[_]>::len).collect();
        let padding = padding(&epoch(&windows(&lengths), 32, 0));
        assert!(lengths.len() > 6_000 && padding < 0.1, "{} {padding}", lengths.len());
    }

    #[test]
    fn an_update_does_not_depend_on_those_before_it() {
        let windows = windows(&sentences(5_000));
        let order = Order { windows: &windows, batch_size: 32, shuffle: true, seed: 7 };
        let whole = epoch(&windows, 32, 2);
        for update in [150, 3, 64, 63, 156] {
            assert_eq!(order.spans(&mut Pool::default(), 2, update), whole[update as usize]);
        }
        // Nor on those of another epoch, of which the pool may still be there.
        let mut pool = Pool::default();
        let first = order.spans(&mut pool, 1, 5);
        assert_eq!(order.spans(&mut pool, 2, 5), whole[5]);
        assert_ne!(first, whole[5]);
    }

    #[test]
    fn windows_of_one_length_keep_the_order_of_the_plain_shuffle() {
        let windows = windows(&[9; 300]);
        let numbers = (0..300).map(|n| random::permute(n, 300, 7, 5) as usize);
        let spans: Vec<usize> =
            epoch(&windows, 32, 5).into_iter().flatten().map(|span| span.series).collect();
        assert_eq!(spans, numbers.collect::<Vec<_>>());
    }
}
