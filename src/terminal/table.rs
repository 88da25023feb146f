//! Tables that fit: the least important columns go first, and a name that is too long is cut.

use console::{measure_text_width as width_of, truncate_str};

use super::{Ink, Screen};
use crate::text::printable;

/// A table; names stand to the left of their column, figures to the right.
#[derive(Clone, Debug)]
pub struct Table {
    columns: Vec<Column>,
    lines: Vec<Vec<Cell>>,
}

/// A column's title, and how soon it may go.
#[derive(Clone, Debug)]
pub struct Column {
    title: String,
    /// The lowest goes first; `u8::MAX` stays.
    importance: u8,
    left: bool,
}

/// What stands in a cell.
#[derive(Clone, Debug)]
pub struct Cell {
    text: String,
    ink: Option<Ink>,
}

/// Between two columns.
const GAP: usize = 2;

impl Column {
    /// A column; of those that do not fit the ones of least importance go.
    pub fn new(title: &str, importance: u8) -> Self {
        Self { title: title.to_owned(), importance, left: false }
    }

    /// A column that stays.
    pub fn fixed(title: &str) -> Self {
        Self::new(title, u8::MAX)
    }

    /// The same with its cells to the left.
    pub fn left(self) -> Self {
        Self { left: true, ..self }
    }

    /// A column of names, which stays.
    pub fn names(title: &str) -> Self {
        Self::fixed(title).left()
    }
}

impl<T: Into<String>> From<T> for Cell {
    fn from(text: T) -> Self {
        Self { text: text.into(), ink: None }
    }
}

impl Cell {
    /// The same, coloured.
    pub fn ink(self, ink: Option<Ink>) -> Self {
        Self { ink, ..self }
    }
}

impl Table {
    /// A table without lines.
    pub fn new(columns: Vec<Column>) -> Self {
        Self { columns, lines: Vec::new() }
    }

    /// Adds a line: a cell for every column.
    pub fn line(&mut self, cells: Vec<Cell>) {
        assert_eq!(cells.len(), self.columns.len(), "a cell for every column");
        self.lines.push(cells);
    }

    /// Whether there is room for all columns.
    pub fn fits(&self, screen: Screen) -> bool {
        let widths = self.widths(&self.cells(screen));
        self.fitting(&widths, screen.columns()).len() == widths.len()
            && widths.iter().map(|width| width + GAP).sum::<usize>() <= screen.columns() + GAP
    }

    /// Titles and lines, names cut to their room.
    fn cells(&self, screen: Screen) -> Vec<Vec<Cell>> {
        let longest_name = screen.columns() / 3;
        let titles =
            self.columns.iter().map(|c| Cell::from(c.title.clone()).ink(Some(Ink::Header)));
        let mut lines: Vec<Vec<Cell>> = vec![titles.collect()];
        lines.extend(self.lines.iter().cloned());
        for line in &mut lines {
            let name = printable(&line[0].text);
            line[0].text = truncate_str(&name, longest_name, "…").into_owned();
        }
        lines
    }

    fn widths(&self, lines: &[Vec<Cell>]) -> Vec<usize> {
        let width = |at: usize| lines.iter().map(|line| width_of(&line[at].text)).max();
        (0..self.columns.len()).map(|at| width(at).unwrap_or(0)).collect()
    }

    /// The table as it fits.
    pub fn render(&self, screen: Screen) -> String {
        let lines = self.cells(screen);
        let widths = self.widths(&lines);
        let shown = self.fitting(&widths, screen.columns());
        let mut out = String::new();
        for line in &lines {
            let cells: Vec<String> = shown
                .iter()
                .map(|&at| padded(&line[at], widths[at], self.columns[at].left, screen))
                .collect();
            out.push_str(cells.join(&" ".repeat(GAP)).trim_end());
            out.push('\n');
        }
        out
    }

    /// Places of the columns that fit.
    fn fitting(&self, widths: &[usize], width: usize) -> Vec<usize> {
        let mut shown: Vec<usize> = (0..widths.len()).collect();
        loop {
            let taken: usize = shown.iter().map(|&at| widths[at] + GAP).sum();
            let least =
                shown.iter().enumerate().min_by_key(|&(_, &at)| self.columns[at].importance);
            match least {
                Some((place, &at))
                    if taken > width + GAP && self.columns[at].importance < u8::MAX =>
                {
                    shown.remove(place);
                }
                _ => return shown,
            }
        }
    }
}

/// Padded before it is painted: the codes take no room.
fn padded(cell: &Cell, width: usize, left: bool, screen: Screen) -> String {
    let pad = " ".repeat(width - width_of(&cell.text));
    let text = match cell.ink {
        Some(ink) if !cell.text.is_empty() => screen.paint(ink, &cell.text),
        _ => cell.text.clone(),
    };
    if left { text + &pad } else { pad + &text }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample() -> Table {
        let columns = vec![
            Column::names("name"),
            Column::fixed("a"),
            Column::new("bb", 1),
            Column::new("c", 2),
        ];
        let mut table = Table::new(columns);
        table.line(vec!["x".into(), "1".into(), "22".into(), "3".into()]);
        table.line(vec!["temperature".into(), "1000".into(), "2".into(), "33".into()]);
        table
    }

    fn at(width: usize) -> Screen {
        Screen { width: Some(width), ..Screen::PLAIN }
    }

    #[test]
    fn the_least_important_column_goes_first() {
        let whole = "name            a  bb   c\n\
                     x               1  22   3\n\
                     temperature  1000   2  33\n";
        assert_eq!(sample().render(Screen::PLAIN), whole);
        // 33 columns: a third of them is the room for names.
        assert_eq!(sample().render(at(33)), whole);
        let narrow = sample().render(at(24));
        assert_eq!(
            narrow,
            "name         a  bb   c\nx            1  22   3\ntempera…  1000   2  33\n"
        );
        let narrower = sample().render(at(18));
        assert_eq!(narrower, "name       a   c\nx          1   3\ntempe…  1000  33\n");
        assert!(sample().render(at(5)).contains("1000"), "what is fixed stays");
    }

    #[test]
    fn lines_stay_aligned_in_colour_and_in_wide_letters() {
        let mut table = Table::new(vec![Column::names("名"), Column::fixed("n")]);
        table.line(vec!["温度計".into(), Cell::from("1").ink(Some(Ink::Good))]);
        table.line(vec!["\u{1b}[2J".into(), "12".into()]);
        assert_eq!(table.render(at(60)), "名          n\n温度計      1\n\\u{1b}[2J  12\n");
        let coloured = table.render(Screen { colour: true, ..at(60) });
        assert!(coloured.contains(" \u{1b}[32m1\u{1b}[0m\n"), "{coloured:?}");
    }
}
