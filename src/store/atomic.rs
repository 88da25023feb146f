//! The one writer of files: a reader sees the old content or the new, never a part, also after
//! `kill -9` or a power cut.
//!
//! Temp file beside the target, fsync, rename, fsync of the folder. When [`write()`] returns `Ok`, the
//! new content is on the disk.

use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use super::disk::{Disk, System};
use crate::error::{Error, Result};
use crate::text::thousands;

/// Our temp files are `.rnn-tmp-<process id>-<number>`: nothing else is ever removed.
const PREFIX: &str = ".rnn-tmp-";

/// Number of this process's next temp file. Each attempt takes a new one, so that a file whose fsync
/// has failed is never used again.
static NEXT: AtomicU64 = AtomicU64::new(0);

/// Puts `bytes` at `path`, replacing what is there. On failure the old content stays (the new one, if
/// only the folder's fsync failed) and no temp file is left. Errors: [`Error::Write`].
pub fn write(path: &Path, bytes: &[u8]) -> Result<()> {
    #[cfg(feature = "naive-writer")]
    return super::naive::write(path, bytes).map_err(|e| failed(path, &e, bytes.len()));
    #[cfg(not(feature = "naive-writer"))]
    write_on(&mut System, path, bytes).map_err(|e| failed(path, &e, bytes.len()))
}

/// Removes temp files in `folder` of processes that are gone. To be called at the start, before
/// anything is written there. What cannot be read or removed is left: it does no harm.
pub fn remove_leftovers(folder: &Path) {
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        let name = entry.file_name();
        let is_gone = name.to_str().and_then(parse_temp_name).is_some_and(is_abandoned);
        if is_gone && entry.file_type().is_ok_and(|kind| kind.is_file()) {
            let _ = std::fs::remove_file(entry.path());
        }
    }
}

/// Tries out whether files can be written, renamed and removed in `folder`, to fail before the work
/// and not after it. Errors: [`Error::Write`].
pub fn probe(folder: &Path) -> Result<()> {
    let content = b"probe\n";
    let attempt = || {
        let disk = &mut System;
        let from = stage(disk, folder, content)?;
        let to = temp_path(folder);
        publish(disk, &from, &to)?;
        disk.remove(&to)
    };
    attempt().map_err(|e| failed(folder, &e, content.len()))
}

/// [`write()`] on any disk.
pub(super) fn write_on<D: Disk>(disk: &mut D, path: &Path, bytes: &[u8]) -> io::Result<()> {
    let temp = stage(disk, folder_of(path), bytes)?;
    publish(disk, &temp, path)
}

/// `bytes`, synced, in a new temp file in `folder`.
pub(super) fn stage<D: Disk>(disk: &mut D, folder: &Path, bytes: &[u8]) -> io::Result<PathBuf> {
    let (temp, mut file) = create_temp(disk, folder)?;
    let written = disk.write_all(&mut file, bytes).and_then(|()| disk.sync(&mut file));
    if let Err(e) = written {
        let _ = disk.remove(&temp);
        return Err(e);
    }
    Ok(temp)
}

/// Gives a staged file its real name, durably.
pub(super) fn publish<D: Disk>(disk: &mut D, temp: &Path, path: &Path) -> io::Result<()> {
    if let Err(e) = disk.rename(temp, path) {
        let _ = disk.remove(temp);
        return Err(e);
    }
    disk.sync_folder(folder_of(path))
}

/// A name for a temp file in `folder` that this process has not used yet.
pub(super) fn temp_path(folder: &Path) -> PathBuf {
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    folder.join(format!("{PREFIX}{}-{number}", std::process::id()))
}

/// The folder a file stands in.
pub(super) fn folder_of(path: &Path) -> &Path {
    match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    }
}

/// A failed write of so many bytes.
pub(super) fn failed(path: &Path, error: &io::Error, size: usize) -> Error {
    use ErrorKind::{FileTooLarge, QuotaExceeded, StorageFull};
    let mut error_of_write = Error::write(path, error);
    if let Error::Write { reason, .. } = &mut error_of_write
        && matches!(error.kind(), StorageFull | QuotaExceeded | FileTooLarge)
    {
        reason.push_str(&format!(" ({} bytes needed{})", thousands(size as u64), free_space(path)));
    }
    error_of_write
}

/// `, 1,024 free`, where the system tells.
fn free_space(path: &Path) -> String {
    #[cfg(unix)]
    if let Ok(disk) = rustix::fs::statvfs(if path.is_dir() { path } else { folder_of(path) }) {
        return format!(", {} free", thousands(disk.f_bavail.saturating_mul(disk.f_frsize)));
    }
    String::new()
}

/// Where a name is taken (a leftover of a process with our id, a planted link), the next one is tried.
fn create_temp<D: Disk>(disk: &mut D, folder: &Path) -> io::Result<(PathBuf, D::File)> {
    const ATTEMPTS: usize = 1000;
    for _ in 1..ATTEMPTS {
        let temp = temp_path(folder);
        match disk.create_new(&temp) {
            Err(e) if e.kind() == ErrorKind::AlreadyExists => {}
            result => return result.map(|file| (temp, file)),
        }
    }
    let temp = temp_path(folder);
    disk.create_new(&temp).map(|file| (temp, file))
}

/// Process id and number of a temp file's name, if it is exactly one that we would have made.
fn parse_temp_name(name: &str) -> Option<(u32, u64)> {
    let (pid, number) = name.strip_prefix(PREFIX)?.split_once('-')?;
    let parsed = (pid.parse().ok()?, number.parse().ok()?);
    (name == format!("{PREFIX}{}-{}", parsed.0, parsed.1)).then_some(parsed)
}

/// Whether the process that made a temp file is gone. Where that cannot be known (no /proc), it is not.
fn is_abandoned((pid, number): (u32, u64)) -> bool {
    if pid == std::process::id() {
        // In a container every run may have the same id: only numbers not yet used are an older one's.
        return number >= NEXT.load(Ordering::Relaxed);
    }
    let processes = Path::new("/proc");
    processes.join("self").exists() && !processes.join(pid.to_string()).exists()
}

#[cfg(test)]
#[path = "atomic_tests.rs"]
mod tests;
