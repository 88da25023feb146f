//! Empty cells, by policy: what is predicted and scored, and what is read for it.

mod common;
mod support;

use rnn::job::PredictOptions;
use rnn::store::Model;
use serde_json::{Value, json};
use support::job::{
    Break, Start, evaluate, merged, options, predict, predict_with, save_config, train_until,
};
use support::plans::{self, Plan, Trained, new_rows, training_rows};
use support::predictions::{Predictions, is_predicted};
use support::rows::{Row, Rows, time};

/// The policies, those before the first that no plan refuses.
const POLICIES: [&str; 4] = ["drop", "ffill", "mask", "interpolate"];

/// The plans that a policy goes with: all, or those whose predictions read a sequence as a whole.
fn plans_of(policy: &str) -> impl Iterator<Item = Plan> {
    let whole = |plan: &Plan| {
        plan.config["model"]["topology"] == "bidirectional" || plan.name == "whole, last"
    };
    let interpolates = policy == "interpolate";
    plans::all().into_iter().filter(move |plan| !interpolates || whole(plan))
}

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
        for plan in plans_of(policy) {
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
            let empty = |cells: &[String]| cells.iter().all(|cell| cell.is_empty());
            let left_out = report.rows.left_out.iter().any(|(why, _)| why.contains("empty cell"));
            assert_eq!(left_out, policy == "drop", "{name}");
            let forward = trained.plan.is_forward() && trained.plan.predicted(9).start == 0;
            if forward && policy != "drop" {
                assert!(!predicted.rows.iter().any(|row| empty(&row[2..])), "{name}");
            }
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

/// Later rows change no prediction, whether their cells change, become empty or are filled; what is read does.
#[test]
fn later_rows_change_nothing_under_any_policy() {
    for policy in POLICIES {
        for plan in plans_of(policy).filter(Plan::is_forward) {
            let trained = trained(plan, policy);
            let (name, rows) = (format!("{policy}: {}", trained.plan.name), new_rows());
            let before = Predictions::parse(&predict(&trained.run(), &with_holes(&rows, is_hole)));
            for cut in [7, 41, 90, rows.0.len() - 1] {
                let late: Vec<_> = rows.0[cut..].to_vec();
                let is_late = |row: &Row| late.contains(row);
                let changed = rows.changed(is_late);
                let more_holes = |key: &str, hour: usize, cell: usize| {
                    let of_late = late.iter().any(|row| row.key == key && row.hour == hour);
                    let (other, begins) = (is_hole(key, hour + 3, cell), hour == 0);
                    if of_late { other && !begins } else { is_hole(key, hour, cell) }
                };
                let text = with_holes(&changed, more_holes);
                let after = Predictions::parse(&predict(&trained.run(), &text));
                assert_eq!(before.rows[..cut], after.rows[..cut], "{name}: rows before {cut}");
                let predicted =
                    after.rows[cut..].iter().any(|row| row[2..].iter().any(|c| !c.is_empty()));
                assert!(
                    !predicted || before.rows[cut..] != after.rows[cut..],
                    "{name}: it is read"
                );
            }
        }
    }
}

/// A series is filled from its own rows alone.
#[test]
fn other_series_change_nothing_under_any_policy() {
    for policy in POLICIES {
        for plan in plans_of(policy) {
            let trained = trained(plan, policy);
            let (name, rows) = (format!("{policy}: {}", trained.plan.name), new_rows());
            let before = Predictions::parse(&predict(&trained.run(), &with_holes(&rows, is_hole)));
            let changed = rows.changed(|row| row.key == "B");
            let holes = |key: &str, hour: usize, cell: usize| {
                let moved = if key == "B" { hour + 5 } else { hour };
                hour > 0 && is_hole(key, moved, cell)
            };
            let after = Predictions::parse(&predict(&trained.run(), &with_holes(&changed, holes)));
            for key in rows.keys().iter().filter(|key| *key != "B") {
                assert_eq!(before.of(key), after.of(key), "{name}: {key}");
            }
            assert_ne!(before.of("B"), after.of("B"), "{name}");
        }
    }
}

/// Whatever stands in rows that are not trained on, what is fitted is the same: scalers, words and weights.
#[test]
fn rows_held_out_leave_no_trace_in_what_is_fitted() {
    let parts = json!({"valid": time(48), "test": time(60)});
    let held_out = |row: &Row| row.hour >= 48;
    let with_words = json!([
        "a", "y", "b", {"column": "word", "type": "category"}, "@hour", {"column": "@weekday", "ahead": true}
    ]);
    for policy in POLICIES {
        for plan in plans_of(policy) {
            let rows = training_rows();
            let forecast = plan.config["task"]["type"] == "forecast";
            let inputs = if forecast { with_words.clone() } else { json!(["a", "b"]) };
            let patch = json!({"data": {"missing": policy, "inputs": inputs, "split": parts, "gaps": "cut"}});
            let config = merged(plan.config.clone(), &patch);
            let fitted = |text: &str| {
                let folder = tempfile::tempdir().expect("a scratch folder");
                std::fs::write(folder.path().join("rows.csv"), text).expect("a scratch file");
                let config = save_config(folder.path(), &config);
                let run = options(&config, &folder.path().join("run"));
                let (_, weights) = train_until(Start::New, &run, 2, Break::Never);
                let log = std::fs::read_to_string(folder.path().join("run/log.jsonl"));
                assert!(log.expect("a log").contains("\"counts\":{\""), "no count is stored");
                let model = Model::read(&folder.path().join("run/model.safetensors"));
                let model = model.expect("a model");
                (weights, model.scalers, model.encoder.vocabularies, model.rows.parts[0].clone())
            };
            let word = |row: &Row| format!("w{}", (row.values[0] * 3.0).round() as i64 % 5);
            let line = |text: &mut String, hour: usize, row: &Row, values: [f64; 3], word: &str| {
                let cells = (0..3).map(|cell| match is_hole(&row.key, row.hour, cell) {
                    true => String::new(),
                    false => values[cell].to_string(),
                });
                let cells = cells.collect::<Vec<_>>().join(",");
                *text += &format!("{},{},{cells},{word}\n", time(hour), row.key);
            };
            let (mut usual, mut huge) =
                [(); 2].map(|()| String::from("time,key,a,b,y,word\n")).into();
            for row in &rows.0 {
                line(&mut usual, row.hour, row, row.values, &word(row));
                // Their clock runs three times as fast, too.
                let (later, values) = (3 * row.hour, row.values.map(|x| 1e6 * (x + 3.0)));
                match held_out(row) {
                    true => line(&mut huge, later - 96, row, values, "unheard"),
                    false => line(&mut huge, row.hour, row, row.values, &word(row)),
                }
            }
            assert_ne!(usual, huge);
            let (usual, huge) = (fitted(&usual), fitted(&huge));
            let name = format!("{policy}: {}", plan.name);
            assert!(usual.0.iter().all(|weight| weight.is_finite()), "{name}");
            assert!(usual == huge, "{name}: something was fitted on rows held out");
        }
    }
}

/// A plan beside the rows: its values ahead are read, of all other columns no later row is.
#[test]
fn of_later_rows_only_what_is_known_ahead_is_read() {
    let inputs = json!(["a", "y", {"column": "b", "ahead": true}]);
    let of_a = json!({"data": {"inputs": inputs, "targets": ["a"]}});
    let forecasts = ["window", "window, last", "both ways, last", "running forecast", "carry"];
    for plan in plans::all().into_iter().filter(|plan| forecasts.contains(&plan.name)) {
        let plan = Plan { config: merged(plan.config.clone(), &of_a), ..plan };
        let trained = Trained::new(plan, training_rows());
        let (name, rows) = (trained.plan.name, new_rows().only(|row| row.key == "B"));
        let at = |text: &str| Predictions::parse(&predict(&trained.run(), text));
        // Behind 40 rows stand those of the plan.
        let known = |change: Option<usize>, plan_from: usize, last: usize| {
            let mut text = format!("{}\n", support::rows::HEADER);
            for row in rows.0.iter().take(last) {
                let [a, b, y] = row.values;
                let b = if change == Some(row.hour) { b + 3.0 } else { b };
                let cells = match row.hour >= plan_from {
                    true => format!(",{b},"),
                    false => format!("{a},{b},{y}"),
                };
                text += &format!("{},B,{cells}\n", time(row.hour));
            }
            text
        };
        let horizon = plans::HORIZON;
        let whole = at(&known(None, 100, 47));
        let planned = at(&known(None, 40, 47));
        assert_eq!(whole.rows[..40], planned.rows[..40], "{name}: other columns are read ahead");
        let empty = |row: &Vec<String>| row[2..].iter().all(String::is_empty);
        assert!(planned.rows[40..].iter().all(empty), "{name}: a row of the plan is predicted");
        assert!(!empty(&planned.rows[39]), "{name}: the last row has its plan");
        let short = at(&known(None, 100, 40));
        assert_eq!(short.rows[..40 - horizon], whole.rows[..40 - horizon], "{name}");
        assert!(short.rows[40 - horizon..].iter().all(empty), "{name}: predicted without its plan");
        let changed = at(&known(Some(41), 40, 47));
        assert_eq!(
            changed.rows[..41 - horizon],
            planned.rows[..41 - horizon],
            "{name}: too far ahead"
        );
        assert_ne!(
            changed.rows[41 - horizon],
            planned.rows[41 - horizon],
            "{name}: not read ahead"
        );

        let data = trained.folder().join("plan.csv");
        std::fs::write(&data, known(None, 40, 47)).expect("a scratch file");
        let (report, evaluated) = evaluate(&trained.run(), Some(&data), None);
        assert!(Predictions::parse(&evaluated).without("true_") == planned, "{name}: they differ");
        let of_plan = report.rows.left_out.iter().find(|(why, _)| why == "row of the plan");
        assert_eq!(of_plan.map(|(_, rows)| *rows), Some(7), "{name}");
        let last = PredictOptions { model: trained.run(), last: true, ..PredictOptions::default() };
        let last = predict_with(&last, known(None, 40, 47).as_bytes()).expect("rows");
        assert_eq!(Predictions::parse(&last).rows, [planned.rows[39].clone()], "{name}: --last");
    }
}

/// What the calendar says of rows ahead is known from the row's own time.
#[test]
fn the_calendar_reads_no_later_row_and_is_the_same_in_a_stream() {
    let inputs = json!(["a", "y", "b", "@weekday", {"column": "@hour", "ahead": true}]);
    let calendar = json!({"data": {"inputs": inputs}});
    for plan in plans::all().into_iter().filter(|plan| plan.horizon() > 0) {
        let plan = Plan { config: merged(plan.config.clone(), &calendar), ..plan };
        let trained = Trained::new(plan, training_rows());
        let (name, rows) = (trained.plan.name, new_rows());
        let whole = Predictions::parse(&predict(&trained.run(), &rows.csv()));
        let first = rows.0[..60].to_vec();
        let part = Predictions::parse(&predict(&trained.run(), &Rows(first).csv()));
        assert_eq!(whole.rows[..60], part.rows[..], "{name}: a later row is read");
        let data = trained.folder().join("new.csv");
        rows.save(&data);
        let (_, evaluated) = evaluate(&trained.run(), Some(&data), None);
        assert!(Predictions::parse(&evaluated).without("true_") == whole, "{name}: they differ");
        let later: String = rows.csv().replace(":00:00", ":30:00");
        assert_ne!(Predictions::parse(&predict(&trained.run(), &later)).by_row().len(), 0);
        let moved = Predictions::parse(&predict(&trained.run(), &later));
        let cells =
            |p: &Predictions| p.rows.iter().map(|row| row[2..].to_vec()).collect::<Vec<_>>();
        assert_ne!(cells(&moved), cells(&whole), "{name}: the time is not read");
    }
}
