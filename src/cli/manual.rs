//! What a program says of itself: help, manual page, completions. All come from the same flags.

use std::io::Write;
use std::path::Path;

use clap::builder::styling::{Style, Styles};
use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{ArgMatches, ColorChoice, Command};
use clap_complete::Shell;
use clap_mangen::Man;
use clap_mangen::roff::{Roff, bold, roman};

use crate::terminal::Screen;

/// Headings of the flags.
pub(super) const INPUT: &str = "Input";
pub(super) const OUTPUT: &str = "Output";
pub(super) const RUN: &str = "Run";
pub(super) const INSTEAD: &str = "Instead of training";
pub(super) const TESTS: &str = "Instead of one evaluation";
pub(super) const OTHER: &str = "Other";

/// What the flags do not say.
#[derive(Clone, Copy, Debug)]
pub struct Manual {
    /// The program's name.
    pub program: &'static str,
    /// The ways to call it.
    pub usage: &'static str,
    /// What it is for, and the command.
    pub examples: [(&'static str, &'static str); 2],
    /// The flag without which there is nothing to do, and what to say then.
    pub needs: (&'static str, &'static str),
}

/// A header as clap sets its own.
const HEADER: Style = Style::new().bold();

/// Help is no wider than this: long lines are hard to read.
const WIDEST: usize = 100;

/// Exit codes of all programs.
const EXIT_CODES: [(&str, &str); 12] = [
    ("0", "done"),
    ("1", "a test of rnn-eval --certify failed"),
    ("2", "bad command line or config"),
    ("65", "bad data"),
    ("66", "input missing or unreadable"),
    ("69", "model or checkpoint unusable"),
    ("70", "a bug of ours"),
    ("71", "too big for memory"),
    ("74", "a write failed"),
    ("75", "run folder in use"),
    ("76", "training diverged"),
    ("130, 143", "stopped by SIGINT or SIGTERM, after saving"),
];

impl Manual {
    /// The program's command line, for help on this terminal.
    pub(super) fn command(&self, flags: Command) -> Command {
        let screen = Screen::stdout();
        let colour = if screen.colour { ColorChoice::Always } else { ColorChoice::Never };
        let examples = self.examples.map(|(what, command)| format!("  # {what}\n  {command}"));
        let examples = format!("{HEADER}Examples:{HEADER:#}\n{}", examples.join("\n"));
        let codes = EXIT_CODES.map(|(code, meaning)| format!("  {code:>8}  {meaning}"));
        let codes = format!("{HEADER}Exit codes:{HEADER:#}\n{}", codes.join("\n"));
        flags
            .color(colour)
            .styles(Styles::styled().header(HEADER).usage(HEADER))
            .term_width(screen.columns().min(WIDEST))
            .override_usage(self.usage)
            .after_help(format!("{examples}\n\n{} --help tells more.", self.program))
            .after_long_help(format!("{examples}\n\n{codes}"))
    }

    /// The text that `--completions` or `--man` ask for.
    pub(super) fn asked_for(&self, flags: Command, matches: &ArgMatches) -> Option<Vec<u8>> {
        if let Some(&shell) = matches.get_one::<Shell>("completions") {
            return Some(self.completions(flags, shell));
        }
        matches.get_flag("man").then(|| self.page(flags))
    }

    fn completions(&self, mut flags: Command, shell: Shell) -> Vec<u8> {
        let mut script = Vec::new();
        clap_complete::generate(shell, &mut flags, self.program, &mut script);
        script
    }

    fn page(&self, flags: Command) -> Vec<u8> {
        let flags = flags.override_usage(self.usage);
        let man = Man::new(flags).manual("User Commands").date("");
        let mut page = Vec::new();
        let mut roff = Roff::default();
        roff.control("SH", ["EXIT STATUS"]);
        for (code, meaning) in EXIT_CODES {
            roff.control("TP", ["10"]).text([bold(code)]).text([roman(meaning)]);
        }
        roff.control("SH", ["EXAMPLES"]);
        for (what, command) in self.examples {
            roff.control("TP", []).text([roman(what)]).text([bold(command)]);
        }
        roff.control("SH", ["SEE ALSO"]);
        let others = ["rnn-train", "rnn-eval", "rnn-predict"].into_iter();
        let others: Vec<&str> = others.filter(|name| *name != self.program).collect();
        roff.text([bold(others[0]), roman("(1), "), bold(others[1]), roman("(1)")]);
        // Writing into memory does not fail.
        let _ = man.render_title(&mut page);
        let _ = man.render_name_section(&mut page);
        let _ = man.render_synopsis_section(&mut page);
        let _ = man.render_description_section(&mut page);
        let _ = man.render_options_section(&mut page);
        let _ = page.write_all(roff.render().as_bytes());
        page
    }

    /// One line on what is wrong with a command line.
    pub(super) fn usage_error(&self, error: &clap::Error) -> String {
        let (flag, needs) = self.needs;
        let see = format!("(see {} --help)", self.program);
        if error.kind() == ErrorKind::MissingRequiredArgument && names(error, flag) {
            return format!("{needs} {see}");
        }
        let text = error.render().to_string();
        let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
        let end =
            |line: &&str| line.starts_with("Usage:") || line.starts_with("For more information");
        let parts: Vec<&str> = lines
            .take_while(|line| !end(line))
            .map(|line| line.trim_start_matches("error: ").trim_start_matches("tip: "))
            .collect();
        let mut message = parts.join("; ").replace(":; ", ": ");
        if let Some(ContextValue::String(argument)) = error.get(ContextKind::InvalidArg) {
            message += &self.meant(error.kind(), argument);
        }
        format!("{message} {see}")
    }

    /// What an argument that is not known was probably meant for.
    fn meant(&self, kind: ErrorKind, argument: &str) -> String {
        if kind != ErrorKind::UnknownArgument {
            return String::new();
        }
        let is_table = [".csv", ".tsv", ".txt"].iter().any(|ending| argument.ends_with(ending));
        match (self.program, argument.starts_with('-')) {
            ("rnn-train", true) => {
                "; a key of the config is set by --set, as in --set training.epochs=3".into()
            }
            (_, true) => String::new(),
            ("rnn-train", _) if is_table => format!("; did you mean --init {argument}?"),
            ("rnn-train", _) if Path::new(argument).is_dir() => {
                format!("; did you mean --out {argument}?")
            }
            ("rnn-train", _) => format!("; did you mean --config {argument}?"),
            ("rnn-predict", _) if is_table => {
                format!("; rows come from standard input: < {argument}")
            }
            (_, _) if is_table => format!("; did you mean --data {argument}?"),
            (_, _) => format!("; did you mean --model {argument}?"),
        }
    }
}

/// Whether an error is about a flag.
fn names(error: &clap::Error, flag: &str) -> bool {
    match error.get(ContextKind::InvalidArg) {
        Some(ContextValue::String(arg)) => arg.contains(flag),
        Some(ContextValue::Strings(args)) => args.iter().any(|arg| arg.contains(flag)),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use clap::{CommandFactory, ValueEnum};

    use super::*;
    use crate::cli::{eval, predict, train};

    fn programs() -> [(Manual, Command); 3] {
        [
            (train::MANUAL, train::Arguments::command()),
            (eval::MANUAL, eval::Arguments::command()),
            (predict::MANUAL, predict::Arguments::command()),
        ]
    }

    /// Every flag of a program, without its dashes.
    fn flags(command: &Command) -> Vec<String> {
        let flags = command.get_arguments().filter_map(|arg| arg.get_long()).map(str::to_owned);
        let flags: Vec<String> = flags.collect();
        assert!(flags.len() > 8 && flags.contains(&"help".to_owned()), "{flags:?}");
        flags
    }

    #[test]
    fn the_command_lines_are_sound() {
        for (manual, command) in programs() {
            manual.command(command).debug_assert();
        }
    }

    #[test]
    fn each_shell_completes_every_flag() {
        for (manual, command) in programs() {
            for &shell in Shell::value_variants() {
                let script = String::from_utf8(manual.completions(command.clone(), shell)).unwrap();
                for flag in flags(&command) {
                    // fish writes `-l flag`.
                    let long = [format!("--{flag}"), format!("-l {flag}")];
                    assert!(long.iter().any(|long| script.contains(long)), "{shell}: {flag}");
                }
            }
        }
    }

    #[test]
    fn the_manual_page_has_every_flag_and_every_section() {
        for (manual, command) in programs() {
            let page = String::from_utf8(manual.page(command.clone())).unwrap();
            for flag in flags(&command) {
                let escaped = format!("\\-\\-{}", flag.replace('-', "\\-"));
                assert!(page.contains(&escaped), "{}: {flag}", manual.program);
            }
            for section in
                ["NAME", "SYNOPSIS", "DESCRIPTION", "INPUT", "\"EXIT STATUS\"", "EXAMPLES"]
            {
                assert!(page.contains(&format!("\n.SH {section}\n")), "{section} in {page}");
            }
        }
    }

    #[test]
    fn every_flag_has_a_heading_and_a_line_of_help() {
        for (manual, command) in programs() {
            for arg in command.get_arguments() {
                let help = arg.get_help().map(ToString::to_string).unwrap_or_default();
                assert!(!help.is_empty(), "{}: {}", manual.program, arg.get_id());
                assert!(arg.get_help_heading().is_some(), "{}: {}", manual.program, arg.get_id());
            }
        }
    }
}
