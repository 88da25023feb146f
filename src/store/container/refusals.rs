//! Files made to mislead, and files of others: each is refused for its own reason.

use super::tests::{parse, reason, sample, sealed};
use super::*;
use crate::store::sha256::sha256_hex;

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
