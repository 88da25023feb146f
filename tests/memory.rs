//! The estimate of `--check` beside what the system says the program has taken, for configs made at random: words and
//! numbers, both directions, long horizons, many rows, carried state. And runs whose largest part is the ridge regression
//! that stands beside the model.
#![cfg(target_os = "linux")]

mod common;
mod support;

use std::fmt::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use common::Rng;
use serde_json::{Value, json};
use support::job::{merged, program, save_config, succeed};

/// Configs that are tried.
const CONFIGS: u64 = 20;
/// How far the estimate may be from the truth, as a part of it.
const TOLERANCE: f64 = 0.2;

/// One at random: what `config.json` and `rows.csv` hold.
struct Case {
    config: Value,
    csv: String,
}

/// `count` numbers with few digits or many, a time, a series of `length` rows, a word and a label.
fn csv(rng: &mut Rng, rows: usize, length: usize, columns: usize, words: usize) -> String {
    let mut text = String::from("time,key,word,label");
    (0..columns).for_each(|k| write!(text, ",x{k}").expect("a string"));
    text.push('\n');
    for row in 0..rows {
        let (minute, day) = (row % 1440, row / 1440);
        let (month, day) = (1 + day / 28 % 12, 1 + day % 28);
        let year = 1990 + row / 1440 / 336;
        let (hour, minute) = (minute / 60, minute % 60);
        let (word, label) = (rng.below(words).min(rng.below(words)), rng.below(5));
        write!(
            text,
            "{year}-{month:02}-{day:02} {hour:02}:{minute:02}:00,s{},word{word:x},{label}",
            row / length
        )
        .expect("a string");
        for k in 0..columns {
            let swing = (row % (10 + k)) as f64 / (10.0 + k as f64);
            let value = swing + 0.1 * f64::from(rng.uniform());
            write!(text, ",{value:.3}").expect("a string");
        }
        text.push('\n');
    }
    text
}

fn pick<T: Clone>(rng: &mut Rng, from: &[T]) -> T {
    from[rng.below(from.len())].clone()
}

/// Topology, cell and sizes.
fn model(rng: &mut Rng) -> Value {
    let cell = pick(rng, &["rnn", "lstm", "gru"]);
    let hidden = pick(rng, &[8, 32, 64, 128, 320]);
    match rng.below(3) {
        0 => json!({"topology": "single", "cell": cell, "hidden_size": hidden}),
        1 => json!({
            "topology": "multi", "cell": cell, "hidden_size": hidden, "num_layers": 2 + rng.below(2),
            "dropout": pick(rng, &[0.0, 0.2]),
        }),
        _ => json!({"topology": "bidirectional", "cell": cell, "hidden_size": hidden}),
    }
}

/// A forecast of numbers.
fn forecast(rng: &mut Rng) -> Case {
    let model = model(rng);
    let columns = 1 + rng.below(6);
    let names: Vec<String> = (0..columns).map(|k| format!("x{k}")).collect();
    let targets = &names[..1 + rng.below(columns)];
    let length = pick(rng, &[24, 96, 336]);
    let last = model["topology"] == "bidirectional" || rng.below(3) == 0;
    let carried = !last && rng.below(4) == 0;
    let rows = pick(rng, &[4_000, 20_000, 100_000, 300_000]);
    // So few windows that an epoch takes some seconds at most; they still reach over all rows.
    let batch = pick(rng, &[8, 32, 64]);
    let work = length * model["hidden_size"].as_u64().expect("a size") as usize;
    let updates = (20_000_000 / (work * batch)).clamp(2, 30);
    let stride = (rows / (batch * updates)).max(1);
    let split = json!({"valid": 300, "test": 500});
    let mut config = json!({
        "data": {
            "path": "rows.csv", "inputs": names, "targets": targets, "split": split,
            "window": {"length": length, "stride": stride},
        },
        "task": {
            "type": "forecast", "horizon": pick(rng, &[1, 24, 192]),
            "loss_steps": if last { "last" } else { "all" },
        },
        "model": model,
        "training": {"epochs": 1, "batch_size": batch},
    });
    if carried {
        let carry = json!({
            "data": {"window": {"stride": length}},
            "training": {"state": "carry", "lanes": batch.min(8), "batch_size": batch.min(8)},
        });
        config = merged(config, &carry);
    }
    if rng.below(2) == 0 {
        config = merged(config, &json!({"data": {"time": "time"}}));
    }
    Case { config, csv: csv(rng, rows, usize::MAX, columns, 10) }
}

/// Tags of words in sequences.
fn tagging(rng: &mut Rng) -> Case {
    let model = merged(model(rng), &json!({"hidden_size": pick(rng, &[16, 48, 96])}));
    let mut word = json!({"column": "word", "type": "text", "embedding": pick(rng, &[8, 64])});
    if rng.below(2) == 0 {
        word = merged(word, &json!({"suffixes": [1, 3], "case": true}));
    }
    if rng.below(2) == 0 {
        word = merged(word, &json!({"characters": {"embedding": 16, "hidden_size": 24}}));
    }
    let rows = pick(rng, &[4_000, 20_000, 60_000]);
    let config = json!({
        "data": {
            "path": "rows.csv", "series": "key", "inputs": [word, "x0"],
            "targets": [{"column": "label", "type": "category"}],
            "window": null, "split": {"valid": 0.1, "test": 0.1, "by": "series"},
        },
        "task": {"type": "tagging"}, "model": model,
        "training": {"epochs": 1, "batch_size": pick(rng, &[8, 32, 100])},
    });
    let length = pick(rng, &[10, 40]);
    let words = pick(rng, &[50, 2_000, 50_000]);
    Case { config, csv: csv(rng, rows, length, 1, words) }
}

/// The size that `--check` names, in bytes.
fn estimate(config: &Path) -> f64 {
    let mut check = program("rnn-train");
    check.arg("--config").arg(config).args(["--check", "--threads", "2"]).env("COLUMNS", "300");
    let text = String::from_utf8(succeed(&mut check).stdout).expect("UTF-8");
    let about = text.split_once("memory  about ").expect("an estimate").1;
    bytes(about)
}

/// `14.9 MiB …`
fn bytes(text: &str) -> f64 {
    let mut words = text.split_whitespace();
    let (number, unit) = (words.next().expect("a number"), words.next().expect("a unit"));
    let power = ["B", "KiB", "MiB", "GiB"].iter().position(|u| *u == unit).expect("a unit");
    number.parse::<f64>().expect("a number") * (1u64 << (10 * power)) as f64
}

/// The most memory a command has had at a time, in bytes.
fn peak(command: &mut Command) -> f64 {
    let mut child = command.stdout(Stdio::null()).spawn().expect("the program starts");
    let status = format!("/proc/{}/status", child.id());
    let mut peak = 0.0;
    loop {
        let text = std::fs::read_to_string(&status).unwrap_or_default();
        let line = text.lines().find(|line| line.starts_with("VmHWM:"));
        if let Some(size) = line.and_then(|line| line.split_whitespace().nth(1)) {
            peak = 1024.0 * size.parse::<f64>().expect("a number");
        }
        if let Some(status) = child.try_wait().expect("a status") {
            assert!(status.success(), "{command:?}: {status}");
            return peak;
        }
        std::thread::sleep(Duration::from_millis(2));
    }
}

/// The estimate of a run, and what it takes.
fn of_a_run(folder: &Path, case: &Case) -> (f64, f64) {
    std::fs::write(folder.join("rows.csv"), &case.csv).expect("a scratch file");
    let config = save_config(folder, &case.config);
    let estimated = estimate(&config);
    let mut train = program("rnn-train");
    train.arg("--config").arg(&config).args(["--quiet", "--threads", "2"]);
    // What threads leave behind differs from run to run: of three the one in the middle, where it matters.
    let mut peaks = vec![peak(&mut train)];
    if off(estimated, peaks[0]).abs() > TOLERANCE {
        peaks.extend([peak(&mut train), peak(&mut train)]);
        peaks.sort_by(f64::total_cmp);
    }
    (estimated, peaks[peaks.len() / 2])
}

fn off(estimated: f64, measured: f64) -> f64 {
    estimated / measured - 1.0
}

/// Tells of both, and whether they are near.
fn are_near(what: &str, (estimated, measured): (f64, f64)) -> bool {
    let mib = |bytes: f64| bytes / (1 << 20) as f64;
    println!(
        "{what}: estimated {:.1} MiB, measured {:.1} MiB, {:+.0} %",
        mib(estimated),
        mib(measured),
        100.0 * off(estimated, measured)
    );
    off(estimated, measured).abs() <= TOLERANCE
}

#[test]
fn the_estimate_is_near_the_peak() {
    let first: u64 = std::env::var("SEED").map_or(1, |seed| seed.parse().expect("a number"));
    let mut far = Vec::new();
    for seed in first..first + CONFIGS {
        let mut rng = Rng(seed);
        let case = if seed % 3 == 0 { tagging(&mut rng) } else { forecast(&mut rng) };
        let folder = tempfile::tempdir().expect("a scratch folder");
        let both = of_a_run(folder.path(), &case);
        if !are_near(&format!("config {seed}"), both) {
            far.push(format!("{seed}: {:+.2}: {}", off(both.0, both.1), case.config));
        }
    }
    assert!(far.is_empty(), "{} of {CONFIGS} are too far off:\n{}", far.len(), far.join("\n"));
}

/// Long windows of several inputs beside a small network, and the last row of very many inputs.
fn with_a_large_ridge() -> [(&'static str, Case); 2] {
    let config = |columns: usize, patch: &Value| {
        let names: Vec<String> = (0..columns).map(|k| format!("x{k}")).collect();
        let base = json!({
            "data": {"path": "rows.csv", "inputs": names, "split": {"valid": 1200, "test": 1200}},
            "model": {"topology": "single", "cell": "rnn", "hidden_size": 8},
            "training": {"epochs": 1, "batch_size": 4},
        });
        merged(base, patch)
    };
    let long = json!({
        "data": {"targets": ["x0", "x1"], "window": {"length": 1000, "stride": 400}},
        "task": {"type": "forecast", "horizon": 96},
    });
    let many = json!({
        "data": {"targets": ["label"], "window": {"length": 10, "stride": 40}},
        "task": {"type": "regression"},
    });
    let csv = |rows, columns| csv(&mut Rng(7), rows, usize::MAX, columns, 10);
    [
        ("long windows", Case { config: config(6, &long), csv: csv(6_000, 6) }),
        ("many inputs", Case { config: config(1_000, &many), csv: csv(3_600, 1_000) }),
    ]
}

#[test]
fn the_ridge_regression_is_part_of_the_estimate() {
    for (what, case) in with_a_large_ridge() {
        let folder = tempfile::tempdir().expect("a scratch folder");
        let both = of_a_run(folder.path(), &case);
        assert!(are_near(what, both), "{what}: {both:?}");
        let run = folder.path().join("runs/config");
        let mut eval = program("rnn-eval");
        eval.arg("--model").arg(&run).args(["--quiet", "--threads", "2"]);
        let measured = peak(&mut eval);
        // An evaluation tells what it needs where it has less.
        let mut told = None;
        for mebibytes in (20..400).step_by(4) {
            let mut eval = limited(&run, mebibytes);
            let output = eval.output().expect("a shell");
            let text = String::from_utf8_lossy(&output.stderr);
            if let Some((_, needed)) = text.split_once("with it about ") {
                assert_eq!(output.status.code(), Some(0), "it is scored all the same: {text}");
                let table = String::from_utf8_lossy(&output.stdout);
                assert!(!table.contains("ridge  "), "{table}");
                told = Some(bytes(needed));
                break;
            }
        }
        let told = told.expect("too little for the ridge regression alone");
        assert!(are_near(&format!("{what}, evaluated"), (told, measured)));
    }
}

/// An evaluation that may have so much memory.
fn limited(run: &Path, mebibytes: u64) -> Command {
    let mut shell = Command::new("sh");
    let limit = format!("ulimit -v {}; exec \"$@\"", mebibytes * 1024);
    shell.args(["-c", &limit, "sh"]).arg(program("rnn-eval").get_program());
    shell.arg("--model").arg(run).args(["--threads", "2"]);
    shell
}
