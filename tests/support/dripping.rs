//! A source that is slow.

use std::io::{Read, Result};

/// Gives one line at each read, as a live source does.
pub struct Dripping<'a>(pub &'a [u8]);

impl Read for Dripping<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize> {
        let line = self.0.iter().position(|&byte| byte == b'\n').map_or(self.0.len(), |at| at + 1);
        let count = line.min(buffer.len());
        buffer[..count].copy_from_slice(&self.0[..count]);
        self.0 = &self.0[count..];
        Ok(count)
    }
}
