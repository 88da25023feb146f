//! Files that are none of ours in the place of a model or a checkpoint, crafted or damaged: refused with a reason, and
//! with no more memory than the file is long.

// An allocator that counts has to be one; it hands everything on.
#![allow(unsafe_code)]

mod common;
mod support;

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::path::{Path, PathBuf};

use rnn::store::container::{Container, TensorData};
use rnn::store::{Checkpoint, Model};
use serde_json::json;
use support::job::{merged, program, save_config, train};
use support::plans;
use support::rows::Rows;

thread_local! {
    /// Bytes of this thread: those there are, and the most there have been.
    static NOW: Cell<isize> = const { Cell::new(0) };
    static MOST: Cell<isize> = const { Cell::new(0) };
}

struct Counting;

fn count(bytes: isize) {
    // A thread that is ending has nothing left to count in.
    let _ = NOW.try_with(|now| {
        now.set(now.get() + bytes);
        let _ = MOST.try_with(|most| most.set(most.get().max(now.get())));
    });
}

// SAFETY: the system's allocator does it all.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count(layout.size() as isize);
        // SAFETY: as asked.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, place: *mut u8, layout: Layout) {
        count(-(layout.size() as isize));
        // SAFETY: as asked.
        unsafe { System.dealloc(place, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// The most bytes that something takes at a time, besides those there are.
fn taken<T>(work: impl FnOnce() -> T) -> (T, usize) {
    let before = NOW.with(Cell::get);
    MOST.with(|most| most.set(before));
    let result = work();
    (result, (MOST.with(Cell::get) - before) as usize)
}

/// A model and a checkpoint, small.
struct Files {
    folder: tempfile::TempDir,
    model: Vec<u8>,
    checkpoint: Vec<u8>,
}

impl Files {
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("a scratch folder");
        Rows::new(5, &[("A", 60)]).save(&folder.path().join("rows.csv"));
        let config = json!({
            "data": {"inputs": ["a", "y"], "targets": ["y"], "window": {"length": 4}}, "task": {"type": "forecast"},
            "model": {"topology": "single", "cell": "rnn", "hidden_size": 2}, "training": {"epochs": 1},
        });
        let config = save_config(folder.path(), &merged(plans::base(), &config));
        let run = folder.path().join("run");
        train(&config, &run);
        let read = |name| std::fs::read(run.join(name)).expect("a file of the run");
        Self {
            model: read("model.safetensors"),
            checkpoint: read("checkpoint.safetensors"),
            folder,
        }
    }

    fn path(&self) -> PathBuf {
        self.folder.path().join("crafted")
    }
}

/// What reading says of a file.
fn refusal(path: &Path, is_model: bool) -> Option<rnn::error::Error> {
    if is_model { Model::read(path).err() } else { Checkpoint::read(path).err() }
}

/// Refused with 69, a reason in one line, and in so many bytes.
#[track_caller]
fn assert_refused(path: &Path, is_model: bool, most: usize, what: &str) -> String {
    let (error, bytes) = taken(|| refusal(path, is_model));
    let error = error.unwrap_or_else(|| panic!("{what} is taken"));
    assert_eq!(error.exit_code(), 69, "{what}: {error}");
    let text = error.to_string();
    assert!(!text.contains(char::is_control) && text.len() < 600, "{what}: {text:?}");
    assert!(bytes <= most, "{what}: {bytes} bytes of memory, {most} allowed: {text}");
    text
}

/// Memory for a file of so many bytes: itself, its values, its header parsed, and a little.
fn allowed(bytes: usize) -> usize {
    4 * bytes + (64 << 10)
}

/// A file anew: some file systems bring one that is written over to the disk at once, which takes long in the sum.
fn put(path: &Path, bytes: &[u8]) {
    let _ = std::fs::remove_file(path);
    std::fs::write(path, bytes).expect("a scratch file");
}

#[test]
fn every_truncation_and_every_flipped_bit_is_refused() {
    let files = Files::new();
    let path = files.path();
    for (bytes, is_model) in [(&files.model, true), (&files.checkpoint, false)] {
        for length in 0..bytes.len() {
            put(&path, &bytes[..length]);
            let what = format!("{length} bytes");
            let text = assert_refused(&path, is_model, allowed(length), &what);
            let wanted = if length == 0 { "empty file" } else { "truncated: " };
            assert!(text.contains(wanted), "{what}: {text}");
        }
        let mut bytes = bytes.clone();
        for bit in 0..bytes.len() * 8 {
            bytes[bit / 8] ^= 1 << (bit % 8);
            put(&path, &bytes);
            assert_refused(&path, is_model, allowed(bytes.len()), &format!("bit {bit} flipped"));
            bytes[bit / 8] ^= 1 << (bit % 8);
        }
        put(&path, &bytes);
        assert!(refusal(&path, is_model).is_none(), "the file itself is fine");
    }
}

/// The checksum is right, and the config asks for a network that no file holds.
#[test]
fn a_model_of_absurd_sizes_takes_no_memory() {
    let files = Files::new();
    let path = files.path();
    for (key, old, new) in [
        ("model", r#""hidden_size":2"#, r#""hidden_size":60000"#),
        ("model", r#""topology":"single""#, r#""topology":"multi","num_layers":1000"#),
        ("task", r#""horizon":1"#, r#""horizon":900000"#),
        ("task", r#""type":"forecast""#, r#""type":"forecast","horizon":1000000"#),
    ] {
        let mut container = Container::from_bytes(&path, &files.model).expect("a model");
        let section = container.metadata.iter_mut().find(|(name, _)| name == key);
        let section = &mut section.expect("a section").1;
        if !section.contains(old) {
            continue;
        }
        *section = section.replace(old, new);
        let bytes = container.to_bytes().expect("bytes");
        std::fs::write(&path, &bytes).expect("a scratch file");
        assert_refused(&path, true, 64 << 20, new);
    }
}

/// Numbers of an optimizer that no update can have left.
#[test]
fn an_impossible_state_of_the_optimizer_is_refused() {
    let files = Files::new();
    let run = files.folder.path().join("run");
    let checkpoint = run.join("checkpoint.safetensors");
    let mut container = Container::from_bytes(&checkpoint, &files.checkpoint).expect("whole");
    let second = container.tensors.iter_mut().find(|t| t.name == "optimizer.second");
    let TensorData::F32(values) = &mut second.expect("a second moment").data else { panic!("F32") };
    values[0] = -1.0;
    std::fs::write(&checkpoint, container.to_bytes().expect("bytes")).expect("a scratch file");
    let mut resume = program("rnn-train");
    resume.args(["--resume", "--set", "training.epochs=2", "--out"]).arg(&run);
    let output = resume.output().expect("the program");
    let text = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(69), "{text}");
    assert!(text.contains("a second moment is negative"), "{text}");
}

#[cfg(unix)]
#[test]
fn what_is_no_regular_file_is_refused_at_once() {
    let files = Files::new();
    let (fifo, giant) = (files.folder.path().join("fifo"), files.folder.path().join("giant"));
    support::job::succeed(std::process::Command::new("mkfifo").arg(&fifo));
    for start in [&[][..], &files.model, &[0xff; 64], &(1u64 << 39).to_le_bytes()] {
        std::fs::write(&giant, start).expect("a scratch file");
        let file = std::fs::File::options().write(true).open(&giant).expect("a file");
        file.set_len(1 << 40).expect("a sparse file of a terabyte");
        for is_model in [true, false] {
            assert_refused(&giant, is_model, 1 << 20, "a sparse terabyte");
        }
    }
    // The longest header that is let through, all of it zeros.
    let mut start = 99_999_992u64.to_le_bytes().to_vec();
    start.push(b'{');
    std::fs::write(&giant, start).expect("a scratch file");
    let file = std::fs::File::options().write(true).open(&giant).expect("a file");
    file.set_len(1 << 40).expect("a sparse file of a terabyte");
    assert_refused(&giant, true, 256 << 20, "a long header");
    for path in [&fifo, Path::new("/dev/zero"), Path::new("/dev/null"), files.folder.path()] {
        for is_model in [true, false] {
            let text = assert_refused(path, is_model, 1 << 20, &path.display().to_string());
            let kind = text.contains("not a regular file") || text.contains("a folder, not");
            assert!(kind, "{text}");
        }
    }
}

/// The programs say it in one line, as `--model`, `--init-from` and `--resume`.
#[cfg(unix)]
#[test]
fn the_programs_refuse_them_too() {
    let files = Files::new();
    let giant = files.folder.path().join("giant");
    std::fs::write(&giant, &files.model).expect("a scratch file");
    let file = std::fs::File::options().write(true).open(&giant).expect("a file");
    file.set_len(1 << 40).expect("a sparse file of a terabyte");
    let run = files.folder.path().join("run");
    for name in ["checkpoint.safetensors", "checkpoint.prev.safetensors"] {
        std::fs::remove_file(run.join(name)).unwrap_or_default();
        std::os::unix::fs::symlink("/dev/zero", run.join(name)).expect("a link");
    }
    let config = files.folder.path().join("config.json");
    for model in [giant.as_path(), Path::new("/dev/zero")] {
        let with = |name, arguments: &[&str]| {
            let mut command = program(name);
            command.args(arguments).arg(model).stdin(std::process::Stdio::null());
            command
        };
        let mut init = program("rnn-train");
        init.arg("--config").arg(&config).arg("--init-from").arg(model);
        let mut resume = program("rnn-train");
        resume.args(["--resume", "--set", "training.epochs=9", "--out"]).arg(&run);
        let commands =
            [with("rnn-predict", &["--model"]), with("rnn-eval", &["--model"]), init, resume];
        for mut command in commands {
            let output = command.output().expect("the program");
            let text = String::from_utf8_lossy(&output.stderr);
            assert_eq!(output.status.code(), Some(69), "{command:?}: {text}");
            assert_eq!(text.lines().count(), 1, "{text}");
        }
    }
}
