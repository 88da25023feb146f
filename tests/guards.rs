//! Each guard against a fault is taken out once, and the test that is said to hold it has to fail then: a test that
//! cannot fail holds nothing. `tests/README.md` has the table of faults.
//!
//! The ordinary tests here keep the list true. The proof itself builds a copy of the project in `target/guards`, in which
//! an environment variable takes out one guard at a time, and takes some minutes:
//!
//! ```text
//! cargo test --release --test guards -- --ignored --nocapture
//! GUARD=53 cargo test --release --test guards -- --ignored --nocapture     # those whose name holds 53
//! ```

// The list is spread over files: what is `pub` there is for this one.
#![allow(unreachable_pub)]

#[path = "guards/damaged.rs"]
mod damaged;
#[path = "guards/guard.rs"]
mod guard;
#[path = "guards/proof.rs"]
mod proof;
#[path = "guards/resuming.rs"]
mod resuming;
#[path = "guards/saving.rs"]
mod saving;
#[path = "guards/training.rs"]
mod training;

use std::collections::BTreeSet;
use std::path::Path;

use guard::{Catcher, Guard};

/// Faults of saving, resuming, reading and training, by their numbers.
const FAULTS: std::ops::RangeInclusive<u32> = 44..=91;

fn guards() -> impl Iterator<Item = &'static Guard> {
    let lists = [saving::GUARDS, resuming::GUARDS, damaged::GUARDS, training::GUARDS];
    lists.into_iter().flatten()
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

#[test]
fn every_fault_has_a_guard_and_every_guard_is_in_its_place() {
    let all: Vec<&Guard> = guards().collect();
    proof::edited(root(), &all);
    let names: BTreeSet<&str> = all.iter().map(|guard| guard.name).collect();
    assert_eq!(names.len(), all.len(), "each name once");
    let faults: BTreeSet<u32> = guards().filter_map(Guard::fault).collect();
    assert!(faults.into_iter().eq(FAULTS), "each fault has a guard");
}

/// The table promises a test for a fault; it is that test which has to notice that the guard is gone.
#[test]
fn the_table_names_what_catches() {
    let text = std::fs::read_to_string(root().join("tests/README.md")).expect("the table");
    for guard in guards() {
        let Some(fault) = guard.fault() else { continue };
        let start = format!("| {fault} |");
        let row = text.lines().find(|line| line.starts_with(&start)).expect("a row");
        let named = match guard.caught_by {
            Catcher::Lib(test) | Catcher::Test(_, test) => format!("`{test}`"),
            Catcher::Case(case) => format!("`tests/cmd/cases/{case}.case`"),
            Catcher::Shell(line) => {
                let script = line.split(' ').find(|word| word.ends_with(".sh"));
                format!("`{}`", script.expect("a script"))
            }
        };
        assert!(row.contains(&named), "{}: the table does not name {named}", guard.name);
    }
}

#[test]
#[ignore = "builds a copy of the project and takes some minutes"]
fn each_guard_taken_out_is_noticed() {
    let wanted = std::env::var("GUARD").unwrap_or_default();
    let chosen: Vec<&Guard> = guards().filter(|guard| guard.name.contains(&wanted)).collect();
    assert!(!chosen.is_empty(), "no guard's name holds {wanted:?}");
    let all: Vec<&Guard> = guards().collect();
    let proof = proof::Proof::build(root(), &all);
    let missed = proof.run(&chosen);
    assert!(missed.is_empty(), "not noticed: {}", missed.join(", "));
}
