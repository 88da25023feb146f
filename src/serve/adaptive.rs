//! Intervals that follow the truths as they come, for streams that drift: of each series, target and step, the quantile
//! rises a little at every miss and falls a little, less, at every hit, so that in the long run the share of misses is
//! the one that was asked for, whatever the data do (Gibbs and Candès 2021; the quantile itself is tracked, as in
//! Angelopoulos et al. 2023).
//!
//! A forecast is judged when its rows come; until then it is kept here. Whether rows are computed one by one or many
//! together changes nothing: answers wait for their turn in their series.

use std::collections::{HashMap, HashSet, VecDeque};

use super::calibration::{Calibration, widen};
use super::prediction::{Answer, Prediction};
use crate::data::{Encoder, ScalerSet, Words};

/// A step, in spreads of the scores: after a miss the quantile rises by this times the coverage, after a hit it falls by
/// this times the rest.
const RATE: f64 = 0.1;

/// So many spreads an interval of learnt quantiles may be drawn in.
const MOST_SPREADS: f64 = 10.0;

/// All series of a predictor.
pub(super) struct Adaptive<'a> {
    calibration: &'a Calibration,
    series: Vec<Follower<'a>>,
    /// Answers that wait for an earlier one of their series.
    early: HashMap<u64, Answer>,
    /// The tickets of rows that were pushed and are not answered.
    expected: HashSet<u64>,
}

/// One series.
struct Follower<'a> {
    scalers: &'a ScalerSet,
    /// As they are now, `[targets x steps]`.
    quantiles: Vec<f64>,
    waiting: VecDeque<Waiting>,
    /// The last forecasts, the newest at the front: that of k rows ago has its step k judged by this row. None: there
    /// was no forecast.
    open: VecDeque<Option<Prediction>>,
}

/// What has not had its turn.
enum Waiting {
    /// A row: the truth of each target, as [`Encoder::target_value`] has it, and its ticket.
    Row(Vec<f64>, Option<u64>),
    /// The next row does not follow the one before: forecasts up to here are not judged by it.
    Cut,
}

impl<'a> Adaptive<'a> {
    pub(super) fn new(calibration: &'a Calibration) -> Self {
        let (series, early, expected) = (Vec::new(), HashMap::new(), HashSet::new());
        Self { calibration, series, early, expected }
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
        self.expected.extend(ticket);
        self.series[series].waiting.push_back(Waiting::Row(truth, ticket));
    }

    /// The next row of a series does not follow the one before.
    pub(super) fn cut(&mut self, series: usize) {
        self.series[series].waiting.push_back(Waiting::Cut);
    }

    /// Takes answers as the network gave them; gives those whose turn it is, with their intervals.
    pub(super) fn ready(&mut self, encoder: &Encoder, answers: Vec<Answer>) -> Vec<Answer> {
        // Of rows that are left out nothing is known, and they are known by nothing here.
        let (mut ready, waiting): (Vec<_>, Vec<_>) =
            answers.into_iter().partition(|answer| !self.expected.remove(&answer.ticket));
        self.early.extend(waiting.into_iter().map(|answer| (answer.ticket, answer)));
        for follower in &mut self.series {
            while let Some(next) = follower.waiting.pop_front() {
                match next {
                    Waiting::Cut => follower.open.clear(),
                    Waiting::Row(_, Some(ticket)) if !self.early.contains_key(&ticket) => {
                        follower.waiting.push_front(next);
                        break;
                    }
                    Waiting::Row(truth, ticket) => {
                        let answer = ticket.and_then(|ticket| self.early.remove(&ticket));
                        follower.judge(encoder, &truth, self.calibration);
                        ready.extend(follower.forecast(encoder, answer));
                    }
                }
            }
        }
        ready
    }
}

impl Follower<'_> {
    /// Learns from what came true at a row.
    fn judge(&mut self, encoder: &Encoder, truth: &[f64], calibration: &Calibration) {
        let known = truth.iter().enumerate().filter(|(_, truth)| !truth.is_nan());
        for (target, &truth) in known {
            for (step, forecast) in self.open.iter().enumerate() {
                let (Some(forecast), at) = (forecast, target * encoder.steps + step) else {
                    continue;
                };
                let missed = f64::from(u8::from(!forecast.holds(at, truth)));
                let step = RATE * calibration.spreads[at];
                let quantile = self.quantiles[at] + step * (missed - (1.0 - calibration.coverage));
                // Narrower than nothing it cannot become: a quantile that falls on would take long to come back.
                let least = match encoder.levels {
                    None => 0.0,
                    Some(_) => calibration.quantiles[at] - MOST_SPREADS * calibration.spreads[at],
                };
                self.quantiles[at] = quantile.max(least);
            }
        }
    }

    /// Gives the forecast made at a row its intervals, and remembers it.
    fn forecast(&mut self, encoder: &Encoder, mut answer: Option<Answer>) -> Option<Answer> {
        if let Some(prediction) = answer.as_mut().and_then(|answer| answer.prediction.as_mut()) {
            widen(encoder, &self.quantiles, self.scalers, prediction);
        }
        self.open.push_front(answer.as_ref().and_then(|answer| answer.prediction.clone()));
        self.open.truncate(encoder.steps);
        answer
    }
}
