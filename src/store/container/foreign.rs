//! What a file that is none of ours looks like, for the message; nothing of it is interpreted.

/// First bytes and what they mean.
const MAGIC: [(&[u8], &str); 13] = [
    (b"PK\x03\x04", "a zip archive, as PyTorch saves (.pt, .pth)"),
    (b"\x89HDF\r\n\x1a\n", "HDF5, as Keras saves (.h5)"),
    (b"\x1f\x8b", "gzip; unpack it first"),
    (b"\x28\xb5\x2f\xfd", "zstd; unpack it first"),
    (b"version https://git-lfs", "a Git LFS pointer, not the file itself; run: git lfs pull"),
    (b"GGUF", "GGUF"),
    (b"\x93NUMPY", "a NumPy array (.npy)"),
    (b"\x80\x02", PICKLE),
    (b"\x80\x03", PICKLE),
    (b"\x80\x04", PICKLE),
    (b"\x80\x05", PICKLE),
    (b"{", "JSON"),
    (b"<", "HTML or XML, perhaps a failed download"),
];

const PICKLE: &str = "a Python pickle, as PyTorch once saved (.pt, .pkl)";

/// What the first bytes look like.
pub(super) fn looks_like(first: &[u8]) -> Option<&'static str> {
    let text = first.strip_prefix(b"\xef\xbb\xbf").unwrap_or(first).trim_ascii_start();
    let known = MAGIC
        .iter()
        .find(|(magic, _)| first.starts_with(magic) || text.starts_with(magic))
        .map(|(_, kind)| *kind);
    let is_text = |b: &u8| matches!(b, b'\t' | b'\n' | b'\r' | b' '..=b'~');
    known.or_else(|| (first.len() >= 16 && first.iter().all(is_text)).then_some("a text file"))
}
