#![no_main]

#[path = "../bodies.rs"]
mod bodies;

use std::sync::LazyLock;

static MODELS: LazyLock<bodies::Models> = LazyLock::new(bodies::Models::train);

libfuzzer_sys::fuzz_target!(|data: &[u8]| bodies::stream(&MODELS, data));
