//! One error type, by boundary: each variant says where it happened and has its exit code.

use std::path::{Path, PathBuf};

/// Everything that can end a program early. Its text is one line without a program name.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A test that the user asked for has failed.
    #[error("{0}")]
    Failed(String),
    /// A bad command line.
    #[error("{0}")]
    Usage(String),
    /// A bad config: `place` is the file, or `file:line:column`, or a `--set` argument.
    #[error("{place}: {message}")]
    Config {
        /// Where the key stands.
        place: String,
        /// What is wrong and what to do.
        message: String,
    },
    /// Bad data.
    #[error("{0}")]
    Data(DataError),
    /// An input that is missing or cannot be read.
    #[error("{}: {reason}", shown_path(path))]
    Input {
        /// The file.
        path: PathBuf,
        /// The reason of the operating system, or ours.
        reason: String,
    },
    /// A model or checkpoint that cannot be used.
    #[error("{}: {reason}", shown_path(path))]
    Model {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// A bug of ours.
    #[error("internal error: {0}; please report this")]
    Internal(String),
    /// The job does not fit into memory.
    #[error("{0}")]
    Memory(String),
    /// A failed write.
    #[error("{}: {reason}", shown_path(path))]
    Write {
        /// The file that could not be written.
        path: PathBuf,
        /// The reason of the operating system, or ours.
        reason: String,
    },
    /// The run folder belongs to another process.
    #[error("{}: {reason}", shown_path(path))]
    Busy {
        /// The run folder.
        path: PathBuf,
        /// Who holds it.
        reason: String,
    },
    /// Training ran into numbers that are not finite.
    #[error("{0}")]
    Diverged(String),
    /// Stopped by a signal, after saving.
    #[error("stopped by {} {advice}", if *signal == 2 { "SIGINT" } else { "SIGTERM" })]
    Stopped {
        /// The signal's number.
        signal: i32,
        /// Where the run stands, and how to go on.
        advice: String,
    },
    /// The reader of our standard output has gone away: not a failure.
    #[error("the reader of standard output has left")]
    ReaderLeft,
}

/// What is wrong with a data file, and where. The text names each part that is known.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DataError {
    /// The file as the user named it; `<stdin>` for standard input.
    pub file: String,
    /// Physical line, from 1.
    pub line: Option<u64>,
    /// Name of the column, and its place among all columns: (place from 1, number of columns).
    pub column: Option<(String, usize, usize)>,
    /// What is wrong, with the offending value and the cure.
    pub message: String,
}

/// Shorthand used by every room.
pub type Result<T> = std::result::Result<T, Error>;

impl Error {
    /// The exit code of contract section 7.
    pub fn exit_code(&self) -> u8 {
        match self {
            Error::ReaderLeft => 0,
            Error::Failed(_) => 1,
            Error::Usage(_) | Error::Config { .. } => 2,
            Error::Data(_) => 65,
            Error::Input { .. } => 66,
            Error::Model { .. } => 69,
            Error::Internal(_) => 70,
            Error::Memory(_) => 71,
            Error::Write { .. } => 74,
            Error::Busy { .. } => 75,
            Error::Diverged(_) => 76,
            Error::Stopped { signal, .. } => 128 + *signal as u8,
        }
    }

    /// An unreadable input, with the system's reason.
    pub fn input(path: &Path, error: &std::io::Error) -> Self {
        Error::Input { path: path.to_owned(), reason: system_reason(error) }
    }

    /// A failed write, with the system's reason; a closed pipe is [`Error::ReaderLeft`].
    pub fn write(path: &Path, error: &std::io::Error) -> Self {
        if error.kind() == std::io::ErrorKind::BrokenPipe {
            return Error::ReaderLeft;
        }
        Error::Write { path: path.to_owned(), reason: system_reason(error) }
    }
}

impl std::fmt::Display for DataError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.file)?;
        if let Some(line) = self.line {
            write!(f, ":{line}")?;
        }
        if let Some((name, place, count)) = &self.column {
            write!(f, ": column {} ({place} of {count})", shown(name))?;
        }
        write!(f, ": {}", self.message)
    }
}

impl From<DataError> for Error {
    fn from(error: DataError) -> Self {
        Error::Data(error)
    }
}

/// The system's words without Rust's "(os error n)".
fn system_reason(error: &std::io::Error) -> String {
    let text = error.to_string();
    let end = text.find(" (os error").unwrap_or(text.len());
    text[..end].to_lowercase()
}

/// A value of the user's, quoted and safe to print: control characters escaped, at most 80 characters.
pub fn shown(value: &str) -> String {
    const LIMIT: usize = 80;
    let cut: String = value.chars().take(LIMIT).collect();
    let dots = if cut.len() < value.len() { "…" } else { "" };
    format!("\"{}{dots}\"", cut.escape_debug())
}

/// A path, safe to print.
pub fn shown_path(path: &Path) -> String {
    path.to_string_lossy().escape_debug().to_string().replace("\\'", "'").replace("\\\"", "\"")
}

/// A word of a command line as a shell wants it: quoted where it must be.
pub fn shell_word(word: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || "-_./=:,+@".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        return word.to_owned();
    }
    format!("'{}'", word.replace('\'', r"'\''"))
}

/// A path likewise; one that looks like a flag is told from it.
pub fn shell_path(path: &Path) -> String {
    let shown = shown_path(path);
    shell_word(&if shown.starts_with('-') { format!("./{shown}") } else { shown })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_data_error_names_file_line_column_and_value() {
        let error = DataError {
            file: "data.csv".into(),
            line: Some(1043),
            column: Some(("temp".into(), 3, 7)),
            message: format!("{} is not a number", shown("12,5")),
        };
        assert_eq!(
            error.to_string(),
            "data.csv:1043: column \"temp\" (3 of 7): \"12,5\" is not a number"
        );
    }

    #[test]
    fn values_are_escaped_and_cut() {
        assert_eq!(shown("\u{1b}[2J\u{202e}x"), "\"\\u{1b}[2J\\u{202e}x\"");
        assert_eq!(shown(&"é".repeat(100)).chars().count(), 83);
    }

    #[test]
    fn words_for_a_shell() {
        assert_eq!(shell_word("runs/pump-multi"), "runs/pump-multi");
        assert_eq!(shell_word("my runs/a"), "'my runs/a'");
        assert_eq!(shell_word("[\"it's\"]"), r#"'["it'\''s"]'"#);
        assert_eq!(shell_word(""), "''");
        assert_eq!(shell_path(Path::new("my runs/a")), "'my runs/a'");
        assert_eq!(shell_path(Path::new("-dash")), "./-dash");
    }
}
