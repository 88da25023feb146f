//! Numbers as people read them; used wherever something is told.

/// `12,345,678`
pub fn thousands(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// `1 empty cell`, `1,234 empty cells`
pub fn counted(number: u64, what: &str) -> String {
    format!("{} {what}{}", thousands(number), if number == 1 { "" } else { "s" })
}

/// Four significant digits, without an exponent where that is readable; large numbers in threes.
pub fn short(x: f64) -> String {
    let size = x.abs();
    if size == 0.0 {
        return "0".into();
    }
    if !(1e-4..1e7).contains(&size) {
        return format!("{x:.3e}");
    }
    if size >= 999.5 {
        let sign = if x < 0.0 { "-" } else { "" };
        return sign.to_owned() + &thousands(size.round_ties_even() as u64);
    }
    let mut digits = 3usize;
    let mut bound = 10.0;
    while size >= bound && digits > 0 {
        digits -= 1;
        bound *= 10.0;
    }
    let mut bound = 1.0;
    while size < bound {
        digits += 1;
        bound /= 10.0;
    }
    format!("{x:.digits$}")
}

/// `0.4 ms`, `35 ms`, `9.4 s`, `125 s`, `34 min`, `2.5 h`
pub fn seconds(seconds: f64) -> String {
    match seconds {
        s if s < 0.00095 => format!("{} ms", (1e5 * s).ceil() / 100.0),
        s if s < 0.0095 => format!("{:.1} ms", 1e3 * s),
        s if s < 0.095 => format!("{:.0} ms", 1e3 * s),
        s if s < 100.0 => format!("{s:.1} s"),
        s if s < 1_000.0 => format!("{s:.0} s"),
        s if s < 6_000.0 => format!("{:.0} min", s / 60.0),
        s => format!("{:.1} h", s / 3600.0),
    }
}

/// The same without zeros that say nothing: `0.003`, not `0.003000`.
pub fn shortest(x: f64) -> String {
    let text = short(x);
    match text.split_once('e') {
        None if text.contains('.') => text.trim_end_matches('0').trim_end_matches('.').to_owned(),
        None => text,
        Some((digits, exponent)) => {
            format!("{}e{exponent}", digits.trim_end_matches('0').trim_end_matches('.'))
        }
    }
}

/// Text that came from outside, safe to print: control characters and marks of direction are escaped.
pub fn printable(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if c.is_control() || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}') {
            out.extend(c.escape_unicode());
        } else {
            out.push(c);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_stand_in_threes() {
        assert_eq!(thousands(0), "0");
        assert_eq!(thousands(999), "999");
        assert_eq!(thousands(1_203), "1,203");
        assert_eq!(thousands(1_000_000), "1,000,000");
        assert_eq!(thousands(1_234_567), "1,234,567");
    }

    #[test]
    fn one_is_not_many() {
        assert_eq!(counted(1, "row"), "1 row");
        assert_eq!(counted(0, "row"), "0 rows");
        assert_eq!(counted(1_234, "row"), "1,234 rows");
    }

    #[test]
    fn four_digits() {
        for (x, text) in [
            (0.0, "0"),
            (1.9, "1.900"),
            (12.345, "12.35"),
            (1234.5, "1,234"),
            (-999.7, "-1,000"),
            (0.0041, "0.004100"),
            (0.5, "0.5000"),
            (123_456.7, "123,457"),
            (1e9, "1.000e9"),
        ] {
            assert_eq!(short(x), text);
        }
    }

    #[test]
    fn times_for_people() {
        for (time, text) in [
            (0.00041, "0.41 ms"),
            (0.0041, "4.1 ms"),
            (0.041, "41 ms"),
            (0.41, "0.4 s"),
            (1.5, "1.5 s"),
            (125.0, "125 s"),
            (2040.0, "34 min"),
            (9000.0, "2.5 h"),
        ] {
            assert_eq!(seconds(time), text);
        }
    }

    #[test]
    fn zeros_that_say_nothing_go() {
        for (x, text) in [
            (0.003, "0.003"),
            (2.0, "2"),
            (100.0, "100"),
            (1000.0, "1,000"),
            (3.0e-5, "3e-5"),
            (5.111e-5, "5.111e-5"),
            (0.0, "0"),
        ] {
            assert_eq!(shortest(x), text);
        }
    }

    #[test]
    fn nothing_printed_can_move_the_cursor() {
        assert_eq!(printable("a\u{1b}[2J\u{202e}b"), "a\\u{1b}[2J\\u{202e}b");
        assert_eq!(printable("Größe 温度"), "Größe 温度");
    }
}
