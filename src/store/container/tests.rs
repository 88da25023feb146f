//! Tests of the container: what it gives back, and damage to it. See `refusals` for crafted files.

use std::fs;
use std::path::Path;

use super::*;
use crate::error::Result;
use crate::store::sha256::sha256_hex;

pub(super) fn sample() -> Container {
    let f32s = vec![1.5, -0.0, f32::MIN_POSITIVE, f32::MAX, 1e-45, 0.1];
    Container {
        metadata: vec![
            ("version".into(), "1".into()),
            ("vocabulary".into(), "[\"ä\\n\u{1}\",\"\"]".into()),
        ],
        tensors: vec![
            Tensor { name: "sum".into(), shape: vec![], data: TensorData::F64(vec![0.1]) },
            Tensor { name: "rnn.w".into(), shape: vec![2, 3], data: TensorData::F32(f32s) },
            Tensor { name: "none".into(), shape: vec![0, 7], data: TensorData::F32(vec![]) },
            Tensor { name: "b \"é".into(), shape: vec![1], data: TensorData::F32(vec![2.0]) },
        ],
    }
}

pub(super) fn parse(bytes: &[u8]) -> Result<Container> {
    Container::from_bytes(Path::new("m.safetensors"), bytes)
}

/// The reason for which bytes are refused as a bad model.
pub(super) fn reason(bytes: &[u8]) -> String {
    let error = parse(bytes).expect_err("must be refused");
    assert_eq!(error.exit_code(), 69, "{error}");
    error.to_string()
}

/// A file with a right checksum around any header: `rest` follows the checksum's entry.
pub(super) fn sealed(rest: &str, values: &[u8]) -> Vec<u8> {
    let header = format!("{}{}\"{rest}", std::str::from_utf8(SEAL).unwrap(), "0".repeat(64));
    let mut bytes = (header.len() as u64).to_le_bytes().to_vec();
    bytes.extend_from_slice(header.as_bytes());
    bytes.extend_from_slice(values);
    let digits = sha256_hex(&bytes);
    bytes[DIGITS].copy_from_slice(digits.as_bytes());
    bytes
}

#[test]
fn what_is_written_is_read_bit_for_bit() {
    let bytes = sample().to_bytes().unwrap();
    assert_eq!(bytes, sample().to_bytes().unwrap());
    let back = parse(&bytes).unwrap();
    assert_eq!(back, sample());
    assert_eq!(back.to_bytes().unwrap(), bytes);
    let TensorData::F32(values) = &back.tensor("rnn.w").unwrap().data else { panic!("F32") };
    assert_eq!(values[1].to_bits(), (-0.0f32).to_bits());
    assert_eq!(back.value("version"), Some("1"));
    assert_eq!(back.value("checksum"), None);
    parse(&Container::default().to_bytes().unwrap()).unwrap();
}

#[test]
fn the_reference_reader_reads_the_same() {
    let bytes = sample().to_bytes().unwrap();
    let header = u64::from_le_bytes(bytes[..8].try_into().unwrap());
    assert_eq!((8 + header) % 8, 0);
    let (_, metadata) = safetensors::SafeTensors::read_metadata(&bytes).unwrap();
    let texts = metadata.metadata().as_ref().unwrap();
    assert_eq!(texts.len(), 3);
    assert_eq!(texts["vocabulary"], sample().value("vocabulary").unwrap());
    assert_eq!(texts["checksum"].len(), 71);
    let theirs = safetensors::SafeTensors::deserialize(&bytes).unwrap();
    assert_eq!(theirs.len(), 4);
    for tensor in sample().tensors {
        let view = theirs.tensor(&tensor.name).unwrap();
        let (dtype, values): (_, Vec<u8>) = match &tensor.data {
            TensorData::F32(v) => {
                (safetensors::Dtype::F32, v.iter().flat_map(|x| x.to_le_bytes()).collect())
            }
            TensorData::F64(v) => {
                (safetensors::Dtype::F64, v.iter().flat_map(|x| x.to_le_bytes()).collect())
            }
        };
        assert_eq!((view.dtype(), view.shape()), (dtype, &tensor.shape[..]));
        assert_eq!(view.data(), values);
    }
}

#[test]
fn every_flipped_bit_is_noticed() {
    let mut bytes = sample().to_bytes().unwrap();
    for bit in 0..bytes.len() * 8 {
        bytes[bit / 8] ^= 1 << (bit % 8);
        reason(&bytes);
        bytes[bit / 8] ^= 1 << (bit % 8);
    }
    parse(&bytes).unwrap();
}

#[test]
fn every_truncation_and_addition_is_noticed() {
    let bytes = sample().to_bytes().unwrap();
    for length in 1..bytes.len() {
        let reason = reason(&bytes[..length]);
        assert!(reason.contains("truncated"), "{length}: {reason}");
    }
    let short = reason(&bytes[..bytes.len() - 1]);
    assert!(short.ends_with(&format!("truncated: {} of {} bytes", bytes.len() - 1, bytes.len())));
    assert!(reason(&[]).contains("empty file"));
    assert!(reason(&[&bytes[..], b"\0"].concat()).contains("something was added"));
}

#[test]
fn nothing_is_written_that_could_not_be_read() {
    let tensor = |name: &str, shape: &[usize], values: &[f32]| Tensor {
        name: name.into(),
        shape: shape.into(),
        data: TensorData::F32(values.into()),
    };
    for (key, tensors, words) in [
        ("checksum", vec![], "given twice"),
        ("k", vec![tensor("a", &[1], &[1.0]), tensor("a", &[1], &[1.0])], "given twice"),
        ("k", vec![tensor("__metadata__", &[1], &[1.0])], "cannot be the name"),
        ("k", vec![tensor("a\n", &[1], &[1.0])], "control character"),
        ("k", vec![tensor(&"x".repeat(257), &[1], &[1.0])], "over 256 bytes"),
        ("k", vec![tensor("a", &[2], &[1.0])], "has 1 values"),
        ("k", vec![tensor("a", &[1, 1, 1, 1, 1], &[1.0])], "has 1 values"),
        ("k", vec![tensor("a", &[1, 2], &[1.0, f32::NAN])], "non-finite weight a[0,1]"),
    ] {
        let container = Container { metadata: vec![(key.into(), String::new())], tensors };
        let error = container.to_bytes().unwrap_err();
        assert!(error.to_string().contains(words), "{error}");
    }
}

#[test]
fn files_are_read_whole_or_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("m.safetensors");
    let code = |path: &Path| read_file(path).unwrap_err().exit_code();
    assert_eq!(code(&path), 66);
    assert_eq!(code(folder.path()), 69);
    assert_eq!(code(&folder.path().join("none/m.safetensors")), 66);
    let bytes = sample().to_bytes().unwrap();
    fs::write(&path, &bytes).unwrap();
    assert_eq!(read_file(&path).unwrap(), sample());
    for length in 0..bytes.len() {
        fs::write(&path, &bytes[..length]).unwrap();
        let error = read_file(&path).unwrap_err();
        assert_eq!(error.to_string(), {
            let named = Container::from_bytes(&path, &bytes[..length]);
            named.unwrap_err().to_string()
        });
    }
}

#[test]
fn a_sparse_giant_is_refused_by_its_header() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("giant");
    for content in [vec![], sample().to_bytes().unwrap()] {
        fs::write(&path, &content).unwrap();
        let file = fs::File::options().write(true).open(&path).unwrap();
        if file.set_len(1 << 40).is_ok() {
            assert_eq!(read_file(&path).unwrap_err().exit_code(), 69);
        }
    }
}

#[cfg(unix)]
#[test]
fn a_fifo_or_device_does_not_block() {
    let folder = tempfile::tempdir().unwrap();
    let fifo = folder.path().join("fifo");
    let made = std::process::Command::new("mkfifo").arg(&fifo).status().unwrap();
    assert!(made.success());
    for path in [fifo.as_path(), Path::new("/dev/zero")] {
        let error = read_file(path).unwrap_err();
        assert_eq!(error.exit_code(), 69);
        assert!(error.to_string().ends_with("not a regular file"), "{error}");
    }
}

/// A file is read in pieces: header, values. It may be cut or swapped in between.
#[test]
fn a_file_that_is_cut_while_it_is_read_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("m.safetensors");
    let bytes = sample().to_bytes().unwrap();
    fs::write(&path, &bytes).unwrap();
    let (mut file, length) = read::open(&path).unwrap();
    let mut read = Vec::new();
    read::read_up_to(&path, &mut file, &mut read, 64).unwrap();
    fs::File::options().write(true).open(&path).unwrap().set_len(length - 3).unwrap();
    let error = read::read_up_to(&path, &mut file, &mut read, length).unwrap_err();
    assert_eq!(error.exit_code(), 69);
    let words = format!("cut while it was read: {} of {length} bytes", length - 3);
    assert!(error.to_string().ends_with(&words), "{error}");
    // Swapped for another: what is open is still the old one.
    fs::write(&path, &bytes).unwrap();
    let (mut file, length) = read::open(&path).unwrap();
    fs::rename(&path, folder.path().join("old")).unwrap();
    fs::write(&path, b"another").unwrap();
    let mut read = Vec::new();
    read::read_up_to(&path, &mut file, &mut read, length).unwrap();
    assert_eq!(read, bytes);
}
