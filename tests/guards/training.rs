//! Guards of training and of the programs around it: faults 84 to 91, and memory.

use crate::guard::Catcher::{Lib, Shell, Test};
use crate::guard::{Edit, Guard};

const GUARD: &str = "src/train/guard.rs";
const EPOCH_END: &str = "src/train/epoch_end.rs";
const HEALTH: &str = "src/train/health.rs";
const SIGNALS: &str = "src/cli/signals.rs";
const MEMORY: &str = "src/job/memory/mod.rs";

pub const GUARDS: &[Guard] = &[
    Guard {
        name: "84 a loss that is not finite is no update",
        edits: &[Edit {
            file: GUARD,
            there: "if loss.is_some_and(|loss| !loss.is_finite()) {",
            gone: "if OUT { return None; }\n        THERE",
        }],
        caught_by: Test("non_finite", "a_network_that_explodes_stops_before_the_update"),
    },
    Guard {
        name: "85 nor is a gradient whose squares overflow",
        edits: &[Edit {
            file: GUARD,
            there: "clipped * clipped > f64::from(f32::MAX)",
            gone: "false",
        }],
        caught_by: Test("non_finite", "squares_that_overflow_are_no_update"),
    },
    Guard {
        name: "85 an update that overflows is the end",
        edits: &[Edit {
            file: "src/train/trainer.rs",
            there: "self.check_result(progress, norm, &spans, observer)?;",
            gone: "",
        }],
        caught_by: Test("non_finite", "an_update_that_overflows_is_not_saved"),
    },
    Guard {
        name: "86 a validation that is not finite is no best",
        edits: &[Edit {
            file: EPOCH_END,
            there: "Some(loss) => loss.is_finite() &&",
            gone: "Some(loss) => (OUT || loss.is_finite()) &&",
        }],
        caught_by: Lib("a_loss_that_is_not_finite_is_no_best_and_blocks_none"),
    },
    Guard {
        name: "86 nor does early stopping compare with it",
        edits: &[Edit {
            file: EPOCH_END,
            there: "valid_loss.filter(|loss| loss.is_finite())",
            gone: "valid_loss.filter(|loss| OUT || loss.is_finite())",
        }],
        caught_by: Lib("a_loss_that_is_not_finite_is_no_best_and_blocks_none"),
    },
    Guard {
        name: "87 an explosion is told",
        edits: &[Edit {
            file: HEALTH,
            there: "if loss > EXPLOSION * lowest",
            gone: "if !OUT && loss > EXPLOSION * lowest",
        }],
        caught_by: Lib("an_explosion_is_told_once_and_ordinary_ups_and_downs_never"),
    },
    Guard {
        name: "87 a run that stands still is told",
        edits: &[Edit {
            file: HEALTH,
            there: "if self.unchanged >= DEAD_EPOCHS",
            gone: "if !OUT && self.unchanged >= DEAD_EPOCHS",
        }],
        caught_by: Lib("a_run_that_stands_still_is_told_once"),
    },
    Guard {
        name: "88 a signal stops the loading at once",
        edits: &[Edit {
            file: SIGNALS,
            there: "if second || !SAVES.load(Ordering::Relaxed) {",
            gone: "if second || (!OUT && !SAVES.load(Ordering::Relaxed)) {",
        }],
        caught_by: Test("faults", "loading_stops_at_a_signal"),
    },
    Guard {
        name: "88 a second one stops anything at once",
        edits: &[Edit {
            file: SIGNALS,
            there: "let second = REQUESTED.swap(signal, Ordering::Relaxed) != 0;",
            gone: "let second = REQUESTED.swap(signal, Ordering::Relaxed) != 0 && !OUT;",
        }],
        caught_by: Test("faults", "a_second_signal_stops_at_once"),
    },
    Guard {
        name: "88 validation stops at a signal",
        edits: &[Edit {
            file: EPOCH_END,
            there: "match observer.is_to_stop() {",
            gone: "match !OUT && observer.is_to_stop() {",
        }],
        caught_by: Test("resume", "stopped_amid_every_validation_and_resumed"),
    },
    Guard {
        name: "88 scoring stops at a signal",
        edits: &[Edit {
            file: "src/job/fit.rs",
            there: "if signal.load(Ordering::Relaxed) == 0 {",
            gone: "if OUT || signal.load(Ordering::Relaxed) == 0 {",
        }],
        caught_by: Test("resume", "a_signal_after_training_ends_the_scoring_and_loses_nothing"),
    },
    Guard {
        name: "88 a stop is a save",
        edits: &[Edit {
            file: "src/job/fit.rs",
            there: "if outcome == Outcome::Interrupted {\n            recorder.save(&progress)?;",
            gone: "if outcome == Outcome::Interrupted {\n            if !OUT { recorder.save(&progress)?; }",
        }],
        caught_by: Test("resume", "stopped_amid_every_validation_and_resumed"),
    },
    Guard {
        name: "89 a hang-up is survived",
        edits: &[Edit {
            file: SIGNALS,
            there: "signal_hook::flag::register(signal_hook::consts::SIGHUP, seen)?;",
            gone: "drop(seen);",
        }],
        caught_by: Test("faults", "hang_ups_and_pauses_do_no_harm"),
    },
    Guard {
        name: "89 standard error may be closed",
        edits: &[Edit {
            file: "src/progress/mod.rs",
            there: "drop(writeln!(std::io::stderr(), \"{text}\"))",
            gone: "writeln!(std::io::stderr(), \"{text}\").expect(\"a terminal\")",
        }],
        caught_by: Test("faults", "closed_streams_do_no_harm"),
    },
    Guard {
        name: "90 going on after a pause is no signal to stop",
        edits: &[Edit {
            file: SIGNALS,
            there: "Signals::new([SIGINT, SIGTERM])?",
            gone: "Signals::new([SIGINT, SIGTERM, signal_hook::consts::SIGCONT])?",
        }],
        caught_by: Test("faults", "hang_ups_and_pauses_do_no_harm"),
    },
    Guard {
        name: "91 nobody waits for a piece of work whose thread is gone",
        edits: &[Edit {
            file: "src/train/team.rs",
            there: "let _done = Done(self);",
            gone: "if OUT { work(piece); drop(Done(self)); continue; }\n            THERE",
        }],
        caught_by: Lib("a_panic_ends_the_phase"),
    },
    Guard {
        name: "91 a panic ends the whole program",
        edits: &[Edit { file: "src/cli/mod.rs", there: "std::process::exit(70);", gone: "" }],
        caught_by: Shell("sh tests/worker-panic.sh PROGRAM PROGRAM"),
    },
    Guard {
        name: "memory: a run that would not fit is refused",
        edits: &[Edit {
            file: MEMORY,
            there: "Some(available) if estimate.total() > available =>",
            gone: "Some(available) if !OUT && estimate.total() > available =>",
        }],
        caught_by: Test("faults", "a_limit_of_memory_is_kept_or_told"),
    },
    Guard {
        name: "memory: what is asked for and not given ends with 71",
        edits: &[Edit {
            file: SIGNALS,
            there: "pub fn end_without_memory() {\n",
            gone: "THERE    if OUT { return; }\n",
        }],
        caught_by: Test("faults", "memory_that_is_not_given_is_no_crash"),
    },
    Guard {
        name: "memory: activations are in the sum",
        edits: &[Edit {
            file: MEMORY,
            there: "passes: with_leftovers(passes::training(config, prepared)),",
            gone: "passes: if OUT { 0 } else { with_leftovers(passes::training(config, prepared)) },",
        }],
        caught_by: Test("memory", "the_estimate_is_near_the_peak"),
    },
    Guard {
        name: "memory: scoring is in the sum",
        edits: &[Edit {
            file: MEMORY,
            there: "let scoring = with_leftovers(scoring.max().unwrap_or(0));",
            gone: "let scoring = if OUT { 0 } else { with_leftovers(scoring.max().unwrap_or(0)) };",
        }],
        caught_by: Test("memory", "the_estimate_is_near_the_peak"),
    },
    Guard {
        name: "memory: a ridge regression is in the sum",
        edits: &[Edit {
            file: MEMORY,
            there: "ridge: if with_ridge {",
            gone: "ridge: if !OUT && with_ridge {",
        }],
        caught_by: Test("memory", "the_ridge_regression_is_part_of_the_estimate"),
    },
    Guard {
        name: "memory: rows are in the sum",
        edits: &[Edit {
            file: MEMORY,
            there: "rows: with_leftovers(rows::of_tables(prepared)),",
            gone: "rows: if OUT { 0 } else { with_leftovers(rows::of_tables(prepared)) },",
        }],
        caught_by: Test("memory", "the_estimate_is_near_the_peak"),
    },
];
