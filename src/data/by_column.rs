//! Parts by what stands in a column: `data.split.column`.

use std::ops::Range;

use super::split::Ranges;
use super::table::Table;
use crate::config::{Part, Split};
use crate::error::{DataError, Result, shown};
use crate::suggest::nearest;

/// The part of each value of the split column: train, valid, test or none.
fn parts(split: &Split, table: &Table, column: &str) -> Result<Vec<Option<usize>>> {
    let values = |part: &Part| match part {
        Part::Values(values) => values.clone(),
        _ => Vec::new(),
    };
    let (valid, test) = (values(&split.valid), values(&split.test));
    let train = split.train.as_ref().map(values);
    let usual = [&["train"], &["valid"], &["test"]];
    let named = [train.clone().unwrap_or_default(), valid.clone(), test.clone()];
    let by_default = named.iter().zip(usual).all(|(named, usual)| named == usual);
    let known = |value: &String| table.parts.texts().any(|text| text == value);
    // A file need not have all three of the usual words.
    if let Some(absent) = named.iter().flatten().find(|value| !known(value))
        && !by_default
    {
        let hint = match nearest(absent, table.parts.texts()) {
            Some(near) => format!("did you mean {}?", shown(near)),
            None => format!("it holds {}", listed(table)),
        };
        let message =
            format!("column {} of data.split has no {}; {hint}", shown(column), shown(absent));
        return Err(DataError { file: table.name(), message, ..DataError::default() }.into());
    }
    let has = |values: &[String], text: &str| values.iter().any(|value| value == text);
    let part = |text: &str| match &train {
        _ if has(&valid, text) => Some(1),
        _ if has(&test, text) => Some(2),
        Some(train) if !has(train, text) => None,
        _ => Some(0),
    };
    let parts: Vec<Option<usize>> = table.parts.texts().map(part).collect();
    if !parts.contains(&Some(0)) {
        let message = format!(
            "column {} of data.split deals no row to train: it holds {}; say in data.split.train what means train",
            shown(column),
            listed(table)
        );
        return Err(DataError { file: table.name(), message, ..DataError::default() }.into());
    }
    Ok(parts)
}

/// The values of the column, as far as they fit into a sentence.
fn listed(table: &Table) -> String {
    const MOST: usize = 8;
    let mut values: Vec<String> = table.parts.texts().take(MOST).map(shown).collect();
    if table.parts.len() > MOST {
        values.push(format!("… ({} values)", table.parts.len()));
    }
    values.join(", ")
}

/// Deals the rows of every series.
pub(super) fn cut(split: &Split, table: &Table, column: &str) -> Result<Vec<Ranges>> {
    let parts = parts(split, table, column)?;
    (0..table.series.len()).map(|series| cut_series(&parts, table, series)).collect()
}

fn cut_series(parts: &[Option<usize>], table: &Table, series: usize) -> Result<Ranges> {
    let of_rows = &table.series[series].parts;
    let mut ranges: [Range<usize>; 3] = Default::default();
    let mut start = 0;
    for run in of_rows.chunk_by(|a, b| parts[*a as usize] == parts[*b as usize]) {
        let (first, end) = (start, start + run.len());
        start = end;
        let Some(part) = parts[run[0] as usize] else { continue };
        if !ranges[part].is_empty() {
            return Err(comes_back(table, series, first, table.parts.text(run[0])));
        }
        ranges[part] = first..end;
    }
    let [train, valid, test] = ranges;
    Ok(Ranges { train, valid, test })
}

fn comes_back(table: &Table, series: usize, row: usize, value: &str) -> crate::error::Error {
    let place = table.place(series, row);
    let message = format!(
        "{}{} comes back after rows of another part: the rows of a part follow each other within a series; sort \
         them, or name the series in data.series",
        table.series_text(series),
        shown(value)
    );
    DataError {
        file: place.map_or_else(|| table.name(), |(file, _)| crate::error::shown_path(&file.path)),
        line: place.map(|(_, line)| line),
        message,
        ..DataError::default()
    }
    .into()
}
