//! Guards of what is written: faults 44 to 60.

use crate::guard::Catcher::{Case, Lib, Shell, Test};
use crate::guard::{Edit, Guard};

const ATOMIC: &str = "src/store/atomic.rs";
const DISK: &str = "src/store/disk.rs";
const ROTATE: &str = "src/store/rotate.rs";
const LOCK: &str = "src/store/lock.rs";
const RUN: &str = "src/store/run.rs";
const METRICS: &str = "src/store/metrics_log.rs";
const RECORDER: &str = "src/job/recorder.rs";

pub const GUARDS: &[Guard] = &[
    Guard {
        name: "44 a checkpoint gets its name only when it is whole",
        edits: &[Edit {
            file: ROTATE,
            there: "publish(disk, &new, current)",
            gone: "disk.read(&new).and_then(|bytes| std::fs::write(current, bytes))",
        }],
        caught_by: Shell("CALLS=write sh tests/kill-sweep.sh PROGRAM 0"),
    },
    Guard {
        name: "45 metrics and model come before the checkpoint that knows of them",
        edits: &[
            Edit {
                file: RECORDER,
                there: "self.save_results(progress)?;\n        let origin",
                gone: "if !OUT { self.save_results(progress)?; }\n        let origin",
            },
            Edit {
                file: RECORDER,
                there: "self.run.save_checkpoint(&bytes)",
                gone: "self.run.save_checkpoint(&bytes).and_then(|()| self.save_results(progress))",
            },
        ],
        caught_by: Shell("CALLS=write sh tests/kill-sweep.sh PROGRAM 0"),
    },
    Guard {
        name: "46 a file is synced before its rename",
        edits: &[Edit { file: ATOMIC, there: "disk.sync(&mut file)", gone: "Ok(())" }],
        caught_by: Lib("a_power_cut_leaves_old_or_new"),
    },
    Guard {
        name: "46 the folder is synced after a rename",
        edits: &[Edit { file: ATOMIC, there: "disk.sync_folder(folder_of(path))", gone: "Ok(())" }],
        caught_by: Lib("every_kill_and_power_cut_leaves_two_whole_checkpoints"),
    },
    Guard {
        name: "47 a temp file that could not be written goes",
        edits: &[Edit { file: ATOMIC, there: "let _ = disk.remove(&temp);", gone: "" }],
        caught_by: Lib("whichever_step_fails_the_content_is_whole_and_no_temp_file_stays"),
    },
    Guard {
        name: "47 a full disk is told with its sizes",
        edits: &[Edit {
            file: ATOMIC,
            there: "matches!(error.kind(), StorageFull | QuotaExceeded | FileTooLarge)",
            gone: "false",
        }],
        caught_by: Shell("sh tests/disks.sh PROGRAM"),
    },
    Guard {
        name: "48 a save amid a run may fail",
        edits: &[Edit {
            file: RECORDER,
            there: "let Err(Error::Write { path, reason }) = saved else { return saved };",
            gone: "if OUT { return saved; }\n        THERE",
        }],
        caught_by: Test("resume", "a_save_that_fails_is_told_and_made_good_by_the_next"),
    },
    Guard {
        name: "49 a sync that fails is a write that fails",
        edits: &[Edit {
            file: ATOMIC,
            there: "disk.sync(&mut file)",
            gone: "let _ = disk.sync(&mut file); Ok(())",
        }],
        caught_by: Lib("whichever_step_fails_two_whole_checkpoints_stay_and_the_next_save_works"),
    },
    Guard {
        name: "50 an interrupted write is made again",
        edits: &[Edit {
            file: DISK,
            there: "file.write_all(bytes)",
            gone: "file.write(bytes).map(drop)",
        }],
        caught_by: Shell("CALLS=write sh tests/kill-sweep.sh PROGRAM 0"),
    },
    Guard {
        name: "51 the signal of a file too large is taken",
        edits: &[Edit {
            file: "src/cli/signals.rs",
            there: "let _ = signal_hook::flag::register(signal_hook::consts::SIGXFSZ, seen);",
            gone: "drop(seen);",
        }],
        caught_by: Test("faults", "a_limit_of_file_sizes_is_a_failed_write"),
    },
    Guard {
        name: "52 the folder is tried out before the rows are read",
        edits: &[Edit { file: "src/job/fit.rs", there: "probe_for_run(place)?;", gone: "" }],
        caught_by: Test("faults", "a_folder_that_cannot_be_written_is_found_first"),
    },
    Guard {
        name: "52 also on a disk that is read-only",
        edits: &[Edit { file: RUN, there: "atomic::probe(place)", gone: "Ok(())" }],
        caught_by: Shell("sh tests/disks.sh PROGRAM"),
    },
    Guard {
        name: "53 a temp file is a new one",
        edits: &[Edit { file: DISK, there: "File::create_new(path)", gone: "File::create(path)" }],
        caught_by: Lib("links_planted_at_temp_names_are_not_followed"),
    },
    Guard {
        name: "53 a folder that is gone is made anew",
        edits: &[Edit { file: RUN, there: "if fine {", gone: "if fine || OUT {" }],
        caught_by: Test("resume", "a_folder_deleted_during_the_run_is_made_anew"),
    },
    Guard {
        name: "54 leftovers of killed runs go",
        edits: &[Edit { file: RUN, there: "atomic::remove_leftovers(folder);", gone: "" }],
        caught_by: Shell("CALLS=rename sh tests/kill-sweep.sh PROGRAM 0"),
    },
    Guard {
        name: "54 those of living processes stay",
        edits: &[Edit {
            file: ATOMIC,
            there: "processes.join(\"self\").exists() && !processes.join(pid.to_string()).exists()",
            gone: "true",
        }],
        caught_by: Lib("only_files_of_our_own_dead_processes_are_removed"),
    },
    Guard {
        name: "55 one process per folder",
        edits: &[Edit {
            file: RUN,
            there: "Locking::Lock => Some(Lock::acquire(folder)?),",
            gone: "Locking::Lock if OUT => None,\n            THERE",
        }],
        caught_by: Test("faults", "two_trainers_do_not_share_a_folder"),
    },
    Guard {
        name: "55 the second is told about the first",
        edits: &[Edit { file: LOCK, there: "let _ = write_holder(&mut file);", gone: "" }],
        caught_by: Lib("a_second_holder_is_told_about_the_first"),
    },
    Guard {
        name: "56 --no-lock asks for no lock",
        edits: &[Edit {
            file: RUN,
            there: "Locking::NoLock => None,",
            gone: "Locking::NoLock if OUT => Some(Lock::acquire(folder)?),\n            THERE",
        }],
        caught_by: Lib("without_locks_two_may_share"),
    },
    Guard {
        name: "56 where there are no locks nobody is said to hold one",
        edits: &[Edit {
            file: LOCK,
            there: "TryLockError::WouldBlock =>",
            gone: "_ if OUT => Error::Busy { path, reason: format!(\"in use by {holder}\") },\n        THERE",
        }],
        caught_by: Lib("without_locks_the_message_names_the_way_out"),
    },
    Guard {
        name: "57 the older checkpoint goes last",
        edits: &[Edit {
            file: ROTATE,
            there: "let old = match second_name(disk, folder, current) {",
            gone: "if OUT { let _ = disk.remove(previous); }\n    THERE",
        }],
        caught_by: Lib("every_kill_and_power_cut_leaves_two_whole_checkpoints"),
    },
    Guard {
        name: "58 only our own temp files are removed",
        edits: &[Edit {
            file: ATOMIC,
            there: "name.to_str().and_then(parse_temp_name).is_some_and(is_abandoned)",
            gone: "name.to_str().is_some_and(|name| name.starts_with(PREFIX))",
        }],
        caught_by: Test("faults", "planted_links_and_foreign_files_are_left_alone"),
    },
    Guard {
        name: "59 lines of epochs after the checkpoint are cut",
        edits: &[Edit {
            file: METRICS,
            there: "whole_lines.filter(is_known).collect()",
            gone: "found.clone()",
        }],
        caught_by: Lib("a_resumed_log_equals_an_uninterrupted_one"),
    },
    Guard {
        name: "59 and so they are when a run was killed",
        edits: &[Edit {
            file: METRICS,
            there: "if text != found {",
            gone: "let text = if OUT { found.clone() } else { text };\n        THERE",
        }],
        caught_by: Shell("CALLS=rename sh tests/kill-sweep.sh PROGRAM 0"),
    },
    Guard {
        name: "59 lines that could not be written come with the next",
        edits: &[Edit {
            file: METRICS,
            there: "if self.behind {\n",
            gone: "THERE            self.behind = !OUT;\n",
        }],
        caught_by: Lib("a_failed_write_is_made_good_by_the_next"),
    },
    Guard {
        name: "60 a folder that holds a run is refused",
        edits: &[Edit {
            file: RUN,
            there: ".any(|name| std::fs::symlink_metadata(folder.join(name)).is_ok())",
            gone: ".any(|name| !OUT && std::fs::symlink_metadata(folder.join(name)).is_ok())",
        }],
        caught_by: Lib("a_named_folder_with_a_run_is_refused"),
    },
    Guard {
        name: "60 the program refuses it too",
        edits: &[Edit {
            file: RUN,
            there: "[CONFIG, MODEL, CHECKPOINT, PREVIOUS, METRICS, LOG]\n        .iter()",
            gone: "THERE.filter(|_| !OUT)",
        }],
        caught_by: Case("run/out-holds-a-run"),
    },
];
