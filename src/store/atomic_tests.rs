//! Tests of the writer, on the real disk and on a simulated one.

use std::fs;
use std::path::Path;
use std::sync::atomic::Ordering;

use super::super::disk::sim::{Quirk, Sim};
use super::*;

fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap();
    let mut names: Vec<String> =
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[test]
fn content_is_replaced_and_nothing_else_is_left() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a");
    for content in ["one", "", "three"] {
        write(&path, content.as_bytes()).unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), content);
        assert_eq!(names(folder.path()), ["a"]);
    }
}

#[test]
fn a_folder_in_the_way_or_a_missing_one_is_an_error() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a");
    fs::create_dir(&path).unwrap();
    fs::write(path.join("inside"), "kept").unwrap();
    let error = write(&path, b"new").unwrap_err();
    assert_eq!(error.exit_code(), 74);
    assert!(error.to_string().contains("directory"), "{error}");
    assert_eq!(names(folder.path()), ["a"]);
    assert_eq!(fs::read_to_string(path.join("inside")).unwrap(), "kept");

    let error = write(&folder.path().join("gone/a"), b"new").unwrap_err();
    assert_eq!(error.exit_code(), 74);
    assert!(error.to_string().contains("gone/a: no such file"), "{error}");
}

#[test]
fn whichever_step_fails_the_content_is_whole_and_no_temp_file_stays() {
    let steps = {
        let mut disk = Sim::with(&[("run/a", "old")]);
        write_on(&mut disk, Path::new("run/a"), b"new content").unwrap();
        disk.steps()
    };
    assert_eq!(steps, 5, "create, write, sync, rename, sync of the folder");
    for step in 0..steps {
        let mut disk = Sim::with(&[("run/a", "old")]);
        disk.fail_at = Some(step);
        let error = write_on(&mut disk, Path::new("run/a"), b"new content").unwrap_err();
        let error = failed(Path::new("run/a"), &error, 1234);
        assert!(error.to_string().ends_with("(1,234 bytes needed)"), "{error}");
        let files = disk.files();
        assert_eq!(files.len(), 1, "step {step}");
        let is_renamed = step == 4;
        let wanted: &[u8] = if is_renamed { b"new content" } else { b"old" };
        assert_eq!(files[Path::new("run/a")], wanted, "step {step}");
    }
}

/// Whether every state after a kill or power cut has the old or the new content, and after success
/// only the new.
fn is_safe(mut disk: Sim) -> bool {
    let path = Path::new("run/a");
    write_on(&mut disk, path, b"new content").unwrap();
    let during = disk.all_states();
    let after = disk.states_now();
    during.iter().all(|files| files[path] == b"old" || files[path] == b"new content")
        && after.iter().all(|files| files[path] == b"new content")
}

#[test]
fn a_power_cut_leaves_old_or_new() {
    let disk = || Sim::with(&[("run/a", "old")]);
    assert!(is_safe(disk()));
    // The proof sees what it is meant to see.
    assert!(!is_safe(disk().quirk(Quirk::IgnoresSync)));
    assert!(!is_safe(disk().quirk(Quirk::IgnoresSyncFolder)));
}

#[cfg(unix)]
#[test]
fn links_planted_at_temp_names_are_not_followed() {
    let folder = tempfile::tempdir().unwrap();
    let victim = folder.path().join("victim");
    fs::write(&victim, "precious").unwrap();
    let next = NEXT.load(Ordering::Relaxed);
    for number in next..next + 300 {
        let temp = format!("{PREFIX}{}-{number}", std::process::id());
        std::os::unix::fs::symlink(&victim, folder.path().join(temp)).unwrap();
    }
    write(&folder.path().join("a"), b"new").unwrap();
    assert_eq!(fs::read_to_string(&victim).unwrap(), "precious");
    assert_eq!(fs::read_to_string(folder.path().join("a")).unwrap(), "new");
    assert!(!folder.path().join("a").is_symlink());

    // And a link at the target is replaced, not followed.
    let link = folder.path().join("link");
    std::os::unix::fs::symlink(&victim, &link).unwrap();
    write(&link, b"new").unwrap();
    assert!(!link.is_symlink());
    assert_eq!(fs::read_to_string(&victim).unwrap(), "precious");
}

#[test]
fn only_files_of_our_own_dead_processes_are_removed() {
    let folder = tempfile::tempdir().unwrap();
    let dead = 4_194_304_000u32; // above the largest process id of Linux
    let own = std::process::id();
    let kept = [
        "data.csv".to_owned(),
        ".rnn-tmp-".to_owned(),
        format!(".rnn-tmp-{dead}"),
        format!(".rnn-tmp-{dead}-"),
        format!(".rnn-tmp-{dead}-1x"),
        format!(".rnn-tmp-0{dead}-1"),
        format!(".rnn-tmp-{dead}-+1"),
        format!("x.rnn-tmp-{dead}-1"),
        format!(".rnn-tmp-{own}-0"),
        ".rnn-tmp-1-7".to_owned(), // process 1 is always there
    ];
    temp_path(folder.path()); // so that number 0 is one of this process
    for name in &kept {
        fs::write(folder.path().join(name), "x").unwrap();
    }
    fs::write(folder.path().join(format!(".rnn-tmp-{dead}-12")), "x").unwrap();
    fs::write(folder.path().join(format!(".rnn-tmp-{own}-{}", u64::MAX)), "x").unwrap();
    fs::create_dir(folder.path().join(format!(".rnn-tmp-{dead}-13"))).unwrap();
    remove_leftovers(folder.path());
    let mut wanted = kept.to_vec();
    wanted.push(format!(".rnn-tmp-{dead}-13"));
    wanted.sort();
    if cfg!(target_os = "linux") {
        assert_eq!(names(folder.path()), wanted);
    }
}

#[test]
fn a_probe_leaves_nothing() {
    let folder = tempfile::tempdir().unwrap();
    probe(folder.path()).unwrap();
    assert!(names(folder.path()).is_empty());
    let file = folder.path().join("file");
    fs::write(&file, "x").unwrap();
    assert_eq!(probe(&file).unwrap_err().exit_code(), 74);
    assert_eq!(probe(&folder.path().join("none")).unwrap_err().exit_code(), 74);
}
