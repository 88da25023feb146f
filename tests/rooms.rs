//! The rooms of src/ stand in import order, and what only some of them may do is done there alone.

use std::path::{Path, PathBuf};

/// Each may import those before it.
const ROOMS: [&str; 18] = [
    "error", "suggest", "random", "text", "terminal", "config", "kernel", "model", "data", "optim",
    "metrics", "serve", "eval", "train", "store", "progress", "job", "cli",
];

struct Source {
    path: PathBuf,
    room: String,
    /// Without comments.
    code: String,
}

fn sources() -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    collect(&root, &mut files);
    let source = |path: PathBuf| {
        let inside = path.strip_prefix(&root).expect("inside src");
        let first = inside.components().next().expect("a name").as_os_str().to_string_lossy();
        let room = first.trim_end_matches(".rs").to_owned();
        let text = std::fs::read_to_string(&path).expect("source text");
        let line = |line: &str| line.find("//").map_or(line, |at| &line[..at]).to_owned() + "\n";
        Source { room, code: text.lines().map(line).collect(), path: inside.to_owned() }
    };
    files.into_iter().map(source).collect()
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            collect(&path, files);
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            files.push(path);
        }
    }
}

/// The rooms named after `crate::` in a source.
fn imports(code: &str) -> Vec<String> {
    let after = code.match_indices("crate::").map(|(at, found)| &code[at + found.len()..]);
    let name = |rest: &str| {
        let end = rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len());
        rest[..end].to_owned()
    };
    after.map(name).filter(|name| !name.is_empty()).collect()
}

#[test]
fn the_list_is_that_of_the_library() {
    let lib = sources().into_iter().find(|s| s.path == Path::new("lib.rs")).expect("lib.rs");
    let lines = lib.code.lines().filter_map(|line| line.trim().strip_prefix("pub mod "));
    let declared: Vec<&str> = lines.map(|name| name.trim_end_matches(';')).collect();
    assert_eq!(declared, ROOMS);
}

#[test]
fn each_room_imports_only_rooms_before_it() {
    let place = |room: &str| ROOMS.iter().position(|r| *r == room);
    let mut seen = 0;
    for source in sources() {
        let Some(own) = place(&source.room) else {
            assert!(["lib", "bin"].contains(&source.room.as_str()), "{}", source.path.display());
            continue;
        };
        assert!(!source.code.contains("crate::{"), "{}: one use per room", source.path.display());
        for import in imports(&source.code) {
            let other = place(&import);
            let file = source.path.display();
            assert!(other.is_some_and(|other| other <= own), "{file} imports {import}");
            seen += usize::from(other != Some(own));
        }
    }
    assert!(seen > 50, "the search finds imports: {seen}");
}

#[test]
fn what_only_some_rooms_may_do() {
    let only: [(&[&str], &[&str]); 5] = [
        (&["unsafe "], &["kernel"]),
        (&["anyhow", "clap::", "process::exit"], &["cli", "bin"]),
        (&["println!", "eprintln!", "print!(", "dbg!"], &["cli", "bin", "progress"]),
        (&["indicatif"], &["progress"]),
        (&["console::", "\\x1b", "NO_COLOR"], &["terminal", "progress"]),
    ];
    for (words, rooms) in only {
        for source in sources().iter().filter(|s| !rooms.contains(&s.room.as_str())) {
            let shipped = source.code.split("\nmod tests {").next().unwrap_or_default();
            for word in words {
                assert!(!shipped.contains(word), "{}: {word}", source.path.display());
            }
        }
    }
}
