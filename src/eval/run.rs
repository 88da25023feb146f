//! One evaluation: the rows of a part through the predictor, beside the truth.

use super::baselines::Baseline;
use super::report::{Report, RowCounts, SeriesReport};
use super::rows::{OutputRow, Wanted};
use super::score::Score;
use super::verdict::Verdict;
use crate::data::{Encoder, PartRows, Scalers};
use crate::error::Result;
use crate::model::{Network, Tensors};
use crate::optim::{Loss, LossSum};
use crate::serve::{Answer, InOrder, Plan, Predictor};

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
    pub loss: Loss,
}

/// One row that was asked for, in the order of the file.
#[derive(Debug)]
pub struct Evaluated<'a> {
    /// Which series of the table.
    pub series: usize,
    /// Its row there.
    pub row: usize,
    /// The prediction, in data units.
    pub values: Option<&'a [f32]>,
    /// What came true, `[targets x steps]`; NaN where it is not known.
    pub truth: &'a [f64],
}

/// Everything summed up on the way.
struct Sums {
    loss: LossSum,
    model: Score,
    baseline: Score,
    series: Vec<(Score, Score)>,
    counts: RowCounts,
}

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
            .map(|(range, s)| Wanted::new(range.clone(), s.rows(), self.plan, lead, reach))
            .collect();
        let mut predictor =
            Predictor::new(self.network, self.params, self.encoder, self.scalers, self.plan);
        let tracks: Vec<usize> = table.series.iter().map(|s| predictor.series(&s.key).0).collect();
        let targets = self.encoder.roles.targets.len();
        let score = Score::new(targets, self.encoder.steps);
        let mut sums = Sums {
            loss: LossSum::default(),
            model: score.clone(),
            baseline: score.clone(),
            series: vec![(score.clone(), score); table.series.len()],
            counts: RowCounts::default(),
        };

        // A ticket is the row's place in the file; `places` finds the row again.
        let mut places: Vec<(u32, u32)> = Vec::with_capacity(table.series_of_row.len());
        let mut ordered = InOrder::default();
        let mut seen = vec![0usize; table.series.len()];
        for (ticket, &series) in table.series_of_row.iter().enumerate() {
            let series = series as usize;
            let row = seen[series];
            seen[series] += 1;
            places.push((series as u32, row as u32));
            let w = &wanted[series];
            if w.pushed.contains(&row) {
                let ticket = w.asked.contains(&row).then_some(ticket as u64);
                if let Some(ticket) = ticket {
                    ordered.expect(ticket);
                }
                predictor.push(tracks[series], table.series[series].row(row), ticket);
                if row + 1 == w.pushed.end {
                    predictor.end_series(tracks[series]);
                }
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
        places: &[(u32, u32)],
        wanted: &[Wanted],
        part: &PartRows,
        sums: &mut Sums,
        each: &mut impl FnMut(Evaluated) -> Result<()>,
    ) -> Result<()> {
        let (series, row) = places[answer.ticket as usize];
        let (series, row) = (series as usize, row as usize);
        let s = &part.table.series[series];
        let (scalers, _) = self.scalers.of(&s.key);
        let mut truth = vec![f64::NAN; self.encoder.outputs()];
        self.encoder.truth(s.rows_from(row), &mut truth);
        let values = answer.prediction.as_ref().map(|p| &p.values[..]);
        sums.counts.read += 1;
        match (&answer.prediction, wanted[series].row(row)) {
            (Some(prediction), OutputRow::Scored) => {
                sums.counts.scored += 1;
                let mut scaled = vec![0.0; truth.len()];
                self.encoder.targets(s.rows_from(row), scalers, &mut scaled);
                if let Some(l) = self.loss.step(&prediction.outputs, &scaled, None) {
                    sums.loss.sum += l;
                    sums.loss.steps += 1;
                }
                let values: Vec<f64> = prediction.values.iter().map(|&v| f64::from(v)).collect();
                let mut naive = vec![0.0; truth.len()];
                Baseline::of(self.encoder).predict(self.encoder, s.row(row), scalers, &mut naive);
                let (own_model, own_baseline) = &mut sums.series[series];
                for score in [&mut sums.model, own_model] {
                    score.add(&values, &truth, &scalers.targets);
                }
                for score in [&mut sums.baseline, own_baseline] {
                    score.add(&naive, &truth, &scalers.targets);
                }
            }
            (None, OutputRow::Scored) => sums.counts.leave_out("without a prediction"),
            (_, OutputRow::LeftOut(reason)) => sums.counts.leave_out(reason),
        }
        each(Evaluated { series, row, values, truth: &truth })
    }

    /// Sequences the scored rows belong to: windows (one a row), blocks, or series.
    fn count_sequences(&self, wanted: &[Wanted], sums: &mut Sums) {
        sums.loss.sequences = match self.plan {
            Plan::Window { .. } => sums.loss.steps,
            Plan::Blocks { length } => {
                wanted.iter().map(|w| w.asked.len().div_ceil(length) as u64).sum()
            }
            Plan::Running | Plan::Whole { .. } => {
                sums.series.iter().filter(|(model, _)| model.count() > 0).count() as u64
            }
        };
    }

    fn report(&self, split: &str, part: &PartRows, sums: Sums) -> Report {
        let roles = &self.encoder.roles;
        let names: Vec<String> =
            roles.targets.iter().map(|&place| roles.columns[place].clone()).collect();
        let baseline = Baseline::of(self.encoder);
        let several = part.table.series.len() > 1;
        let series = sums.series.iter().zip(&part.table.series);
        let series = series.filter(|((model, _), _)| several && model.count() > 0);
        let mut report = Report {
            split: split.to_owned(),
            rows: sums.counts,
            loss: sums.loss.per_sequence(),
            loss_per_step: sums.loss.per_step(),
            scores: sums.model.scores(&names),
            baselines: vec![(baseline.key().to_owned(), sums.baseline.scores(&names))],
            series: series
                .map(|((model, naive), s)| SeriesReport {
                    key: s.key.join(" / "),
                    rows: model.count(),
                    scores: model.scores(&names),
                    baseline: naive.scores(&names),
                })
                .collect(),
            horizon: (self.encoder.lead > 0).then_some(self.encoder.steps),
            time_step: part.table.step(),
            verdict: Verdict::default(),
        };
        report.verdict = Verdict::of(&report, baseline);
        report
    }
}
