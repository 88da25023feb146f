//! The errors of predicted numbers, by target and step, by series, and beside each baseline.

use super::{
    all_steps, figure, interval_cell, shown_series, shown_steps, skill_cell, skill_of, step_text,
};
use crate::eval::{Baseline, BaselineReport, Gain, NumberScores, Report, Scores};
use crate::metrics::Figures;
use crate::terminal::{Cell, Column, Screen, Table};
use crate::text::thousands;

/// The tables.
pub(super) fn tables(report: &Report, ours: &NumberScores, screen: Screen) -> String {
    let mut out = targets(report, ours).render(screen);
    if report.baselines.len() > 1 {
        out.push('\n');
        out += &baselines(report, ours).render(screen);
    }
    if !report.series.is_empty() {
        out.push('\n');
        out += &series(report, screen);
    }
    out
}

/// What a line shows beside the model's own figures.
struct Beside<'a> {
    naive: &'a Figures,
    gain: Option<&'a Gain>,
    ridge: Option<&'a Figures>,
}

fn targets(report: &Report, ours: &NumberScores) -> Table {
    let ridge = report.baseline(Baseline::Ridge).and_then(numbers);
    let mut table = table("target", Column::names("step"), report, ridge.is_some());
    let (all, best) = (all_steps(report), report.naive());
    let Some(naive) = numbers(best) else { return table };
    for (k, (target, scores)) in ours.targets.iter().enumerate() {
        let (naive, gains) = (&naive.targets[k].1, best.targets.get(k));
        let of_ridge = ridge.map(|ridge| &ridge.targets[k].1);
        let beside = Beside {
            naive: &naive.data,
            gain: gains.map(|gains| &gains.all),
            ridge: of_ridge.map(|ridge| &ridge.data),
        };
        table.line(line([target, &all], &scores.data, &scores.scaled, &beside, ridge.is_some()));
        for step in shown_steps(scores.horizon.len(), ours.targets.len()) {
            let (data, scaled) = &scores.horizon[step - 1];
            let beside = Beside {
                naive: &naive.horizon[step - 1].0,
                gain: gains.and_then(|gains| gains.horizon.get(step - 1)),
                ridge: of_ridge.map(|ridge| &ridge.horizon[step - 1].0),
            };
            let first = ["", &step_text(report, step)];
            table.line(line(first, data, scaled, &beside, ridge.is_some()));
        }
    }
    if ours.targets.len() > 1 {
        let beside = Beside {
            naive: &naive.scaled,
            gain: Some(&best.gain),
            ridge: ridge.map(|ridge| &ridge.scaled),
        };
        let first = ["all, scaled", &all];
        table.line(line(first, &ours.scaled, &ours.scaled, &beside, ridge.is_some()));
    }
    table
}

/// Every baseline over all targets and steps.
fn baselines(report: &Report, ours: &NumberScores) -> Table {
    let unit = if ours.data.is_some() { "RMSE" } else { "RMSE scaled" };
    let mut table = Table::new(vec![
        Column::names("the model beside"),
        Column::fixed(unit),
        Column::fixed("skill"),
        Column::new("95 %", 5),
        Column::new("MAE", 4),
    ]);
    for beside in &report.baselines {
        if let Some(theirs) = numbers(beside).map(NumberScores::overall) {
            table.line(vec![
                beside.baseline.name().into(),
                figure(theirs.rmse),
                skill_cell(skill_of(ours.overall().change(theirs))),
                interval_cell(Some(&beside.gain)),
                figure(theirs.mae),
            ]);
        }
    }
    table
}

fn series(report: &Report, screen: Screen) -> String {
    let (caption, shown) = shown_series(report);
    let mut table = table("series", Column::new("rows", 6), report, false);
    for series in shown {
        let rows = thousands(series.rows);
        if let (Scores::Numbers(ours), Scores::Numbers(naive)) = (&series.scores, &series.baseline)
        {
            let first = [&series.key[..], &rows];
            let beside = Beside { naive: naive.overall(), gain: None, ridge: None };
            table.line(line(first, ours.overall(), &ours.scaled, &beside, false));
        }
    }
    caption + &table.render(screen)
}

fn numbers(report: &BaselineReport) -> Option<&NumberScores> {
    match &report.scores {
        Scores::Numbers(scores) => Some(scores),
        Scores::Classes(_) => None,
    }
}

/// A table without lines: the errors that decide stay, what is left goes column by column where room is short.
fn table(name: &str, second: Column, report: &Report, ridge: bool) -> Table {
    let mut columns = vec![
        Column::names(name),
        second,
        Column::fixed("RMSE"),
        Column::new(&report.naive().baseline.name(), 8),
        Column::fixed("skill"),
        Column::new("95 %", 6),
    ];
    if ridge {
        columns.push(Column::new("ridge", 7));
    }
    columns.extend([
        Column::new("MAE", 5),
        Column::new("R2", 4),
        Column::new("MASE", 3),
        Column::new("sMAPE", 1),
        Column::new("MSE scaled", 2),
    ]);
    Table::new(columns)
}

fn line(
    first: [&str; 2],
    ours: &Figures,
    scaled: &Figures,
    beside: &Beside,
    ridge: bool,
) -> Vec<Cell> {
    let mut cells = vec![
        first[0].into(),
        first[1].into(),
        figure(ours.rmse),
        figure(beside.naive.rmse),
        skill_cell(skill_of(ours.change(beside.naive))),
        interval_cell(beside.gain),
    ];
    if ridge {
        cells.push(figure(beside.ridge.and_then(|ridge| ridge.rmse)));
    }
    cells.extend([ours.mae, ours.r2, ours.mase, ours.smape, scaled.mse].map(figure));
    cells
}
