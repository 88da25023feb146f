//! Dropout between layers, as `torch.nn.LSTM(dropout=p)` has it, and on what the first layer reads: kept values are scaled by 1/(1-p).
//! Whether a value is kept is a pure function of where it stands, so nothing has to be saved and the
//! number of threads cannot matter.

use crate::random::{self, Purpose};

/// Which masks to draw: the same key gives the same masks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DropoutKey {
    /// `training.seed`.
    pub seed: u64,
    /// Updates so far.
    pub step: u64,
}

/// The mask of one layer's output, `[T, B, width]`: 0 or 1/(1-p).
pub(super) struct Mask<'a> {
    pub(super) key: DropoutKey,
    pub(super) chance: f32,
    pub(super) layer: usize,
    pub(super) first_row: usize,
    pub(super) factors: &'a mut [f32],
}

impl Mask<'_> {
    /// Draws the mask for `rows` sequences of outputs `width` wide.
    pub(super) fn draw(self, rows: usize, width: usize) {
        let keep = 1.0 / (1.0 - self.chance);
        for (at, values) in self.factors.chunks_exact_mut(width).enumerate() {
            let (t, row) = (at / rows, self.first_row + at % rows);
            for (quad, values) in values.chunks_mut(4).enumerate() {
                let bits = random::bits(
                    self.key.seed,
                    Purpose::Dropout,
                    [self.key.step, place(self.layer, row, t, quad)],
                );
                for (value, &bits) in values.iter_mut().zip(&bits) {
                    *value = if random::uniform(bits) < self.chance { 0.0 } else { keep };
                }
            }
        }
    }
}

/// Applies a mask to values, or to their gradients.
pub(super) fn scale(values: &mut [f32], factors: &[f32]) {
    values.iter_mut().zip(factors).for_each(|(v, f)| *v *= f);
}

/// Layer, row, timestep and four units in the 56 bits of a random index; far beyond any real size they would
/// repeat, which costs randomness and nothing else.
fn place(layer: usize, row: usize, t: usize, quad: usize) -> u64 {
    let bits = |value: usize, width: u32, at: u32| (value as u64 & ((1 << width) - 1)) << at;
    bits(layer, 8, 48) | bits(row, 16, 32) | bits(t, 20, 12) | bits(quad, 12, 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mask(step: u64, first_row: usize, rows: usize) -> Vec<f32> {
        let mut factors = vec![9.0; 50 * rows * 10];
        let key = DropoutKey { seed: 1, step };
        Mask { key, chance: 0.25, layer: 0, first_row, factors: &mut factors }.draw(rows, 10);
        factors
    }

    #[test]
    fn keeps_the_mean_and_drops_the_right_share() {
        let factors = mask(3, 0, 16);
        let dropped = factors.iter().filter(|&&f| f == 0.0).count() as f64 / factors.len() as f64;
        assert!((dropped - 0.25).abs() < 0.02, "{dropped}");
        assert!(factors.iter().all(|&f| f == 0.0 || f == 1.0 / 0.75));
        assert_ne!(factors, mask(4, 0, 16), "every update draws anew");
    }

    #[test]
    fn does_not_depend_on_the_blocking() {
        let (whole, second) = (mask(3, 0, 4), mask(3, 2, 2));
        for t in 0..50 {
            assert_eq!(whole[(t * 4 + 2) * 10..][..20], second[t * 2 * 10..][..20]);
        }
    }
}
