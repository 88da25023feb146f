//! What a terminal is shown: colour where it is wanted, tables that fit, no bar left behind. The terminal is one of
//! `script` (util-linux); where that is missing the test says so and passes.

#![cfg(target_os = "linux")]

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Variables of the terminal's user that would change what is shown.
const VARIABLES: [&str; 5] = ["NO_COLOR", "CLICOLOR", "CLICOLOR_FORCE", "COLUMNS", "WT_SESSION"];

/// A scratch folder with the files of the CLI cases.
fn scratch() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a scratch folder");
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cmd/fixtures");
    for entry in std::fs::read_dir(fixtures).expect("fixtures").flatten() {
        std::fs::copy(entry.path(), folder.path().join(entry.file_name())).expect("a copy");
    }
    folder
}

/// What a command shows on a terminal of so many columns; none without `script`.
fn shown(
    folder: &Path,
    columns: usize,
    variables: &[(&str, &str)],
    command: &str,
) -> Option<String> {
    let programs = PathBuf::from(env!("CARGO_BIN_EXE_rnn-train"));
    let programs = programs.parent().expect("a folder").display();
    let inside = format!("stty rows 40 cols {columns}; PATH={programs}:$PATH; {command}");
    let mut script = Command::new("script");
    script.args(["-q", "-e", "-c", &inside, "/dev/null"]).current_dir(folder);
    for name in VARIABLES {
        script.env_remove(name);
    }
    script.env("TERM", "xterm-256color").env("SHELL", "/bin/sh").envs(variables.iter().copied());
    match script.stdin(Stdio::null()).output() {
        Ok(output) => Some(String::from_utf8(output.stdout).expect("UTF-8")),
        Err(_) => {
            eprintln!("skipped: `script` of util-linux is not installed");
            None
        }
    }
}

/// The lines that stay when all is drawn: what was written over or wiped is gone.
fn left(text: &str) -> Vec<String> {
    text.lines()
        .map(|line| {
            let line = line.trim_end_matches('\r');
            let kept = line.rsplit(['\r']).next().unwrap_or_default();
            kept.rsplit("\x1b[2K").next().unwrap_or_default().to_owned()
        })
        .collect()
}

#[test]
fn colour_is_off_where_the_user_or_the_terminal_says_so() {
    let folder = scratch();
    let show = |variables: &[(&str, &str)]| {
        let command =
            "rnn-train --config none.json; rnn-train -h; rnn-train --config forecast.json --out";
        let command = format!("{command} run{}; rm -r run*", variables.len());
        shown(folder.path(), 80, variables, &command)
    };
    let Some(coloured) = show(&[]) else { return };
    assert!(coloured.contains("rnn-train: \x1b[1;31merror:\x1b[0m none.json"), "{coloured}");
    assert!(coloured.contains("\x1b[1mInput:\x1b[0m"), "{coloured}");
    assert!(coloured.contains("\x1b[32m best\x1b[0m"), "{coloured}");
    for variable in [("NO_COLOR", "1"), ("NO_COLOR", "0"), ("CLICOLOR", "0"), ("TERM", "dumb")] {
        let plain = show(&[variable]).expect("it was there before");
        assert!(plain.contains("rnn-train: error: none.json"), "{variable:?}: {plain}");
        assert!(plain.contains("best epoch 1"), "{variable:?}: {plain}");
        // Colours are `m`; a bar, which needs no colour, is drawn without.
        let coloured = plain.split('\x1b').skip(1).any(|code| {
            code.find(|c: char| c.is_ascii_alphabetic())
                .is_some_and(|at| code[at..].starts_with('m'))
        });
        assert!(!coloured, "{variable:?}: {plain:?}");
        if variable.0 == "TERM" {
            assert!(!plain.contains('\x1b'), "no bar on a dumb terminal: {plain:?}");
        }
    }
    let empty = show(&[("NO_COLOR", "")]).expect("it was there before");
    assert!(empty.contains("\x1b[1;31merror:"), "an empty NO_COLOR says nothing: {empty}");
}

#[test]
fn what_stays_fits_and_the_bar_does_not_stay() {
    let folder = scratch();
    for columns in [40, 60, 80, 120] {
        let command =
            format!("rnn-train --config forecast.json --out run{columns} --set training.epochs=3");
        let Some(text) = shown(folder.path(), columns, &[("NO_COLOR", "1")], &command) else {
            return;
        };
        assert!(text.contains("epoch 1/3"), "a bar was drawn: {text:?}");
        let lines = left(&text);
        for line in &lines {
            assert!(!line.contains("epoch 1/3"), "{columns}: {line:?} of {text:?}");
            assert!(line.chars().count() <= columns, "{columns}: {line:?}");
        }
        for part in ["valid loss", "best epoch 3", "change", "What to try next"] {
            assert!(
                lines.iter().any(|line| line.contains(part)),
                "{columns}: {part} in {lines:#?}"
            );
        }
    }
}
