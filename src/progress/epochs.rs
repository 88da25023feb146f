//! The table of epochs, a line at a time: as many columns as the terminal has room for.

use std::time::Duration;

use crate::terminal::{Ink, Screen};
use crate::text::{seconds, short, shortest, thousands};
use crate::train::EpochRecord;

/// An epoch's figures and how long they took.
pub(super) struct Line<'a> {
    pub(super) record: &'a EpochRecord,
    pub(super) best: bool,
    pub(super) rows_per_s: f64,
    pub(super) time: Duration,
}

/// A column: the lowest importance goes first.
struct Column {
    title: &'static str,
    width: usize,
    importance: u8,
    cell: Figure,
}

/// What stands in a column.
enum Figure {
    /// In every run.
    Always(fn(&Line) -> String),
    /// Updates that were skipped; only where there are any.
    Skipped,
    /// A measure of the validation rows, by its key; only where there is one.
    Valid(&'static str),
}

use Figure::{Always, Skipped, Valid};

/// In a terminal of 80 columns there is room for all but the RMSE; of classes the measures are worth more.
const COLUMNS: [Column; 12] = [
    column("epoch", 5, 9, Always(|l| l.record.epoch.to_string())),
    column("train loss", 11, 4, Always(|l| number(l.record.train_loss))),
    column("per step", 10, 7, Always(|l| number(l.record.train_loss_per_step))),
    column("valid loss", 11, 8, Always(|l| number(l.record.valid_loss))),
    column("valid RMSE", 11, 0, Valid("valid_rmse")),
    column("accuracy", 10, 5, Valid("valid_accuracy")),
    column("bits", 10, 5, Valid("valid_bits_per_symbol")),
    column("rate", 10, 3, Always(|l| shortest(l.record.learning_rate))),
    column("grad norm", 10, 2, Always(|l| number(l.record.grad_norm))),
    column("skipped", 9, 5, Skipped),
    column("rows/s", 10, 1, Always(|l| thousands(l.rows_per_s as u64))),
    column("time", 8, 6, Always(|l| time(l.time))),
];

const fn column(title: &'static str, width: usize, importance: u8, cell: Figure) -> Column {
    Column { title, width, importance, cell }
}

impl Figure {
    fn text(&self, line: &Line) -> String {
        match self {
            Always(text) => text(line),
            Skipped => thousands(line.record.skipped),
            Valid(key) => number(line.record.valid.get(*key).and_then(serde_json::Value::as_f64)),
        }
    }

    /// Of one target, or of none: with several there is no RMSE in units of the data.
    fn is_in(&self, record: &EpochRecord) -> bool {
        match self {
            Always(_) => true,
            Skipped => record.skipped > 0,
            Valid(key) => record.valid.get(*key).is_some_and(|value| value.is_f64()),
        }
    }
}

/// Behind the best epochs.
const BEST: &str = " best";

/// What is shown of the columns above.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Layout(Vec<usize>);

impl Layout {
    /// The columns that fit, of measures only those that there are.
    pub(super) fn new(screen: Screen, record: &EpochRecord) -> Self {
        let mut shown: Vec<usize> = (0..COLUMNS.len()).collect();
        shown.retain(|&at| COLUMNS[at].cell.is_in(record));
        let width = |shown: &[usize]| shown.iter().map(|&at| COLUMNS[at].width).sum::<usize>();
        while width(&shown) + BEST.len() > screen.columns() && shown.len() > 1 {
            let least = (0..shown.len()).min_by_key(|&place| COLUMNS[shown[place]].importance);
            shown.remove(least.unwrap_or(0));
        }
        Self(shown)
    }

    pub(super) fn header(&self, screen: Screen) -> String {
        screen.paint(Ink::Header, &self.columns(|column| column.title.to_owned()))
    }

    pub(super) fn line(&self, line: &Line, screen: Screen) -> String {
        let mark = if line.best { screen.paint(Ink::Good, BEST) } else { String::new() };
        self.columns(|column| column.cell.text(line)) + &mark
    }

    /// Cells to the right of their columns.
    fn columns(&self, cell: impl Fn(&Column) -> String) -> String {
        let columns = self.0.iter().map(|&at| &COLUMNS[at]);
        columns.map(|column| format!("{:>width$}", cell(column), width = column.width)).collect()
    }
}

fn number(value: Option<f64>) -> String {
    value.map_or_else(|| "-".to_owned(), short)
}

/// As people say it.
pub(super) fn time(time: Duration) -> String {
    seconds(time.as_secs_f64())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn record(valid: serde_json::Value) -> EpochRecord {
        EpochRecord {
            epoch: 12,
            step: 1200,
            train_loss: Some(1234.5),
            train_loss_per_step: Some(12.345),
            valid_loss: Some(0.09276),
            learning_rate: 0.003,
            grad_norm: None,
            skipped: 0,
            valid: valid.as_object().cloned().unwrap_or_default(),
        }
    }

    fn at(width: usize) -> Screen {
        Screen { width: Some(width), ..Screen::PLAIN }
    }

    fn shown(screen: Screen, rmse: bool) -> (String, String) {
        let valid = if rmse { json!({"valid_rmse": 2.5}) } else { json!({}) };
        shown_of(screen, valid)
    }

    fn shown_of(screen: Screen, valid: serde_json::Value) -> (String, String) {
        let record = record(valid);
        let layout = Layout::new(screen, &record);
        let time = Duration::from_millis(2500);
        let line = Line { record: &record, best: true, rows_per_s: 83_801.4, time };
        (layout.header(screen), layout.line(&line, screen))
    }

    #[test]
    fn a_line_fits_the_terminal_and_stands_below_its_header() {
        for width in [30, 40, 60, 80, 91, 120] {
            let (header, line) = shown(at(width), true);
            assert!(line.len() <= width, "{width}: {line}");
            assert_eq!(header.len() + BEST.len(), line.len());
        }
        let (header, line) = shown(Screen::PLAIN, true);
        assert_eq!(
            header,
            "epoch train loss  per step valid loss      rate grad norm    rows/s    time"
        );
        assert_eq!(
            line,
            "   12      1,234     12.35    0.09276     0.003         -    83,801   2.5 s best"
        );
        assert_eq!(line.len(), 80);
    }

    #[test]
    fn what_matters_stays_and_what_is_not_there_is_not_shown() {
        let (header, line) = shown(at(40), true);
        assert_eq!(header, "epoch  per step valid loss    time");
        assert_eq!(line, "   12     12.35    0.09276   2.5 s best");
        assert!(shown(at(120), true).0.contains("valid RMSE"));
        assert!(!shown(at(120), false).0.contains("valid RMSE"));
        assert!(!shown(at(120), true).0.contains("skipped"));
        let skipped = EpochRecord { skipped: 3, ..record(json!({})) };
        assert!(Layout::new(at(80), &skipped).header(at(80)).contains("  skipped"));
    }

    #[test]
    fn of_classes_the_accuracy_stands_beside_the_loss() {
        let (header, line) = shown_of(Screen::PLAIN, json!({"valid_accuracy": 0.875}));
        assert_eq!(
            header,
            "epoch train loss  per step valid loss  accuracy      rate grad norm    time"
        );
        assert_eq!(
            line,
            "   12      1,234     12.35    0.09276    0.8750     0.003         -   2.5 s best"
        );
        let valid = json!({"valid_accuracy": 0.875, "valid_bits_per_symbol": 1.5});
        let (header, _) = shown_of(at(120), valid.clone());
        assert!(header.contains("accuracy      bits      rate"), "{header}");
        assert!(shown_of(Screen::PLAIN, valid).1.len() <= 80);
        let unknown = json!({"valid_accuracy": null});
        assert!(!shown_of(at(120), unknown).0.contains("accuracy"), "no row could be scored");
    }
}
