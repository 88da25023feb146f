//! Whether a command did what its case says, and what every command must do.

use super::case::Expected;
use super::program::Outcome;
use super::scratch::Files;

/// Codes of a refusal: whoever is refused must find all files as they were.
const REFUSALS: [i32; 6] = [2, 65, 66, 69, 71, 75];

/// Panic, abort and a broken memory access, as a shell shows them.
const CRASHES: [i32; 3] = [101, 134, 139];

/// Everything that is wrong, a line each; empty if nothing is.
pub(super) fn judge(
    expected: &Expected,
    outcome: &Outcome,
    before: &Files,
    after: &Files,
) -> String {
    let mut faults = Vec::new();
    if outcome.late {
        faults.push("was still running after a minute".to_owned());
    }
    if outcome.exit != expected.exit {
        let shown = |exit: Option<i32>| exit.map_or("none".to_owned(), |exit| exit.to_string());
        faults.push(format!(
            "exit code {} instead of {}",
            shown(outcome.exit),
            shown(expected.exit)
        ));
    }
    let stdout: Vec<&str> = outcome.stdout.lines().collect();
    let stderr: Vec<&str> = outcome.stderr.lines().collect();
    if !matches(&expected.stderr, &stderr) {
        faults.push(difference("stderr", &expected.stderr, &stderr));
    }
    // A result may go unread; an error must leave standard output empty, or the case says what is there.
    let unread = expected.stdout.is_empty() && expected.exit == Some(0);
    if !unread && !matches(&expected.stdout, &stdout) {
        faults.push(difference("stdout", &expected.stdout, &stdout));
    }
    faults.extend(manners(outcome, &stderr));
    if outcome.exit.is_some_and(|exit| REFUSALS.contains(&exit)) {
        faults.extend(traces(before, after, outcome.target.as_deref()));
    }
    faults.iter().map(|fault| format!("\n    {fault}")).collect()
}

/// What holds for every command, whatever its case says.
fn manners(outcome: &Outcome, stderr: &[&str]) -> Vec<String> {
    let mut faults = Vec::new();
    if outcome.exit.is_none_or(|exit| CRASHES.contains(&exit)) && !outcome.late {
        faults.push("crashed".to_owned());
    }
    if let Some(c) = outcome.stderr.chars().find(|c| c.is_control() && *c != '\n') {
        faults.push(format!("stderr holds the control character {:?}", c));
    }
    if ["panicked", "backtrace", "RUST_BACKTRACE"].iter().any(|word| outcome.stderr.contains(word))
    {
        faults.push("stderr talks of a panic".to_owned());
    }
    let prefix = format!("{}: error: ", outcome.program);
    let errors = stderr.iter().filter(|line| line.contains("error: ")).count();
    let is_last = stderr.last().is_some_and(|line| line.starts_with(&prefix));
    match outcome.exit {
        Some(0) if errors > 0 => faults.push("an error, but exit code 0".to_owned()),
        Some(0) => {}
        _ if !is_last => faults.push(format!("the last line on stderr does not start {prefix:?}")),
        _ if errors > 1 => faults.push("more than one error".to_owned()),
        _ => {}
    }
    faults
}

/// Files that are new, changed or gone although the command was refused.
fn traces(before: &Files, after: &Files, target: Option<&str>) -> Vec<String> {
    let names = before.keys().chain(after.keys().filter(|name| !before.contains_key(*name)));
    names
        .filter(|name| target != Some(&name[..]) && before.get(*name) != after.get(*name))
        .map(|name| format!("was refused, but touched {name}"))
        .collect()
}

/// Whether lines fit patterns; a pattern that is `…` alone stands for any number of lines.
pub(super) fn matches(patterns: &[String], lines: &[&str]) -> bool {
    match (patterns, lines) {
        ([], lines) => lines.is_empty(),
        ([pattern, rest @ ..], lines) if pattern == "…" => {
            (0..=lines.len()).any(|skipped| matches(rest, &lines[skipped..]))
        }
        ([pattern, patterns @ ..], [line, lines @ ..]) => {
            fits(pattern, line) && matches(patterns, lines)
        }
        _ => false,
    }
}

/// Whether a line fits; `…` stands for any text within it.
fn fits(pattern: &str, line: &str) -> bool {
    let Some((start, mut pattern)) = pattern.split_once('…') else {
        return pattern == line.trim_end();
    };
    let Some(mut line) = line.strip_prefix(start) else { return false };
    while let Some((part, rest)) = pattern.split_once('…') {
        let Some(at) = line.find(part) else { return false };
        (pattern, line) = (rest, &line[at + part.len()..]);
    }
    line.ends_with(pattern)
}

/// Both texts, with a mark at lines that fit nowhere in the other.
fn difference(name: &str, expected: &[String], got: &[&str]) -> String {
    let mut text = format!("{name}:");
    for pattern in expected {
        let mark = if got.iter().any(|line| fits(pattern, line)) { ' ' } else { '-' };
        text += &format!("\n      {mark} {pattern}");
    }
    text += "\n      became";
    for line in got {
        let mark = if expected.iter().any(|pattern| fits(pattern, line)) { ' ' } else { '+' };
        text += &format!("\n      {mark} {line}");
    }
    text
}
