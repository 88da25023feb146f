//! What a predictor answers.

/// What is known about a row that was pushed with a ticket.
#[derive(Clone, Debug, PartialEq)]
pub struct Answer {
    /// The ticket it was pushed with.
    pub ticket: u64,
    /// `None`: a row without a prediction.
    pub prediction: Option<Prediction>,
}

/// A prediction, one number per target and step (target x steps + step - 1), or one class per step.
#[derive(Clone, Debug, PartialEq)]
pub struct Prediction {
    /// As the network puts it out: scaled, counted from the anchor.
    pub outputs: Vec<f32>,
    /// In data units; of a category the likeliest class.
    pub values: Vec<f32>,
    /// Of a category, `[steps, classes]`; else empty.
    pub probabilities: Vec<f32>,
    /// Around each value, from and to, in data units; empty where nothing is known of how sure it is.
    pub bounds: Vec<[f32; 2]>,
    /// Of a category, `[steps, classes]`, whether a class is in the set; empty where there is none.
    pub sets: Vec<bool>,
}

impl Prediction {
    /// Whether an interval, or a set, holds the truth, as [`Encoder::target_value`](crate::data::Encoder::target_value) has it.
    pub fn holds(&self, at: usize, truth: f64) -> bool {
        if self.sets.is_empty() {
            let [low, high] = self.bounds[at].map(f64::from);
            return (low..=high).contains(&truth);
        }
        let classes = self.sets.len() / self.values.len();
        truth >= 0.0 && self.sets[at * classes + truth as usize]
    }
}
