//! The folds of a backtest.

use super::{figure, skill_cell, skill_of};
use crate::eval::{Scores, Standing};
use crate::job::{Backtest, Fold};
use crate::terminal::{Cell, Column, Ink, Screen, Table};
use crate::text::thousands;

/// The whole.
pub fn backtest(found: &Backtest, screen: Screen) -> String {
    let overall = &found.overall;
    let best = overall.best.map(|best| overall.baselines[best].0);
    let numbers = matches!(overall.scores, Some(Scores::Numbers(_)));
    let measure = match &overall.scores {
        Some(Scores::Numbers(scores)) if scores.data.is_some() => "RMSE",
        Some(Scores::Numbers(_)) => "RMSE scaled",
        Some(Scores::Classes(scores)) if scores.sequence => "bits",
        _ => "wrong",
    };
    let mut table = Table::new(vec![
        Column::names("fold"),
        Column::new("test from", 3).left(),
        Column::new("train", 5),
        Column::new("valid", 1),
        Column::new("test", 4),
        Column::new("best epoch", 2),
        Column::fixed(measure),
        Column::fixed(&best.map_or("-".into(), |best| best.name())),
        Column::fixed("skill"),
        Column::new("MAE", if numbers { 6 } else { 0 }),
    ]);
    for (k, fold) in found.folds.iter().enumerate() {
        let naive = best.and_then(|best| fold.report.baseline(best)).map(|report| &report.scores);
        let mut line = first(k, fold);
        line.extend(figures(&fold.report.scores, naive));
        table.line(line);
    }
    if let (Some(scores), Some(best)) = (&overall.scores, overall.best) {
        let mut line: Vec<Cell> = ["all", "", "", "", "", ""].map(Cell::from).into();
        line[4] = thousands(found.folds.iter().map(|fold| fold.rows[2]).sum()).into();
        line.extend(figures(scores, Some(&overall.baselines[best].1)));
        table.line(line);
    }
    let ink = match overall.standing() {
        Standing::Better => Some(Ink::Good),
        Standing::Unknown => None,
        Standing::Same | Standing::Worse => Some(Ink::Warning),
    };
    let verdict = screen.prose(&overall.verdict, 0);
    let verdict = ink.map_or(verdict.clone(), |ink| screen.paint(ink, &verdict));
    format!("{}\n{verdict}\n", table.render(screen))
}

fn first(k: usize, fold: &Fold) -> Vec<Cell> {
    let [train, valid, test] = fold.rows.map(thousands);
    vec![
        (k + 1).to_string().into(),
        fold.times[0].clone().into(),
        train.into(),
        valid.into(),
        test.into(),
        fold.best_epoch.to_string().into(),
    ]
}

fn figures(ours: &Scores, naive: Option<&Scores>) -> Vec<Cell> {
    let mae = match ours {
        Scores::Numbers(scores) => scores.overall().mae,
        Scores::Classes(_) => None,
    };
    vec![
        figure(ours.error()),
        figure(naive.and_then(Scores::error)),
        skill_cell(skill_of(naive.and_then(|naive| ours.change(naive)))),
        figure(mae),
    ]
}
