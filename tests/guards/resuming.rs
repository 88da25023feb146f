//! Guards of what goes on: faults 61 to 73.

use crate::guard::Catcher::{Case, Lib, Shell, Test};
use crate::guard::{Edit, Guard};

const CHECKPOINT: &str = "src/store/checkpoint.rs";
const RESUME: &str = "src/job/resume.rs";
const PLATEAU: &str = "let (learning_rate, plateau_best, bad_epochs) = c.plateau;";
const EVERY_UPDATE: &str = "stopped_after_every_single_update_and_resumed";

pub const GUARDS: &[Guard] = &[
    Guard {
        name: "61 moments are restored",
        edits: &[Edit {
            file: CHECKPOINT,
            there: "if optimizer.second.iter()",
            gone: "let optimizer = if OUT { fresh.optimizer.clone() } else { optimizer };\n        THERE",
        }],
        caught_by: Test("resume", EVERY_UPDATE),
    },
    Guard {
        name: "61 the place within the epoch is restored",
        edits: &[Edit {
            file: CHECKPOINT,
            there: "update: c.update,",
            gone: "update: if OUT { 0 } else { c.update },",
        }],
        caught_by: Test("resume", EVERY_UPDATE),
    },
    Guard {
        name: "61 the epoch's sums are restored",
        edits: &[Edit {
            file: CHECKPOINT,
            there: "loss: LossSum { sum, steps, sequences },",
            gone: "loss: if OUT { LossSum::default() } else { LossSum { sum, steps, sequences } },",
        }],
        caught_by: Test("resume", EVERY_UPDATE),
    },
    Guard {
        name: "61 the mean norm is restored",
        edits: &[Edit {
            file: CHECKPOINT,
            there: "norms: c.norms,",
            gone: "norms: if OUT { 0.0 } else { c.norms },",
        }],
        caught_by: Test("resume", EVERY_UPDATE),
    },
    Guard {
        name: "62 the plateau's patience is restored",
        edits: &[Edit {
            file: CHECKPOINT,
            there: PLATEAU,
            gone: "THERE\n        let bad_epochs = if OUT { 0 } else { bad_epochs };",
        }],
        caught_by: Test("resume", EVERY_UPDATE),
    },
    Guard {
        name: "62 the plateau's best is restored",
        edits: &[Edit {
            file: CHECKPOINT,
            there: PLATEAU,
            gone: "THERE\n        let plateau_best = plateau_best.filter(|_| !OUT);",
        }],
        caught_by: Test("resume", EVERY_UPDATE),
    },
    Guard {
        name: "62 the plateau's learning rate is restored",
        edits: &[Edit {
            file: CHECKPOINT,
            there: PLATEAU,
            gone: "THERE\n        let learning_rate = if OUT { fresh.plateau.learning_rate } else { learning_rate };",
        }],
        caught_by: Test("resume", EVERY_UPDATE),
    },
    Guard {
        name: "62 the patience of early stopping is restored",
        edits: &[Edit {
            file: CHECKPOINT,
            there: "stopping_bad: c.stopping.1,",
            gone: "stopping_bad: if OUT { 0 } else { c.stopping.1 },",
        }],
        caught_by: Test("resume", EVERY_UPDATE),
    },
    Guard {
        name: "62 the best of early stopping is restored",
        edits: &[Edit {
            file: CHECKPOINT,
            there: "stopping_best: c.stopping.0,",
            gone: "stopping_best: if OUT { None } else { c.stopping.0 },",
        }],
        caught_by: Test("resume", EVERY_UPDATE),
    },
    Guard {
        name: "62 the best model is restored",
        edits: &[Edit {
            file: CHECKPOINT,
            there: "let best = match c.best {",
            gone: "let best = match c.best.filter(|_| !OUT) {",
        }],
        caught_by: Test("resume", EVERY_UPDATE),
    },
    Guard {
        name: "63 carried states are restored",
        edits: &[Edit {
            file: CHECKPOINT,
            there: "Some(State { h, c })",
            gone: "drop((h, c));\n                Some(state)",
        }],
        caught_by: Test("resume", EVERY_UPDATE),
    },
    Guard {
        name: "64 what is dropped depends on the update alone",
        edits: &[Edit {
            file: "src/train/trainer.rs",
            there: "Some(DropoutKey { seed: training.seed, step: progress.step })",
            gone: "use std::sync::atomic::{AtomicU64, Ordering};\n static DRAWN: AtomicU64 = AtomicU64::new(0);\n \
                   Some(DropoutKey { seed: training.seed, step: DRAWN.fetch_add(1, Ordering::Relaxed) })",
        }],
        caught_by: Test("resume", EVERY_UPDATE),
    },
    Guard {
        name: "65 another config is refused",
        edits: &[Edit {
            file: RESUME,
            there: "if changed.is_empty() {",
            gone: "if OUT || changed.is_empty() {",
        }],
        caught_by: Test("changes", "a_changed_key_is_refused_with_what_was_and_what_is"),
    },
    Guard {
        name: "66 blocks do not depend on the number of threads",
        edits: &[Edit {
            file: "src/train/step.rs",
            there: "pub fn rows_together(sequences: usize, even: bool, threads: usize) -> usize {\n",
            gone: "THERE    if OUT { return (sequences / threads).max(1); }\n",
        }],
        caught_by: Test("bits", "on_any_number_of_threads_in_any_folder"),
    },
    Guard {
        name: "67 a product is added in one rounding on every machine",
        edits: &[Edit {
            file: "src/kernel/vector.rs",
            there: "self[l] = a[l].mul_add(b[l], self[l]);",
            gone: "self[l] += a[l] * b[l];",
        }],
        caught_by: Test("kernels", "a_short_run_is_the_same_in_every_variant"),
    },
    Guard {
        name: "68 a finished run is left as it is",
        edits: &[Edit {
            file: RESUME,
            there: "if checkpoint.finished(config.training.epochs) &&",
            gone: "if !OUT && checkpoint.finished(config.training.epochs) &&",
        }],
        caught_by: Test("bits", "resuming_a_finished_run_changes_nothing"),
    },
    Guard {
        name: "68 and is not read anew",
        edits: &[Edit {
            file: CHECKPOINT,
            there: "self.counters.stopped_early || self.counters.epoch >= epochs",
            gone: "self.counters.stopped_early || self.counters.epoch > epochs",
        }],
        caught_by: Case("run/resume-finished"),
    },
    Guard {
        name: "69 a damaged checkpoint is not passed over in silence",
        edits: &[Edit {
            file: RESUME,
            there: "let checkpoint = read_checkpoint(&folder, &checkpoint_path, options.from_previous)?;\n    let config",
            gone: "let (checkpoint, checkpoint_path) = match read_checkpoint(&folder, &checkpoint_path, options.from_previous) {\n\
                   Err(_) if OUT => { let path = folder.join(run_files::PREVIOUS); (Checkpoint::read(&path)?, path) }\n\
                   read => (read?, checkpoint_path),\n};\n    let config",
        }],
        caught_by: Case("run/resume-damaged-checkpoint"),
    },
    Guard {
        name: "69 the older one is not pushed out by the damaged one",
        edits: &[Edit {
            file: RESUME,
            there: "write_file(&run.file(run_files::CHECKPOINT), &bytes)?;",
            gone: "drop(bytes);",
        }],
        caught_by: Case("run/damaged-and-back"),
    },
    Guard {
        name: "70 newer files are refused",
        edits: &[Edit {
            file: "src/store/model_file.rs",
            there: "Some(version) if version == ours => return Ok(()),",
            gone: "Some(version) if OUT || version == ours => return Ok(()),",
        }],
        caught_by: Test("golden", "newer_files_are_refused_by_their_version"),
    },
    Guard {
        name: "71 columns are found by name",
        edits: &[Edit {
            file: "src/data/reader/header.rs",
            there: "let mut places = (0..self.names.len()).filter(|&place| self.names[place] == name);",
            gone: "if OUT && name == \"x\" { return Ok(Some(1)); }\n        if OUT && name == \"y\" { return Ok(Some(2)); }\n        THERE",
        }],
        caught_by: Case("predict/reordered-columns"),
    },
    Guard {
        name: "71 weights of another shape are refused",
        edits: &[Edit {
            file: "src/job/init_from.rs",
            there: "if other.is_none_or(|other| other.shape != entry.shape) {",
            gone: "if !OUT && other.is_none_or(|other| other.shape != entry.shape) {",
        }],
        caught_by: Case("model/init-from-other-shapes"),
    },
    Guard {
        name: "72 durations are not read off the calendar",
        edits: &[Edit {
            file: "src/job/recorder.rs",
            there: "Self { at: Instant::now(), step }",
            gone: "let now = std::time::SystemTime::now().duration_since(std::time::SystemTime::UNIX_EPOCH);\n\
                   now.expect(\"after 1970\");\n        Self { at: Instant::now(), step }",
        }],
        caught_by: Shell("sh tests/disks.sh PROGRAM"),
    },
    Guard {
        name: "73 updates are counted in 64 bits",
        edits: &[Edit {
            file: "src/optim/optimizer.rs",
            there: "let correction1 = 1.0 - powi(beta1, state.step);",
            gone: "let correction1 = 1.0 - powi(beta1, if OUT { u64::from(state.step as u32) } else { state.step });",
        }],
        caught_by: Lib("updates_are_counted_beyond_24_and_32_bits"),
    },
];
