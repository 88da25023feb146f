//! Which labels were taken for which.
//!
//! Of a label, right / predicted is the precision, right / support the recall, 2 right / (predicted + support) the
//! F1, where support counts the rows that have the label. A ratio over nothing is 0, as scikit-learn has it.

use std::collections::BTreeMap;

/// Counts of (truth, prediction). A label is any number; only those that occur take room.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Confusion {
    counts: BTreeMap<(u32, u32), u64>,
}

/// How well one label was predicted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LabelFigures {
    /// Rows that have it.
    pub support: u64,
    /// Rows it was predicted for.
    pub predicted: u64,
    /// Rows of both.
    pub right: u64,
}

fn ratio(part: u64, whole: u64) -> f64 {
    if whole == 0 { 0.0 } else { part as f64 / whole as f64 }
}

impl LabelFigures {
    /// Share of its predictions that are right.
    pub fn precision(&self) -> f64 {
        ratio(self.right, self.predicted)
    }

    /// Share of its rows that were found.
    pub fn recall(&self) -> f64 {
        ratio(self.right, self.support)
    }

    /// The harmonic mean of both.
    pub fn f1(&self) -> f64 {
        ratio(2 * self.right, self.predicted + self.support)
    }
}

impl Confusion {
    /// Takes in one prediction.
    pub fn add(&mut self, truth: u32, predicted: u32) {
        *self.counts.entry((truth, predicted)).or_default() += 1;
    }

    /// Predictions taken in.
    pub fn count(&self) -> u64 {
        self.counts.values().sum()
    }

    /// Share of them that are right; none without any.
    pub fn accuracy(&self) -> Option<f64> {
        let right: u64 = self.pairs().filter(|(t, p, _)| t == p).map(|(_, _, rows)| rows).sum();
        (!self.counts.is_empty()).then(|| ratio(right, self.count()))
    }

    /// The mean of F1 over the labels that occur in truth or prediction (scikit-learn's macro average);
    /// none without any.
    pub fn macro_f1(&self) -> Option<f64> {
        let labels = self.labels();
        let sum: f64 = labels.values().map(LabelFigures::f1).sum();
        (!labels.is_empty()).then(|| sum / labels.len() as f64)
    }

    /// The figures of every label that occurs.
    pub fn labels(&self) -> BTreeMap<u32, LabelFigures> {
        let mut labels: BTreeMap<u32, LabelFigures> = BTreeMap::new();
        for (truth, predicted, rows) in self.pairs() {
            labels.entry(truth).or_default().support += rows;
            labels.entry(predicted).or_default().predicted += rows;
            if truth == predicted {
                labels.entry(truth).or_default().right += rows;
            }
        }
        labels
    }

    /// (truth, prediction, rows) in ascending order, where rows is not 0.
    pub fn pairs(&self) -> impl Iterator<Item = (u32, u32, u64)> + '_ {
        self.counts.iter().map(|(&(truth, predicted), &rows)| (truth, predicted, rows))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The figures are scikit-learn's, `average="macro"`, `zero_division=0`. Label 3 is never predicted, 9 stands for
    /// one that the model does not know.
    #[test]
    fn figures_of_scikit_learn() {
        let mut confusion = Confusion::default();
        let truth = [0, 0, 1, 2, 2, 3, 1, 9, 0, 2];
        let predicted = [0, 1, 1, 2, 0, 2, 1, 0, 0, 2];
        truth.into_iter().zip(predicted).for_each(|(t, p)| confusion.add(t, p));
        assert_eq!(confusion.count(), 10);
        assert_eq!(confusion.accuracy(), Some(0.6));
        let close =
            |ours: f64, theirs: f64| assert!((ours - theirs).abs() < 1e-15, "{ours} {theirs}");
        close(confusion.macro_f1().unwrap_or_default(), 0.407_619_047_619_047_6);
        let expected = [
            (0, 0.5, 2.0 / 3.0, 0.571_428_571_428_571_4, 3),
            (1, 2.0 / 3.0, 1.0, 0.8, 2),
            (2, 2.0 / 3.0, 2.0 / 3.0, 2.0 / 3.0, 3),
            (3, 0.0, 0.0, 0.0, 1),
            (9, 0.0, 0.0, 0.0, 1),
        ];
        let labels = confusion.labels();
        assert_eq!(labels.len(), expected.len());
        for (label, precision, recall, f1, support) in expected {
            let ours = labels[&label];
            close(ours.precision(), precision);
            close(ours.recall(), recall);
            close(ours.f1(), f1);
            assert_eq!(ours.support, support);
        }
        assert_eq!(confusion.pairs().next(), Some((0, 0, 2)));
    }

    #[test]
    fn a_label_that_is_predicted_alone_counts_too() {
        let mut confusion = Confusion::default();
        [(0, 0), (0, 2), (1, 1)].into_iter().for_each(|(t, p)| confusion.add(t, p));
        // F1: 2 / 3, 1 and 0.
        assert!((confusion.macro_f1().unwrap_or_default() - 5.0 / 9.0).abs() < 1e-15);
    }

    #[test]
    fn nothing_has_no_figure() {
        let none = Confusion::default();
        assert_eq!((none.accuracy(), none.macro_f1()), (None, None));
    }
}
