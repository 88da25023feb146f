//! Which stretches of rows are trained on. Nothing is stored per window: a window's number is turned
//! into a place from cumulative counts.

use super::segments::Segment;
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
    stretches: Vec<Counted>,
    even: bool,
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
    /// Windows up to and including this stretch.
    upto: u64,
}

// Why rows are left out of training.

/// They would lie in another part, or nowhere.
pub const NO_TARGETS: &str = "targets run past the end of the split";
/// They lie behind a cut.
pub const INTO_A_GAP: &str = "targets run into a gap";

const TOO_SHORT: &str = "series shorter than a window";
const SHORT_STRETCH: &str = "stretch between gaps shorter than a window";
const STRIDE: &str = "behind the last window of the stride";

impl Windows {
    /// Windows inside stretches of the train rows, whose targets reach `reach` rows further.
    pub fn new(config: &Config, segments: &[Segment], reach: usize) -> Self {
        let (length, stride) = config.data.window.map_or((None, 1), |w| (Some(w.length), w.stride));
        let short_allowed = config.task.loss_steps == LossSteps::All;
        let (mut stretches, mut upto, mut used) = (Vec::<Counted>::new(), 0, 0);
        let reasons = [NO_TARGETS, INTO_A_GAP, TOO_SHORT, SHORT_STRETCH, STRIDE];
        let mut reasons = reasons.map(|reason| (reason, 0));
        let mut leave_out = |reason: &str, rows: usize| {
            let known = reasons.iter_mut().find(|(known, _)| *known == reason);
            known.into_iter().for_each(|(_, count)| *count += rows as u64);
        };
        for (k, segment) in segments.iter().enumerate() {
            let (index, usable) = (segment.series, segment.usable(reach));
            let no_targets = if segment.cut { INTO_A_GAP } else { NO_TARGETS };
            leave_out(no_targets, segment.rows.len() - usable);
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
            let after_a_cut = k > 0 && segments[k - 1].series == index;
            let why = match count {
                0 if segment.cut || after_a_cut => SHORT_STRETCH,
                0 => TOO_SHORT,
                _ => STRIDE,
            };
            leave_out(why, usable - covered);
            used += covered as u64;
            if count > 0 {
                upto += count;
                stretches.push(Counted { series: index, start: segment.rows.start, usable, upto });
            }
        }
        let left_out = reasons.into_iter().filter(|(_, rows)| *rows > 0).collect();
        let len = |s: &Counted| length.map_or(s.usable, |length| length.min(s.usable));
        let even = stretches.windows(2).all(|pair| len(&pair[0]) == len(&pair[1]));
        Self { length, stride, stretches, even, left_out, used }
    }

    /// How many there are.
    pub fn count(&self) -> u64 {
        self.stretches.last().map_or(0, |s| s.upto)
    }

    /// How many there are of one series.
    pub fn of_series(&self, series: usize) -> u64 {
        let upto = |end: usize| end.checked_sub(1).map_or(0, |last| self.stretches[last].upto);
        let first = self.stretches.partition_point(|s| s.series < series);
        upto(self.stretches.partition_point(|s| s.series <= series)) - upto(first)
    }

    /// Rows of the longest window.
    pub fn longest(&self) -> usize {
        let longest = self.stretches.iter().map(|s| s.usable).max().unwrap_or(0);
        self.length.map_or(longest, |length| length.min(longest))
    }

    /// Whether all windows are of one length.
    pub fn are_even(&self) -> bool {
        self.even
    }

    /// Timesteps of all windows.
    pub fn timesteps(&self) -> u64 {
        let mut before = 0;
        let of_series = |s: &Counted| {
            let count = s.upto - std::mem::replace(&mut before, s.upto);
            count * self.length.map_or(s.usable, |length| length.min(s.usable)) as u64
        };
        self.stretches.iter().map(of_series).sum()
    }

    /// Windows of a series that, with their targets `reach` rows further, hold a row of `rows` (ascending) and
    /// the row before it.
    pub fn across(&self, series: usize, rows: &[usize], reach: usize) -> u64 {
        let first = self.stretches.partition_point(|s| s.series < series);
        let own = self.stretches[first..].iter().take_while(|s| s.series == series);
        own.enumerate().map(|(k, s)| self.across_in(first + k, s, rows, reach)).sum()
    }

    fn across_in(&self, k: usize, s: &Counted, rows: &[usize], reach: usize) -> u64 {
        let before = if k == 0 { 0 } else { self.stretches[k - 1].upto };
        let count = (s.upto - before) as usize;
        let len = self.length.map_or(s.usable, |length| length.min(s.usable)) + reach;
        let (mut across, mut counted) = (0, 0);
        for row in rows.iter().filter(|&&row| row > s.start).map(|row| row - s.start) {
            // From the first window that reaches the row to the last that starts before it.
            let first = (row + 1).saturating_sub(len).div_ceil(self.stride).max(counted);
            let end = ((row - 1) / self.stride + 1).min(count);
            if first < end {
                across += (end - first) as u64;
                counted = end;
            }
        }
        across
    }

    /// Where window `number` lies.
    pub fn span(&self, number: u64) -> Span {
        let k = self.stretches.partition_point(|s| s.upto <= number);
        let before = if k == 0 { 0 } else { self.stretches[k - 1].upto };
        let s = &self.stretches[k];
        let len = self.length.map_or(s.usable, |length| length.min(s.usable));
        Span { series: s.series, start: s.start + (number - before) as usize * self.stride, len }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::ops::Range;

    fn windows(extra: &str, ranges: &[Range<usize>], reach: usize) -> Windows {
        let text = format!(
            r#"{{"data": {{"path": "x.csv", "targets": ["y"]{extra}}}, "task": {{"type": "forecast"}},
                "model": {{"topology": "single", "cell": "gru"}}}}"#
        );
        let config = Config::parse(&text, "test", std::path::Path::new(""), &[]).expect("valid");
        Windows::new(&config, &Segment::whole(ranges), reach)
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
    fn windows_across_a_row_are_those_that_a_count_finds() {
        let ranges = [0..40, 3..9, 50..90];
        for (length, stride) in [(4, 1), (7, 3), (3, 5), (30, 2)] {
            let text = format!(r#","window":{{"length":{length},"stride":{stride}}}"#);
            let w = windows(&text, &ranges, 2);
            for (series, rows) in
                [(0, vec![10]), (0, vec![5, 7, 30]), (1, vec![4, 8]), (2, vec![51])]
            {
                let holds = |span: &Span| {
                    rows.iter().any(|&row| span.start < row && row < span.start + span.len + 2)
                };
                let spans = (0..w.count()).map(|n| w.span(n)).filter(|span| span.series == series);
                assert_eq!(w.across(series, &rows, 2), spans.filter(holds).count() as u64);
            }
            let steps: usize = (0..w.count()).map(|n| w.span(n).len).sum();
            assert_eq!(w.timesteps(), steps as u64);
        }
    }

    #[test]
    fn a_stride_thins_and_counts_what_it_passes_over() {
        let w = windows(r#","window":{"length":4,"stride":6}"#, &[Range { start: 0, end: 17 }], 1);
        assert_eq!((0..w.count()).map(|n| w.span(n).start).collect::<Vec<_>>(), [0, 6, 12]);
        assert_eq!(w.used, 12);
        assert_eq!(w.used + w.left_out.iter().map(|(_, n)| n).sum::<u64>(), 17);
    }
}
