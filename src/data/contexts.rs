//! Which class usually comes with a word, or so many rows after it: what a naive prediction of classes goes by.

use std::collections::{BTreeMap, HashMap};

use serde::{Deserialize, Serialize};

use super::dataset::PartRows;
use super::roles::Roles;
use super::vocabulary::Classes;
use crate::config::{TaskConfig, TaskKind};

/// How often each class came in the context of each word, over the train rows.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Context {
    /// (class, rows) of a word, in the order in which they were seen.
    by_word: BTreeMap<String, Vec<(u32, u64)>>,
}

/// More pairs of word and class than these are not kept in a model.
const MOST_PAIRS: usize = 1 << 20;

impl Context {
    /// The contexts of a task. Tagging: the first word input at the row of the tag. A forecast: the target itself, one
    /// context for each step ahead, as far as all of them stay small. Else none.
    pub fn fit(task: &TaskConfig, roles: &Roles, train: &PartRows, classes: &Classes) -> Vec<Self> {
        let target = roles.targets[0];
        let (place, aheads) = match task.kind {
            TaskKind::Tagging => match roles.words().next() {
                Some(place) => (place, 0..1),
                None => return Vec::new(),
            },
            TaskKind::Forecast { horizon } => (target, 1..horizon + 1),
            TaskKind::Regression | TaskKind::Classification => return Vec::new(),
        };
        let mut pairs = 0;
        let contexts = aheads.map(|ahead| Self::at(train, place, target, ahead, classes));
        let kept = contexts.take_while(|context| {
            pairs += context.by_word.values().map(Vec::len).sum::<usize>();
            pairs <= MOST_PAIRS
        });
        kept.collect()
    }

    fn at(train: &PartRows, place: usize, target: usize, ahead: usize, classes: &Classes) -> Self {
        let words = &train.table.words;
        let mut seen: HashMap<u32, Vec<(u32, u64)>> = HashMap::new();
        for segment in train.segments() {
            let (series, rows) = (&train.table.series[segment.series], segment.rows);
            for row in rows.start..rows.end.saturating_sub(ahead) {
                let (word, label) = (series.row(row)[place], series.row(row + ahead)[target]);
                let Some(class) = words[target].of(label).and_then(|text| classes.index(text))
                else {
                    continue;
                };
                if word.is_nan() {
                    continue;
                }
                let counts = seen.entry(word as u32).or_default();
                match counts.iter_mut().find(|(known, _)| *known == class) {
                    Some((_, rows)) => *rows += 1,
                    None => counts.push((class, 1)),
                }
            }
        }
        let by_word =
            seen.into_iter().map(|(word, counts)| (words[place].text(word).into(), counts));
        Self { by_word: by_word.collect() }
    }

    /// Whether it speaks of so many classes alone.
    pub fn fits(&self, classes: usize) -> bool {
        self.by_word.values().flatten().all(|&(class, _)| (class as usize) < classes)
    }

    /// What came with a word: (class, rows), in the order in which they were seen.
    pub fn of(&self, word: &str) -> &[(u32, u64)] {
        self.by_word.get(word).map_or(&[], |counts| counts)
    }

    /// The class that came most often with a word, of equals the one seen first.
    pub fn usual(&self, word: &str) -> Option<u32> {
        let mut best: Option<(u32, u64)> = None;
        for &(class, rows) in self.of(word) {
            if best.is_none_or(|(_, most)| rows > most) {
                best = Some((class, rows));
            }
        }
        best.map(|(class, _)| class)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_class_that_is_not_there_does_not_fit() {
        let context: Context =
            serde_json::from_str(r#"{"by_word": {"light": [[0, 3], [2, 1]]}}"#).expect("a context");
        assert!(context.fits(3) && !context.fits(2));
        assert!(Context::default().fits(0));
    }
}
