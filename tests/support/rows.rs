//! Made-up rows `time,key,a,b,y` of some series, mixed like those of a real log.

use std::fmt::Write;
use std::path::Path;

use crate::common::Rng;

/// One row: a and b swing slowly, y follows them.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// Which series.
    pub key: String,
    /// Hours since the start: its time.
    pub hour: usize,
    /// a, b, y.
    pub values: [f64; 3],
}

/// Rows in the order of a file.
#[derive(Clone, Debug, PartialEq)]
pub struct Rows(pub Vec<Row>);

pub const HEADER: &str = "time,key,a,b,y";

impl Rows {
    /// Series of these lengths, interleaved at random; each in time order.
    pub fn new(seed: u64, series: &[(&str, usize)]) -> Self {
        let mut rng = Rng(seed);
        let mut state: Vec<[f64; 4]> = series.iter().map(|_| [0.0; 4]).collect();
        let mut done = vec![0; series.len()];
        let mut rows = Vec::new();
        while done.iter().zip(series).any(|(done, (_, count))| done < count) {
            let at = rng.below(series.len());
            let (key, count) = series[at];
            if done[at] == count {
                continue;
            }
            let [a, a_before, b, y] = state[at];
            let mut noise = || f64::from(rng.uniform());
            let next_a = 1.8 * a - 0.9 * a_before + 0.3 * noise();
            let next_b = 0.9 * b + 0.5 * noise();
            let next_y = 0.6 * y + 0.5 * next_a - 0.4 * b + 0.1 * noise();
            state[at] = [next_a, a, next_b, next_y];
            let level = 10.0 * at as f64;
            let values = [next_a + level, 5.0 * next_b, next_y - level];
            let values = values.map(|x| format!("{x:.4}").parse().expect("a number"));
            rows.push(Row { key: key.to_owned(), hour: done[at], values });
            done[at] += 1;
        }
        Self(rows)
    }

    /// The file.
    pub fn csv(&self) -> String {
        let mut text = format!("{HEADER}\n");
        for row in &self.0 {
            let _ = writeln!(text, "{}", row.text());
        }
        text
    }

    /// The same rows with words: `word` and `label` at each row, `kind` of each series. Most words are rare.
    pub fn csv_with_words(&self) -> String {
        let stems = ["da", "Da", "DA", "d-9", "日本", "NA", "true", "ñu"];
        let mut text = format!("{HEADER},word,label,kind\n");
        for row in &self.0 {
            let number = (row.values[0] * 100.0).round() as i64;
            let word = format!("{}{}", stems[number.rem_euclid(8) as usize], number.rem_euclid(23));
            let label = ["None", "b", "c"][number.rem_euclid(3) as usize];
            let kind = ["k1", "k2"][row.key.len().rem_euclid(2)];
            let _ = writeln!(text, "{},{word},{label},{kind}", row.text());
        }
        text
    }

    /// Writes the file.
    pub fn save(&self, path: &Path) {
        std::fs::write(path, self.csv()).expect("a scratch file");
    }

    /// Those rows of a series whose hours lie in a range.
    pub fn part(&self, key: &str, hours: std::ops::Range<usize>) -> Self {
        let wanted = |row: &&Row| row.key == key && hours.contains(&row.hour);
        Self(self.0.iter().filter(wanted).cloned().collect())
    }

    /// All rows for which `keep` says yes.
    pub fn only(&self, keep: impl Fn(&Row) -> bool) -> Self {
        Self(self.0.iter().filter(|row| keep(row)).cloned().collect())
    }

    /// Rows of a series.
    pub fn count(&self, key: &str) -> usize {
        self.0.iter().filter(|row| row.key == key).count()
    }

    /// A row.
    pub fn get(&self, key: &str, hour: usize) -> Option<&Row> {
        self.0.iter().find(|row| row.key == key && row.hour == hour)
    }

    /// The names of the series, sorted.
    pub fn keys(&self) -> Vec<String> {
        let keys: std::collections::BTreeSet<_> = self.0.iter().map(|r| r.key.clone()).collect();
        keys.into_iter().collect()
    }

    /// The same rows, some of them changed.
    pub fn changed(&self, which: impl Fn(&Row) -> bool) -> Self {
        let change = |row: &Row| {
            let values = if which(row) { row.values.map(|x| 3.0 - 2.0 * x) } else { row.values };
            Row { values, ..row.clone() }
        };
        Self(self.0.iter().map(change).collect())
    }
}

impl Row {
    /// Its line.
    pub fn text(&self) -> String {
        let [a, b, y] = self.values;
        format!("{},{},{a},{b},{y}", time(self.hour), self.key)
    }
}

/// An hour as its time is written.
pub fn time(hour: usize) -> String {
    let (month, day) = (1 + hour / (24 * 28), 1 + hour / 24 % 28);
    format!("2024-{month:02}-{day:02} {:02}:00:00", hour % 24)
}
