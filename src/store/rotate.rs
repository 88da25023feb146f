//! Saving a checkpoint while keeping the one before.
//!
//! The order, and what stands under the two names after each step (old = the last, older = the one before):
//!
//! | step | `checkpoint` | `checkpoint.prev` |
//! |---|---|---|
//! | the new one is written to a temp file and synced | old | older |
//! | the old one gets a second, temp name (hard link; a copy where there are none) | old | older |
//! | the new one is renamed to `checkpoint`, the folder synced | new | older |
//! | the second name is renamed to `checkpoint.prev`, the folder synced | new | old |
//!
//! So both names are whole at every instant, and the older one goes only after the new one is durable.

use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use super::atomic::{folder_of, publish, stage, temp_path};
use super::disk::Disk;

/// Puts `bytes` at `current` and what was there at `previous`, both in the same folder.
pub(super) fn save_on<D: Disk>(
    disk: &mut D,
    current: &Path,
    previous: &Path,
    bytes: &[u8],
) -> io::Result<()> {
    let folder = folder_of(current);
    let new = stage(disk, folder, bytes)?;
    let old = match second_name(disk, folder, current) {
        Ok(old) => old,
        Err(e) => {
            let _ = disk.remove(&new);
            return Err(e);
        }
    };
    let saved = publish(disk, &new, current);
    let Some(old) = old else { return saved };
    let result = saved.and_then(|()| publish(disk, &old, previous));
    // Gone after a rename, but for one case: where both names meant one file already, a rename does nothing.
    let _ = disk.remove(&old);
    result
}

/// Another name for `current`, if there is such a file.
fn second_name<D: Disk>(
    disk: &mut D,
    folder: &Path,
    current: &Path,
) -> io::Result<Option<PathBuf>> {
    let name = temp_path(folder);
    match disk.link(current, &name) {
        Ok(()) => Ok(Some(name)),
        Err(e) if e.kind() == ErrorKind::NotFound => Ok(None),
        Err(_) => {
            let bytes = disk.read(current)?;
            stage(disk, folder, &bytes).map(Some)
        }
    }
}

#[cfg(test)]
#[path = "rotate_tests.rs"]
mod tests;
