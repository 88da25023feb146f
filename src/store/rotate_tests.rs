//! Tests of the rotation: whole files under both names, whatever happens.

use std::path::Path;

use super::super::disk::sim::{Files, Quirk, Sim};
use super::*;

const CURRENT: &str = "run/checkpoint";
const PREVIOUS: &str = "run/checkpoint.prev";

fn save(disk: &mut Sim, bytes: &str) -> io::Result<()> {
    save_on(disk, Path::new(CURRENT), Path::new(PREVIOUS), bytes.as_bytes())
}

fn third_save() -> Sim {
    Sim::with(&[(CURRENT, "second"), (PREVIOUS, "first")])
}

/// What stands under the two names.
fn pair(files: &Files) -> (Option<&str>, Option<&str>) {
    let text = |name: &str| Some(std::str::from_utf8(files.get(Path::new(name))?).unwrap());
    (text(CURRENT), text(PREVIOUS))
}

/// Both names whole and the older one kept until the new one is safe.
fn is_good(files: &Files) -> bool {
    matches!(
        pair(files),
        (Some("second" | "the third"), Some("first")) | (Some("the third"), Some("second"))
    )
}

#[test]
fn checkpoints_move_on() {
    let mut disk = Sim::with(&[]);
    save(&mut disk, "first").unwrap();
    assert_eq!(pair(&disk.files()), (Some("first"), None));
    save(&mut disk, "second").unwrap();
    assert_eq!(pair(&disk.files()), (Some("second"), Some("first")));
    save(&mut disk, "the third").unwrap();
    assert_eq!(pair(&disk.files()), (Some("the third"), Some("second")));
    assert_eq!(disk.files().len(), 2);
}

#[test]
fn every_kill_and_power_cut_leaves_two_whole_checkpoints() {
    let is_safe = |mut disk: Sim| {
        save(&mut disk, "the third").unwrap();
        let during = disk.all_states();
        assert!(during.len() > 30, "the states are there");
        during.iter().all(is_good)
            && disk.states_now().iter().all(|f| pair(f) == (Some("the third"), Some("second")))
    };
    assert!(is_safe(third_save()));
    assert!(is_safe(third_save().quirk(Quirk::HasNoLinks)));
    // The proof sees what it is meant to see.
    assert!(!is_safe(third_save().quirk(Quirk::IgnoresSync)));
    assert!(!is_safe(third_save().quirk(Quirk::IgnoresSyncFolder)));
}

#[test]
fn whichever_step_fails_two_whole_checkpoints_stay_and_the_next_save_works() {
    for quirk in [Quirk::None, Quirk::HasNoLinks] {
        let disk = || third_save().quirk(quirk);
        let mut whole = disk();
        save(&mut whole, "the third").unwrap();
        for step in 0..whole.steps() {
            let mut disk = disk();
            disk.fail_at = Some(step);
            let result = save(&mut disk, "the third");
            let files = disk.files();
            assert!(is_good(&files), "step {step}: {:?}", pair(&files));
            assert_eq!(files.len(), 2, "step {step} leaves a temp file");
            let cut = disk.states_now();
            assert!(cut.iter().all(is_good), "step {step}, then the power is cut");
            let has_new = pair(&files).0 == Some("the third");
            assert!(result.is_err() || has_new, "step {step}");
            disk.fail_at = None;
            save(&mut disk, "the fourth").unwrap();
            assert_eq!(pair(&disk.files()).0, Some("the fourth"));
            assert_eq!(disk.files().len(), 2);
        }
    }
}

#[test]
fn two_names_of_one_file_leave_no_third() {
    let folder = tempfile::tempdir().unwrap();
    let (current, previous) = (folder.path().join("a"), folder.path().join("b"));
    std::fs::write(&current, "first").unwrap();
    std::fs::hard_link(&current, &previous).unwrap();
    save_on(&mut super::super::disk::System, &current, &previous, b"second").unwrap();
    assert_eq!(std::fs::read_to_string(&current).unwrap(), "second");
    assert_eq!(std::fs::read_to_string(&previous).unwrap(), "first");
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 2);
}
