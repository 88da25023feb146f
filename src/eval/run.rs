//! One evaluation: the rows of a part through the predictor, beside the truth.

use std::ops::Range;

use super::baselines::{Baseline, Origin, season_text};
use super::coverage::Coverage;
use super::judge::{Guesses, Judge, JudgedRow};
use super::report::{BaselineReport, Report, RowCounts, SeriesReport};
use super::ridge::Ridge;
use super::rows::{OutputRow, Wanted};
use super::verdict::Verdict;
use crate::data::{Encoder, PartRows, Scalers, Turn};
use crate::error::Result;
use crate::model::{Network, Tensors};
use crate::optim::{Loss, LossSum};
use crate::serve::{Answer, Calibration, InOrder, Plan, Prediction, Predictor, WordsOf};

/// What is evaluated.
#[derive(Clone, Copy, Debug)]
pub struct Evaluation<'a> {
    /// The network.
    pub network: &'a Network,
    /// Its parameters.
    pub params: &'a Tensors,
    /// Rows to features and back.
    pub encoder: &'a Encoder,
    /// The model's scalers.
    pub scalers: &'a Scalers,
    /// Which rows a prediction reads.
    pub plan: Plan,
    /// The loss of a step; its `sequences` is not used.
    pub loss: Loss<'a>,
    /// Whether a series has one prediction, that of its last row, and no row another.
    pub whole_series: bool,
    /// How sure the model is, and whether that follows the truths.
    pub intervals: Option<(&'a Calibration, bool)>,
    /// What the model is compared with; none where its own figures are all that is asked for.
    pub beside: Option<Beside<'a>>,
}

/// What the baselines know besides the scalers.
#[derive(Clone, Copy, Debug, Default)]
pub struct Beside<'a> {
    /// Rows from one season to the next, for a forecast of numbers.
    pub season: Option<usize>,
    /// A ridge regression, where the rows to fit it on are at hand.
    pub ridge: Option<&'a Ridge>,
}

impl Beside<'_> {
    /// What the model is compared with.
    pub fn baselines(&self, encoder: &Encoder) -> Vec<Baseline> {
        let mut baselines = Baseline::naive(encoder, self.season);
        baselines.extend(self.ridge.map(|_| Baseline::Ridge));
        baselines
    }
}

/// One row that was asked for, in the order of the file.
#[derive(Debug)]
pub struct Evaluated<'a> {
    /// Which series of the table.
    pub series: usize,
    /// Its row there, or which of those that are left out of it.
    pub turn: Turn,
    /// The prediction.
    pub prediction: Option<&'a Prediction>,
    /// What came true, `[targets x steps]`: of a category the number of the word; NaN where it is not known.
    pub truth: &'a [f64],
    /// What each baseline gives, in the order of [`Report::baselines`]; none where there is no prediction.
    pub beside: &'a [Guesses],
    /// The errors that decide, of the model and then of each baseline: the mean over targets and steps of the squared
    /// error (scaled where there are several targets); of classes the share that is wrong, or the bits of a forecast.
    /// None of a row that is not scored.
    pub errors: Option<&'a [f64]>,
}

/// Everything summed up on the way.
struct Sums<'a> {
    loss: LossSum,
    judge: Judge<'a>,
    coverage: Option<Coverage>,
    /// Rows scored of each series.
    rows: Vec<u64>,
    counts: RowCounts,
}

/// Why a row that is predicted is not scored.
pub const NO_TRUTH: &str = "nothing is known of what came true";

/// Figures of classes by series are given of so many series at most, with so many rows each on average: nobody looks
/// for a sentence.
const CLASS_SERIES: (usize, usize) = (20, 20);

/// The mean of `l` over the scored rows, and the figures that go with it.
pub fn valid_loss(
    evaluation: &Evaluation,
    part: &PartRows,
    each: impl FnMut(Evaluated) -> Result<()>,
) -> Result<Report> {
    evaluation.run("valid", part, each)
}

impl Evaluation<'_> {
    /// Scores the rows of `part`; every row asked for is shown to `each` once, in file order.
    pub fn run(
        &self,
        split: &str,
        part: &PartRows,
        mut each: impl FnMut(Evaluated) -> Result<()>,
    ) -> Result<Report> {
        let table = &part.table;
        let (lead, reach) = (self.encoder.lead, self.encoder.reach());
        let wanted: Vec<Wanted> = part
            .ranges
            .iter()
            .zip(&table.series)
            .map(|(range, s)| {
                let series = (s.rows(), &s.cuts[..]);
                Wanted::new(range.clone(), series, self.plan, lead, reach)
                    .reading_ahead(self.encoder.ahead())
            })
            .collect();
        let words = WordsOf::Table(&table.words);
        let (network, params, encoder) = (self.network, self.params, self.encoder);
        let mut predictor =
            Predictor::new(network, params, encoder, self.scalers, self.plan, words)
                .with_intervals(self.intervals);
        let tracks: Vec<usize> = table.series.iter().map(|s| predictor.series(&s.key).0).collect();
        let several = if self.by_series(part) { table.series.len() } else { 0 };
        let mut sums = Sums {
            loss: LossSum::default(),
            judge: Judge::new(self.encoder, self.beside, several),
            coverage: Coverage::new(
                self.encoder,
                self.intervals.map(|(calibration, _)| calibration.coverage),
            ),
            rows: vec![0; table.series.len()],
            counts: RowCounts::default(),
        };

        // A ticket is the row's place in the file; `places` finds the row again.
        let mut places: Vec<(u32, Turn)> = Vec::with_capacity(table.series_of_row.len());
        let mut ordered = InOrder::default();
        let whole = part.is_whole();
        for (ticket, (series, turn)) in table.turns().enumerate() {
            places.push((series as u32, turn));
            let (s, w, ticket) = (&table.series[series], &wanted[series], ticket as u64);
            match turn {
                Turn::Dropped(k) if w.asks_for_dropped(s.dropped[k].before, whole) => {
                    ordered.expect(ticket);
                    predictor.leave_out(ticket);
                }
                Turn::Row(row) if w.pushed.contains(&row) => {
                    let ticket = w.asked.contains(&row).then_some(ticket);
                    ticket.into_iter().for_each(|ticket| ordered.expect(ticket));
                    if s.cuts.binary_search(&row).is_ok() {
                        predictor.cut(tracks[series]);
                    }
                    predictor.push(tracks[series], s.row(row), ticket);
                    if row + 1 == w.pushed.end {
                        if row + 1 == s.rows() {
                            let plan = s.plan.chunks_exact(encoder.columns());
                            plan.for_each(|row| predictor.push(tracks[series], row, None));
                        }
                        predictor.end_series(tracks[series]);
                    }
                }
                _ => {}
            }
            for answer in ordered.ready(predictor.take()) {
                self.score(&answer, &places, &wanted, part, &mut sums, &mut each)?;
            }
        }
        predictor.end();
        for answer in ordered.ready(predictor.take()) {
            self.score(&answer, &places, &wanted, part, &mut sums, &mut each)?;
        }
        self.count_sequences(&wanted, &mut sums);
        Ok(self.report(split, part, sums))
    }

    fn score(
        &self,
        answer: &Answer,
        places: &[(u32, Turn)],
        wanted: &[Wanted],
        part: &PartRows,
        sums: &mut Sums,
        each: &mut impl FnMut(Evaluated) -> Result<()>,
    ) -> Result<()> {
        let (series, turn) = places[answer.ticket as usize];
        let series = series as usize;
        let s = &part.table.series[series];
        let (scalers, _) = self.scalers.of(&s.key);
        let mut truth = vec![f64::NAN; self.encoder.target_width()];
        let words = &part.table.words;
        sums.counts.read += 1;
        let prediction = answer.prediction.as_ref();
        let row = match turn {
            Turn::Row(row) => row,
            Turn::Dropped(k) => {
                sums.counts.leave_out(s.dropped[k].why.text());
                if self.whole_series {
                    return Ok(());
                }
                let (beside, errors) = (&[][..], None);
                return each(Evaluated { series, turn, prediction, truth: &truth, beside, errors });
            }
        };
        // What lies behind a cut is not so many rows ahead.
        let segment = s.segment_of(row);
        let known = s.rows_between(row, segment.end);
        self.encoder.truth(known, &mut truth);
        let origin = Origin { series: s, start: segment.start, row, scalers };
        let judged = JudgedRow { origin, words, truth: &truth };
        if prediction.is_some() {
            sums.judge.guess(&judged);
        }
        let mut errors = None;
        match (prediction, wanted[series].row(row)) {
            (Some(_), OutputRow::Scored) if truth.iter().all(|truth| truth.is_nan()) => {
                sums.counts.leave_out(NO_TRUTH);
            }
            (Some(prediction), OutputRow::Scored) => {
                sums.counts.scored += 1;
                sums.rows[series] += 1;
                let mut scaled = vec![0.0; truth.len()];
                self.encoder.targets(known, scalers, words, &mut scaled);
                if let Some(l) = self.loss.step(&prediction.outputs, &scaled, None) {
                    sums.loss.sum += l;
                    sums.loss.steps += 1;
                }
                sums.judge.add(prediction, &judged, series);
                errors = Some(sums.judge.deciding());
                if let Some(coverage) = &mut sums.coverage {
                    let known = |&value: &f64| self.encoder.target_value(words, value);
                    let truth: Vec<f64> = truth.iter().map(known).collect();
                    coverage.add(prediction, &truth, &scalers.targets);
                }
            }
            (None, OutputRow::Scored) => sums.counts.leave_out("without a prediction"),
            (_, OutputRow::LeftOut(reason)) => sums.counts.leave_out(reason),
        }
        if self.whole_series && prediction.is_none() {
            return Ok(());
        }
        let beside = if prediction.is_some() { sums.judge.guesses() } else { &[] };
        let errors = errors.as_deref();
        each(Evaluated { series, turn, prediction, truth: &truth, beside, errors })
    }

    /// Whether figures by series say anything: of classes only where series are few and long.
    fn by_series(&self, part: &PartRows) -> bool {
        let (series, (most, rows)) = (part.table.series.len(), CLASS_SERIES);
        let few = series <= most && part.rows() >= (rows * series) as u64;
        let few = few || self.encoder.classes().is_none();
        series > 1 && few && !self.whole_series
    }

    /// Sequences the scored rows belong to: windows (one a row), blocks, or series.
    fn count_sequences(&self, wanted: &[Wanted], sums: &mut Sums) {
        sums.loss.sequences = match self.plan {
            Plan::Window { .. } => sums.loss.steps,
            Plan::Blocks { length } => {
                let segments = wanted.iter().flat_map(Wanted::segments);
                segments.map(|rows| rows.len().div_ceil(length) as u64).sum()
            }
            Plan::Running | Plan::Whole { .. } => {
                let scored = wanted.iter().zip(&sums.rows).filter(|(_, rows)| **rows > 0);
                let has_scored = |w: &Wanted, mut rows: Range<usize>| {
                    rows.any(|row| w.row(row) == OutputRow::Scored)
                };
                let of =
                    |w: &Wanted| w.segments().filter(|rows| has_scored(w, rows.clone())).count();
                scored.map(|(w, _)| of(w) as u64).sum()
            }
        };
    }

    fn report(&self, split: &str, part: &PartRows, sums: Sums) -> Report {
        let (judge, rows) = (sums.judge, &sums.rows);
        let (baselines, time_step) = (judge.baselines(), part.table.step());
        let season = self.beside.and_then(|beside| beside.season).unwrap_or(1);
        let best_baseline = best(&baselines);
        let scored = part.table.series.iter().zip(rows).enumerate();
        let scored = scored.filter(|(_, (_, rows))| **rows > 0);
        let series = scored.filter_map(|(k, (s, &rows))| {
            let (scores, baseline) = judge.series(k, best_baseline)?;
            Some(SeriesReport { key: s.key.join(" / "), rows, scores, baseline })
        });
        let mut report = Report {
            split: split.to_owned(),
            rows: sums.counts,
            loss: sums.loss.per_sequence(),
            loss_per_step: sums.loss.per_step(),
            scores: judge.model(),
            baselines,
            best_baseline,
            classes: judge.classes(),
            coverage: sums.coverage.filter(|coverage| coverage.all.count > 0),
            series: series.collect(),
            horizon: (self.encoder.lead > 0).then_some(self.encoder.steps),
            whole_series: self.whole_series,
            season: season_text(season, time_step),
            time_step,
            verdict: Verdict::default(),
        };
        report.verdict = Verdict::of(&report);
        report
    }
}

/// The place of the naive prediction that errs least; the first of equals.
fn best(baselines: &[BaselineReport]) -> usize {
    let naive = baselines.iter().enumerate().filter(|(_, b)| b.baseline.is_naive());
    let errors = naive.filter_map(|(k, b)| Some((k, b.scores.error()?)));
    errors.min_by(|(_, a), (_, b)| a.total_cmp(b)).map_or(0, |(k, _)| k)
}
