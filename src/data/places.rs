//! Where everything stands in a row.

use super::calendar;
use crate::config::{CalendarField, Column, DataConfig, Missing};

/// The places given so far.
#[derive(Clone, Debug, Default)]
pub(super) struct Places {
    pub(super) columns: Vec<String>,
    pub(super) are_words: Vec<bool>,
}

impl Places {
    /// The place of a column of the file, if it has one.
    pub(super) fn find(&self, column: &Column) -> Option<usize> {
        self.columns.iter().position(|name| *name == column.name)
    }

    /// The same; a new one if it has none.
    pub(super) fn of(&mut self, column: &Column) -> usize {
        self.find(column).unwrap_or_else(|| self.push(column))
    }

    /// A new place for a column of the file.
    pub(super) fn push(&mut self, column: &Column) -> usize {
        self.add(column.name.clone(), column.words().is_some())
    }

    fn add(&mut self, name: String, is_words: bool) -> usize {
        self.columns.push(name);
        self.are_words.push(is_words);
        self.columns.len() - 1
    }

    /// The numbers of the calendar: of each name those at the row, then those of the rows ahead.
    pub(super) fn calendar(
        &mut self,
        config: &DataConfig,
        horizon: usize,
    ) -> Vec<(usize, CalendarField, usize)> {
        let mut fields = Vec::new();
        for column in &config.inputs {
            let Some((field, ahead)) = column.calendar() else { continue };
            let steps = if ahead { horizon } else { 0 };
            let first = self.columns.len();
            for _ in 0..calendar::WIDTH * (steps + 1) {
                self.add(column.name.clone(), false);
            }
            fields.push((first, field, steps));
        }
        fields
    }

    /// Where the last known value of each target stands.
    pub(super) fn last_known(
        &mut self,
        config: &DataConfig,
        targets: &[usize],
        needed: &[bool],
    ) -> Vec<usize> {
        let own = |&target: &usize| match config.missing {
            Missing::Error | Missing::Ffill => true,
            Missing::Drop => needed[target],
            Missing::Mask | Missing::Interpolate => false,
        };
        let place = |target: &usize| match own(target) || self.are_words[*target] {
            true => *target,
            false => self.add(self.columns[*target].clone(), false),
        };
        targets.iter().map(place).collect()
    }

    /// With each number input that is filled another that says whether it was empty.
    pub(super) fn were_empty(
        &mut self,
        config: &DataConfig,
        inputs: &[usize],
    ) -> Vec<(usize, usize)> {
        if config.missing != Missing::Mask {
            return Vec::new();
        }
        let numbers = config.inputs.iter().zip(inputs).filter(|(c, _)| c.scale().is_some());
        numbers
            .map(|(c, &place)| (place, self.add(format!("{} was empty", c.name), false)))
            .collect()
    }
}
