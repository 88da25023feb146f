//! The folder a case runs in, and the trained models that many cases start from.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use super::program::text;

/// Content of every file below a folder, by relative path.
pub(super) type Files = BTreeMap<String, Vec<u8>>;

/// What all cases share: some small files, and a run of each config among them, trained when first asked for.
pub(crate) struct Fixtures {
    files: Files,
    runs: BTreeMap<String, OnceLock<Result<Files, String>>>,
}

/// One scratch folder; it goes when dropped.
pub(super) struct Scratch<'a> {
    folder: tempfile::TempDir,
    fixtures: &'a Fixtures,
    /// Locks held until the case ends.
    pub(super) locks: Vec<File>,
    /// A signal for the next program, sent as soon as a file is there.
    pub(super) signal: Option<(String, PathBuf)>,
    /// What `@ remember` saw.
    pub(super) remembered: Files,
}

impl Fixtures {
    /// Of the files in `folder`.
    pub(crate) fn new(folder: &Path) -> Self {
        let mut files = Files::new();
        gather(folder, folder, &mut files);
        let configs = files.keys().filter_map(|name| name.strip_suffix(".json"));
        let runs = configs.map(|name| (name.to_owned(), OnceLock::new())).collect();
        Self { files, runs }
    }

    /// The run folder of a config among the fixtures.
    fn run(&self, name: &str) -> Result<&Files, String> {
        let cell = self.runs.get(name).ok_or_else(|| format!("there is no fixture {name}.json"))?;
        cell.get_or_init(|| self.train(name)).as_ref().map_err(Clone::clone)
    }

    fn train(&self, name: &str) -> Result<Files, String> {
        let folder = tempfile::tempdir().map_err(text)?;
        lay_out(folder.path(), &self.files)?;
        let config = format!("{name}.json");
        let out = Command::new(env!("CARGO_BIN_EXE_rnn-train"))
            .args(["--quiet", "--config", &config, "--out", name])
            .current_dir(folder.path())
            .output()
            .map_err(text)?;
        if !out.status.success() {
            return Err(format!("{config}: {}", String::from_utf8_lossy(&out.stderr)));
        }
        let mut files = Files::new();
        gather(&folder.path().join(name), folder.path(), &mut files);
        Ok(files)
    }
}

impl<'a> Scratch<'a> {
    /// A folder that holds the small files.
    pub(super) fn new(fixtures: &'a Fixtures) -> Result<Self, String> {
        let folder = tempfile::tempdir().map_err(text)?;
        lay_out(folder.path(), &fixtures.files)?;
        let (locks, signal, remembered) = (Vec::new(), None, Files::new());
        Ok(Self { folder, fixtures, locks, signal, remembered })
    }

    /// The folder.
    pub(super) fn path(&self) -> &Path {
        self.folder.path()
    }

    /// All files in it.
    pub(super) fn files(&self) -> Files {
        let mut files = Files::new();
        gather(self.path(), self.path(), &mut files);
        files
    }

    /// Writes a file, and the folders above it.
    pub(super) fn write(&self, name: &str, bytes: &[u8]) -> Result<(), String> {
        put(&self.path().join(name), bytes)
    }

    /// Starts again with the small files alone.
    pub(super) fn fresh(&mut self) -> Result<(), String> {
        *self = Self::new(self.fixtures)?;
        Ok(())
    }

    /// Puts the trained run of a fixture into the folder of its name.
    pub(super) fn put_run(&self, name: &str) -> Result<(), String> {
        lay_out(self.path(), self.fixtures.run(name)?)
    }

    /// The signal that the next program gets.
    pub(super) fn take_signal(&mut self) -> Option<(String, PathBuf)> {
        self.signal.take()
    }
}

fn lay_out(folder: &Path, files: &Files) -> Result<(), String> {
    files.iter().try_for_each(|(name, bytes)| put(&folder.join(name), bytes))
}

fn put(path: &Path, bytes: &[u8]) -> Result<(), String> {
    let folder = path.parent().unwrap_or(Path::new(""));
    fs::create_dir_all(folder).and_then(|()| fs::write(path, bytes)).map_err(text)
}

fn gather(folder: &Path, root: &Path, files: &mut Files) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() && !path.is_symlink() {
            gather(&path, root, files);
        } else if path.is_file() {
            let name =
                path.strip_prefix(root).unwrap_or(&path).to_string_lossy().replace('\\', "/");
            files.insert(name, fs::read(&path).unwrap_or_default());
        }
    }
}
