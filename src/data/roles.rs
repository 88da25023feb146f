//! Which columns a model uses, and what for.

use crate::config::{DataConfig, Dialect, Missing, Order, SeriesBy};

/// The number columns in use, each once, and where inputs and targets stand among them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Roles {
    /// Names: inputs first, then targets that are not inputs too.
    pub columns: Vec<String>,
    /// Places of the inputs in `columns`.
    pub inputs: Vec<usize>,
    /// Places of the targets in `columns`.
    pub targets: Vec<usize>,
    /// The time column.
    pub time: Option<String>,
    /// What a time out of order does.
    pub order: Order,
    /// What names a row's series.
    pub series: SeriesBy,
    /// What an empty cell does.
    pub missing: Missing,
    /// How the files are written.
    pub dialect: Dialect,
}

impl Roles {
    /// The roles a config gives.
    pub fn new(config: &DataConfig) -> Self {
        let mut columns: Vec<String> = Vec::new();
        let mut place = |name: &String| {
            columns.iter().position(|c| c == name).unwrap_or_else(|| {
                columns.push(name.clone());
                columns.len() - 1
            })
        };
        let inputs = config.inputs.iter().map(|c| place(&c.name)).collect();
        let targets = config.targets.iter().map(|c| place(&c.name)).collect();
        Self {
            columns,
            inputs,
            targets,
            time: config.time.clone(),
            order: config.order,
            series: config.series.clone(),
            missing: config.missing,
            dialect: config.dialect,
        }
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
