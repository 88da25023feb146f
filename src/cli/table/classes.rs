//! The measures of predicted classes: the model beside the naive predictions, then what became of each class.

use super::{all_steps, change_cell, figure, shown_series, shown_steps, step_text};
use crate::error::shown;
use crate::eval::{ClassReport, ClassScores, Report, Scores};
use crate::metrics::ClassFigures;
use crate::terminal::{Cell, Column, Screen, Table};
use crate::text::{printable, thousands};

/// Of more classes those with the most rows are shown.
const CLASSES_SHOWN: usize = 20;

/// The most frequent mistakes, where the matrix of all has no room.
const MISTAKES_SHOWN: usize = 10;

/// The tables.
pub(super) fn tables(report: &Report, ours: &ClassScores, screen: Screen) -> String {
    let mut parts = vec![predictors(report, ours).render(screen)];
    if ours.horizon.len() > 1 {
        parts.push(steps(report, ours).render(screen));
    }
    if !report.series.is_empty() {
        parts.push(series(report, screen));
    }
    if let Some(classes) = &report.classes {
        let unit = if report.whole_series { "series" } else { "rows" };
        parts.push(by_class(classes, unit, screen));
        parts.push(confusion(classes, unit, screen));
    }
    parts.retain(|part| !part.is_empty());
    parts.join("\n")
}

/// The measures of one predictor; accuracy stays, what is left goes where room is short.
fn columns(first: Vec<Column>, sequence: bool) -> Vec<Column> {
    let mut columns = first;
    columns.extend([
        Column::fixed("accuracy"),
        Column::new("macro-F1", 2),
        Column::new("log-loss", 3),
    ]);
    if sequence {
        columns.push(Column::fixed("bits per symbol"));
    }
    columns
}

fn cells(first: Vec<Cell>, figures: &ClassFigures, sequence: bool) -> Vec<Cell> {
    let mut cells = first;
    cells.extend([figure(figures.accuracy), figure(figures.macro_f1), figure(figures.log_loss)]);
    if sequence {
        cells.push(figure(figures.bits()));
    }
    cells
}

/// The model, and each naive prediction below it.
fn predictors(report: &Report, ours: &ClassScores) -> Table {
    let place = match (report.whole_series, report.horizon) {
        (true, _) => "per series".to_owned(),
        (_, Some(steps)) if steps > 1 => format!("+1 to {}", step_text(report, steps)),
        _ => all_steps(report),
    };
    let title = format!("{}, {place}", label_text(&ours.target));
    let mut table = Table::new(columns(vec![Column::names(&title)], ours.sequence));
    table.line(cells(vec!["model".into()], &ours.overall, ours.sequence));
    for beside in &report.baselines {
        if let Scores::Classes(naive) = &beside.scores {
            let name = beside.baseline.name();
            table.line(cells(vec![name.into()], &naive.overall, ours.sequence));
        }
    }
    table
}

/// Step by step beside the best naive prediction.
fn steps(report: &Report, ours: &ClassScores) -> Table {
    let (name, naive) = (report.naive().baseline.name(), &report.naive().scores);
    let mut columns = columns(vec![Column::names("step")], ours.sequence);
    columns.extend([Column::new(&name, 5), Column::fixed("change")]);
    let mut table = Table::new(columns);
    let Scores::Classes(theirs) = naive else { return table };
    for step in shown_steps(ours.horizon.len(), 1) {
        let (ours_here, theirs_here) = (&ours.horizon[step - 1], &theirs.horizon[step - 1]);
        let mut line = cells(vec![step_text(report, step).into()], ours_here, ours.sequence);
        line.push(figure(theirs.error(theirs_here)));
        line.push(change_cell(report.scores.change_at(naive, step - 1)));
        table.line(line);
    }
    table
}

fn series(report: &Report, screen: Screen) -> String {
    let (caption, shown) = shown_series(report);
    let name = report.naive().baseline.name();
    let mut table = Table::new(vec![
        Column::names("series"),
        Column::new("rows", 5),
        Column::fixed("accuracy"),
        Column::new(&name, 6),
        Column::fixed("change of the error"),
    ]);
    for series in shown {
        if let (Scores::Classes(ours), Scores::Classes(naive)) = (&series.scores, &series.baseline)
        {
            table.line(vec![
                series.key.clone().into(),
                thousands(series.rows).into(),
                figure(ours.overall.accuracy),
                figure(naive.overall.accuracy),
                change_cell(series.scores.change(&series.baseline)),
            ]);
        }
    }
    caption + &table.render(screen)
}

/// Precision, recall and F1 of each class, and what it is most often taken for.
fn by_class(report: &ClassReport, unit: &str, screen: Screen) -> String {
    let (classes, mut caption) = (&report.classes, String::new());
    let mut shown: Vec<usize> = (0..classes.len()).collect();
    if shown.len() > CLASSES_SHOWN {
        shown.sort_by_key(|&k| std::cmp::Reverse(classes[k].figures.support));
        shown.truncate(CLASSES_SHOWN);
        let all = thousands(classes.len() as u64);
        caption = format!(
            "the {CLASSES_SHOWN} of {all} classes with the most {unit}; --format json has all\n"
        );
    }
    let mut table = Table::new(vec![
        Column::names("class"),
        Column::new(unit, 4),
        Column::new("precision", 2),
        Column::new("recall", 3),
        Column::fixed("F1"),
        Column::new("taken for", 1).left(),
    ]);
    for class in shown {
        let figures = &classes[class].figures;
        let mistake = report.mistakes.iter().find(|m| m.truth == Some(class));
        let taken_for = mistake.map_or(String::new(), |m| {
            format!("{} ({})", label_text(&report.label(Some(m.predicted))), thousands(m.rows))
        });
        let some = |share: f64, rows: u64| figure(Some(share).filter(|_| rows > 0));
        table.line(vec![
            label_text(&classes[class].label).into(),
            thousands(figures.support).into(),
            some(figures.precision(), figures.predicted),
            some(figures.recall(), figures.support),
            some(figures.f1(), figures.support + figures.predicted),
            taken_for.into(),
        ]);
    }
    let mut out = caption + &table.render(screen);
    if report.other > 0 {
        let rows = thousands(report.other);
        let text =
            format!("{unit} with a label that is in no train row, {}: {rows}", report.label(None));
        out += &(screen.prose(&text, 2) + "\n");
    }
    out
}

/// The matrix of all that occurs where there is room for it, else the most frequent mistakes.
fn confusion(report: &ClassReport, unit: &str, screen: Screen) -> String {
    let rows = report.classes.iter().enumerate();
    let rows = rows.filter(|(_, class)| class.figures.support > 0).map(|(k, _)| Some(k));
    let rows: Vec<Option<usize>> = rows.chain((report.other > 0).then_some(None)).collect();
    let columns = report.classes.iter().enumerate();
    let columns: Vec<usize> =
        columns.filter(|(_, class)| class.figures.predicted > 0).map(|(k, _)| k).collect();
    if report.mistakes.is_empty() {
        return String::new();
    }
    if rows.len() <= CLASSES_SHOWN && columns.len() <= CLASSES_SHOWN {
        let titles = columns.iter().map(|&k| label_text(&report.classes[k].label));
        let titles = titles.map(|title| Column::fixed(&title));
        let mut table = Table::new([Column::names("true")].into_iter().chain(titles).collect());
        for &truth in &rows {
            let taken = columns.iter().map(|&predicted| match report.taken(truth, predicted) {
                0 => Cell::from("."),
                rows => thousands(rows).into(),
            });
            let name = Cell::from(label_text(&report.label(truth)));
            table.line([name].into_iter().chain(taken).collect());
        }
        if table.fits(screen) {
            return format!(
                "{unit} of each class by what they were taken for\n{}",
                table.render(screen)
            );
        }
    }
    mistakes(report, unit).render(screen)
}

fn mistakes(report: &ClassReport, unit: &str) -> Table {
    let mut table = Table::new(vec![
        Column::names("true"),
        Column::names("taken for"),
        Column::fixed(unit),
        Column::new("of its class", 1),
    ]);
    for mistake in report.mistakes.iter().take(MISTAKES_SHOWN) {
        let of = mistake.truth.map_or(report.other, |k| report.classes[k].figures.support);
        table.line(vec![
            label_text(&report.label(mistake.truth)).into(),
            label_text(&report.label(Some(mistake.predicted))).into(),
            thousands(mistake.rows).into(),
            format!("{:.1} %", 100.0 * mistake.rows as f64 / of as f64).into(),
        ]);
    }
    table
}

/// A label as it is; in quotes where its ends would not be seen.
fn label_text(label: &str) -> String {
    if label.trim() == label && printable(label) == label { label.to_owned() } else { shown(label) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::eval::{ClassLine, Mistake, sample};
    use crate::metrics::LabelFigures;

    /// `classes` of one row each, all but the first taken for the first.
    fn report(classes: usize) -> ClassReport {
        let line = |k: usize| ClassLine {
            label: if k == 0 { " ".into() } else { format!("class {k}") },
            figures: LabelFigures {
                support: 1 + k as u64,
                predicted: if k == 0 { classes as u64 } else { 0 },
                right: u64::from(k == 0),
            },
        };
        let mistake = |k: usize| Mistake { truth: Some(k), predicted: 0, rows: 1 };
        ClassReport {
            classes: (0..classes).map(line).collect(),
            other: 0,
            mistakes: (1..classes).map(mistake).collect(),
        }
    }

    #[test]
    fn of_many_classes_those_with_the_most_rows_and_the_most_mistakes() {
        let text = by_class(&report(30), "rows", Screen::PLAIN);
        assert!(
            text.starts_with("the 20 of 30 classes with the most rows; --format json has all\n")
        );
        assert_eq!(text.lines().count(), 22, "{text}");
        assert!(text.contains("class 29    30          -       0   0  \" \" (1)"), "{text}");
        let mistakes = confusion(&report(30), "rows", Screen::PLAIN);
        assert!(
            mistakes.starts_with("true      taken for  rows  of its class\nclass 1   "),
            "{mistakes}"
        );
        assert_eq!(mistakes.lines().count(), 11, "{mistakes}");
    }

    #[test]
    fn the_matrix_of_few_where_it_has_room() {
        let wide = confusion(&report(3), "rows", Screen::PLAIN);
        let matrix = "true     \" \"\n\" \"        1\nclass 1    1\nclass 2    1\n";
        assert_eq!(wide, format!("rows of each class by what they were taken for\n{matrix}"));
        let narrow = Screen { width: Some(6), ..Screen::PLAIN };
        assert!(confusion(&report(3), "rows", narrow).contains("taken for  rows"));
    }

    #[test]
    fn nothing_is_said_of_mistakes_where_there_are_none() {
        let perfect = sample::class_report(&[(0, 0, 3), (1, 1, 2)], 0.6);
        let classes = perfect.classes.as_ref().expect("classes");
        assert_eq!(confusion(classes, "rows", Screen::PLAIN), "");
        let Scores::Classes(scores) = &perfect.scores else { panic!("classes") };
        let text = tables(&perfect, scores, Screen::PLAIN);
        assert!(text.starts_with("tag, same row  accuracy  macro-F1  log-loss\n"), "{text}");
        assert!(text.ends_with("C         0          -       -      -\n"), "{text}");
    }
}
