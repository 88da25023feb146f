//! The text of a case file, in and out.

use super::judge;
use super::program;
use super::scratch::{Fixtures, Scratch};

/// A case file.
pub(crate) struct Case {
    items: Vec<(Item, String)>, // with the lines they were read from
    update: bool,
}

enum Item {
    /// A comment or a blank line.
    Words,
    /// A file to write first.
    File { name: String, bytes: Vec<u8> },
    /// A step of the runner itself.
    Step(String),
    /// A program to run.
    Run(Expected),
}

/// A command line and what must come of it; `…` in a line stands for anything.
pub(super) struct Expected {
    pub(super) line: String,
    pub(super) exit: Option<i32>,
    pub(super) stderr: Vec<String>,
    pub(super) stdout: Vec<String>,
}

impl Case {
    /// Reads a case; one without a comment, a command or an expectation is refused.
    pub(crate) fn parse(text: &str, update: bool) -> Result<Self, String> {
        let mut items: Vec<(Item, String)> = Vec::new();
        let mut lines = text.lines().enumerate();
        while let Some((number, line)) = lines.next() {
            let mut raw = format!("{line}\n");
            if let Some(head) = line.strip_prefix("== ") {
                let mut content = String::new();
                loop {
                    let end = || format!("line {}: the file has no end (==)", number + 1);
                    let (_, line) = lines.next().ok_or_else(end)?;
                    raw += &format!("{line}\n");
                    if line == "==" {
                        break;
                    }
                    content += &format!("{line}\n");
                }
                let (name, bytes) = match head.strip_suffix(" escaped") {
                    Some(name) => (name, unescape(&content)?),
                    None => (head, content.into_bytes()),
                };
                items.push((Item::File { name: name.to_owned(), bytes }, raw));
            } else if let Some(step) = line.strip_prefix("@ ") {
                items.push((Item::Step(step.to_owned()), raw));
            } else if let Some(command) = line.strip_prefix("$ ") {
                items.push((Item::Run(Expected::new(command)), raw));
            } else if line.is_empty() || line.starts_with('#') {
                items.push((Item::Words, raw));
            } else {
                let expected = match items.last_mut() {
                    Some((Item::Run(expected), _)) => expected.take(line),
                    _ => None,
                };
                expected.ok_or_else(|| format!("line {}: what is {line:?}?", number + 1))?;
            }
        }
        let case = Self { items, update };
        if !text.starts_with("# ") {
            return Err("the first line must say what the case shows (# …)".to_owned());
        }
        if case.commands() == 0 {
            return Err("there is no command".to_owned());
        }
        let mut runs = case.items.iter().filter_map(|(item, _)| item.run());
        match runs.find(|run| run.exit.is_none() && !update) {
            Some(run) => Err(format!("nothing is expected of: {}", run.line)),
            None => Ok(case),
        }
    }

    /// How many programs it runs.
    pub(crate) fn commands(&self) -> usize {
        self.items.iter().filter(|(item, _)| item.run().is_some()).count()
    }

    /// Runs it in a new folder. Returns what was not as expected; with `update` the expectations are new then.
    pub(crate) fn run(&mut self, fixtures: &Fixtures) -> Result<String, String> {
        let mut scratch = Scratch::new(fixtures)?;
        let mut report = String::new();
        for (item, _) in &mut self.items {
            match item {
                Item::Words => {}
                Item::Step(step) if step == "unix" => {
                    if cfg!(not(unix)) {
                        return Ok(String::new());
                    }
                }
                Item::File { name, bytes } => scratch.write(name, bytes)?,
                Item::Step(step) => {
                    if let Err(fault) = scratch.step(step) {
                        report += &format!("\n  @ {step}\n    {fault}");
                    }
                }
                Item::Run(expected) => {
                    let before = scratch.files();
                    let outcome = program::run(&mut scratch, &expected.line)?;
                    let faults = judge::judge(expected, &outcome, &before, &scratch.files());
                    if !faults.is_empty() {
                        report += &format!("\n  $ {}{faults}", expected.line);
                        if self.update {
                            expected.become_of(&outcome);
                        }
                    }
                }
            }
        }
        Ok(report)
    }

    /// The file's text with the expectations as they are now.
    pub(crate) fn render(&self) -> String {
        self.items
            .iter()
            .map(|(item, raw)| item.run().map_or(raw.clone(), Expected::render))
            .collect()
    }
}

impl Item {
    fn run(&self) -> Option<&Expected> {
        match self {
            Item::Run(expected) => Some(expected),
            _ => None,
        }
    }
}

impl Expected {
    fn new(line: &str) -> Self {
        Self { line: line.to_owned(), exit: None, stderr: Vec::new(), stdout: Vec::new() }
    }

    /// Takes a line below the command.
    fn take(&mut self, line: &str) -> Option<()> {
        let (mark, rest) = (line.get(..1)?, line.get(1..)?);
        let rest = rest.strip_prefix(' ').unwrap_or(rest);
        match mark {
            "!" => self.stderr.push(rest.to_owned()),
            ">" => self.stdout.push(rest.to_owned()),
            _ => self.exit = Some(line.strip_prefix("exit ")?.parse().ok()?),
        }
        Some(())
    }

    fn become_of(&mut self, outcome: &program::Outcome) {
        let shows_output = !self.stdout.is_empty() || outcome.exit != Some(0);
        self.exit = outcome.exit;
        renew(&mut self.stderr, &outcome.stderr);
        if shows_output {
            renew(&mut self.stdout, &outcome.stdout);
        }
    }

    fn render(&self) -> String {
        let mut text = format!("$ {}\n", self.line);
        text += &self.exit.map_or(String::new(), |exit| format!("exit {exit}\n"));
        for (mark, lines) in [("!", &self.stderr), (">", &self.stdout)] {
            for line in lines {
                text += format!("{mark} {line}").trim_end();
                text.push('\n');
            }
        }
        text
    }
}

/// Patterns that fit the text stay, wildcards and all.
fn renew(patterns: &mut Vec<String>, text: &str) {
    let lines: Vec<&str> = text.lines().collect();
    if !judge::matches(patterns, &lines) {
        *patterns = lines.into_iter().map(str::to_owned).collect();
    }
}

/// `\r`, `\n`, `\t`, `\\`, `\xNN`; a backslash before a line end takes the line end away.
pub(super) fn unescape(text: &str) -> Result<Vec<u8>, String> {
    let mut bytes = Vec::new();
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        if byte != b'\\' {
            bytes.push(byte);
            continue;
        }
        match rest.next() {
            Some(b'\n') => {}
            Some(b'r') => bytes.push(b'\r'),
            Some(b'n') => bytes.push(b'\n'),
            Some(b't') => bytes.push(b'\t'),
            Some(b'\\') => bytes.push(b'\\'),
            Some(b'x') => {
                let digits: String = rest.by_ref().take(2).map(char::from).collect();
                bytes.push(
                    u8::from_str_radix(&digits, 16).map_err(|e| format!("\\x{digits}: {e}"))?,
                );
            }
            other => return Err(format!("unknown escape \\{}", char::from(other.unwrap_or(b' ')))),
        }
    }
    Ok(bytes)
}
