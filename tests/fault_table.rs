//! `tests/README.md` names a test for each fault, and each test it names is there.

use std::path::Path;

const FAULTS: std::ops::RangeInclusive<u32> = 44..=91;

/// What stands between backticks.
fn quoted(text: &str) -> impl Iterator<Item = &str> {
    text.split('`').skip(1).step_by(2)
}

#[test]
fn every_fault_has_a_test_and_every_test_is_there() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(root.join("tests/README.md")).expect("the table");
    let ci = std::fs::read_to_string(root.join(".ci/run")).expect("what a change must pass");
    let mut found = Vec::new();
    let mut faults = text.lines().filter(|line| line.starts_with("| ") && line.contains('`'));
    for line in &mut faults {
        let cells: Vec<&str> = line.trim_matches('|').split(" | ").map(str::trim).collect();
        found.extend(cells[0].parse::<u32>().ok());
        let mut file = String::new();
        for name in quoted(line) {
            if name.contains('/') && !root.join(name).is_dir() {
                file = std::fs::read_to_string(root.join(name))
                    .unwrap_or_else(|e| panic!("{name}: {e}"));
                assert!(
                    !name.ends_with(".sh") || ci.contains(name),
                    "{name} is not run by .ci/run"
                );
            } else if !name.contains('/') {
                assert!(file.contains(&format!("fn {name}(")), "no test {name}: {line}");
            }
        }
    }
    assert_eq!(found, FAULTS.collect::<Vec<_>>(), "every fault once, in order");
}
