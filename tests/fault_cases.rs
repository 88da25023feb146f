//! The list of faults in `tests/cmd/README.md` has every fault of CSV files, and every case it names is there.

use std::path::Path;

/// Faults of CSV files, by their numbers.
const FAULTS: std::ops::RangeInclusive<u32> = 15..=43;

#[test]
fn every_fault_of_csv_files_has_its_cases() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cmd");
    let text = std::fs::read_to_string(root.join("README.md")).expect("the list");
    let rows = text.lines().filter_map(|line| {
        let (fault, cases) = line.strip_prefix("| ")?.strip_suffix(" |")?.split_once(" | ")?;
        Some((fault.split(' ').next()?.parse::<u32>().ok()?, cases))
    });
    let rows: Vec<(u32, &str)> = rows.collect();
    assert!(rows.iter().map(|(fault, _)| *fault).eq(FAULTS), "one row for each, in order");
    for (fault, cases) in rows {
        for case in cases.split(", ") {
            let name = case.trim_matches('`');
            assert!(root.join(format!("cases/{name}.case")).is_file(), "fault {fault}: {name}");
        }
    }
}
