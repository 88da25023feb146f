//! What a ridge regression takes of memory, known before it is fitted.

use super::{Ridge, Shape, affordable};
use crate::data::{Encoder, PartRows};

/// Bytes of a ridge regression.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RidgeBytes {
    /// The most there is at a time while it is fitted.
    pub fitting: u128,
    /// What stays of it.
    pub kept: u128,
}

impl Ridge {
    /// What [`Ridge::fit`] of the same would take; nothing where it gives none.
    pub fn bytes(
        encoder: &Encoder,
        window: Option<usize>,
        train: &PartRows,
        valid: Option<&PartRows>,
    ) -> RidgeBytes {
        let Some(shape) = Shape::new(encoder, window, train) else { return RidgeBytes::default() };
        let (features, outputs) = (shape.features() as u128, shape.outputs() as u128);
        let (square, weights) = (features * features, features * outputs);
        let products = square + weights;
        // Sums of products at all distances, beside what has been summed up.
        let lagged = (shape.back * (shape.back + shape.ahead)) as u128;
        let summing = |part: &PartRows| lagged + shape.columns(part);
        // The root of the products; weights, the best so far, and those of a part of the outputs each.
        let solving = square + 3 * weights;
        let most = match valid {
            None => products + summing(train).max(solving),
            Some(valid) => {
                (products + summing(train)).max(2 * products + summing(valid).max(solving))
            }
        };
        RidgeBytes { fitting: 8 * most, kept: 4 * weights }
    }
}

impl Shape {
    /// Numbers of the columns that are copied of a part's longest segment.
    fn columns(&self, part: &PartRows) -> u128 {
        let longest = part.segments().iter().map(|segment| segment.rows.len()).max().unwrap_or(0);
        let all = part.rows() as usize * self.work();
        let rows = affordable(longest, all) + self.back + self.ahead;
        // One as it is and scaled; or all inputs and targets, and one as it is.
        let columns = if self.ahead > 0 { 2 } else { self.inputs + self.targets + 1 };
        (columns * rows) as u128
    }
}
