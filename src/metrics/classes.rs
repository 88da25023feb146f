//! Measures of predicted classes.
//!
//! Over N predictions: accuracy = right / N; macro-F1 as [`Confusion::macro_f1`]; log-loss = the mean of -ln p of what
//! came true, in nats, over the rows whose label the model knows; bits per symbol = log-loss / ln 2; calibration
//! error (ECE; Guo and others, 2017) = sum over 15 equal bins of the chance given to the predicted class of rows in the
//! bin / N x |share that is right - mean chance|.

use serde::Serialize;

use super::confusion::Confusion;

/// Running sums over the predictions of one step, or of many together.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ClassErrors {
    /// What was taken for what.
    pub confusion: Confusion,
    log_loss: f64,
    with_probability: u64,
    /// None before the first.
    bins: Vec<Bin>,
}

/// Bins of the chance given to the predicted class: (k / 15, (k + 1) / 15].
const BINS: usize = 15;

/// Predictions whose class was given about the same chance.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Bin {
    count: u64,
    right: u64,
    chances: f64,
}

/// The measures; `None` where nothing was scored.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct ClassFigures {
    /// Share of the predictions that are right.
    pub accuracy: Option<f64>,
    /// Mean F1 of the labels that occur.
    pub macro_f1: Option<f64>,
    /// In nats; none for what gives labels without probabilities.
    pub log_loss: Option<f64>,
    /// How far chances are from shares, on average; none for what gives labels without probabilities.
    pub calibration_error: Option<f64>,
}

impl ClassErrors {
    /// Takes in one prediction; `log_probability` is ln p of what came true, where there is one.
    pub fn add(&mut self, truth: u32, predicted: u32, log_probability: Option<f64>) {
        self.confusion.add(truth, predicted);
        if let Some(ln) = log_probability {
            self.log_loss -= ln;
            self.with_probability += 1;
        }
    }

    /// Takes in the chance that was given to the predicted class.
    pub fn add_chance(&mut self, chance: f64, right: bool) {
        self.bins.resize(BINS, Bin::default());
        let place = (chance * BINS as f64).ceil() as usize;
        let bin = &mut self.bins[place.clamp(1, BINS) - 1];
        bin.count += 1;
        bin.right += u64::from(right);
        bin.chances += chance;
    }

    fn calibration_error(&self) -> Option<f64> {
        let count: u64 = self.bins.iter().map(|bin| bin.count).sum();
        let apart: f64 = self.bins.iter().map(|bin| (bin.right as f64 - bin.chances).abs()).sum();
        (count > 0).then(|| apart / count as f64)
    }

    /// The measures so far.
    pub fn figures(&self) -> ClassFigures {
        let rows = self.with_probability;
        ClassFigures {
            accuracy: self.confusion.accuracy(),
            macro_f1: self.confusion.macro_f1(),
            log_loss: (rows > 0).then(|| self.log_loss / rows as f64),
            calibration_error: self.calibration_error(),
        }
    }
}

impl ClassFigures {
    /// Share of the predictions that are wrong.
    pub fn wrong(&self) -> Option<f64> {
        self.accuracy.map(|right| 1.0 - right)
    }

    /// The log-loss in bits.
    pub fn bits(&self) -> Option<f64> {
        self.log_loss.map(|nats| nats / std::f64::consts::LN_2)
    }

    /// (name, value) in the order they are printed; `sequence`: bits per symbol too.
    pub fn named(&self, sequence: bool) -> Vec<(&'static str, Option<f64>)> {
        let mut named = vec![
            ("accuracy", self.accuracy),
            ("macro_f1", self.macro_f1),
            ("log_loss", self.log_loss),
            ("calibration_error", self.calibration_error),
        ];
        if sequence {
            named.push(("bits_per_symbol", self.bits()));
        }
        named
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::optim::Loss;

    /// The log-loss is PyTorch's `cross_entropy` and scikit-learn's `log_loss` of the same outputs.
    #[test]
    fn the_log_loss_of_pytorch() {
        let outputs = [[1.5, -0.25, 0.5], [0.0, 2.0, -1.0], [-0.5, 0.25, 3.0], [0.75, 0.5, 0.25]];
        let mut errors = ClassErrors::default();
        let likeliest = [0, 1, 2, 0];
        for ((outputs, truth), predicted) in outputs.iter().zip([0u32, 1, 0, 2]).zip(likeliest) {
            let loss = Loss::of_classes(&[1.0; 3], 1.0).step(outputs, &[truth as f32], None);
            errors.add(truth, predicted, loss.map(|l| -l));
        }
        let figures = errors.figures();
        assert_eq!(figures.accuracy, Some(0.5));
        assert!((figures.log_loss.unwrap_or_default() - 1.390_498_687_873_834_8).abs() < 1e-14);
        assert!((figures.bits().unwrap_or_default() - 2.006_065_561_358_192).abs() < 1e-14);
    }

    #[test]
    fn a_label_without_probability_has_no_term() {
        let mut errors = ClassErrors::default();
        errors.add(0, 0, Some(-1.0));
        errors.add(7, 0, None);
        let figures = errors.figures();
        assert_eq!((figures.accuracy, figures.log_loss), (Some(0.5), Some(1.0)));
        assert_eq!(ClassErrors::default().figures(), ClassFigures::default());
    }

    #[test]
    fn the_calibration_error_by_hand() {
        let mut errors = ClassErrors::default();
        // Two bins: .9 to .93 with two of three right, and the one that ends at 1 / 15, with one of two.
        [(0.91, true), (0.92, true), (0.93, false), (1.0 / 15.0, true), (0.05, false)]
            .into_iter()
            .for_each(|(chance, right)| errors.add_chance(chance, right));
        let expected = ((2.0 - 2.76f64).abs() + (1.0 - 1.0 / 15.0 - 0.05)) / 5.0;
        let error = errors.figures().calibration_error.unwrap_or_default();
        assert!((error - expected).abs() < 1e-12, "{error}");
        // Ten bins would hold these in one, fifteen in two.
        let mut errors = ClassErrors::default();
        [(0.64, true), (0.68, false)]
            .into_iter()
            .for_each(|(p, right)| errors.add_chance(p, right));
        let error = errors.figures().calibration_error.unwrap_or_default();
        assert!((error - (0.36 + 0.68) / 2.0).abs() < 1e-12, "{error}");
    }
}
