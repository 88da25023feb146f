//! From which file and physical line a row comes, kept as the few places where counting on would be wrong.

use super::table::{SourceFile, Table, Turn};

/// The lines of a table's rows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Lines {
    /// Rows so far.
    rows: u64,
    /// (row, its file, its line): from there on lines go up with rows, until the next such place.
    breaks: Vec<(u64, u32, u64)>,
}

impl Lines {
    /// Takes the place of the next row.
    pub fn push(&mut self, file: u32, line: u64) {
        if self.place(self.rows) != Some((file, line)) {
            self.breaks.push((self.rows, file, line));
        }
        self.rows += 1;
    }

    /// The file and line of a row (from 0); none before any was pushed.
    pub fn place(&self, row: u64) -> Option<(u32, u64)> {
        let at = self.breaks.partition_point(|&(first, ..)| first <= row);
        let &(first, file, line) = self.breaks[..at].last()?;
        Some((file, line + (row - first)))
    }
}

impl Table {
    /// The file a row of a series comes from, and its line there. Looks through the rows: for messages.
    pub fn place(&self, series: usize, row: usize) -> Option<(&SourceFile, u64)> {
        let at = self.turns().position(|turn| turn == (series, Turn::Row(row)))? as u64;
        let (file, line) = self.lines.place(at)?;
        Some((self.files.get(file as usize)?, line))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blank_lines_and_quoted_line_ends_are_counted() {
        let of_rows = [2, 3, 4, 7, 8, 12, 13];
        let mut lines = Lines::default();
        of_rows.into_iter().for_each(|line| lines.push(0, line));
        lines.push(1, 2);
        let found: Vec<_> = (0..8).filter_map(|row| lines.place(row)).collect();
        assert_eq!(found[..7], of_rows.map(|line| (0, line)));
        assert_eq!(found[7], (1, 2));
        assert_eq!(lines.breaks.len(), 4, "one place per break, not one per row");
        assert_eq!(Lines::default().place(0), None);
    }
}
