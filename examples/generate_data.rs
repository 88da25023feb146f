//! Writes the data sets the project ships: `cargo run --release --example generate_data -- DIR`
//! (default `data`). The same bytes on every machine; `tests/shipped_data.rs` holds it to that.

use std::path::PathBuf;

use anyhow::Context;

mod shipped;

fn main() -> anyhow::Result<()> {
    let dir = std::env::args_os().nth(1).map_or_else(|| PathBuf::from("data"), PathBuf::from);
    std::fs::create_dir_all(&dir).with_context(|| dir.display().to_string())?;
    for (name, text) in shipped::files() {
        let path = dir.join(name);
        std::fs::write(&path, text).with_context(|| path.display().to_string())?;
        println!("{}", path.display());
    }
    Ok(())
}
