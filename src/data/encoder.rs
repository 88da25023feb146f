//! From rows in data units to what the network reads, and from its outputs back.

use super::roles::Roles;
use super::scale::{Scaler, ScalerSet};
use crate::config::{Config, RelativeTo};

/// The one place that knows how rows become features, targets and predictions.
#[derive(Clone, Debug)]
pub struct Encoder {
    /// Column roles.
    pub roles: Roles,
    relative_to: RelativeTo,
    anchor: bool,
    /// Rows from a prediction to its first target: 1 for a forecast, else 0.
    pub lead: usize,
    /// Steps predicted at each row.
    pub steps: usize,
}

impl Encoder {
    /// The encoder of a config.
    pub fn new(config: &Config) -> Self {
        Self {
            roles: Roles::new(&config.data),
            relative_to: config.data.window.map_or(RelativeTo::None, |w| w.relative_to),
            anchor: config.task.anchor,
            lead: config.task.lead(),
            steps: config.task.steps(),
        }
    }

    /// Numbers the network reads per row.
    pub fn features(&self) -> usize {
        self.roles.inputs.len()
    }

    /// Numbers it puts out per row: output index = target x steps + step - 1.
    pub fn outputs(&self) -> usize {
        self.roles.targets.len() * self.steps
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

    /// Features of a whole sequence, `rows` `[n, columns]`: calls `write(t, feature, value)`.
    pub fn inputs(
        &self,
        rows: &[f64],
        scalers: &ScalerSet,
        mut write: impl FnMut(usize, usize, f32),
    ) {
        let columns = self.columns();
        let base = match self.relative_to {
            RelativeTo::None => None,
            RelativeTo::First => rows.chunks_exact(columns).next(),
            RelativeTo::Last => rows.chunks_exact(columns).next_back(),
        };
        for (feature, &place) in self.roles.inputs.iter().enumerate() {
            let scaler = scalers.inputs[feature];
            let offset = base.map_or(scaler.offset, |base| base[place]);
            for (t, row) in rows.chunks_exact(columns).enumerate() {
                write(t, feature, ((row[place] - offset) / scaler.scale) as f32);
            }
        }
    }

    /// Makes sure that a row can be scaled into 32-bit floats; names the column that cannot.
    pub fn check(&self, row: &[f64], scalers: &ScalerSet) -> Result<(), usize> {
        let scaled =
            |place: usize, scaler: &Scaler| ((row[place] - scaler.offset) / scaler.scale) as f32;
        let fits = |(&place, scaler): (&usize, &Scaler)| {
            // Half the range: differences of two such rows fit too.
            if (scaled(place, scaler) / 2.0).abs() < f32::MAX / 4.0 { Ok(()) } else { Err(place) }
        };
        self.roles.inputs.iter().zip(&scalers.inputs).try_for_each(fits)
    }

    /// What the network should put out at the first of `rows` (`[n, columns]`, going on behind it as far as
    /// known): scaled, counted from the anchor where there is one; NaN for what lies behind the last row.
    pub fn targets(&self, rows: &[f64], scalers: &ScalerSet, out: &mut [f32]) {
        let columns = self.columns();
        for (k, &place) in self.roles.targets.iter().enumerate() {
            let scaler = scalers.targets[k];
            let offset = if self.anchor { rows[place] } else { scaler.offset };
            for step in 0..self.steps {
                let at = (step + self.lead) * columns + place;
                let truth = rows.get(at).map_or(f64::NAN, |y| (y - offset) / scaler.scale);
                out[k * self.steps + step] = truth as f32;
            }
        }
    }

    /// What the targets of the first of `rows` come to, in data units; NaN behind the last row.
    pub fn truth(&self, rows: &[f64], out: &mut [f64]) {
        for (k, &place) in self.roles.targets.iter().enumerate() {
            for step in 0..self.steps {
                let at = (step + self.lead) * self.columns() + place;
                out[k * self.steps + step] = rows.get(at).copied().unwrap_or(f64::NAN);
            }
        }
    }

    /// Outputs back in data units, for a prediction made at `row` (`[columns]`).
    pub fn decode(&self, row: &[f64], outputs: &[f32], scalers: &ScalerSet, values: &mut [f32]) {
        for (k, &place) in self.roles.targets.iter().enumerate() {
            let scaler = scalers.targets[k];
            let offset = if self.anchor { row[place] } else { scaler.offset };
            for at in k * self.steps..(k + 1) * self.steps {
                values[at] = (offset + f64::from(outputs[at]) * scaler.scale) as f32;
            }
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
