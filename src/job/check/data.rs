//! The section on files, series, times and the split.

use super::layout::{Page, Side, indented, table};
use crate::config::{Config, State};
use crate::data::Timeline;
use crate::data::audit::{Audit, PartName, Place, parts};
use crate::data::time::about_text;
use crate::data::{Dataset, PartRows, Table};
use crate::error::shown_path;
use crate::job::prepare::Prepared;
use crate::text::{counted, printable, thousands};

/// Files that are listed one by one.
const FILES: usize = 6;
/// Names of columns that are listed.
const NAMES: usize = 12;

/// The whole section.
pub(super) fn data(config: &Config, prepared: &Prepared, audit: &Audit, page: Page) -> String {
    let mut out = "Data\n".to_owned();
    for (table, timeline) in prepared.dataset.tables().into_iter().zip(&audit.timelines) {
        out += &files(&prepared.dataset, table);
        out += &series(table);
        if let Some(timeline) = timeline {
            out += &times(&prepared.dataset, table, timeline, page);
        }
    }
    out.push('\n');
    out += &split(config, prepared);
    out + &left_out(config, prepared, page)
}

/// The files of a table; where each part has its own, with its name.
fn files(dataset: &Dataset, table: &Table) -> String {
    let part = part_of(dataset, table).filter(|_| dataset.tables().len() > 1);
    let part = part.map_or(String::new(), |part| format!(" ({})", part.text()));
    let line = |file: &crate::data::SourceFile| {
        format!("  file    {}: {}{part}\n", shown_path(&file.path), counted(file.rows, "row"))
    };
    let mut out: String = table.files.iter().take(FILES).map(line).collect();
    if table.files.len() > FILES {
        let more = table.files.len() - FILES;
        out += &format!("  files   {more} more, {} in all\n", counted(table.rows(), "row"));
    }
    out
}

/// The first part whose rows stand in a table.
fn part_of(dataset: &Dataset, table: &Table) -> Option<PartName> {
    let mut parts = parts(dataset).into_iter();
    parts.find(|(_, part)| std::ptr::eq(&*part.table, table)).map(|(name, _)| name)
}

fn series(table: &Table) -> String {
    if table.series.len() < 2 {
        return String::new();
    }
    let rows = || table.series.iter().map(|s| s.rows() as u64);
    let (shortest, longest) = (rows().min().unwrap_or(0), rows().max().unwrap_or(0));
    let of = if shortest == longest {
        format!("each of {}", counted(longest, "row"))
    } else {
        format!(
            "the shortest of {}, the longest of {}",
            thousands(shortest),
            counted(longest, "row")
        )
    };
    format!("  series  {}, {of}\n", thousands(table.series.len() as u64))
}

/// From when to when, how often, and where not.
fn times(dataset: &Dataset, table: &Table, timeline: &Timeline, page: Page) -> String {
    let mut text = format!("{} to {}", timeline.first, timeline.last);
    if let Some(step) = timeline.step {
        let usual = about_text(i128::from(step.nanos), timeline.kind);
        text += &match step.share {
            _ if step.weekdays => ", every weekday".into(),
            1.0 => format!(", every {usual}"),
            share if share >= 0.5 => {
                format!(", mostly every {usual} ({} %)", (1e3 * share).floor() / 10.0)
            }
            _ => format!(", about every {usual}"),
        };
    }
    let mut out = page.paragraph("  time    ", &printable(&text));
    let mut notes = Vec::new();
    let place = |series: usize, row: usize| {
        let place = part_of(dataset, table).map(|part| Place { part, series, row });
        place.map_or(String::new(), |place| line_and_time(dataset, place))
    };
    if let Some(gap) = timeline.longest_gap() {
        let longest = about_text(i128::from(gap.nanos), timeline.kind);
        let place = place(gap.series, gap.row);
        let missing: u64 = timeline.gaps.iter().map(|gap| gap.missing).sum();
        notes.push(match timeline.gaps.len() {
            1 => format!("1, of {longest} before {place}"),
            gaps => format!(
                "{} with {} missing, the longest of {longest} before {place}",
                thousands(gaps as u64),
                counted(missing, "row")
            ),
        });
    }
    if timeline.irregular > 0 {
        if notes.is_empty() {
            notes.push("none".into());
        }
        notes.push(format!("{} of another length", counted(timeline.irregular, "step")));
    }
    if let Some((series, row)) = timeline.first_disordered {
        let times = counted(timeline.disordered, "time");
        let first = if timeline.disordered == 1 { "at" } else { "the first at" };
        let text = format!("{times} not after the one before, {first} {}", place(series, row));
        out += &page.paragraph("  order   ", &text);
    }
    if !notes.is_empty() {
        out += &page.paragraph("  gaps    ", &notes.join("; "));
    }
    out
}

/// `line 812 (2024-03-01 14:00)`, with the file where there are several.
pub(super) fn line_and_time(dataset: &Dataset, place: Place) -> String {
    let time = place.time(dataset);
    let time = if time.is_empty() { String::new() } else { format!(" ({})", printable(time)) };
    let Some((file, line)) = place.line(dataset) else {
        return format!("row {}{time}", place.row + 1);
    };
    let tables = dataset.tables();
    let single = tables.len() == 1 && tables[0].files.len() == 1;
    let of = if single { String::new() } else { format!(" of {}", shown_path(&file.path)) };
    format!("line {line}{of}{time}")
}

/// Rows, times and uses of each part.
fn split(config: &Config, prepared: &Prepared) -> String {
    use Side::{Left, Right};
    let used = |name: &str| match (name, config.training.state, config.data.window) {
        ("train", State::Carry { .. }, Some(window)) => format!("in chunks of {}", window.length),
        ("train", _, Some(_)) => counted(prepared.windows(config).count(), "window"),
        ("train", _, None) => {
            format!("{} whole series", thousands(prepared.windows(config).count()))
        }
        _ => format!("{} scored", thousands(prepared.scored(config, name))),
    };
    let parts = parts(&prepared.dataset);
    let timed = parts.iter().any(|(_, part)| part.table.series.iter().any(|s| !s.times.is_empty()));
    let mut titles = vec![("part", Left), ("rows", Right)];
    titles.extend(if timed { vec![("first", Left), ("last", Left)] } else { Vec::new() });
    titles.push(("used", Right));
    let mut lines = table(&titles);
    for (name, part) in parts {
        let (name, (first, last)) = (name.text(), extent(part));
        let mut line = vec![name.into(), thousands(part.rows()).into()];
        line.extend(if timed { vec![first.into(), last.into()] } else { Vec::new() });
        line.push(used(name).into());
        lines.line(line);
    }
    indented(&lines)
}

/// The first and last time of a part.
fn extent(part: &PartRows) -> (String, String) {
    let dated = || {
        let pairs = part.table.series.iter().zip(&part.ranges);
        pairs.filter(|(s, range)| !s.times.is_empty() && !range.is_empty())
    };
    let first = dated().min_by_key(|(s, range)| s.times[range.start]);
    let last = dated().max_by_key(|(s, range)| s.times[range.end - 1]);
    let first = first.map_or("", |(s, range)| s.time_text(range.start));
    let last = last.map_or("", |(s, range)| s.time_text(range.end - 1));
    (printable(first), printable(last))
}

/// Rows that are read and not used, a line per reason.
fn left_out(config: &Config, prepared: &Prepared, page: Page) -> String {
    let mut reasons: Vec<(&str, Vec<String>)> = Vec::new();
    let mut note = |reason, text| match reasons.iter_mut().find(|(known, _)| *known == reason) {
        Some((_, texts)) => texts.push(text),
        None => reasons.push((reason, vec![text])),
    };
    for (reason, rows) in prepared.row_counts(config).1 {
        note(reason, format!("{} no input", counted(rows, "train row")));
    }
    for part in ["valid", "test"] {
        for (reason, rows) in prepared.predictions(config, part).1 {
            note(reason, format!("{} not scored", counted(rows, &format!("{part} prediction"))));
        }
    }
    if prepared.dataset.left_out > 0 {
        note("in no part of the split", counted(prepared.dataset.left_out, "row"));
    }
    let line = |(reason, texts): (&str, Vec<String>)| format!("{}: {reason}", texts.join(", "));
    let lines = reasons.into_iter().map(line).enumerate();
    lines
        .map(|(k, line)| page.paragraph(if k == 0 { "  unused  " } else { "          " }, &line))
        .collect()
}

/// The columns that no key names.
pub(super) fn unused_columns(prepared: &Prepared, page: Page) -> String {
    let roles = &prepared.encoder.roles;
    let mut unused: Vec<&String> = Vec::new();
    let series = roles.series_names();
    for file in prepared.dataset.tables().into_iter().flat_map(|table| &table.files) {
        let free = file.header.iter().filter(|name| {
            !roles.columns.contains(name)
                && roles.time.as_ref().is_none_or(|time| time.column != **name)
                && !series.contains(name)
        });
        for name in free {
            if !unused.contains(&name) {
                unused.push(name);
            }
        }
    }
    if unused.is_empty() {
        return String::new();
    }
    let shown: Vec<String> = unused.iter().take(NAMES).map(|n| crate::error::shown(n)).collect();
    let more = if unused.len() > NAMES { ", …" } else { "" };
    let text = format!("{}: {}{more}", counted(unused.len() as u64, "column"), shown.join(", "));
    page.paragraph("  not used  ", &text)
}
