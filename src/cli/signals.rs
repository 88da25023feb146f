//! SIGINT and SIGTERM, taken by a thread of their own: it runs even while the main one waits for input.

use std::sync::atomic::{AtomicBool, AtomicI32, Ordering};

use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::iterator::Signals;

use crate::error::Error;

/// The signal that asks to stop; 0: none yet.
pub static REQUESTED: AtomicI32 = AtomicI32::new(0);

/// Whether there is something to save before stopping.
static SAVES: AtomicBool = AtomicBool::new(false);

/// From now on the first signal is left to the main thread, which saves and stops.
pub fn save_on_signal() {
    SAVES.store(true, Ordering::Relaxed);
}

/// Starts the thread. A signal ends the program at once with 130 or 143, unless there is something to save;
/// the second always does.
pub fn watch() -> anyhow::Result<()> {
    let mut signals = Signals::new([SIGINT, SIGTERM])?;
    let wait = move || {
        for signal in signals.forever() {
            let second = REQUESTED.swap(signal, Ordering::Relaxed) != 0;
            if second || !SAVES.load(Ordering::Relaxed) {
                crate::terminal::wipe_line();
                std::process::exit(128 + signal);
            }
        }
    };
    std::thread::Builder::new()
        .spawn(wait)
        .map_err(|error| Error::Memory(format!("no thread can be started: {error}")))?;
    Ok(())
}

/// From now on a hang-up, as of a terminal that is closed, is no reason to stop: a long run goes on without it.
#[cfg(unix)]
pub fn survive_hangup() -> anyhow::Result<()> {
    let seen = std::sync::Arc::new(AtomicBool::new(false));
    signal_hook::flag::register(signal_hook::consts::SIGHUP, seen)?;
    Ok(())
}

/// There is no such thing here.
#[cfg(not(unix))]
pub fn survive_hangup() -> anyhow::Result<()> {
    Ok(())
}

/// From now on a write beyond the limit of file sizes is an error like that of a full disk, not the end.
pub fn survive_file_limit() {
    #[cfg(unix)]
    {
        let seen = std::sync::Arc::new(AtomicBool::new(false));
        let _ = signal_hook::flag::register(signal_hook::consts::SIGXFSZ, seen);
    }
}

/// From now on memory that is asked for and not given ends the program with 71, after one line that says how much it
/// was: jobs too big are refused before, but whoever else is on the machine may have taken what was free.
pub fn end_without_memory() {
    #[cfg(unix)]
    {
        let always = std::sync::Arc::new(AtomicBool::new(true));
        let _ = signal_hook::flag::register_conditional_shutdown(
            signal_hook::consts::SIGABRT,
            71,
            always,
        );
    }
}
