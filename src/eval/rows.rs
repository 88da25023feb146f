//! Which rows of a split are predicted, which of those are scored, and why the others are not.

use std::ops::Range;

use crate::serve::Plan;

/// What becomes of one row of a series.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OutputRow {
    /// Predicted and scored.
    Scored,
    /// Predicted (or given without a prediction), not scored, for this reason.
    LeftOut(&'static str),
}

/// The rows of one series that are asked for: those whose first target row lies in the split.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wanted {
    /// Rows the predictor has to see, starting where it starts.
    pub pushed: Range<usize>,
    /// Rows with an answer.
    pub asked: Range<usize>,
    last_scored: usize,
    reach: usize,
    end: usize,
    /// Where its segments begin, all but the first.
    cuts: Vec<usize>,
    plan: Plan,
}

const PAST_THE_END: &str = "forecast runs past the end of the split";
const INTO_A_GAP: &str = "forecast runs into a gap";
const NO_WINDOW: &str = "fewer rows before it than the window";
/// Why most rows of a series have no prediction of their own.
pub const NOT_LAST: &str = "not the last row of its series";

impl Wanted {
    /// For the rows `split` of a series of `rows` rows, cut at `cuts`; `lead` and `reach` as in the encoder.
    pub fn new(
        split: Range<usize>,
        (rows, cuts): (usize, &[usize]),
        plan: Plan,
        lead: usize,
        reach: usize,
    ) -> Self {
        // A forecast belongs to the split that holds its target rows, so the first is made one row before it.
        let first = split.start.saturating_sub(lead);
        let end = if split.end == rows { rows } else { split.end.saturating_sub(lead) };
        let asked = if split.is_empty() { 0..0 } else { first..end.max(first) };
        let start = plan.look_back().map_or(0, |back| asked.start.saturating_sub(back));
        let stop = if plan.reads_to_the_end() { rows } else { asked.end };
        let pushed = if asked.is_empty() { 0..0 } else { start..stop };
        // Rows below this one have all their targets inside the split.
        let last_scored = split.end.saturating_sub(reach);
        Self { pushed, asked, last_scored, reach, end: rows, cuts: cuts.to_vec(), plan }
    }

    /// The rows between two cuts that a row lies among.
    fn segment(&self, row: usize) -> Range<usize> {
        let next = self.cuts.partition_point(|&cut| cut <= row);
        let start = if next == 0 { 0 } else { self.cuts[next - 1] };
        start..self.cuts.get(next).copied().unwrap_or(self.end)
    }

    /// Whether a row that is left out of the series, before row `before`, is asked for. `whole`: whether the part is
    /// all there is.
    pub fn asks_for_dropped(&self, before: usize, whole: bool) -> bool {
        let at_the_end = before == self.end && self.asked.end == self.end;
        self.asked.contains(&before) || at_the_end && (whole || !self.asked.is_empty())
    }

    /// The stretches between cuts of the rows that are asked for.
    pub fn segments(&self) -> impl Iterator<Item = Range<usize>> + '_ {
        let cuts =
            self.cuts.iter().copied().filter(|&cut| self.asked.start < cut && cut < self.asked.end);
        let ends = cuts.chain([self.asked.end]);
        let mut start = self.asked.start;
        ends.map(move |end| std::mem::replace(&mut start, end)..end).filter(|rows| !rows.is_empty())
    }

    /// The same, where so many rows behind them are read ahead.
    pub fn reading_ahead(self, rows: usize) -> Self {
        let end = self.end.min(self.pushed.end + rows);
        Self { pushed: if self.asked.is_empty() { 0..0 } else { self.pushed.start..end }, ..self }
    }

    /// What becomes of a row that is asked for.
    pub fn row(&self, row: usize) -> OutputRow {
        match self.plan {
            Plan::Window { length, full: true } if row + 1 - self.segment(row).start < length => {
                OutputRow::LeftOut(NO_WINDOW)
            }
            Plan::Whole { last: true } if row + 1 < self.end => OutputRow::LeftOut(NOT_LAST),
            _ if row >= self.last_scored => OutputRow::LeftOut(PAST_THE_END),
            _ if row + self.reach >= self.segment(row).end => OutputRow::LeftOut(INTO_A_GAP),
            _ => OutputRow::Scored,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_test_windows_of_the_ett_protocol() {
        let plan = Plan::Window { length: 96, full: false };
        let wanted = Wanted::new(11_520..14_400, (17_420, &[]), plan, 1, 96);
        assert_eq!(wanted.asked, 11_519..14_399);
        assert_eq!(wanted.pushed.start, 11_519 - 95);
        let scored = wanted.asked.clone().filter(|&r| wanted.row(r) == OutputRow::Scored).count();
        assert_eq!(scored, 2_880 - 96 + 1);
    }

    #[test]
    fn a_whole_file_leaves_out_what_has_no_truth() {
        let plan = Plan::Window { length: 4, full: true };
        let wanted = Wanted::new(0..10, (10, &[]), plan, 1, 2);
        assert_eq!(wanted.asked, 0..10);
        let scored: Vec<usize> = (0..10).filter(|&r| wanted.row(r) == OutputRow::Scored).collect();
        assert_eq!(scored, [3, 4, 5, 6, 7]);
    }

    #[test]
    fn a_gap_ends_what_can_be_scored_and_what_a_window_reads() {
        let plan = Plan::Window { length: 3, full: true };
        let wanted = Wanted::new(2..12, (12, &[5]), plan, 1, 2);
        let scored = |row: &usize| wanted.row(*row) == OutputRow::Scored;
        assert_eq!(wanted.asked.clone().filter(scored).collect::<Vec<_>>(), [2, 7, 8, 9]);
        assert_eq!(wanted.row(3), OutputRow::LeftOut(INTO_A_GAP));
        assert_eq!(wanted.row(6), OutputRow::LeftOut(NO_WINDOW));
        assert_eq!(wanted.row(10), OutputRow::LeftOut(PAST_THE_END));
        assert_eq!(wanted.segments().collect::<Vec<_>>(), [1..5, 5..12]);
    }

    #[test]
    fn a_row_that_is_left_out_belongs_to_one_part() {
        let plan = Plan::Window { length: 3, full: false };
        let part = |split| Wanted::new(split, (12, &[]), plan, 0, 0);
        let (train, test) = (part(0..8), part(8..12));
        for before in 0..=12 {
            let asked = [&train, &test].map(|part| part.asks_for_dropped(before, false));
            assert_eq!(asked, [before < 8, before >= 8], "before {before}");
        }
        let nothing = Wanted::new(0..0, (0, &[]), plan, 0, 0);
        assert!(nothing.asks_for_dropped(0, true) && !nothing.asks_for_dropped(0, false));
    }

    #[test]
    fn a_regression_scores_every_row_of_the_split() {
        let plan = Plan::Blocks { length: 4 };
        let wanted = Wanted::new(5..9, (20, &[]), plan, 0, 0);
        assert_eq!((wanted.pushed.clone(), wanted.asked.clone()), (5..9, 5..9));
        assert!((5..9).all(|r| wanted.row(r) == OutputRow::Scored));
    }
}
