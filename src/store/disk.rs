//! What the writer asks of a file system: a trait, so that tests can fail, or cut the power, after
//! any single step.

use std::fs::File;
use std::io::{self, ErrorKind, Write};
use std::path::Path;

/// The steps from which every safe write is made.
pub(super) trait Disk {
    /// An open file.
    type File;
    /// Opens a new file for writing. Fails where the name is taken, also by a link.
    fn create_new(&mut self, path: &Path) -> io::Result<Self::File>;
    /// Writes everything.
    fn write_all(&mut self, file: &mut Self::File, bytes: &[u8]) -> io::Result<()>;
    /// Makes the file's content outlast a power cut.
    fn sync(&mut self, file: &mut Self::File) -> io::Result<()>;
    /// Moves a name in one step, replacing what stood there.
    fn rename(&mut self, from: &Path, to: &Path) -> io::Result<()>;
    /// Gives a file a second name, which must be free.
    fn link(&mut self, from: &Path, to: &Path) -> io::Result<()>;
    /// The content of a file.
    fn read(&mut self, path: &Path) -> io::Result<Vec<u8>>;
    /// Removes a name.
    fn remove(&mut self, path: &Path) -> io::Result<()>;
    /// Makes the names in a folder outlast a power cut.
    fn sync_folder(&mut self, folder: &Path) -> io::Result<()>;
}

/// The real one.
pub(super) struct System;

impl Disk for System {
    type File = File;

    fn create_new(&mut self, path: &Path) -> io::Result<File> {
        File::create_new(path)
    }

    fn write_all(&mut self, file: &mut File, bytes: &[u8]) -> io::Result<()> {
        file.write_all(bytes)
    }

    fn sync(&mut self, file: &mut File) -> io::Result<()> {
        file.sync_all()
    }

    fn rename(&mut self, from: &Path, to: &Path) -> io::Result<()> {
        std::fs::rename(from, to)
    }

    fn link(&mut self, from: &Path, to: &Path) -> io::Result<()> {
        std::fs::hard_link(from, to)
    }

    fn read(&mut self, path: &Path) -> io::Result<Vec<u8>> {
        std::fs::read(path)
    }

    fn remove(&mut self, path: &Path) -> io::Result<()> {
        std::fs::remove_file(path)
    }

    fn sync_folder(&mut self, folder: &Path) -> io::Result<()> {
        match File::open(folder)?.sync_all() {
            // Some file systems cannot sync a folder at all; there is nothing better to do on them.
            Err(e) if matches!(e.kind(), ErrorKind::InvalidInput | ErrorKind::Unsupported) => {
                Ok(())
            }
            result => result,
        }
    }
}

#[cfg(test)]
#[path = "disk_sim.rs"]
pub(super) mod sim;
