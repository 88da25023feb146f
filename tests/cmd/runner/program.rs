//! One command line: `rnn-train … < FILE > FILE`, or `… | closed` for a reader that has left.

use std::fs::File;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use super::scratch::Scratch;

/// No command may take longer, however busy the machine: a hang is a failure too.
const LIMIT: Duration = Duration::from_secs(60);

/// What came of a command.
pub(super) struct Outcome {
    pub(super) program: String,
    /// None if a signal ended it, or we did.
    pub(super) exit: Option<i32>,
    pub(super) stdout: String,
    pub(super) stderr: String,
    pub(super) late: bool,
    /// Where its output went, if into a file of the folder.
    pub(super) target: Option<String>,
}

/// Runs it in the scratch folder.
pub(super) fn run(scratch: &mut Scratch, line: &str) -> Result<Outcome, String> {
    let mut words = split(line)?;
    let closed = words.ends_with(&["|".to_owned(), "closed".to_owned()]);
    if closed {
        words.truncate(words.len() - 2);
    }
    let mut redirected = |mark: &str| {
        let at = words.iter().position(|word| word == mark)?;
        let file = words.drain(at..=at + 1).next_back()?;
        Some(file)
    };
    let (source, target) = (redirected("<"), redirected(">"));
    let program = words.first().cloned().unwrap_or_default();
    let logs = tempfile::tempdir().map_err(text)?;
    let (out, err) = (logs.path().join("stdout"), logs.path().join("stderr"));

    let mut command = Command::new(binary(&program)?);
    command.args(&words[1..]).current_dir(scratch.path());
    // Nobody may lean on the environment; a backtrace must not even come when asked for.
    command.env("RUST_BACKTRACE", "1").env_remove("RUST_LOG");
    command.stdin(match source {
        Some(file) => Stdio::from(File::open(scratch.path().join(file)).map_err(text)?),
        None => Stdio::null(),
    });
    command.stdout(match &target {
        _ if closed => Stdio::from(std::io::pipe().map_err(text)?.1), // the reading end is dropped here
        Some(file) => {
            let path = scratch.path().join(file);
            Stdio::from(
                File::options().write(true).create(true).truncate(true).open(path).map_err(text)?,
            )
        }
        None => Stdio::from(File::create(&out).map_err(text)?),
    });
    command.stderr(File::create(&err).map_err(text)?);
    let mut child = command.spawn().map_err(text)?;
    let signal = scratch.take_signal();
    let (exit, late) =
        wait(&mut child, signal.as_ref().map(|(name, file)| (&name[..], file.as_ref())))?;
    let read = |path: &Path| std::fs::read(path).map(|b| String::from_utf8_lossy(&b).into_owned());
    Ok(Outcome {
        program,
        exit,
        stdout: read(&out).unwrap_or_default(),
        stderr: read(&err).map_err(text)?,
        late,
        target,
    })
}

/// Waits for the end; sends the signal as soon as the file is there.
fn wait(
    child: &mut Child,
    mut signal: Option<(&str, &Path)>,
) -> Result<(Option<i32>, bool), String> {
    let start = Instant::now();
    loop {
        if let Some(status) = child.try_wait().map_err(text)? {
            return Ok((status.code(), false));
        }
        if let Some((name, _)) = signal.take_if(|(_, file)| file.exists()) {
            let id = child.id().to_string();
            Command::new("kill").args([&format!("-{name}"), &id]).status().map_err(text)?;
        }
        if start.elapsed() > LIMIT {
            child.kill().map_err(text)?;
            child.wait().map_err(text)?;
            return Ok((None, true));
        }
        std::thread::sleep(Duration::from_millis(2));
    }
}

fn binary(program: &str) -> Result<&'static str, String> {
    match program {
        "rnn-train" => Ok(env!("CARGO_BIN_EXE_rnn-train")),
        "rnn-eval" => Ok(env!("CARGO_BIN_EXE_rnn-eval")),
        "rnn-predict" => Ok(env!("CARGO_BIN_EXE_rnn-predict")),
        other => Err(format!(" there is no program {other:?}")),
    }
}

/// Words as a shell cuts them: at spaces, but for what stands in single quotes.
pub(super) fn split(line: &str) -> Result<Vec<String>, String> {
    let (mut words, mut word, mut quoted, mut inside) = (Vec::new(), String::new(), false, false);
    for c in line.chars() {
        match c {
            '\'' => (quoted, inside) = (!quoted, true),
            ' ' if !quoted => {
                if inside {
                    words.push(std::mem::take(&mut word));
                }
                inside = false;
            }
            c => {
                word.push(c);
                inside = true;
            }
        }
    }
    if quoted {
        return Err(format!(" a quote is not closed: {line}"));
    }
    if inside {
        words.push(word);
    }
    Ok(words)
}

pub(super) fn text(error: impl std::fmt::Display) -> String {
    format!(" {error}")
}
