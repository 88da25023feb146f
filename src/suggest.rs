//! "did you mean": the known word, or the file, that is nearest to a mistyped one.

use std::io::ErrorKind;
use std::path::Path;

use crate::error::{Error, shown_path};

/// Below this likeness (Jaro-Winkler, 0 to 1) a hint would puzzle more than help.
const LIKENESS: f64 = 0.8;

/// Names longer than this are no misspelling of anything.
const LONGEST: usize = 64;

/// Files of a folder that are looked at.
const FILES: usize = 1_000;

/// The candidate most like `word`, case aside, if any is like it at all; of equals the first.
pub fn nearest<'a, S: AsRef<str> + ?Sized + 'a>(
    word: &str,
    candidates: impl IntoIterator<Item = &'a S>,
) -> Option<&'a S> {
    let word = word.to_lowercase();
    let mut best = None;
    let mut best_likeness = LIKENESS;
    for candidate in candidates {
        let name = candidate.as_ref();
        if name.is_empty() || name.len() > LONGEST {
            continue;
        }
        let likeness = strsim::jaro_winkler(&word, &name.to_lowercase());
        if likeness > best_likeness {
            best = Some(candidate);
            best_likeness = likeness;
        }
    }
    best
}

/// An input that cannot be read; for one that is not there, with the file beside it that may have been meant.
pub fn unreadable(path: &Path, error: &std::io::Error) -> Error {
    match (Error::input(path, error), error.kind()) {
        (Error::Input { path, reason }, ErrorKind::NotFound) => {
            let reason = format!("{reason}{}", hint(&path));
            Error::Input { path, reason }
        }
        (other, _) => other,
    }
}

/// `; did you mean runs/pump?` for a path that is not there; nothing where no name is near.
pub fn hint(path: &Path) -> String {
    let folder = path.parent().unwrap_or(Path::new(""));
    let real = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    let Ok(entries) = std::fs::read_dir(real) else {
        return format!("; there is no folder {}", shown_path(folder));
    };
    // Endings are alike too often to tell anything.
    let stem = |name: &str| name.split('.').next().unwrap_or_default().to_owned();
    let wanted = stem(&path.file_name().unwrap_or_default().to_string_lossy());
    let name_of = |entry: std::fs::DirEntry| entry.file_name().to_str().map(str::to_owned);
    let ending = |name: &str| Path::new(name).extension().map(std::ffi::OsStr::to_owned);
    let alike = |name: &String| ending(name).as_deref() == path.extension();
    let names = entries.flatten().take(FILES).filter_map(name_of);
    let mut names: Vec<String> = names.filter(alike).collect();
    names.sort_unstable();
    let stems: Vec<String> = names.iter().map(|name| stem(name)).collect();
    let near = nearest(&wanted, &stems).and_then(|near| stems.iter().position(|stem| stem == near));
    match near {
        Some(at) => format!("; did you mean {}?", shown_path(&folder.join(&names[at]))),
        None => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn near_words_are_suggested_and_far_ones_are_not() {
        let keys = ["topology", "cell", "hidden_size", "num_layers"];
        assert_eq!(nearest("hiden", keys), Some("hidden_size"));
        assert_eq!(nearest("hidden", keys), Some("hidden_size"));
        assert_eq!(nearest("NumLayers", keys), Some("num_layers"));
        assert_eq!(nearest("zzz", keys), None);
        assert_eq!(nearest("temprature", ["time", "temp"]), Some("temp"));
        assert_eq!(nearest("temp", ["time", "flow", ""]), None);
    }

    #[test]
    fn a_file_nearby_is_suggested() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("pump.json"), "").unwrap();
        let found = |name: &str| hint(&folder.path().join(name));
        assert!(found("pmup.json").ends_with("pump.json?"), "{}", found("pmup.json"));
        assert_eq!(found("stocks.json"), "");
        assert!(found("none/pump.json").contains("there is no folder"));
    }
}
