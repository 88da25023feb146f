//! Every shipped config is valid, listed, says where its schema is, and passes `--check` on its data.

#[path = "common/json_schema.rs"]
mod json_schema;

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;

use rnn::config::{Config, Source};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn configs() -> Vec<PathBuf> {
    let files = std::fs::read_dir(root().join("configs")).expect("configs");
    let is_config = |path: &PathBuf| {
        path.extension().is_some_and(|ending| ending == "json") && !path.ends_with("schema.json")
    };
    let mut configs: Vec<_> = files.map(|entry| entry.unwrap().path()).filter(is_config).collect();
    configs.sort();
    assert!(!configs.is_empty());
    configs
}

fn load(path: &Path) -> Config {
    Config::load(path, &[]).unwrap_or_else(|error| panic!("{error}"))
}

#[test]
fn every_config_is_valid_and_the_readme_has_a_line_for_it() {
    let readme = include_str!("../configs/README.md");
    for path in configs() {
        load(&path);
        let name = path.file_name().unwrap().to_str().unwrap();
        assert!(readme.contains(&format!("| `{name}` |")), "configs/README.md lacks {name}");
    }
}

#[test]
fn every_config_begins_with_its_schema_which_accepts_it_and_what_is_made_of_it() {
    let schema = json_schema::ours();
    for path in configs() {
        let text = std::fs::read_to_string(&path).unwrap();
        assert!(text.starts_with("{\n  \"$schema\": \"schema.json\",\n"), "{}", path.display());
        let effective = load(&path).to_json(Path::new("runs/a"));
        for text in [text, effective] {
            let faults = json_schema::faults(&schema, &serde_json::from_str(&text).unwrap());
            assert_eq!(faults, Vec::<String>::new(), "{}\n{text}", path.display());
        }
    }
}

#[test]
fn every_config_passes_check_on_its_data() {
    let scratch = tempfile::tempdir().expect("a scratch folder");
    let public = scratch.path().join("data/public");
    std::fs::create_dir_all(&public).expect("a folder");
    let mut shipped = 0;
    for path in configs() {
        let files = files(&path);
        let name = path.file_name().unwrap().to_str().unwrap();
        let is_public = |file: &PathBuf| file.components().any(|part| part.as_os_str() == "public");
        let config = if files.iter().any(is_public) {
            if let Some(missing) = files.iter().find(|file| public_file(file).is_none()) {
                let missing = missing.file_name().unwrap().display();
                // Past the test harness, which keeps to itself what a passing test prints.
                writeln!(
                    std::io::stderr(),
                    "NOT CHECKED: {name}: no {missing}, see data/README.md"
                )
                .unwrap();
                continue;
            }
            let config = scratch.path().join("configs").join(name);
            std::fs::create_dir_all(config.parent().unwrap()).expect("a folder");
            std::fs::copy(&path, &config).expect("a copy");
            for file in &files {
                let here = public_file(file).expect("found above");
                std::fs::copy(here, public.join(file.file_name().unwrap())).expect("a copy");
            }
            config
        } else {
            shipped += 1;
            path
        };
        check(&config);
    }
    assert!(shipped >= 10, "only {shipped} configs read shipped data");
}

/// Every file a config reads.
fn files(path: &Path) -> Vec<PathBuf> {
    match load(path).data.source.expect("a config names its data") {
        Source::Whole(files) => files,
        Source::Parts { train, valid, test } => [train, valid, test].concat(),
    }
}

/// Where a public file may be: where data/README.md asks for it, or in a folder of data beside the project.
fn public_file(file: &Path) -> Option<PathBuf> {
    let beside = root().join("../shared/data").join(file.file_name()?);
    [file.to_owned(), beside].into_iter().find(|path| path.exists())
}

fn check(config: &Path) {
    let program = Command::new(env!("CARGO_BIN_EXE_rnn-train"))
        .arg("--check")
        .arg("--config")
        .arg(config)
        .output()
        .expect("rnn-train runs");
    let (out, err) =
        (String::from_utf8_lossy(&program.stdout), String::from_utf8_lossy(&program.stderr));
    assert!(program.status.success(), "{}: {err}", config.display());
    assert!(out.contains("parameters"), "{}: {out}", config.display());
}
