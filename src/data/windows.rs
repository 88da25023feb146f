//! Which stretches of rows are trained on. Nothing is stored per window: a window's number is turned
//! into a place from cumulative counts.

use std::ops::Range;

use crate::config::{Config, LossSteps};

/// Consecutive rows of one series.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// Which series.
    pub series: usize,
    /// Its first row.
    pub start: usize,
    /// Rows.
    pub len: usize,
}

/// All training windows of a part.
#[derive(Clone, Debug)]
pub struct Windows {
    length: Option<usize>,
    stride: usize,
    series: Vec<Counted>,
    /// Rows that are an input of no window, by reason.
    pub left_out: Vec<(&'static str, u64)>,
    /// Rows that are an input of at least one window.
    pub used: u64,
}

#[derive(Clone, Debug)]
struct Counted {
    series: usize,
    start: usize,
    /// Rows that can be an input: all but those whose targets lie behind the part's end.
    usable: usize,
    /// Windows up to and including this series.
    upto: u64,
}

/// Why rows are left out of training.
const NO_TARGETS: &str = "targets run past the end of the split";
const TOO_SHORT: &str = "series shorter than a window";
const STRIDE: &str = "behind the last window of the stride";

impl Windows {
    /// Windows inside the train rows `ranges` (one per series), whose targets reach `reach` rows further.
    pub fn new(config: &Config, ranges: &[Range<usize>], reach: usize) -> Self {
        let (length, stride) = config.data.window.map_or((None, 1), |w| (Some(w.length), w.stride));
        let short_allowed = config.task.loss_steps == LossSteps::All;
        let (mut series, mut upto, mut used) = (Vec::new(), 0, 0);
        let mut reasons = [(NO_TARGETS, 0), (TOO_SHORT, 0), (STRIDE, 0)];
        for (index, range) in ranges.iter().enumerate() {
            let usable = range.len().saturating_sub(reach);
            reasons[0].1 += (range.len() - usable) as u64;
            let (count, covered) = match length {
                _ if usable == 0 => (0, 0),
                None => (1, usable),
                Some(length) if usable < length && !short_allowed => (0, 0),
                Some(length) if usable < length => (1, usable),
                Some(length) => {
                    let count = (usable - length) / stride + 1;
                    let gaps = (count - 1) * stride.saturating_sub(length);
                    (count as u64, (count - 1) * stride + length - gaps)
                }
            };
            reasons[if count == 0 { 1 } else { 2 }].1 += (usable - covered) as u64;
            used += covered as u64;
            if count > 0 {
                upto += count;
                series.push(Counted { series: index, start: range.start, usable, upto });
            }
        }
        let left_out = reasons.into_iter().filter(|(_, rows)| *rows > 0).collect();
        Self { length, stride, series, left_out, used }
    }

    /// How many there are.
    pub fn count(&self) -> u64 {
        self.series.last().map_or(0, |s| s.upto)
    }

    /// Rows of the longest window.
    pub fn longest(&self) -> usize {
        let longest = self.series.iter().map(|s| s.usable).max().unwrap_or(0);
        self.length.map_or(longest, |length| length.min(longest))
    }

    /// Where window `number` lies.
    pub fn span(&self, number: u64) -> Span {
        let k = self.series.partition_point(|s| s.upto <= number);
        let before = if k == 0 { 0 } else { self.series[k - 1].upto };
        let s = &self.series[k];
        let len = self.length.map_or(s.usable, |length| length.min(s.usable));
        Span { series: s.series, start: s.start + (number - before) as usize * self.stride, len }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn windows(extra: &str, ranges: &[Range<usize>], reach: usize) -> Windows {
        let text = format!(
            r#"{{"data": {{"path": "x.csv", "targets": ["y"]{extra}}}, "task": {{"type": "forecast"}},
                "model": {{"topology": "single", "cell": "gru"}}}}"#
        );
        let config = Config::parse(&text, "test", std::path::Path::new(""), &[]).expect("valid");
        Windows::new(&config, ranges, reach)
    }

    #[test]
    fn windows_lie_inside_their_series_with_all_targets() {
        let w = windows(r#","window":{"length":4}"#, &[0..10, 20..23, 30..36], 2);
        // 10 rows: 8 usable: 5 windows; 3 rows: 1 usable: one short window; 6 rows: 4 usable: 1 window.
        assert_eq!(w.count(), 7);
        let spans: Vec<Span> = (0..7).map(|n| w.span(n)).collect();
        assert_eq!(spans[4], Span { series: 0, start: 4, len: 4 });
        assert_eq!(spans[5], Span { series: 1, start: 20, len: 1 });
        assert_eq!(spans[6], Span { series: 2, start: 30, len: 4 });
        assert_eq!(w.used + w.left_out.iter().map(|(_, n)| n).sum::<u64>(), 19);
    }

    #[test]
    fn a_stride_thins_and_counts_what_it_passes_over() {
        let w = windows(r#","window":{"length":4,"stride":6}"#, &[Range { start: 0, end: 17 }], 1);
        assert_eq!((0..w.count()).map(|n| w.span(n).start).collect::<Vec<_>>(), [0, 6, 12]);
        assert_eq!(w.used, 12);
        assert_eq!(w.used + w.left_out.iter().map(|(_, n)| n).sum::<u64>(), 17);
    }
}
