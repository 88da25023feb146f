//! The loss of a sequence: `l(y_hat, y)` of every real timestep, summed over the steps.
//!
//! `l` is the mean over the targets of a step that are present (one that is not a number is not). Where the targets
//! are classes, each is the number of a class, and has an output for every class; quantiles have one for each level.

use super::cross_entropy::log_loss;
use super::quantile::pinball;
use crate::config::LossKind;
use crate::model::Block;

/// A loss function of contract section 3.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Loss<'a> {
    /// The loss of one target.
    pub kind: LossKind,
    /// Divides the gradient: B, the sequences of the batch that have a term.
    pub sequences: f32,
    /// What the log-loss of each class is multiplied with; empty where targets are numbers.
    pub class_weights: &'a [f32],
}

/// Sums of loss terms in a fixed order: row by row, and steps ascending within a row.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct LossSum {
    /// Sum of `l` over steps.
    pub sum: f64,
    /// Steps that had a term.
    pub steps: u64,
    /// Sequences that had one.
    pub sequences: u64,
}

impl LossSum {
    /// Adds a step of a sequence whose sum this is.
    pub fn add_step(&mut self, l: f64) {
        self.sum += l;
        self.steps += 1;
        self.sequences = 1;
    }

    /// Adds another sum behind this one.
    pub fn add(&mut self, other: LossSum) {
        self.sum += other.sum;
        self.steps += other.steps;
        self.sequences += other.sequences;
    }

    /// Mean over sequences of their summed loss: L of the contract; none without sequences.
    pub fn per_sequence(&self) -> Option<f64> {
        (self.sequences > 0).then(|| self.sum / self.sequences as f64)
    }

    /// Mean over steps; none without steps.
    pub fn per_step(&self) -> Option<f64> {
        (self.steps > 0).then(|| self.sum / self.steps as f64)
    }
}

impl<'a> Loss<'a> {
    /// A loss of numbers.
    pub fn new(kind: LossKind, sequences: f32) -> Self {
        Self { kind, sequences, class_weights: &[] }
    }

    /// The log-loss of as many classes as there are weights.
    pub fn of_classes(class_weights: &'a [f32], sequences: f32) -> Self {
        Self { kind: LossKind::CrossEntropy, sequences, class_weights }
    }

    /// Outputs for each target.
    fn outputs_each(&self) -> usize {
        match &self.kind {
            LossKind::CrossEntropy => self.class_weights.len(),
            LossKind::Quantile { levels } => levels.as_slice().len(),
            _ => 1,
        }
    }

    /// `l` of one step and, added to nothing, its gradient. Absent targets have no gradient.
    /// Returns `None` where no target is present.
    pub fn step(&self, y_hat: &[f32], y: &[f32], gradient: Option<&mut [f32]>) -> Option<f64> {
        assert_eq!(y_hat.len(), y.len() * self.outputs_each(), "outputs of the targets");
        let present = y.iter().filter(|y| !y.is_nan()).count();
        if present == 0 {
            gradient.into_iter().for_each(|g| g.fill(0.0));
            return None;
        }
        let share = 1.0 / (present as f32 * self.sequences);
        let sum = match self.kind {
            LossKind::CrossEntropy => self.classes(y_hat, y, share, gradient),
            LossKind::Quantile { levels } => pinball(y_hat, y, &levels, share, gradient),
            _ => self.numbers(y_hat, y, share, gradient),
        };
        Some(sum / present as f64)
    }

    fn numbers(
        &self,
        y_hat: &[f32],
        y: &[f32],
        share: f32,
        mut gradient: Option<&mut [f32]>,
    ) -> f64 {
        let mut sum = 0.0f64;
        for (j, (&y_hat, &y)) in y_hat.iter().zip(y).enumerate() {
            let (value, slope) = if y.is_nan() { (0.0, 0.0) } else { self.output(y_hat - y) };
            sum += value;
            if let Some(gradient) = &mut gradient {
                gradient[j] = slope * share;
            }
        }
        sum
    }

    fn classes(
        &self,
        y_hat: &[f32],
        y: &[f32],
        share: f32,
        mut gradient: Option<&mut [f32]>,
    ) -> f64 {
        let each = self.outputs_each();
        let mut unasked = vec![0.0; if gradient.is_none() { each } else { 0 }];
        let mut sum = 0.0;
        for (j, (y_hat, &y)) in y_hat.chunks_exact(each).zip(y).enumerate() {
            let slope = match &mut gradient {
                Some(gradient) => &mut gradient[j * each..(j + 1) * each],
                None => &mut unasked,
            };
            if y.is_nan() {
                slope.fill(0.0);
            } else {
                let class = y as usize;
                sum += log_loss(y_hat, class, self.class_weights[class], slope, share);
            }
        }
        sum
    }

    /// Loss and slope of one error.
    fn output(&self, error: f32) -> (f64, f32) {
        let size = f64::from(error).abs();
        // As PyTorch: the slope of |e| at 0 is 0.
        let sign = f32::from(i8::from(error > 0.0) - i8::from(error < 0.0));
        match self.kind {
            LossKind::Mse => (size * size, 2.0 * error),
            LossKind::Mae => (size, sign),
            LossKind::Huber { delta } if size <= delta => (0.5 * size * size, error),
            LossKind::Huber { delta } => (delta * (size - 0.5 * delta), delta as f32 * sign),
            LossKind::Quantile { .. } | LossKind::CrossEntropy => {
                unreachable!("several outputs have no one error")
            }
        }
    }

    /// The loss of a block and its gradient. `y` and `dy` are `[S, B, outputs]`, flat, S = T or 1 (final states
    /// only); `targets` has as many numbers, or one for the outputs of all classes.
    pub fn block(
        &self,
        block: &Block,
        outputs: usize,
        y: &[f32],
        targets: &[f32],
        dy: &mut [f32],
    ) -> Vec<LossSum> {
        let (rows, width) = (block.rows(), outputs / self.outputs_each());
        let every_step = y.len() == block.steps() * rows * outputs;
        let mut sums = vec![LossSum::default(); rows];
        for (at, dy) in dy.chunks_exact_mut(outputs).enumerate() {
            let (t, row) = (at / rows, at % rows);
            if every_step && t >= block.lengths()[row] {
                dy.fill(0.0);
                continue;
            }
            let y = &y[at * outputs..(at + 1) * outputs];
            if let Some(l) = self.step(y, &targets[at * width..(at + 1) * width], Some(dy)) {
                sums[row].add_step(l);
            }
        }
        sums
    }
}
