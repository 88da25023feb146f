//! A planted fault, compiled only for the test that has to find it: files are written in place, without fsync.

use std::fs::File;
use std::io::{self, ErrorKind, Write};
use std::path::Path;

/// What a writer does that thinks of no crash.
pub(super) fn write(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = File::create(path)?;
    bytes.chunks(bytes.len().div_ceil(2).max(1)).try_for_each(|half| file.write_all(half))
}

/// The old content to `previous`, the new one in its place.
pub(super) fn save(current: &Path, previous: &Path, bytes: &[u8]) -> io::Result<()> {
    match std::fs::read(current) {
        Ok(old) => write(previous, &old)?,
        Err(e) if e.kind() == ErrorKind::NotFound => {}
        Err(e) => return Err(e),
    }
    write(current, bytes)
}
