//! The corpus of the fuzz targets as ordinary tests: inputs that reach much of the code, and all that were ever
//! findings. See `fuzz/bodies.rs` for what has to be true of them.

#[path = "../fuzz/bodies.rs"]
#[allow(unreachable_pub)]
mod bodies;

use std::path::{Path, PathBuf};

use bodies::Models;

/// The inputs of a target, by name.
fn inputs(target: &str) -> Vec<(PathBuf, Vec<u8>)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus").join(target);
    let entries = std::fs::read_dir(folder).expect("a corpus").flatten();
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.path()).collect();
    paths.sort();
    assert!(paths.len() >= 10, "{target} has a corpus of {}", paths.len());
    let read = |path: PathBuf| {
        let bytes = std::fs::read(&path).expect("an input");
        (path, bytes)
    };
    paths.into_iter().map(read).collect()
}

/// Does it with all of them; the name of one that fails stands in the output.
fn each(target: &str, body: impl Fn(&[u8])) {
    for (path, bytes) in inputs(target) {
        println!("{}", path.display());
        body(&bytes);
    }
}

#[test]
fn configs() {
    each("config", bodies::config);
}

#[test]
fn rows() {
    each("csv", bodies::csv);
}

#[test]
fn models_and_checkpoints() {
    let models = Models::train();
    each("model", |bytes| bodies::model(&models, bytes));
}

/// Pieces of every header changed, in files whose checksum is right.
#[test]
fn models_with_bytes_changed_and_a_right_checksum() {
    let models = Models::train();
    for file in models.files() {
        let header = 8 + u64::from_le_bytes(file[..8].try_into().expect("8 bytes")) as usize;
        for at in (0..header).step_by(61) {
            for byte in [b'0', b'9', b'"', b'}', b' '] {
                let mut crafted = file.clone();
                crafted[at] = byte;
                bodies::model(&models, &crafted);
            }
        }
    }
}

#[test]
fn streams() {
    let models = Models::train();
    each("stream", |bytes| bodies::stream(&models, bytes));
}
