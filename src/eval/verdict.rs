//! Whether the model is worth anything: one plain answer beside the naive prediction.

use super::baselines::Baseline;
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

impl Verdict {
    pub(super) fn of(report: &Report, baseline: Baseline) -> Self {
        let (ours, theirs) = (&report.scores, &report.baseline().1);
        let change = ours.change(theirs);
        let standing = Standing::of(change);
        let (Some(change), Some(ours), Some(theirs)) = (change, ours.error(), theirs.error())
        else {
            return Self { standing, sentence: "No row could be scored.".into() };
        };
        let (error, naive) = in_words(report, ours, theirs);
        let model = match report.horizon {
            Some(steps) => format!("{} the model", ahead(report, steps)),
            None => "The model".into(),
        };
        let (size, doing) = (size(change), baseline.doing());
        let mut sentence = match standing {
            Standing::Better => {
                format!("{model}'s error ({error}) is {size} than {doing} ({naive}).")
            }
            Standing::Worse if change.is_infinite() => format!(
                "{model} does NOT beat {doing}, which is never wrong here; its error is {error}."
            ),
            Standing::Worse => {
                format!("{model} does NOT beat {doing}: its error ({error}) is {size} ({naive}).")
            }
            _ => format!("{model} is no better than {doing}: {error} and {naive}, within 1 %."),
        };
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
    let (Scores::Numbers(ours), Scores::Numbers(theirs)) = (&report.scores, &report.baseline().1)
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

#[cfg(test)]
mod tests {
    use super::super::sample::{class_report, report, scores, set_bits, set_overall};
    use super::*;
    use crate::data::time::TimeKind;
    use crate::metrics::Errors;

    fn sentence(report: &Report) -> String {
        Verdict::of(report, Baseline::LastValue).sentence
    }

    #[test]
    fn better_worse_and_no_difference() {
        let verdict =
            |ours, theirs| Verdict::of(&report(&[("y", ours, theirs)], 1), Baseline::LastValue);
        assert_eq!(
            verdict(2.953, 9.691).sentence,
            "1 row ahead the model's error (RMSE 2.953) is 69.5 % lower than repeating the last value (9.691)."
        );
        assert_eq!(
            verdict(1.2, 1.0).sentence,
            "1 row ahead the model does NOT beat repeating the last value: its error (RMSE 1.200) is 20.0 % higher \
             (1.000)."
        );
        assert_eq!(
            verdict(1.015, 1.016).sentence,
            "1 row ahead the model is no better than repeating the last value: RMSE 1.015 and 1.016, within 1 %."
        );
        assert!(verdict(4.5, 1.0).sentence.contains("is 4.5 times as high (1.000)"));
        assert!(verdict(1.0, 0.0).sentence.contains("does NOT beat"));
        assert!(verdict(1.0, 0.0).sentence.contains("never wrong here"));
        for (ours, standing) in [
            (0.98, Standing::Better),
            (0.995, Standing::Same),
            (1.005, Standing::Same),
            (1.02, Standing::Worse),
        ] {
            assert_eq!(verdict(ours, 1.0).standing, standing, "{ours}");
        }
        assert_eq!(verdict(0.0, 0.0).standing, Standing::Same);
    }

    #[test]
    fn what_the_mean_would_do_as_well_is_no_victory() {
        // Noise of deviation 1: the last value errs by the root of two, the mean by 1.
        let verdict = |error: f64| {
            let mut report = report(&[("y", error, 1.414)], 1);
            let mut errors = Errors::default();
            [-1.0, 1.0].into_iter().for_each(|truth| errors.add(truth + error, truth));
            set_overall(&mut report, errors.figures());
            Verdict::of(&report, Baseline::LastValue)
        };
        let noise = verdict(1.0);
        assert_eq!(noise.standing, Standing::Same);
        assert!(noise.sentence.contains("is 29.3 % lower than repeating the last value"));
        assert!(noise.sentence.contains("always giving the mean of these rows would do as well"));
        assert_eq!(verdict(0.9).standing, Standing::Better);
    }

    #[test]
    fn time_and_task_in_words() {
        let mut report = report(&[("y", 1.0, 2.0)], 24);
        assert!(sentence(&report).starts_with("Up to 24 rows ahead the model's error"));
        report.time_step = Some((15 * 60 * 1_000_000_000, TimeKind::Local));
        assert!(sentence(&report).starts_with("Up to 6 h ahead the model's error"));
        report.horizon = None;
        assert_eq!(
            Verdict::of(&report, Baseline::TrainMean).sentence,
            "The model's error (RMSE 1.000) is 50.0 % lower than always giving the mean of the train rows (2.000)."
        );
    }

    #[test]
    fn several_targets_are_counted_and_the_worst_is_named() {
        let text = sentence(&report(&[("a", 1.0, 4.0), ("b", 3.0, 2.0), ("c", 1.0, 1.0)], 1));
        assert!(text.contains("(scaled RMSE over all targets 1.667)"), "{text}");
        assert!(
            text.ends_with(" It is better on 1 of 3 targets, worst on \"b\" (50.0 % higher)."),
            "{text}"
        );
        let text = sentence(&report(&[("a", 1.0, 2.0), ("b", 1.8, 2.0)], 1));
        assert!(
            text.ends_with(" It is better on all 2 targets, least so on \"b\" (10.0 % lower)."),
            "{text}"
        );
    }

    #[test]
    fn series_are_counted_likewise() {
        let mut report = report(&[("y", 1.0, 2.0)], 1);
        let series = |key: &str, ours, theirs| SeriesReport {
            key: key.into(),
            rows: 1,
            scores: scores(&[("y", ours)], 1),
            baseline: scores(&[("y", theirs)], 1),
        };
        report.series = vec![series("P1", 1.0, 1.0), series("P2", 1.004, 1.0)];
        let text = sentence(&report);
        assert!(
            text.ends_with(" It is better on none of 2 series, worst on \"P2\" (0.4 % higher)."),
            "{text}"
        );
    }

    #[test]
    fn classes_are_judged_by_what_is_wrong_or_by_bits() {
        let mut report = class_report(&[(0, 0, 90), (1, 0, 10)], 0.8);
        let verdict = |report: &Report| Verdict::of(report, Baseline::MostFrequent);
        assert_eq!(
            verdict(&report).sentence,
            "The model's error (10.00 % of the rows wrong) is 50.0 % lower than always giving the most frequent class \
             (20.00 %)."
        );
        report.whole_series = true;
        assert!(verdict(&report).sentence.contains("(10.00 % of the series wrong)"));
        let worse = verdict(&class_report(&[(0, 0, 9), (1, 0, 1)], 1.0));
        assert_eq!(worse.standing, Standing::Worse);
        assert!(
            worse.sentence.contains("never wrong here; its error is 10.00 % of the rows wrong")
        );
        set_bits(&mut report, 1.5, 2.0);
        report.horizon = Some(1);
        assert_eq!(
            Verdict::of(&report, Baseline::Bigram).sentence,
            "1 row ahead the model's error (1.500 bits per symbol) is 25.0 % lower than going by what usually comes \
             after the last value (2.000)."
        );
    }

    #[test]
    fn nothing_scored() {
        let mut report = report(&[("y", 1.0, 2.0)], 1);
        set_overall(&mut report, Errors::default().figures());
        let verdict = Verdict::of(&report, Baseline::LastValue);
        assert_eq!(
            (verdict.standing, &verdict.sentence[..]),
            (Standing::Unknown, "No row could be scored.")
        );
    }
}
