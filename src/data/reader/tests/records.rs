//! Cutting records: faults of the text, and when the source is asked.

use super::*;

fn row(line: u64, fields: &str) -> (u64, String) {
    (line, fields.to_owned())
}

#[test]
fn fields_are_cut_and_unquoted() {
    let text = "a,,\"b,\"\"c\"\"\"\n\"\"\n \u{e9} ,\n,\"\"\n";
    let expected = [row(1, "a||b,\"c\""), row(2, ""), row(3, " \u{e9} |"), row(4, "|")];
    assert_eq!(rows_of(text), expected);
}

#[test]
fn an_empty_file_has_no_records() {
    for text in ["", "\n", "\r\n\r\n", "\u{feff}", "\u{feff}\n"] {
        assert_eq!(rows_of(text), [], "{text:?}");
    }
}

#[test]
fn the_last_record_needs_no_newline() {
    for (text, expected) in [("a\nb", true), ("a\n\"b\"", true), ("a\nb\r", false), ("", false)] {
        let mut reader = RecordReader::new(text.as_bytes(), "data.csv", Dialect::default());
        let mut record = Record::default();
        let mut last = None;
        while reader.read(&mut record).unwrap() {
            last = Some(record.field(0).to_owned());
        }
        assert_eq!(last.is_some_and(|field| field == b"b"), !text.is_empty());
        assert_eq!(reader.ended_without_newline(), expected, "{text:?}");
    }
}

#[test]
fn a_byte_order_mark_is_passed_over() {
    assert_eq!(rows_of("\u{feff}a,b\n1,2\n"), [row(1, "a|b"), row(2, "1|2")]);
    assert_eq!(rows_of("\u{feff}\"a\",b\n"), [row(1, "a|b")]);
    let trickle = Trickle { text: "\u{feff}\"a\"\n".as_bytes(), step: 1 };
    assert_eq!(outcome_of(trickle).rows, [(1, vec!["a".to_owned()])]);
}

#[test]
fn what_is_not_text_is_named() {
    assert!(error_of(b"\xff\xfea\0,\0b\0\n\0").contains("iconv -f UTF-16 -t UTF-8"));
    assert!(error_of(b"\xfe\xff\0a\0,\0b\0\n").contains("iconv -f UTF-16 -t UTF-8"));
    assert!(error_of(&gzip(&gzip(b"a,b\n1,2\n"))).contains("gunzip"));
    for (start, name) in
        [(&b"\x28\xb5\x2f\xfd"[..], "zstd"), (b"\xfd7zXZ\0", "xz"), (b"BZh91AY", "bzip2")]
    {
        assert!(error_of(start).contains(name));
    }
    assert!(error_of(b"PK\x03\x04\x14\0\x06\0\n").contains("spreadsheet"));
    assert_eq!(rows_of("P"), [row(1, "P")]);
    assert_eq!(rows_of("PK,\n"), [row(1, "PK|")]);
}

#[test]
fn a_quote_never_closed_names_the_line_that_opened_it() {
    let error = error_of(b"a,b\n\n1,2\n\"3,4\n5,6\n");
    assert_eq!(error, "data.csv:4: quote opened at line 4 is not closed");
    // In the last column, opened on the second line of a record; the rows after it are read.
    let outcome = outcome_of(&b"a,b\n\"x\ny\",\"2\n5,6\n7,8"[..]);
    assert_eq!(outcome.errors, ["data.csv:3: quote opened at line 3 is not closed"]);
    assert_eq!(outcome.rows.last(), Some(&(5, vec!["7".to_owned(), "8".to_owned()])));
    assert_eq!(outcome.rows.len(), 3);
}

#[test]
fn stray_quotes_are_refused() {
    assert!(error_of(b"a,b\n1,2\" pipe\n").starts_with("data.csv:2: a quote inside an unquoted"));
    assert!(error_of(b"a,b\n1, \"2\"\n").starts_with("data.csv:2: a quote inside an unquoted"));
    let error = outcome_of(&b"a,b\n\"1\n\"2,3\n"[..]).errors.remove(0);
    assert!(error.starts_with("data.csv:2: quote opened at line 2 is not closed before text"));
    assert!(error_of(b"\"1\" ,2\n").starts_with("data.csv:1: text after a closing quote"));
}

#[test]
fn reading_goes_on_after_a_refused_record() {
    for ending in ["\n", "\r\n", "\r"] {
        let text = "a,b\n1,2\"\"\",x\n\n3,4\n\"5\"6\n7,\0\n\"8\n9,10".replace('\n', ending);
        for step in [1, 1000] {
            let outcome = outcome_of(Trickle { text: text.as_bytes(), step });
            let lines: Vec<u64> = outcome.rows.iter().map(|(line, _)| *line).collect();
            assert_eq!((lines, outcome.errors.len()), (vec![1, 4, 8], 4));
        }
    }
}

#[test]
fn lines_are_physical_after_quoted_newlines() {
    let error = error_of(b"a,b\r\n\"x\r\n\r\ny\",1\r\n2,\"3\"4\r\n");
    assert!(error.starts_with("data.csv:5: "), "{error}");
}

#[test]
fn nul_bytes_are_refused() {
    assert!(error_of(b"a,b\n1,2\n3,\0\0\n").starts_with("data.csv:3: NUL byte"));
    assert!(error_of(b"a,b\n1,\"2\n\0\"\n").starts_with("data.csv:3: NUL byte"));
}

/// A gigabyte of one byte, and a count of what was asked for.
struct Endless {
    start: &'static [u8],
    byte: u8,
    left: usize,
}

impl Read for Endless {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        if !self.start.is_empty() {
            return self.start.read(buffer);
        }
        let count = buffer.len().min(self.left);
        buffer[..count].fill(self.byte);
        self.left -= count;
        Ok(count)
    }
}

#[test]
fn huge_records_are_refused_early() {
    let cases: [(&[u8], u8, &str); 4] = [
        (b"a,b\n", b'1', "data.csv:2: record is longer than 1 MiB"),
        (b"a,b\n", 0, "data.csv:2: NUL byte"),
        (b"a,b\n\n1,\"", b'1', "data.csv:3: quote opened at line 3 is not closed within 1 MiB"),
        (b"a,b\n1,\"", b'\n', "data.csv:2: quote opened at line 2 is not closed within 1 MiB"),
    ];
    for (start, byte, expected) in cases {
        let left = 1 << 30;
        let mut reader =
            RecordReader::new(Endless { start, byte, left }, "data.csv", Dialect::default());
        let mut record = Record::default();
        assert!(reader.read(&mut record).unwrap());
        assert!(message(reader.read(&mut record)).starts_with(expected));
        assert!(reader.source.plain().left > left - (4 << 20));
    }
}

#[test]
fn a_record_of_just_the_limit_is_read() {
    for (length, good) in [(1 << 20, true), ((1 << 20) + 1, false)] {
        let text = "1".repeat(length) + "\n2\n";
        let outcome = outcome_of(text.as_bytes());
        assert_eq!((outcome.rows.len(), outcome.errors.len()), if good { (2, 0) } else { (1, 1) });
    }
}

/// Hands out one piece per read; fails when asked for more.
struct Pieces(Vec<&'static [u8]>);

impl Read for Pieces {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        assert!(!self.0.is_empty(), "asked for bytes that were not needed");
        let piece = self.0.remove(0);
        buffer[..piece.len()].copy_from_slice(piece);
        Ok(piece.len())
    }
}

#[test]
fn a_record_goes_out_before_the_source_is_asked_again() {
    for ending in ["\n", "\r\n", "\r"] {
        let text: &'static str = "1,2\n\n\"3\n3\",4\n5,6\"\n7,\"\"\n".replace('\n', ending).leak();
        let mut reader =
            RecordReader::new(Pieces(vec![text.as_bytes()]), "data.csv", Dialect::default());
        let mut record = Record::default();
        assert!(!reader.has_buffered_record());
        for refused in [false, false, true, false] {
            assert_eq!(reader.read(&mut record).is_err(), refused);
        }
        assert!(!reader.has_buffered_record());
        reader.source.plain().0 = vec![b"8,9\n"];
        assert!(reader.read(&mut record).unwrap());
        assert_eq!(record.line(), 7);
    }
}

#[test]
fn a_newline_that_comes_late_belongs_to_its_return() {
    let pieces = vec![&b"1,2\r"[..], b"\n", b"3,4\r", b"\n5,6\r\n7"];
    let mut reader = RecordReader::new(Pieces(pieces), "data.csv", Dialect::default());
    let mut record = Record::default();
    for line in 1..=3 {
        assert!(reader.read(&mut record).unwrap());
        assert_eq!(record.line(), line);
        assert!(line != 2 || !reader.has_buffered_record());
    }
}

#[test]
fn has_buffered_record_foretells_whether_the_source_is_asked() {
    let text = b"a,b\n1,2\n\n3,\"4\n5\"\r\n6\"7,8\r9,10\n\n\n\"11";
    let mut told = [0, 0];
    for cut in 0..text.len() {
        let pieces = vec![&text[..cut + 1], &text[cut + 1..]];
        let pieces = pieces.into_iter().filter(|piece| !piece.is_empty()).collect();
        let mut reader = RecordReader::new(Pieces(pieces), "data.csv", Dialect::default());
        let mut record = Record::default();
        for _ in 0..5 {
            let (ready, left) = (reader.has_buffered_record(), reader.source.plain().0.len());
            let _ = reader.read(&mut record);
            assert_eq!(ready, reader.source.plain().0.len() == left, "cut at {cut}");
            told[usize::from(ready)] += 1;
        }
        assert!(!reader.has_buffered_record());
        reader.source.plain().0.push(b"");
        assert!(reader.read(&mut record).is_err(), "the open quote");
        assert!(!reader.has_buffered_record());
        assert!(!reader.read(&mut record).unwrap());
    }
    assert!(told[0] > 40 && told[1] > 100, "{told:?}");
}

/// Fails as a directory does, after one interruption.
struct Failing(bool);

impl Read for Failing {
    fn read(&mut self, _: &mut [u8]) -> std::io::Result<usize> {
        let interrupted = std::mem::replace(&mut self.0, true);
        Err(if interrupted {
            std::io::Error::from_raw_os_error(21)
        } else {
            std::io::ErrorKind::Interrupted.into()
        })
    }
}

#[test]
fn a_source_that_fails_is_an_input_error() {
    let mut reader = RecordReader::new(Failing(false), "data", Dialect::default());
    let error = reader.read(&mut Record::default()).unwrap_err();
    assert_eq!((error.exit_code(), error.to_string().as_str()), (66, "data: is a directory"));
}

#[test]
fn tabs_may_separate() {
    let tabs = Dialect { delimiter: b'\t', ..Dialect::default() };
    let mut reader = RecordReader::new(&b"a\t\"b\tc\"\td,e\n"[..], "data.tsv", tabs);
    let mut record = Record::default();
    assert!(reader.read(&mut record).unwrap());
    assert!(record.iter().eq([&b"a"[..], b"b\tc", b"d,e"]));
}
