//! What a column holds: its range and kind over the train rows.

use std::collections::BTreeSet;

use crate::data::{Moments, PartRows};

/// More distinct values than this are "many".
const MANY: usize = 20;

/// One column over the train rows. Values that are not numbers are passed over.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Profile {
    /// Range, mean, deviation.
    pub moments: Moments,
    /// Whether all are whole numbers.
    pub whole: bool,
    /// The distinct values in ascending order, where they are few.
    pub distinct: Option<Vec<f64>>,
}

impl Profile {
    /// Of a column of a part.
    pub fn new(part: &PartRows, column: usize) -> Self {
        let (mut moments, mut whole) = (Moments::default(), true);
        let mut distinct = Some(BTreeSet::new());
        for value in part.values(column) {
            moments.add(value);
            whole &= value == value.trunc();
            if let Some(values) = &mut distinct {
                values.insert(ordered(value));
                if values.len() > MANY {
                    distinct = None;
                }
            }
        }
        let distinct = distinct.map(|bits| {
            let mut values: Vec<f64> = bits.into_iter().map(f64::from_bits).collect();
            values.sort_by(f64::total_cmp);
            values
        });
        Self { moments, whole, distinct }
    }

    /// Whether there is only one value.
    pub fn is_constant(&self) -> bool {
        self.moments.count > 0 && self.moments.min == self.moments.max
    }
}

/// Bits that are the same for the same number: 0 has two signs.
fn ordered(value: f64) -> u64 {
    if value == 0.0 { 0 } else { value.to_bits() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::audit::tests::part;

    #[test]
    fn kinds_of_columns() {
        let rows: String =
            (0..30).map(|k| format!("{k},{},7,{}\n", k % 3, 0.5 * f64::from(k))).collect();
        let part =
            part(&["count", "mode", "still", "level"], &format!("count,mode,still,level\n{rows}"));
        let profiles: Vec<Profile> = (0..4).map(|column| Profile::new(&part, column)).collect();
        assert_eq!(profiles[1].distinct, Some(vec![0.0, 1.0, 2.0]));
        assert_eq!(profiles[0].distinct, None, "30 values are many");
        assert_eq!(profiles.iter().map(|p| p.whole).collect::<Vec<_>>(), [true, true, true, false]);
        let constant = profiles.iter().map(Profile::is_constant);
        assert_eq!(constant.collect::<Vec<_>>(), [false, false, true, false]);
    }
}
