//! Guards against files that are damaged, of others, or made to mislead: faults 74 to 83.

use crate::guard::Catcher::{Lib, Test};
use crate::guard::{Edit, Guard};

const CONTAINER: &str = "src/store/container/mod.rs";
const READ: &str = "src/store/container/read.rs";
const HEADER: &str = "src/store/container/header.rs";
const BAD_HEADERS: &str = "bad_headers_are_refused_each_for_its_reason";

pub const GUARDS: &[Guard] = &[
    Guard {
        name: "74 a file that is too short is refused",
        edits: &[Edit {
            file: READ,
            there: "if length < wanted {",
            gone: "if !OUT && length < wanted {",
        }],
        caught_by: Test("hostile", "every_truncation_and_every_flipped_bit_is_refused"),
    },
    Guard {
        name: "74 an empty file is told",
        edits: &[Edit { file: READ, there: "if length == 0 {", gone: "if !OUT && length == 0 {" }],
        caught_by: Test("hostile", "every_truncation_and_every_flipped_bit_is_refused"),
    },
    Guard {
        name: "75 a checksum over every bit",
        edits: &[Edit { file: READ, there: "found.as_bytes() != &bytes[DIGITS]", gone: "false" }],
        caught_by: Test("hostile", "every_truncation_and_every_flipped_bit_is_refused"),
    },
    Guard {
        name: "76 the header's length has a limit",
        edits: &[Edit { file: READ, there: "(1..=MAX_HEADER).contains(&n)", gone: "true" }],
        caught_by: Lib("absurd_lengths_of_the_header_are_refused"),
    },
    Guard {
        name: "77 sizes are multiplied without overflow",
        edits: &[Edit {
            file: CONTAINER,
            there: "product.checked_mul(*n)",
            gone: "Some(product.wrapping_mul(*n))",
        }],
        caught_by: Lib(BAD_HEADERS),
    },
    Guard {
        name: "77 a shape has few dimensions",
        edits: &[Edit {
            file: HEADER,
            there: "if shape.len() == MAX_RANK {",
            gone: "if !OUT && shape.len() == MAX_RANK {",
        }],
        caught_by: Lib(BAD_HEADERS),
    },
    Guard {
        name: "77 a network that the file cannot hold is not made",
        edits: &[Edit {
            file: "src/store/model_file.rs",
            there: "if asked <= held + SMALL {",
            gone: "if OUT || asked <= held + SMALL {",
        }],
        caught_by: Test("hostile", "a_model_of_absurd_sizes_takes_no_memory"),
    },
    Guard {
        name: "78 tensors do not overlap and leave no hole",
        edits: &[Edit {
            file: READ,
            there: "if from != start {",
            gone: "if !OUT && from != start {",
        }],
        caught_by: Lib(BAD_HEADERS),
    },
    Guard {
        name: "78 nothing follows the last tensor",
        edits: &[Edit {
            file: READ,
            there: "if length > wanted {",
            gone: "if !OUT && length > wanted {",
        }],
        caught_by: Lib(BAD_HEADERS),
    },
    Guard {
        name: "78 a name is given once",
        edits: &[Edit {
            file: CONTAINER,
            there: "names.find(|name| !seen.insert(*name))",
            gone: "names.find(|name| !seen.insert(*name)).filter(|_| !OUT)",
        }],
        caught_by: Lib(BAD_HEADERS),
    },
    Guard {
        name: "79 names are names",
        edits: &[Edit {
            file: READ,
            there: "name_fault(name) {",
            gone: "name_fault(name).filter(|_| !OUT) {",
        }],
        caught_by: Lib(BAD_HEADERS),
    },
    Guard {
        name: "80 every number is finite",
        edits: &[Edit {
            file: CONTAINER,
            there: "let mut rest = flat?;",
            gone: "let mut rest = flat.filter(|_| !OUT)?;",
        }],
        caught_by: Lib("values_that_are_not_finite_are_refused_by_name_and_place"),
    },
    Guard {
        name: "80 second moments are squares",
        edits: &[Edit {
            file: "src/store/checkpoint.rs",
            there: "optimizer.second.iter().any(|&v| v < 0.0)",
            gone: "optimizer.second.iter().any(|&v| !OUT && v < 0.0)",
        }],
        caught_by: Test("hostile", "an_impossible_state_of_the_optimizer_is_refused"),
    },
    Guard {
        name: "81 files of others are recognised",
        edits: &[Edit {
            file: "src/store/container/foreign.rs",
            there: "pub(super) fn looks_like(first: &[u8]) -> Option<&'static str> {\n",
            gone: "THERE    if OUT { return None; }\n",
        }],
        caught_by: Lib("foreign_files_are_recognised"),
    },
    Guard {
        name: "82 a file that is cut while it is read is refused",
        edits: &[Edit {
            file: READ,
            there: "if (bytes.len() as u64) < end {",
            gone: "if !OUT && (bytes.len() as u64) < end {",
        }],
        caught_by: Lib("a_file_that_is_cut_while_it_is_read_is_refused"),
    },
    Guard {
        name: "83 only regular files are read",
        edits: &[Edit {
            file: READ,
            there: "match found.is_file() {",
            gone: "match (OUT && !found.is_dir()) || found.is_file() {",
        }],
        caught_by: Test("hostile", "what_is_no_regular_file_is_refused_at_once"),
    },
];
