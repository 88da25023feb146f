//! Finds where a record ends, byte by byte through any number of refills of the buffer.

/// Most bytes of one record, without its line end. A quote left open, or a file that is no text,
/// would otherwise be read into memory whole.
pub(super) const RECORD_LIMIT: usize = 1 << 20;

/// The scan of one record: what it has seen of the bytes before `at`.
#[derive(Clone, Copy, Debug)]
pub(super) struct Scan {
    /// Bytes of the record already looked at.
    at: usize,
    state: State,
    /// Physical line of the byte at `at`.
    line: u64,
    /// Offset and line of the last quote that opened a field.
    quote: Option<(usize, u64)>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// Outside quotes.
    Plain,
    /// Inside quotes.
    Quoted,
    /// After a quote inside quotes: the field's end, or the first half of a doubled quote.
    Closing,
}

/// What a scan has found.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Found {
    /// A line end closes the record after so many bytes, on this line.
    Record { length: usize, line: u64, quoted: bool },
    /// All bytes are looked at and the record goes on.
    More,
    /// The record cannot be read.
    Fault(Fault),
}

/// Why a record cannot be read, and where.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Fault {
    /// Physical line of the fault.
    pub(super) line: u64,
    /// What is wrong and what to do.
    pub(super) message: String,
    /// Offset into the record of a byte of that line: reading may go on with the line after it.
    pub(super) at: usize,
}

impl Scan {
    /// A scan that begins on `line`.
    pub(super) fn new(line: u64) -> Self {
        Scan { at: 0, state: State::Plain, line, quote: None }
    }

    /// Goes on through `bytes`, which start where the record does and may have grown since the last
    /// call. A quote opens a field only where the field starts, so the byte before it is all the
    /// scan must know of delimiters.
    pub(super) fn advance(&mut self, bytes: &[u8], delimiter: u8) -> Found {
        loop {
            if self.state == State::Closing {
                match bytes.get(self.at) {
                    None => return Found::More,
                    Some(b'"') => (self.state, self.at) = (State::Quoted, self.at + 1),
                    Some(&byte) if byte == delimiter || byte == b'\n' || byte == b'\r' => {
                        self.state = State::Plain;
                    }
                    Some(_) => return Found::Fault(self.text_after_quote()),
                }
                continue;
            }
            let rest = &bytes[self.at..];
            let stop = memchr::memchr3(b'\n', b'\r', b'"', rest);
            let passed = stop.unwrap_or(rest.len());
            if let Some(nul) = memchr::memchr(0, &rest[..passed]) {
                return Found::Fault(self.nul(self.at + nul));
            }
            self.at += passed;
            if self.at > RECORD_LIMIT {
                return Found::Fault(self.too_long());
            }
            if stop.is_none() {
                return Found::More;
            }
            if let Some(found) = self.pass_mark(bytes, delimiter) {
                return found;
            }
        }
    }

    /// Passes the quote or line end at `at`; says what it ends, if anything.
    fn pass_mark(&mut self, bytes: &[u8], delimiter: u8) -> Option<Found> {
        let before = if self.at == 0 { delimiter } else { bytes[self.at - 1] };
        match (bytes[self.at], self.state) {
            (b'"', State::Plain) if before == delimiter => {
                self.quote = Some((self.at, self.line));
                self.state = State::Quoted;
            }
            (b'"', State::Plain) => return Some(Found::Fault(self.stray_quote())),
            (b'"', _) => self.state = State::Closing,
            (_, State::Plain) => {
                let (length, line, quoted) = (self.at, self.line, self.quote.is_some());
                return Some(Found::Record { length, line, quoted });
            }
            // The line end was counted with its "\r".
            (b'\n', _) if before == b'\r' => {}
            _ => self.line += 1,
        }
        self.at += 1;
        None
    }

    /// What the end of the input makes of a record that goes on to the last byte.
    pub(super) fn finish(&self) -> Found {
        match (self.state, self.quote) {
            (State::Quoted, Some(quote)) => Found::Fault(unclosed(quote, "")),
            _ => Found::Record { length: self.at, line: self.line, quoted: self.quote.is_some() },
        }
    }

    fn fault(&self, message: &str) -> Fault {
        Fault { line: self.line, message: message.to_owned(), at: self.at }
    }

    fn stray_quote(&self) -> Fault {
        self.fault(
            "a quote inside an unquoted field; put the whole field in quotes and double those inside it",
        )
    }

    fn text_after_quote(&self) -> Fault {
        let line = self.line;
        match self.quote {
            // More likely than text behind a field of several lines is a quote that should have ended on its own.
            Some((at, opened)) if opened < line => Fault {
                line: opened,
                message: format!(
                    "quote opened at line {opened} is not closed before text follows the next quote, at line {line}; quotes \
                     inside a quoted field are doubled"
                ),
                at,
            },
            _ => self.fault("text after a closing quote; quotes inside a quoted field are doubled"),
        }
    }

    fn nul(&self, at: usize) -> Fault {
        let message = "NUL byte; not plain text, or a log cut off while it was being written";
        Fault { at, ..self.fault(message) }
    }

    fn too_long(&self) -> Fault {
        match (self.state, self.quote) {
            (State::Quoted, Some(quote)) => unclosed(quote, " within 1 MiB"),
            _ => self.fault("record is longer than 1 MiB; is this a CSV file?"),
        }
    }
}

/// The fault stands where the quote was opened: that is the line to mend, and the lines after it
/// may be sound.
fn unclosed((at, line): (usize, u64), where_to: &str) -> Fault {
    Fault { line, message: format!("quote opened at line {line} is not closed{where_to}"), at }
}
