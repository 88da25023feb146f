//! Line ends and the sizes of reads must change nothing.

use super::*;

/// A text with `\n` line ends, often broken: quotes of every kind, blank lines, no last newline.
fn random_text(random: &mut Random) -> String {
    let pieces = [
        "1.5",
        "x",
        ",",
        ",",
        ",",
        "\n",
        "\n",
        "\n",
        "\n\n",
        "\"a\"",
        "\"a,b\"",
        "\"\"",
        "\"\"\"\"",
        "\"one\ntwo\"",
        "\"one\n\ntwo\"",
        "\"",
        "é",
        " ",
        "\0",
    ];
    (0..random.below(24)).map(|_| random.pick(&pieces)).collect()
}

/// The text with other line ends, one kind or (`None`) any at each place.
fn with_endings(text: &str, ending: Option<&str>, random: &mut Random) -> String {
    let mut result = String::new();
    let mut lines = text.split('\n').peekable();
    while let Some(line) = lines.next() {
        result += line;
        // "\r" and then an empty line's "\n" would be read as one line end, and rightly so.
        let after_return = result.ends_with('\r');
        if lines.peek().is_some() {
            let any = if after_return { ["\r", "\r\n"] } else { ["\n", "\r\n"] };
            let mixed = if random.below(3) == 0 { "\r" } else { random.pick(&any) };
            result += ending.unwrap_or(mixed);
        }
    }
    result
}

#[test]
fn records_and_error_lines_do_not_depend_on_line_ends() {
    let mut random = Random(1);
    let (mut rows, mut errors) = (0, 0);
    for _ in 0..2_000 {
        let text = random_text(&mut random);
        let expected = outcome_of(text.as_bytes());
        rows += expected.rows.len();
        errors += expected.errors.len();
        for ending in [Some("\r\n"), Some("\r"), None] {
            let other = with_endings(&text, ending, &mut random);
            let mut outcome = outcome_of(other.as_bytes());
            for field in outcome.rows.iter_mut().flat_map(|(_, fields)| fields) {
                *field = field.replace("\r\n", "\n").replace('\r', "\n");
            }
            assert_eq!(outcome, expected, "{other:?}");
        }
    }
    assert!(rows > 2_000 && errors > 400, "{rows} rows, {errors} errors");
}

#[test]
fn records_do_not_depend_on_the_size_of_reads() {
    let mut random = Random(2);
    for _ in 0..2_000 {
        let text = random_text(&mut random);
        let text = with_endings(&text, None, &mut random);
        let whole = outcome_of(text.as_bytes());
        for step in [1, 2, 3, 7] {
            let trickle = Trickle { text: text.as_bytes(), step };
            assert_eq!(outcome_of(trickle), whole, "{text:?} by {step}");
        }
    }
}

#[test]
fn every_physical_line_of_a_sound_file_is_counted() {
    for ending in ["\n", "\r\n", "\r"] {
        let text = "a,b\n\n1,2\n\n\n\"x\ny\",3\n4,5".replace('\n', ending);
        let lines: Vec<u64> = rows_of(&text).iter().map(|(line, _)| *line).collect();
        assert_eq!(lines, [1, 3, 6, 8], "{ending:?}");
    }
}

#[test]
fn records_across_the_borders_of_the_buffer_are_whole() {
    let cell = |row: usize| format!("{row}{}", "x".repeat(row * 37 % 301));
    let text: String = (0..3000).map(|row| format!("{},\"{0}\"\r\n", cell(row))).collect();
    let rows = rows_of(&text);
    assert!(text.len() > 4 * (1 << 16) && rows.len() == 3000);
    for (row, (line, fields)) in rows.iter().enumerate() {
        assert_eq!((*line, fields), (row as u64 + 1, &format!("{}|{0}", cell(row))));
    }
}
