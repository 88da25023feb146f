//! The three programs as a user meets them: every case file in `tests/cmd/cases` is run through the real
//! programs, in a scratch folder of its own. `tests/cmd/README.md` says how to write one.
//!
//! `CASE=word` runs the cases whose path holds the word; `UPDATE=1` rewrites expectations that failed.

#[path = "cmd/runner/mod.rs"]
mod runner;

use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use runner::Case;

/// Cases run side by side: most of their time is spent in starting programs.
const WORKERS: usize = 4;

#[test]
fn every_case_ends_as_its_file_says() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cmd");
    let wanted = std::env::var("CASE").unwrap_or_default();
    let mut paths = Vec::new();
    collect(&root.join("cases"), &mut paths);
    paths.retain(|path| path.to_string_lossy().contains(&wanted));
    paths.sort();
    assert!(!paths.is_empty(), "no case file holds {wanted:?} in its path");

    let update = std::env::var("UPDATE").is_ok_and(|value| value == "1");
    let fixtures = runner::Fixtures::new(&root.join("fixtures"));
    let (next, commands) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let failures = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..WORKERS {
            scope.spawn(|| {
                while let Some(path) = paths.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let name = path.strip_prefix(&root).unwrap_or(path).display().to_string();
                    match run(path, &fixtures, update) {
                        Ok(count) => drop(commands.fetch_add(count, Ordering::Relaxed)),
                        Err(report) => failures.lock().unwrap().push(format!("{name}:{report}")),
                    }
                }
            });
        }
    });

    let mut failures = failures.into_inner().unwrap();
    failures.sort();
    println!("{} case files, {} commands as expected", paths.len(), commands.into_inner());
    assert!(
        failures.is_empty(),
        "{}\n{} of {} case files failed; UPDATE=1 writes what the programs did into them",
        failures.join("\n"),
        failures.len(),
        paths.len()
    );
}

/// Runs one file; returns how many commands it has, or what went wrong.
fn run(path: &Path, fixtures: &runner::Fixtures, update: bool) -> Result<usize, String> {
    let text = std::fs::read_to_string(path).map_err(|error| format!(" {error}"))?;
    let mut case = Case::parse(&text, update).map_err(|error| format!(" {error}"))?;
    let report = case.run(fixtures)?;
    if report.is_empty() {
        return Ok(case.commands());
    }
    if update {
        std::fs::write(path, case.render()).map_err(|error| format!(" {error}"))?;
    }
    Err(report)
}

fn collect(folder: &Path, paths: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).expect("the folder of the cases").flatten() {
        let path = entry.path();
        if path.is_dir() {
            collect(&path, paths);
        } else if path.extension().is_some_and(|extension| extension == "case") {
            paths.push(path);
        }
    }
}
