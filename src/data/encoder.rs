//! From rows in data units to what the network reads, and from its outputs back.

use super::calendar::Calendar;
use super::roles::Roles;
use super::scale::{Scaler, ScalerSet};
use super::vocabularies::Vocabularies;
use super::vocabulary::Classes;
use super::words::Words;
use crate::config::{Config, Levels, LossKind, Missing, RelativeTo, WordColumn};
use crate::model::{distances, quantiles, softmax};

/// The one place that knows how rows become features, targets and predictions.
#[derive(Clone, Debug)]
pub struct Encoder {
    /// Column roles.
    pub roles: Roles,
    /// What the model knows of words.
    pub vocabularies: Vocabularies,
    /// How each word input is read.
    pub(super) columns: Vec<WordColumn>,
    /// What the loss of each class is multiplied by; empty where numbers are predicted.
    pub class_weights: Vec<f32>,
    /// The quantiles that are put out in place of one number.
    pub levels: Option<Levels>,
    /// What the calendar says of a row.
    pub calendar: Calendar,
    pub(super) relative_to: RelativeTo,
    pub(super) interpolates: bool,
    anchor: bool,
    /// Rows from a prediction to its first target: 1 for a forecast, else 0.
    pub lead: usize,
    /// Steps predicted at each row.
    pub steps: usize,
}

impl Encoder {
    /// The encoder of a config with the words of its train rows; none where all columns hold numbers.
    pub fn new(config: &Config, vocabularies: Vocabularies) -> Self {
        let columns = config.data.inputs.iter().filter_map(|c| c.words().cloned()).collect();
        let weights = &config.training.class_weights;
        let class_weights = vocabularies.classes.as_ref().map(|classes| classes.weights(weights));
        let roles = Roles::new(config);
        Self {
            calendar: Calendar::new(&roles),
            roles,
            interpolates: config.data.missing == Missing::Interpolate,
            class_weights: class_weights.unwrap_or_default(),
            vocabularies,
            columns,
            levels: match config.training.loss {
                LossKind::Quantile { levels } => Some(levels),
                _ => None,
            },
            relative_to: config.data.window.map_or(RelativeTo::None, |w| w.relative_to),
            anchor: config.task.anchor,
            lead: config.task.lead(),
            steps: config.task.steps(),
        }
    }

    /// Whether the letters of a word input may be read.
    pub fn reads_letters(&self, column: &str) -> bool {
        let mut inputs = self.vocabularies.inputs.iter().zip(&self.columns);
        inputs.any(|(vocabulary, read_as)| vocabulary.column == column && read_as.text.is_some())
    }

    /// The classes of a category target.
    pub fn classes(&self) -> Option<&Classes> {
        self.vocabularies.classes.as_ref()
    }

    /// Numbers the network puts out per row: output index = target x steps + step - 1; of a category
    /// (step - 1) x classes + class, and of quantiles (target x steps + step - 1) x levels + level.
    pub fn outputs(&self) -> usize {
        let levels = self.levels.map_or(1, |levels| levels.as_slice().len());
        self.target_width() * self.classes().map_or(levels, Classes::len)
    }

    /// Targets per row: target x steps + step - 1.
    pub fn target_width(&self) -> usize {
        self.roles.targets.len() * self.steps
    }

    /// Looks up the words that are new: `words` of each column in use.
    pub fn read(&self, words: &mut [Words]) {
        let inputs = self.roles.words().zip(self.vocabularies.inputs.iter().zip(&self.columns));
        inputs.for_each(|(place, (vocabulary, column))| vocabulary.read(column, &mut words[place]));
        if let Some(classes) = self.classes() {
            classes.read(&mut words[self.roles.targets[0]]);
        }
    }

    /// The words of a category target.
    pub fn target_words<'w>(&self, words: &'w [Words]) -> &'w Words {
        &words[self.roles.targets[0]]
    }

    /// Rows after a row that its targets reach to: the horizon of a forecast, else 0.
    pub fn reach(&self) -> usize {
        self.lead + self.steps - 1
    }

    /// Whether a prediction needs the target's value at its own row.
    pub fn anchored(&self) -> bool {
        self.anchor
    }

    /// Values per row in the slices below.
    pub fn columns(&self) -> usize {
        self.roles.columns.len()
    }

    /// What the network should put out at the first of `rows` (`[n, columns]`, going on behind it as far as
    /// known): scaled, counted from the anchor where there is one, or of a category the class; NaN for what lies
    /// behind the last row, and for a label that is no class.
    pub fn targets(&self, rows: &[f64], scalers: &ScalerSet, words: &[Words], out: &mut [f32]) {
        let columns = self.columns();
        if self.classes().is_some() {
            for (step, out) in out.iter_mut().enumerate() {
                let word = self.target_word(rows, step);
                let class = word.and_then(|word| self.target_words(words).class(word));
                *out = class.map_or(f32::NAN, |class| class as f32);
            }
            return;
        }
        for (k, &place) in self.roles.targets.iter().enumerate() {
            let scaler = scalers.targets[k];
            let offset = self.offset(k, rows, scaler);
            for step in 0..self.steps {
                let at = (step + self.lead) * columns + place;
                let truth = rows.get(at).map_or(f64::NAN, |y| (y - offset) / scaler.scale);
                out[k * self.steps + step] = truth as f32;
            }
        }
    }

    /// What a target's outputs at a row are counted from: its last known value, where there is an anchor and one.
    fn offset(&self, target: usize, row: &[f64], scaler: Scaler) -> f64 {
        let last = row[self.roles.last_known[target]];
        if self.anchor && !last.is_nan() { last } else { scaler.offset }
    }

    /// Rows after a row that are read of what is known ahead.
    pub fn ahead(&self) -> usize {
        if self.roles.ahead.is_empty() { 0 } else { self.steps }
    }

    /// The word of a category target `step` steps on from the first of `rows`; none behind the last one.
    pub fn target_word(&self, rows: &[f64], step: usize) -> Option<u32> {
        let at = (step + self.lead) * self.columns() + self.roles.targets[0];
        rows.get(at).filter(|word| !word.is_nan()).map(|&word| word as u32)
    }

    /// What the targets of the first of `rows` come to, in data units; of a category the number of the word. NaN
    /// behind the last row.
    pub fn truth(&self, rows: &[f64], out: &mut [f64]) {
        for (k, &place) in self.roles.targets.iter().enumerate() {
            for step in 0..self.steps {
                let at = (step + self.lead) * self.columns() + place;
                out[k * self.steps + step] = rows.get(at).copied().unwrap_or(f64::NAN);
            }
        }
    }

    /// A target's value as a prediction is held against it: a number as it is, of a category the number of its class,
    /// which is below zero for a word that is none. NaN where it is not known.
    pub fn target_value(&self, words: &[Words], value: f64) -> f64 {
        if self.classes().is_none() || value.is_nan() {
            return value;
        }
        self.target_words(words).class(value as u32).map_or(-1.0, f64::from)
    }

    /// Outputs back in data units, for a prediction made at `row` (`[columns]`).
    pub fn decode(&self, row: &[f64], outputs: &[f32], scalers: &ScalerSet, values: &mut [f32]) {
        for k in 0..self.roles.targets.len() {
            let scaler = scalers.targets[k];
            let offset = self.offset(k, row, scaler);
            for at in k * self.steps..(k + 1) * self.steps {
                values[at] = (offset + f64::from(outputs[at]) * scaler.scale) as f32;
            }
        }
    }

    /// The same of quantiles: their medians, and the outermost two of each.
    pub fn decode_quantiles(
        &self,
        row: &[f64],
        outputs: &[f32],
        scalers: &ScalerSet,
        (values, bounds): (&mut [f32], &mut [[f32; 2]]),
    ) {
        let Some(levels) = self.levels else { return };
        let (count, median) = (levels.as_slice().len(), levels.median());
        let (mut scaled, mut apart) = (vec![0.0; count], outputs.to_vec());
        distances(&mut apart);
        let outputs = outputs.chunks_exact(count).zip(apart.chunks_exact(count));
        for (at, (outputs, apart)) in outputs.enumerate() {
            let (k, place) = (at / self.steps, self.roles.targets[at / self.steps]);
            let scaler = scalers.targets[k];
            let offset = if self.anchor { row[place] } else { scaler.offset };
            quantiles(outputs, apart, median, &mut scaled);
            let unscaled = |scaled: f64| (offset + scaled * scaler.scale) as f32;
            values[at] = unscaled(scaled[median]);
            bounds[at] = [unscaled(scaled[0]), unscaled(scaled[count - 1])];
        }
    }

    /// Outputs as probabilities, `[steps, classes]`, and of each step the likeliest class, the first of equals.
    pub fn decode_classes(&self, outputs: &[f32], values: &mut [f32], probabilities: &mut [f32]) {
        let classes = self.classes().map_or(1, Classes::len);
        softmax(outputs, classes, probabilities);
        for (outputs, value) in outputs.chunks_exact(classes).zip(values) {
            let mut best = 0;
            (1..classes).for_each(|k| best = if outputs[k] > outputs[best] { k } else { best });
            *value = best as f32;
        }
    }

    /// Names of the predictions: `pred_x`, or `pred_x+1` … for a forecast.
    pub fn prediction_names(&self, prefix: &str) -> Vec<String> {
        let name = |place: &usize| &self.roles.columns[*place];
        let names = self.roles.targets.iter().map(name);
        if self.lead == 0 {
            return names.map(|name| format!("{prefix}_{name}")).collect();
        }
        names
            .flat_map(|name| (1..=self.steps).map(move |step| format!("{prefix}_{name}+{step}")))
            .collect()
    }
}
