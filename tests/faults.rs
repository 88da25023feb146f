//! What may happen to the programs from outside: signals in every phase, closed streams, limits, folders that cannot
//! be written. Nothing here passes or fails on time, but for a limit no machine comes near.
#![cfg(unix)]

mod common;
mod support;

use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use support::job::{merged, program, save_config, succeed};
use support::place::Bytes;
use support::plans;
use support::rows::Rows;

/// So long nothing here takes by far.
const LIMIT: Duration = Duration::from_secs(60);

struct Place {
    folder: tempfile::TempDir,
    config: PathBuf,
}

impl Place {
    /// A config of many short epochs.
    fn new(patch: &Value) -> Self {
        let folder = tempfile::tempdir().expect("a scratch folder");
        Rows::new(5, &[("A", 300)]).save(&folder.path().join("rows.csv"));
        let config = json!({
            "data": {"inputs": ["a", "y"], "targets": ["y"], "window": {"length": 4}},
            "task": {"type": "forecast"}, "model": {"topology": "single", "cell": "gru"},
            "training": {"epochs": 60},
        });
        let config = merged(merged(plans::base(), &config), patch);
        let config = save_config(folder.path(), &config);
        Self { folder, config }
    }

    fn run(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn train(&self, out: &Path) -> Command {
        let mut command = program("rnn-train");
        command.arg("--config").arg(&self.config).arg("--out").arg(out).args(["--threads", "1"]);
        command.stdout(Stdio::null());
        command
    }

    fn whole(&self) -> Bytes {
        succeed(&mut self.train(&self.run("whole")));
        Bytes::of(&self.run("whole"))
    }
}

/// Ends with the test, whatever happens.
struct Running(Child);

impl Running {
    fn start(command: &mut Command) -> Self {
        Self(command.spawn().expect("the program starts"))
    }

    fn signal(&self, name: &str) {
        let pid = self.0.id().to_string();
        let mut kill = Command::new("kill");
        let _ = kill.args([&format!("-{name}"), &pid]).stderr(Stdio::null()).status();
    }

    fn ended(&mut self) -> ExitStatus {
        let start = Instant::now();
        loop {
            if let Some(status) = self.0.try_wait().expect("a status") {
                return status;
            }
            assert!(start.elapsed() < LIMIT, "the program does not end");
            std::thread::sleep(Duration::from_millis(2));
        }
    }

    fn is_running(&mut self) -> bool {
        self.0.try_wait().expect("a status").is_none()
    }

    /// Waits until a file is there, or the program has ended.
    fn until(&mut self, file: &Path) {
        let start = Instant::now();
        while !file.exists() && self.is_running() {
            assert!(start.elapsed() < LIMIT, "{} does not come", file.display());
            std::thread::sleep(Duration::from_millis(1));
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn resume(run: &Path) -> Command {
    let mut command = program("rnn-train");
    command.args(["--resume", "--quiet", "--out"]).arg(run);
    command
}

#[test]
fn loading_stops_at_a_signal() {
    let place = Place::new(&json!({"data": {"path": "pipe"}}));
    let pipe = place.run("pipe");
    succeed(Command::new("mkfifo").arg(&pipe));
    for (signal, code) in [("TERM", 143), ("INT", 130)] {
        let run = place.run("run");
        let mut train = Running::start(place.train(&run).stderr(Stdio::piped()));
        // Opens once the program opens its end: then it is loading.
        let writer = std::fs::OpenOptions::new().write(true).open(&pipe).expect("the other end");
        train.signal(signal);
        assert_eq!(train.ended().code(), Some(code));
        assert!(!run.exists(), "nothing was begun");
        drop(writer);
    }
}

#[test]
fn predicting_and_evaluating_stop_while_they_wait_for_rows() {
    let place = Place::new(&json!({"training": {"epochs": 1}}));
    let run = place.run("run");
    succeed(&mut place.train(&run));
    // More than a pipe holds: once all of it is taken, the program is reading.
    let csv = Rows::new(6, &[("A", 300), ("B", 3000)]).csv().into_bytes();
    for (signal, code) in [("TERM", 143), ("INT", 130)] {
        for (name, more) in [("rnn-predict", &[][..]), ("rnn-eval", &["--data", "-"])] {
            let mut command = program(name);
            command.arg("--model").arg(&run).args(more);
            command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
            let mut waiting = Running::start(&mut command);
            let mut stdin = waiting.0.stdin.take().expect("a pipe");
            stdin.write_all(&csv).expect("taken");
            if name == "rnn-predict" {
                // All rows are answered: now it waits for more.
                let answers = BufReader::new(waiting.0.stdout.as_mut().expect("a pipe"));
                let lines = csv.iter().filter(|byte| **byte == b'\n').count();
                assert_eq!(answers.lines().take(lines).count(), lines);
            }
            waiting.signal(signal);
            let status = waiting.ended();
            assert_eq!(status.code(), Some(code), "{name} at {signal}: {status}");
        }
    }
}

/// Nothing is written by a backtest, so nothing has to be saved: it ends at once, while it reads and amid a fold.
#[test]
fn a_backtest_stops_at_a_signal() {
    let place = Place::new(&json!({"training": {"epochs": 1}}));
    let run = place.run("run");
    succeed(&mut place.train(&run));
    let backtest = |data: &str| {
        let config = std::fs::read_to_string(run.join("config.json")).expect("the config");
        let mut config: Value = serde_json::from_str(&config).expect("JSON");
        config["data"]["path"] = json!(place.run(data));
        // Each fold would take hours.
        config["training"]["epochs"] = json!(1_000_000);
        std::fs::write(run.join("config.json"), config.to_string()).expect("a config");
        let mut command = program("rnn-eval");
        command.arg("--model").arg(&run).args(["--backtest", "2", "--threads", "2"]);
        Running::start(command.stdout(Stdio::null()).stderr(Stdio::null()))
    };
    let pipe = place.run("pipe");
    succeed(Command::new("mkfifo").arg(&pipe));
    for (signal, code) in [("TERM", 143), ("INT", 130)] {
        let mut reading = backtest("pipe");
        let writer = std::fs::OpenOptions::new().write(true).open(&pipe).expect("the other end");
        reading.signal(signal);
        assert_eq!(reading.ended().code(), Some(code), "while it reads");
        drop(writer);
        let mut training = backtest("rows.csv");
        std::thread::sleep(Duration::from_millis(500));
        assert!(training.is_running());
        training.signal(signal);
        assert_eq!(training.ended().code(), Some(code), "amid a fold");
    }
}

#[test]
fn a_second_signal_stops_at_once() {
    // Standard error is a pipe that nobody empties: once it is full, training hangs in the middle of an epoch's line.
    let place =
        Place::new(&json!({"training": {"epochs": 100_000}, "data": {"split": {"valid": 0.1}}}));
    let run = place.run("run");
    let mut train = Running::start(place.train(&run).stderr(Stdio::piped()));
    train.until(&run.join("metrics.jsonl"));
    let mut size = 0;
    loop {
        std::thread::sleep(Duration::from_millis(300));
        let now = std::fs::metadata(run.join("log.jsonl")).map_or(0, |log| log.len());
        if now == size && now > 0 {
            break;
        }
        size = now;
    }
    train.signal("TERM");
    let start = Instant::now();
    while train.is_running() && start.elapsed() < LIMIT {
        std::thread::sleep(Duration::from_millis(20));
        train.signal("TERM");
    }
    assert_eq!(train.ended().code(), Some(143));
    drop(train);
    let mut more = resume(&run);
    let mut more = Running::start(more.stderr(Stdio::null()));
    std::thread::sleep(Duration::from_millis(200));
    assert!(more.is_running(), "what was saved last goes on");
}

#[test]
fn hang_ups_and_pauses_do_no_harm() {
    let place = Place::new(&json!({}));
    let whole = place.whole();
    let run = place.run("run");
    let mut train = Running::start(place.train(&run).stderr(Stdio::null()));
    train.until(&run.join("config.json"));
    let mut sent = 0;
    while train.is_running() {
        train.signal("HUP");
        train.signal("STOP");
        train.signal("CONT");
        sent += 1;
    }
    assert!(sent > 0);
    assert!(train.ended().success());
    whole.assert_same(&Bytes::of(&run), "hung up and paused");
}

#[test]
fn closed_streams_do_no_harm() {
    let place = Place::new(&json!({}));
    let whole = place.whole();
    // Standard error closed from the start; a pipe whose reader has left; a full device.
    for (number, redirect) in
        ["2>&-", "2>&1 >/dev/null | head -n 1", "2>/dev/full"].iter().enumerate()
    {
        let run = place.run(&number.to_string());
        let script = format!("\"$@\" {redirect}");
        let program = place.train(&run);
        let mut shell = Command::new("sh");
        shell.args(["-c", &script, "sh"]).arg(program.get_program()).args(program.get_args());
        succeed(&mut shell);
        // `head` may leave before the end of training.
        let start = Instant::now();
        while !resume(&run).output().is_ok_and(|output| output.status.success()) {
            assert!(start.elapsed() < LIMIT, "{redirect}: the run does not end");
            std::thread::sleep(Duration::from_millis(50));
        }
        whole.assert_same(&Bytes::of(&run), redirect);
    }
}

#[test]
fn a_limit_of_file_sizes_is_a_failed_write() {
    let place = Place::new(&json!({"model": {"hidden_size": 64}}));
    let run = place.run("run");
    let program = place.train(&run);
    let mut shell = Command::new("sh");
    // Two blocks: enough for the config, not for a checkpoint.
    shell.args(["-c", "ulimit -f 16; exec \"$@\"", "sh"]);
    shell.arg(program.get_program()).args(program.get_args());
    let output = shell.output().expect("a shell");
    let text = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(74), "{text}");
    assert!(text.contains("bytes needed") && text.contains(" free)"), "{text}");
    let names: Vec<_> = std::fs::read_dir(&run).expect("the folder").flatten().collect();
    let is_temp = |name: &str| name.starts_with(".rnn-tmp-");
    assert!(!names.iter().any(|n| is_temp(&n.file_name().to_string_lossy())), "{names:?}");
}

/// A folder in which nothing can be made, even by root, is found out before the data are read.
#[cfg(target_os = "linux")]
#[test]
fn a_folder_that_cannot_be_written_is_found_first() {
    let place = Place::new(&json!({"data": {"path": "not-there.csv"}}));
    for out in ["/proc/rnn/run", "/proc/self/task/run"] {
        let output = place.train(Path::new(out)).output().expect("the program");
        let text = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(74), "{text}");
        assert!(text.contains("/proc"), "{text}");
    }
    let output = place.train(&place.run("fine")).output().expect("the program");
    assert_eq!(output.status.code(), Some(66), "the data come next");
    assert!(!place.run("fine").exists());
}

#[test]
fn planted_links_and_foreign_files_are_left_alone() {
    let place = Place::new(&json!({"training": {"epochs": 3}}));
    let whole = place.whole();
    let (run, victim) = (place.run("run"), place.run("victim"));
    std::fs::create_dir(&run).expect("a folder");
    std::fs::write(&victim, "precious").expect("a file");
    for name in ["notes.txt", ".rnn-tmp-x", "data.csv", "checkpoint.old.safetensors"] {
        std::fs::write(run.join(name), "mine").expect("a file");
    }
    std::os::unix::fs::symlink(&victim, run.join(".rnn-tmp-1-0")).expect("a link");
    std::os::unix::fs::symlink(&victim, run.join("nan_report.json")).expect("a link");
    std::fs::write(run.join(".rnn-tmp-4194304000-3"), "left by a process that is gone")
        .expect("a file");
    succeed(&mut place.train(&run));
    whole.assert_same(&Bytes::of(&run), "beside foreign files");
    assert_eq!(std::fs::read_to_string(&victim).expect("the victim"), "precious");
    for name in ["notes.txt", ".rnn-tmp-x", "data.csv", "checkpoint.old.safetensors"] {
        assert_eq!(std::fs::read_to_string(run.join(name)).expect("still there"), "mine");
    }
    assert!(run.join("nan_report.json").is_symlink());
    if cfg!(target_os = "linux") {
        assert!(!run.join(".rnn-tmp-4194304000-3").exists(), "a leftover goes");
    }
}

#[test]
fn two_trainers_do_not_share_a_folder() {
    let place = Place::new(&json!({"training": {"epochs": 2000}}));
    let run = place.run("run");
    let mut first = Running::start(place.train(&run).stderr(Stdio::null()));
    first.until(&run.join("metrics.jsonl"));
    let second = resume(&run).output().expect("the program");
    let text = String::from_utf8_lossy(&second.stderr);
    assert_eq!(second.status.code(), Some(75), "{text}");
    assert!(text.contains(&format!("in use by process {}", first.0.id())), "{text}");
    first.signal("KILL");
    first.ended();
    let mut third = Running::start(resume(&run).stderr(Stdio::piped()));
    std::thread::sleep(Duration::from_millis(100));
    third.signal("TERM");
    assert_eq!(third.ended().code(), Some(143), "the lock has gone with its holder");
}

/// A run that takes some memory, under a limit that the shell sets.
#[cfg(target_os = "linux")]
fn limited(place: &Place, out: &str, limit: &str) -> (Option<i32>, String) {
    let program = place.train(&place.run(out));
    let mut shell = Command::new("sh");
    shell.args(["-c", &format!("ulimit {limit}; exec \"$@\""), "sh"]);
    shell.arg(program.get_program()).args(program.get_args()).arg("--quiet");
    let output = shell.output().expect("a shell");
    (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned())
}

#[cfg(target_os = "linux")]
fn place_of_a_large_run() -> Place {
    let place = Place::new(&json!({
        "data": {"inputs": ["a", "b", "y"], "window": {"length": 100, "stride": 40}, "split": {"valid": 20, "test": 20}},
        "model": {"cell": "lstm", "hidden_size": 200}, "training": {"epochs": 1, "batch_size": 64},
    }));
    Rows::new(5, &[("A", 3000)]).save(&place.folder.path().join("rows.csv"));
    place
}

/// Whatever a process may have of memory: it does its work, or says that it cannot, but it is never killed or aborts.
#[cfg(target_os = "linux")]
#[test]
fn a_limit_of_memory_is_kept_or_told() {
    let place = place_of_a_large_run();
    let (mut done, mut refused, mut ended) = (0, 0, 0);
    for mebibytes in (24..100).step_by(4).chain((100..500).step_by(25)) {
        let limit = format!("-v {}", mebibytes * 1024);
        let (code, text) = limited(&place, &mebibytes.to_string(), &limit);
        let last = text.lines().last().unwrap_or_default();
        match code {
            Some(0) => done += 1,
            Some(71) if last.contains(" is available; ") => refused += 1,
            Some(71) => {
                let told = last.contains("memory allocation of ") || last.contains("started");
                assert!(told, "{text}");
                ended += 1;
            }
            code => panic!("{mebibytes} MiB: {code:?}: {text}"),
        }
    }
    println!("{done} runs done, {refused} refused, {ended} ended");
    assert!(done > 0 && refused > 10 && ended * 3 < refused, "{done} {refused} {ended}");
}

/// Of this limit the estimate knows nothing, as of memory that others take meanwhile.
#[cfg(target_os = "linux")]
#[test]
fn memory_that_is_not_given_is_no_crash() {
    let place = place_of_a_large_run();
    let mut ended = 0;
    for mebibytes in [10, 15, 20, 25, 30, 40, 400] {
        let limit = format!("-d {}", mebibytes * 1024);
        let (code, text) = limited(&place, &mebibytes.to_string(), &limit);
        assert!(matches!(code, Some(0 | 71)), "{mebibytes} MiB: {code:?}: {text}");
        ended += u32::from(text.contains("memory allocation of "));
    }
    assert!(ended > 1, "{ended}");
}
