//! Finding runs and models on disk.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use super::atomic::folder_of;
use super::run::{CHECKPOINT, CONFIG, MODEL, holds_run};
use crate::error::{Error, Result, shown_path};
use crate::suggest;

/// The last of `base`, `base-2`, `base-3`… that holds a run.
pub fn newest(base: &Path) -> Option<PathBuf> {
    let Some(base_name) = base.file_name() else {
        return holds_run(base).then(|| base.to_owned());
    };
    let runs = sub_runs(folder_of(base)).into_iter().filter_map(|run| {
        let name = run.file_name()?.as_encoded_bytes();
        let number = parse_suffix(name.strip_prefix(base_name.as_encoded_bytes())?)?;
        Some((number, run))
    });
    // The user's own spelling of the folder, `-N` added.
    let (_, newest) = runs.max()?;
    newest.file_name().map(|name| base.with_file_name(name))
}

/// The run in `parent` that was saved last, by the clock of its files: for runs of different names
/// there is no other order. Equal times: the last name.
pub fn newest_in(parent: &Path) -> Option<PathBuf> {
    let saved = |run: &Path| {
        [CHECKPOINT, MODEL, CONFIG]
            .iter()
            .find_map(|name| std::fs::metadata(run.join(name)).and_then(|m| m.modified()).ok())
            .unwrap_or(SystemTime::UNIX_EPOCH)
    };
    sub_runs(parent).into_iter().map(|run| (saved(&run), run)).max().map(|(_, run)| run)
}

/// The model file that `--model` means: the file itself, or the best model of a run folder. Errors:
/// [`Error::Input`] if there is no such thing, [`Error::Model`] for a run without a model yet.
pub fn resolve_model(path: &Path) -> Result<PathBuf> {
    let missing = |reason: String| Err(Error::Input { path: path.to_owned(), reason });
    match std::fs::metadata(path) {
        Ok(found) if !found.is_dir() => return Ok(path.to_owned()),
        Ok(_) => {}
        Err(e) if e.kind() == ErrorKind::NotFound => {
            return missing(format!("no such model file or run folder{}", suggest::hint(path)));
        }
        Err(e) => return Err(Error::input(path, &e)),
    }
    let model = path.join(MODEL);
    if model.exists() {
        return Ok(model);
    }
    if holds_run(path) {
        let reason = format!("the run has no {MODEL} yet; let it finish an epoch first");
        return Err(Error::Model { path: path.to_owned(), reason });
    }
    let hint = match newest_in(path) {
        Some(run) => format!("; did you mean {}?", shown_path(&run)),
        None => String::new(),
    };
    missing(format!("no run folder: there is no {MODEL} in it{hint}"))
}

/// The folders in `parent` that hold a run, in no order.
fn sub_runs(parent: &Path) -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(parent) else { return Vec::new() };
    entries.flatten().map(|entry| entry.path()).filter(|path| holds_run(path)).collect()
}

/// 1 for nothing, N for `-N` with N from 2 as we write it.
fn parse_suffix(suffix: &[u8]) -> Option<u32> {
    if suffix.is_empty() {
        return Some(1);
    }
    let digits = std::str::from_utf8(suffix).ok()?.strip_prefix('-')?;
    let number: u32 = digits.parse().ok()?;
    (number >= 2 && digits == number.to_string()).then_some(number)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    fn run(parent: &Path, name: &str, file: &str) {
        fs::create_dir_all(parent.join(name)).unwrap();
        fs::write(parent.join(name).join(file), "x").unwrap();
    }

    #[test]
    fn the_newest_run_has_the_highest_number() {
        let folder = tempfile::tempdir().unwrap();
        let base = folder.path().join("pump");
        assert_eq!(newest(&base), None);
        for name in ["pump", "pump-2", "pump-10", "pump-011", "pump-1", "pump-x", "pumps-99"] {
            run(folder.path(), name, CONFIG);
        }
        fs::create_dir(folder.path().join("pump-12")).unwrap();
        assert_eq!(newest(&base), Some(folder.path().join("pump-10")));
        assert_eq!(newest(&folder.path().join("pumps")), Some(folder.path().join("pumps-99")));
    }

    #[test]
    fn the_newest_of_many_names_was_saved_last() {
        let folder = tempfile::tempdir().unwrap();
        for (name, seconds) in [("a", 20), ("b", 30), ("c", 10)] {
            run(folder.path(), name, CHECKPOINT);
            let file =
                fs::File::options().write(true).open(folder.path().join(name).join(CHECKPOINT));
            let time = SystemTime::UNIX_EPOCH + std::time::Duration::from_secs(seconds);
            file.unwrap().set_modified(time).unwrap();
        }
        assert_eq!(newest_in(folder.path()), Some(folder.path().join("b")));
        assert_eq!(newest_in(&folder.path().join("none")), None);
    }

    #[test]
    fn a_model_is_a_file_or_a_run_folder() {
        let folder = tempfile::tempdir().unwrap();
        run(folder.path(), "done", MODEL);
        run(folder.path(), "begun", CONFIG);
        fs::create_dir(folder.path().join("empty")).unwrap();
        let model = folder.path().join("done").join(MODEL);
        assert_eq!(resolve_model(&folder.path().join("done")).unwrap(), model);
        assert_eq!(resolve_model(&model).unwrap(), model);
        for (name, code, words) in [
            ("begun", 69, "no model.safetensors yet"),
            ("empty", 66, "no run folder"),
            ("none", 66, "no such model file or run folder"),
            ("", 66, "did you mean"),
        ] {
            let error = resolve_model(&folder.path().join(name)).unwrap_err();
            assert_eq!(error.exit_code(), code, "{error}");
            assert!(error.to_string().contains(words), "{error}");
        }
    }
}
