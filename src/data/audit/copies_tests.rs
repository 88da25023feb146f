//! Planted leaks are found, honest inputs pass.

use super::*;
use crate::data::Vocabularies;
use crate::data::audit::tests::{config, table_of};
use crate::random::{Purpose, bits, uniform};

fn noise(row: u64) -> f64 {
    f64::from(uniform(bits(1, Purpose::Data, [row, 0])[0])) - 0.5
}

/// A random walk `y` of 500 rows beside `x` made from it: (row, the walk).
fn found(task: &str, x: impl Fn(usize, &[f64]) -> f64) -> Vec<Copied> {
    let mut walk = vec![100.0];
    (0..510).for_each(|row| walk.push(walk[row as usize] + noise(row)));
    let rows: String = (0..500).map(|row| format!("{},{}\n", x(row, &walk), walk[row])).collect();
    let inputs = if task.contains("forecast") { r#"["x","y"]"# } else { r#"["x"]"# };
    let config = config(&format!(r#""inputs":{inputs},"targets":["y"]"#), task);
    let encoder = Encoder::new(&config, Vocabularies::default());
    let train = PartRows::whole(table_of(&encoder.roles, &format!("x,y\n{rows}")));
    copies(&train, &encoder)
}

const FORECAST: &str = r#"{"type":"forecast","horizon":3}"#;
const REGRESSION: &str = r#"{"type":"regression"}"#;

fn step(found: &[Copied]) -> Option<(usize, bool)> {
    match found {
        [Copied { tells: Tells::Future { step, change, .. }, .. }] => Some((*step, *change)),
        [] => None,
        other => panic!("{other:?}"),
    }
}

#[test]
fn an_honest_input_tells_nothing() {
    for x in [|row: usize, _: &[f64]| noise(row as u64 + 9_999), |row, y: &[f64]| y[row]] {
        assert_eq!(found(FORECAST, x), []);
    }
    // The past, and what lies beyond the horizon, are no leak either.
    assert_eq!(found(FORECAST, |row, y| y[row.saturating_sub(2)]), []);
    assert_eq!(found(FORECAST, |row, y| y[row + 4]), []);
    assert_eq!(found(REGRESSION, |row, y| y[row] + 5.0 * noise(row as u64 + 9_999)), []);
}

#[test]
fn the_value_of_a_later_row_is_found_whatever_its_unit() {
    assert_eq!(step(&found(FORECAST, |row, y| y[row + 1])), Some((1, false)));
    assert_eq!(step(&found(FORECAST, |row, y| 7.0 - 2.0 * y[row + 3])), Some((3, false)));
    assert_eq!(
        step(&found(FORECAST, |row, y| (100.0 * y[row + 2]).round() / 100.0)),
        Some((2, false))
    );
}

#[test]
fn so_is_its_change() {
    assert_eq!(step(&found(FORECAST, |row, y| y[row + 1] - y[row])), Some((1, true)));
    assert_eq!(
        step(&found(FORECAST, |row, y| 100.0 * (y[row + 2] / y[row] - 1.0))),
        Some((2, true))
    );
}

#[test]
fn a_copy_at_the_same_row_is_found() {
    let tells = |x: fn(usize, &[f64]) -> f64| found(REGRESSION, x)[0].tells;
    assert!(matches!(tells(|row, y| y[row]), Tells::Same { equal: true, .. }));
    let Tells::Same { correlation, equal: false } = tells(|row, y| 3.0 - y[row]) else { panic!() };
    assert!((correlation + 1.0).abs() < 1e-9);
    assert!(matches!(tells(|row, y| y[row] + 0.01 * noise(row as u64)), Tells::Same { .. }));
}

#[test]
fn equal_inputs_are_paired() {
    let rows: String = (0..9).map(|k| format!("{k},{},{k}\n", k % 2)).collect();
    let part = crate::data::audit::tests::part(&["a", "b", "c"], &format!("a,b,c\n{rows}"));
    assert_eq!(equal_inputs(&part, &[0, 1, 2]), [(0, 2)]);
}

#[test]
fn levels_apart_hide_no_leak_and_make_none() {
    // Three walks at levels far apart; `next` is the walk one row later, `level` says only which one it is.
    let walk = |k: u64| {
        let mut at = 10f64 * (k * k * k * k) as f64;
        (0..200).map(move |row| {
            at += noise(1_000 * (k + 1) + row);
            at
        })
    };
    let walks: Vec<Vec<f64>> = (0..3).map(|k| walk(k).collect()).collect();
    let row = |k: usize, row: usize| format!("{k},{},{},{k}\n", walks[k][row], walks[k][row + 1]);
    let rows: String =
        (0..199).flat_map(|r| (0..3).map(move |k| (k, r))).map(|(k, r)| row(k, r)).collect();
    let config = config(r#""series":"s","inputs":["y","next","level"],"targets":["y"]"#, FORECAST);
    let encoder = Encoder::new(&config, Vocabularies::default());
    let train = PartRows::whole(table_of(&encoder.roles, &format!("s,y,next,level\n{rows}")));
    let found = copies(&train, &encoder);
    assert_eq!((step(&found), found[0].input), (Some((1, false)), 1));
}
