//! The learning rate: a function of the epoch, and of the update while it warms up.

use crate::config::Schedule;
use crate::kernel::scalar::{cos, powi};

/// The learning rate over a run.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LearningRate {
    /// `optimizer.learning_rate`.
    pub start: f64,
    /// How it changes from epoch to epoch.
    pub schedule: Schedule,
    /// Updates over which it rises linearly.
    pub warmup_steps: u64,
    /// Epochs of a whole cosine: those of the run when it first started.
    pub cosine_epochs: usize,
}

/// What the plateau schedule remembers, as `torch.optim.lr_scheduler.ReduceLROnPlateau`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PlateauState {
    /// The factor reached so far, times the start.
    pub learning_rate: f64,
    /// Best figure seen; none yet.
    pub best: Option<f64>,
    /// Epochs since.
    pub bad_epochs: usize,
}

impl LearningRate {
    /// The plateau's state before the first epoch.
    pub fn plateau(&self) -> PlateauState {
        PlateauState { learning_rate: self.start, best: None, bad_epochs: 0 }
    }

    /// The learning rate of update number `step` (from 0) in epoch number `epoch` (from 0).
    pub fn at(&self, epoch: usize, step: u64, plateau: &PlateauState) -> f64 {
        let rate = match self.schedule {
            Schedule::Constant => self.start,
            Schedule::Step { step_size, gamma } => {
                self.start * powi(gamma, (epoch / step_size) as u64)
            }
            Schedule::Exponential { gamma } => self.start * powi(gamma, epoch as u64),
            Schedule::Cosine { min_learning_rate } => {
                let done = (epoch as f64 / self.cosine_epochs.max(1) as f64).min(1.0);
                let half = (1.0 + cos(std::f64::consts::PI * done)) / 2.0;
                min_learning_rate + (self.start - min_learning_rate) * half
            }
            Schedule::Plateau { .. } => plateau.learning_rate,
        };
        if step < self.warmup_steps {
            rate * (step + 1) as f64 / self.warmup_steps as f64
        } else {
            rate
        }
    }

    /// Tells the plateau an epoch's figure (lower is better; not a number: worse than any).
    pub fn end_epoch(&self, figure: Option<f64>, state: &mut PlateauState) {
        let Schedule::Plateau { factor, patience, threshold, min_learning_rate } = self.schedule
        else {
            return;
        };
        let better = |figure: f64| state.best.is_none_or(|best| figure < best * (1.0 - threshold));
        match figure.filter(|f| f.is_finite()) {
            Some(figure) if better(figure) => {
                state.best = Some(figure);
                state.bad_epochs = 0;
            }
            _ => state.bad_epochs += 1,
        }
        if state.bad_epochs > patience {
            let reduced = (state.learning_rate * factor).max(min_learning_rate);
            // PyTorch leaves changes below its `eps` undone.
            if state.learning_rate - reduced > 1e-8 {
                state.learning_rate = reduced;
            }
            state.bad_epochs = 0;
        }
    }
}
