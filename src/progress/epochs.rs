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
    cell: fn(&Line) -> String,
}

/// In a terminal of 80 columns there is room for all but the RMSE.
const COLUMNS: [Column; 10] = [
    Column { title: "epoch", width: 5, importance: 9, cell: |l| l.record.epoch.to_string() },
    Column { title: "train loss", width: 11, importance: 4, cell: |l| number(l.record.train_loss) },
    Column {
        title: "per step",
        width: 10,
        importance: 7,
        cell: |l| number(l.record.train_loss_per_step),
    },
    Column { title: "valid loss", width: 11, importance: 8, cell: |l| number(l.record.valid_loss) },
    Column { title: "valid RMSE", width: 11, importance: 0, cell: |l| number(rmse(l.record)) },
    Column { title: "rate", width: 10, importance: 3, cell: |l| shortest(l.record.learning_rate) },
    Column { title: "grad norm", width: 10, importance: 2, cell: |l| number(l.record.grad_norm) },
    Column { title: "skipped", width: 9, importance: 5, cell: |l| thousands(l.record.skipped) },
    Column { title: "rows/s", width: 10, importance: 1, cell: |l| thousands(l.rows_per_s as u64) },
    Column { title: "time", width: 8, importance: 6, cell: |l| time(l.time) },
];

/// Behind the best epochs.
const BEST: &str = " best";

/// What is shown of the columns above.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Layout(Vec<usize>);

impl Layout {
    /// The columns that fit; those of the RMSE and of skipped updates only where there are any.
    pub(super) fn new(screen: Screen, record: &EpochRecord) -> Self {
        let mut shown: Vec<usize> = (0..COLUMNS.len()).collect();
        shown.retain(|&at| match COLUMNS[at].title {
            "valid RMSE" => rmse(record).is_some(),
            "skipped" => record.skipped > 0,
            _ => true,
        });
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
        self.columns(|column| (column.cell)(line)) + &mark
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

/// In units of the data; there is none with several targets.
fn rmse(record: &EpochRecord) -> Option<f64> {
    record.valid.get("valid_rmse")?.as_f64()
}

/// As people say it.
pub(super) fn time(time: Duration) -> String {
    seconds(time.as_secs_f64())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(rmse: bool) -> EpochRecord {
        let valid =
            if rmse { serde_json::json!({"valid_rmse": 2.5}) } else { serde_json::json!({}) };
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
        let record = record(rmse);
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
        let skipped = EpochRecord { skipped: 3, ..record(true) };
        assert!(Layout::new(at(80), &skipped).header(at(80)).contains("  skipped"));
    }
}
