//! Rows that are put in order before they become a table: sorted within their series, or only the last of equal times
//! taken. All are held in memory meanwhile, as they were read.

use crate::config::{Duplicates, Order};
use crate::data::reader::Record;
use crate::data::roles::Roles;
use crate::data::row::Row;
use crate::data::time_order::{Next, TimeOrder};

/// The rows so far.
pub(super) struct Sorter {
    rows: Vec<Held>,
    /// Settles what times mean and that they are of one kind; their order does not matter yet.
    order: TimeOrder,
    sort: bool,
    last_counts: bool,
}

/// A row that waits.
pub(super) struct Held {
    /// Which file it comes from.
    pub(super) file: u32,
    pub(super) record: Record,
    /// Whether a later row of the same time counts in its place.
    pub(super) passed: bool,
    series: usize,
    nanos: i128,
}

impl Sorter {
    /// None where rows can be taken as they come.
    pub(super) fn new(roles: &Roles) -> Option<Self> {
        let sort = roles.order == Order::Sort;
        let last_counts = roles.duplicates == Duplicates::Last;
        let order = TimeOrder::without_order();
        (sort || last_counts).then(|| Self { rows: Vec::new(), order, sort, last_counts })
    }

    /// Takes a row of a series.
    ///
    /// # Errors
    /// What is wrong with its time.
    pub(super) fn add(
        &mut self,
        file: u32,
        series: usize,
        record: &Record,
        row: &Row,
    ) -> Result<(), String> {
        let Some(time) = row.time else { return Ok(()) };
        let nanos = match self.order.check(series, time, &row.time_text)? {
            Next::Row { nanos, .. } => nanos,
            Next::Repeated => time.nanos,
        };
        self.rows.push(Held { file, series, nanos, record: record.clone(), passed: false });
        Ok(())
    }

    /// All rows in order, and how many of them stand elsewhere than in the files. Series take turns as they do there.
    pub(super) fn finish(self) -> (Vec<Held>, u64) {
        let count = self.rows.iter().map(|row| row.series + 1).max().unwrap_or(0);
        let mut of_series = vec![Vec::new(); count];
        self.rows.iter().enumerate().for_each(|(at, row)| of_series[row.series].push(at));
        let (mut rows, mut moved) = (self.rows, 0);
        let mut place = vec![0; rows.len()];
        for slots in &of_series {
            let mut order = slots.clone();
            if self.sort {
                order.sort_by_key(|&at| rows[at].nanos); // stable
            }
            for pair in order.windows(2) {
                rows[pair[0]].passed =
                    self.last_counts && rows[pair[0]].nanos == rows[pair[1]].nanos;
            }
            for (&slot, &at) in slots.iter().zip(&order) {
                place[at] = slot;
                moved += u64::from(slot != at);
            }
        }
        let mut placed: Vec<(usize, Held)> = place.into_iter().zip(rows).collect();
        placed.sort_unstable_by_key(|&(slot, _)| slot);
        (placed.into_iter().map(|(_, row)| row).collect(), moved)
    }
}
