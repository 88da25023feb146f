//! Small helpers for messages.

/// `8192` as `8,192`.
pub(super) fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::new();
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// Text that came from a file, safe to print: control characters escaped, at most 160 characters.
pub(super) fn printable(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars().take(160) {
        match c {
            '"' | '\'' => out.push(c),
            c => out.extend(c.escape_debug()),
        }
    }
    if text.chars().nth(160).is_some() {
        out.push('…');
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_grouped() {
        let groups = [(0, "0"), (999, "999"), (1203, "1,203"), (1_000_000, "1,000,000")];
        for (number, text) in groups {
            assert_eq!(grouped(number), text);
        }
    }

    #[test]
    fn text_of_a_file_cannot_move_the_cursor() {
        assert_eq!(printable("a\u{1b}[2J \"b\"\n"), "a\\u{1b}[2J \"b\"\\n");
        assert_eq!(printable(&"x".repeat(500)).chars().count(), 161);
    }
}
