//! What is said of a model, from made-up reports.

use super::baselines::Baseline;
use super::report::{Report, SeriesReport};
use super::sample::{baseline, class_report, report, scores, set_bits, set_overall};
use super::verdict::{Standing, Verdict};
use crate::data::time::TimeKind;
use crate::metrics::Errors;

fn sentence(report: &Report) -> String {
    Verdict::of(report).sentence
}

/// With another baseline in the place of the last value.
fn beside(report: Report, name: Baseline) -> Report {
    let scores = report.baselines[0].scores.clone();
    Report { baselines: vec![baseline(name, scores)], ..report }
}

#[test]
fn better_worse_and_no_difference() {
    let verdict = |ours, theirs| Verdict::of(&report(&[("y", ours, theirs)], 1));
    assert_eq!(
        verdict(2.953, 9.691).sentence,
        "1 row ahead the model beats the last value by 69.5 % (40.0 to 60.0 %): RMSE 2.953, not 9.691."
    );
    assert_eq!(
        verdict(1.2, 1.0).sentence,
        "1 row ahead the model does NOT beat the last value: its error (RMSE 1.200) is 20.0 % higher (1.000)."
    );
    assert_eq!(
        verdict(1.015, 1.016).sentence,
        "1 row ahead the model does not beat the last value: RMSE 1.015 and 1.016, within 1 %."
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
        Verdict::of(&report)
    };
    let noise = verdict(1.0);
    assert_eq!(noise.standing, Standing::Same);
    assert!(noise.sentence.contains("beats the last value by 29.3 %"));
    assert!(noise.sentence.contains("always giving the mean of these rows would do as well"));
    assert_eq!(verdict(0.9).standing, Standing::Better);
}

#[test]
fn time_and_task_in_words() {
    let mut report = report(&[("y", 1.0, 2.0)], 24);
    assert!(sentence(&report).starts_with("Up to 24 rows ahead the model beats"));
    report.time_step = Some((15 * 60 * 1_000_000_000, TimeKind::Local));
    assert!(sentence(&report).starts_with("Up to 6 h ahead the model beats"));
    report.horizon = None;
    assert_eq!(
        sentence(&beside(report, Baseline::TrainMean)),
        "The model beats the mean of the train rows by 50.0 % (40.0 to 60.0 %): RMSE 1.000, not 2.000."
    );
}

#[test]
fn several_targets_are_counted_and_the_worst_is_named() {
    let text = sentence(&report(&[("a", 1.0, 4.0), ("b", 3.0, 2.0), ("c", 1.0, 1.0)], 1));
    assert!(text.contains("scaled RMSE over all targets 1.667, not "), "{text}");
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
    let verdict = Verdict::of;
    assert_eq!(
        verdict(&report).sentence,
        "The model beats the most frequent class by 50.0 % (40.0 to 60.0 %): 10.00 % of the rows wrong, not 20.00 %."
    );
    report.whole_series = true;
    assert!(verdict(&report).sentence.contains(": 10.00 % of the series wrong, not"));
    let worse = verdict(&class_report(&[(0, 0, 9), (1, 0, 1)], 1.0));
    assert_eq!(worse.standing, Standing::Worse);
    assert!(worse.sentence.contains("never wrong here; its error is 10.00 % of the rows wrong"));
    set_bits(&mut report, 1.5, 2.0);
    report.horizon = Some(1);
    assert_eq!(
        sentence(&beside(report, Baseline::Bigram)),
        "1 row ahead the model beats what usually comes after the last value by 25.0 % (40.0 to 60.0 %): 1.500 bits \
         per symbol, not 2.000."
    );
}

#[test]
fn nothing_scored() {
    let mut report = report(&[("y", 1.0, 2.0)], 1);
    set_overall(&mut report, Errors::default().figures());
    let verdict = Verdict::of(&report);
    assert_eq!(
        (verdict.standing, &verdict.sentence[..]),
        (Standing::Unknown, "No row could be scored.")
    );
}

#[test]
fn what_may_be_chance_beats_nothing() {
    let mut report = report(&[("y", 0.9, 1.0)], 1);
    report.baselines[0].gain.interval = Some([-0.02, 0.2]);
    let verdict = Verdict::of(&report);
    assert_eq!(verdict.standing, Standing::Same);
    assert_eq!(
        verdict.sentence,
        "1 row ahead the model does not beat the last value for certain: its error (RMSE 0.9000) is 10.0 % lower \
         (1.000), but that may be chance (-2.0 to 20.0 %)."
    );
    report.baselines[0].gain.interval = None;
    let verdict = Verdict::of(&report);
    assert_eq!(verdict.standing, Standing::Same);
    assert_eq!(
        verdict.sentence,
        "Whether 1 row ahead the model beats the last value cannot be told from so few rows: its error (RMSE 0.9000) \
         is 10.0 % lower (1.000)."
    );
}

#[test]
fn the_best_of_several_is_named_and_a_better_ridge_is_told_of() {
    let mut report = report(&[("y", 0.5, 1.0)], 24);
    report.baselines.push(baseline(Baseline::SeasonalNaive, scores(&[("y", 0.8)], 24)));
    report.baselines.push(baseline(Baseline::Ridge, scores(&[("y", 0.4)], 24)));
    (report.best_baseline, report.season) = (1, "the same hour yesterday".into());
    assert_eq!(
        sentence(&report),
        "Up to 24 rows ahead the model beats the best naive forecast (the same hour yesterday) by 37.5 % (40.0 to 60.0 \
         %): RMSE 0.5000, not 0.8000. A ridge regression on the same rows does better (0.4000)."
    );
    report.baselines[2] = baseline(Baseline::Ridge, scores(&[("y", 0.6)], 24));
    assert!(!sentence(&report).contains("ridge"));
    report.baselines[2].gain.interval = Some([-0.1, 0.3]);
    assert!(
        sentence(&report).ends_with("A ridge regression on the same rows does as well (0.6000).")
    );
}
