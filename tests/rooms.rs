//! The rooms of the library import downwards only: each may use those that `src/lib.rs` names before it.

use std::path::{Path, PathBuf};

/// The rooms in the order of `src/lib.rs`.
fn rooms() -> Vec<String> {
    let text = std::fs::read_to_string("src/lib.rs").expect("src/lib.rs");
    let names = text.lines().filter_map(|line| line.strip_prefix("pub mod ")?.strip_suffix(';'));
    names.map(str::to_owned).collect()
}

/// Every source file under a folder.
fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).expect("a folder of sources") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            found.push(path);
        }
    }
}

/// The rooms a text names as `crate::ROOM`.
fn imports(text: &str) -> impl Iterator<Item = &str> {
    text.split("crate::").skip(1).map(|rest| {
        let end = rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len());
        &rest[..end]
    })
}

#[test]
fn no_room_imports_a_later_one() {
    let rooms = rooms();
    let place = |name: &str| rooms.iter().position(|room| room == name);
    let mut files = Vec::new();
    sources(Path::new("src"), &mut files);
    let mut checked = 0;
    for file in files {
        let inside = file.strip_prefix("src").expect("below src").with_extension("");
        let room = inside.iter().next().and_then(|name| place(name.to_str()?));
        let Some(own) = room else { continue }; // lib.rs and the programs stand outside the rooms
        let text = std::fs::read_to_string(&file).expect("a source file");
        for name in imports(&text) {
            let other = place(name);
            assert!(other.is_none_or(|other| other <= own), "{} uses {name}", file.display());
            checked += usize::from(other.is_some());
        }
    }
    assert!(checked > 100, "only {checked} imports found: the search itself is broken");
}
