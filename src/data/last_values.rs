//! What empty cells do to a row: `"ffill"` and `"mask"` give them the last value of their column in the same series,
//! `"drop"` leaves the row out. And what else of a row is known from those before it.

use super::roles::Roles;
use super::row::Row;
use super::time::TimeKind;
use crate::config::Missing;
use crate::text::counted;

/// What becomes of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It is one of the rows of its series.
    Kept,
    /// It is left out.
    Dropped(Why),
}

/// Why a row is left out of its series.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    /// A cell is empty that a prediction needs; the series is cut there.
    EmptyCell,
    /// Another row has its time, and counts in its place.
    Repeated,
    /// It is still to come: only what is known ahead stands in it.
    Plan,
}

impl Why {
    /// In a few words.
    pub fn text(self) -> &'static str {
        match self {
            Why::EmptyCell => "row with an empty cell",
            Why::Repeated => "row with the time of another",
            Why::Plan => "row of the plan",
        }
    }

    /// So many rows of this kind.
    pub fn counted(self, rows: u64) -> String {
        counted(rows, "row") + self.text().strip_prefix("row").unwrap_or_default()
    }

    /// Whether look-back and state start anew behind the row.
    pub fn cuts(self) -> bool {
        match self {
            Why::EmptyCell => true,
            Why::Repeated | Why::Plan => false,
        }
    }
}

/// What is wrong with a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The cell of this column is empty, and may not be.
    Empty(usize),
    /// It is empty, and no value stands before it to fill it with.
    NothingBefore(usize),
    /// It differs from the row before, though it is the same in all rows of a series.
    Changed(usize),
    /// A row of the plan stands before it, which is still to come.
    BehindThePlan,
    /// A plain number as time, which is on no calendar.
    NoCalendar,
}

/// Empty cells, by what became of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct EmptyCells {
    /// They took the last value of their column.
    pub filled: u64,
    /// The same, and a number beside them says so.
    pub masked: u64,
    /// They lie between their neighbours.
    pub interpolated: u64,
    /// They are those of targets, for which there is no truth.
    pub absent: u64,
}

impl EmptyCells {
    /// Counts those of a row that is kept.
    pub fn add(&mut self, roles: &Roles, row: &Row) {
        for &column in row.empty.iter().filter(|column| !roles.fixed.contains(column)) {
            let count = match roles.missing {
                _ if row.values[column].is_nan() && roles.targets.contains(&column) => {
                    &mut self.absent
                }
                Missing::Mask => &mut self.masked,
                Missing::Interpolate => &mut self.interpolated,
                Missing::Error | Missing::Drop | Missing::Ffill => &mut self.filled,
            };
            *count += 1;
        }
    }

    /// The sum of two counts.
    pub fn plus(self, other: Self) -> Self {
        Self {
            filled: self.filled + other.filled,
            masked: self.masked + other.masked,
            interpolated: self.interpolated + other.interpolated,
            absent: self.absent + other.absent,
        }
    }
}

/// The last values of each series.
#[derive(Clone, Debug, Default)]
pub struct LastValues {
    /// `[series][columns]`; NaN where there is none yet.
    series: Vec<Vec<f64>>,
    /// Series whose plan has begun.
    planned: Vec<bool>,
}

impl LastValues {
    /// Carries out what an empty cell of a row does, and fills in what is made of cells.
    ///
    /// # Errors
    /// What is wrong with the row; it counts for nothing then.
    pub fn fill(&self, roles: &Roles, series: usize, row: &mut Row) -> Result<Fate, Fault> {
        if roles.plain && row.empty.is_empty() {
            return Ok(Fate::Kept);
        }
        if !roles.calendar.is_empty() && row.time.is_some_and(|time| time.kind == TimeKind::Number)
        {
            return Err(Fault::NoCalendar);
        }
        self.same_in_all(roles, series, row)?;
        let empty = row.empty.iter().filter(|column| !roles.fixed.contains(column));
        if is_of_the_plan(roles, row) {
            return Ok(Fate::Dropped(Why::Plan));
        }
        if self.planned.get(series).is_some_and(|planned| *planned) {
            return Err(Fault::BehindThePlan);
        }
        match roles.missing {
            Missing::Error => {
                empty.map(|&column| Err(Fault::Empty(column))).next().unwrap_or(Ok(()))?
            }
            Missing::Drop if row.empty.iter().any(|&column| roles.needed[column]) => {
                return Ok(Fate::Dropped(Why::EmptyCell));
            }
            Missing::Drop | Missing::Interpolate => {}
            Missing::Ffill => self.repeat(series, row)?,
            Missing::Mask => {
                for &column in row.empty.iter().filter(|&&column| roles.is_input(column)) {
                    if row.values[column].is_nan() {
                        row.values[column] = self.last(series, column);
                    }
                }
            }
        }
        for &(input, place) in &roles.were_empty {
            row.values[place] = f64::from(u8::from(row.empty.contains(&input)));
        }
        for (&target, &place) in roles.targets.iter().zip(&roles.last_known) {
            let value = row.values[target];
            row.values[place] = if value.is_nan() { self.last(series, place) } else { value };
        }
        Ok(Fate::Kept)
    }

    fn last(&self, series: usize, column: usize) -> f64 {
        self.series.get(series).map_or(f64::NAN, |last| last[column])
    }

    fn repeat(&self, series: usize, row: &mut Row) -> Result<(), Fault> {
        let last = |column: usize| self.last(series, column);
        if let Some(&column) = row.empty.iter().find(|&&column| last(column).is_nan()) {
            return Err(Fault::NothingBefore(column));
        }
        for &column in &row.empty {
            row.values[column] = last(column);
        }
        Ok(())
    }

    /// Columns that are the same in all rows of a series: the first value counts, and empty cells take it.
    fn same_in_all(&self, roles: &Roles, series: usize, row: &mut Row) -> Result<(), Fault> {
        for &column in &roles.fixed {
            let first = self.last(series, column);
            let value = &mut row.values[column];
            match (first.is_nan(), value.is_nan()) {
                (true, true) => return Err(Fault::Empty(column)),
                (false, true) => *value = first,
                (false, false) if *value != first => return Err(Fault::Changed(column)),
                _ => {}
            }
        }
        Ok(())
    }

    /// The rows it remembers.
    pub fn rows_mut(&mut self) -> impl Iterator<Item = &mut [f64]> {
        self.series.iter_mut().map(|row| &mut row[..])
    }

    /// Remembers a row that was accepted, where it may have to fill a later one.
    pub fn keep(&mut self, roles: &Roles, series: usize, values: &[f64]) {
        if !roles.plain || !matches!(roles.missing, Missing::Error | Missing::Drop) {
            self.remember(series, values);
        }
    }

    /// The plan of a series has begun: no other row may follow.
    pub fn plan(&mut self, series: usize) {
        self.planned.resize(self.planned.len().max(series + 1), false);
        self.planned[series] = true;
    }

    fn remember(&mut self, series: usize, values: &[f64]) {
        if self.series.len() <= series {
            self.series.resize(series + 1, vec![f64::NAN; values.len()]);
        }
        self.series[series].copy_from_slice(values);
    }
}

/// Whether nothing stands in a row but what is known ahead.
fn is_of_the_plan(roles: &Roles, row: &Row) -> bool {
    let known = |column: usize| roles.ahead.contains(&column) || roles.fixed.contains(&column);
    let others = (0..roles.cells).filter(|&column| !known(column));
    !roles.ahead.is_empty()
        && others.into_iter().all(|column| row.values[column].is_nan())
        && roles.ahead.iter().all(|&column| !row.values[column].is_nan())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(values: &[f64], empty: &[usize]) -> Row {
        Row { values: values.to_vec(), empty: empty.to_vec(), ..Row::default() }
    }

    #[test]
    fn an_empty_cell_takes_the_last_value_of_its_own_series() {
        let mut last = LastValues::default();
        last.remember(0, &[1.0, 2.0]);
        last.remember(1, &[10.0, 20.0]);
        last.remember(0, &[3.0, 4.0]);
        let mut filled = row(&[f64::NAN, 5.0], &[0]);
        last.repeat(0, &mut filled).unwrap();
        assert_eq!(filled.values, [3.0, 5.0]);
        let mut filled = row(&[f64::NAN, f64::NAN], &[0, 1]);
        last.repeat(1, &mut filled).unwrap();
        assert_eq!(filled.values, [10.0, 20.0]);
    }

    #[test]
    fn nothing_is_made_up_where_a_series_begins_empty() {
        let mut last = LastValues::default();
        assert_eq!(last.repeat(0, &mut row(&[f64::NAN], &[0])), Err(Fault::NothingBefore(0)));
        last.remember(0, &[f64::NAN]);
        assert_eq!(last.repeat(0, &mut row(&[f64::NAN], &[0])), Err(Fault::NothingBefore(0)));
        assert_eq!(last.repeat(3, &mut row(&[1.0], &[])), Ok(()));
    }
}
