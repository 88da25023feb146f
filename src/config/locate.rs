//! Where a key stands in the text of a config, for errors that are found after parsing.
//!
//! A scanner, not a parser: it relies on text that has been parsed before and only has to skip over
//! what it is not asked for.

/// Line and column, from 1, of the key at `path` (`data.inputs[2].scale`), or of its nearest ancestor
/// that is written out; `None` if not even its section is.
pub(super) fn position(text: &str, path: &str) -> Option<(usize, usize)> {
    let mut scanner = Scanner { bytes: text.as_bytes(), at: 0 };
    let mut found = None;
    for segment in path.split(['.', '[']) {
        match scanner.enter(segment.trim_end_matches(']')) {
            Some(at) => found = Some(at),
            None => break,
        }
    }
    let before = &text[..found?];
    let line_start = before.rfind('\n').map_or(0, |end| end + 1);
    Some((before.matches('\n').count() + 1, before[line_start..].chars().count() + 1))
}

/// The byte serde_json points at; its columns count bytes from 1.
pub(super) fn byte_at(text: &str, line: usize, column: usize) -> Option<u8> {
    let line = text.split('\n').nth(line.checked_sub(1)?)?;
    line.as_bytes().get(column.checked_sub(1)?).copied()
}

struct Scanner<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl Scanner<'_> {
    fn peek(&mut self) -> u8 {
        while self.bytes.get(self.at).is_some_and(|byte| b" \t\r\n:,".contains(byte)) {
            self.at += 1;
        }
        self.bytes.get(self.at).copied().unwrap_or(b'}')
    }

    /// From the start of an object or list to the value of one of its keys or items; returns the offset
    /// of the key or item. Commas and colons count as space: the text is known to be valid.
    fn enter(&mut self, segment: &str) -> Option<usize> {
        let is_list = match self.peek() {
            b'{' => false,
            b'[' => true,
            _ => return None,
        };
        self.at += 1;
        for index in 0.. {
            if matches!(self.peek(), b'}' | b']') {
                return None;
            }
            let start = self.at;
            if is_list {
                if index.to_string() == segment {
                    return Some(start);
                }
            } else {
                self.skip_value();
                if self.bytes.get(start + 1..self.at - 1) == Some(segment.as_bytes()) {
                    return Some(start);
                }
                self.peek();
            }
            self.skip_value();
        }
        None
    }

    /// Past a string, number, word, object or list.
    fn skip_value(&mut self) {
        let mut depth = 0_usize;
        loop {
            match self.peek() {
                b'{' | b'[' => depth += 1,
                b'}' | b']' => depth = depth.saturating_sub(1),
                b'"' => self.skip_string(),
                _ => {
                    let rest = &self.bytes[self.at..];
                    let end = rest.iter().position(|byte| b" \t\r\n,:]}".contains(byte));
                    // One back: the common step below ends every value.
                    self.at += end.unwrap_or(rest.len()).saturating_sub(1);
                }
            }
            self.at += 1;
            if depth == 0 || self.at >= self.bytes.len() {
                return;
            }
        }
    }

    /// To the closing quote.
    fn skip_string(&mut self) {
        self.at += 1;
        while self.bytes.get(self.at).is_some_and(|byte| *byte != b'"') {
            self.at += if self.bytes[self.at] == b'\\' { 2 } else { 1 };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = r#"{
  "a": {"x": "}\"{", "b": [1, {"c": -2.5e3}, "é", {"d": null}]},
  "b":true, "e"
  : 7
}"#;

    #[test]
    fn keys_and_items_are_found_behind_everything_that_can_stand_before_them() {
        assert_eq!(position(TEXT, "a"), Some((2, 3)));
        assert_eq!(position(TEXT, "a.b"), Some((2, 22)));
        assert_eq!(position(TEXT, "a.b[1].c"), Some((2, 32)));
        assert_eq!(position(TEXT, "a.b[3].d"), Some((2, 52)));
        assert_eq!(position(TEXT, "b"), Some((3, 3)));
        assert_eq!(position(TEXT, "e"), Some((3, 13)));
    }

    #[test]
    fn what_is_not_written_out_is_shown_at_its_ancestor() {
        assert_eq!(position(TEXT, "a.b[9].c"), Some((2, 22)));
        assert_eq!(position(TEXT, "a.zzz"), Some((2, 3)));
        assert_eq!(position(TEXT, "e.f.g"), Some((3, 13)));
        assert_eq!(position(TEXT, "zzz"), None);
    }
}
