//! A ridge regression on the same rows as the model: what a straight line makes of them.
//!
//! A forecast: one regression that all targets and series share, of the rows after a window on the rows of the window,
//! both minus its last row, in scaled units and without a bias. A regression: of each target on the number inputs of the
//! last rows up to its own, both minus their train means. The penalty is the one of five that errs least on the
//! validation rows.

mod size;
mod solve;
mod sums;

use std::ops::Range;

pub use self::size::RidgeBytes;
use self::solve::Products;
use super::baselines::Origin;
use crate::data::{Encoder, PartRows, Scalers, Series};
use crate::kernel::{Packed, Start};

/// Penalties for each row that is fitted, in units of a scaled feature's square; without validation rows the middle one.
const PENALTIES: [f64; 5] = [1e-6, 1e-4, 1e-2, 1.0, 100.0];

/// Rows of a window that it reads at most, and rows where there are no windows.
const LOOK_BACK: usize = 1_024;
const WITHOUT_WINDOWS: usize = 96;

/// Numbers that a regression reads at most, and of how many inputs there is one: it always reads a whole row.
const FEATURES: usize = 512;
const INPUTS: usize = 2_048;

/// Products that are summed up at most; of longer data the last rows are used.
const WORK: usize = 1 << 31;

/// A fitted ridge regression.
#[derive(Debug)]
pub struct Ridge {
    shape: Shape,
    weights: Packed,
}

/// What it reads and puts out.
#[derive(Clone, Copy, Debug)]
struct Shape {
    /// Rows up to the one it is asked at.
    back: usize,
    /// Rows ahead; 0 for a regression at the same row.
    ahead: usize,
    inputs: usize,
    targets: usize,
}

impl Shape {
    /// None of categories, and where there is nothing to read.
    fn new(encoder: &Encoder, window: Option<usize>, train: &PartRows) -> Option<Self> {
        let inputs = encoder.roles.numbers().count();
        if encoder.classes().is_some() || inputs > INPUTS {
            return None;
        }
        let ahead = if encoder.lead > 0 { encoder.steps } else { 0 };
        let longest = train.segments().iter().map(|s| s.rows.len()).max().unwrap_or(0);
        let window = window.unwrap_or(WITHOUT_WINDOWS).min(longest.saturating_sub(ahead) / 2 + 1);
        let back = match ahead {
            0 => window.min(FEATURES / inputs.max(1)).max(1),
            _ => window.min(LOOK_BACK),
        };
        let shape = Self { back, ahead, inputs, targets: encoder.roles.targets.len() };
        (shape.features() > 0).then_some(shape)
    }

    fn features(&self) -> usize {
        if self.ahead > 0 { self.back - 1 } else { self.back * self.inputs }
    }

    fn outputs(&self) -> usize {
        if self.ahead > 0 { self.ahead } else { self.targets }
    }

    /// Products that a row costs.
    fn work(&self) -> usize {
        match self.ahead {
            0 => self.inputs * self.back * (2 * self.inputs + self.targets),
            ahead => self.targets * (2 * self.back + ahead),
        }
    }
}

impl Ridge {
    /// Fits one on the train rows; none of categories, and where there is nothing to fit.
    pub fn fit(
        encoder: &Encoder,
        scalers: &Scalers,
        window: Option<usize>,
        train: &PartRows,
        valid: Option<&PartRows>,
    ) -> Option<Self> {
        let shape = Shape::new(encoder, window, train)?;
        let fitted = sum(encoder, scalers, shape, train, 0);
        if fitted.rows == 0 {
            return None;
        }
        // As in a validation, windows look back to rows before the part, and the first ends right before it.
        let valid = valid.map(|valid| sum(encoder, scalers, shape, valid, encoder.lead.max(1)));
        let weights = choose(&fitted, valid.as_ref().filter(|valid| valid.rows > 0));
        let weights: Vec<f32> = weights.iter().map(|&w| w as f32).collect();
        let mut packed = Packed::new();
        packed.pack(&weights, shape.features(), shape.outputs());
        Some(Self { shape, weights: packed })
    }

    /// Its values at a row, `[targets x steps]`. The earliest row known stands for those before it.
    pub(super) fn fill(&self, encoder: &Encoder, at: Origin, values: &mut [f64]) {
        let Shape { back, ahead, targets, .. } = self.shape;
        let (roles, scalers) = (&encoder.roles, at.scalers);
        let row = |before: usize| at.series.row(at.row.saturating_sub(before).max(at.start));
        let known = |value: f64, mean: f64| if value.is_nan() { mean } else { value };
        let mut features = Vec::with_capacity(self.shape.features() * targets);
        if ahead > 0 {
            // As far as it is known: where targets may be empty, what they are filled with.
            for (&place, scaler) in roles.last_known.iter().zip(&scalers.targets) {
                let last = known(row(0)[place], scaler.mean);
                let change = |before| (known(row(before)[place], last) - last) / scaler.scale;
                features.extend((1..back).map(|before| change(before) as f32));
            }
        } else {
            for before in 0..back {
                let inputs = roles.numbers().zip(&scalers.inputs);
                let unit = |(place, s): (usize, &crate::data::Scaler)| {
                    ((known(row(before)[place], s.mean) - s.mean) / s.scale) as f32
                };
                features.extend(inputs.map(unit));
            }
        }
        let mut outputs = vec![0.0; values.len()];
        let rows = features.len() / self.shape.features();
        self.weights.product(&features, rows, Start::Zero, &mut outputs);
        let steps = encoder.steps;
        for (k, (&place, scaler)) in roles.last_known.iter().zip(&scalers.targets).enumerate() {
            let from = match ahead {
                0 => scaler.mean,
                _ => known(row(0)[place], scaler.mean),
            };
            for step in k * steps..(k + 1) * steps {
                values[step] = from + f64::from(outputs[step]) * scaler.scale;
            }
        }
    }
}

/// The weights with the penalty that errs least on the validation rows.
fn choose(fitted: &Products, valid: Option<&Products>) -> Vec<f64> {
    let solve = |penalty: f64| fitted.solve(penalty * fitted.rows as f64);
    let Some(valid) = valid else { return solve(PENALTIES[PENALTIES.len() / 2]) };
    let mut best: Option<(f64, Vec<f64>)> = None;
    for weights in PENALTIES.iter().map(|&penalty| solve(penalty)) {
        let error = valid.error(&weights);
        if best.as_ref().is_none_or(|(least, _)| error < *least) {
            best = Some((error, weights));
        }
    }
    best.map_or_else(Vec::new, |(_, weights)| weights)
}

/// The sums over a part. `before`: rows before it that may be read, too, and how many of them a window may end at.
fn sum(
    encoder: &Encoder,
    scalers: &Scalers,
    shape: Shape,
    part: &PartRows,
    before: usize,
) -> Products {
    let mut products = Products::new(shape.features(), shape.outputs());
    let work = part.rows() as usize * shape.work();
    for segment in part.segments() {
        let series = &part.table.series[segment.series];
        let whole = series.segment_of(segment.rows.start);
        let first = if before > 0 { whole.start } else { segment.rows.start };
        let from = segment.rows.start.saturating_sub(encoder.lead.min(before)).max(first);
        let from = from.max(first + shape.back - 1);
        let end = segment.rows.end.saturating_sub(shape.ahead);
        if from >= end {
            continue;
        }
        let from = from.max(end - affordable(end - from, work));
        let read = from + 1 - shape.back..segment.rows.end;
        let rows = shape.back - 1..shape.back - 1 + end - from;
        let (set, _) = scalers.of(&series.key);
        if shape.ahead > 0 {
            for (&place, scaler) in encoder.roles.last_known.iter().zip(&set.targets) {
                let values = column(series, &read, place, scaler.mean);
                let both = (shape.back, shape.ahead);
                sums::add_changes(&mut products, &values, rows.clone(), both, 1.0 / scaler.scale);
            }
        } else {
            let unit = |(place, s): (usize, &crate::data::Scaler)| -> Vec<f64> {
                let values = column(series, &read, place, s.mean);
                values.iter().map(|x| (x - s.mean) / s.scale).collect()
            };
            let inputs: Vec<_> = encoder.roles.numbers().zip(&set.inputs).map(unit).collect();
            let targets = encoder.roles.targets.iter().copied().zip(&set.targets);
            let targets: Vec<_> = targets.map(unit).collect();
            sums::add_inputs(&mut products, &inputs, &targets, rows, shape.back);
        }
    }
    products
}

/// How many of some rows are read where all of them would be `work` products.
fn affordable(rows: usize, work: usize) -> usize {
    (rows as u128 * WORK as u128 / work.max(WORK) as u128) as usize
}

/// A column's values in some rows; an empty one takes the value before it.
fn column(series: &Series, rows: &Range<usize>, place: usize, first: f64) -> Vec<f64> {
    let mut last = first;
    let filled = rows.clone().map(|row| {
        let value = series.row(row)[place];
        last = if value.is_nan() { last } else { value };
        last
    });
    filled.collect()
}
