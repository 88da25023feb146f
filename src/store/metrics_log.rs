//! `metrics.jsonl`, equal bits for equal runs, and `log.jsonl`, which holds what depends on clock and
//! machine.

use std::fs::OpenOptions;
use std::io::{ErrorKind, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::atomic;
use crate::error::{Error, Result};

/// `metrics.jsonl`: one line per epoch. The file is small, so it is rewritten whole, which keeps it
/// whole.
///
/// Save an epoch's checkpoint only after its line was written with success: then a run that is killed
/// between the two finds a line too many, which [`MetricsLog::resume`] cuts, never one too few.
#[derive(Debug)]
pub struct MetricsLog {
    path: PathBuf,
    text: String,
    /// Whether the file lacks lines.
    behind: bool,
}

impl MetricsLog {
    /// A log without lines; writes nothing yet.
    pub fn new(path: PathBuf) -> Self {
        MetricsLog { path, text: String::new(), behind: false }
    }

    /// The log at `path`, cut to the lines of the first `epochs` epochs, and how many of them it has lost. Errors:
    /// [`Error::Input`], [`Error::Write`].
    pub fn resume(path: PathBuf, epochs: usize) -> Result<(Self, usize)> {
        let found = match std::fs::read_to_string(&path) {
            Ok(text) => text,
            Err(e) if e.kind() == ErrorKind::NotFound => String::new(),
            Err(e) => return Err(Error::input(&path, &e)),
        };
        let whole_lines = found.split_inclusive('\n').filter(|line| line.ends_with('\n'));
        let is_known = |line: &&str| epoch_of(line).is_some_and(|epoch| epoch <= epochs);
        let text: String = whole_lines.filter(is_known).collect();
        if text != found {
            atomic::write(&path, text.as_bytes())?;
        }
        let lost = epochs.saturating_sub(text.lines().count());
        Ok((MetricsLog { path, text, behind: false }, lost))
    }

    /// Adds a line, which [`MetricsLog::write`] writes. Floats must be finite: JSON has no other, they
    /// would read `null`.
    pub fn push<T: Serialize>(&mut self, line: &T) -> Result<()> {
        self.text.push_str(&to_line(line)?);
        self.behind = true;
        Ok(())
    }

    /// Writes the file if it lacks lines; those of a write that fails are kept for the next. Errors:
    /// [`Error::Write`].
    pub fn write(&mut self) -> Result<()> {
        if self.behind {
            atomic::write(&self.path, self.text.as_bytes())?;
            self.behind = false;
        }
        Ok(())
    }

    /// The file is gone: all of its lines are to be written again.
    pub fn lost(&mut self) {
        self.behind = !self.text.is_empty();
    }
}

/// The lines at `path`; those that cannot be read are passed over, for nothing depends on them.
pub fn read<T: DeserializeOwned>(path: &Path) -> Vec<T> {
    let text = std::fs::read_to_string(path).unwrap_or_default();
    text.lines().filter_map(|line| serde_json::from_str(line).ok()).collect()
}

/// Appends one line to `log.jsonl`; begins a new line where a killed process left half of one.
/// Errors: [`Error::Write`], which need not stop a run: nothing depends on this file.
pub fn append<T: Serialize>(path: &Path, line: &T) -> Result<()> {
    let mut text = to_line(line)?;
    let mut attempt = || {
        // Else a link that somebody planted here would be written through.
        if std::fs::symlink_metadata(path).is_ok_and(|found| !found.is_file()) {
            return Err(std::io::Error::other("is not a regular file; remove it"));
        }
        let mut file = OpenOptions::new().read(true).append(true).create(true).open(path)?;
        if file.seek(SeekFrom::End(0))? > 0 {
            let mut last = [0];
            file.seek(SeekFrom::End(-1))?;
            file.read_exact(&mut last)?;
            if last != *b"\n" {
                text.insert(0, '\n');
            }
        }
        file.write_all(text.as_bytes())
    };
    attempt().map_err(|e| Error::write(path, &e))
}

/// The epoch a line is of.
fn epoch_of(line: &str) -> Option<usize> {
    #[derive(serde::Deserialize)]
    struct Epoch {
        epoch: usize,
    }
    serde_json::from_str::<Epoch>(line).ok().map(|line| line.epoch)
}

fn to_line<T: Serialize>(line: &T) -> Result<String> {
    let text = serde_json::to_string(line)
        .map_err(|e| Error::Internal(format!("a log line is no JSON: {e}")))?;
    Ok(text + "\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, PartialEq, Serialize, serde::Deserialize)]
    struct Line {
        epoch: usize,
    }

    #[test]
    fn a_resumed_log_equals_an_uninterrupted_one() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("metrics.jsonl");
        let mut log = MetricsLog::new(path.clone());
        let push = |log: &mut MetricsLog, epoch| {
            log.push(&Line { epoch }).unwrap();
            log.write().unwrap();
        };
        for epoch in 1..=4 {
            push(&mut log, epoch);
        }
        let whole = std::fs::read_to_string(&path).unwrap();
        assert_eq!(whole, "{\"epoch\":1}\n{\"epoch\":2}\n{\"epoch\":3}\n{\"epoch\":4}\n");
        for kept in 0..=4 {
            std::fs::write(&path, format!("{whole}{{\"epo")).unwrap();
            let (mut log, lost) = MetricsLog::resume(path.clone(), kept).unwrap();
            assert_eq!(lost, 0);
            let cut = std::fs::read_to_string(&path).unwrap();
            assert_eq!(cut.lines().count(), kept);
            for epoch in kept + 1..=4 {
                push(&mut log, epoch);
            }
            assert_eq!(std::fs::read_to_string(&path).unwrap(), whole);
        }
    }

    #[test]
    fn what_can_be_read_is_read() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("metrics.jsonl");
        assert_eq!(read::<Line>(&path), []);
        std::fs::write(&path, "{\"epoch\":1}\nnonsense\n{\"epoch\":2}\n{\"ep").unwrap();
        assert_eq!(read::<Line>(&path), [Line { epoch: 1 }, Line { epoch: 2 }]);
    }

    #[test]
    fn lost_lines_are_counted_and_later_ones_cut() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("metrics.jsonl");
        assert_eq!(MetricsLog::resume(path.clone(), 2).unwrap().1, 2, "no file at all");
        std::fs::write(&path, "{\"epoch\":2}\nnonsense\n{\"epoch\":4}\n{\"epo").unwrap();
        let (_, lost) = MetricsLog::resume(path.clone(), 3).unwrap();
        assert_eq!(lost, 2);
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "{\"epoch\":2}\n");
    }

    #[test]
    fn a_failed_write_is_made_good_by_the_next() {
        let folder = tempfile::tempdir().unwrap();
        let run = folder.path().join("run");
        let mut log = MetricsLog::new(run.join("metrics.jsonl"));
        log.push(&Line { epoch: 1 }).unwrap();
        assert_eq!(log.write().unwrap_err().exit_code(), 74);
        std::fs::create_dir(&run).unwrap();
        log.write().unwrap();
        let there = std::fs::read_to_string(&log.path).unwrap();
        assert_eq!(there, "{\"epoch\":1}\n", "a checkpoint amid the next epoch counts on it");
        log.push(&Line { epoch: 2 }).unwrap();
        log.write().unwrap();
        let whole = "{\"epoch\":1}\n{\"epoch\":2}\n";
        assert_eq!(std::fs::read_to_string(&log.path).unwrap(), whole);
        std::fs::remove_file(&log.path).unwrap();
        log.write().unwrap();
        assert!(!log.path.exists(), "there was nothing new to write");
        log.lost();
        log.write().unwrap();
        assert_eq!(std::fs::read_to_string(&log.path).unwrap(), whole);
    }

    #[test]
    fn the_machine_log_grows_line_by_line() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("log.jsonl");
        append(&path, &Line { epoch: 1 }).unwrap();
        std::fs::write(&path, "{\"epoch\":1}\n{\"ep").unwrap();
        append(&path, &Line { epoch: 2 }).unwrap();
        let text = std::fs::read_to_string(&path).unwrap();
        assert_eq!(text, "{\"epoch\":1}\n{\"ep\n{\"epoch\":2}\n");
    }

    #[cfg(unix)]
    #[test]
    fn a_planted_link_is_not_written_through() {
        let folder = tempfile::tempdir().unwrap();
        let (victim, path) = (folder.path().join("victim"), folder.path().join("log.jsonl"));
        std::fs::write(&victim, "precious").unwrap();
        std::os::unix::fs::symlink(&victim, &path).unwrap();
        assert_eq!(append(&path, &Line { epoch: 1 }).unwrap_err().exit_code(), 74);
        assert_eq!(std::fs::read_to_string(&victim).unwrap(), "precious");
    }
}
