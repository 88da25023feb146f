//! One row of text, cut into fields.

use csv_core::ReadFieldResult;

/// One record; made once and filled again for every row.
#[derive(Clone, Debug, Default)]
pub struct Record {
    line: u64,
    bytes: Vec<u8>,
    /// Start and end of each field in `bytes`.
    fields: Vec<(usize, usize)>,
}

impl Record {
    /// Physical line the record starts on, from 1.
    pub fn line(&self) -> u64 {
        self.line
    }

    /// Number of fields.
    pub fn len(&self) -> usize {
        self.fields.len()
    }

    /// Whether nothing has been read into it yet.
    pub fn is_empty(&self) -> bool {
        self.fields.is_empty()
    }

    /// The field at `place` (from 0), quotes undone, spaces kept.
    ///
    /// # Panics
    /// If `place` is not below [`len`](Self::len): check the row first
    /// ([`Header::check_row`](super::Header::check_row)).
    #[inline]
    pub fn field(&self, place: usize) -> &[u8] {
        let (start, end) = self.fields[place];
        &self.bytes[start..end]
    }

    /// All fields in order.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &[u8]> {
        self.fields.iter().map(|&(start, end)| &self.bytes[start..end])
    }

    /// Takes over a record without quotes.
    pub(super) fn fill_plain(&mut self, line: u64, raw: &[u8], delimiter: u8) {
        self.line = line;
        self.bytes.clear();
        self.bytes.extend_from_slice(raw);
        self.fields.clear();
        let mut start = 0;
        for end in memchr::memchr_iter(delimiter, raw) {
            self.fields.push((start, end));
            start = end + 1;
        }
        self.fields.push((start, raw.len()));
    }

    /// Takes over a record with quotes, of which the scan has made sure that they match.
    pub(super) fn fill_quoted(&mut self, line: u64, raw: &[u8], unquoter: &mut csv_core::Reader) {
        self.line = line;
        // Un-quoted text is never longer; one byte more, so that the output is never full.
        self.bytes.clear();
        self.bytes.resize(raw.len() + 1, 0);
        self.fields.clear();
        unquoter.reset();
        let (mut read, mut start, mut end) = (0, 0, 0);
        loop {
            // Empty input at the end of `raw` tells csv-core that the record is over.
            let (result, used, written) = unquoter.read_field(&raw[read..], &mut self.bytes[end..]);
            (read, end) = (read + used, end + written);
            match result {
                ReadFieldResult::InputEmpty => {}
                ReadFieldResult::Field { record_end } => {
                    self.fields.push((start, end));
                    start = end;
                    if record_end {
                        break;
                    }
                }
                ReadFieldResult::OutputFull | ReadFieldResult::End => break,
            }
        }
        self.bytes.truncate(end);
    }
}
