//! Where something was found, and which series of two parts are the same.

use std::collections::HashMap;
use std::sync::Arc;

use crate::data::{Dataset, PartRows, SourceFile};

/// A part of the data.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PartName {
    /// Fitted on.
    Train,
    /// The best model is chosen on.
    Valid,
    /// Held out.
    Test,
}

impl PartName {
    /// As the config has it.
    pub fn text(self) -> &'static str {
        match self {
            PartName::Train => "train",
            PartName::Valid => "valid",
            PartName::Test => "test",
        }
    }
}

/// A row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// Its part.
    pub part: PartName,
    /// Its series in the part's table.
    pub series: usize,
    /// Its row there.
    pub row: usize,
}

impl Place {
    /// The part with its rows.
    fn rows(self, dataset: &Dataset) -> Option<&PartRows> {
        dataset.part(self.part.text())
    }

    /// File and line.
    pub fn line(self, dataset: &Dataset) -> Option<(&SourceFile, u64)> {
        self.rows(dataset)?.table.place(self.series, self.row)
    }

    /// Its time as written; empty without a time column.
    pub fn time(self, dataset: &Dataset) -> &str {
        self.rows(dataset).map_or("", |part| part.table.series[self.series].time_text(self.row))
    }
}

/// The parts that have rows.
pub fn parts(dataset: &Dataset) -> Vec<(PartName, &PartRows)> {
    let names = [PartName::Train, PartName::Valid, PartName::Test];
    names.into_iter().filter_map(|name| Some((name, dataset.part(name.text())?))).collect()
}

/// For each series of `part` the same one among the train series.
pub(super) fn twins(train: &PartRows, part: &PartRows) -> Vec<Option<usize>> {
    if Arc::ptr_eq(&train.table, &part.table) {
        return (0..part.ranges.len()).map(Some).collect();
    }
    let train = train.table.series.iter().enumerate();
    let known: HashMap<&[String], usize> = train.map(|(series, s)| (&s.key[..], series)).collect();
    part.table.series.iter().map(|s| known.get(&s.key[..]).copied()).collect()
}
