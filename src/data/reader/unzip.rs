//! Gzip, undone on the way in. It is known by its first two bytes, which no text begins with.

use std::io::{self, Chain, Cursor, Read};

use flate2::read::MultiGzDecoder;

const MAGIC: [u8; 2] = [0x1f, 0x8b];

/// Passes text on as it comes, and what is packed in a gzip file unpacked.
pub(in crate::data) struct Unzip<R> {
    /// Where bytes come from, until they are found to be packed.
    plain: Option<R>,
    packed: Option<Box<MultiGzDecoder<Packed<R>>>>,
    /// Whether the first bytes have been seen.
    judged: bool,
}

/// The bytes that were read to find out, and the rest.
type Packed<R> = Chain<Cursor<Vec<u8>>, R>;

impl<R: Read> Unzip<R> {
    pub(in crate::data) fn new(source: R) -> Self {
        Self { plain: Some(source), packed: None, judged: false }
    }

    /// Whether an error of the source is one of unpacking: the file is damaged, not unreadable.
    pub(super) fn is_damaged(&self, error: &io::Error) -> bool {
        self.packed.is_some() && error.raw_os_error().is_none()
    }

    /// The source of plain text.
    #[cfg(test)]
    pub(super) fn plain(&mut self) -> &mut R {
        self.plain.as_mut().expect("not packed")
    }

    /// The first read: where it begins like gzip, as much more as it takes to be sure.
    fn judge(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let Some(mut source) = self.plain.take() else { return Ok(0) };
        let mut count = 0;
        // A text is judged by its first byte, so no row waits for a second one.
        while count < MAGIC.len() && MAGIC.starts_with(&buffer[..count]) {
            match source.read(&mut buffer[count..]) {
                Ok(0) => break,
                Ok(more) => count += more,
                Err(error) => {
                    self.plain = Some(source);
                    return Err(error);
                }
            }
        }
        self.judged = true;
        if !buffer[..count].starts_with(&MAGIC) {
            self.plain = Some(source);
            return Ok(count);
        }
        let packed = Cursor::new(buffer[..count].to_vec()).chain(source);
        self.packed = Some(Box::new(MultiGzDecoder::new(packed)));
        self.read(buffer)
    }
}

impl<R: Read> Read for Unzip<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match (&mut self.packed, &mut self.plain) {
            _ if !self.judged => self.judge(buffer),
            (Some(packed), _) => packed.read(buffer),
            (None, Some(plain)) => plain.read(buffer),
            (None, None) => Ok(0),
        }
    }
}
