//! How rows become a table.

use std::collections::HashMap;
use std::io::Read;
use std::path::Path;

use super::sorter::Sorter;
use super::{Dropped, Series, SourceFile, Table};
use crate::data::last_values::{Fate, LastValues, Why};
use crate::data::reader::{Header, Record, RecordReader};
use crate::data::roles::Roles;
use crate::data::row::{Row, RowLayout};
use crate::data::source::Hashing;
use crate::data::time_order::{Next, TimeOrder};
use crate::data::words::Words;
use crate::error::{Error, Result, shown};

/// Reads file after file into a table.
pub(super) struct Builder<'a> {
    roles: &'a Roles,
    /// Whether the split column is read.
    dealt: bool,
    table: Table,
    by_key: HashMap<Vec<String>, usize>,
    /// The layout of each file, and the key of its series where it is one by itself.
    layouts: Vec<(RowLayout, Vec<String>)>,
    /// Rows that wait for all others.
    sorter: Option<Sorter>,
    order: TimeOrder,
    last_values: LastValues,
    /// The first fault in the order of times, and how many there are.
    disorder: Option<(Error, u64)>,
}

impl<'a> Builder<'a> {
    /// `dealt`: whether the split column is read.
    pub(super) fn new(roles: &'a Roles, dealt: bool) -> Self {
        Self {
            roles,
            dealt,
            table: Table {
                words: vec![Words::default(); roles.columns.len()],
                clock: roles.clock(),
                ..Table::default()
            },
            by_key: HashMap::new(),
            layouts: Vec::new(),
            sorter: Sorter::new(roles),
            order: TimeOrder::new(roles),
            last_values: LastValues::default(),
            disorder: None,
        }
    }

    /// Reads one file, which errors call `name`; `key` names the series where the file is one.
    pub(super) fn read(
        &mut self,
        source: impl Read,
        path: &Path,
        name: &str,
        key: Vec<String>,
    ) -> Result<()> {
        if !key.is_empty() && self.by_key.contains_key(&key) {
            let reason = "two files of the same name would be one series; rename one".into();
            return Err(Error::Input { path: path.to_owned(), reason });
        }
        let mut hashing = Hashing::new(source);
        let mut reader = RecordReader::new(&mut hashing, name, self.roles.dialect);
        let header = Header::of(&mut reader, &self.roles.header)?;
        let mut layout =
            RowLayout::new(header, self.roles, |column| Some(self.roles.wanted_by(column)))?;
        let part = self.roles.part.as_ref().filter(|_| self.dealt);
        part.map(|column| layout.dealt_by(column)).transpose()?;
        let header = layout.header().names().to_vec();
        let (mut record, mut row, mut rows) = (Record::default(), Row::default(), 0);
        let file = self.table.files.len() as u32;
        while reader.read(&mut record)? {
            layout.parse(&record, &mut row, &mut self.table.words)?;
            if !key.is_empty() {
                row.key.clone_from(&key);
            }
            let series = self.series(&row)?;
            match &mut self.sorter {
                None => self.push((file, &layout), (series, false), &record, &mut row)?,
                Some(sorter) => sorter
                    .add(file, series, &record, &row)
                    .map_err(|message| layout.time_error(&record, message))?,
            }
            rows += 1;
        }
        if rows == 0 {
            return Err(layout.header().no_rows());
        }
        let (path, sha256, bytes) = (path.to_owned(), hashing.hex(), hashing.size());
        self.table.files.push(SourceFile { path, sha256, bytes, rows, header });
        self.layouts.push((layout, key));
        Ok(())
    }

    /// The table of all that was read.
    pub(super) fn finish(mut self) -> Result<Table> {
        if let Some(sorter) = self.sorter.take() {
            self.push_sorted(sorter)?;
        }
        match self.disorder {
            Some((Error::Data(mut error), count)) if count > 1 => {
                error.message.push_str(&format!(" ({count} such rows, this is the first)"));
                Err(error.into())
            }
            Some((error, _)) => Err(error),
            None => Ok(self.table),
        }
    }

    /// Takes the rows that had to wait.
    fn push_sorted(&mut self, sorter: Sorter) -> Result<()> {
        let (held, moved) = sorter.finish();
        self.table.moved = moved;
        let (layouts, mut row) = (std::mem::take(&mut self.layouts), Row::default());
        for held in held {
            let (layout, key) = &layouts[held.file as usize];
            layout.parse(&held.record, &mut row, &mut self.table.words)?;
            if !key.is_empty() {
                row.key.clone_from(key);
            }
            let series = self.series(&row)?;
            self.push((held.file, layout), (series, held.passed), &held.record, &mut row)?;
        }
        Ok(())
    }

    /// The number of a row's series.
    fn series(&mut self, row: &Row) -> Result<usize> {
        // Mostly that of the row before.
        if let Some(&index) = self.table.series_of_row.last()
            && self.table.series[index as usize].key == row.key
        {
            return Ok(index as usize);
        }
        if let Some(&index) = self.by_key.get(&row.key) {
            return Ok(index);
        }
        let (index, key) = (self.table.series.len(), row.key.clone());
        u32::try_from(index).map_err(|_| Error::Memory("more than 4 billion series".into()))?;
        self.by_key.insert(key.clone(), index);
        let columns = self.roles.columns.len();
        self.table.series.push(Series { key, columns, ..Series::default() });
        Ok(index)
    }

    /// Takes the next row of a series; `passed`: another row of its time counts.
    fn push(
        &mut self,
        (file, layout): (u32, &RowLayout),
        (index, passed): (usize, bool),
        record: &Record,
        row: &mut Row,
    ) -> Result<()> {
        let fate = self.last_values.fill(self.roles, index, row);
        let mut fate = fate.map_err(|fault| layout.fault(record, fault))?;
        let next = match row.time.filter(|_| !passed) {
            Some(time) => self.order.check(index, time, &row.time_text),
            None => Ok(Next::Row { nanos: 0, after_gap: false }),
        };
        if passed || next == Ok(Next::Repeated) {
            fate = Fate::Dropped(Why::Repeated);
        }
        self.table.series_of_row.push(index as u32);
        self.table.lines.push(file, row.line);
        self.table.underflows += row.underflows;
        let series = &mut self.table.series[index];
        let nanos = match next {
            Ok(Next::Row { nanos, after_gap }) => {
                if after_gap && fate != Fate::Dropped(Why::Plan) {
                    series.cut();
                }
                nanos
            }
            Ok(Next::Repeated) => 0,
            Err(message) => {
                let count = self.disorder.as_ref().map_or(0, |(_, count)| *count);
                let first = self.disorder.take().map(|(error, _)| error);
                let error = first.unwrap_or_else(|| layout.time_error(record, message));
                self.disorder = Some((error, count + 1));
                return Ok(()); // there will be no table
            }
        };
        if let Fate::Dropped(why) = fate {
            let (before, time_text) = (series.rows, row.time_text.clone());
            series.dropped.push(Dropped { before, time_text, why });
            if why.cuts() {
                series.cut();
            }
            if why == Why::Plan {
                self.last_values.plan(index);
                series.plan.extend_from_slice(&row.values);
            }
            return Ok(());
        }
        if let Some(time) = row.time {
            series.kind = Some(time.kind);
            series.times.push(nanos);
            series.time_texts.push(&row.time_text);
        }
        self.last_values.keep(self.roles, index, &row.values);
        self.table.empty.add(self.roles, row);
        self.same_label(index, layout, record, row)?;
        let part =
            (self.dealt && self.roles.part.is_some()).then(|| self.table.parts.intern(&row.part));
        let series = &mut self.table.series[index];
        series.parts.extend(part);
        series.values.extend_from_slice(&row.values);
        series.rows += 1;
        Ok(())
    }

    /// A classification knows one label per series.
    fn same_label(
        &self,
        series: usize,
        layout: &RowLayout,
        record: &Record,
        row: &Row,
    ) -> Result<()> {
        let (target, first) = (self.roles.targets[0], &self.table.series[series]);
        if !self.roles.one_label || first.rows == 0 || first.row(0)[target] == row.values[target] {
            return Ok(());
        }
        let label = self.table.words[target].of(first.row(0)[target]).unwrap_or_default();
        let message = format!(
            "is another label than {} of the series' first row; a classification has one per series: mend it, or \
             make the task a tagging",
            shown(label)
        );
        Err(layout.value_error(record, target, &message))
    }
}
