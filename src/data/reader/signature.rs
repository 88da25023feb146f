//! The first bytes that tell text from what is not text.

/// Bytes a file may start with, and what is wrong with such a file; `None` for the UTF-8 mark,
/// which is passed over.
const SIGNATURES: [(&[u8], Option<&str>); 8] = [
    (b"\xef\xbb\xbf", None),
    (b"\xff\xfe", Some(UTF_16)),
    (b"\xfe\xff", Some(UTF_16)),
    (b"\x1f\x8b", Some("looks like gzip within gzip; unpack it once: gunzip -k FILE")),
    (b"\x28\xb5\x2f\xfd", Some("looks like zstd; unpack it first: zstd -d FILE")),
    (b"\xfd7zXZ\0", Some("looks like xz; unpack it first: xz -dk FILE")),
    (b"BZh9", Some("looks like bzip2; unpack it first: bzip2 -dk FILE")),
    (b"PK\x03\x04", Some("looks like a zip archive or a spreadsheet; export the table as CSV")),
];

const UTF_16: &str = "looks like UTF-16; convert it: iconv -f UTF-16 -t UTF-8 FILE > NEW.csv";

/// What the start of a file is.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Start {
    /// Text, after so many bytes of a byte order mark.
    Text(usize),
    /// Too few bytes to tell.
    Undecided,
    /// Not text.
    Foreign(&'static str),
}

/// Judges the first bytes; asks for more only while they are the beginning of a signature.
pub(super) fn judge(bytes: &[u8]) -> Start {
    for (signature, complaint) in SIGNATURES {
        if bytes.starts_with(signature) {
            return complaint.map_or(Start::Text(signature.len()), Start::Foreign);
        }
        if signature.starts_with(bytes) {
            return Start::Undecided;
        }
    }
    Start::Text(0)
}
