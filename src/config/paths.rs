//! Paths in a config are written relative to its folder.

use std::path::{Component, Path, PathBuf};

/// `path` as seen from `folder`, with `/` between names; absolute where they have nothing in common
/// (or no working directory to start from). Either may be relative to the working directory.
///
/// Symbolic links in the folders are followed first, because `..` leads out of what a link points to,
/// not out of where it stands. The last name is kept: it may be a pattern, or a link of its own.
pub fn relative(path: &Path, folder: &Path) -> String {
    let path = followed(path.parent()).join(path.file_name().unwrap_or_default());
    let folder = followed(Some(folder));
    let names: Vec<_> = path.components().collect();
    let from: Vec<_> = folder.components().collect();
    let common = names.iter().zip(&from).take_while(|(a, b)| a == b).count();
    let is_name = |component: &Component<'_>| matches!(component, Component::Normal(_));
    let shared_names = names[..common].iter().filter(|name| is_name(name)).count();
    if shared_names == 0 || !names[common..].iter().chain(&from[common..]).all(is_name) {
        return path.to_string_lossy().into_owned();
    }
    let ups = from[common..].iter().map(|_| "..".into());
    let downs = names[common..].iter().map(|name| name.as_os_str().to_string_lossy());
    let steps: Vec<_> = ups.chain(downs).collect();
    if steps.is_empty() { ".".to_owned() } else { steps.join("/") }
}

/// `configs/../data/a.csv` as `data/a.csv`, for messages and because it is what a person would write.
/// A `..` behind a link stays: it leads elsewhere. So does one behind a folder that is not there.
pub(super) fn tidy(path: &Path) -> PathBuf {
    let is_plain = |folder: &Path| folder.symlink_metadata().is_ok_and(|found| found.is_dir());
    let mut tidied = PathBuf::new();
    for component in path.components() {
        let last = tidied.components().next_back();
        let goes_back = component == Component::ParentDir
            && matches!(last, Some(Component::Normal(_)))
            && is_plain(&tidied);
        if goes_back {
            tidied.pop();
        } else {
            tidied.push(component);
        }
    }
    if tidied.as_os_str().is_empty() { PathBuf::from(".") } else { tidied }
}

/// Absolute, with the links of those folders that exist followed.
fn followed(folder: Option<&Path>) -> PathBuf {
    let folder = folder.filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let Ok(absolute) = std::path::absolute(folder) else {
        return folder.to_owned();
    };
    for known in absolute.ancestors() {
        if let (Ok(real), Ok(rest)) = (known.canonicalize(), absolute.strip_prefix(known)) {
            return rest.components().fold(real, |mut path, component| {
                // Folders that do not exist yet hold no links, so `..` can be taken by its name.
                if component == Component::ParentDir {
                    path.pop();
                } else {
                    path.push(component);
                }
                path
            });
        }
    }
    absolute
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_goes_up_to_what_both_share_and_down_again() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        let seen = |path: &str, from: &str| relative(&root.join(path), &root.join(from));
        assert_eq!(seen("data/a.csv", "runs/x"), "../../data/a.csv");
        assert_eq!(seen("configs/../data/*.csv", "configs"), "../data/*.csv");
        assert_eq!(seen("a.csv", ""), "a.csv");
        assert_eq!(seen("runs/x", "runs/x"), ".");
        assert_eq!(relative(Path::new("src/../Cargo.toml"), Path::new("src")), "../Cargo.toml");
        assert_eq!(relative(Path::new("/no/such/a.csv"), root), "/no/such/a.csv");
    }

    #[test]
    fn a_way_in_and_out_again_is_left_out() {
        assert_eq!(tidy(Path::new("src/../Cargo.toml")), Path::new("Cargo.toml"));
        assert_eq!(tidy(Path::new("src/config/../../a/*.csv")), Path::new("a/*.csv"));
        assert_eq!(tidy(Path::new("src/..")), Path::new("."));
        assert_eq!(tidy(Path::new("../src/a.csv")), Path::new("../src/a.csv"));
        assert_eq!(tidy(Path::new("no-such/../a.csv")), Path::new("no-such/../a.csv"));
    }

    #[cfg(unix)]
    #[test]
    fn links_are_followed_so_that_the_way_back_is_right() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        std::fs::create_dir_all(root.join("disk/deep/runs/x")).unwrap();
        std::fs::write(root.join("d.csv"), "").unwrap();
        std::os::unix::fs::symlink(root.join("disk/deep/runs"), root.join("runs")).unwrap();
        let run = root.join("runs/x");
        let written = relative(&root.join("d.csv"), &run);
        assert_eq!(written, "../../../../d.csv");
        assert!(run.join(written).is_file());
        let behind_a_link = root.join("runs/../a.csv");
        assert_eq!(tidy(&behind_a_link), behind_a_link);
    }
}
