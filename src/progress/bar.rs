//! The bar of a running epoch.

use std::fmt::Write;
use std::io;
use std::time::Instant;

use console::Term;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressState, ProgressStyle, TermLike};

use super::epochs::time;
use crate::terminal::Screen;
use crate::text::{short, thousands};

/// Redrawn this often at most.
const REDRAW_HZ: u8 = 8;

/// A bar over all epochs; gone without a trace when it is dropped.
pub(super) struct Bar {
    bar: ProgressBar,
    columns: usize,
}

/// Where an epoch stands.
pub(super) struct Standing {
    /// From 1.
    pub(super) epoch: usize,
    /// Of how many.
    pub(super) epochs: usize,
    /// Updates of an epoch.
    pub(super) updates: u64,
    /// Those that are done.
    pub(super) done: u64,
}

impl Bar {
    pub(super) fn new(screen: Screen) -> Self {
        let target =
            ProgressDrawTarget::term_like_with_hz(Box::new(Inset(Term::stderr())), REDRAW_HZ);
        let bar = ProgressBar::with_draw_target(None, target);
        let columns = screen.columns();
        let template = match columns {
            ..50 => "{prefix} {wide_bar} {left}",
            _ => "{prefix} {wide_bar} {percent:>3} %  {msg}{left}",
        };
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style.progress_chars("━╸ ").with_key("left", left));
        }
        Self { bar, columns }
    }

    /// An epoch begins or goes on.
    pub(super) fn start(&self, at: &Standing) {
        let first = self.bar.length().is_none();
        self.bar.set_length(at.updates * at.epochs as u64);
        self.bar.set_prefix(format!("epoch {}/{}", at.epoch, at.epochs));
        self.bar.set_position(at.updates * (at.epoch as u64 - 1) + at.done);
        if first {
            self.bar.reset_eta(); // what a resumed run has behind it says nothing of its speed
        }
    }

    /// An update was made; `rows` since `since`.
    pub(super) fn step(&self, loss: f64, rows: u64, since: Instant) {
        let speed = rows as f64 / since.elapsed().as_secs_f64().max(1e-9);
        let mut message = String::new();
        if self.columns >= 80 {
            let _ = write!(message, "loss {}  ", short(loss));
        }
        if self.columns >= 60 {
            let _ = write!(message, "{} rows/s  ", thousands(speed as u64));
        }
        self.bar.set_message(message);
        self.bar.inc(1);
    }

    pub(super) fn validating(&self) {
        let message = if self.columns >= 80 { "scoring validation rows   " } else { "scoring  " };
        self.bar.set_message(message);
    }

    /// Does something while the bar is away.
    pub(super) fn suspend(&self, action: impl FnOnce()) {
        self.bar.suspend(action);
    }
}

impl Drop for Bar {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}

/// `12 s left`, once that can be said.
fn left(state: &ProgressState, out: &mut dyn Write) {
    let left = state.eta();
    let _ = match left.as_secs() {
        0 => Ok(()),
        seconds @ 1..100 => write!(out, "{seconds} s left"),
        _ => write!(out, "{} left", time(left)),
    };
}

/// A terminal that claims to be narrower by a `^C`: behind a line that fills it the echo would begin a new one, and
/// the bar stay behind.
#[derive(Debug)]
struct Inset(Term);

/// Columns the terminal writes itself when a key is pressed that ends the program.
const ECHO: u16 = 4;

impl TermLike for Inset {
    fn width(&self) -> u16 {
        self.0.width().saturating_sub(ECHO)
    }

    fn height(&self) -> u16 {
        self.0.height()
    }

    fn move_cursor_up(&self, n: usize) -> io::Result<()> {
        self.0.move_cursor_up(n)
    }

    fn move_cursor_down(&self, n: usize) -> io::Result<()> {
        self.0.move_cursor_down(n)
    }

    fn move_cursor_right(&self, n: usize) -> io::Result<()> {
        self.0.move_cursor_right(n)
    }

    fn move_cursor_left(&self, n: usize) -> io::Result<()> {
        self.0.move_cursor_left(n)
    }

    fn write_line(&self, text: &str) -> io::Result<()> {
        self.0.write_line(text)
    }

    fn write_str(&self, text: &str) -> io::Result<()> {
        self.0.write_str(text)
    }

    fn clear_line(&self) -> io::Result<()> {
        self.0.clear_line()
    }

    fn flush(&self) -> io::Result<()> {
        self.0.flush()
    }
}
