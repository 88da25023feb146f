//! The run folder: its files, who may write in it, and which folder a new run gets.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use super::disk::{Disk, System};
use super::lock::Lock;
use super::{atomic, rotate};
use crate::error::{Error, Result, shown_path};

/// The effective config.
pub const CONFIG: &str = "config.json";
/// The best model.
pub const MODEL: &str = "model.safetensors";
/// The full state after the last save.
pub const CHECKPOINT: &str = "checkpoint.safetensors";
/// The full state after the save before.
pub const PREVIOUS: &str = "checkpoint.prev.safetensors";
/// One line per epoch.
pub const METRICS: &str = "metrics.jsonl";
/// What depends on clock and machine.
pub const LOG: &str = "log.jsonl";

/// Whether to lock a run folder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Locking {
    /// As always.
    Lock,
    /// `--no-lock`, for file systems without locks.
    NoLock,
}

/// A run folder that this process may write in, until it is dropped.
#[derive(Debug)]
pub struct RunFolder {
    path: PathBuf,
    lock: Option<Lock>,
}

impl RunFolder {
    /// The folder of a new run at exactly `folder` (`--out`). Errors: [`Error::Usage`] if it holds a
    /// run; [`Error::Write`], [`Error::Busy`].
    pub fn create(folder: &Path, locking: Locking) -> Result<Self> {
        let refusal = || {
            let shown = shown_path(folder);
            Error::Usage(format!("{shown} holds a run already; use --resume or another --out"))
        };
        if holds_run(folder) {
            return Err(refusal());
        }
        create_folders(folder)?;
        let run = Self::open(folder, locking)?;
        // Another process may have had the lock and finished between the first look and now.
        if holds_run(folder) { Err(refusal()) } else { Ok(run) }
    }

    /// The folder of a new run at the first of `base`, `base-2`, `base-3`… that holds no run and is
    /// not in use. Errors: [`Error::Write`].
    pub fn create_numbered(base: &Path, locking: Locking) -> Result<Self> {
        create_folders(atomic::folder_of(base))?;
        let mut number = 1;
        loop {
            let folder = numbered(base, number);
            number += 1;
            let is_new = create_one(&folder)?;
            if !is_new && (holds_run(&folder) || !folder.is_dir()) {
                continue;
            }
            match Self::open(&folder, locking) {
                Err(Error::Busy { .. }) => {}
                Ok(_) if holds_run(&folder) => {} // as in `create`
                result => return result,
            }
        }
    }

    /// The folder of a run that goes on. This writes (the lock, a probe): look whether the run is
    /// finished before. Errors: [`Error::Input`] if it holds no run; [`Error::Busy`],
    /// [`Error::Write`].
    pub fn resume(folder: &Path, locking: Locking) -> Result<Self> {
        if !holds_run(folder) {
            let reason = "holds no run to resume".to_owned();
            return Err(Error::Input { path: folder.to_owned(), reason });
        }
        Self::open(folder, locking)
    }

    /// Takes the folder, clears what killed processes left and tries whether it can be written.
    fn open(folder: &Path, locking: Locking) -> Result<Self> {
        let lock = match locking {
            Locking::Lock => Some(Lock::acquire(folder)?),
            Locking::NoLock => None,
        };
        atomic::remove_leftovers(folder);
        atomic::probe(folder)?;
        Ok(RunFolder { path: folder.to_owned(), lock })
    }

    /// Makes sure that the folder is still there and ours. One that was deleted during the run is made
    /// anew, empty: `true`. Errors: [`Error::Write`]; [`Error::Busy`] if another process has it now.
    pub fn restore(&mut self) -> Result<bool> {
        let fine = self.lock.as_ref().map_or(self.path.is_dir(), |lock| lock.guards(&self.path));
        if fine {
            return Ok(false);
        }
        create_folders(&self.path)?;
        if self.lock.is_some() {
            self.lock = Some(Lock::acquire(&self.path)?);
        }
        Ok(true)
    }

    /// The folder itself.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The path of one of its files, e.g. [`METRICS`].
    pub fn file(&self, name: &str) -> PathBuf {
        self.path.join(name)
    }

    /// Saves a checkpoint; the one before becomes [`PREVIOUS`]. At every instant both names hold a
    /// whole file; on `Ok` the new one is on the disk. After an error the old one still stands (or
    /// the new one, if only the last step failed), and the next save may be tried.
    ///
    /// After `--from-previous` write the first checkpoint with [`atomic::write`] to [`CHECKPOINT`]:
    /// else the damaged one would push out the good one. Errors: [`Error::Write`].
    pub fn save_checkpoint(&self, bytes: &[u8]) -> Result<()> {
        let current = self.file(CHECKPOINT);
        #[cfg(feature = "naive-writer")]
        return super::naive::save(&current, &self.file(PREVIOUS), bytes)
            .map_err(|e| atomic::failed(&current, &e, bytes.len()));
        #[cfg(not(feature = "naive-writer"))]
        rotate::save_on(&mut System, &current, &self.file(PREVIOUS), bytes)
            .map_err(|e| atomic::failed(&current, &e, bytes.len()))
    }
}

/// Tries out whether a run could be written at `folder`, before anything is read or made: in the nearest folder
/// above that is there already. Leaves nothing. Errors: [`Error::Write`].
pub fn probe(folder: &Path) -> Result<()> {
    let mut place = folder;
    while std::fs::symlink_metadata(place).is_err() && place != atomic::folder_of(place) {
        place = atomic::folder_of(place);
    }
    if !place.is_dir() {
        let reason = "is not a folder".to_owned();
        return Err(Error::Write { path: place.to_owned(), reason });
    }
    atomic::probe(place)
}

/// Whether a run has ever begun to write in `folder`.
pub fn holds_run(folder: &Path) -> bool {
    [CONFIG, MODEL, CHECKPOINT, PREVIOUS, METRICS, LOG]
        .iter()
        .any(|name| std::fs::symlink_metadata(folder.join(name)).is_ok())
}

/// `base`, `base-2`, `base-3`…
fn numbered(base: &Path, number: u32) -> PathBuf {
    let mut name = base.as_os_str().to_owned();
    if number > 1 {
        name.push(format!("-{number}"));
    }
    name.into()
}

/// Creates a folder and those above it.
fn create_folders(folder: &Path) -> Result<()> {
    if folder.is_dir() {
        return Ok(());
    }
    create_folders(atomic::folder_of(folder))?;
    create_one(folder)?;
    if folder.is_dir() {
        return Ok(());
    }
    Err(Error::Write { path: folder.to_owned(), reason: "is not a folder".to_owned() })
}

/// Creates a folder, durably; `false` if the name is taken. Of two processes only one gets `true`.
fn create_one(folder: &Path) -> Result<bool> {
    let attempt = match std::fs::create_dir(folder) {
        Ok(()) => System.sync_folder(atomic::folder_of(folder)).map(|()| true),
        Err(e) if e.kind() == ErrorKind::AlreadyExists => Ok(false),
        Err(e) => Err(e),
    };
    attempt.map_err(|e| Error::write(folder, &e))
}

#[cfg(test)]
#[path = "run_tests.rs"]
mod tests;
