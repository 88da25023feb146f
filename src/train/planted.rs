//! A planted fault: a thread that is not the main one panics in an update from `RNN_PANIC_AT` on.

/// Called for each piece of an update.
pub(super) fn panic_where_asked(step: Option<u64>) {
    let from = std::env::var("RNN_PANIC_AT").ok().and_then(|text| text.parse::<u64>().ok());
    let is_worker = rayon::current_thread_index().is_some_and(|index| index > 0);
    if let (Some(from), Some(step), true) = (from, step, is_worker) {
        assert!(step < from, "planted");
    }
}
