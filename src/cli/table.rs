//! An evaluation as a table for people.

use std::fmt::Write;

use crate::eval::{Report, Scores};
use crate::metrics::Figures;
use crate::text::{short, thousands};

/// Steps of a long horizon that are shown.
const STEPS_SHOWN: usize = 6;

/// The whole table, with a line on rows before it and the verdict after it.
pub fn report(report: &Report) -> String {
    let mut out = String::new();
    let rows = &report.rows;
    let _ = write!(
        out,
        "{}: {} rows scored of {}",
        report.split,
        thousands(rows.scored),
        thousands(rows.read)
    );
    for (reason, count) in &rows.left_out {
        let _ = write!(out, "; {} left out: {reason}", thousands(*count));
    }
    out.push_str("\n\n");
    let (baseline, naive) = &report.baselines[0];
    let name = baseline.replace('_', " ");
    let mut lines = vec![header(&["target", "step"], &name)];
    for ((target, ours), (_, theirs)) in report.scores.targets.iter().zip(&naive.targets) {
        let steps = ours.horizon.len();
        lines.push(line([target, "all"], &ours.data, &ours.scaled, &theirs.data));
        for step in shown_steps(steps) {
            let ((data, scaled), (naive, _)) = (&ours.horizon[step], &theirs.horizon[step]);
            lines.push(line(["", &format!("+{}", step + 1)], data, scaled, naive));
        }
    }
    if report.scores.targets.len() > 1 {
        let scaled = &report.scores.scaled;
        lines.push(line(["all, scaled", "all"], scaled, scaled, &naive.scaled));
    }
    out.push_str(&aligned(&lines));
    if !report.series.is_empty() {
        out.push('\n');
        let mut lines = vec![header(&["series", "rows"], &name)];
        for series in &report.series {
            let (ours, theirs) = (figures(&series.scores), figures(&series.baseline));
            let rows = thousands(series.rows);
            lines.push(line([&series.key, &rows], ours, &series.scores.scaled, theirs));
        }
        out.push_str(&aligned(&lines));
    }
    let _ = writeln!(out, "\n{}", report.verdict);
    out
}

fn figures(scores: &Scores) -> &Figures {
    scores.data.as_ref().unwrap_or(&scores.scaled)
}

/// The first, the last and some between.
fn shown_steps(steps: usize) -> Vec<usize> {
    if steps < 2 {
        return Vec::new();
    }
    let count = steps.min(STEPS_SHOWN);
    (0..count).map(|k| k * (steps - 1) / (count - 1)).collect()
}

fn header(first: &[&str; 2], baseline: &str) -> Vec<String> {
    let rest = ["RMSE", baseline, "change", "MAE", baseline, "R2", "MSE scaled"];
    first.iter().copied().chain(rest).map(str::to_owned).collect()
}

fn line(first: [&str; 2], ours: &Figures, scaled: &Figures, naive: &Figures) -> Vec<String> {
    let cell = |value: Option<f64>| value.map_or_else(|| "-".to_owned(), short);
    let change = match (ours.rmse, naive.rmse) {
        (Some(ours), Some(naive)) if naive > 0.0 => {
            format!("{:+.1} %", (ours / naive - 1.0) * 100.0)
        }
        _ => "-".to_owned(),
    };
    let mut cells: Vec<String> = first.iter().map(|&text| text.to_owned()).collect();
    cells.extend([
        cell(ours.rmse),
        cell(naive.rmse),
        change,
        cell(ours.mae),
        cell(naive.mae),
        cell(ours.r2),
        cell(scaled.mse),
    ]);
    cells
}

/// Columns as wide as their widest cell; the first to the left, the others to the right.
pub(super) fn aligned(lines: &[Vec<String>]) -> String {
    let columns = lines.iter().map(Vec::len).max().unwrap_or(0);
    let width = |column: usize| {
        let cells = lines.iter().filter_map(|line| line.get(column));
        cells.map(|cell| cell.chars().count()).max().unwrap_or(0)
    };
    let widths: Vec<usize> = (0..columns).map(width).collect();
    let mut out = String::new();
    for line in lines {
        let mut text = String::new();
        for (column, cell) in line.iter().enumerate() {
            let pad = " ".repeat(widths[column] - cell.chars().count());
            let gap = if column == 0 { "" } else { "  " };
            text += &if column == 0 { format!("{cell}{pad}") } else { format!("{gap}{pad}{cell}") };
        }
        out.push_str(text.trim_end());
        out.push('\n');
    }
    out
}
