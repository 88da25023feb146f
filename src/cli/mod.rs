//! What the three programs share: flags, threads, errors as one line, exit codes.

pub mod eval;
pub mod manual;
pub mod predict;
pub mod signals;
pub mod table;
pub mod train;

use std::io::Write;
use std::path::Path;
use std::process::ExitCode;
use std::sync::atomic::{AtomicBool, Ordering};

use clap::Parser;
use clap::error::ErrorKind;

use self::manual::{Manual, OTHER, RUN};
use crate::error::Error;
use crate::terminal::{Ink, Screen};
use crate::text::{counted, printable};

/// Flags of every program.
#[derive(Clone, Debug, clap::Args)]
pub struct Common {
    /// Threads to compute with [default: all cores]
    ///
    /// The results are the same for any number, bit for bit.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024), help_heading = RUN)]
    pub threads: Option<u16>,
    /// Show warnings and errors alone
    #[arg(long, help_heading = OTHER)]
    pub quiet: bool,
    /// Print a script that completes the flags in this shell
    ///
    /// README.md, Install, tells where each shell looks for it.
    #[arg(long, value_name = "SHELL", exclusive = true, hide_short_help = true, help_heading = OTHER)]
    completions: Option<clap_complete::Shell>,
    /// Print the manual page
    ///
    /// man -l - reads it from a pipe.
    #[arg(long, exclusive = true, hide_short_help = true, help_heading = OTHER)]
    man: bool,
    /// Print help; -h is shorter
    #[arg(short, long, action = clap::ArgAction::Help, help_heading = OTHER)]
    help: Option<bool>,
    /// Print the version
    #[arg(short = 'V', long, action = clap::ArgAction::Version, help_heading = OTHER)]
    version: Option<bool>,
}

impl Common {
    /// Starts the threads; returns how many there are.
    pub fn start_threads(&self) -> anyhow::Result<usize> {
        let threads = match self.threads {
            Some(threads) => usize::from(threads),
            None => std::thread::available_parallelism().map_or(1, usize::from),
        };
        // This thread is one of them: it would only wait for the others, and be woken late.
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).use_current_thread();
        pool.build_global().map_err(|error| {
            let asked = counted(threads as u64, "thread");
            Error::Memory(format!("{asked} cannot be started: {error}; ask for fewer by --threads"))
        })?;
        Ok(threads)
    }
}

/// A program's `main`: parses the command line, runs, turns errors into one line and an exit code.
pub fn run<A: Parser>(
    manual: &'static Manual,
    body: impl FnOnce(A) -> anyhow::Result<()>,
) -> ExitCode {
    let program = manual.program;
    signals::survive_file_limit();
    signals::end_without_memory();
    let told = AtomicBool::new(false);
    std::panic::set_hook(Box::new(move |panic| {
        // Where several threads panic at once, the first one tells of it and ends the program.
        while told.swap(true, Ordering::SeqCst) {
            std::thread::park();
        }
        let place = panic.location().map(|l| format!(" ({}:{})", l.file(), l.line()));
        let what = panic.payload_as_str().unwrap_or("unknown cause");
        complain(
            program,
            &format!("internal error: {what}{}; please report this", place.unwrap_or_default()),
        );
        std::process::exit(70);
    }));
    let parsed = manual.command(A::command()).try_get_matches().and_then(|matches| {
        let text = manual.asked_for(A::command(), &matches);
        Ok(match text {
            Some(text) => Err(text),
            None => Ok(A::from_arg_matches(&matches)?),
        })
    });
    match parsed {
        Ok(Ok(arguments)) => end(program, body(arguments)),
        Ok(Err(text)) => end(program, print(&text).map_err(Into::into)),
        Err(error) => usage_error(manual, &error),
    }
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
fn usage_error(manual: &Manual, error: &clap::Error) -> ExitCode {
    if matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion) {
        let printed = error.print().and_then(|()| std::io::stdout().flush());
        return end(
            manual.program,
            printed.map_err(|e| Error::write(Path::new("<stdout>"), &e).into()),
        );
    }
    complain(manual.program, &manual.usage_error(error));
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

/// Prints a remark the same way.
pub fn note(program: &str, message: &str) {
    let text = Screen::stderr().prose(&format!("{program}: {}", printable(message)), 2);
    drop(writeln!(std::io::stderr(), "{text}"));
}

/// Writes a result to stdout; a reader that has left is no failure.
pub fn print(text: impl AsRef<[u8]>) -> crate::error::Result<()> {
    let mut out = std::io::stdout().lock();
    let written = out.write_all(text.as_ref()).and_then(|()| out.flush());
    written.map_err(|e| Error::write(Path::new("<stdout>"), &e))
}
