//! Gaps that cut and times that stand there twice: training, evaluation and the stream mean the same by them.

mod common;
mod support;

use rnn::job::PredictOptions;
use serde_json::json;
use support::job::{evaluate, merged, predict, predict_with};
use support::plans::{self, Plan, Reads, Trained, new_rows, training_rows};
use support::predictions::{Predictions, is_predicted};
use support::rows::{HEADER, Rows, time};

/// Whether the row of this hour is missing: single hours and longer gaps, at other places in each series.
fn is_missing(key: &str, hour: usize) -> bool {
    let shifted = hour + 3 * key.as_bytes()[0] as usize;
    hour > 0 && (shifted % 17 == 5 || (8..11).contains(&(shifted % 29)))
}

fn with_gaps(rows: &Rows) -> Rows {
    rows.only(|row| !is_missing(&row.key, row.hour))
}

/// The file, every fifth row there twice, the second time with other values.
fn with_repeats(rows: &Rows) -> String {
    let mut text = format!("{HEADER}\n");
    for row in &rows.0 {
        text += &format!("{}\n", row.text());
        if row.hour % 5 == 2 {
            text += &format!("{},{},7,-7,70\n", time(row.hour), row.key);
        }
    }
    text
}

fn trained(plan: Plan) -> Trained {
    let cut = json!({"data": {"gaps": "cut", "duplicates": "first"}});
    let plan = Plan { config: merged(plan.config.clone(), &cut), ..plan };
    let rows = with_gaps(&training_rows());
    let text = with_repeats(&rows);
    Trained::from_text(plan, rows, &text)
}

#[test]
fn rnn_predict_and_rnn_eval_agree_with_gaps_and_repeated_times() {
    for plan in plans::all() {
        let trained = trained(plan);
        let name = trained.plan.name;
        let rows = with_gaps(&new_rows());
        let (data, text) = (trained.folder().join("new.csv"), with_repeats(&rows));
        std::fs::write(&data, &text).expect("a scratch file");
        let (report, evaluated) = evaluate(&trained.run(), Some(&data), None);
        let predicted = Predictions::parse(&predict(&trained.run(), &text));
        assert!(
            Predictions::parse(&evaluated).without("true_") == predicted,
            "{name}: they differ"
        );
        let lines = text.lines().count() as u64 - 1;
        let left_out: u64 = report.rows.left_out.iter().map(|(_, rows)| rows).sum();
        assert_eq!((report.rows.read, report.rows.scored + left_out), (lines, lines), "{name}");
        // What is passed over changes nothing else.
        let once = Predictions::parse(&predict(&trained.run(), &rows.csv()));
        let repeated = |line: &&str| line.ends_with(",7,-7,70");
        let kept = text.lines().skip(1).zip(predicted.rows).filter(|(line, _)| !repeated(line));
        assert!(kept.map(|(_, row)| row).eq(once.rows), "{name}: repeated rows");
        let passed = text.lines().filter(repeated).count();
        assert!(passed > 10, "{name}: {passed}");
    }
}

#[test]
fn look_back_and_state_start_anew_behind_a_gap() {
    for plan in plans::all() {
        let trained = trained(plan);
        let (name, all) = (trained.plan.name, new_rows());
        let predicted = Predictions::parse(&predict(&trained.run(), &with_gaps(&all).csv()));
        let predicted = predicted.by_row();
        let mut stretches = 0;
        for key in all.keys() {
            let there: Vec<usize> =
                (0..all.count(&key)).filter(|&hour| !is_missing(&key, hour)).collect();
            for stretch in there.chunk_by(|a, b| a + 1 == *b) {
                let last = stretch.contains(there.last().expect("rows"));
                if trained.plan.reads == (Reads::Whole { last: true }) && !last {
                    continue; // the last row of a series is that of its last stretch
                }
                let alone = all.part(&key, stretch[0]..stretch[stretch.len() - 1] + 1);
                let alone = Predictions::parse(&predict(&trained.run(), &alone.csv())).by_row();
                for &hour in stretch {
                    let row = (time(hour), key.clone());
                    assert_eq!(predicted[&row], alone[&row], "{name}: {key} {hour}");
                }
                stretches += 1;
            }
        }
        assert!(stretches > 3, "{name}: {stretches}");
    }
}

#[test]
fn the_last_row_is_predicted_though_its_time_comes_again() {
    let trained = trained(plans::all().remove(0));
    let rows = with_gaps(&new_rows());
    let last = PredictOptions { model: trained.run(), last: true, ..PredictOptions::default() };
    let expected = predict_with(&last, rows.csv().as_bytes()).expect("rows");
    let mut text = rows.csv();
    for key in rows.keys() {
        let hour = rows.0.iter().filter(|row| row.key == key).map(|row| row.hour).max();
        text += &format!("{},{key},7,-7,70\n", time(hour.expect("rows")));
    }
    let found = predict_with(&last, text.as_bytes()).expect("rows");
    assert_eq!(found, expected);
    assert!(Predictions::parse(&found).rows.iter().all(|row| is_predicted(&row[2..])));
}
