//! Cuts a stream of bytes into records.

use std::io::{ErrorKind, Read};
use std::path::PathBuf;

use super::record::Record;
use super::scan::{Fault, Found, Scan};
use super::signature::{self, Start};
use super::unzip::Unzip;
use crate::config::Dialect;
use crate::error::{DataError, Error, Result, shown_path};

/// Bytes asked of the source at a time; the buffer grows beyond only for a longer record.
const CHUNK: usize = 1 << 16;

/// Reads records from any source, with a buffer of its own.
///
/// Lines end with `\n`, `\r\n` or `\r`, also mixed, and are counted alike; lines without a byte are
/// passed over but counted. A record goes out as soon as its line end is there: the source is asked
/// for more only while the buffer holds no whole record.
pub struct RecordReader<R> {
    pub(super) source: Unzip<R>,
    path: PathBuf,
    /// `path`, safe to print.
    file: String,
    dialect: Dialect,
    unquoter: csv_core::Reader,
    buffer: Vec<u8>,
    /// The unread bytes are `buffer[start..end]`.
    start: usize,
    end: usize,
    /// Physical line of the byte at `start`.
    line: u64,
    scan: Scan,
    /// The first bytes have been judged.
    opened: bool,
    /// The source has said that nothing follows.
    ended: bool,
    /// The last line ended with `\r`: a `\n` at `start` belongs to it.
    after_return: bool,
    /// The rest of the line at `start` belongs to a record that was refused.
    discarding: bool,
    last_byte: Option<u8>,
    /// A record that was handed out and put back.
    held: Option<Record>,
}

impl<R: Read> RecordReader<R> {
    /// A reader of `source`, text or text packed by gzip, which errors call `file` (`<stdin>` for standard input).
    /// The source needs no buffer.
    pub fn new(source: R, file: impl Into<PathBuf>, dialect: Dialect) -> Self {
        let path = file.into();
        RecordReader {
            source: Unzip::new(source),
            file: shown_path(&path),
            path,
            dialect,
            unquoter: csv_core::ReaderBuilder::new().delimiter(dialect.delimiter).build(),
            buffer: vec![0; CHUNK],
            start: 0,
            end: 0,
            line: 1,
            scan: Scan::new(1),
            opened: false,
            ended: false,
            after_return: false,
            discarding: false,
            last_byte: None,
            held: None,
        }
    }

    /// Reads the next record; `false` at the end of the input.
    ///
    /// # Errors
    /// [`Error::Data`] if the text is no record: stray or unclosed quotes, NUL bytes, more than
    /// 1 MiB, a file that is not UTF-8 text from its first bytes on, or a damaged gzip file. One may read on: the next
    /// record is looked for on the physical line after the one the error names. (A quote may be
    /// found unclosed much later; reading goes on after the line that opened it all the same.)
    /// [`Error::Input`] if the source fails; nothing sensible follows.
    pub fn read(&mut self, record: &mut Record) -> Result<bool> {
        if let Some(held) = self.held.take() {
            *record = held;
            return Ok(true);
        }
        self.open()?;
        loop {
            if self.settle() {
                let unread = &self.buffer[self.start..self.end];
                let found = match self.scan.advance(unread, self.dialect.delimiter) {
                    Found::More if self.ended && !unread.is_empty() => self.scan.finish(),
                    found => found,
                };
                match found {
                    Found::Record { length: 0, .. } => self.pass_line(0, self.line),
                    Found::Record { length, line, quoted } => {
                        self.hand_out(record, length, quoted);
                        self.pass_line(length, line);
                        return Ok(true);
                    }
                    Found::Fault(fault) => return Err(self.refuse(fault)),
                    Found::More if self.ended => return Ok(false),
                    Found::More => self.fill()?,
                }
            } else if self.ended {
                return Ok(false);
            } else {
                self.fill()?;
            }
        }
    }

    /// Makes `record`, which was read last, the next one again.
    pub(super) fn put_back(&mut self, record: Record) {
        self.held = Some(record);
    }

    /// Whether the next [`read`](Self::read) has its answer, a record or a fault of one, without
    /// asking the source: a stream flushes its output when this is false.
    pub fn has_buffered_record(&self) -> bool {
        if self.held.is_some() {
            return true;
        }
        let mut unread = &self.buffer[self.start..self.end];
        if self.discarding {
            let rest = memchr::memchr2(b'\n', b'\r', unread).unwrap_or(unread.len());
            unread = &unread[rest..];
        }
        // Line ends here close blank or discarded lines.
        let blank = unread.iter().take_while(|&&byte| byte == b'\n' || byte == b'\r').count();
        unread = &unread[blank..];
        let more = Scan::new(1).advance(unread, self.dialect.delimiter) == Found::More;
        !more || (self.ended && !unread.is_empty())
    }

    /// Whether the input is over and its last line had no line end.
    pub fn ended_without_newline(&self) -> bool {
        self.ended && self.last_byte.is_some_and(|byte| byte != b'\n' && byte != b'\r')
    }

    /// What errors call the source; safe to print.
    pub fn file(&self) -> &str {
        &self.file
    }

    /// The marks it goes by.
    pub fn dialect(&self) -> Dialect {
        self.dialect
    }

    /// Judges the first bytes, once.
    fn open(&mut self) -> Result<()> {
        while !self.opened {
            match signature::judge(&self.buffer[self.start..self.end]) {
                Start::Undecided if !self.ended => self.fill()?,
                Start::Undecided => self.opened = true,
                Start::Text(mark) => {
                    self.start += mark;
                    self.opened = true;
                }
                Start::Foreign(complaint) => {
                    // Nothing in such a file can be read, so it ends here.
                    (self.start, self.end, self.ended, self.opened) = (0, 0, true, true);
                    return Err(self.error(1, complaint.to_owned()));
                }
            }
        }
        Ok(())
    }

    /// Passes what is left of the line before; false if its end is not in the buffer yet.
    fn settle(&mut self) -> bool {
        if self.after_return && self.start < self.end {
            self.start += usize::from(self.buffer[self.start] == b'\n');
            self.after_return = false;
        }
        if self.discarding {
            match memchr::memchr2(b'\n', b'\r', &self.buffer[self.start..self.end]) {
                Some(length) => {
                    self.discarding = false;
                    self.pass_line(length, self.line);
                    return self.settle();
                }
                None => self.start = self.end,
            }
        }
        !self.discarding
    }

    /// Copies the record of `length` bytes at `start`.
    fn hand_out(&mut self, record: &mut Record, length: usize, quoted: bool) {
        let raw = &self.buffer[self.start..self.start + length];
        if quoted {
            record.fill_quoted(self.line, raw, &mut self.unquoter);
        } else {
            record.fill_plain(self.line, raw, self.dialect.delimiter);
        }
    }

    /// Passes `length` bytes, the last of them on `line`, and the line end after them. A `\n` that
    /// follows a `\r` is left for later: waiting for it would hold the record back.
    fn pass_line(&mut self, length: usize, line: u64) {
        let line_end = self.start + length;
        self.after_return = line_end < self.end && self.buffer[line_end] == b'\r';
        self.start = self.end.min(line_end + 1);
        self.line = line + 1;
        self.scan = Scan::new(self.line);
    }

    /// Drops a record up to its fault; the next call drops the rest of that line.
    fn refuse(&mut self, fault: Fault) -> Error {
        self.start += fault.at;
        self.line = fault.line;
        self.scan = Scan::new(self.line);
        self.discarding = true;
        self.error(fault.line, fault.message)
    }

    /// Asks the source once.
    fn fill(&mut self) -> Result<()> {
        if self.start == self.end {
            (self.start, self.end) = (0, 0);
        } else if self.end == self.buffer.len() && self.start > 0 {
            self.buffer.copy_within(self.start..self.end, 0);
            (self.start, self.end) = (0, self.end - self.start);
        }
        if self.end == self.buffer.len() {
            // At most twice `RECORD_LIMIT`: the scan refuses what is longer.
            self.buffer.resize(2 * self.end, 0);
        }
        loop {
            match self.source.read(&mut self.buffer[self.end..]) {
                Ok(0) => self.ended = true,
                Ok(count) => {
                    self.end += count;
                    self.last_byte = Some(self.buffer[self.end - 1]);
                }
                Err(error) if error.kind() == ErrorKind::Interrupted => continue,
                Err(error) if self.source.is_damaged(&error) => {
                    // What is left of a record cannot be told from a whole one.
                    (self.start, self.end, self.ended) = (0, 0, true);
                    self.scan = Scan::new(self.line);
                    let message =
                        format!("gzip file is cut off or damaged ({error}); copy it again");
                    return Err(self.error(self.line, message));
                }
                Err(error) => return Err(Error::input(&self.path, &error)),
            }
            return Ok(());
        }
    }

    fn error(&self, line: u64, message: String) -> Error {
        DataError { file: self.file.clone(), line: Some(line), column: None, message }.into()
    }
}
