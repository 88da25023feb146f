//! The committed data sets are what the generator writes, byte for byte, on every machine.

#[path = "../examples/shipped/mod.rs"]
mod shipped;

#[test]
fn the_committed_data_is_what_the_generator_writes() {
    let data = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("data");
    for (name, text) in shipped::files() {
        let committed = std::fs::read_to_string(data.join(name)).expect(name);
        // Not `assert_eq`: a failure would print a megabyte.
        let differs = committed.lines().zip(text.lines()).position(|(a, b)| a != b);
        assert_eq!(differs, None, "{name}: first differing line (from 0)");
        assert!(committed == text, "{name}: a different number of lines or other line ends");
    }
}
