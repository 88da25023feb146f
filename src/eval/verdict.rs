//! Whether the model is worth anything: one plain answer beside the naive prediction.

use super::baselines::Baseline;
use super::blocks::Gain;
use super::report::{Report, SeriesReport};
use super::scores::Scores;
use crate::error::shown;
use crate::text::{short, thousands};

/// How the model stands beside the naive prediction.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Standing {
    /// No row could be scored.
    #[default]
    Unknown,
    /// Its error is lower.
    Better,
    /// No difference that would mean anything.
    Same,
    /// Its error is higher.
    Worse,
}

/// The answer, and the same in words.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Verdict {
    /// How the model stands.
    pub standing: Standing,
    /// In words, figures included.
    pub sentence: String,
}

/// A smaller change of the error, up or down, is none.
const NOTHING: f64 = 0.01;

impl Standing {
    /// By the change of the error, -0.2 for 20 % lower.
    pub fn of(change: Option<f64>) -> Self {
        match change {
            None => Standing::Unknown,
            Some(change) if change < -NOTHING => Standing::Better,
            Some(change) if change > NOTHING => Standing::Worse,
            Some(_) => Standing::Same,
        }
    }
}

impl Standing {
    /// The same where a lower error counts only if it is none by chance.
    fn beside(change: f64, gain: &Gain) -> Self {
        let certain = gain.interval.is_some_and(|[low, _]| low > 0.0);
        match Standing::of(Some(change)) {
            Standing::Better if !certain => Standing::Same,
            standing => standing,
        }
    }
}

impl Verdict {
    pub(super) fn of(report: &Report) -> Self {
        let Some(best) = report.baselines.get(report.best_baseline) else { return Self::default() };
        let (ours, theirs) = (&report.scores, &best.scores);
        let change = ours.change(theirs);
        let (Some(change), Some(ours), Some(theirs)) = (change, ours.error(), theirs.error())
        else {
            return Self { sentence: "No row could be scored.".into(), ..Self::default() };
        };
        let standing = Standing::beside(change, &best.gain);
        let (error, naive) = in_words(report, ours, theirs);
        let model = match report.horizon {
            Some(steps) => format!("{} the model", ahead(report, steps)),
            None => "The model".into(),
        };
        let (size, gives) = (size(change), best.baseline.gives(&report.season));
        let mut sentence = match (standing, best.gain.interval) {
            (Standing::Better, interval) => format!(
                "{model} beats {} by {:.1} %{}: {error}, not {naive}.",
                the_best(report, &gives),
                -100.0 * change,
                interval.map_or(String::new(), |interval| format!(" ({})", range(interval)))
            ),
            (Standing::Worse, _) if change.is_infinite() => format!(
                "{model} does NOT beat {gives}, which is never wrong here; its error is {error}."
            ),
            (Standing::Worse, _) => {
                format!("{model} does NOT beat {gives}: its error ({error}) is {size} ({naive}).")
            }
            (_, _) if change.abs() <= NOTHING => {
                format!("{model} does not beat {gives}: {error} and {naive}, within 1 %.")
            }
            (_, Some(interval)) => format!(
                "{model} does not beat {gives} for certain: its error ({error}) is {size} ({naive}), but that may be \
                 chance ({}).",
                range(interval)
            ),
            (_, None) => format!(
                "Whether {} beats {gives} cannot be told from so few rows: its error ({error}) is {size} ({naive}).",
                lowered(&model)
            ),
        };
        sentence += &beside_the_ridge(report).unwrap_or_default();
        for (what, changes) in [("targets", by_target(report)), ("series", by_series(report))] {
            if let Some(count) = counted(what, &changes) {
                sentence += &count;
            }
        }
        if standing == Standing::Better && worth_no_more_than_the_mean(report) {
            sentence += &format!(
                " But always giving the mean of these rows would do as well (R2 {}): what is forecast here hardly \
                 depends on the past.",
                short(report.scores.r2().unwrap_or_default())
            );
            return Self { standing: Standing::Same, sentence };
        }
        Self { standing, sentence }
    }
}

/// `the best naive forecast (the last value)`
fn the_best(report: &Report, gives: &str) -> String {
    let naive = report.baselines.iter().filter(|b| b.baseline.is_naive()).count();
    match report.horizon {
        _ if naive < 2 => gives.to_owned(),
        Some(_) => format!("the best naive forecast ({gives})"),
        None => format!("the best naive prediction ({gives})"),
    }
}

/// `26.1 to 35.0 %`
fn range([low, high]: [f64; 2]) -> String {
    format!("{:.1} to {:.1} %", 100.0 * low, 100.0 * high)
}

/// With a small letter first.
fn lowered(text: &str) -> String {
    let (first, rest) = text.split_at(text.len().min(1));
    first.to_lowercase() + rest
}

/// A linear forecast on the same rows that the model does not beat is told of.
fn beside_the_ridge(report: &Report) -> Option<String> {
    let ridge = report.baseline(Baseline::Ridge)?;
    let change = report.scores.change(&ridge.scores)?;
    let (_, error) = in_words(report, report.scores.error()?, ridge.scores.error()?);
    let how = match Standing::beside(change, &ridge.gain) {
        Standing::Better => return None,
        Standing::Worse => "does better",
        Standing::Same | Standing::Unknown => "does as well",
    };
    Some(format!(" A ridge regression on the same rows {how} ({error})."))
}

/// Changes, returns and noise are easily forecast better than by their last value: their mean does that too.
fn worth_no_more_than_the_mean(report: &Report) -> bool {
    report.horizon.is_some() && report.scores.r2().is_some_and(|r2| r2 < NOTHING)
}

/// `Up to 6 h ahead`, `1 row ahead`
fn ahead(report: &Report, steps: usize) -> String {
    let rows =
        if steps == 1 { "1 row".into() } else { format!("{} rows", thousands(steps as u64)) };
    let span = report.span(steps).unwrap_or(rows);
    if steps == 1 { format!("{span} ahead") } else { format!("Up to {span} ahead") }
}

/// The error with its name, and the naive one: `RMSE 2.953` and `9.691`.
fn in_words(report: &Report, ours: f64, theirs: f64) -> (String, String) {
    match &report.scores {
        Scores::Numbers(scores) => {
            let name = if scores.data.is_some() { "RMSE" } else { "scaled RMSE over all targets" };
            (format!("{name} {}", short(ours)), short(theirs))
        }
        Scores::Classes(scores) if scores.sequence => {
            (format!("{} bits per symbol", short(ours)), short(theirs))
        }
        Scores::Classes(_) => {
            let unit = if report.whole_series { "series" } else { "rows" };
            (
                format!("{:.2} % of the {unit} wrong", 100.0 * ours),
                format!("{:.2} %", 100.0 * theirs),
            )
        }
    }
}

/// `12.3 % lower`, `4.5 times as high`
fn size(change: f64) -> String {
    if change > 1.0 {
        return format!("{:.1} times as high", 1.0 + change);
    }
    let word = if change < 0.0 { "lower" } else { "higher" };
    format!("{:.1} % {word}", change.abs() * 100.0)
}

/// Names, each with the change of its error.
type Changes<'a> = Vec<(&'a str, f64)>;

fn by_target(report: &Report) -> Changes<'_> {
    let (Scores::Numbers(ours), Scores::Numbers(theirs)) = (&report.scores, &report.naive().scores)
    else {
        return Vec::new(); // classes have one
    };
    let pairs = ours.targets.iter().zip(&theirs.targets);
    pairs
        .filter_map(|((name, s), (_, naive))| Some((&name[..], s.data.change(&naive.data)?)))
        .collect()
}

fn by_series(report: &Report) -> Changes<'_> {
    let change = |s: &SeriesReport| s.scores.change(&s.baseline);
    report.series.iter().filter_map(|s| Some((s.key.as_str(), change(s)?))).collect()
}

/// On how many of several the model is better, and where it is worst.
fn counted(what: &str, changes: &Changes) -> Option<String> {
    let (name, worst) = changes.iter().max_by(|(_, a), (_, b)| a.total_cmp(b))?;
    if changes.len() < 2 {
        return None;
    }
    let better = changes.iter().filter(|(_, c)| Standing::of(Some(*c)) == Standing::Better).count();
    let all = thousands(changes.len() as u64);
    let (share, worst_on) = match better {
        0 => (format!("none of {all}"), "worst on"),
        better if better == changes.len() => (format!("all {all}"), "least so on"),
        better => (format!("{} of {all}", thousands(better as u64)), "worst on"),
    };
    Some(format!(" It is better on {share} {what}, {worst_on} {} ({}).", shown(name), size(*worst)))
}
