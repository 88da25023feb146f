//! Stretches of rows that follow each other. A series is cut where rows are missing: look-back and state start
//! anew there, and no window, block or chunk holds rows from both sides.

use std::ops::Range;

use super::dataset::PartRows;
use super::gap_rule::GapRule;
use super::table::Series;

/// Consecutive rows of one series that no cut parts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Segment {
    /// Which series.
    pub series: usize,
    /// Its rows.
    pub rows: Range<usize>,
    /// Whether a cut ends it, not the end of the part.
    pub cut: bool,
}

impl Segment {
    /// The rows of each series, uncut.
    pub fn whole(ranges: &[Range<usize>]) -> Vec<Self> {
        let segment = |(series, rows): (usize, &Range<usize>)| Self {
            series,
            rows: rows.clone(),
            cut: false,
        };
        ranges.iter().enumerate().map(segment).collect()
    }

    /// Rows that can be an input: all but those whose targets, `reach` rows further, lie behind its end.
    pub fn usable(&self, reach: usize) -> usize {
        self.rows.len().saturating_sub(reach)
    }
}

impl Series {
    /// Cuts it at every gap between its rows.
    pub(super) fn cut_at_gaps(&mut self, rule: &GapRule) {
        let steps = self.times.windows(2).enumerate();
        let gaps = steps.filter(|(_, pair)| rule.is_gap(pair[0], pair[1]));
        self.cuts.extend(gaps.map(|(row, _)| row + 1).collect::<Vec<_>>());
        self.cuts.sort_unstable();
        self.cuts.dedup();
    }

    /// The stretch between two cuts that a row lies in.
    pub fn segment_of(&self, row: usize) -> Range<usize> {
        let next = self.cuts.partition_point(|&cut| cut <= row);
        let start = if next == 0 { 0 } else { self.cuts[next - 1] };
        start..self.cuts.get(next).copied().unwrap_or(self.rows())
    }

    /// Those of some rows.
    fn segments(&self, series: usize, rows: &Range<usize>) -> Vec<Segment> {
        let inside =
            self.cuts.iter().copied().filter(|cut| (rows.start + 1..rows.end).contains(cut));
        let mut segments = Vec::new();
        let mut start = rows.start;
        for cut in inside {
            segments.push(Segment { series, rows: start..cut, cut: true });
            start = cut;
        }
        let cut = self.cuts.binary_search(&rows.end).is_ok();
        segments.push(Segment { series, rows: start..rows.end, cut });
        segments
    }
}

impl PartRows {
    /// The stretches of its rows, series after series; at least one for each series.
    pub fn segments(&self) -> Vec<Segment> {
        let series = self.table.series.iter().zip(&self.ranges).enumerate();
        series.flat_map(|(k, (s, rows))| s.segments(k, rows)).collect()
    }

    /// Whether it holds all rows of its table.
    pub fn is_whole(&self) -> bool {
        self.table.series.iter().zip(&self.ranges).all(|(s, rows)| *rows == (0..s.rows()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;
    use crate::data::{Span, Table, Windows, lanes};
    use std::path::Path;
    use std::sync::Arc;

    /// Two series of 40 and 9 rows, the first one cut at `cuts`, in a part that leaves out two rows at each end.
    fn part(cuts: &[usize]) -> PartRows {
        let text = r#"{"data": {"path": "x.csv", "series": "s", "targets": ["y"], "window": {"length": 4}},
                       "task": {"type": "forecast", "horizon": 2}, "model": {"topology": "single", "cell": "gru"}}"#;
        let config = Config::parse(text, "test", Path::new(""), &[]).expect("valid");
        let roles = crate::data::Roles::new(&config);
        let rows = (0..49).map(|row| format!("{},{row}\n", if row < 40 { "a" } else { "b" }));
        let csv = format!("s,y\n{}", rows.collect::<String>());
        let table = Table::read_stream(csv.as_bytes(), Path::new("x.csv"), "x.csv", &roles);
        let mut table = table.expect("rows");
        table.series[0].cuts = cuts.to_vec();
        PartRows { table: Arc::new(table), ranges: vec![2..38, 0..9] }
    }

    #[test]
    fn segments_are_all_rows_of_a_part_and_hold_no_cut() {
        for cuts in [&[][..], &[2], &[38], &[1, 2, 3, 20, 37, 39], &[10, 11, 12, 13]] {
            let part = part(cuts);
            let segments = part.segments();
            let rows: Vec<(usize, usize)> =
                segments.iter().flat_map(|s| s.rows.clone().map(|row| (s.series, row))).collect();
            let all = (2..38).map(|row| (0, row)).chain((0..9).map(|row| (1, row)));
            assert_eq!(rows, all.collect::<Vec<_>>(), "{cuts:?}");
            for s in &segments {
                let of_series = if s.series == 0 { cuts } else { &[] };
                assert!(!of_series.iter().any(|cut| (s.rows.start + 1..s.rows.end).contains(cut)));
                assert_eq!(s.cut, of_series.contains(&s.rows.end), "{s:?}");
                let whole = part.table.series[s.series].segment_of(s.rows.start);
                assert!(whole.start <= s.rows.start && s.rows.end <= whole.end, "{s:?}");
            }
        }
    }

    /// Neither a window nor a chunk, nor the rows their targets reach to, hold rows from both sides of a cut.
    #[test]
    fn no_window_and_no_chunk_crosses_a_cut() {
        let cuts = [5, 11, 12, 25];
        let part = part(&cuts);
        let reach = 2;
        let crosses = |span: &Span| {
            span.series == 0
                && cuts.iter().any(|&cut| span.start < cut && cut < span.start + span.len + reach)
        };
        for loss in ["all", "last"] {
            let text = format!(
                r#"{{"data": {{"path": "x.csv", "targets": ["y"], "window": {{"length": 4}}}},
                    "task": {{"type": "forecast", "horizon": 2, "loss_steps": "{loss}"}},
                    "model": {{"topology": "single", "cell": "gru"}}}}"#
            );
            let config = Config::parse(&text, "test", Path::new(""), &[]).expect("valid");
            let windows = Windows::new(&config, &part.segments(), reach);
            let spans: Vec<Span> = (0..windows.count()).map(|n| windows.span(n)).collect();
            assert!(spans.len() > 10 && !spans.iter().any(crosses), "{loss}");
            let left_out: u64 = windows.left_out.iter().map(|(_, rows)| rows).sum();
            assert_eq!(windows.used + left_out, part.rows(), "{loss}");
            assert_eq!(windows.across(0, &cuts, reach), 0, "{loss}");
        }
        let chunks = lanes::updates(&part.segments(), reach, 4, 2, 3);
        assert!(!chunks.iter().flatten().any(|chunk| crosses(&chunk.span)));
        let starts = chunks.iter().flatten().filter(|chunk| cuts.contains(&chunk.span.start));
        assert!(starts.filter(|chunk| chunk.span.series == 0).all(|chunk| chunk.fresh));
    }
}
