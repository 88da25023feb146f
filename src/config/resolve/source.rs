//! `data.path`, or `data.train`, `data.valid` and `data.test`.

use std::path::PathBuf;

use super::columns::duplicate;
use super::{Join, Resolved, refuse};
use crate::config::raw;
use crate::config::strings::Strings;
use crate::config::types::{DataConfig, Part, Source};
use crate::error::shown;

pub(super) fn resolve(raw: &raw::Data, join: Join<'_>) -> Resolved<Source> {
    let parts = [("data.train", &raw.train), ("data.valid", &raw.valid), ("data.test", &raw.test)];
    let given = parts.iter().find(|(_, files)| files.is_some()).map(|(key, _)| *key);
    match (&raw.path, given) {
        (Some(path), None) => {
            only_once(path.0.iter().map(|file| ("data.path", &file[..])))?;
            Ok(Source::Whole(files("data.path", Some(path), join)?))
        }
        (Some(_), Some(part)) => refuse(
            part,
            "stands beside data.path; write either one source to be split, or separate files",
        ),
        (None, Some(_)) if raw.train.is_some() => {
            let all = parts.iter().flat_map(|(key, part)| {
                part.iter().flat_map(|list| &list.0).map(|file| (*key, &file[..]))
            });
            only_once(all)?;
            let [train, valid, test] = parts.map(|(key, part)| files(key, part.as_ref(), join));
            Ok(Source::Parts { train: train?, valid: valid?, test: test? })
        }
        (None, Some(_)) => refuse(
            "data.train",
            "is missing; data.valid and data.test need a data.train beside them",
        ),
        (None, None) => refuse("data.path", "is missing; name a CSV file"),
    }
}

fn files(key: &str, files: Option<&Strings>, join: Join<'_>) -> Resolved<Vec<PathBuf>> {
    match files {
        None => Ok(Vec::new()),
        Some(files) if files.0.is_empty() || files.0.iter().any(String::is_empty) => {
            refuse(key, "is empty; name a CSV file, or leave it out")
        }
        Some(files) => Ok(files.0.iter().map(|file| join(key, file)).collect()),
    }
}

/// A file in two parts would be scored on what it was fitted on.
fn only_once<'a>(files: impl Iterator<Item = (&'a str, &'a str)> + Clone) -> Resolved<()> {
    let Some(twice) = duplicate(files.clone().map(|(_, file)| file)) else {
        return Ok(());
    };
    let mut keys = files.filter(|(_, file)| *file == twice).map(|(key, _)| key);
    let (first, second) = (keys.next().unwrap_or_default(), keys.next().unwrap_or_default());
    if first == second {
        return refuse(second, format!("{} stands there twice; write it once", shown(twice)));
    }
    refuse(
        second,
        format!(
            "{} is in {first} too; a part must hold rows the others have not seen",
            shown(twice)
        ),
    )
}

/// Whether there are validation rows, as far as a config can tell.
pub(super) fn has_valid(data: &DataConfig) -> bool {
    match (&data.source, &data.split) {
        (_, Some(split)) => {
            split.valid != Part::Fraction(0.0) && split.valid != Part::Values(Vec::new())
        }
        (Some(Source::Parts { valid, .. }), None) => !valid.is_empty(),
        (Some(Source::Whole(_)) | None, None) => false,
    }
}
