//! One fault at a random place of a file, a thousand times: the message names file, physical line, column and value, in
//! training, evaluation and the stream. The files are written in many ways: line ends, quotes, blank lines, gzip.

mod common;
mod support;

use std::io::Write;
use std::path::Path;

use rnn::config::Config;
use rnn::data::{Roles, Table};
use rnn::error::Error;
use rnn::job::PredictOptions;
use rnn::random::{self, Purpose};
use support::job::{predict_with, save_config, train};

const TRIALS: u64 = 1000;
const COLUMNS: [&str; 5] = ["time", "note", "flow", "mode", "load"];
const TIME: usize = 0;
const FLOW: usize = 2;
const MODE: usize = 3;
const LOAD: usize = 4;

/// Random numbers of one trial.
struct Random {
    trial: u64,
    drawn: u64,
}

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.drawn += 1;
        random::bits(2026, Purpose::Data, [self.trial, self.drawn])[0] as usize % limit
    }

    fn pick<'t>(&mut self, choices: &[&'t str]) -> &'t str {
        choices[self.below(choices.len())]
    }

    fn once_in(&mut self, times: usize) -> bool {
        self.below(times) == 0
    }
}

/// How a file is written.
struct Style {
    ending: &'static str,
    quoted: bool,
    blank_lines: bool,
    mark: bool,
    packed: bool,
}

impl Style {
    fn new(random: &mut Random) -> Self {
        Self {
            ending: random.pick(&["\n", "\n", "\r\n", "\r\n", "\r"]),
            quoted: random.once_in(2),
            blank_lines: random.once_in(3),
            mark: random.once_in(4),
            packed: random.once_in(3),
        }
    }
}

/// What the message has to say.
#[derive(Debug)]
struct Expected {
    /// None where the whole row is at fault.
    column: Option<usize>,
    says: Vec<String>,
}

/// Rows without a fault, as they are written but for quotes.
fn rows(random: &mut Random) -> Vec<Vec<String>> {
    let row = |k: usize, random: &mut Random| {
        let number = |random: &mut Random| format!("{}.{}", random.below(90), random.below(10));
        vec![
            format!("2024-03-{:02} {:02}:00:00", 1 + k / 24, k % 24),
            random.pick(&["ok", "checked, fine", "two\nlines", "a \"word\"", ""]).to_owned(),
            number(random),
            random.pick(&["on", "off", "NA"]).to_owned(),
            number(random),
        ]
    };
    let count = 8 + random.below(40);
    (0..count).map(|k| row(k, random)).collect()
}

/// A cell as the file has it.
fn written(cell: &str, style: &Style) -> Vec<u8> {
    let needs = cell.contains([',', '"', '\n']);
    if !needs && (!style.quoted || cell.is_empty()) {
        return cell.into();
    }
    let cell = cell.replace('"', "\"\"").replace('\n', style.ending);
    format!("\"{cell}\"").into()
}

/// A fault in one cell, written raw: it changes `cells` of the row and says what the message has to hold.
fn plant(
    random: &mut Random,
    rows: &[Vec<String>],
    style: &Style,
    cells: &mut Vec<Vec<u8>>,
    row: usize,
) -> Expected {
    let number = [FLOW, LOAD][random.below(2)];
    let cell = |column: usize, says: &[&str]| Expected {
        column: Some(column),
        says: says.iter().map(|text| (*text).to_owned()).collect(),
    };
    let whole = |says: &[&str]| Expected { column: None, ..cell(0, says) };
    let quote = |text: &str| format!("\"{text}\"");
    match random.below(18) {
        0 => {
            let bad = random.pick(&[
                "12x", "0x10", "1_000", "1d0", "--4", "1e", "１２", "twelve", ".", "1 2", "+",
            ]);
            cells[number] = written(bad, style);
            cell(number, &[&quote(bad), "is not a number"])
        }
        1 => {
            let bad = random.pick(&["12,5", "1.234,5", "-0,25"]);
            cells[number] = written(bad, style);
            cell(number, &[&quote(bad), "decimal"])
        }
        2 => {
            let bad = random.pick(&["inf", "-inf", "Infinity", "-nan", "+NaN"]);
            cells[number] = written(bad, style);
            cell(number, &[&quote(bad), "not finite"])
        }
        3 => {
            let bad = random.pick(&[
                "1e400",
                "1e39",
                "-3.5e38",
                "99999999999999999999999999999999999999999",
            ]);
            cells[number] = written(bad, style);
            cell(number, &[&quote(bad), "overflows"])
        }
        4 => {
            cells.truncate(1 + random.below(COLUMNS.len() - 1));
            // One empty cell would be a blank line.
            let fields = format!("row has {} field", cells.len());
            whole(&[&fields, "header has 5"])
        }
        5 => {
            let more = 1 + random.below(3);
            cells.extend((0..more).map(|_| random.pick(&["", "7", "x"]).into()));
            whole(&[&format!("row has {} fields", 5 + more), "header has 5"])
        }
        6 => {
            cells[number] = random.pick(&["1\"2", "12\"", "1\"\"2"]).into();
            whole(&["a quote inside an unquoted field"])
        }
        7 => {
            cells[number] = random.pick(&["\"12\"3", "\"12\" ", "\"\"x"]).into();
            whole(&["text after a closing quote"])
        }
        8 => {
            cells[LOAD] = random.pick(&["\"12", "\"", "\"1\"\""]).into();
            whole(&["quote opened at line", "not closed"])
        }
        9 => {
            let column = random.below(COLUMNS.len());
            cells[column] = b"1\x002".to_vec();
            whole(&["NUL byte"])
        }
        10 => {
            let column = [TIME, MODE][random.below(2)];
            cells[column] = b"a\xff".to_vec();
            cell(column, &["byte 0xff (place 2)", "not UTF-8"])
        }
        11 if row > 0 => {
            let back = random.below(row);
            let (before, now) = (&rows[row - 1][TIME], &rows[back][TIME]);
            cells[TIME] = written(now, style);
            match back == row - 1 {
                true => cell(TIME, &[&quote(now), "stands there twice"]),
                false => cell(TIME, &[&quote(now), &quote(before), "comes before"]),
            }
        }
        12 => {
            let bad = random.pick(&[
                "yesterday",
                "2024-13-01",
                "2024-02-30",
                "2024-03-01 24:61:00",
                "3/4/2024",
                "",
            ]);
            cells[TIME] = written(bad, style);
            cell(TIME, &[&quote(bad), "is not a time"])
        }
        13 if row > 0 => {
            let bad = random.pick(&["2024-09-01T00:00:00Z", "2024-09-01 00:00:00+02:00", "17"]);
            cells[TIME] = written(bad, style);
            cell(TIME, &[&quote(bad), &quote(&rows[row - 1][TIME]), "one form"])
        }
        14 => {
            *cells = COLUMNS.iter().map(|name| written(name, style)).collect();
            whole(&["repeats the header"])
        }
        15 => {
            let bad = random.pick(&["NA", "null", "-", "?", "N/A", "nil"]);
            cells[number] = written(bad, style);
            cell(number, &[&quote(bad), "counts as an empty cell"])
        }
        16 => {
            cells[number] = Vec::new();
            cell(number, &["the cell is empty"])
        }
        _ => {
            cells[MODE] = Vec::new();
            cell(MODE, &["the cell is empty"])
        }
    }
}

/// The file, and the physical lines that its faulty row begins and ends on.
fn file(random: &mut Random) -> (Vec<u8>, Expected, (usize, usize)) {
    let (style, rows) = (Style::new(random), rows(random));
    let at = random.below(rows.len());
    let mut text = if style.mark { b"\xef\xbb\xbf".to_vec() } else { Vec::new() };
    let header: Vec<Vec<u8>> = COLUMNS.iter().map(|name| written(name, &style)).collect();
    text.extend(header.join(&b','));
    text.extend(style.ending.as_bytes());
    let (mut line, mut expected, mut lines) = (2, None, (0, 0));
    for (k, row) in rows.iter().enumerate() {
        if style.blank_lines && random.once_in(3) {
            text.extend(style.ending.as_bytes());
            line += 1;
        }
        let mut cells: Vec<Vec<u8>> = row.iter().map(|cell| written(cell, &style)).collect();
        let start = line;
        if k == at {
            expected = Some(plant(random, &rows, &style, &mut cells, k));
        }
        let written = cells.join(&b',');
        let inside = |mark: &str| String::from_utf8_lossy(&written).matches(mark).count();
        line += inside(style.ending) + 1;
        if k == at {
            lines = (start, line - 1);
        }
        text.extend(written);
        let last = k + 1 == rows.len();
        if !last || random.once_in(2) {
            text.extend(style.ending.as_bytes());
        }
    }
    if style.packed {
        let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        packer.write_all(&text).expect("memory");
        text = packer.finish().expect("memory");
    }
    (text, expected.expect("a fault"), lines)
}

/// What is wrong with a message; nothing where it says all.
fn shortfall(
    error: &Error,
    file: &str,
    expected: &Expected,
    lines: (usize, usize),
) -> Option<String> {
    let message = error.to_string();
    if error.exit_code() != 65 || message.contains('\n') {
        return Some(format!("exit code {} for {message:?}", error.exit_code()));
    }
    let rest = message.strip_prefix(&format!("{file}:"));
    let (line, rest) = rest.and_then(|rest| rest.split_once(": ")).unwrap_or_default();
    let line: usize = line.parse().unwrap_or(0);
    // A row's faults stand on the line it starts on; those of the text itself on their own.
    let of_text = ["quote", "NUL"].iter().any(|word| expected.says[0].contains(word));
    let right = if of_text { lines.0 <= line && line <= lines.1 } else { line == lines.0 };
    let column = expected.column.map(|k| format!("column \"{}\" ({} of 5): ", COLUMNS[k], k + 1));
    let named = column.is_none_or(|column| rest.starts_with(&column));
    let said = expected.says.iter().all(|text| rest.contains(text));
    (!(right && named && said)).then_some(message)
}

#[test]
fn every_planted_fault_is_named_with_file_line_column_and_value() {
    let folder = tempfile::tempdir().expect("a scratch folder");
    let config = serde_json::json!({
        "data": {
            "path": "good.csv", "time": "time", "targets": ["load"], "window": {"length": 3},
            "inputs": ["flow", {"column": "mode", "type": "category", "embedding": 2}, "load"],
        },
        "task": {"type": "forecast"},
        "model": {"topology": "single", "cell": "gru", "hidden_size": 2},
        "training": {"epochs": 0},
    });
    let good: String = (0..30)
        .map(|k| {
            format!("2024-01-01 00:{k:02}:00,x,{}.5,{},{}\n", k % 7, ["on", "off"][k % 2], k % 5)
        })
        .collect();
    let header = COLUMNS.join(",");
    std::fs::write(folder.path().join("good.csv"), format!("{header}\n{good}")).expect("a file");
    let (saved, run) = (save_config(folder.path(), &config), folder.path().join("run"));
    train(&saved, &run);
    let roles = Roles::new(&Config::load(&saved, &[]).expect("a config"));
    let options = PredictOptions { model: run, ..PredictOptions::default() };
    let path = folder.path().join("bad.csv");
    let shown = path.display().to_string();
    let mut told = [0; 2];
    for trial in 0..TRIALS {
        let mut random = Random { trial, drawn: 0 };
        let (bytes, expected, lines) = file(&mut random);
        std::fs::write(&path, &bytes).expect("a file");
        let read = |result: rnn::error::Result<Table>| result.map(|_| ()).expect_err("a fault");
        let errors = [
            (read(Table::read(std::slice::from_ref(&path), &roles)), &shown[..]),
            (read(Table::read_stream(&bytes[..], Path::new("-"), "<stdin>", &roles)), "<stdin>"),
            (predict_with(&options, &bytes[..]).expect_err("a fault"), "<stdin>"),
        ];
        for (error, name) in errors {
            if let Some(found) = shortfall(&error, name, &expected, lines) {
                panic!("trial {trial}: {expected:?} on line {lines:?}, but: {found}");
            }
        }
        told[usize::from(expected.column.is_some())] += 1;
    }
    assert!(told[0] > 200 && told[1] > 400, "{told:?}");
}
