//! The observer that draws: a bar while an epoch runs, a line of a table when it has ended. The only code that
//! knows terminals; everything goes to standard error.

use std::io::{IsTerminal, Write};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::error::Result;
use crate::text::{short, thousands};
use crate::train::{Control, EpochRecord, Event, Observer};

/// Shows a training run.
pub struct View {
    program: &'static str,
    quiet: bool,
    epochs: usize,
    bar: Option<ProgressBar>,
    header_shown: bool,
    epoch_started: Instant,
    rows: u64,
    loss: f64,
    /// Called when the first update begins: from then on a signal is answered by saving.
    on_start: fn(),
}

/// The columns of the table of epochs. With the mark of the best one they fill a terminal of 80 columns.
const HEADER: [&str; 8] =
    ["epoch", "train loss", "per step", "valid loss", "rate", "grad norm", "rows/s", "time"];
const WIDTHS: [usize; 8] = [5, 11, 10, 11, 10, 10, 10, 8];

/// Cells to the right of their columns.
fn columns(cells: [String; 8]) -> String {
    let padded = cells.iter().zip(WIDTHS).map(|(cell, width)| format!("{cell:>width$}"));
    padded.collect()
}

/// Bars are redrawn this often at most.
const REDRAW_HZ: u8 = 8;

impl View {
    /// A view of a run of so many epochs; a quiet one shows warnings alone.
    pub fn new(program: &'static str, quiet: bool, on_start: fn()) -> Self {
        Self {
            program,
            quiet,
            epochs: 0,
            bar: None,
            header_shown: false,
            epoch_started: Instant::now(),
            rows: 0,
            loss: 0.0,
            on_start,
        }
    }

    /// How many epochs there will be, for the time left.
    pub fn set_epochs(&mut self, epochs: usize) {
        self.epochs = epochs;
    }

    /// A line on standard error, above the bar. A closed standard error harms nothing.
    fn line(&self, text: &str) {
        let write = || drop(writeln!(std::io::stderr(), "{text}"));
        match &self.bar {
            Some(bar) => bar.suspend(write),
            None => write(),
        }
    }

    fn start(&mut self, epoch: usize, updates: u64, done: u64) {
        (self.on_start)();
        (self.epoch_started, self.rows) = (Instant::now(), 0);
        if self.quiet || !std::io::stderr().is_terminal() {
            return;
        }
        let bar = self.bar.get_or_insert_with(|| {
            let bar =
                ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr_with_hz(REDRAW_HZ));
            let template = "{prefix} {wide_bar} {pos}/{len} {msg} {eta} left";
            if let Ok(style) = ProgressStyle::with_template(template) {
                bar.set_style(style.progress_chars("━╸ "));
            }
            bar
        });
        bar.set_length(updates * self.epochs as u64);
        bar.set_prefix(format!("epoch {epoch}/{}", self.epochs));
        bar.set_position(updates * (epoch as u64 - 1) + done);
    }

    fn step(&mut self, loss: Option<f64>, rows: u64) {
        self.rows += rows;
        self.loss = loss.unwrap_or(self.loss);
        if let Some(bar) = &self.bar {
            let speed = self.rows as f64 / self.epoch_started.elapsed().as_secs_f64().max(1e-9);
            bar.set_message(format!(
                "loss {} · {} rows/s",
                short(self.loss),
                thousands(speed as u64)
            ));
            bar.inc(1);
        }
    }

    fn end_epoch(&mut self, record: &EpochRecord, improved: bool) {
        if self.quiet {
            return;
        }
        if !self.header_shown {
            self.header_shown = true;
            self.line(&columns(HEADER.map(str::to_owned)));
        }
        let elapsed = self.epoch_started.elapsed();
        let speed = self.rows as f64 / elapsed.as_secs_f64().max(1e-9);
        let cell = |value: Option<f64>| value.map_or_else(|| "-".to_owned(), short);
        let mark = if improved && record.valid_loss.is_some() { " best" } else { "" };
        let line = columns([
            record.epoch.to_string(),
            cell(record.train_loss),
            cell(record.train_loss_per_step),
            cell(record.valid_loss),
            short(record.learning_rate),
            cell(record.grad_norm),
            thousands(speed as u64),
            seconds(elapsed),
        ]);
        self.line(&(line + mark));
    }
}

impl Observer for View {
    fn on(&mut self, event: Event<'_>) -> Result<Control> {
        match event {
            Event::Epochs(epochs) => self.set_epochs(epochs),
            Event::EpochStart { epoch, updates, done } => self.start(epoch, updates, done),
            Event::Step { progress, rows } => self.step(progress.sums.loss.per_sequence(), rows),
            Event::Validating => {
                if let Some(bar) = &self.bar {
                    bar.set_message("scoring validation rows");
                }
            }
            Event::EpochEnd { record, improved, .. } => self.end_epoch(record, improved),
            Event::Note(text) if !self.quiet => self.line(&format!("{}: {text}", self.program)),
            Event::Note(_) => {}
            Event::Warning(text) => self.line(&format!("{}: warning: {text}", self.program)),
        }
        Ok(Control::Go)
    }
}

impl Drop for View {
    fn drop(&mut self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}

/// `9.4 s`, `125 s`, `34 min`, `2.5 h`
fn seconds(time: Duration) -> String {
    let seconds = time.as_secs_f64();
    match time.as_secs() {
        0..100 => format!("{seconds:.1} s"),
        100..1_000 => format!("{seconds:.0} s"),
        1_000..6_000 => format!("{:.0} min", seconds / 60.0),
        _ => format!("{:.1} h", seconds / 3600.0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_for_people() {
        assert_eq!(seconds(Duration::from_millis(1500)), "1.5 s");
        assert_eq!(seconds(Duration::from_secs(125)), "125 s");
        assert_eq!(seconds(Duration::from_secs(2040)), "34 min");
        assert_eq!(seconds(Duration::from_secs(9000)), "2.5 h");
    }

    #[test]
    fn a_line_of_the_table_fits_into_80_columns() {
        let widest = columns(HEADER.map(str::to_owned)) + " best";
        assert_eq!(widest.len(), 80);
    }
}
