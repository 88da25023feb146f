//! On which physical line of its file a row starts, kept as the few places where counting on would be wrong.

use super::table::{SourceFile, Table, Turn};

/// The lines of one file's rows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Lines {
    /// (row, its line): from there on lines go up with rows, until the next such place.
    breaks: Vec<(u64, u64)>,
}

impl Lines {
    /// Takes the line of the next row, both ascending.
    pub fn push(&mut self, row: u64, line: u64) {
        if self.line(row) != Some(line) {
            self.breaks.push((row, line));
        }
    }

    /// The line of a row (from 0); none before any was pushed.
    pub fn line(&self, row: u64) -> Option<u64> {
        let at = self.breaks.partition_point(|&(first, _)| first <= row);
        let (first, line) = self.breaks[..at].last()?;
        Some(line + (row - first))
    }
}

impl Table {
    /// The file a row of a series comes from, and its line there. Looks through the rows: for messages.
    pub fn place(&self, series: usize, row: usize) -> Option<(&SourceFile, u64)> {
        let mut at = self.turns().position(|turn| turn == (series, Turn::Row(row)))? as u64;
        for file in &self.files {
            if at < file.rows {
                return Some((file, file.lines.line(at)?));
            }
            at -= file.rows;
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blank_lines_and_quoted_line_ends_are_counted() {
        let of_rows = [2, 3, 4, 7, 8, 12, 13];
        let mut lines = Lines::default();
        (0..).zip(of_rows).for_each(|(row, line)| lines.push(row, line));
        let found: Vec<u64> = (0..7).filter_map(|row| lines.line(row)).collect();
        assert_eq!(found, of_rows);
        assert_eq!(lines.breaks.len(), 3, "one place per break, not one per row");
        assert_eq!(Lines::default().line(0), None);
    }
}
