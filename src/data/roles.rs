//! Which columns a model uses, and what for.

use super::gap_rule::Pace;
use super::places::Places;
use super::time::TimeReader;
use crate::config::{
    CalendarField, Column, Config, Dialect, Duplicates, Gaps, HeaderBy, Known, Missing, Order,
    SeriesBy, SplitBy, TaskKind, TimeColumn,
};

/// The columns in use, and where inputs and targets stand among them: cells of the file first, then what is made of
/// them and of the time of a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Roles {
    /// Names: inputs first, then targets that are not inputs too; then those of what is made.
    pub columns: Vec<String>,
    /// How many of them are cells of the file.
    pub cells: usize,
    /// Whether each of them holds words.
    pub are_words: Vec<bool>,
    /// Places of the inputs in `columns`, in the order of the config.
    pub inputs: Vec<usize>,
    /// Places of the targets in `columns`. What is empty there is not known.
    pub targets: Vec<usize>,
    /// Where the last known value of each target stands: its own place, unless that may be empty.
    pub last_known: Vec<usize>,
    /// Numbers that say whether an input was empty: (the input's place, theirs).
    pub were_empty: Vec<(usize, usize)>,
    /// The place of the first number of each name of the calendar, and how many later rows it tells of.
    pub calendar: Vec<(usize, CalendarField, usize)>,
    /// Whether nothing of a row without empty cells hangs on the rows before it.
    pub plain: bool,
    /// Inputs that are known ahead.
    pub ahead: Vec<usize>,
    /// Inputs that are the same in all rows of a series.
    pub fixed: Vec<usize>,
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
        let config_task = &config.task;
        let (config, task, anchor) = (&config.data, config.task.kind, config.task.anchor);
        let mut places = Places::default();
        let cells = config.inputs.iter().filter(|column| column.calendar().is_none());
        cells.for_each(|column| _ = places.of(column));
        // Where an empty target has no truth, an input of the same name is another thing: it is filled.
        let filled = matches!(config.missing, Missing::Mask | Missing::Interpolate);
        let apart = |column: &Column| filled && places.find(column).is_some();
        let apart: Vec<bool> = config.targets.iter().map(apart).collect();
        let targets = config.targets.iter().zip(&apart);
        let targets = targets.map(|(c, &apart)| if apart { places.push(c) } else { places.of(c) });
        let targets: Vec<usize> = targets.collect();
        let cells = places.columns.len();
        let horizon = config_task.steps();
        let calendar = places.calendar(config, horizon);
        let mut of_calendar = calendar.iter();
        let input = |column: &Column| match column.calendar() {
            Some(_) => of_calendar.next().map_or(0, |&(place, ..)| place),
            None => places.find(column).unwrap_or_default(),
        };
        let inputs: Vec<usize> = config.inputs.iter().map(input).collect();
        let needed = (0..cells).map(|c| inputs.contains(&c) || anchor && targets.contains(&c));
        let needed: Vec<bool> = needed.collect();
        let last_known = places.last_known(config, &targets, &needed);
        let were_empty = places.were_empty(config, &inputs);
        let known = |known: Known| {
            let inputs = config.inputs.iter().zip(&inputs);
            inputs.filter(|(c, _)| c.known() == Some(known)).map(|(_, &place)| place).collect()
        };
        let (ahead, fixed): (Vec<usize>, Vec<usize>) = (known(Known::Ahead), known(Known::Static));
        let Places { columns, are_words } = places;
        let plain = ahead.is_empty()
            && fixed.is_empty()
            && calendar.is_empty()
            && were_empty.is_empty()
            && last_known == targets;
        Self {
            plain,
            columns,
            cells,
            are_words,
            inputs,
            targets,
            last_known,
            were_empty,
            calendar,
            ahead,
            fixed,
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

    /// Places of the inputs that are numbers of the file.
    pub fn numbers(&self) -> impl Iterator<Item = usize> + '_ {
        let inputs = self.inputs.iter().copied();
        inputs.filter(|&place| place < self.cells && !self.are_words[place])
    }

    /// Places of the columns of the file, each once.
    pub fn of_file(&self) -> impl Iterator<Item = usize> + '_ {
        let first = |&place: &usize| !self.columns[..place].contains(&self.columns[place]);
        (0..self.cells).filter(first)
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
