//! Dealing rows to train, valid and test.

use std::ops::Range;

use super::table::Table;
use super::{by_column, deal};
use crate::config::{Part, Split, SplitBy};
use crate::error::{DataError, Error, Result, shown};

/// The rows of one series in each part; consecutive, and in this order but for a split by a column.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ranges {
    /// Fitted on.
    pub train: Range<usize>,
    /// The best model is chosen on.
    pub valid: Range<usize>,
    /// Held out.
    pub test: Range<usize>,
}

/// Cuts every series of a table. `labels`: the column of a classification's labels, by which series are dealt.
pub(super) fn cut(split: &Split, table: &Table, labels: Option<usize>) -> Result<Vec<Ranges>> {
    match &split.by {
        SplitBy::Time => (0..table.series.len()).map(|s| cut_series(split, table, s)).collect(),
        SplitBy::Series { seed } => deal::series(split, table, *seed, labels),
        SplitBy::Column(column) => by_column::cut(split, table, column),
    }
}

fn cut_series(split: &Split, table: &Table, series: usize) -> Result<Ranges> {
    let rows = table.series[series].rows();
    let dates = [split.train.as_ref(), Some(&split.valid), Some(&split.test)]
        .iter()
        .any(|part| matches!(part, Some(Part::From(_))));
    if dates {
        return cut_by_dates(split, table, series);
    }
    let (valid, test) = (size(&split.valid, rows), size(&split.test, rows));
    let train = match &split.train {
        Some(part) => size(part, rows),
        None => rows.saturating_sub(valid + test),
    };
    if train.saturating_add(valid).saturating_add(test) > rows {
        let key = table.series_text(series);
        return Err(too_many(table, &key, [train, valid, test], rows));
    }
    Ok(consecutive(train, valid, test))
}

/// Rows (or series) of one part.
pub(super) fn size(part: &Part, of: usize) -> usize {
    match part {
        // The smallest nudge keeps .29 x 100 at 29.
        Part::Fraction(fraction) => (fraction * of as f64 + 1e-9) as usize,
        Part::Count(count) => *count,
        Part::From(_) | Part::Values(_) => 0,
    }
}

pub(super) fn consecutive(train: usize, valid: usize, test: usize) -> Ranges {
    Ranges {
        train: 0..train,
        valid: train..train + valid,
        test: train + valid..train + valid + test,
    }
}

fn too_many(table: &Table, series: &str, parts: [usize; 3], rows: usize) -> Error {
    let [train, valid, test] = parts;
    let message = format!(
        "{series}data.split asks for {train} train + {valid} valid + {test} test rows, but there are {rows}; \
         make the parts smaller, or use fractions"
    );
    DataError { file: table.name(), message, ..DataError::default() }.into()
}

fn cut_by_dates(split: &Split, table: &Table, series: usize) -> Result<Ranges> {
    let s = &table.series[series];
    let start = |part: &Part| -> Result<Option<usize>> {
        let Part::From(text) = part else { return Ok(None) };
        let from = table.clock.read_border(text).ok_or_else(|| Error::Config {
            place: "data.split".into(),
            message: format!("{} is not a time; write it as in the time column", shown(text)),
        })?;
        if let Some(kind) = s.time_kind().filter(|&kind| kind != from.kind) {
            return Err(Error::Config {
                place: "data.split".into(),
                message: format!(
                    "{} is {}, but the time column holds {}",
                    shown(text),
                    from.kind.name(),
                    kind.name()
                ),
            });
        }
        Ok(Some(s.times.partition_point(|&t| t < from.nanos)))
    };
    let rows = s.rows();
    let test = start(&split.test)?.unwrap_or(rows);
    let valid = start(&split.valid)?.unwrap_or(test);
    let train = split.train.as_ref().map(start).transpose()?.flatten().unwrap_or(0);
    if train > valid || valid > test {
        return Err(Error::Config {
            place: "data.split".into(),
            message: "a part starts after the next one; they follow each other: train, valid, test"
                .into(),
        });
    }
    Ok(Ranges { train: train..valid, valid: valid..test, test: test..rows })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;
    use crate::data::Roles;
    use std::path::Path;

    /// The parts of five days from the first of May 2024.
    fn cut_days(split: &str) -> Result<Vec<Ranges>> {
        let text = format!(
            r#"{{"data":{{"path":"x.csv","time":"day","targets":["y"],"split":{split}}},
                "task":{{"type":"forecast"}},"model":{{"topology":"single","cell":"gru"}}}}"#
        );
        let config = Config::parse(&text, "test", Path::new(""), &[])?;
        let rows: String = (1..=5).map(|day| format!("2024-05-0{day},{day}\n")).collect();
        let csv = format!("day,y\n{rows}");
        let roles = Roles::new(&config);
        let table = Table::read_stream(csv.as_bytes(), Path::new("x.csv"), "x.csv", &roles)?;
        cut(config.data.split.as_ref().expect("a split"), &table, None)
    }

    #[test]
    fn every_date_begins_its_part() {
        let ranges = cut_days(r#"{"train":"2024-05-02","valid":"2024-05-03","test":"2024-05-05"}"#);
        assert_eq!(ranges.unwrap(), [Ranges { train: 1..2, valid: 2..4, test: 4..5 }]);
        let ranges = cut_days(r#"{"valid":"2024-05-03","test":"2024-05-05"}"#);
        assert_eq!(ranges.unwrap()[0].train, 0..2);
    }

    #[test]
    fn parts_out_of_order_are_refused() {
        for split in [
            r#"{"train":"2024-05-04","valid":"2024-05-03","test":"2024-05-05"}"#,
            r#"{"valid":"2024-05-05","test":"2024-05-03"}"#,
        ] {
            let error = cut_days(split).unwrap_err();
            assert!(error.to_string().contains("starts after the next"), "{error}");
        }
    }
}
