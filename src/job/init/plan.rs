//! What a starter config asks for: sizes that suit the time step and the number of rows.

use crate::data::survey::{Clock, Survey};

const SECOND: i128 = 1_000_000_000;
const MINUTE: i128 = 60 * SECOND;
const HOUR: i128 = 60 * MINUTE;
const DAY: i128 = 24 * HOUR;

/// Rows an epoch reads at most, over all windows: more epochs teach more than more overlap. Of long files each row is
/// read so many times.
const EPOCH_ROWS: u64 = 1_000_000;
const OVERLAP: u64 = 3;

/// The sizes of a starter config.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Plan {
    pub(super) horizon: usize,
    pub(super) window: usize,
    pub(super) stride: usize,
    pub(super) hidden_size: usize,
    pub(super) epochs: usize,
    pub(super) batch_size: usize,
    pub(super) learning_rate: f64,
    /// Far above usual norms: a net for the odd batch. The loss is a sum over steps, so norms grow with the window.
    pub(super) clip_grad_norm: f64,
    /// Factor of the learning rate from epoch to epoch.
    pub(super) gamma: f64,
    /// Epochs without improvement before training ends.
    pub(super) patience: usize,
}

/// Rows of training a series leaves at the default split, and of validation.
pub(super) const TRAIN: f64 = 0.7;
pub(super) const VALID: f64 = 0.1;
pub(super) const TEST: f64 = 0.2;

impl Plan {
    /// The sizes for what a survey has found.
    pub(super) fn new(survey: &Survey) -> Self {
        let (horizon, window) = horizon_and_window(survey.time.as_ref());
        let longest = survey.extent.longest as usize;
        let (train, valid) = (part(longest, TRAIN), part(longest, VALID));
        // Validation has to hold some forecasts, and training many windows.
        let horizon = horizon.min(valid / 3).min(train / 8).max(1);
        let window = window.min(train / 4).max(2);
        let train_rows = (survey.rows as f64 * TRAIN) as u64;
        let stride = (train_rows * window as u64)
            .div_ceil(EPOCH_ROWS.max(OVERLAP * train_rows))
            .max(1) as usize;
        // A short file passes by more often: an epoch of few updates teaches little.
        let (hidden_size, epochs) = match train_rows {
            0..1_000 => (8, 40),
            1_000..5_000 => (16, 20),
            5_000..50_000 => (32, 10),
            _ => (64, 8),
        };
        let gamma = if epochs > 15 { 0.9 } else { 0.8 };
        let batch_size = if train_rows < 1_000 { 8 } else { 32 };
        Self {
            horizon,
            window,
            stride,
            hidden_size,
            epochs,
            batch_size,
            learning_rate: 0.002,
            clip_grad_norm: 2.0 * window.max(25) as f64,
            gamma,
            patience: (epochs / 3).max(3),
        }
    }
}

/// Rows of a part, as a split rounds them.
fn part(rows: usize, fraction: f64) -> usize {
    (rows as f64 * fraction + 1e-9) as usize
}

/// A horizon people ask for at this step, and a look-back of four times as long or a whole cycle.
fn horizon_and_window(time: Option<&Clock>) -> (usize, usize) {
    let Some((time, step)) = time.and_then(|time| Some((time, time.step()?))) else {
        return (1, 48);
    };
    if time.is_monthly() {
        return (12, 36);
    }
    let rows = |span: i128| usize::try_from((span + step / 2) / step).unwrap_or(1).max(1);
    // Clocks tremble: 59 s are a minute.
    match step + step / 20 {
        ..=0 => (1, 48),
        step if step < SECOND => (10, 64),
        step if step < MINUTE => (rows(MINUTE).clamp(2, 60), rows(4 * MINUTE).clamp(48, 240)),
        step if step < 15 * MINUTE => (rows(HOUR), rows(4 * HOUR).clamp(48, 240)),
        step if step < HOUR => (rows(6 * HOUR), rows(DAY)),
        step if step < 6 * HOUR => (rows(DAY), rows(7 * DAY).min(168)),
        step if step < DAY => (rows(DAY), rows(14 * DAY)),
        step if step < 7 * DAY && time.is_weekdays() => (5, 60),
        step if step < 7 * DAY => (rows(7 * DAY), rows(28 * DAY).max(14)),
        step if step < 28 * DAY => (4, 52),
        _ => (4, 16), // quarters and years
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::TimeFormat;
    use crate::data::survey::Disorder;
    use crate::data::time::{TimeKind, TimeReader};
    use crate::data::{Step, Timeline};

    fn clock(step: i128, share: f64, weekdays: bool) -> Clock {
        let ends = ("2024-01-01".to_owned(), "2024-12-31".to_owned());
        let step = Some(Step { nanos: step as u64, share, weekdays });
        let timeline =
            Timeline { step, ..Timeline::new(TimeKind::Local, &[], ends, &TimeReader::default()) };
        Clock {
            column: 0,
            timeline,
            gap_line: None,
            disorder_line: None,
            format: TimeFormat::Iso,
            order: Disorder::None,
        }
    }

    #[test]
    fn horizon_and_window_fit_the_step() {
        let of = |step: i128| horizon_and_window(Some(&clock(step, 1.0, false)));
        assert_eq!(of(10 * SECOND), (6, 48));
        assert_eq!(of(5 * MINUTE), (12, 48));
        assert_eq!(of(15 * MINUTE), (24, 96));
        assert_eq!(of(HOUR), (24, 168));
        assert_eq!(of(DAY), (7, 28));
        assert_eq!(of(7 * DAY), (4, 52));
        assert_eq!(of(91 * DAY), (4, 16));
        assert_eq!(horizon_and_window(Some(&clock(31 * DAY, 0.58, false))), (12, 36));
        // Prices: five days a week.
        assert_eq!(horizon_and_window(Some(&clock(DAY, 0.79, true))), (5, 60));
        assert_eq!(horizon_and_window(None), (1, 48));
    }
}
