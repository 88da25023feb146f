//! Prose in lines of a given width.

use console::measure_text_width as width_of;

/// The text in lines of at most `width` columns, all but the first indented by `hang`. Words are never cut:
/// one that is too long stands alone on a line of its own.
pub fn wrap(text: &str, width: usize, hang: usize) -> String {
    let mut out = String::new();
    let mut used = 0;
    let words: Vec<&str> = text.split(' ').collect();
    for word in words.chunk_by(|number, word| is_unit_of(number, word)) {
        let word = &word.join(" ");
        let size = width_of(word);
        if !out.is_empty() && used + 1 + size > width && used > hang {
            out.push('\n');
            out.push_str(&" ".repeat(hang));
            used = hang;
        } else if !out.is_empty() {
            out.push(' ');
            used += 1;
        }
        out.push_str(word);
        used += size;
    }
    out
}

/// A number keeps its unit, and what stands after that: `12 %,`.
fn is_unit_of(number: &str, word: &str) -> bool {
    const UNITS: [&str; 10] = ["%", "ms", "s", "min", "h", "d", "B", "KiB", "MiB", "GiB"];
    let unit = word.trim_end_matches([',', ';', ':', '.', ')']);
    number.ends_with(|c: char| c.is_ascii_digit()) && UNITS.contains(&unit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_no_wider_than_asked_for() {
        let text = "- the quick brown fox jumps over the lazy dog";
        assert_eq!(wrap(text, 80, 2), text);
        assert_eq!(wrap(text, 20, 2), "- the quick brown\n  fox jumps over the\n  lazy dog");
        for width in 8..50 {
            assert!(wrap(text, width, 2).lines().all(|line| width_of(line) <= width), "{width}");
            assert_eq!(wrap(text, width, 0).replace('\n', " "), text);
        }
    }

    #[test]
    fn a_number_keeps_its_unit() {
        assert_eq!(wrap("by 12 % lower", 5, 0), "by\n12 %\nlower");
        assert_eq!(wrap("after 3 min, or 4 days", 6, 0), "after\n3 min,\nor 4\ndays");
    }

    #[test]
    fn a_word_is_never_cut_and_wide_letters_count_twice() {
        assert_eq!(
            wrap("see a/very/long/path.csv there", 10, 1),
            "see\n a/very/long/path.csv\n there"
        );
        assert_eq!(wrap("温度 温度 温度", 9, 0), "温度 温度\n温度");
    }
}
