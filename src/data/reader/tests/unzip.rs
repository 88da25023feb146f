//! Gzip files: the same records and lines as the text in them, and what a damaged one is told.

use super::*;

#[test]
fn a_gzip_file_is_read_like_the_text_in_it() {
    let text = b"a,b\r\n1,\"2\n3\"\r\n\r\n4,5\"\n6,7";
    let packed = gzip(text);
    for step in [1, 2, 3, 1 << 16] {
        assert_eq!(outcome_of(Trickle { text: &packed, step }), outcome_of(&text[..]));
    }
    let joined = [gzip(b"a,b\n1,2\n"), gzip(b"3,4\n")].concat();
    assert_eq!(outcome_of(&joined[..]), outcome_of(&b"a,b\n1,2\n3,4\n"[..]));
}

#[test]
fn a_byte_like_the_first_of_gzip_is_text() {
    assert_eq!(rows_of("\u{1f}"), [(1, "\u{1f}".to_owned())]);
    assert_eq!(rows_of("\u{1f}a\n2"), [(1, "\u{1f}a".to_owned()), (2, "2".to_owned())]);
}

#[test]
fn a_damaged_gzip_file_is_no_shorter_table() {
    let text: String = (0..20_000).map(|k| format!("{k},{}\n", k * k % 977)).collect();
    let packed = gzip(text.as_bytes());
    let mut flipped = packed.clone();
    *flipped.last_mut().unwrap() ^= 1;
    let cut = |length: usize| packed[..length].to_vec();
    for damaged in [cut(2), cut(12), cut(packed.len() / 2), cut(packed.len() - 1), flipped] {
        let outcome = outcome_of(&damaged[..]);
        assert_eq!(outcome.errors.len(), 1, "{:?}", outcome.errors);
        let line = outcome.rows.last().map_or(1, |(line, _)| line + 1);
        let expected = format!("data.csv:{line}: gzip file is cut off or damaged");
        assert!(outcome.errors[0].starts_with(&expected), "{:?}", outcome.errors);
    }
}
