//! The errors of predicted numbers, by target and step, and by series.

use super::{all_steps, change_cell, figure, shown_series, shown_steps, step_text};
use crate::eval::{NumberScores, Report, Scores};
use crate::metrics::Figures;
use crate::terminal::{Cell, Column, Screen, Table};
use crate::text::thousands;

/// The tables.
pub(super) fn tables(
    report: &Report,
    ours: &NumberScores,
    naive: &NumberScores,
    screen: Screen,
) -> String {
    let name = report.naive().baseline.name();
    let mut out = targets(report, ours, naive, &name).render(screen);
    if !report.series.is_empty() {
        out.push('\n');
        out += &series(report, &name, screen);
    }
    out
}

fn targets(report: &Report, ours: &NumberScores, naive: &NumberScores, name: &str) -> Table {
    let mut table = table("target", Column::names("step"), name);
    let all = all_steps(report);
    for ((target, scores), (_, theirs)) in ours.targets.iter().zip(&naive.targets) {
        table.line(line([target, &all], &scores.data, &scores.scaled, &theirs.data));
        for step in shown_steps(scores.horizon.len(), naive.targets.len()) {
            let ((data, scaled), (naive, _)) =
                (&scores.horizon[step - 1], &theirs.horizon[step - 1]);
            table.line(line(["", &step_text(report, step)], data, scaled, naive));
        }
    }
    if ours.targets.len() > 1 {
        table.line(line(["all, scaled", &all], &ours.scaled, &ours.scaled, &naive.scaled));
    }
    table
}

fn series(report: &Report, name: &str, screen: Screen) -> String {
    let (caption, shown) = shown_series(report);
    let mut table = table("series", Column::new("rows", 5), name);
    for series in shown {
        let rows = thousands(series.rows);
        if let (Scores::Numbers(ours), Scores::Numbers(naive)) = (&series.scores, &series.baseline)
        {
            let first = [&series.key[..], &rows];
            table.line(line(first, ours.overall(), &ours.scaled, naive.overall()));
        }
    }
    caption + &table.render(screen)
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
    vec![
        first[0].into(),
        first[1].into(),
        figure(ours.rmse),
        figure(naive.rmse),
        change_cell(ours.change(naive)),
        figure(ours.mae),
        figure(naive.mae),
        figure(ours.r2),
        figure(scaled.mse),
    ]
}
