//! Every finding on a small table that has its fault, and none on one that has not. Helpers for the tests beside.

use std::path::Path;

use super::*;
use crate::data::{PartRows, Roles, Table, Vocabularies};

/// A config with these entries of `data` and this task.
pub(super) fn config(data: &str, task: &str) -> Config {
    config_with(data, task, "")
}

pub(super) fn config_with(data: &str, task: &str, training: &str) -> Config {
    let text = format!(
        r#"{{"data":{{"path":"x.csv",{data}}},"task":{task},
            "model":{{"topology":"single","cell":"gru"}},"training":{{{training}}}}}"#
    );
    Config::parse(&text, "test", Path::new(""), &[]).unwrap_or_else(|error| panic!("{error}"))
}

/// The rows of a CSV text.
pub(super) fn table_of(roles: &Roles, csv: &str) -> Table {
    let table = Table::read_stream(csv.as_bytes(), Path::new("x.csv"), "x.csv", roles);
    table.unwrap_or_else(|error| panic!("{error}"))
}

const FORECAST: &str = r#"{"type":"forecast"}"#;

/// The column `y`, with a time column unless its name is empty.
pub(super) fn table(time: &str, csv: &str) -> Table {
    let time = if time.is_empty() { String::new() } else { format!(r#""time":"{time}","#) };
    table_of(&Roles::new(&config(&format!(r#"{time}"targets":["y"]"#), FORECAST)), csv)
}

/// The column `y`, by the series in `name`.
pub(super) fn table_of_series(csv: &str) -> Table {
    let data = r#""series":"name","targets":["y"]"#;
    table_of(&Roles::new(&config(data, FORECAST)), csv)
}

/// Some columns as one part.
pub(super) fn part(columns: &[&str], csv: &str) -> PartRows {
    let names = format!("{columns:?}");
    let data = format!(r#""inputs":{names},"targets":{names}"#);
    PartRows::whole(table_of(&Roles::new(&config(&data, FORECAST)), csv))
}

/// The first rows of each series, and the rest.
pub(super) fn cut(table: Table, rows: usize) -> (PartRows, PartRows) {
    let mut train = PartRows::whole(table);
    let mut rest = train.clone();
    train.ranges.iter_mut().for_each(|range| range.end = range.end.min(rows));
    rest.ranges.iter_mut().for_each(|range| range.start = range.end.min(rows));
    (train, rest)
}

/// What a clean run of 400 hourly rows looks like; tests change one thing at a time.
struct Case {
    data: String,
    task: &'static str,
    training: &'static str,
    /// Whether a row is there, and its cells after the time: `x`, `y`.
    row: fn(u32) -> Option<(String, String)>,
    sizes: Sizes,
}

fn wave(row: u32) -> f64 {
    let noise = crate::random::bits(3, crate::random::Purpose::Data, [u64::from(row), 0])[0];
    f64::from(row % 24) + 5.0 * f64::from(crate::random::uniform(noise))
}

impl Default for Case {
    fn default() -> Self {
        Self {
            data: r#""time":"time","inputs":["x","y"],"targets":["y"],"window":{"length":24}"#
                .into(),
            task: FORECAST,
            training: "",
            row: |row| Some((wave(row + 7_000).to_string(), wave(row).to_string())),
            sizes: Sizes { parameters: 500, valid_scored: 40, test_scored: 80 },
        }
    }
}

impl Case {
    fn findings(&self) -> Vec<Finding> {
        let config = config_with(&self.data, self.task, self.training);
        let encoder = Encoder::new(&config, Vocabularies::default());
        let start = 1_704_067_200; // 2024-01-01
        let rows = (0..400).filter_map(|row| {
            let (x, y) = (self.row)(row)?;
            Some(format!("{},{x},{y}\n", start + 3_600 * row))
        });
        let csv = format!("time,x,y\n{}", rows.collect::<String>());
        let dataset =
            Dataset::cut(&config, &encoder.roles, table_of(&encoder.roles, &csv)).expect("a split");
        let windows = Windows::new(&config, &dataset.train.segments(), encoder.reach());
        let audited =
            Audited { config: &config, dataset: &dataset, encoder: &encoder, windows: &windows };
        Audit::new(&audited, &self.sizes).findings
    }

    fn misfits(&self) -> Vec<Misfit> {
        let misfit = |finding| match finding {
            Finding::Misfit(misfit) => misfit,
            other => panic!("{other:?}"),
        };
        self.findings().into_iter().map(misfit).collect()
    }
}

#[test]
fn a_clean_table_has_no_finding() {
    assert_eq!(Case::default().findings(), []);
    let regression = r#""inputs":["x"],"targets":["y"],"window":{"length":24}"#.to_owned();
    let case = Case { data: regression, task: r#"{"type":"regression"}"#, ..Case::default() };
    assert_eq!(case.findings(), []);
}

#[test]
fn a_constant_and_equal_inputs() {
    let case = Case { row: |row| Some(("7".into(), wave(row).to_string())), ..Case::default() };
    assert_eq!(case.findings(), [Finding::Constant { column: 0, target: false }]);
    let twice = |row| Some((wave(row).to_string(), wave(row).to_string()));
    assert_eq!(Case { row: twice, ..Case::default() }.findings(), [Finding::EqualInputs(0, 1)]);
}

#[test]
fn a_leak_is_the_first_finding() {
    let next = |row| Some((wave(row + 1).to_string(), wave(row).to_string()));
    let found = Case { row: next, ..Case::default() }.findings();
    assert!(
        matches!(found[..], [Finding::Copied(Copied { input: 0, target: 1, .. })]),
        "{found:?}"
    );
}

#[test]
fn a_column_that_is_far_from_unit_size_without_a_scaler() {
    let data = r#""time":"time","inputs":[{"column":"x","scale":"none"},"y"],"targets":["y"],"window":{"length":24}"#;
    let far = |row| Some(((100.0 * wave(row + 7_000)).to_string(), wave(row).to_string()));
    let found = Case { data: data.into(), row: far, ..Case::default() }.findings();
    assert!(matches!(found[..], [Finding::Unscaled { column: 0, .. }]), "{found:?}");
    let near = |row| Some(((0.5 * wave(row + 7_000)).to_string(), wave(row).to_string()));
    assert_eq!(Case { data: data.into(), row: near, ..Case::default() }.findings(), []);
}

#[test]
fn a_target_with_few_values() {
    let few = |row| Some((wave(row).to_string(), (row * row % 3).to_string()));
    let found = Case { row: few, ..Case::default() }.findings();
    assert_eq!(found, [Finding::FewValues { column: 1, values: vec![0.0, 1.0] }]);
}

#[test]
fn drift_names_the_columns_and_the_part() {
    let late = |row| {
        let up = if row >= 320 { 60.0 } else { 0.0 };
        Some(((up + wave(row + 7_000)).to_string(), wave(row).to_string()))
    };
    let found = Case { row: late, ..Case::default() }.findings();
    let [Finding::Drift(columns)] = &found[..] else { panic!("{found:?}") };
    let [(0, PartName::Test, drift)] = columns[..] else { panic!("{columns:?}") };
    assert!(drift.shift > 5.0 && drift.outside == 1.0, "{drift:?}");
}

#[test]
fn gaps_that_windows_run_across() {
    let gap = |row: u32| {
        let there = !(100..110).contains(&row);
        there.then(|| (wave(row + 7_000).to_string(), wave(row).to_string()))
    };
    let found = Case { row: gap, ..Case::default() }.findings();
    let [Finding::Gaps { count: 1, longest, windows, of }] = found[..] else { panic!("{found:?}") };
    assert_eq!((longest.row, longest.missing), (100, 10));
    // 390 rows: 273 train rows less one for the target; a window and its target are 25 rows: 24 borders.
    assert_eq!((windows, of), (24, 273 - 1 - 23));
    // Where each row stands alone, none runs across.
    let data = r#""time":"time","inputs":["x"],"targets":["y"],"window":{"length":1}"#.to_owned();
    let alone = Case { data, task: r#"{"type":"regression"}"#, row: gap, ..Case::default() };
    assert_eq!(alone.findings(), []);
}

#[test]
fn outliers_and_jumps() {
    let spike = |row| {
        Some((
            wave(row + 7_000).to_string(),
            if row == 150 { 9_999.0 } else { wave(row) }.to_string(),
        ))
    };
    let found = Case { row: spike, ..Case::default() }.findings();
    let outliers = found.iter().find_map(|f| match f {
        Finding::Outliers(1, outliers) => Some(outliers),
        _ => None,
    });
    assert_eq!(
        outliers.map(|o| (o.count, o.place.row, o.value)),
        Some((1, 150, 9_999.0)),
        "{found:?}"
    );
    let level = |row| {
        let up = if row >= 140 { 900.0 } else { 0.0 };
        Some((wave(row + 7_000).to_string(), (up + wave(row)).to_string()))
    };
    let found = Case { row: level, ..Case::default() }.findings();
    let jumped = found.iter().any(|f| matches!(f, Finding::Jump(1, jump) if jump.place.row == 140));
    assert!(jumped, "{found:?}");
}

#[test]
fn parts_that_are_too_small_or_missing() {
    let sizes = |valid_scored, test_scored| Sizes { parameters: 500, valid_scored, test_scored };
    let few = Case { sizes: sizes(7, 80), ..Case::default() };
    assert_eq!(few.misfits(), [Misfit::FewScored { part: PartName::Valid, scored: 7 }]);
    let none = Case { sizes: sizes(0, 1), ..Case::default() };
    let test = Misfit::FewScored { part: PartName::Test, scored: 1 };
    assert_eq!(none.misfits(), [Misfit::ValidUnscored, test]);
    let data = Case::default().data + r#","split":{"test":0.2}"#;
    assert_eq!(Case { data, ..Case::default() }.misfits(), [Misfit::NoValid]);
}

#[test]
fn windows_batches_and_networks_out_of_proportion() {
    let data = Case::default().data.replace("24", "500");
    let long = Misfit::LongWindow { length: 500, longest: 279 };
    let batch = Misfit::LargeBatch { batch_size: 32, sequences: 1 };
    assert_eq!(Case { data, ..Case::default() }.misfits(), [long, batch]);
    let case = Case { training: r#""batch_size":257"#, ..Case::default() };
    assert_eq!(case.misfits(), [Misfit::LargeBatch { batch_size: 257, sequences: 256 }]);
    assert_eq!(Case { training: r#""batch_size":256"#, ..Case::default() }.misfits(), []);
    let sizes = Sizes { parameters: 30 * 280 + 1, ..Case::default().sizes };
    let many = Misfit::ManyParameters { parameters: 8_401, rows: 280 };
    assert_eq!(Case { sizes, ..Case::default() }.misfits(), [many]);
}

/// Two parts of two tables, by series, audited together.
fn of_parts(data: &str, train: &str, valid: &str) -> Vec<Misfit> {
    let config = config(data, FORECAST);
    let encoder = Encoder::new(&config, Vocabularies::default());
    let part = |csv: &str| PartRows::whole(table_of(&encoder.roles, csv));
    let dataset = Dataset {
        train: part(train),
        valid: Some(part(valid)),
        test: None,
        left_out: 0,
        pace: None,
    };
    let windows = Windows::new(&config, &dataset.train.segments(), encoder.reach());
    let audited =
        Audited { config: &config, dataset: &dataset, encoder: &encoder, windows: &windows };
    let sizes = Sizes { parameters: 1, valid_scored: 99, test_scored: 0 };
    let misfit = |finding| match finding {
        Finding::Misfit(misfit) => Some(misfit),
        _ => None,
    };
    Audit::new(&audited, &sizes).findings.into_iter().filter_map(misfit).collect()
}

#[test]
fn series_that_are_short_unknown_or_shared() {
    let data = r#""time":"t","series":"s","targets":["y"],"window":{"length":4}"#;
    let rows = |series: &[(&str, std::ops::Range<u32>)]| {
        let row = |(name, times): &(&str, std::ops::Range<u32>)| -> String {
            let name = name.to_string();
            times.clone().map(|t| format!("{name},{t},{}\n", wave(t + name.len() as u32))).collect()
        };
        format!("s,t,y\n{}", series.iter().map(row).collect::<String>())
    };
    let train = rows(&[("a", 0..60), ("b", 0..3)]);
    let short = Misfit::ShortSeries { count: 1, of: 2, needed: 5, used: true };
    assert_eq!(of_parts(data, &train, &rows(&[("a", 60..90)])), std::slice::from_ref(&short));
    let unknown = Misfit::UnknownSeries { part: PartName::Valid, count: 1 };
    let shared = Misfit::SharedRows { part: PartName::Valid, rows: 2 };
    let valid = rows(&[("a", 58..90), ("c", 0..9)]);
    assert_eq!(of_parts(data, &train, &valid), [shared, short, unknown]);
}
