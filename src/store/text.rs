//! Text of damaged or foreign files in messages.

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
    fn text_of_a_file_cannot_move_the_cursor() {
        assert_eq!(printable("a\u{1b}[2J \"b\"\n"), "a\\u{1b}[2J \"b\"\\n");
        assert_eq!(printable(&"x".repeat(500)).chars().count(), 161);
    }
}
