//! Prose in lines of a given width.

use console::measure_text_width as width_of;

/// The text in lines of at most `width` columns, all but the first indented by `hang`. Words are never cut:
/// one that is too long stands alone on a line of its own.
pub fn wrap(text: &str, width: usize, hang: usize) -> String {
    // A number keeps its sign.
    let text = text.replace(" %", "\u{a0}%");
    let mut out = String::new();
    let mut used = 0;
    for word in text.split(' ') {
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
    out.replace("\u{a0}%", " %")
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
    fn a_number_keeps_its_sign() {
        assert_eq!(wrap("by 12 % lower", 5, 0), "by\n12 %\nlower");
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
