//! Tests of the run folder.

use std::fs;

use super::*;

fn lock() -> Locking {
    Locking::Lock
}

fn begin(run: &RunFolder) {
    fs::write(run.file(CONFIG), "{}").unwrap();
}

#[test]
fn new_runs_are_numbered() {
    let folder = tempfile::tempdir().unwrap();
    let base = folder.path().join("runs/deep/pump");
    for name in ["pump", "pump-2", "pump-3"] {
        let run = RunFolder::create_numbered(&base, lock()).unwrap();
        assert_eq!(run.path(), base.with_file_name(name));
        begin(&run);
    }
    // A folder without a run is used; a file in the way is not; nor is one that somebody has.
    fs::create_dir(base.with_file_name("pump-4")).unwrap();
    let run = RunFolder::create_numbered(&base, lock()).unwrap();
    assert_eq!(run.path(), base.with_file_name("pump-4"));
    fs::write(base.with_file_name("pump-5"), "a file").unwrap();
    let other = RunFolder::create_numbered(&base, lock()).unwrap();
    assert_eq!(other.path(), base.with_file_name("pump-6"));
}

#[test]
fn starters_at_the_same_time_get_different_folders() {
    let folder = tempfile::tempdir().unwrap();
    let base = folder.path().join("runs/pump");
    let start = || RunFolder::create_numbered(&base, lock()).unwrap();
    let runs: Vec<RunFolder> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..8).map(|_| scope.spawn(start)).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    let mut paths: Vec<_> = runs.iter().map(|run| run.path().to_owned()).collect();
    paths.sort();
    paths.dedup();
    assert_eq!(paths.len(), 8);
}

#[test]
fn a_named_folder_with_a_run_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a/b");
    let run = RunFolder::create(&path, lock()).unwrap();
    assert_eq!(RunFolder::create(&path, lock()).unwrap_err().exit_code(), 75);
    assert_eq!(RunFolder::resume(&path, lock()).unwrap_err().exit_code(), 66);
    for file in [CONFIG, MODEL, CHECKPOINT, PREVIOUS, METRICS, LOG] {
        fs::write(run.file(file), "x").unwrap();
        let error = RunFolder::create(&path, lock()).unwrap_err();
        assert_eq!(error.exit_code(), 2);
        assert!(error.to_string().contains("use --resume or another --out"), "{error}");
        fs::remove_file(run.file(file)).unwrap();
    }
    begin(&run);
    assert_eq!(RunFolder::resume(&path, lock()).unwrap_err().exit_code(), 75);
    drop(run);
    RunFolder::resume(&path, lock()).unwrap();
}

#[test]
fn without_locks_two_may_share() {
    let folder = tempfile::tempdir().unwrap();
    let run = RunFolder::create(folder.path(), lock()).unwrap();
    begin(&run);
    RunFolder::resume(folder.path(), Locking::NoLock).unwrap();
}

#[test]
fn a_folder_that_cannot_be_made_is_a_failed_write() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    fs::write(&file, "x").unwrap();
    for path in [file.clone(), file.join("a"), file.join("a/b")] {
        let error = RunFolder::create(&path, lock()).unwrap_err();
        assert_eq!(error.exit_code(), 74, "{error}");
    }
    let error = RunFolder::create_numbered(&file.join("a"), lock()).unwrap_err();
    assert_eq!(error.exit_code(), 74, "{error}");
}

#[test]
fn a_deleted_folder_is_made_anew_unless_another_has_it() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a");
    for locking in [Locking::Lock, Locking::NoLock] {
        let mut run = RunFolder::create(&path, locking).unwrap();
        assert!(!run.restore().unwrap());
        fs::remove_dir_all(&path).unwrap();
        assert!(run.restore().unwrap());
        assert!(!run.restore().unwrap());
        run.save_checkpoint(b"1").unwrap();
        fs::remove_dir_all(&path).unwrap();
    }
    let mut first = RunFolder::create(&path, lock()).unwrap();
    fs::remove_dir_all(&path).unwrap();
    let second = RunFolder::create(&path, lock()).unwrap();
    assert_eq!(first.restore().unwrap_err().exit_code(), 75);
    drop(second);
    assert!(first.restore().unwrap());
    assert_eq!(RunFolder::resume(&path, lock()).unwrap_err().exit_code(), 66);
    begin(&first);
    assert_eq!(RunFolder::resume(&path, lock()).unwrap_err().exit_code(), 75);
}

#[test]
fn a_probe_looks_at_the_nearest_folder_and_leaves_nothing() {
    let folder = tempfile::tempdir().unwrap();
    probe(&folder.path().join("a/b/c")).unwrap();
    probe(folder.path()).unwrap();
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
    fs::write(folder.path().join("file"), "x").unwrap();
    let error = probe(&folder.path().join("file/a/b")).unwrap_err();
    assert!(error.to_string().contains("file: is not a folder"), "{error}");
}

#[test]
fn checkpoints_are_kept_in_pairs() {
    let folder = tempfile::tempdir().unwrap();
    let run = RunFolder::create(folder.path(), lock()).unwrap();
    for content in ["1", "2", "3"] {
        run.save_checkpoint(content.as_bytes()).unwrap();
    }
    assert_eq!(fs::read_to_string(run.file(CHECKPOINT)).unwrap(), "3");
    assert_eq!(fs::read_to_string(run.file(PREVIOUS)).unwrap(), "2");
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 3, "two checkpoints and the lock");
    fs::remove_dir_all(folder.path()).unwrap();
    assert_eq!(run.save_checkpoint(b"4").unwrap_err().exit_code(), 74);
}
