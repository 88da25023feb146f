//! What became of each class: how well it was predicted, and what it was taken for.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use crate::metrics::{Confusion, LabelFigures};

/// The classes of a model beside what came true. A label that the model does not know has no class; all of these
/// together are the last line, [`ClassReport::other`].
#[derive(Clone, Debug, PartialEq)]
pub struct ClassReport {
    /// Every class, in the order of the outputs.
    pub classes: Vec<ClassLine>,
    /// Rows whose label is none of them.
    pub other: u64,
    /// Where truth and prediction differ, the most rows first.
    pub mistakes: Vec<Mistake>,
}

/// One class.
#[derive(Clone, Debug, PartialEq)]
pub struct ClassLine {
    /// Its label.
    pub label: String,
    /// How well it was predicted.
    pub figures: LabelFigures,
}

/// Rows of one class that were taken for another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mistake {
    /// What they are; none: a label that the model does not know.
    pub truth: Option<usize>,
    /// What they were taken for.
    pub predicted: usize,
    /// How many.
    pub rows: u64,
}

impl ClassReport {
    /// The report on labels; in `confusion` the number of a class is its place in `labels`, and a number beyond them is
    /// an unknown label.
    pub(super) fn new(labels: &[String], confusion: &Confusion) -> Self {
        let figures = confusion.labels();
        let line = |(k, label): (usize, &String)| ClassLine {
            label: label.clone(),
            figures: figures.get(&(k as u32)).copied().unwrap_or_default(),
        };
        let class = |label: u32| (label as usize).min(labels.len()); // the last one: other
        let mut taken: BTreeMap<(usize, usize), u64> = BTreeMap::new();
        for (truth, predicted, rows) in confusion.pairs() {
            *taken.entry((class(truth), class(predicted))).or_default() += rows;
        }
        let of_other = taken.iter().filter(|((truth, _), _)| *truth == labels.len());
        let other = of_other.map(|(_, rows)| rows).sum();
        let mistake = |(&(truth, predicted), &rows): (&(usize, usize), &u64)| Mistake {
            truth: Some(truth).filter(|&k| k < labels.len()),
            predicted,
            rows,
        };
        let wrong = taken.iter().filter(|((truth, predicted), _)| truth != predicted);
        let mut mistakes: Vec<Mistake> = wrong.map(mistake).collect();
        mistakes.sort_by_key(|mistake| Reverse(mistake.rows)); // stable: equal ones in the order of classes
        Self { classes: labels.iter().enumerate().map(line).collect(), other, mistakes }
    }

    /// A class in words; all that the model does not know are one, under a name that no class has.
    pub fn label(&self, class: Option<usize>) -> String {
        match class {
            Some(class) => self.classes[class].label.clone(),
            None => {
                let mut name = "(other)".to_owned();
                while self.classes.iter().any(|class| class.label == name) {
                    name = format!("({name})");
                }
                name
            }
        }
    }

    /// Rows of a class that were taken for another, or for itself.
    pub fn taken(&self, truth: Option<usize>, predicted: usize) -> u64 {
        if truth == Some(predicted) {
            return self.classes[predicted].figures.right;
        }
        let mistake = self.mistakes.iter().find(|m| (m.truth, m.predicted) == (truth, predicted));
        mistake.map_or(0, |mistake| mistake.rows)
    }

    /// `classes`: the figures of each; `confusion`: by truth, what it was taken for, without zeros.
    pub(super) fn to_json(&self) -> Map<String, Value> {
        let class = |class: &ClassLine| {
            let figures = &class.figures;
            let value = json!({
                "precision": figures.precision(), "recall": figures.recall(), "f1": figures.f1(),
                "support": figures.support, "predicted": figures.predicted,
            });
            (class.label.clone(), value)
        };
        let classes: Map<String, Value> = self.classes.iter().map(class).collect();
        let mut rows: Vec<Map<String, Value>> = vec![Map::new(); self.classes.len() + 1];
        for (k, class) in self.classes.iter().enumerate().filter(|(_, c)| c.figures.right > 0) {
            rows[k].insert(class.label.clone(), json!(class.figures.right));
        }
        for mistake in &self.mistakes {
            let row = &mut rows[mistake.truth.unwrap_or(self.classes.len())];
            row.insert(self.label(Some(mistake.predicted)), json!(mistake.rows));
        }
        let name = |k: usize| self.label(Some(k).filter(|&k| k < self.classes.len()));
        let rows = rows.into_iter().enumerate().filter(|(_, row)| !row.is_empty());
        let confusion: Map<String, Value> =
            rows.map(|(k, row)| (name(k), Value::Object(row))).collect();
        Map::from_iter([
            ("classes".to_owned(), Value::Object(classes)),
            ("confusion".to_owned(), Value::Object(confusion)),
        ])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Of three classes, the last one never seen; 8 and 9 are labels that the model does not know.
    fn report() -> ClassReport {
        let mut confusion = Confusion::default();
        for (truth, predicted) in [(0, 0), (0, 1), (0, 1), (1, 1), (1, 0), (8, 0), (9, 0), (9, 0)] {
            confusion.add(truth, predicted);
        }
        ClassReport::new(&["a", "b", "(other)"].map(str::to_owned), &confusion)
    }

    #[test]
    fn the_most_frequent_mistakes_come_first_and_unknown_labels_are_one_row() {
        let report = report();
        assert_eq!((report.other, report.taken(None, 0), report.taken(Some(0), 0)), (3, 3, 1));
        let mistake = |truth, predicted, rows| Mistake { truth, predicted, rows };
        let expected = [mistake(None, 0, 3), mistake(Some(0), 1, 2), mistake(Some(1), 0, 1)];
        assert_eq!(report.mistakes, expected);
        assert_eq!(report.label(None), "((other))", "a name that no class has");
        assert_eq!(report.classes[1].figures, LabelFigures { support: 2, predicted: 3, right: 1 });
        assert_eq!(report.classes[2].figures, LabelFigures::default());
    }

    #[test]
    fn json_by_label() {
        let json = Value::Object(report().to_json());
        assert_eq!(
            json["confusion"],
            json!({
                "a": {"a": 1, "b": 2}, "b": {"b": 1, "a": 1}, "((other))": {"a": 3},
            })
        );
        assert_eq!(json["classes"]["b"]["support"], 2);
        assert_eq!(json["classes"]["b"]["recall"], 0.5);
        assert_eq!(json["classes"]["(other)"]["f1"], 0.0);
    }
}
