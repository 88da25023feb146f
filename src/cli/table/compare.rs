//! Two models beside each other.

use super::{STEPS_SHOWN, change_cell, figure};
use crate::job::{Comparison, Line, Of};
use crate::terminal::{Column, Ink, Screen, Table};
use crate::text::{short, thousands};

/// The whole.
pub fn comparison(found: &Comparison, screen: Screen) -> String {
    let model = |k: usize| {
        let parameters = thousands(found.parameters[k] as u64);
        format!("{}  {}, {parameters} parameters\n", ["A", "B"][k], found.names[k])
    };
    let rows = format!("{}: {} rows that both have scored", found.split, thousands(found.rows));
    let mut out =
        model(0) + &model(1) + &screen.prose(&rows, 2) + "\n\n" + &errors(found).render(screen);
    if !found.config.is_empty() {
        out += &format!("\n{}", config(found).render(screen));
    }
    let verdict = screen.prose(&found.verdict, 0);
    let ink = if found.lines[0].difference.is_clear() { Ink::Good } else { Ink::Warning };
    out + "\n" + &screen.paint(ink, &verdict) + "\n"
}

fn errors(found: &Comparison) -> Table {
    let mut table = Table::new(vec![
        Column::names(found.measure),
        Column::fixed("A"),
        Column::fixed("B"),
        Column::fixed("A beside B"),
        Column::new("A less B, 95 %", 2),
        Column::new("p", 3),
    ]);
    for line in shown(&found.lines) {
        let name = match &line.of {
            Of::All => "all".to_owned(),
            Of::Target(name) => name.clone(),
            Of::Step(step) => format!("+{step}"),
        };
        let [low, high] = line.difference.interval.unwrap_or([f64::NAN; 2]);
        let range = match line.difference.interval {
            Some(_) => format!("{} to {}", short(low), short(high)),
            None => "-".into(),
        };
        table.line(vec![
            name.into(),
            figure(Some(line.errors[0])),
            figure(Some(line.errors[1])),
            change_cell(Some(line.change())).ink(None),
            range.into(),
            line.difference.p.map_or("-".into(), |p| format!("{p:.3}")).into(),
        ]);
    }
    table
}

/// Of many steps some, the last among them.
fn shown(lines: &[Line]) -> Vec<&Line> {
    let is_step = |line: &&Line| matches!(line.of, Of::Step(_));
    let steps: Vec<&Line> = lines.iter().filter(is_step).collect();
    let others = lines.iter().filter(|line| !is_step(line));
    let stride = steps.len().div_ceil(STEPS_SHOWN).max(1);
    let of_steps = steps
        .iter()
        .enumerate()
        .filter(|(k, _)| *k == 0 || (k + 1) % stride == 0 || k + 1 == steps.len());
    others.chain(of_steps.map(|(_, line)| *line)).collect()
}

fn config(found: &Comparison) -> Table {
    let titles = vec![Column::names("config"), Column::names("A"), Column::names("B")];
    let mut table = Table::new(titles);
    for (key, a, b) in &found.config {
        table.line(vec![key.clone().into(), a.clone().into(), b.clone().into()]);
    }
    table
}
