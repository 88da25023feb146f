//! Intervals that follow the truths as they come, for streams that drift: of each series, target and step, the quantile
//! rises a little at every miss and falls a little, less, at every hit, so that in the long run the share of misses is
//! the one that was asked for, whatever the data do (Gibbs and Candès 2021; the quantile itself is tracked, as in
//! Angelopoulos et al. 2023).
//!
//! A forecast is judged when its rows come; until then it is kept here. Whether rows are computed one by one or many
//! together changes nothing: answers wait for their turn in their series.

use std::collections::{HashMap, VecDeque};

use super::calibration::{Calibration, score, widen};
use super::predictor::{Answer, Prediction};
use crate::data::{Encoder, ScalerSet, Words};

/// A step, in spreads of the scores: after a miss the quantile rises by this times the coverage, after a hit it falls by
/// this times the rest.
const RATE: f64 = 0.1;

/// All series of a predictor.
pub(super) struct Adaptive<'a> {
    calibration: &'a Calibration,
    series: Vec<Follower<'a>>,
    /// Answers that wait for an earlier one of their series.
    early: HashMap<u64, Answer>,
}

/// One series.
struct Follower<'a> {
    scalers: &'a ScalerSet,
    /// As they are now, `[targets x steps]`.
    quantiles: Vec<f64>,
    waiting: VecDeque<Row>,
    /// The last forecasts, the newest at the front: that of k rows ago has its step k judged by this row. None: there
    /// was no forecast.
    open: VecDeque<Option<Prediction>>,
}

/// A row whose turn has not come.
struct Row {
    /// Of each target; a category as the number of its class.
    truth: Vec<f64>,
    ticket: Option<u64>,
}

impl<'a> Adaptive<'a> {
    pub(super) fn new(calibration: &'a Calibration) -> Self {
        Self { calibration, series: Vec::new(), early: HashMap::new() }
    }

    /// Series come in the order of their numbers.
    pub(super) fn add_series(&mut self, scalers: &'a ScalerSet) {
        let quantiles = self.calibration.quantiles.clone();
        let (waiting, open) = (VecDeque::new(), VecDeque::new());
        self.series.push(Follower { scalers, quantiles, waiting, open });
    }

    /// The next row of a series.
    pub(super) fn push(
        &mut self,
        encoder: &Encoder,
        words: &[Words],
        (series, row): (usize, &[f64]),
        ticket: Option<u64>,
    ) {
        let value = |&place: &usize| encoder.target_value(words, row[place]);
        let truth = encoder.roles.targets.iter().map(value).collect();
        self.series[series].waiting.push_back(Row { truth, ticket });
    }

    /// Takes answers as the network gave them; gives those whose turn it is, with their intervals.
    pub(super) fn ready(&mut self, encoder: &Encoder, answers: Vec<Answer>) -> Vec<Answer> {
        self.early.extend(answers.into_iter().map(|answer| (answer.ticket, answer)));
        let mut ready = Vec::new();
        for follower in &mut self.series {
            while let Some(row) = follower.waiting.front() {
                let answer = match row.ticket {
                    None => None,
                    Some(ticket) => match self.early.remove(&ticket) {
                        None => break,
                        answer => answer,
                    },
                };
                let row = follower.waiting.pop_front().expect("it is the front");
                follower.judge(encoder, &row.truth, self.calibration);
                ready.extend(follower.forecast(encoder, answer));
            }
        }
        ready
    }
}

impl Follower<'_> {
    /// Learns from what came true at a row.
    fn judge(&mut self, encoder: &Encoder, truth: &[f64], calibration: &Calibration) {
        for (target, &truth) in truth.iter().enumerate() {
            for (step, forecast) in self.open.iter().enumerate() {
                let (Some(forecast), at) = (forecast, target * encoder.steps + step) else {
                    continue;
                };
                let score = score(encoder, forecast, self.scalers, at, truth);
                if score.is_nan() {
                    continue; // the truth is not known
                }
                let missed = f64::from(u8::from(score > self.quantiles[at]));
                let step = RATE * calibration.spreads[at];
                self.quantiles[at] += step * (missed - (1.0 - calibration.coverage));
            }
        }
    }

    /// Remembers the forecast made at a row, and gives it its intervals.
    fn forecast(&mut self, encoder: &Encoder, answer: Option<Answer>) -> Option<Answer> {
        self.open.push_front(answer.as_ref().and_then(|answer| answer.prediction.clone()));
        self.open.truncate(encoder.steps);
        let mut answer = answer?;
        if let Some(prediction) = &mut answer.prediction {
            widen(encoder, &self.quantiles, self.scalers, prediction);
        }
        Some(answer)
    }
}
