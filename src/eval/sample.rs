//! Reports with given errors, for tests of what is made of them.

use super::baselines::Baseline;
use super::blocks::Gain;
use super::class_report::ClassReport;
use super::report::{BaselineReport, Report, RowCounts};
use super::scores::{ClassScores, NumberScores, Scores, TargetScores};
use super::verdict::Verdict;
use crate::metrics::{ClassErrors, ClassFigures, Errors, Figures};

fn figures(rmse: f64) -> Figures {
    let mut errors = Errors::default();
    errors.add(rmse, 0.0);
    errors.figures()
}

/// Scores of targets that have the same RMSE at each of `steps` steps.
pub(crate) fn scores(targets: &[(&str, f64)], steps: usize) -> Scores {
    let target = |&(name, rmse): &(&str, f64)| {
        let data = figures(rmse);
        let horizon = vec![(data, data); steps];
        (name.to_owned(), TargetScores { data, scaled: data, horizon })
    };
    let mean = targets.iter().map(|(_, rmse)| rmse).sum::<f64>() / targets.len() as f64;
    Scores::Numbers(NumberScores {
        data: (targets.len() == 1).then(|| figures(mean)),
        scaled: figures(mean),
        targets: targets.iter().map(target).collect(),
    })
}

/// What a baseline comes to, and that the model is certainly as much better as it is.
pub(crate) fn baseline(baseline: Baseline, scores: Scores) -> BaselineReport {
    let gain = Gain { skill: Some(0.5), interval: Some([0.4, 0.6]) };
    BaselineReport { baseline, scores, gain, targets: Vec::new() }
}

/// A report of classes that were taken for each other so often, (truth, prediction, rows), beside a naive accuracy.
pub(crate) fn class_report(rows: &[(u32, u32, u64)], naive: f64) -> Report {
    let mut errors = ClassErrors::default();
    for &(truth, predicted, rows) in rows {
        (0..rows).for_each(|_| errors.add(truth, predicted, Some(-1.0)));
    }
    let scores = |overall: ClassFigures| {
        let (target, horizon) = ("tag".to_owned(), vec![overall]);
        Scores::Classes(ClassScores { target, sequence: false, overall, horizon })
    };
    let naive = ClassFigures { accuracy: Some(naive), ..ClassFigures::default() };
    let labels = ["A", "B", "C"].map(str::to_owned);
    Report {
        scores: scores(errors.figures()),
        baselines: vec![baseline(Baseline::MostFrequent, scores(naive))],
        classes: Some(ClassReport::new(&labels, &errors.confusion)),
        horizon: None,
        ..report(&[("tag", 1.0, 1.0)], 1)
    }
}

/// A report of targets, each with its name, its RMSE and the naive one; without a verdict.
pub(crate) fn report(targets: &[(&str, f64, f64)], steps: usize) -> Report {
    let ours: Vec<_> = targets.iter().map(|&(name, ours, _)| (name, ours)).collect();
    let theirs: Vec<_> = targets.iter().map(|&(name, _, theirs)| (name, theirs)).collect();
    Report {
        split: "test".into(),
        rows: RowCounts::default(),
        loss: None,
        loss_per_step: None,
        scores: scores(&ours, steps),
        baselines: vec![baseline(Baseline::LastValue, scores(&theirs, steps))],
        best_baseline: 0,
        classes: None,
        series: Vec::new(),
        horizon: Some(steps),
        whole_series: false,
        time_step: None,
        season: "the value of 24 rows before".into(),
        verdict: Verdict::default(),
    }
}

fn numbers(report: &mut Report) -> &mut NumberScores {
    match &mut report.scores {
        Scores::Numbers(scores) => scores,
        Scores::Classes(_) => unreachable!("a report of numbers"),
    }
}

/// The RMSE of the first target at a step, from 0.
pub(crate) fn set_step(report: &mut Report, step: usize, rmse: f64) {
    numbers(report).targets[0].1.horizon[step].0 = figures(rmse);
}

/// The figures that decide.
pub(crate) fn set_overall(report: &mut Report, figures: Figures) {
    numbers(report).data = Some(figures);
}

/// Makes a report of classes one of a sequence, with these bits per symbol of the model and the naive prediction.
pub(crate) fn set_bits(report: &mut Report, ours: f64, theirs: f64) {
    let naive = &mut report.baselines[0].scores;
    for (scores, bits) in [(&mut report.scores, ours), (naive, theirs)] {
        if let Scores::Classes(scores) = scores {
            scores.sequence = true;
            scores.overall.log_loss = Some(bits * std::f64::consts::LN_2);
        }
    }
}
