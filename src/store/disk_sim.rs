//! A file system in memory that remembers what a power cut could have left after every step.

use std::collections::BTreeMap;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use super::Disk;

/// What stands under which name.
pub(in crate::store) type Files = BTreeMap<PathBuf, Vec<u8>>;

/// How a disk differs from a good one.
#[derive(Clone, Copy, Default, PartialEq)]
pub(in crate::store) enum Quirk {
    #[default]
    None,
    /// A planted fault: `sync` does nothing.
    IgnoresSync,
    /// A planted fault: `sync_folder` does nothing.
    IgnoresSyncFolder,
    /// A file system without hard links.
    HasNoLinks,
}

#[derive(Default)]
pub(in crate::store) struct Sim {
    now: State,
    /// The state after each step.
    history: Vec<State>,
    steps: usize,
    /// The step that fails, from 0.
    pub(in crate::store) fail_at: Option<usize>,
    quirk: Quirk,
}

#[derive(Clone, Default)]
struct State {
    /// Content, and how much of it is on the disk for certain.
    files: Vec<(Vec<u8>, usize)>,
    names: BTreeMap<PathBuf, usize>,
    durable: BTreeMap<PathBuf, usize>,
    /// Changes of names that a power cut may undo, each by itself.
    pending: Vec<Change>,
}

#[derive(Clone)]
enum Change {
    Add(PathBuf, usize),
    Remove(PathBuf),
    Rename(PathBuf, PathBuf, usize),
}

impl Sim {
    /// A disk with these files, safely stored.
    pub(in crate::store) fn with(files: &[(&str, &str)]) -> Self {
        let mut sim = Sim::default();
        for (number, (name, content)) in files.iter().enumerate() {
            sim.now.files.push((content.as_bytes().to_vec(), content.len()));
            sim.now.names.insert(name.into(), number);
        }
        sim.now.durable = sim.now.names.clone();
        sim.history.push(sim.now.clone());
        sim
    }

    /// The same disk with a quirk.
    pub(in crate::store) fn quirk(mut self, quirk: Quirk) -> Self {
        self.quirk = quirk;
        self
    }

    /// Number of steps taken.
    pub(in crate::store) fn steps(&self) -> usize {
        self.steps
    }

    /// The files now.
    pub(in crate::store) fn files(&self) -> Files {
        self.now.killed()
    }

    /// Every state that a kill or a power cut during the run could have left.
    pub(in crate::store) fn all_states(&self) -> Vec<Files> {
        let cuts = self.history.iter().flat_map(State::power_cuts);
        self.history.iter().map(State::killed).chain(cuts).collect()
    }

    /// Every state that a power cut right now could leave.
    pub(in crate::store) fn states_now(&self) -> Vec<Files> {
        self.now.power_cuts()
    }

    fn step(&mut self) -> io::Result<()> {
        self.steps += 1;
        if self.fail_at == Some(self.steps - 1) {
            return Err(ErrorKind::StorageFull.into());
        }
        Ok(())
    }

    fn change(&mut self, change: Change) {
        change.apply(&mut self.now.names);
        self.now.pending.push(change);
        self.history.push(self.now.clone());
    }

    fn find(&self, path: &Path) -> io::Result<usize> {
        self.now.names.get(path).copied().ok_or(ErrorKind::NotFound.into())
    }
}

impl Disk for Sim {
    type File = usize;

    fn create_new(&mut self, path: &Path) -> io::Result<usize> {
        self.step()?;
        if self.now.names.contains_key(path) {
            return Err(ErrorKind::AlreadyExists.into());
        }
        let file = self.now.files.len();
        self.now.files.push((Vec::new(), 0));
        self.change(Change::Add(path.to_owned(), file));
        Ok(file)
    }

    fn write_all(&mut self, file: &mut usize, bytes: &[u8]) -> io::Result<()> {
        let (half, rest) = bytes.split_at(bytes.len() / 2);
        self.now.files[*file].0.extend_from_slice(half);
        self.history.push(self.now.clone());
        self.step()?;
        self.now.files[*file].0.extend_from_slice(rest);
        self.history.push(self.now.clone());
        Ok(())
    }

    fn sync(&mut self, file: &mut usize) -> io::Result<()> {
        self.step()?;
        if self.quirk != Quirk::IgnoresSync {
            let (content, synced) = &mut self.now.files[*file];
            *synced = content.len();
        }
        self.history.push(self.now.clone());
        Ok(())
    }

    fn rename(&mut self, from: &Path, to: &Path) -> io::Result<()> {
        self.step()?;
        let file = self.find(from)?;
        // POSIX: two names of one file are both left.
        if self.now.names.get(to) != Some(&file) {
            self.change(Change::Rename(from.to_owned(), to.to_owned(), file));
        }
        Ok(())
    }

    fn link(&mut self, from: &Path, to: &Path) -> io::Result<()> {
        self.step()?;
        let file = self.find(from)?;
        if self.quirk == Quirk::HasNoLinks {
            return Err(ErrorKind::Unsupported.into());
        }
        self.change(Change::Add(to.to_owned(), file));
        Ok(())
    }

    fn read(&mut self, path: &Path) -> io::Result<Vec<u8>> {
        self.step()?;
        Ok(self.now.files[self.find(path)?].0.clone())
    }

    fn remove(&mut self, path: &Path) -> io::Result<()> {
        self.step()?;
        self.find(path)?;
        self.change(Change::Remove(path.to_owned()));
        Ok(())
    }

    fn sync_folder(&mut self, _folder: &Path) -> io::Result<()> {
        self.step()?;
        if self.quirk != Quirk::IgnoresSyncFolder {
            self.now.durable = self.now.names.clone();
            self.now.pending.clear();
        }
        self.history.push(self.now.clone());
        Ok(())
    }
}

impl State {
    /// What a killed process leaves: everything it did.
    fn killed(&self) -> Files {
        self.names.iter().map(|(name, file)| (name.clone(), self.files[*file].0.clone())).collect()
    }

    /// Any of the pending changes made or not; of each file any end lost that was not synced.
    fn power_cuts(&self) -> Vec<Files> {
        let longest = self.files.iter().map(|(content, _)| content.len()).max().unwrap_or(0);
        let mut states = Vec::new();
        for chosen in 0..1u32 << self.pending.len() {
            let mut names = self.durable.clone();
            for (number, change) in self.pending.iter().enumerate() {
                if chosen >> number & 1 == 1 {
                    change.apply(&mut names);
                }
            }
            for lost in 0..=longest {
                let content = |file: usize| {
                    let (content, synced) = &self.files[file];
                    content[..content.len().saturating_sub(lost).max(*synced)].to_vec()
                };
                states.push(
                    names.iter().map(|(name, file)| (name.clone(), content(*file))).collect(),
                );
            }
        }
        states
    }
}

impl Change {
    fn apply(&self, names: &mut BTreeMap<PathBuf, usize>) {
        match self {
            Change::Add(path, file) => drop(names.insert(path.clone(), *file)),
            Change::Remove(path) => drop(names.remove(path)),
            Change::Rename(from, to, file) => {
                names.remove(from);
                names.insert(to.clone(), *file);
            }
        }
    }
}
