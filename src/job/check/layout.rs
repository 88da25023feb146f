//! Plain text in columns and paragraphs.

/// Text is filled up to here.
const WIDTH: usize = 80;
/// A column name is cut behind this.
const NAME: usize = 24;

/// Which side the cells of a column stand at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Side {
    /// Words.
    Left,
    /// Numbers.
    Right,
}

/// Rows of cells, each column as wide as its widest cell, two spaces between, indented.
pub(super) fn table(sides: &[Side], rows: &[Vec<String>]) -> String {
    let width = |column: usize| {
        let cells = rows.iter().filter_map(|row| row.get(column));
        cells.map(|cell| cell.chars().count()).max().unwrap_or(0)
    };
    let widths: Vec<usize> = (0..sides.len()).map(width).collect();
    let mut out = String::new();
    for row in rows {
        let mut line = String::new();
        for (cell, (side, &width)) in row.iter().zip(sides.iter().zip(&widths)) {
            line += "  ";
            line += &match side {
                Side::Left => format!("{cell:width$}"),
                Side::Right => format!("{cell:>width$}"),
            };
        }
        out += line.trim_end();
        out.push('\n');
    }
    out
}

/// Words filled into lines, the first behind `mark`, the others indented as far.
pub(super) fn paragraph(mark: &str, text: &str) -> String {
    let indent = mark.chars().count();
    let (mut out, mut length) = (mark.to_owned(), indent);
    let words: Vec<&str> = text.split(' ').collect();
    for (place, pair) in words.chunk_by(|number, word| belongs_to(number, word)).enumerate() {
        let word = pair.join(" ");
        let word_length = word.chars().count();
        if place > 0 && length + 1 + word_length > WIDTH {
            out = out.trim_end().to_owned() + "\n" + &" ".repeat(indent);
            length = indent;
        } else if place > 0 {
            out.push(' ');
            length += 1;
        }
        out += &word;
        length += word_length;
    }
    out + "\n"
}

/// A unit stays on the line of its number.
fn belongs_to(number: &str, word: &str) -> bool {
    const UNITS: [&str; 10] = ["%", "s", "ms", "min", "h", "d", "B", "KiB", "MiB", "GiB"];
    let unit = word.trim_end_matches([',', ';', ':', ')', '.']);
    number.ends_with(|c: char| c.is_ascii_digit()) && UNITS.contains(&unit)
}

/// A name of the user's for a table: safe to print, long ones cut.
pub(super) fn name(name: &str) -> String {
    let safe = name.escape_debug().to_string();
    if safe.chars().count() <= NAME {
        return safe;
    }
    safe.chars().take(NAME - 1).chain(['…']).collect()
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
    fn columns_are_aligned_and_lines_end_with_text() {
        let rows = [
            vec!["a".into(), "1".into(), "x".into()],
            vec!["bcd".into(), "23".into(), String::new()],
        ];
        let text = table(&[Side::Left, Side::Right, Side::Left], &rows);
        assert_eq!(text, "  a     1  x\n  bcd  23\n");
    }

    #[test]
    fn paragraphs_are_filled_and_hang() {
        let text = paragraph("  - ", &"word ".repeat(30));
        assert!(text.lines().all(|line| line.len() <= WIDTH), "{text}");
        assert!(text.lines().skip(1).all(|line| line.starts_with("    w")), "{text}");
        assert_eq!(text.lines().count(), 2);
        let text = paragraph("", &("word ".repeat(15) + "x 100 % more"));
        assert_eq!(text.lines().nth(1), Some("100 % more"));
    }

    #[test]
    fn long_names_are_cut_and_made_safe() {
        assert_eq!(name("a\u{1b}b"), "a\\u{1b}b");
        assert_eq!(name(&"x".repeat(40)).chars().count(), NAME);
    }

    #[test]
    fn shares() {
        assert_eq!([0.0, 0.0021, 0.5].map(percent), ["0 %", "0.2 %", "50 %"]);
    }
}
