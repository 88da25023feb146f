//! A planted fault: a thread that is not the main one panics in an update from `RNN_PANIC_AT` on.

use std::time::Duration;

/// Called for each piece of an update. The main thread leaves the others time to take one.
pub(super) fn panic_where_asked(step: Option<u64>) {
    let from = std::env::var("RNN_PANIC_AT").ok().and_then(|text| text.parse::<u64>().ok());
    if step.zip(from).is_none_or(|(step, from)| step < from) {
        return;
    }
    assert!(rayon::current_thread_index() == Some(0), "planted");
    std::thread::sleep(Duration::from_millis(100));
}
