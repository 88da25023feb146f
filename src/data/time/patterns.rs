//! Other forms of times than ISO 8601, to tell which one a file has. A guess, for hints and starter configs; the reader
//! itself never guesses.

use crate::config::time::read;
use crate::error::shown;

/// Days as people write them, those first of which there are most.
const DAYS: [&str; 18] = [
    "%d.%m.%Y",
    "%d/%m/%Y",
    "%m/%d/%Y",
    "%d.%m.%y",
    "%d/%m/%y",
    "%m/%d/%y",
    "%d-%m-%Y",
    "%m-%d-%Y",
    "%Y/%m/%d",
    "%Y.%m.%d",
    "%d %b %Y",
    "%d-%b-%Y",
    "%d-%b-%y",
    "%b %d, %Y",
    "%b %d %Y",
    "%d %B %Y",
    "%B %d, %Y",
    "%Y%m%d",
];

/// Hours, likewise.
const HOURS: [&str; 8] =
    ["", " %H:%M", " %H:%M:%S", "T%H:%M", "T%H:%M:%S", " %I:%M %p", " %I:%M:%S %p", " %H:%M:%S%.f"];

/// The patterns by which a text is a time: more than one where it is open which number is the day.
pub fn patterns(text: &str) -> Vec<String> {
    let text = text.trim_matches(' ');
    // Where seconds have no fraction, a pattern with one would read them too.
    let fraction = text.rsplit(':').next().is_some_and(|seconds| seconds.contains('.'));
    let all = DAYS.iter().flat_map(|day| HOURS.iter().map(move |hour| format!("{day}{hour}")));
    let fits =
        all.filter(|pattern| pattern.ends_with("%.f") == fraction || !pattern.contains("%S"));
    fits.filter(|pattern| read(pattern, text).is_ok()).collect()
}

/// Whether a text is a time by this pattern.
pub fn fits(pattern: &str, text: &str) -> bool {
    read(pattern, text.trim_matches(' ')).is_ok()
}

/// The message for a cell that is in none of the known forms.
pub(super) fn no_iso_time(text: &str) -> String {
    let fitting: Vec<String> =
        patterns(text).into_iter().map(|pattern| format!("\"{pattern}\"")).collect();
    let hint = (!fitting.is_empty()).then(|| {
        format!(
            "; say how it is written: {{\"column\": …, \"format\": {}}} in the place of data.time's name",
            fitting.join(" or ")
        )
    });
    let usual = "; write 2024-03-01 14:00:00, 2024-03-01T14:00:00Z, 2024-03-01 or a number, or leave out data.time \
                 to keep the order of the file";
    format!("{} is not a time{}", shown(text), hint.as_deref().unwrap_or(usual))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn other_forms_are_recognised() {
        for (text, expected) in [
            ("31.12.2024", &["%d.%m.%Y"][..]),
            ("31.12.24 05:30", &["%d.%m.%y %H:%M"]),
            ("3/14/2024", &["%m/%d/%Y"]),
            ("3/4/2024 17:05:09", &["%d/%m/%Y %H:%M:%S", "%m/%d/%Y %H:%M:%S"]),
            ("12/31/24 5:30 PM", &["%m/%d/%y %I:%M %p"]),
            ("2024/12/31", &["%Y/%m/%d"]),
            ("31-Dec-2024", &["%d-%b-%Y"]),
            ("31-Dec-24", &["%d-%b-%y"]),
            ("Dec 31, 2024 05:30", &["%b %d, %Y %H:%M"]),
            ("31 December 2024", &["%d %B %Y"]),
            ("20241231", &["%Y%m%d"]),
            ("31.12.2024 05:30:00.250", &["%d.%m.%Y %H:%M:%S%.f"]),
            ("yesterday", &[]),
            ("31.13.2024", &[]),
            ("12.5", &[]),
            ("", &[]),
        ] {
            assert_eq!(patterns(text), expected, "{text}");
        }
    }
}
