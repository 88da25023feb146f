//! An evaluation as a table for people.

use crate::eval::{Report, Scores, SeriesReport, Standing};
use crate::metrics::Figures;
use crate::terminal::{Cell, Column, Ink, Screen, Table};
use crate::text::{short, thousands};

/// Steps of a long horizon that are shown, about so many.
const STEPS_SHOWN: usize = 6;

/// With more targets than these, fewer steps of each are shown.
const TARGETS_IN_DETAIL: usize = 2;

/// Of more series only the worst are shown.
const SERIES_SHOWN: usize = 20;

/// The whole table, with a line on rows before it and the verdict after it.
pub fn report(report: &Report, screen: Screen) -> String {
    let mut out = screen.prose(&rows(report), 2) + "\n\n";
    let (baseline, naive) = report.baseline();
    let name = baseline.replace('_', " ");
    out += &targets(report, naive, &name).render(screen);
    if !report.series.is_empty() {
        out.push('\n');
        out += &series(report, &name, screen);
    }
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
    let rows = &report.rows;
    let (scored, read) = (thousands(rows.scored), thousands(rows.read));
    let mut text = format!("{}: {scored} rows scored of {read}", report.split);
    for (reason, count) in &rows.left_out {
        text += &format!("; {} left out: {reason}", thousands(*count));
    }
    text
}

fn targets(report: &Report, naive: &Scores, name: &str) -> Table {
    let mut table = table("target", Column::names("step"), name);
    let step_text = |step: usize| {
        let span = report.span(step).map_or(String::new(), |span| format!(" ({span})"));
        format!("+{step}{span}")
    };
    let all = match report.horizon {
        Some(1) => step_text(1),
        Some(_) => "all".to_owned(),
        None => "same row".to_owned(),
    };
    for ((target, ours), (_, theirs)) in report.scores.targets.iter().zip(&naive.targets) {
        table.line(line([target, &all], &ours.data, &ours.scaled, &theirs.data));
        for step in shown_steps(ours.horizon.len(), naive.targets.len()) {
            let ((data, scaled), (naive, _)) = (&ours.horizon[step - 1], &theirs.horizon[step - 1]);
            table.line(line(["", &step_text(step)], data, scaled, naive));
        }
    }
    if report.scores.targets.len() > 1 {
        let scaled = &report.scores.scaled;
        table.line(line(["all, scaled", &all], scaled, scaled, &naive.scaled));
    }
    table
}

fn series(report: &Report, name: &str, screen: Screen) -> String {
    let mut shown: Vec<&SeriesReport> = report.series.iter().collect();
    let mut caption = String::new();
    if shown.len() > SERIES_SHOWN {
        shown.sort_by(|a, b| change_of(b).total_cmp(&change_of(a)));
        shown.truncate(SERIES_SHOWN);
        let all = thousands(report.series.len() as u64);
        caption = format!("the {SERIES_SHOWN} worst of {all} series; --format json has all\n");
    }
    let mut table = table("series", Column::new("rows", 5), name);
    for series in shown {
        let rows = thousands(series.rows);
        let (scores, naive) = (&series.scores, &series.baseline);
        table.line(line([&series.key, &rows], scores.overall(), &scores.scaled, naive.overall()));
    }
    caption + &table.render(screen)
}

fn change_of(series: &SeriesReport) -> f64 {
    series.scores.overall().change(series.baseline.overall()).unwrap_or(f64::NEG_INFINITY)
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

/// A table without lines: the errors that decide stay, what is left goes column by column where room is short.
fn table(name: &str, second: Column, baseline: &str) -> Table {
    Table::new(vec![
        Column::names(name),
        second,
        Column::fixed("RMSE"),
        Column::new(baseline, 6),
        Column::fixed("change"),
        Column::new("MAE", 4),
        Column::new(baseline, 1),
        Column::new("R2", 3),
        Column::new("MSE scaled", 2),
    ])
}

fn line(first: [&str; 2], ours: &Figures, scaled: &Figures, naive: &Figures) -> Vec<Cell> {
    let cell = |value: Option<f64>| Cell::from(value.map_or_else(|| "-".to_owned(), short));
    let change = ours.change(naive).filter(|change| change.is_finite());
    let text = match change {
        // Not "-0.0 %".
        Some(change) if change.abs() < 0.0005 => "0.0 %".into(),
        Some(change) => format!("{:+.1} %", change * 100.0),
        None => "-".into(),
    };
    let ink = (Standing::of(change) == Standing::Worse).then_some(Ink::Warning);
    vec![
        first[0].into(),
        first[1].into(),
        cell(ours.rmse),
        cell(naive.rmse),
        Cell::from(text).ink(ink),
        cell(ours.mae),
        cell(naive.mae),
        cell(ours.r2),
        cell(scaled.mse),
    ]
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
