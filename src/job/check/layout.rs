//! Plain text in columns and paragraphs.

use crate::terminal::{Column, Screen, Table, wrap};

/// Every table and paragraph of the audit stands this far in.
const INDENT: usize = 2;

/// Prose is no wider than this, and no narrower behind its mark.
const WIDEST: usize = 100;
const LEAST: usize = 16;

/// Names of columns are cut behind this; no name of a tensor is as long.
const LONGEST_NAME: usize = 30;

/// A table without lines: names of columns of words, then of columns of figures, by their titles.
pub(super) fn table(titles: &[(&str, Side)]) -> Table {
    let column = |(title, side): &(&str, Side)| match side {
        Side::Left => Column::names(title),
        Side::Right => Column::fixed(title),
    };
    Table::new(titles.iter().map(column).collect())
}

/// Which side the cells of a column stand at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Side {
    /// Words.
    Left,
    /// Figures.
    Right,
}

/// The table's lines, indented.
pub(super) fn indented(table: &Table) -> String {
    // A table gives a third of its width to names. All columns stay, so that is all the width does.
    let text = table.render(Screen { width: Some(3 * LONGEST_NAME), ..Screen::PLAIN });
    text.lines().map(|line| format!("{:INDENT$}{line}\n", "")).collect()
}

/// What prose is filled into.
#[derive(Clone, Copy, Debug)]
pub(super) struct Page {
    width: usize,
}

impl Page {
    /// As wide as a screen; not so wide that lines are hard to read.
    pub(super) fn new(screen: Screen) -> Self {
        Self { width: screen.columns().min(WIDEST) }
    }

    /// Words filled into lines, the first behind `mark`, the others as far in.
    pub(super) fn paragraph(self, mark: &str, text: &str) -> String {
        let indent = mark.chars().count();
        let width = self.width.saturating_sub(indent).max(LEAST);
        let text = wrap(text, width, 0).replace('\n', &format!("\n{:indent$}", ""));
        format!("{mark}{text}\n")
    }
}

/// `3.2 %`, of a share.
pub(super) fn percent(share: f64) -> String {
    let percent = 100.0 * share;
    if percent == 0.0 || percent >= 9.95 {
        format!("{percent:.0} %")
    } else {
        format!("{percent:.1} %")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_are_indented_and_words_stand_left() {
        let mut table = table(&[("a", Side::Left), ("b", Side::Right), ("c", Side::Left)]);
        table.line(vec!["x".into(), "1".into(), "yes".into()]);
        table.line(vec!["yy".into(), "23".into(), "no".into()]);
        assert_eq!(indented(&table), "  a    b  c\n  x    1  yes\n  yy  23  no\n");
    }

    #[test]
    fn paragraphs_are_filled_and_hang() {
        let text = Page::new(Screen::PLAIN).paragraph("  - ", &["word"; 30].join(" "));
        assert!(text.lines().all(|line| line.len() <= 80), "{text}");
        let narrow = Page::new(Screen { width: Some(40), ..Screen::PLAIN });
        assert!(narrow.paragraph("  - ", &text).lines().all(|line| line.len() <= 40));
        assert!(text.lines().skip(1).all(|line| line.starts_with("    w")), "{text}");
        assert_eq!(text.lines().count(), 2);
    }

    #[test]
    fn shares() {
        assert_eq!([0.0, 0.0021, 0.5].map(percent), ["0 %", "0.2 %", "50 %"]);
    }
}
