//! What would hurt, in sentences: what was found, figures, and the line of the config that cures it.

use super::columns::{ratio, shift};
use super::data::line_and_time;
use super::layout::percent;
use super::sizes;
use crate::config::{Config, RelativeTo, State, TaskKind};
use crate::data::audit::{Copied, Drift, Finding, Jump, Outliers, PartName, Place, Tells};
use crate::data::time::about_text;
use crate::data::{Gap, Unknown};
use crate::error::shown;
use crate::job::prepare::Prepared;
use crate::text::{counted, shortest, thousands};

/// Columns named in one sentence.
const NAMED: usize = 4;

/// Puts findings of a run into words.
pub(super) struct Words<'a> {
    pub(super) config: &'a Config,
    pub(super) prepared: &'a Prepared,
}

impl Words<'_> {
    /// One sentence, without a full stop.
    pub(super) fn sentence(&self, finding: &Finding) -> String {
        match finding {
            Finding::Copied(copied) => self.copied(copied),
            Finding::EqualInputs(a, b) => format!(
                "inputs {} and {} are equal in every train row; one of them in data.inputs is enough",
                self.column(*a),
                self.column(*b)
            ),
            Finding::Constant { column, target } => format!(
                "column {} has the same value in all train rows; it counts as deviation 1{}",
                self.column(*column),
                if *target { "" } else { " and says nothing: leave it out of data.inputs" }
            ),
            Finding::Unscaled { column, range } => format!(
                "column {} is not scaled and goes from {} to {}; set its \"scale\" (or data.scale) to \
                 \"standard\"",
                self.column(*column),
                shortest(range.0),
                shortest(range.1)
            ),
            Finding::FewValues { column, values } => self.few_values(*column, values),
            Finding::Drift(columns) => self.drift(columns),
            Finding::Outliers(column, outliers) => self.outliers(*column, outliers),
            Finding::Jump(column, jump) => self.jump(*column, jump),
            Finding::Gaps { count, longest, windows, of } => {
                self.gaps(*count, *longest, *windows, *of)
            }
            Finding::UnknownWords { column, part, unknown } => {
                self.unknown_words(*column, *part, *unknown)
            }
            Finding::Misfit(misfit) => sizes::sentence(misfit, self.config),
        }
    }

    fn column(&self, column: usize) -> String {
        shown(&self.prepared.encoder.roles.columns[column])
    }

    fn copied(&self, copied: &Copied) -> String {
        let (input, target) = (self.column(copied.input), self.column(copied.target));
        match copied.tells {
            Tells::Same { equal: true, .. } => format!(
                "input {input} is the target {target} itself, equal in every row looked at; take it out of \
                 data.inputs"
            ),
            Tells::Same { correlation, .. } => format!(
                "input {input} tells the target {target} of the same row (correlation {}); unless it is measured \
                 by itself, take it out of data.inputs",
                (1e4 * correlation).trunc() / 1e4
            ),
            Tells::Future { step, change, share } => {
                let what = if change { "the change of the target" } else { "the target" };
                let later = if change { "until" } else { "of" };
                let rows =
                    if step == 1 { "1 row later".into() } else { format!("{step} rows later") };
                // Rounded down: all of it only where nothing is missing.
                let share = (1e4 * share).floor() / 1e2;
                format!(
                    "input {input} holds {what} {target} {later} {rows}, which is to be forecast ({share} % of the \
                     change is known from it); unless it is known at its row's time, take it out of data.inputs"
                )
            }
        }
    }

    fn drift(&self, columns: &[(usize, PartName, Drift)]) -> String {
        let one = |(column, part, drift): &(usize, PartName, Drift)| {
            let mut text =
                format!("{} ({}: shift {}", self.column(*column), part.text(), shift(drift.shift));
            if drift.outside >= 0.05 {
                text += &format!(", {} outside", percent(drift.outside));
            } else if drift.shift.abs() < 0.5 {
                text += &format!(", spread {}", ratio(drift.spread));
            }
            text + ")"
        };
        let mut worst = columns.to_vec();
        worst.sort_by(|a, b| b.2.shift.abs().total_cmp(&a.2.shift.abs()));
        let named: Vec<String> = worst.iter().take(NAMED).map(one).collect();
        let more = match worst.len().saturating_sub(NAMED) {
            0 => String::new(),
            more => format!(" and {} more", counted(more as u64, "column")),
        };
        let relative = self.config.data.window.is_some_and(|w| w.relative_to != RelativeTo::None);
        let forecast = matches!(self.config.task.kind, TaskKind::Forecast { .. });
        let cure = match (relative, self.config.task.anchor, forecast) {
            (true, true, _) => {
                "levels are taken out by data.window.relative_to and task.anchor, but what happens around them \
                 may differ too: train on more recent rows (data.split) where that matters"
            }
            (true, false, false) => {
                "data.window.relative_to takes the inputs' levels out; train on more recent rows (data.split) \
                 where that is not enough"
            }
            (_, _, true) => {
                "set data.window.relative_to to \"first\" and task.anchor to \"last\", so that only changes are \
                 learnt"
            }
            (_, _, false) => {
                "train on rows of the same kind: later ones (data.split), or set data.window.relative_to to \
                 \"first\" where changes say enough"
            }
        };
        format!("strong drift from the train rows in {}{more}; {cure}", named.join(", "))
    }

    fn gaps(&self, gaps: u64, longest: Gap, windows: u64, of: u64) -> String {
        let place = Place { part: PartName::Train, series: longest.series, row: longest.row };
        let kind = self.prepared.dataset.train.table.series[longest.series].time_kind();
        let length = kind.map_or(String::new(), |kind| about_text(i128::from(longest.nanos), kind));
        let gaps = match gaps {
            1 => format!("1 gap of {length} lies in the train rows,"),
            gaps => {
                format!("{} gaps lie in the train rows, the longest of {length}", thousands(gaps))
            }
        };
        let across = if self.config.training.state != State::Reset {
            "the state is carried across".to_owned()
        } else {
            let verb = if windows == 1 { "runs" } else { "run" };
            format!("{} of {} windows {verb} across", thousands(windows), thousands(of))
        };
        format!(
            "{gaps} before {}, and {across} as if no time had passed; fill the rows, or let a new series begin \
             there (data.series)",
            line_and_time(&self.prepared.dataset, place)
        )
    }

    fn outliers(&self, column: usize, o: &Outliers) -> String {
        let (name, farthest) = (self.column(column), shortest(o.value));
        let place = line_and_time(&self.prepared.dataset, o.place);
        let usual = format!(
            "half of its rows lie between {} and {}",
            shortest(o.usual.0),
            shortest(o.usual.1)
        );
        let harm = match o.place.part {
            PartName::Train => "such values stretch the scale",
            _ => "such values rule the score",
        };
        if o.equal >= 3 && 2 * o.equal > o.count {
            return format!(
                "{name} is {farthest} in {}, first at {place}, while {usual}: that looks like a mark for missing \
                 values; take these rows out",
                counted(o.equal, "row")
            );
        }
        let found = match o.count {
            1 => format!("is {farthest} at {place}"),
            many => format!("has {many} values far out, the farthest {farthest} at {place}"),
        };
        format!("{name} {found}, while {usual}; correct it, or take the row out: {harm}")
    }

    fn jump(&self, column: usize, jump: &Jump) -> String {
        let more = match jump.count {
            1 => String::new(),
            many => format!(", the largest of {many} such jumps"),
        };
        format!(
            "{} jumps from {} to {} at {}{more}, and moves by {} at most in 99 of 100 rows; if nothing real \
             happened there, correct it, or let a new series begin (data.series)",
            self.column(column),
            shortest(jump.values.0),
            shortest(jump.values.1),
            line_and_time(&self.prepared.dataset, jump.place),
            shortest(jump.usual)
        )
    }

    fn unknown_words(&self, column: usize, part: PartName, unknown: Unknown) -> String {
        let (name, share) = (self.column(column), percent(unknown.share()));
        if self.prepared.encoder.roles.targets.contains(&column) {
            return format!(
                "{share} of the {} rows have a label in {name} that the train rows do not, and count as wrong; deal \
                 the rows so that every class is among the train rows (data.split)",
                part.text()
            );
        }
        let inputs = &self.config.data.inputs;
        let read_as = inputs.iter().find(|c| shown(&c.name) == name).and_then(|c| c.words());
        let cure = match read_as.and_then(|words| words.text.as_ref()) {
            Some(text) if text.has_features() || text.characters.is_some() => {
                "their letters are read all the same; more of them (prefixes, suffixes, characters) may help"
            }
            _ => {
                "if it holds words of a language, make its \"type\" \"text\" and let letters be read: \
                 \"suffixes\": [1, 2, 3], \"characters\": {}"
            }
        };
        format!(
            "{share} of the {} words in {name} are unknown to the train rows; {cure}",
            part.text()
        )
    }

    fn few_values(&self, column: usize, values: &[f64]) -> String {
        let cure = match self.config.task.kind {
            TaskKind::Forecast { .. } => "write {\"column\": …, \"type\": \"category\"} for it",
            _ => "make the task a \"tagging\"",
        };
        let listed: Vec<String> = values.iter().map(|x| x.to_string()).collect();
        format!(
            "target {} has {} values only ({}) and looks like a category; it is predicted as a number, so expect \
             values in between: {cure}",
            self.column(column),
            values.len(),
            listed.join(", ")
        )
    }
}
