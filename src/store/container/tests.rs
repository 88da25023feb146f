//! Tests of the container: what it gives back, and everything it must refuse.

use std::fs;
use std::path::Path;

use super::*;
use crate::error::Result;
use crate::store::sha256::sha256_hex;

fn sample() -> Container {
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

fn parse(bytes: &[u8]) -> Result<Container> {
    Container::from_bytes(Path::new("m.safetensors"), bytes)
}

/// The reason for which bytes are refused as a bad model.
fn reason(bytes: &[u8]) -> String {
    let error = parse(bytes).expect_err("must be refused");
    assert_eq!(error.exit_code(), 69, "{error}");
    error.to_string()
}

/// A file with a right checksum around any header: `rest` follows the checksum's entry.
fn sealed(rest: &str, values: &[u8]) -> Vec<u8> {
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
fn bad_headers_are_refused_each_for_its_reason() {
    let four = [0; 4];
    let entry = r#"{"dtype":"F32","shape":[1],"data_offsets":[0,4]}"#;
    let long = "x".repeat(MAX_NAME + 1);
    let cases: &[(&str, &[u8], &str)] = &[
        (r#"},"a":[1]}"#, &four, "bad header"),
        (r#"},"a":{"#, &four, "bad header: EOF"),
        (r#"}} x"#, &four, "bad header: trailing"),
        (r#","k":1}}"#, b"", "bad header: invalid type"),
        (r#","k":"1","k":"2"}}"#, b"", "metadata \"k\" is given twice"),
        (r#","checksum":"2"}}"#, b"", "metadata \"checksum\" is given twice"),
        (r#"},"__metadata__":{}}"#, b"", "__metadata__ is given twice"),
        (&format!(r#"}},"a":{entry},"a":{entry}}}"#), &four, "tensor \"a\" is given twice"),
        (
            r#"},"a":{"dtype":"F32","dtype":"F32","shape":[1],"data_offsets":[0,4]}}"#,
            &four,
            "duplicate",
        ),
        (
            r#"},"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4],"x":1}}"#,
            &four,
            "unknown field",
        ),
        (r#"},"a":{"dtype":"F32","shape":[1]}}"#, &four, "missing field"),
        (r#"},"a":{"dtype":"BF16","shape":[2],"data_offsets":[0,4]}}"#, &four, "of type BF16"),
        (r#"},"a":{"dtype":"\u001b[2J","shape":[2],"data_offsets":[0,4]}}"#, &four, "\\u{1b}[2J"),
        (r#"},"a":{"dtype":"F32","shape":[1,1,1,1,1],"data_offsets":[0,4]}}"#, &four, "over 4 dim"),
        (r#"},"a":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}}"#, &four, "invalid value"),
        (r#"},"a":{"dtype":"F32","shape":[1e400],"data_offsets":[0,4]}}"#, &four, "out of range"),
        (
            r#"},"a":{"dtype":"F32","shape":[4294967296,4294967296],"data_offsets":[0,0]}}"#,
            b"",
            "overflows",
        ),
        (
            r#"},"a":{"dtype":"F32","shape":[0,4294967296,4294967296],"data_offsets":[0,0]}}"#,
            b"",
            "overflows",
        ),
        (
            r#"},"a":{"dtype":"F32","shape":[4611686018427387904],"data_offsets":[0,0]}}"#,
            b"",
            "overflows",
        ),
        (r#"},"a":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}"#, &four, "does not fit"),
        (r#"},"a":{"dtype":"F32","shape":[0],"data_offsets":[0,4]}}"#, &four, "does not fit"),
        (r#"},"a":{"dtype":"F32","shape":[1],"data_offsets":[0,5]}}"#, &[0; 5], "does not fit"),
        (r#"},"a":{"dtype":"F32","shape":[1],"data_offsets":[4,0]}}"#, &four, "leaves a hole"),
        (r#"},"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}"#, &[0; 8], "leaves a hole"),
        (&format!(r#"}},"a":{entry},"b":{entry}}}"#), &four, "tensor b overlaps"),
        (&format!(r#"}},"a":{entry}}}"#), &[0; 8], "something was added"),
        (&format!(r#"}},"a":{entry}}}"#), &[0; 3], "truncated"),
        (&format!(r#"}},"":{entry}}}"#), &four, "cannot be the name"),
        (&format!(r#"}},"{long}":{entry}}}"#), &four, "over 256 bytes"),
        (
            &format!(r#"}},"a\u0007":{entry}}}"#),
            &four,
            "control character in tensor name \"a\\u{7}\"",
        ),
    ];
    for (rest, values, words) in cases {
        let reason = reason(&sealed(rest, values));
        assert!(reason.contains(words), "{rest}: {reason}");
        assert!(!reason.contains(char::is_control), "{reason:?}");
    }
    // The frame of the cases is sound.
    parse(&sealed(&format!(r#"}},"a":{entry}}}"#), &four)).unwrap();
}

#[test]
fn absurd_lengths_of_the_header_are_refused() {
    let bytes = sample().to_bytes().unwrap();
    for (length, words) in [
        (0, "its header would have 0 bytes"),
        (u64::MAX, "18,446,744,073,709,551,615"),
        (u64::MAX - 7, "would have"),
        (MAX_HEADER + 1, "would have 100,000,001 bytes"),
        (MAX_HEADER, "truncated"),
        (bytes.len() as u64 - 7, "truncated"),
        (1, "bad header"),
    ] {
        let mut bytes = bytes.clone();
        bytes[..8].copy_from_slice(&length.to_le_bytes());
        assert!(reason(&bytes).contains(words), "{length}: {}", reason(&bytes));
    }
}

#[test]
fn a_checksum_must_be_there_and_in_its_place() {
    let file = |header: &str| {
        let mut bytes = (header.len() as u64).to_le_bytes().to_vec();
        bytes.extend_from_slice(header.as_bytes());
        bytes
    };
    for (header, words) in [
        (r#"{}"#, "another program"),
        (r#"{"__metadata__":{"format":"pt"}}"#, "another program"),
        (r#"{"__metadata__":{"checksum":""}}"#, "its checksum entry"),
        (r#"{"__metadata__":{"checksum":"md5:0"}}"#, "its checksum entry"),
        (r#"{"__metadata__":{"checksum":"sha256:0"}}"#, "its checksum entry"),
    ] {
        assert!(reason(&file(header)).contains(words), "{header}: {}", reason(&file(header)));
    }
    let text = format!(r#"{{"__metadata__":{{"a":"","checksum":"sha256:{}"}}}}"#, "0".repeat(64));
    assert!(reason(&file(&text)).contains("its checksum entry"));
    // A checksum of another content.
    let mut bytes = sample().to_bytes().unwrap();
    let digits = sha256_hex(b"");
    bytes[DIGITS].copy_from_slice(digits.as_bytes());
    assert!(reason(&bytes).contains("checksum mismatch"));
    // Theirs, as their own program writes it.
    let values = [0; 8];
    let view = safetensors::tensor::TensorView::new(safetensors::Dtype::BF16, vec![4], &values);
    let theirs = safetensors::serialize([("w", view.unwrap())], None).unwrap();
    assert!(reason(&theirs).contains("another program"));
}

#[test]
fn foreign_files_are_recognised() {
    let cases: &[(&[u8], &str)] = &[
        (b"PK\x03\x04\0\0\x08\x08\0\0\0\0archive/data.pkl", "PyTorch"),
        (b"\x80\x02}q\0(X\x06\0\0\0weightq\x01", "pickle"),
        (b"\x80\x05\x95\x10\0\0\0\0\0\0\0}\x94", "pickle"),
        (b"\x89HDF\r\n\x1a\n\0\0\0\0\0\x08\x08", "HDF5"),
        (b"version https://git-lfs.github.com/spec/v1\noid sha256:0\n", "git lfs pull"),
        (b"<!DOCTYPE html><html>", "HTML"),
        (b"\n  <html><body>404", "HTML"),
        (b"\x1f\x8b\x08\0\0\0\0\0\0\x03abc", "gzip"),
        (b"{\n  \"data\": {\"path\": \"a.csv\"}}", "JSON"),
        (b"time,flow,temperature\n1,2,3\n", "text"),
        (b"\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", "header would have 0 bytes"),
    ];
    for (bytes, words) in cases {
        assert!(reason(bytes).contains(words), "{words}: {}", reason(bytes));
    }
}

#[test]
fn values_that_are_not_finite_are_refused_by_name_and_place() {
    let rest = r#"},"rnn.w":{"dtype":"F32","shape":[2,3],"data_offsets":[0,24]}}"#;
    for value in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY] {
        let mut values = [1.0; 6];
        values[5] = value;
        let bytes: Vec<u8> = values.iter().flat_map(|v| v.to_le_bytes()).collect();
        let reason = reason(&sealed(rest, &bytes));
        assert!(reason.ends_with("non-finite weight rnn.w[1,2]"), "{reason}");
    }
    let rest = r#"},"sum":{"dtype":"F64","shape":[],"data_offsets":[0,8]}}"#;
    assert!(reason(&sealed(rest, &f64::NAN.to_le_bytes())).contains("non-finite weight sum[]"));
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
