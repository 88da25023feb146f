//! One process per run folder. The kernel holds the lock and frees it when the process ends, however
//! it ends; the file's text only says who to look for.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Read, Seek, Write};
use std::path::Path;

use super::text::printable;
use crate::error::{Error, Result};

/// The lock's file in a run folder. It stays there; only its lock counts.
pub const FILE: &str = "run.lock";

/// A held lock; dropping it frees the folder.
#[derive(Debug)]
pub struct Lock {
    file: File,
}

impl Lock {
    /// Takes the lock on `folder` or fails at once. Errors: [`Error::Busy`] with the holder;
    /// [`Error::Write`] where the file cannot be made or the file system has no locks.
    pub fn acquire(folder: &Path) -> Result<Self> {
        let path = folder.join(FILE);
        if std::fs::symlink_metadata(&path).is_ok_and(|found| !found.is_file()) {
            let reason = "is not a regular file; remove it".to_owned();
            return Err(Error::Write { path, reason });
        }
        let mut file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(&path)
            .map_err(|e| Error::write(&path, &e))?;
        if let Err(error) = file.try_lock() {
            return Err(refusal(folder, &error, &read_holder(&mut file)));
        }
        // The text is a help for people only: the lock holds without it.
        let _ = write_holder(&mut file);
        Ok(Lock { file })
    }

    /// Whether it still guards `folder`: that may have been deleted, and even made anew by another process.
    pub fn guards(&self, folder: &Path) -> bool {
        let there = std::fs::metadata(folder.join(FILE));
        there.is_ok_and(|there| self.file.metadata().is_ok_and(|ours| same_file(&ours, &there)))
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        let _ = self.file.set_len(0);
        // Closing the file is not enough: a child that was being started just now holds a copy of it for a moment.
        let _ = self.file.unlock();
    }
}

#[cfg(unix)]
fn same_file(a: &std::fs::Metadata, b: &std::fs::Metadata) -> bool {
    use std::os::unix::fs::MetadataExt;
    (a.dev(), a.ino()) == (b.dev(), b.ino())
}

/// Elsewhere a file that is open cannot be deleted.
#[cfg(not(unix))]
fn same_file(_: &std::fs::Metadata, _: &std::fs::Metadata) -> bool {
    true
}

fn refusal(folder: &Path, error: &TryLockError, holder: &str) -> Error {
    let path = folder.to_owned();
    match error {
        TryLockError::WouldBlock => Error::Busy { path, reason: format!("in use by {holder}") },
        TryLockError::Error(error) => Error::Write {
            path,
            reason: format!(
                "cannot be locked ({}); if no other process uses it, go on with --no-lock",
                printable(&error.to_string())
            ),
        },
    }
}

fn write_holder(file: &mut File) -> std::io::Result<()> {
    let now = jiff::Timestamp::now().strftime("%Y-%m-%dT%H:%M:%SZ");
    file.set_len(0)?;
    file.rewind()?;
    writeln!(file, "process {} since {now}", std::process::id())
}

fn read_holder(file: &mut File) -> String {
    let mut bytes = Vec::new();
    let _ = file.take(100).read_to_end(&mut bytes);
    let text = String::from_utf8_lossy(&bytes);
    match text.trim() {
        "" => "another process".to_owned(),
        holder => printable(holder),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_holder_is_told_about_the_first() {
        let folder = tempfile::tempdir().unwrap();
        let first = Lock::acquire(folder.path()).unwrap();
        let error = Lock::acquire(folder.path()).unwrap_err();
        assert_eq!(error.exit_code(), 75);
        let wanted = format!("in use by process {} since 20", std::process::id());
        assert!(error.to_string().contains(&wanted), "{error}");
        drop(first);
        Lock::acquire(folder.path()).unwrap();
    }

    #[test]
    fn a_left_over_file_is_no_lock() {
        let folder = tempfile::tempdir().unwrap();
        let stale = "process 4194304999 since 1999-01-01T00:00:00Z, and a long tail of text\n";
        std::fs::write(folder.path().join(FILE), stale).unwrap();
        let lock = Lock::acquire(folder.path()).unwrap();
        let text = std::fs::read_to_string(folder.path().join(FILE)).unwrap();
        assert!(text.starts_with(&format!("process {} ", std::process::id())), "{text}");
        assert_eq!(text.lines().count(), 1);
        drop(lock);
    }

    #[test]
    fn without_locks_the_message_names_the_way_out() {
        let error = TryLockError::Error(std::io::ErrorKind::Unsupported.into());
        let error = refusal(Path::new("runs/a"), &error, "");
        assert_eq!(error.exit_code(), 74);
        assert!(error.to_string().contains("--no-lock"), "{error}");
    }

    #[cfg(unix)]
    #[test]
    fn a_planted_link_is_not_followed() {
        let folder = tempfile::tempdir().unwrap();
        let victim = folder.path().join("victim");
        std::fs::write(&victim, "precious").unwrap();
        std::os::unix::fs::symlink(&victim, folder.path().join(FILE)).unwrap();
        assert_eq!(Lock::acquire(folder.path()).unwrap_err().exit_code(), 74);
        assert_eq!(std::fs::read_to_string(&victim).unwrap(), "precious");
    }
}
