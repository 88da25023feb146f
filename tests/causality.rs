//! Which rows a prediction reads: exactly those of contract section 4's table, no later one, none of another series.

mod common;
mod support;

use std::io::{BufRead, BufReader, Write};
use std::process::Stdio;

use rnn::job::{OnBadRow, PredictOptions};
use support::dripping::Dripping;
use support::job::{predict, predict_with, program};
use support::plans::{LENGTH, Reads, Trained, new_rows};
use support::predictions::{Predictions, is_predicted};
use support::rows::{HEADER, Rows};

#[test]
fn later_rows_change_nothing() {
    for trained in Trained::all().iter().filter(|t| t.plan.is_forward()) {
        let name = trained.plan.name;
        let rows = new_rows();
        let before = Predictions::parse(&predict(&trained.run(), &rows.csv()));
        for cut in [1, LENGTH, 41, rows.0.len() - 1] {
            let late: Vec<_> = rows.0[cut..].to_vec();
            let changed = rows.changed(|row| late.contains(row));
            let after = Predictions::parse(&predict(&trained.run(), &changed.csv()));
            assert_eq!(before.rows[..cut], after.rows[..cut], "{name}: rows before {cut}");
            assert_ne!(before.rows[cut..], after.rows[cut..], "{name}: the changed rows are read");
        }
    }
}

#[test]
fn other_series_change_nothing() {
    for trained in Trained::all() {
        let name = trained.plan.name;
        let rows = new_rows();
        let before = Predictions::parse(&predict(&trained.run(), &rows.csv()));
        for key in rows.keys() {
            let changed = rows.changed(|row| row.key == key);
            let after = Predictions::parse(&predict(&trained.run(), &changed.csv()));
            for other in rows.keys() {
                let same = before.of(&other) == after.of(&other);
                let unpredicted = before.of(&other).iter().all(|cells| !is_predicted(cells));
                assert_eq!(
                    same,
                    other != key || unpredicted,
                    "{name}: {key} changed, {other} seen"
                );
            }
            let alone = predict(&trained.run(), &rows.only(|row| row.key == key).csv());
            let alone = Predictions::parse(&alone);
            assert_eq!(alone.of(&key), before.of(&key), "{name}: {key} alone");
        }
    }
}

/// The prediction at t is that of a file which holds only the rows it reads, and any of them matters.
#[test]
fn a_prediction_reads_its_rows_and_no_other() {
    for trained in Trained::all() {
        let (plan, rows) = (&trained.plan, new_rows());
        let everything = Predictions::parse(&predict(&trained.run(), &rows.csv())).by_row();
        for (key, count) in [("B", 47), ("new", 29), ("C", 4), ("D", 1)] {
            for t in (0..count).filter(|t| *t < 9 || t % 7 == 0 || t + 1 == count) {
                let cells = &everything[&(support::rows::time(t), key.to_owned())];
                let what = format!("{}: {key} row {t}", plan.name);
                assert_eq!(is_predicted(cells), plan.predicted(count).contains(&t), "{what}");
                if !is_predicted(cells) {
                    continue;
                }
                let read = plan.read_at(t, count);
                let own = rows.part(key, read.clone());
                let at_t = |rows: &Rows| {
                    let made = Predictions::parse(&predict(&trained.run(), &rows.csv())).by_row();
                    made[&(support::rows::time(t), key.to_owned())].clone()
                };
                assert_eq!(&at_t(&own), cells, "{what} of these rows alone");
                if count < 9 {
                    continue; // so far from its scaler that the network may saturate
                }
                let ends = match plan.reads {
                    // A long memory fades: it is asked about rows nearby.
                    Reads::AllBefore | Reads::Whole { .. } => {
                        [read.start.max(t.saturating_sub(2)), (read.end - 1).min(t + 2)]
                    }
                    _ => [read.start, read.end - 1],
                };
                for hour in ends {
                    let changed = own.changed(|row| row.hour == hour);
                    assert_ne!(&at_t(&changed), cells, "{what} does not read row {hour}");
                }
            }
        }
    }
}

#[test]
fn a_bad_row_is_as_if_it_had_not_been_there() {
    let good_row = new_rows().get("B", 20).expect("a row").text();
    let bad_cell = good_row.replacen(",B,", ",B,1.5.", 1);
    let bad = [
        bad_cell.as_str(),
        "2024-01-01 00:00:00,B,1,2,3",    // a time that is past
        "never,B,1,2,3",                  // no time
        "2024-01-02 00:30:00,B,1,2",      // too few fields
        "2024-01-02 00:30:00,B,1,2,3,4",  // too many
        "2024-01-02 00:30:00,B,,,",       // empty cells
        "2024-01-02 00:30:00,B,1e39,1,2", // no 32-bit float
        "2024-01-02 00:30:00,B,inf,2,nan",
    ];
    for trained in Trained::all() {
        let name = trained.plan.name;
        let rows = new_rows();
        let place = rows.0.iter().position(|row| row.key == "B" && row.hour == 20).expect("there");
        let good = predict(&trained.run(), &rows.csv());
        for line in bad {
            let mut lines: Vec<String> = rows.csv().lines().map(str::to_owned).collect();
            lines.insert(1 + place, line.to_owned());
            let text = lines.join("\n") + "\n";
            for policy in [OnBadRow::Skip, OnBadRow::Empty] {
                let options = PredictOptions {
                    model: trained.run(),
                    on_bad_row: policy,
                    ..PredictOptions::default()
                };
                let mut output = Vec::new();
                let result = rnn::job::predict(&options, text.as_bytes(), &mut output, &mut |_| {});
                let code = result.expect_err("a bad row is told at the end").exit_code();
                assert_eq!(code, 65, "{name}: {line}");
                let mut output: Vec<String> =
                    String::from_utf8(output).expect("UTF-8").lines().map(str::to_owned).collect();
                if policy == OnBadRow::Empty {
                    let empty = output.remove(1 + place);
                    let cells: Vec<_> = empty.split(',').skip(2).collect();
                    assert!(cells.iter().all(|cell| cell.is_empty()), "{name}: {line}: {empty}");
                }
                assert_eq!(output.join("\n") + "\n", good, "{name}: {policy:?} {line}");
            }
            let options = PredictOptions { model: trained.run(), ..PredictOptions::default() };
            let error = predict_with(&options, text.as_bytes()).expect_err("abort is the default");
            assert_eq!(error.exit_code(), 65, "{name}: {line}");
            assert!(error.to_string().contains(&format!("<stdin>:{}", place + 2)), "{error}");
        }
    }
}

#[test]
fn a_slow_stream_gives_the_same_bytes() {
    for trained in Trained::all() {
        let csv = new_rows().csv();
        let options = PredictOptions { model: trained.run(), ..PredictOptions::default() };
        let slow = predict_with(&options, Dripping(csv.as_bytes())).expect("predictions");
        assert_eq!(slow, predict(&trained.run(), &csv), "{}", trained.plan.name);
    }
}

/// Each answer is there before the next row is sent; a program that waits for more would hang this test.
#[test]
fn forward_models_answer_at_once() {
    for trained in Trained::all().iter().filter(|t| t.plan.is_forward()) {
        let rows = new_rows();
        let mut command = program("rnn-predict");
        command.args(["--quiet", "--model"]).arg(trained.run());
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the program starts");
        let mut input = child.stdin.take().expect("stdin");
        let mut output = BufReader::new(child.stdout.take().expect("stdout"));
        let mut all = String::new();
        writeln!(input, "{HEADER}").expect("the header");
        output.read_line(&mut all).expect("the header");
        for row in &rows.0 {
            writeln!(input, "{}", row.text()).expect("a row");
            input.flush().expect("a row");
            output.read_line(&mut all).expect("its answer");
        }
        drop(input);
        assert_eq!(output.read_line(&mut all).expect("the end"), 0);
        assert!(child.wait().expect("an end").success());
        assert_eq!(all, predict(&trained.run(), &rows.csv()), "{}", trained.plan.name);
    }
}

#[test]
fn the_plans_of_the_table_are_all_there() {
    let reads: Vec<Reads> = support::plans::all().iter().map(|plan| plan.reads).collect();
    for wanted in [
        Reads::UpToWindow,
        Reads::FullWindow,
        Reads::AllBefore,
        Reads::Whole { last: true },
        Reads::Whole { last: false },
        Reads::Block,
    ] {
        assert!(reads.contains(&wanted), "{wanted:?}");
    }
}
