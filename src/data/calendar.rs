//! What the calendar and the clock say of a row's time, as numbers that come round: a sine and a cosine of each.
//!
//! Of later rows they are known too: the regular step of the train rows says when these will be.

use std::f64::consts::TAU;

use jiff::civil::DateTime;

use super::dataset::PartRows;
use super::gap_rule::Pace;
use super::roles::Roles;
use super::time::TimeReader;
use super::timeline::{Timeline, is_weekend};
use crate::config::CalendarField;
use crate::kernel::scalar::{cos, sin};

/// Numbers of one field at one time.
pub(super) const WIDTH: usize = 2;
const DAY: i128 = 86_400_000_000_000;

/// Writes the numbers of the calendar into rows.
#[derive(Clone, Debug, Default)]
pub struct Calendar {
    /// The place of each field's first number, the field, and how many later rows it tells of.
    fields: Vec<(usize, CalendarField, usize)>,
    clock: TimeReader,
    pace: Option<Pace>,
}

impl Calendar {
    /// The calendar of a model, which does not know yet when later rows will be.
    pub fn new(roles: &Roles) -> Self {
        Self { fields: roles.calendar.clone(), clock: roles.clock(), pace: None }
    }

    /// Whether it tells of later rows.
    pub fn looks_ahead(&self) -> bool {
        self.fields.iter().any(|&(.., ahead)| ahead > 0)
    }

    /// Takes the regular step of the train rows, where later rows are told of.
    pub fn fit(&mut self, train: &PartRows) {
        if !self.looks_ahead() {
            return;
        }
        let series = train.table.series.iter().zip(&train.ranges);
        let rows = series.filter(|(s, rows)| s.times.len() >= rows.end);
        let times: Vec<&[i128]> = rows.map(|(s, rows)| &s.times[rows.clone()]).collect();
        let kind = train.table.series.iter().find_map(|s| s.time_kind());
        let timeline =
            kind.map(|kind| Timeline::new(kind, &times, Default::default(), &self.clock));
        self.pace = timeline.and_then(|timeline| timeline.step).map(Pace::from);
    }

    /// The regular step of the train rows, where later rows are told of.
    pub fn pace(&self) -> Option<Pace> {
        self.pace
    }

    /// Takes the step that a model was trained with.
    pub fn set_pace(&mut self, pace: Option<Pace>) {
        self.pace = pace;
    }

    /// Whether any number is told by it.
    pub fn is_empty(&self) -> bool {
        self.fields.is_empty()
    }

    /// Fills in a row at `nanos`.
    pub fn write(&self, nanos: i128, values: &mut [f64]) {
        let most = self.fields.iter().map(|&(.., ahead)| ahead).max();
        let mut at = nanos;
        for step in 0..most.map_or(0, |most| most + 1) {
            let wall = self.clock.wall(at);
            for &(place, field, _) in self.fields.iter().filter(|&&(.., ahead)| step <= ahead) {
                let angle = wall.map_or(0.0, |wall| TAU * share(field, wall));
                values[place + WIDTH * step] = sin(angle);
                values[place + WIDTH * step + 1] = cos(angle);
            }
            at = self.next(at);
        }
    }

    /// When the row after one at `nanos` is due.
    fn next(&self, nanos: i128) -> i128 {
        let Some(pace) = self.pace else { return nanos };
        let mut next = nanos + i128::from(pace.nanos);
        while pace.weekdays && is_weekend(self.clock.day(next)) {
            next += DAY;
        }
        next
    }
}

/// How far round a time is, from 0 to 1.
fn share(field: CalendarField, wall: DateTime) -> f64 {
    let seconds = f64::from(wall.second());
    let hour = f64::from(wall.hour()) + (f64::from(wall.minute()) + seconds / 60.0) / 60.0;
    match field {
        CalendarField::Minute => (f64::from(wall.minute()) + seconds / 60.0) / 60.0,
        CalendarField::Hour => hour / 24.0,
        CalendarField::Weekday => {
            (f64::from(wall.weekday().to_monday_zero_offset()) + hour / 24.0) / 7.0
        }
        CalendarField::DayOfMonth => {
            f64::from(wall.day() - 1) / f64::from(wall.date().days_in_month())
        }
        CalendarField::DayOfYear => {
            f64::from(wall.date().day_of_year() - 1) / f64::from(wall.date().days_in_year())
        }
        CalendarField::Month => f64::from(wall.month() - 1) / 12.0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;
    use crate::data::time;
    use std::path::Path;

    /// The calendar of these inputs, with rows every `step` hours.
    fn calendar(inputs: &str, step: u64, weekdays: bool) -> (Calendar, usize) {
        let text = format!(
            r#"{{"data": {{"path": "x.csv", "time": "t", "inputs": ["y", {inputs}], "targets": ["y"]}},
                "task": {{"type": "forecast", "horizon": 3}}, "model": {{"topology": "single", "cell": "gru"}}}}"#
        );
        let config = Config::parse(&text, "test", Path::new(""), &[]).expect("valid");
        let roles = Roles::new(&config);
        let mut calendar = Calendar::new(&roles);
        calendar.set_pace(Some(Pace { nanos: step * 3_600_000_000_000, weekdays }));
        (calendar, roles.columns.len())
    }

    fn at(calendar: &(Calendar, usize), text: &str) -> Vec<f64> {
        let mut values = vec![f64::NAN; calendar.1];
        calendar.0.write(time::parse(text, b'.').expect("a time").nanos, &mut values);
        assert!(values[0].is_nan());
        values[1..].to_vec()
    }

    fn close(found: &[f64], expected: &[f64]) {
        assert_eq!(found.len(), expected.len());
        let far = found.iter().zip(expected).find(|(a, b)| (*a - *b).abs() > 1e-9);
        assert!(far.is_none(), "{found:?} {expected:?}");
    }

    #[test]
    fn times_come_round() {
        close(&at(&calendar("\"@hour\"", 1, false), "2024-05-02 06:00"), &[1.0, 0.0]);
        close(&at(&calendar("\"@hour\"", 1, false), "2024-05-02 00:00"), &[0.0, 1.0]);
        close(&at(&calendar("\"@minute\"", 1, false), "2024-05-02 06:30"), &[0.0, -1.0]);
        close(&at(&calendar("\"@weekday\"", 1, false), "2024-05-06"), &[0.0, 1.0]);
        close(&at(&calendar("\"@month\"", 1, false), "2024-04-06"), &[1.0, 0.0]);
        let quarter = [1.0, 0.0];
        close(&at(&calendar("\"@day_of_month\"", 1, false), "2023-02-08"), &quarter);
        let (a, b) = ("2023-12-31", "2024-12-31");
        let of_year = |text| at(&calendar("\"@day_of_year\"", 1, false), text);
        let angle = |days: f64| [sin(TAU * (days - 1.0) / days), cos(TAU * (days - 1.0) / days)];
        close(&of_year(a), &angle(365.0));
        close(&of_year(b), &angle(366.0));
    }

    #[test]
    fn later_rows_are_known_by_the_step() {
        let calendar = calendar(r#"{"column": "@hour", "ahead": true}"#, 6, false);
        let expected = [0.0, 1.0, 1.0, 0.0, 0.0, -1.0, -1.0, 0.0];
        close(&at(&calendar, "2024-05-02 00:00"), &expected);
    }

    #[test]
    fn of_weekdays_the_row_after_friday_is_monday() {
        let calendar = calendar(r#"{"column": "@weekday", "ahead": true}"#, 24, true);
        let friday = at(&calendar, "2024-05-03");
        let monday = at(&calendar, "2024-05-06");
        close(&friday[2..6], &monday[..4]);
    }
}
