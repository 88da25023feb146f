//! `"missing": "ffill"`: an empty cell takes the last value of its column in the same series.

use super::row::Row;

/// The last value of each column, series by series.
#[derive(Clone, Debug, Default)]
pub struct LastValues {
    /// `[series][columns]`; NaN where there is none yet.
    series: Vec<Vec<f64>>,
}

impl LastValues {
    /// Fills the empty cells of a row.
    ///
    /// # Errors
    /// The column that has had no value yet; the row is then as it was.
    pub fn fill(&self, series: usize, row: &mut Row) -> Result<(), usize> {
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

    /// Remembers a row that was accepted.
    pub fn keep(&mut self, series: usize, values: &[f64]) {
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
        last.keep(0, &[1.0, 2.0]);
        last.keep(1, &[10.0, 20.0]);
        last.keep(0, &[3.0, 4.0]);
        let mut filled = row(&[f64::NAN, 5.0], &[0]);
        last.fill(0, &mut filled).unwrap();
        assert_eq!(filled.values, [3.0, 5.0]);
        let mut filled = row(&[f64::NAN, f64::NAN], &[0, 1]);
        last.fill(1, &mut filled).unwrap();
        assert_eq!(filled.values, [10.0, 20.0]);
    }

    #[test]
    fn nothing_is_made_up_where_a_series_begins_empty() {
        let mut last = LastValues::default();
        assert_eq!(last.fill(0, &mut row(&[f64::NAN], &[0])), Err(0));
        last.keep(0, &[f64::NAN]);
        assert_eq!(last.fill(0, &mut row(&[f64::NAN], &[0])), Err(0));
        assert_eq!(last.fill(3, &mut row(&[1.0], &[])), Ok(()));
    }
}
