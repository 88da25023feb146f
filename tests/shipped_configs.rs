//! Every shipped config is valid, listed, and asks for columns its data has.

use std::path::{Path, PathBuf};

use rnn::config::{Config, SeriesBy, Source};

fn configs() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("configs");
    let files = std::fs::read_dir(folder).expect("configs").map(|entry| entry.unwrap().path());
    files.filter(|path| path.extension().is_some_and(|ending| ending == "json")).collect()
}

fn load(path: &Path) -> Config {
    Config::load(path, &[]).unwrap_or_else(|error| panic!("{error}"))
}

#[test]
fn every_config_is_valid_and_the_readme_has_a_line_for_it() {
    let readme = include_str!("../configs/README.md");
    let configs = configs();
    assert!(!configs.is_empty());
    for path in &configs {
        load(path);
        let name = path.file_name().unwrap().to_str().unwrap();
        assert!(readme.contains(&format!("| `{name}` |")), "configs/README.md lacks {name}");
    }
}

#[test]
fn every_config_of_shipped_data_asks_for_columns_that_are_there() {
    let mut checked = 0;
    for path in configs() {
        let data = load(&path).data;
        let Some(Source::Whole(files)) = &data.source else { panic!("{}", path.display()) };
        // The public sets are not shipped; a config must not pass for want of a shipped file, though.
        if files[0].components().any(|part| part.as_os_str() == "public") {
            continue;
        }
        let text = std::fs::read_to_string(&files[0]).expect("the shipped file");
        let header: Vec<&str> = text.lines().next().unwrap().split(',').collect();
        let series = match &data.series {
            SeriesBy::Columns(columns) => columns.clone(),
            _ => Vec::new(),
        };
        let columns = data.inputs.iter().chain(&data.targets).map(|column| column.name.clone());
        for name in columns.chain(data.time.clone()).chain(series) {
            assert!(header.contains(&name.as_str()), "{}: no column {name}", path.display());
        }
        checked += 1;
    }
    assert!(checked >= 7, "only {checked} configs read shipped data");
}
