//! From bytes to values: everything is checked before anything is used, and no allocation is larger
//! than the file.

use std::fs::File;
use std::io::{ErrorKind, Read};
use std::ops::Range;
use std::path::Path;

use super::header::{Entry, Header};
use super::{Container, DIGITS, LENGTH_BYTES, MAX_HEADER, SEAL, Tensor, TensorData};
use super::{foreign, name_fault, volume};
use crate::error::{Error, Result, shown_path};
use crate::store::sha256::sha256_pieces;
use crate::store::text::printable;
use crate::text::thousands;

/// Bytes that are enough to tell what a file is.
const FIRST: u64 = 64;

/// A fault of the file, in words.
type Fault = String;

/// What a file's header says, checked against the file's length.
struct Layout {
    metadata: Vec<(String, String)>,
    tensors: Vec<(String, Entry)>,
    /// Where the values begin.
    values: usize,
}

/// Reads a regular file, whole, into memory: it may be swapped or cut meanwhile without harm. Errors:
/// [`Error::Input`] where it cannot be read, [`Error::Model`] where it is not a whole file of ours,
/// [`Error::Memory`].
pub fn read_file(path: &Path) -> Result<Container> {
    let fault = |reason| model_error(path, reason);
    let (mut file, length) = open(path)?;
    let mut bytes = Vec::new();
    read_up_to(path, &mut file, &mut bytes, FIRST.min(length))?;
    let header = header_range(&bytes, length).map_err(fault)?;
    read_up_to(path, &mut file, &mut bytes, header.end as u64)?;
    let layout = Layout::parse(&bytes, header, length).map_err(fault)?;
    read_up_to(path, &mut file, &mut bytes, length)?;
    layout.decode(path, &bytes)
}

impl Container {
    /// What [`Container::to_bytes`] wrote; `path` is for messages only. Errors: [`Error::Model`],
    /// [`Error::Memory`].
    pub fn from_bytes(path: &Path, bytes: &[u8]) -> Result<Self> {
        let fault = |reason| model_error(path, reason);
        let length = bytes.len() as u64;
        let header = header_range(bytes, length).map_err(fault)?;
        Layout::parse(bytes, header, length).map_err(fault)?.decode(path, bytes)
    }
}

/// Where the header stands in a file of `length` bytes that begins with `first`.
fn header_range(first: &[u8], length: u64) -> std::result::Result<Range<usize>, Fault> {
    if length == 0 {
        return Err("empty file".to_owned());
    }
    let size = first.first_chunk().map(|bytes| u64::from_le_bytes(*bytes));
    let may_be_ours = size.is_some_and(|n| (1..=MAX_HEADER).contains(&n))
        && first.get(LENGTH_BYTES).is_none_or(|byte| *byte == b'{');
    if let Some(size) = size
        && may_be_ours
    {
        let end = size + LENGTH_BYTES as u64;
        if end > length {
            let (length, end) = (thousands(length), thousands(end));
            return Err(format!("truncated: {length} of at least {end} bytes"));
        }
        return Ok(LENGTH_BYTES..end as usize);
    }
    Err(match (foreign::looks_like(&first[..first.len().min(FIRST as usize)]), size) {
        (Some(kind), _) => format!("not a model of rnn-train: it looks like {kind}"),
        (None, None) => format!("truncated: {} of a header's length of 8 bytes", thousands(length)),
        (None, Some(size)) => format!(
            "not a model file: by its first 8 bytes its header would have {} bytes",
            thousands(size)
        ),
    })
}

impl Layout {
    /// Checks a header against the length of its file. `bytes` holds at least the header.
    fn parse(bytes: &[u8], header: Range<usize>, length: u64) -> std::result::Result<Self, Fault> {
        let values = header.end;
        let parsed: Header = serde_json::from_slice(&bytes[header])
            .map_err(|e| format!("bad header: {}", printable(&e.to_string())))?;
        check_seal(bytes, &parsed)?;
        let mut end = 0;
        for (name, entry) in &parsed.tensors {
            end = check_entry(name, entry, end)?;
        }
        let wanted =
            (values as u64).checked_add(end as u64).ok_or("the file would be too large")?;
        let (shown_length, shown_wanted) = (thousands(length), thousands(wanted));
        if length < wanted {
            return Err(format!("truncated: {shown_length} of {shown_wanted} bytes"));
        }
        if length > wanted {
            return Err(format!(
                "{shown_length} bytes, {shown_wanted} expected: something was added"
            ));
        }
        Ok(Layout { metadata: parsed.metadata, tensors: parsed.tensors, values })
    }

    /// The values of a whole file, after its checksum.
    fn decode(self, path: &Path, bytes: &[u8]) -> Result<Container> {
        let fault = |reason: &str| model_error(path, reason.to_owned());
        let zeros = [b'0'; DIGITS.end - DIGITS.start];
        let found = sha256_pieces(&[&bytes[..DIGITS.start], &zeros, &bytes[DIGITS.end..]]);
        if found.as_bytes() != &bytes[DIGITS] {
            return Err(fault(
                "checksum mismatch: the file was damaged or changed after it was written",
            ));
        }
        let mut tensors = Vec::new();
        for (name, entry) in self.tensors {
            let (start, end) = entry.data_offsets;
            let raw = &bytes[self.values + start..self.values + end];
            let data = decode_values(path, &entry.dtype, raw)?;
            let tensor = Tensor { name, shape: entry.shape.0, data };
            if let Some(place) = tensor.first_non_finite() {
                return Err(fault(&format!("non-finite weight {place}")));
            }
            tensors.push(tensor);
        }
        let mut metadata = self.metadata;
        metadata.retain(|(key, _)| key != "checksum");
        Ok(Container { metadata, tensors })
    }
}

/// The checksum must be the first entry of all, so that its place is known.
fn check_seal(bytes: &[u8], header: &Header) -> std::result::Result<(), Fault> {
    let Some((_, value)) = header.metadata.iter().find(|(key, _)| key == "checksum") else {
        return Err("a safetensors file of another program: it has no checksum entry".to_owned());
    };
    let is_first = bytes[LENGTH_BYTES..].starts_with(SEAL);
    let digits = value.strip_prefix("sha256:");
    let is_plain = digits.is_some_and(|digits| bytes.get(DIGITS) == Some(digits.as_bytes()));
    if is_first && is_plain {
        return Ok(());
    }
    Err("its checksum entry is not one that rnn-train writes".to_owned())
}

/// Checks one tensor of a header; `start` is where it must begin. Returns where it ends.
fn check_entry(name: &str, entry: &Entry, start: usize) -> std::result::Result<usize, Fault> {
    if let Some(fault) = name_fault(name) {
        return Err(fault);
    }
    let name = printable(name);
    let Some(size) = value_size(&entry.dtype) else {
        let dtype = printable(&entry.dtype);
        return Err(format!("tensor {name} is of type {dtype}; only F32 and F64 are known"));
    };
    let Some(bytes) = volume(&entry.shape.0).and_then(|count| count.checked_mul(size)) else {
        return Err(format!("tensor {name}: its shape {:?} overflows", entry.shape.0));
    };
    let (from, to) = entry.data_offsets;
    if from != start {
        let kind = if from < start { "overlaps the one before" } else { "leaves a hole before it" };
        return Err(format!("tensor {name} {kind}: it begins at byte {from}, not {start}"));
    }
    if to.checked_sub(from) != Some(bytes) {
        let shape = &entry.shape.0;
        return Err(format!(
            "tensor {name}: shape {shape:?} does not fit its bytes {from} to {to}"
        ));
    }
    Ok(to)
}

/// Bytes of a value.
fn value_size(dtype: &str) -> Option<usize> {
    match dtype {
        "F32" => Some(4),
        "F64" => Some(8),
        _ => None,
    }
}

fn decode_values(path: &Path, dtype: &str, raw: &[u8]) -> Result<TensorData> {
    Ok(if dtype == "F32" {
        TensorData::F32(decode_each(path, raw, f32::from_le_bytes)?)
    } else {
        TensorData::F64(decode_each(path, raw, f64::from_le_bytes)?)
    })
}

fn decode_each<T, const N: usize>(
    path: &Path,
    raw: &[u8],
    decode: fn([u8; N]) -> T,
) -> Result<Vec<T>> {
    let (chunks, _) = raw.as_chunks();
    let mut values = Vec::new();
    values.try_reserve_exact(chunks.len()).map_err(|_| too_large(path, raw.len() as u64))?;
    values.extend(chunks.iter().map(|chunk| decode(*chunk)));
    Ok(values)
}

/// Opens a regular file. Opening a FIFO would block and reading a device never end: both are refused.
pub(super) fn open(path: &Path) -> Result<(File, u64)> {
    let refuse = |e: std::io::Error| match e.kind() {
        ErrorKind::NotFound => {
            Error::Input { path: path.to_owned(), reason: "no such file".to_owned() }
        }
        _ => Error::input(path, &e),
    };
    let check = |found: std::fs::Metadata| match found.is_file() {
        true => Ok(found.len()),
        false if found.is_dir() => Err(model_error(path, "a folder, not a model file".to_owned())),
        false => Err(model_error(path, "not a regular file".to_owned())),
    };
    check(std::fs::metadata(path).map_err(refuse)?)?;
    let file = File::open(path).map_err(refuse)?;
    let length = check(file.metadata().map_err(refuse)?)?;
    Ok((file, length))
}

/// Reads on until `bytes` holds the first `end` bytes of the file.
pub(super) fn read_up_to(
    path: &Path,
    file: &mut File,
    bytes: &mut Vec<u8>,
    end: u64,
) -> Result<()> {
    let missing = end.saturating_sub(bytes.len() as u64);
    let room = usize::try_from(missing).map_err(|_| too_large(path, end))?;
    bytes.try_reserve_exact(room).map_err(|_| too_large(path, end))?;
    file.take(missing).read_to_end(bytes).map_err(|e| Error::input(path, &e))?;
    if (bytes.len() as u64) < end {
        let (found, end) = (thousands(bytes.len() as u64), thousands(end));
        return Err(model_error(path, format!("cut while it was read: {found} of {end} bytes")));
    }
    Ok(())
}

fn model_error(path: &Path, reason: Fault) -> Error {
    Error::Model { path: path.to_owned(), reason }
}

fn too_large(path: &Path, size: u64) -> Error {
    let path = shown_path(path);
    Error::Memory(format!("{path}: {} bytes do not fit into memory", thousands(size)))
}
