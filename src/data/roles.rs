//! Which columns a model uses, and what for.

use super::gap_rule::Pace;
use super::time::TimeReader;
use crate::config::{
    Column, Config, Dialect, Duplicates, Gaps, HeaderBy, Missing, Order, SeriesBy, SplitBy,
    TaskKind, TimeColumn,
};

/// The columns in use, each once, and where inputs and targets stand among them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Roles {
    /// Names: inputs first, then targets that are not inputs too.
    pub columns: Vec<String>,
    /// Whether each of them holds words.
    pub are_words: Vec<bool>,
    /// Places of the inputs in `columns`.
    pub inputs: Vec<usize>,
    /// Places of the targets in `columns`.
    pub targets: Vec<usize>,
    /// The column that says which part a row belongs to.
    pub part: Option<String>,
    /// Whether a series has one label, as a classification asks for.
    pub one_label: bool,
    /// The time column.
    pub time: Option<TimeColumn>,
    /// What a time out of order does.
    pub order: Order,
    /// What a time does that stands there twice.
    pub duplicates: Duplicates,
    /// What a gap does.
    pub gaps: Gaps,
    /// The regular step of the train rows, once it is known; only where gaps are told by it.
    pub pace: Option<Pace>,
    /// What names a row's series.
    pub series: SeriesBy,
    /// What an empty cell does.
    pub missing: Missing,
    /// Cells that count as empty, beside those with nothing in them.
    pub spellings: Vec<String>,
    /// Whether a prediction needs each column: an input, or a target that a forecast is counted from.
    pub needed: Vec<bool>,
    /// How the files are written.
    pub dialect: Dialect,
    /// Where the names of columns come from.
    pub header: HeaderBy,
}

impl Roles {
    /// The roles a config gives.
    pub fn new(config: &Config) -> Self {
        let (config, task, anchor) = (&config.data, config.task.kind, config.task.anchor);
        let mut columns: Vec<String> = Vec::new();
        let mut are_words = Vec::new();
        let mut place = |column: &Column| {
            columns.iter().position(|name| *name == column.name).unwrap_or_else(|| {
                columns.push(column.name.clone());
                are_words.push(column.words().is_some());
                columns.len() - 1
            })
        };
        let inputs: Vec<usize> = config.inputs.iter().map(&mut place).collect();
        let targets: Vec<usize> = config.targets.iter().map(&mut place).collect();
        let needed =
            (0..columns.len()).map(|c| inputs.contains(&c) || anchor && targets.contains(&c));
        let needed = needed.collect();
        Self {
            columns,
            are_words,
            inputs,
            targets,
            part: match config.split.as_ref().map(|split| &split.by) {
                Some(SplitBy::Column(column)) => Some(column.clone()),
                _ => None,
            },
            one_label: task == TaskKind::Classification,
            time: config.time.clone(),
            order: config.order,
            duplicates: config.duplicates,
            gaps: config.gaps,
            pace: None,
            series: config.series.clone(),
            missing: config.missing,
            spellings: config.spellings.clone(),
            needed,
            dialect: config.dialect,
            header: config.header.clone(),
        }
    }

    /// What reads the cells of the time column.
    pub fn clock(&self) -> TimeReader {
        let column = self.time.as_ref();
        column.map(|time| TimeReader::new(time, self.dialect.decimal)).unwrap_or_default()
    }

    /// Places of the inputs that are numbers.
    pub fn numbers(&self) -> impl Iterator<Item = usize> + '_ {
        self.inputs.iter().copied().filter(|&place| !self.are_words[place])
    }

    /// Places of the inputs that are words.
    pub fn words(&self) -> impl Iterator<Item = usize> + '_ {
        self.inputs.iter().copied().filter(|&place| self.are_words[place])
    }

    /// Whether a column is an input.
    pub fn is_input(&self, column: usize) -> bool {
        self.inputs.contains(&column)
    }

    /// The key of the config that names a column, for messages.
    pub fn wanted_by(&self, column: usize) -> &'static str {
        if self.targets.contains(&column) { " of data.targets" } else { " of data.inputs" }
    }

    /// Name of what leads a prediction's row for the series: columns, or `file`.
    pub fn series_names(&self) -> Vec<String> {
        match &self.series {
            SeriesBy::One => Vec::new(),
            SeriesBy::File => vec!["file".to_owned()],
            SeriesBy::Columns(names) => names.clone(),
        }
    }
}
