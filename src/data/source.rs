//! Files named by the user: lists and globs, opened and hashed while they are read.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use super::reader::Unzip;
use crate::error::{Error, Result};
use crate::suggest;

/// The files some paths or glob patterns name, patterns in the order of their names. A path that exists as it
/// is written is no pattern.
pub fn expand(patterns: &[PathBuf]) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for pattern in patterns {
        let text = pattern.to_string_lossy();
        if pattern.exists() || !text.contains(['*', '?', '[']) {
            files.push(pattern.clone());
            continue;
        }
        let missing = |reason: String| Error::Input { path: pattern.clone(), reason };
        let found = glob::glob(&text).map_err(|e| missing(format!("not a glob pattern: {e}")))?;
        let mut found: Vec<PathBuf> = found
            .collect::<std::result::Result<_, _>>()
            .map_err(|e| Error::input(e.path(), e.error()))?;
        if found.is_empty() {
            return Err(missing("no file matches this pattern".into()));
        }
        found.sort();
        files.append(&mut found);
    }
    Ok(files)
}

/// Opens a file for reading; a folder is refused.
pub(super) fn open(path: &Path) -> Result<File> {
    let file = File::open(path).map_err(|e| suggest::unreadable(path, &e))?;
    if file.metadata().map_err(|e| Error::input(path, &e))?.is_dir() {
        return Err(Error::Input {
            path: path.to_owned(),
            reason: "is a folder, not a file".into(),
        });
    }
    Ok(file)
}

/// The plain text of a file, which may be packed.
pub fn plain_text(path: &Path) -> Result<impl Read> {
    Ok(Unzip::new(open(path)?))
}

/// Passes bytes on and hashes them.
pub struct Hashing<R> {
    inner: R,
    hash: Sha256,
    bytes: u64,
}

impl<R> Hashing<R> {
    /// Hashes what is read through it.
    pub fn new(inner: R) -> Self {
        Self { inner, hash: Sha256::new(), bytes: 0 }
    }

    /// How many bytes so far.
    pub fn size(&self) -> u64 {
        self.bytes
    }

    /// SHA-256 of the bytes so far, in hexadecimal digits.
    pub fn hex(&self) -> String {
        self.hash.clone().finalize().iter().map(|byte| format!("{byte:02x}")).collect()
    }
}

impl<R: Read> Read for Hashing<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(buffer)?;
        self.hash.update(&buffer[..count]);
        self.bytes += count as u64;
        Ok(count)
    }
}
