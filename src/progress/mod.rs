//! The observer that draws: a bar while an epoch runs, a line of a table when it has ended. Everything goes to
//! standard error.

mod bar;
mod epochs;

use std::io::Write;
use std::time::Instant;

use self::bar::{Bar, Standing};
use self::epochs::{Layout, Line};
use crate::error::Result;
use crate::terminal::{Ink, Screen};
use crate::text::printable;
use crate::train::{Control, EpochRecord, Event, Observer};

/// Shows a training run.
pub struct View {
    program: &'static str,
    quiet: bool,
    epochs: usize,
    bar: Option<Bar>,
    /// Of the header shown last.
    layout: Option<Layout>,
    epoch_started: Instant,
    rows: u64,
    loss: f64,
    /// Called when the first update begins: from then on a signal is answered by saving.
    on_start: fn(),
}

impl View {
    /// A view of a run; a quiet one shows warnings alone.
    pub fn new(program: &'static str, quiet: bool, on_start: fn()) -> Self {
        Self {
            program,
            quiet,
            epochs: 0,
            bar: None,
            layout: None,
            epoch_started: Instant::now(),
            rows: 0,
            loss: 0.0,
            on_start,
        }
    }

    /// A line on standard error, above the bar. A closed standard error harms nothing.
    fn line(&self, text: &str) {
        let write = || drop(writeln!(std::io::stderr(), "{text}"));
        match &self.bar {
            Some(bar) => bar.suspend(write),
            None => write(),
        }
    }

    /// A note or a warning.
    fn say(&self, word: &str, text: &str) {
        let text = format!("{}: {word}{}", self.program, printable(text));
        self.line(&Screen::stderr().prose(&text, 2));
    }

    fn start(&mut self, epoch: usize, updates: u64, done: u64) {
        (self.on_start)();
        (self.epoch_started, self.rows) = (Instant::now(), 0);
        let screen = Screen::stderr();
        if self.quiet || !screen.redraws {
            return;
        }
        let bar = self.bar.get_or_insert_with(|| Bar::new(screen));
        bar.start(&Standing { epoch, epochs: self.epochs, updates, done });
    }

    fn step(&mut self, loss: Option<f64>, rows: u64) {
        self.rows += rows;
        self.loss = loss.unwrap_or(self.loss);
        if let Some(bar) = &self.bar {
            bar.step(self.loss, self.rows, self.epoch_started);
        }
    }

    fn end_epoch(&mut self, record: &EpochRecord, improved: bool) {
        if self.quiet {
            return;
        }
        let screen = Screen::stderr();
        let layout = Layout::new(screen, record);
        // A terminal that was resized gets a new header.
        if self.layout.as_ref() != Some(&layout) {
            self.line(&layout.header(screen));
        }
        let time = self.epoch_started.elapsed();
        let rows_per_s = self.rows as f64 / time.as_secs_f64().max(1e-9);
        let best = improved && record.valid_loss.is_some();
        self.line(&layout.line(&Line { record, best, rows_per_s, time }, screen));
        self.layout = Some(layout);
    }
}

impl Observer for View {
    fn on(&mut self, event: Event<'_>) -> Result<Control> {
        match event {
            Event::Epochs(epochs) => self.epochs = epochs,
            Event::EpochStart { epoch, updates, done } => self.start(epoch, updates, done),
            Event::Step { progress, rows } => self.step(progress.sums.loss.per_sequence(), rows),
            Event::Validating => {
                if let Some(bar) = &self.bar {
                    bar.validating();
                }
            }
            Event::EpochEnd { record, improved, .. } => self.end_epoch(record, improved),
            Event::NonFinite(_) => {} // a warning or an error follows
            Event::Note(text) if !self.quiet => self.say("", &text),
            Event::Note(_) => {}
            Event::Warning(text) => {
                self.say(&Screen::stderr().paint(Ink::Warning, "warning: "), &text);
            }
        }
        Ok(Control::Go)
    }
}
