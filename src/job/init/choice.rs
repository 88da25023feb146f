//! Which columns a starter config uses, and why the others are left out.

use crate::data::reader;
use crate::data::survey::{ColumnSurvey, Kind, OddCell, Survey};
use crate::error::{DataError, Error, Result, shown, shown_path};
use crate::text::{counted, thousands};

/// An input may lack so much of its cells.
const MOST_EMPTY: f64 = 0.2;

/// Reasons in one message.
const REASONS: usize = 6;

/// The columns in their roles.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Choice {
    pub(super) targets: Vec<String>,
    pub(super) inputs: Vec<String>,
    /// Number columns that could be inputs too.
    pub(super) candidates: Vec<String>,
    /// Columns that cannot be used, with the reason.
    pub(super) unusable: Vec<(String, String)>,
    /// Whether empty cells have to be filled.
    pub(super) fill: bool,
    /// What the inputs beside the targets take off a linear forecast's error; none where nothing was tried.
    pub(super) gain: Option<f64>,
    /// Whether the target was guessed.
    pub(super) guessed: bool,
}

impl Choice {
    /// The targets asked for, or the last number column; their own past as the input.
    pub(super) fn new(survey: &Survey, wanted: &[String]) -> Result<Self> {
        let targets = if wanted.is_empty() { vec![guess(survey)?] } else { wanted.to_vec() };
        for (at, name) in targets.iter().enumerate() {
            check_target(survey, name)?;
            if targets[..at].contains(name) {
                let message = format!("--target {} stands there twice; write it once", shown(name));
                return Err(Error::Usage(message));
            }
        }
        let mut choice = Self {
            inputs: targets.clone(),
            guessed: wanted.is_empty(),
            targets,
            ..Self::default()
        };
        for (place, column) in survey.columns.iter().enumerate() {
            if choice.targets.contains(&column.name) || role(survey, place).is_some() {
                continue;
            }
            match why_not(survey, column) {
                None => choice.candidates.push(column.name.clone()),
                Some(reason) => choice.unusable.push((column.name.clone(), reason)),
            }
        }
        choice.settle_fill(survey);
        Ok(choice)
    }

    /// The same with every candidate as an input.
    pub(super) fn with_candidates(&self, survey: &Survey) -> Self {
        let mut all = self.clone();
        all.take(&self.candidates, 0.0, survey);
        all
    }

    /// Takes candidates in as inputs, because they make a linear forecast's error smaller by `gain`.
    pub(super) fn take(&mut self, names: &[String], gain: f64, survey: &Survey) {
        self.gain = Some(gain);
        self.inputs.extend(names.iter().cloned());
        self.candidates.retain(|name| !names.contains(name));
        self.settle_fill(survey);
    }

    /// Columns that hold what the targets will be are no candidates, however well they do.
    pub(super) fn refuse_leaks<'a>(&mut self, names: impl Iterator<Item = &'a str>) {
        for name in names {
            self.candidates.retain(|candidate| candidate != name);
            let reason = "holds what the target will be in later rows, which is not known in time";
            self.unusable.push((name.to_owned(), reason.to_owned()));
        }
    }

    fn settle_fill(&mut self, survey: &Survey) {
        let used = self.inputs.iter().chain(&self.targets);
        self.fill = used.filter_map(|name| survey.column(name)).any(|column| column.empty > 0);
    }
}

/// What a column is for besides numbers.
fn role(survey: &Survey, place: usize) -> Option<&'static str> {
    if survey.time.as_ref().is_some_and(|time| time.column == place) {
        return Some("tells the time");
    }
    survey.series.contains(&place).then_some("names the series")
}

/// The last column that can be forecast.
fn guess(survey: &Survey) -> Result<String> {
    let mut reasons = Vec::new();
    for (place, column) in survey.columns.iter().enumerate().rev() {
        let role = role(survey, place).map(str::to_owned);
        match role.or_else(|| why_not(survey, column)) {
            None => return Ok(column.name.clone()),
            Some(reason) => reasons.insert(0, format!("{} {reason}", shown(&column.name))),
        }
    }
    let more = reasons.len().saturating_sub(REASONS);
    reasons.truncate(REASONS);
    let more = if more > 0 { format!("; and {more} more") } else { String::new() };
    Err(fault(survey, None, &format!("no column can be forecast: {}{more}", reasons.join("; "))))
}

fn stands_twice(survey: &Survey, column: &ColumnSurvey) -> bool {
    survey.columns.iter().filter(|other| other.name == column.name).count() > 1
}

/// Why a column cannot be a number input; none where it can.
fn why_not(survey: &Survey, column: &ColumnSurvey) -> Option<String> {
    let reason = match column.kind() {
        _ if column.name.is_empty() => "has no name".to_owned(),
        _ if stands_twice(survey, column) => "its name stands twice in the header".to_owned(),
        Kind::Empty => "is empty".to_owned(),
        _ if column.constant() => "has the same value in all rows".to_owned(),
        Kind::Time | Kind::OtherTime => "holds times that cannot be data.time".to_owned(),
        Kind::Text => match (&column.first_odd, column.distinct()) {
            (Some(odd), _) if !odd.is_word => format!("at line {}: {}", odd.line, odd.complaint),
            (_, Some(distinct)) => format!("holds words, {} different ones", thousands(distinct)),
            (_, None) => "holds words".to_owned(),
        },
        Kind::Slipped => {
            let place = |odd: &OddCell| format!(", first at line {}: {}", odd.line, odd.text);
            let odd = column.first_odd.as_ref().map(place);
            let cells = counted(column.odd, "cell");
            format!(
                "has no number in {cells}{}; mend or empty them to use it",
                odd.unwrap_or_default()
            )
        }
        Kind::Number if column.counts_rows() => "only counts the rows".to_owned(),
        Kind::Number if column.empty as f64 > MOST_EMPTY * survey.rows as f64 => {
            format!("{} of its {} cells are empty", thousands(column.empty), thousands(survey.rows))
        }
        Kind::Number if column.begins_empty => {
            "begins with empty cells; take out the rows before its first value to use it".to_owned()
        }
        Kind::Number => return None,
    };
    Some(reason)
}

/// Refuses what cannot be forecast, with the reason and the cure.
fn check_target(survey: &Survey, name: &str) -> Result<()> {
    let Some(place) = survey.columns.iter().position(|column| column.name == name) else {
        let names: Vec<String> = survey.columns.iter().map(|c| c.name.clone()).collect();
        let message = reader::absent(name, " of --target", &names, survey.dialect.delimiter);
        return Err(fault(survey, Some(1), &message));
    };
    let column = &survey.columns[place];
    let refuse = |line: Option<u64>, message: &str| {
        Err(fault(survey, line, &format!("column {}: {message}", shown(name))))
    };
    if let Some(role) = role(survey, place) {
        let cure = "so it cannot be a target; name another column with --target";
        return refuse(None, &format!("{role}, {cure}"));
    }
    if stands_twice(survey, column) {
        return refuse(Some(1), "its name stands twice in the header; rename one");
    }
    let odd = column.first_odd.as_ref();
    match column.kind() {
        Kind::Slipped => {
            let count = counted(column.odd, "such cell");
            let text = odd.map_or("", |odd| &odd.text);
            let message = format!("{text} is not a number ({count}); mend it, or leave it empty");
            refuse(odd.map(|odd| odd.line), &message)
        }
        Kind::Number if column.begins_empty => refuse(
            column.first_empty,
            "begins with empty cells, and there is nothing before them to fill them with; take those rows out",
        ),
        Kind::Number if !column.constant() => Ok(()),
        Kind::Text if odd.is_some_and(|odd| !odd.is_word) => {
            refuse(odd.map(|odd| odd.line), odd.map_or("", |odd| &odd.complaint))
        }
        Kind::Text => refuse(None, "holds words; only numbers can be forecast by this version"),
        _ => match why_not(survey, column) {
            Some(reason) => refuse(None, &format!("{reason}; there is nothing to forecast")),
            None => Ok(()),
        },
    }
}

fn fault(survey: &Survey, line: Option<u64>, message: &str) -> Error {
    let (file, message) = (shown_path(&survey.path), message.to_owned());
    DataError { file, line, message, ..DataError::default() }.into()
}
