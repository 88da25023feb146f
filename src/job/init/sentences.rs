//! What a person is told beside a starter config: plain sentences on the file and on what was chosen.

use super::choice::Choice;
use super::plan::Plan;
use crate::config::{HeaderBy, TimeFormat};
use crate::data::survey::{Clock, ColumnSurvey, Disorder, Kind, Survey};
use crate::error::{shown, shown_path};
use crate::text::{counted, thousands};

/// Names in a list; of more, the number is told.
const NAMES: usize = 12;

/// On what the file holds.
pub(super) fn on_data(survey: &Survey) -> Vec<String> {
    let mut said = vec![rows(survey)];
    said.extend(marks(survey));
    if survey.header == HeaderBy::Places {
        said.push(
            "the first line looks like data, so columns are called by their places, \"1\", \"2\"… (\"header\": false); a \
             list of names in its place names them"
                .to_owned(),
        );
    }
    if let Some(time) = &survey.time {
        said.extend(form(survey, time));
        said.extend(gaps(time));
        said.extend(disorder(survey, time));
    } else {
        said.push(
            "no column tells the time: rows are taken in the order of the file, and times are counted in rows"
                .to_owned(),
        );
        said.extend(other_times(survey));
        said.extend(standing_times(survey));
    }
    said
}

/// `/data/x.csv: 14,400 rows, one every hour from 2024-01-01 to 2025-08-22`
fn rows(survey: &Survey) -> String {
    let mut text = format!("{}: {} rows", shown_path(&survey.path), thousands(survey.rows));
    if !survey.series.is_empty() {
        let names: Vec<String> =
            survey.series.iter().map(|&place| shown(&survey.columns[place].name)).collect();
        let extent = survey.extent;
        text += &format!(
            " in {} series by {} ({} rows each)",
            thousands(extent.series),
            names.join(" and "),
            range(extent.shortest, extent.longest)
        );
    }
    if let Some(time) = &survey.time {
        text += &times(time, &shown(&survey.columns[time.column].name));
    }
    text
}

/// `, one every hour, from 2024-01-01 to 2025-08-22 by "time"`
fn times(time: &Clock, name: &str) -> String {
    let timeline = &time.timeline;
    let (first, last) = (timeline.first.escape_debug(), timeline.last.escape_debug());
    let ends = format!(", from {first} to {last} by {name}");
    let Some(step) = timeline.step else { return ends };
    let mostly = if step.share < 0.999 { "mostly " } else { "" };
    let usual = time.span(step.nanos.into());
    match time.step() {
        None => format!(", {name} from {first} to {last}, {mostly}in steps of {usual}"),
        _ if step.weekdays => format!(", one every weekday{ends}"),
        _ if time.is_monthly() => format!(", one every month{ends}"),
        _ => format!(", {mostly}one every {usual}{ends}"),
    }
}

fn range(least: u64, most: u64) -> String {
    if least == most {
        return thousands(most);
    }
    format!("{} to {}", thousands(least), thousands(most))
}

/// The delimiter and the decimal mark, where they are not the usual ones.
fn marks(survey: &Survey) -> Option<String> {
    let (delimiter, decimal) = (survey.dialect.delimiter, survey.dialect.decimal);
    let name = match delimiter {
        b'\t' => "tabs".to_owned(),
        b',' => "commas".to_owned(),
        other => format!("\"{}\"", char::from(other)),
    };
    match (delimiter, decimal) {
        (b',', b'.') => None,
        (_, b'.') => Some(format!("cells are separated by {name}")),
        (_, _) => Some(format!("cells are separated by {name}, decimals stand after a comma")),
    }
}

fn gaps(time: &Clock) -> Option<String> {
    const RUN: &str = "as if nothing were missing";
    let (timeline, line) = (&time.timeline, time.gap_line?);
    let gap = timeline.longest_gap()?;
    let gap = format!("{} before line {line}", time.span(gap.nanos.into()));
    let step = timeline.step?;
    Some(match timeline.gaps.len() as u64 {
        _ if step.share < 0.5 => {
            "rows come at uneven times; the network counts rows, not time".into()
        }
        1 => format!("one gap of {gap}; windows run across it {RUN}"),
        count => {
            format!(
                "{} gaps, the longest of {gap}; windows run across them {RUN}",
                thousands(count)
            )
        }
    })
}

fn disorder(survey: &Survey, time: &Clock) -> Option<String> {
    let name = shown(&survey.columns[time.column].name);
    let place = |line: u64| match time.timeline.disordered {
        1 => format!("once, at line {line}"),
        count => format!("{} times, first at line {line}", thousands(count)),
    };
    Some(match time.order {
        Disorder::None => return None,
        Disorder::Sort => format!(
            "{name} does not go from the oldest row to the newest: \"order\": \"sort\" sorts the rows; for a stream they \
             have to come in order (rnn-predict --order error)"
        ),
        Disorder::Twice => format!(
            "{name} stands still {}: \"duplicates\": \"first\" takes the first row of each time",
            place(time.disorder_line?)
        ),
        Disorder::SetBack => format!(
            "{name} stands still or goes back {}: \"order\": \"ignore\" takes the rows as they stand in the file; if that \
             is wrong, \"sort\" sorts them",
            place(time.disorder_line?)
        ),
    })
}

/// How times are written, where that had to be found out.
fn form(survey: &Survey, time: &Clock) -> Option<String> {
    let TimeFormat::Pattern(pattern) = &time.format else { return None };
    let column = &survey.columns[time.column];
    let other = column.forms().get(1).map(|other| {
        format!(" (it could be {}, too: the day and the month are never above 12)", shown(other))
    });
    let name = shown(&column.name);
    Some(format!("{name} is written as {}{}", shown(pattern), other.unwrap_or_default()))
}

/// A column of times under which rows do not go up.
fn standing_times(survey: &Survey) -> Option<String> {
    let column = survey.columns.iter().find(|column| column.kind() == Kind::Time)?;
    Some(format!(
        "column {} holds times, but many do not come after the one before, and no column tells series apart: sort the \
         rows, or give each series a name in a column of its own",
        shown(&column.name)
    ))
}

/// Columns that look like times but cannot be read as such.
fn other_times(survey: &Survey) -> Option<String> {
    let other = |column: &&ColumnSurvey| column.kind() == Kind::OtherTime;
    let column = survey.columns.iter().find(other)?;
    let example = column.first_odd.as_ref().map_or(String::new(), |odd| format!(" ({})", odd.text));
    Some(format!(
        "column {} looks like a time{example}, but is not written as 2024-03-01 14:00:00; rewrite it to have it as \
         data.time, or see it beside the predictions with rnn-predict --keep",
        shown(&column.name)
    ))
}

/// On what was chosen.
pub(super) fn on_choice(survey: &Survey, choice: &Choice, plan: &Plan) -> Vec<String> {
    let mut said = Vec::new();
    if choice.guessed {
        said.push(format!(
            "no --target given: the last number column, {}, is forecast",
            listed(&choice.targets)
        ));
    }
    if choice.fill {
        let used = choice.inputs.iter().filter_map(|name| survey.column(name));
        let empty: u64 = used.map(|column| column.empty).sum();
        let (cells, are) =
            (counted(empty, "empty cell"), if empty == 1 { "takes" } else { "take" });
        said.push(format!("{cells} {are} the last value of the column (\"missing\": \"ffill\")"));
    }
    said.push(forecast(survey, choice, plan));
    let others = &choice.inputs[choice.targets.len()..];
    if !others.is_empty() {
        let (are, them) =
            if others.len() == 1 { ("is an input", "it") } else { ("are inputs", "them") };
        said.push(format!(
            "{} {are} too: with {them} a linear forecast errs {:.0} % less on the validation rows",
            listed(others),
            100.0 * choice.gain.unwrap_or_default()
        ));
    }
    if !choice.candidates.is_empty() {
        said.push(match choice.gain {
            Some(_) => format!(
                "no inputs, because a linear forecast gains nothing from them: {}; to try them all the same, add \
                 them to data.inputs",
                listed(&choice.candidates)
            ),
            None => format!(
                "number columns that could be inputs too: {}; add them to data.inputs and compare",
                listed(&choice.candidates)
            ),
        });
    }
    if !choice.unusable.is_empty() {
        let reason = |(name, reason): &(String, String)| format!("{} {reason}", shown(name));
        let reasons: Vec<String> = choice.unusable.iter().map(reason).collect();
        said.push(format!("not used: {}", reasons.join("; ")));
    }
    said
}

/// `"OT" is forecast 24 rows (1 d) ahead from 168 rows (7 d) of its own past`
fn forecast(survey: &Survey, choice: &Choice, plan: &Plan) -> String {
    let span = |rows: usize| {
        let row = counted(rows as u64, "row");
        let time = survey.time.as_ref().filter(|time| time.step().is_some());
        let even = time.filter(|time| !time.is_weekdays() && !time.is_monthly());
        match even.and_then(|time| Some((time, time.timeline.step?))) {
            Some((time, step)) => {
                format!("{row} ({})", time.span(i128::from(step.nanos) * rows as i128))
            }
            None => row,
        }
    };
    let (one, names) = (choice.targets.len() == 1, listed(&choice.targets));
    let whose = match choice.inputs.len() {
        count if count > choice.targets.len() => format!("of {count} columns"),
        _ if one => "of its own past".to_owned(),
        _ => "of their own past".to_owned(),
    };
    format!(
        "{names} {} forecast {} ahead from {} {whose}",
        if one { "is" } else { "are" },
        span(plan.horizon),
        span(plan.window)
    )
}

/// `"a", "b"`
fn listed(names: &[String]) -> String {
    let first: Vec<String> = names.iter().take(NAMES).map(|name| shown(name)).collect();
    let more = names.len().saturating_sub(NAMES);
    let rest = if more > 0 { format!(" and {more} more") } else { String::new() };
    format!("{}{rest}", first.join(", "))
}
