//! What a prediction has to beat.

mod classes;
mod numbers;

use crate::data::Encoder;
use crate::data::time::TimeKind;

pub(super) use classes::{ClassBaselines, label};
pub(super) use numbers::{NumberBaselines, Origin};

/// A prediction without a network.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Baseline {
    /// A forecast that repeats the last known value.
    LastValue,
    /// A forecast that repeats the last season.
    SeasonalNaive,
    /// A forecast that goes on as the series went so far, from its first row to the last one known.
    Drift,
    /// The mean of the train rows (of the series, where scalers are per series).
    TrainMean,
    /// A ridge regression on the same rows; no naive prediction.
    Ridge,
    /// The most frequent class of the train rows; its chances are their shares.
    MostFrequent,
    /// The most frequent class of the word at the same row.
    OfTheWord,
    /// The shares of the classes, for a forecast.
    Unigram,
    /// The shares of the classes after the one at the row.
    Bigram,
}

impl Baseline {
    /// The naive ones of a task.
    pub(super) fn naive(encoder: &Encoder, season: Option<usize>) -> Vec<Self> {
        use Baseline::*;
        let context = !encoder.vocabularies.contexts.is_empty();
        match (encoder.classes().is_some(), encoder.lead > 0) {
            (false, true) if season.is_some() => vec![LastValue, SeasonalNaive, Drift, TrainMean],
            (false, true) => vec![LastValue, Drift, TrainMean],
            (false, false) => vec![TrainMean],
            (true, true) => vec![LastValue, Unigram, Bigram],
            (true, false) if context => vec![OfTheWord, MostFrequent],
            (true, false) => vec![MostFrequent],
        }
    }

    /// Its key in JSON.
    pub fn key(self) -> &'static str {
        match self {
            Baseline::LastValue => "last_value",
            Baseline::SeasonalNaive => "seasonal_naive",
            Baseline::Drift => "drift",
            Baseline::TrainMean => "train_mean",
            Baseline::Ridge => "ridge",
            Baseline::MostFrequent => "most_frequent",
            Baseline::OfTheWord => "most_frequent_of_word",
            Baseline::Unigram => "unigram",
            Baseline::Bigram => "bigram",
        }
    }

    /// Its name in a table.
    pub fn name(self) -> String {
        self.key().replace('_', " ")
    }

    /// What it gives, in words; `season` is what the last season is called.
    pub(super) fn gives(self, season: &str) -> String {
        match self {
            Baseline::LastValue => "the last value",
            Baseline::SeasonalNaive => season,
            Baseline::Drift => "the drift of the series so far",
            Baseline::TrainMean => "the mean of the train rows",
            Baseline::Ridge => "a ridge regression on the same rows",
            Baseline::MostFrequent => "the most frequent class",
            Baseline::OfTheWord => "the most frequent class of each word",
            Baseline::Unigram => "how frequent each class is",
            Baseline::Bigram => "what usually comes after the last value",
        }
        .to_owned()
    }

    /// Whether a model is expected to beat it before it is called any good.
    pub fn is_naive(self) -> bool {
        self != Baseline::Ridge
    }
}

/// What the value a season ago is called: `the same hour yesterday`.
pub(super) fn season_text(rows: usize, step: Option<(i128, TimeKind)>) -> String {
    const HOUR: i128 = 3_600_000_000_000;
    const DAY: i128 = 24 * HOUR;
    let known = step.filter(|&(step, kind)| kind != TimeKind::Number && step > 0);
    let (step, _) = known.unwrap_or((1, TimeKind::Number));
    match step * rows as i128 {
        DAY if step < HOUR => "the same time yesterday".into(),
        DAY if step == HOUR => "the same hour yesterday".into(),
        span if span == 7 * DAY && step < HOUR => "the same time a week ago".into(),
        span if span == 7 * DAY && step == HOUR => "the same hour a week ago".into(),
        span if span == 7 * DAY && step == DAY => "the same weekday a week ago".into(),
        _ if rows == 12 && (28 * DAY..=31 * DAY).contains(&step) => {
            "the same month a year ago".into()
        }
        _ if rows == 1 => "the last value".into(),
        _ => format!("the value of {rows} rows before"),
    }
}
