//! The proof: a copy of the project in which any guard can be taken out, and what its tests say then.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::guard::{Catcher, Guard};

/// Names the guard that is out.
const VARIABLE: &str = "RNN_GUARD_OUT";
/// What the copy has besides the project's code.
const SWITCH: &str = r#"
/// Whether a guard is taken out.
pub fn guard_is_out(name: &str) -> bool {
    static OUT: std::sync::OnceLock<Option<String>> = std::sync::OnceLock::new();
    OUT.get_or_init(|| std::env::var("VARIABLE").ok()).as_deref() == Some(name)
}
"#;
/// What is copied.
const PARTS: [&str; 8] =
    ["Cargo.toml", "Cargo.lock", "README.md", "src", "tests", "configs", "data", "benches"];
/// Without its guard a test may wait for ever, which is noticed too: it has ten times as long as with the guard, and this.
const PATIENCE: Duration = Duration::from_secs(20);
/// With all guards nothing takes so long.
const LONGEST: Duration = Duration::from_secs(1200);

/// The copy, built.
pub struct Proof {
    tree: PathBuf,
    /// The tests' programs by the name of their file; the library's is `lib`.
    tests: BTreeMap<String, PathBuf>,
    program: PathBuf,
}

impl Proof {
    /// Builds it with all guards that can be taken out.
    pub fn build(root: &Path, guards: &[&Guard]) -> Self {
        let base = root.join("target/guards");
        let tree = base.join("tree");
        let mut files = files_of(root);
        let mut texts = edited(root, guards);
        *texts.entry("src/lib.rs").or_insert_with(|| read(root, "src/lib.rs")) +=
            &SWITCH.replace("VARIABLE", VARIABLE);
        for (file, text) in texts {
            files.insert(file.into(), text.into_bytes());
        }
        let before = files_of(&tree);
        for file in before.keys().filter(|file| !files.contains_key(*file)) {
            fs::remove_file(tree.join(file)).expect("a file of the copy before");
        }
        for (file, bytes) in &files {
            write_if_new(&tree.join(file), bytes);
        }
        let (tests, program) = compile(&tree, &base.join("build"), guards);
        Self { tree, tests, program }
    }

    /// Takes out the guards one by one; those that nobody noticed.
    pub fn run(&self, guards: &[&Guard]) -> Vec<&'static str> {
        let catchers: BTreeMap<String, &Catcher> =
            guards.iter().map(|guard| (guard.caught_by.to_string(), &guard.caught_by)).collect();
        let mut limits = BTreeMap::new();
        for (name, catcher) in &catchers {
            let start = Instant::now();
            if let Some(told) = self.told(catcher, "none", LONGEST) {
                panic!("{name} fails although no guard is out: {told}");
            }
            limits.insert(name, PATIENCE + 10 * start.elapsed());
        }
        println!("{} tests and scripts pass with all guards in", catchers.len());
        let mut missed = Vec::new();
        for guard in guards {
            match self.told(&guard.caught_by, guard.name, limits[&guard.caught_by.to_string()]) {
                Some(told) => println!("noticed: {} | {} | {told}", guard.name, guard.caught_by),
                None => {
                    println!("NOT NOTICED: {} | {}", guard.name, guard.caught_by);
                    missed.push(guard.name);
                }
            }
        }
        println!("{} guards, {} not noticed", guards.len(), missed.len());
        missed
    }

    /// What a test says when it fails; nothing where it passes.
    fn told(&self, catcher: &Catcher, out: &str, limit: Duration) -> Option<String> {
        let mut command = match *catcher {
            Catcher::Lib(test) => self.test("lib", test),
            Catcher::Test(file, test) => self.test(file, test),
            Catcher::Case(case) => {
                let mut command = self.test("cmd", "every_case_ends_as_its_file_says");
                command.env("CASE", case);
                command
            }
            Catcher::Shell(line) => {
                let mut command = Command::new("sh");
                command.arg("-c").arg(line.replace("PROGRAM", &self.program.to_string_lossy()));
                command
            }
        };
        command.env(VARIABLE, out).current_dir(&self.tree).stdin(Stdio::null());
        ended(command, &self.tree.join("output"), limit)
    }

    fn test(&self, file: &str, test: &str) -> Command {
        let mut command = Command::new(&self.tests[file]);
        command.arg(test);
        command
    }
}

/// The source files in which guards can be taken out. Panics where a guard is not in its place.
pub fn edited(root: &Path, guards: &[&Guard]) -> BTreeMap<&'static str, String> {
    let mut texts: BTreeMap<&str, String> = BTreeMap::new();
    for guard in guards {
        for edit in guard.edits {
            let text = texts.entry(edit.file).or_insert_with(|| read(root, edit.file));
            let count = text.matches(edit.there).count();
            assert_eq!(
                count, 1,
                "{}: {} has this {count} times: {}",
                guard.name, edit.file, edit.there
            );
            *text = edit.applied(text, guard.name);
        }
    }
    texts
}

fn read(root: &Path, file: &str) -> String {
    fs::read_to_string(root.join(file)).expect(file)
}

/// What is copied, as it stands.
fn files_of(root: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut files = BTreeMap::new();
    let parts = PARTS.into_iter().map(Path::new).filter(|part| root.join(part).exists());
    parts.for_each(|part| collect(root, part, &mut files));
    files
}

/// Files below a path of the project.
fn collect(root: &Path, path: &Path, files: &mut BTreeMap<PathBuf, Vec<u8>>) {
    let place = root.join(path);
    if place.is_dir() {
        for entry in fs::read_dir(&place).expect("a folder").flatten() {
            // Data that people put there themselves, and what trials have left.
            if !["public", "runs", "__pycache__"].iter().any(|name| entry.file_name() == *name) {
                collect(root, &path.join(entry.file_name()), files);
            }
        }
    } else {
        files.insert(path.to_owned(), fs::read(&place).expect("a file"));
    }
}

/// A file that is not touched need not be compiled again.
fn write_if_new(path: &Path, bytes: &[u8]) {
    if fs::read(path).is_ok_and(|there| there == bytes) {
        return;
    }
    fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
    // Scripts keep their mode: they are given to `sh`.
    fs::write(path, bytes).expect("written");
}

/// Builds what the guards need; the tests' programs and rnn-train.
fn compile(tree: &Path, target: &Path, guards: &[&Guard]) -> (BTreeMap<String, PathBuf>, PathBuf) {
    let files = guards.iter().filter_map(|guard| match guard.caught_by {
        Catcher::Test(file, _) => Some(file),
        Catcher::Case(_) => Some("cmd"),
        Catcher::Lib(_) | Catcher::Shell(_) => None,
    });
    let files: BTreeSet<&str> = files.chain(["resume"]).collect();
    let mut command = Command::new(env!("CARGO"));
    command.args([
        "test",
        "--release",
        "--locked",
        "--no-run",
        "--lib",
        "--features",
        "worker-panic",
    ]);
    command.args(["--message-format", "json-render-diagnostics", "--target-dir"]).arg(target);
    command.args(files.iter().flat_map(|file| ["--test", *file]));
    command.current_dir(tree).stderr(Stdio::inherit());
    let output = command.output().expect("cargo");
    assert!(output.status.success(), "the copy does not compile");
    let (mut tests, mut program) = (BTreeMap::new(), None);
    for line in String::from_utf8_lossy(&output.stdout).lines() {
        let message: Value = serde_json::from_str(line).expect("a message of cargo");
        let Some(path) = message["executable"].as_str() else { continue };
        let target = &message["target"];
        let name = target["name"].as_str().expect("a name");
        match target["kind"][0].as_str() {
            Some("lib") => drop(tests.insert("lib".to_owned(), path.into())),
            Some("test") => drop(tests.insert(name.to_owned(), path.into())),
            Some("bin") if name == "rnn-train" => program = Some(path.into()),
            _ => {}
        }
    }
    (tests, program.expect("rnn-train"))
}

/// What a command says when it fails, in short.
fn ended(mut command: Command, output: &Path, limit: Duration) -> Option<String> {
    let file = fs::File::create(output).expect("a file for what it says");
    command.stdout(file.try_clone().expect("a file")).stderr(file);
    #[cfg(unix)]
    std::os::unix::process::CommandExt::process_group(&mut command, 0);
    let (mut child, start) = (command.spawn().expect("it starts"), Instant::now());
    let status = loop {
        if let Some(status) = child.try_wait().expect("a status") {
            break status;
        }
        if start.elapsed() > limit {
            // With all that it has started.
            let _ =
                Command::new("kill").args(["-KILL", "--", &format!("-{}", child.id())]).status();
            let _ = child.wait();
            return Some(format!("it does not end in {} s", limit.as_secs()));
        }
        std::thread::sleep(Duration::from_millis(20));
    };
    if status.success() {
        return None;
    }
    let text = String::from_utf8_lossy(&fs::read(output).unwrap_or_default()).into_owned();
    let telling = |line: &&str| !line.trim().is_empty() && !line.starts_with("note:");
    let mut lines =
        text.lines().skip_while(|line| !line.contains("panicked at") && !line.contains("BAD"));
    let first = lines.next().filter(|line| line.contains("BAD")).or_else(|| lines.find(telling));
    let line = first.or_else(|| text.lines().rfind(|line| telling(line))).unwrap_or("no word");
    Some(line.chars().take(150).collect())
}
