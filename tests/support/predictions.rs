//! A file of predictions, read back as text: equal text is equal bits.

use std::collections::HashMap;

/// A header and rows of cells.
#[derive(Clone, Debug, PartialEq)]
pub struct Predictions {
    pub header: Vec<String>,
    pub rows: Vec<Vec<String>>,
}

impl Predictions {
    /// Reads a CSV without quotes.
    pub fn parse(text: &str) -> Self {
        assert!(!text.contains('"') && text.ends_with('\n'), "plain whole lines");
        let mut lines = text.lines().map(|line| line.split(',').map(str::to_owned).collect());
        let header: Vec<String> = lines.next().expect("a header");
        let rows: Vec<Vec<String>> = lines.collect();
        assert!(rows.iter().all(|row| row.len() == header.len()), "rows as wide as the header");
        Self { header, rows }
    }

    /// The same without the columns whose names begin so.
    pub fn without(&self, prefix: &str) -> Self {
        let keep = |cells: &[String]| {
            let kept = cells.iter().zip(&self.header).filter(|(_, name)| !name.starts_with(prefix));
            kept.map(|(cell, _)| cell.clone()).collect::<Vec<_>>()
        };
        Self { header: keep(&self.header), rows: self.rows.iter().map(|row| keep(row)).collect() }
    }

    /// The columns whose names begin so, as numbers; `None` for an empty cell.
    pub fn numbers(&self, row: usize, prefix: &str) -> Vec<Option<f64>> {
        let cells = self.rows[row].iter().zip(&self.header);
        let number = |cell: &str| (!cell.is_empty()).then(|| cell.parse().expect("a number"));
        cells.filter(|(_, name)| name.starts_with(prefix)).map(|(cell, _)| number(cell)).collect()
    }

    /// `pred_` cells by (time, key). The first two columns are the time and the series.
    pub fn by_row(&self) -> HashMap<(String, String), Vec<String>> {
        assert_eq!(self.header[..2], ["time", "key"]);
        let only = self.without("true_");
        let pair = |row: &Vec<String>| ((row[0].clone(), row[1].clone()), row[2..].to_vec());
        let map: HashMap<_, _> = only.rows.iter().map(pair).collect();
        assert_eq!(map.len(), self.rows.len(), "each row once");
        map
    }

    /// The lines of one series, in order.
    pub fn of(&self, key: &str) -> Vec<&[String]> {
        self.rows.iter().filter(|row| row[1] == key).map(|row| &row[2..]).collect()
    }
}

/// Whether a row has a prediction; it has all of it or nothing.
pub fn is_predicted(cells: &[String]) -> bool {
    let empty = cells.iter().filter(|cell| cell.is_empty()).count();
    assert!(empty == 0 || empty == cells.len(), "half a prediction: {cells:?}");
    empty == 0
}
