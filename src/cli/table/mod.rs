//! An evaluation as tables for people.

mod classes;
mod numbers;

use crate::eval::{NOT_LAST, Report, Scores, SeriesReport, Standing};
use crate::terminal::{Cell, Ink, Screen};
use crate::text::{short, thousands};

/// Of more series only the worst are shown.
const SERIES_SHOWN: usize = 20;

/// Steps of a long horizon that are shown, about so many.
const STEPS_SHOWN: usize = 6;

/// With more targets than these, fewer steps of each are shown.
const TARGETS_IN_DETAIL: usize = 2;

/// The whole: a line on rows, the tables and the verdict.
pub fn report(report: &Report, screen: Screen) -> String {
    let mut out = screen.prose(&rows(report), 2) + "\n\n";
    out += &match (&report.scores, &report.naive().scores) {
        (Scores::Numbers(ours), Scores::Numbers(naive)) => {
            numbers::tables(report, ours, naive, screen)
        }
        (Scores::Classes(ours), _) => classes::tables(report, ours, screen),
        _ => unreachable!("a target has one type"),
    };
    let ink = match report.verdict.standing {
        Standing::Better => Some(Ink::Good),
        Standing::Same | Standing::Worse => Some(Ink::Warning),
        Standing::Unknown => None,
    };
    let verdict = screen.prose(&report.verdict.sentence, 0);
    out + "\n" + &ink.map_or(verdict.clone(), |ink| screen.paint(ink, &verdict)) + "\n"
}

/// What became of the rows.
fn rows(report: &Report) -> String {
    let (scored, read) = (thousands(report.rows.scored), thousands(report.rows.read));
    let mut text = match report.whole_series {
        true => format!("{}: {scored} series of {read} rows scored", report.split),
        false => format!("{}: {scored} rows scored of {read}", report.split),
    };
    // That a series has one answer need not be said.
    let told = |reason: &str| !(report.whole_series && reason == NOT_LAST);
    for (reason, count) in report.rows.left_out.iter().filter(|(reason, _)| told(reason)) {
        text += &format!("; {} left out: {reason}", thousands(*count));
    }
    text
}

/// The series that are shown, with a line that says so where these are not all.
fn shown_series(report: &Report) -> (String, Vec<&SeriesReport>) {
    let mut shown: Vec<&SeriesReport> = report.series.iter().collect();
    if shown.len() <= SERIES_SHOWN {
        return (String::new(), shown);
    }
    let change = |s: &SeriesReport| s.scores.change(&s.baseline).unwrap_or(f64::NEG_INFINITY);
    shown.sort_by(|a, b| change(b).total_cmp(&change(a)));
    shown.truncate(SERIES_SHOWN);
    let all = thousands(report.series.len() as u64);
    (format!("the {SERIES_SHOWN} worst of {all} series; --format json has all\n"), shown)
}

/// The first, the last, and some between at even distances: spans of time come out round. Of many targets there is
/// room for the first and the last only.
fn shown_steps(steps: usize, targets: usize) -> Vec<usize> {
    if steps < 2 {
        return Vec::new();
    }
    if targets > TARGETS_IN_DETAIL {
        return vec![1, steps];
    }
    let stride = steps.div_ceil(STEPS_SHOWN);
    let between = (1..steps).map(|k| k * stride).take_while(|step| step + stride / 2 <= steps);
    let mut shown: Vec<usize> = [1].into_iter().chain(between).chain([steps]).collect();
    shown.dedup();
    shown
}

/// `+4 (1 h)`
fn step_text(report: &Report, step: usize) -> String {
    let span = report.span(step).map_or(String::new(), |span| format!(" ({span})"));
    format!("+{step}{span}")
}

/// What the figures over all steps are called.
fn all_steps(report: &Report) -> String {
    match report.horizon {
        Some(1) => step_text(report, 1),
        Some(_) => "all".to_owned(),
        None => "same row".to_owned(),
    }
}

fn figure(value: Option<f64>) -> Cell {
    Cell::from(value.map_or_else(|| "-".to_owned(), short))
}

/// A change of the error, in colour where it is for the worse.
fn change_cell(change: Option<f64>) -> Cell {
    let change = change.filter(|change| change.is_finite());
    let text = match change {
        // Not "-0.0 %".
        Some(change) if change.abs() < 0.0005 => "0.0 %".into(),
        Some(change) => format!("{:+.1} %", change * 100.0),
        None => "-".into(),
    };
    let ink = (Standing::of(change) == Standing::Worse).then_some(Ink::Warning);
    Cell::from(text).ink(ink)
}

#[cfg(test)]
mod tests {
    use super::shown_steps;

    #[test]
    fn steps_at_even_distances() {
        assert!(shown_steps(1, 1).is_empty());
        assert_eq!(shown_steps(2, 1), [1, 2]);
        assert_eq!(shown_steps(6, 1), [1, 2, 3, 4, 5, 6]);
        assert_eq!(shown_steps(7, 1), [1, 2, 4, 6, 7]);
        assert_eq!(shown_steps(24, 1), [1, 4, 8, 12, 16, 20, 24]);
        assert_eq!(shown_steps(31, 1), [1, 6, 12, 18, 24, 31]);
        assert_eq!(shown_steps(720, 1), [1, 120, 240, 360, 480, 600, 720]);
        assert_eq!(shown_steps(24, 7), [1, 24]);
        for steps in 2..1_000 {
            let shown = shown_steps(steps, 1);
            assert!(shown.is_sorted_by(|a, b| a < b) && shown.len() <= 8, "{steps}: {shown:?}");
            assert_eq!((shown[0], shown[shown.len() - 1]), (1, steps));
        }
    }
}
