//! Which rows a model was trained on, known again by their hashes.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::dataset::{Dataset, PartRows};
use super::roles::Roles;

/// Hashes of train rows that are kept: the smallest ones, which are a fair sample of them.
const KEPT: usize = 1024;

/// The rows of each part, and a sample of the train rows.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RowHashes {
    /// Train, valid and test, as far as they have rows.
    pub parts: Vec<PartHash>,
    /// The smallest hashes of train rows, ascending, 16 hexadecimal digits each.
    sample: String,
}

/// All rows of a part.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PartHash {
    /// `train`, `valid` or `test`.
    pub part: String,
    /// How many they are.
    pub rows: u64,
    /// SHA-256 of the hashes of its rows, in their order.
    pub sha256: String,
}

/// How many rows the model was trained on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TrainedRows {
    /// So many.
    pub rows: u64,
    /// Of these.
    pub of: u64,
    /// Whether they are counted, not estimated from a sample.
    pub exact: bool,
}

impl RowHashes {
    /// Of the rows of a run.
    pub fn new(dataset: &Dataset, roles: &Roles) -> Self {
        let mut sample = Vec::new();
        let mut part = |name: &str| {
            let rows = dataset.part(name)?;
            let mut all = Sha256::new();
            each(rows, roles, |hash| {
                all.update(hash.to_be_bytes());
                if name == "train" {
                    sample.push(hash);
                }
            });
            Some(PartHash {
                part: name.to_owned(),
                rows: rows.rows(),
                sha256: hex(&all.finalize()),
            })
        };
        let parts = ["train", "valid", "test"].into_iter().filter_map(&mut part).collect();
        sample.sort_unstable();
        sample.truncate(KEPT);
        let sample = sample.into_iter().map(|hash| format!("{hash:016x}")).collect();
        Self { parts, sample }
    }

    /// How many rows of a part were trained on; none where nothing is known of the train rows.
    pub fn trained(&self, part: &PartRows, roles: &Roles) -> Option<TrainedRows> {
        let digits = self.sample.as_bytes().chunks_exact(16);
        let hash = |digits: &[u8]| u64::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok();
        let sample: Vec<u64> = digits.filter_map(hash).collect();
        let train = self.parts.iter().find(|part| part.part == "train")?;
        let exact = train.rows == sample.len() as u64;
        // Rows with a larger hash would not be in the sample, whether they were trained on or not.
        let most = if exact { u64::MAX } else { *sample.last()? };
        let (mut asked, mut known) = (0u64, 0u64);
        each(part, roles, |hash| {
            if hash <= most {
                asked += 1;
                known += u64::from(sample.binary_search(&hash).is_ok());
            }
        });
        let of = part.rows();
        let rows = if exact { known } else { (known * of + asked / 2) / asked.max(1) };
        Some(TrainedRows { rows, of, exact: exact || known == 0 })
    }
}

/// The hash of each row of a part: of its series, its time and its cells in use.
fn each(part: &PartRows, roles: &Roles, mut tell: impl FnMut(u64)) {
    let table = &part.table;
    let columns: Vec<usize> = roles.of_file().collect();
    for (series, rows) in table.series.iter().zip(&part.ranges) {
        let mut of_series = Sha256::new();
        for name in &series.key {
            of_series.update((name.len() as u64).to_be_bytes());
            of_series.update(name);
        }
        for row in rows.clone() {
            let mut hash = of_series.clone();
            series.times.get(row).into_iter().for_each(|time| hash.update(time.to_be_bytes()));
            for &column in &columns {
                let value = series.row(row)[column];
                let words = &table.words[column];
                match if roles.are_words[column] { words.of(value) } else { None } {
                    Some(word) => {
                        hash.update((word.len() as u64).to_be_bytes());
                        hash.update(word);
                    }
                    None if value.is_nan() => hash.update(f64::NAN.to_bits().to_be_bytes()),
                    None => hash.update(value.to_bits().to_be_bytes()),
                }
            }
            let digest = hash.finalize();
            tell(u64::from_be_bytes(std::array::from_fn(|k| digest[k])));
        }
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;
    use crate::data::Table;
    use std::path::Path;

    fn config() -> Config {
        let text = r#"{"data": {"path": "x.csv", "time": "t", "series": "s", "targets": ["y"]},
                       "task": {"type": "forecast"}, "model": {"topology": "single", "cell": "gru"}}"#;
        Config::parse(text, "test", Path::new(""), &[]).expect("valid")
    }

    fn table(rows: std::ops::Range<usize>, level: f64) -> Table {
        let line = |row: usize| format!("{row},{},{}\n", ["a", "b"][row % 2], level + row as f64);
        let csv = format!("t,s,y\n{}", rows.map(line).collect::<String>());
        let roles = Roles::new(&config());
        Table::read_stream(csv.as_bytes(), Path::new("x.csv"), "x.csv", &roles).expect("rows")
    }

    fn hashes(rows: usize) -> RowHashes {
        let train = PartRows::whole(table(0..rows, 0.0));
        let dataset = Dataset { train, valid: None, test: None, left_out: 0, pace: None };
        RowHashes::new(&dataset, &Roles::new(&config()))
    }

    #[test]
    fn rows_are_known_again_by_series_time_and_cells() {
        let roles = Roles::new(&config());
        let known = hashes(400);
        let trained = |table: Table| known.trained(&PartRows::whole(table), &roles).expect("known");
        assert_eq!(trained(table(300..500, 0.0)), TrainedRows { rows: 100, of: 200, exact: true });
        assert_eq!(trained(table(300..500, 0.5)), TrainedRows { rows: 0, of: 200, exact: true });
        assert_eq!(trained(table(400..500, 0.0)).rows, 0);
    }

    #[test]
    fn of_many_rows_a_sample_is_enough() {
        let roles = Roles::new(&config());
        let known = hashes(20_000);
        assert_eq!(known.sample.len(), 16 * KEPT);
        let trained = known.trained(&PartRows::whole(table(18_000..22_000, 0.0)), &roles);
        let TrainedRows { rows, of, exact } = trained.expect("known");
        assert!(of == 4_000 && !exact && (1_600..2_400).contains(&rows), "{rows}");
    }

    #[test]
    fn a_part_has_another_hash_when_any_row_has() {
        let (one, two) = (hashes(50), hashes(51));
        assert_eq!(one.parts[0].rows, 50);
        assert_eq!(one, hashes(50));
        assert_ne!(one.parts[0].sha256, two.parts[0].sha256);
    }
}
