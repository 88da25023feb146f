//! Empty cells, by policy: what is predicted and scored, and what is read for it.

mod common;
mod support;

use rnn::job::PredictOptions;
use serde_json::{Value, json};
use support::job::{evaluate, merged, predict, predict_with};
use support::plans::{self, Plan, Trained, new_rows, training_rows};
use support::predictions::{Predictions, is_predicted};
use support::rows::{Rows, time};

/// The policies.
const POLICIES: [&str; 1] = ["drop"];

/// Whether a cell (0, 1, 2: a, b, y) is emptied; an eighth of the rows loses one. The first row of a series is whole.
fn is_hole(key: &str, hour: usize, cell: usize) -> bool {
    let mixed = (hour * 31 + key.len() * 17 + key.as_bytes()[0] as usize) % 24;
    let at_the_end = key == "A" && (35..38).contains(&hour) && cell == 0;
    at_the_end || hour > 0 && mixed < 3 && mixed == cell
}

/// The file, some of its cells emptied.
fn with_holes(rows: &Rows, is_hole: impl Fn(&str, usize, usize) -> bool) -> String {
    let mut text = format!("{}\n", support::rows::HEADER);
    for row in &rows.0 {
        let cells = row.values.iter().enumerate().map(|(cell, value)| {
            if is_hole(&row.key, row.hour, cell) { String::new() } else { value.to_string() }
        });
        text +=
            &format!("{},{},{}\n", time(row.hour), row.key, cells.collect::<Vec<_>>().join(","));
    }
    text
}

/// A plan with a policy, trained on rows with holes.
fn trained(plan: Plan, policy: &str) -> Trained {
    let missing = json!({"data": {"missing": policy}});
    let plan = Plan { config: merged(plan.config.clone(), &missing), ..plan };
    Trained::from_text(plan, training_rows(), &with_holes(&training_rows(), is_hole))
}

#[test]
fn rnn_predict_and_rnn_eval_agree_with_empty_cells() {
    for policy in POLICIES {
        for plan in plans::all() {
            let trained = trained(plan, policy);
            let name = format!("{policy}: {}", trained.plan.name);
            let rows = with_holes(&new_rows(), is_hole);
            let data = trained.folder().join("new.csv");
            std::fs::write(&data, &rows).expect("a scratch file");
            let (report, evaluated) = evaluate(&trained.run(), Some(&data), None);
            let evaluated = Predictions::parse(&evaluated);
            let predicted = Predictions::parse(&predict(&trained.run(), &rows));
            assert!(evaluated.without("true_") == predicted, "{name}: they differ");
            let left_out: u64 = report.rows.left_out.iter().map(|(_, rows)| rows).sum();
            assert_eq!(report.rows.read, new_rows().0.len() as u64, "{name}");
            assert_eq!(report.rows.read, report.rows.scored + left_out, "{name}");
            assert!(report.rows.scored > 0 || trained.plan.predicted(9).start > 0, "{name}");
            assert!(report.loss.is_none_or(f64::is_finite), "{name}");

            let last =
                PredictOptions { model: trained.run(), last: true, ..PredictOptions::default() };
            let last = Predictions::parse(&predict_with(&last, rows.as_bytes()).expect("rows"));
            for line in last.rows {
                assert_eq!(predicted.of(&line[1]).last(), Some(&&line[2..]), "{name}: --last");
            }
        }
    }
}

/// Columns that a plan's predictions need: its inputs, and what its forecast is counted from.
fn needed(plan: &Plan) -> Vec<usize> {
    let inputs = plan.config["data"]["inputs"].as_array().expect("inputs");
    let place = |name: &Value| ["a", "b", "y"].iter().position(|n| name == n).expect("a column");
    inputs.iter().map(place).collect() // of a forecast the targets are inputs, too
}

/// A row that is left out has no prediction; those between two of them are predicted as if nothing else were there.
#[test]
fn look_back_and_state_start_anew_behind_a_row_that_is_left_out() {
    for plan in plans::all() {
        let trained = trained(plan, "drop");
        let (name, rows) = (trained.plan.name, new_rows());
        let needed = needed(&trained.plan);
        let holes = |key: &str, hour, cell| needed.contains(&cell) && is_hole(key, hour, cell);
        let predicted = predict(&trained.run(), &with_holes(&rows, holes));
        let predicted = Predictions::parse(&predicted).by_row();
        let mut stretches = 0;
        for key in rows.keys() {
            let count = rows.count(&key);
            let is_left_out = |hour: &usize| (0..3).any(|cell| holes(&key, *hour, cell));
            let at = |hour: usize| &predicted[&(time(hour), key.clone())];
            let left_out: Vec<usize> = (0..count).filter(is_left_out).collect();
            assert!(left_out.iter().all(|&hour| !is_predicted(at(hour))), "{name}: {key}");
            let last = (0..count).rev().find(|hour| !left_out.contains(hour));
            let mut start = 0;
            for end in left_out.into_iter().chain([count]) {
                let alone = rows.part(&key, start..end);
                let of_part = Predictions::parse(&predict(&trained.run(), &alone.csv())).by_row();
                // The last row of a series is that of its last stretch.
                let last_only = trained.plan.reads == plans::Reads::Whole { last: true };
                if !last_only || last.is_some_and(|last| (start..end).contains(&last)) {
                    for hour in start..end {
                        assert_eq!(
                            at(hour),
                            &of_part[&(time(hour), key.clone())],
                            "{name}: {key} {hour}"
                        );
                    }
                }
                stretches += usize::from(end > start);
                start = end + 1;
            }
        }
        assert!(stretches > 10, "{name}: {stretches}");
    }
}

/// An empty target that no prediction reads is left out of loss and scores, and changes no prediction.
#[test]
fn an_empty_target_that_is_not_read_has_no_truth() {
    let plan = plans::all().into_iter().find(|plan| plan.name == "window, regression");
    let trained = trained(plan.expect("there"), "drop");
    let rows = new_rows();
    let of_target = |key: &str, hour: usize, cell: usize| cell == 2 && is_hole(key, hour, 2);
    let (whole, holes) = (trained.folder().join("whole.csv"), trained.folder().join("holes.csv"));
    rows.save(&whole);
    std::fs::write(&holes, with_holes(&rows, of_target)).expect("a scratch file");
    let (all, with_all) = evaluate(&trained.run(), Some(&whole), None);
    let (some, with_some) = evaluate(&trained.run(), Some(&holes), None);
    let (with_all, with_some) = (Predictions::parse(&with_all), Predictions::parse(&with_some));
    assert_eq!(with_all.without("true_"), with_some.without("true_"));
    let empty = rows.0.iter().filter(|row| of_target(&row.key, row.hour, 2)).count() as u64;
    assert!(empty > 3);
    assert_eq!((all.rows.scored, some.rows.scored), (all.rows.read, all.rows.read - empty));
}
