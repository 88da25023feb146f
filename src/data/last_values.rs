//! What empty cells do to a row: `"ffill"` gives them the last value of their column in the same series, `"drop"`
//! leaves the row out.

use super::roles::Roles;
use super::row::Row;
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
}

impl Why {
    /// In a few words.
    pub fn text(self) -> &'static str {
        match self {
            Why::EmptyCell => "row with an empty cell",
            Why::Repeated => "row with the time of another",
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
            Why::Repeated => false,
        }
    }
}

/// The last value of each column, series by series.
#[derive(Clone, Debug, Default)]
pub struct LastValues {
    /// `[series][columns]`; NaN where there is none yet.
    series: Vec<Vec<f64>>,
}

impl LastValues {
    /// Carries out what an empty cell of a row does.
    ///
    /// # Errors
    /// The column that cannot be filled, for it has had no value yet; the row is then as it was.
    pub fn fill(&self, roles: &Roles, series: usize, row: &mut Row) -> Result<Fate, usize> {
        match roles.missing {
            Missing::Error => {}
            Missing::Drop if row.empty.iter().any(|&column| roles.needed[column]) => {
                return Ok(Fate::Dropped(Why::EmptyCell));
            }
            Missing::Drop => {}
            Missing::Ffill => self.repeat(series, row)?,
        }
        Ok(Fate::Kept)
    }

    fn repeat(&self, series: usize, row: &mut Row) -> Result<(), usize> {
        let last = |column: usize| self.series.get(series).map_or(f64::NAN, |last| last[column]);
        if let Some(&column) = row.empty.iter().find(|&&column| last(column).is_nan()) {
            return Err(column);
        }
        for &column in &row.empty {
            row.values[column] = last(column);
        }
        Ok(())
    }

    /// The rows it remembers.
    pub fn rows_mut(&mut self) -> impl Iterator<Item = &mut [f64]> {
        self.series.iter_mut().map(|row| &mut row[..])
    }

    /// Remembers a row that was accepted, where it may have to fill a later one.
    pub fn keep(&mut self, roles: &Roles, series: usize, values: &[f64]) {
        if roles.missing == Missing::Ffill {
            self.remember(series, values);
        }
    }

    fn remember(&mut self, series: usize, values: &[f64]) {
        if self.series.len() <= series {
            self.series.resize(series + 1, vec![f64::NAN; values.len()]);
        }
        self.series[series].copy_from_slice(values);
    }
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
        assert_eq!(last.repeat(0, &mut row(&[f64::NAN], &[0])), Err(0));
        last.remember(0, &[f64::NAN]);
        assert_eq!(last.repeat(0, &mut row(&[f64::NAN], &[0])), Err(0));
        assert_eq!(last.repeat(3, &mut row(&[1.0], &[])), Ok(()));
    }
}
