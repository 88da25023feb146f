//! SHA-256 as text.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use sha2::{Digest, Sha256};

use crate::error::{Error, Result};

/// The digest of `bytes`: 64 lowercase hex digits.
pub fn sha256_hex(bytes: &[u8]) -> String {
    hex(Sha256::digest(bytes).as_slice())
}

/// The digest of a file of any size, read in blocks. Errors: [`Error::Input`].
pub fn sha256_file(path: &Path) -> Result<String> {
    let failed = |e| Error::input(path, &e);
    let mut file = File::open(path).map_err(failed)?;
    let mut hasher = Sha256::new();
    let mut block = vec![0; 1 << 16];
    loop {
        match file.read(&mut block) {
            Ok(0) => return Ok(hex(hasher.finalize().as_slice())),
            Ok(n) => hasher.update(&block[..n]),
            Err(e) if e.kind() == std::io::ErrorKind::Interrupted => {}
            Err(e) => return Err(failed(e)),
        }
    }
}

/// The digest of several pieces as if they stood in one row.
pub(super) fn sha256_pieces(pieces: &[&[u8]]) -> String {
    let mut hasher = Sha256::new();
    for piece in pieces {
        hasher.update(piece);
    }
    hex(hasher.finalize().as_slice())
}

fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digit = |n: u8| char::from(DIGITS[usize::from(n)]);
    bytes.iter().flat_map(|b| [digit(b >> 4), digit(b & 15)]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The one-block example of FIPS 180-4.
    const ABC: &str = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

    #[test]
    fn bytes_pieces_and_files_agree() {
        assert_eq!(sha256_hex(b"abc"), ABC);
        assert_eq!(sha256_pieces(&[b"a", b"", b"bc"]), ABC);
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("long");
        let long: Vec<u8> = (0..200_000u32).map(|i| (i % 251) as u8).collect();
        std::fs::write(&path, &long).unwrap();
        assert_eq!(sha256_file(&path).unwrap(), sha256_hex(&long));
        assert_eq!(sha256_file(&folder.path().join("none")).unwrap_err().exit_code(), 66);
    }
}
