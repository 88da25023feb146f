//! What the three programs share: flags, threads, errors as one line, exit codes.

pub mod eval;
pub mod predict;
pub mod signals;
pub mod table;
pub mod train;

use std::io::Write;
use std::path::Path;
use std::process::ExitCode;

use clap::Parser;
use clap::error::ErrorKind;

use crate::error::Error;
use crate::terminal::{Ink, Screen};
use crate::text::printable;

/// Flags of every program.
#[derive(Clone, Debug, clap::Args)]
pub struct Common {
    /// Show warnings and errors alone
    #[arg(long, global = true)]
    pub quiet: bool,
    /// Threads to compute with [default: all cores]; the results are the same for any number
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub threads: Option<u16>,
}

impl Common {
    /// Starts the threads; returns how many there are.
    pub fn start_threads(&self) -> anyhow::Result<usize> {
        let threads = match self.threads {
            Some(threads) => usize::from(threads),
            None => std::thread::available_parallelism().map_or(1, usize::from),
        };
        rayon::ThreadPoolBuilder::new().num_threads(threads).build_global()?;
        Ok(threads)
    }
}

/// A program's `main`: parses the command line, runs, turns errors into one line and an exit code.
pub fn run<A: Parser>(
    program: &'static str,
    body: impl FnOnce(A) -> anyhow::Result<()>,
) -> ExitCode {
    std::panic::set_hook(Box::new(move |panic| {
        let place = panic.location().map(|l| format!(" ({}:{})", l.file(), l.line()));
        let what = panic.payload_as_str().unwrap_or("unknown cause");
        complain(
            program,
            &format!("internal error: {what}{}; please report this", place.unwrap_or_default()),
        );
        std::process::exit(70);
    }));
    let arguments = match A::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => return usage_error(program, &error),
    };
    end(program, body(arguments))
}

/// Tells of an error; returns the exit code.
fn end(program: &str, result: anyhow::Result<()>) -> ExitCode {
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let code = error.downcast_ref::<Error>().map_or(70, Error::exit_code);
            if code != 0 {
                complain(program, &format!("{error:#}"));
            }
            ExitCode::from(code)
        }
    }
}

/// Help and version go to stdout; anything else is one line and exit code 2.
fn usage_error(program: &str, error: &clap::Error) -> ExitCode {
    if matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion) {
        let printed = error.print().and_then(|()| std::io::stdout().flush());
        return end(program, printed.map_err(|e| Error::write(Path::new("<stdout>"), &e).into()));
    }
    let text = error.render().to_string();
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    let parts: Vec<&str> = lines
        .take_while(|line| !line.starts_with("Usage:") && !line.starts_with("For more information"))
        .map(|line| line.trim_start_matches("error: ").trim_start_matches("tip: "))
        .collect();
    complain(program, &format!("{} (see {program} --help)", parts.join("; ").replace(":; ", ": ")));
    ExitCode::from(2)
}

/// One line on standard error, control characters escaped. A closed standard error harms nothing.
fn complain(program: &str, message: &str) {
    let word = Screen::stderr().paint(Ink::Bad, "error:");
    drop(writeln!(std::io::stderr(), "{program}: {word} {}", printable(message)));
}

/// Prints a warning likewise, wrapped on a terminal.
pub fn warn(program: &str, message: &str) {
    let screen = Screen::stderr();
    let word = screen.paint(Ink::Warning, "warning:");
    let text = screen.prose(&format!("{program}: {word} {}", printable(message)), 2);
    drop(writeln!(std::io::stderr(), "{text}"));
}

/// What to try next, on standard error: it is no result.
fn advise(quiet: bool, advice: &[String]) {
    if quiet || advice.is_empty() {
        return;
    }
    let screen = Screen::stderr();
    let mut text = format!("\n{}\n", screen.paint(Ink::Header, "What to try next"));
    for item in advice {
        text += &(screen.prose(&format!("- {}", printable(item)), 2) + "\n");
    }
    drop(std::io::stderr().write_all(text.as_bytes()));
}

/// Writes a result to stdout; a reader that has left is no failure.
pub fn print(text: &str) -> crate::error::Result<()> {
    let mut out = std::io::stdout().lock();
    let written = out.write_all(text.as_bytes()).and_then(|()| out.flush());
    written.map_err(|e| Error::write(Path::new("<stdout>"), &e))
}
