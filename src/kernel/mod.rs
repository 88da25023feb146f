//! The hot maths, and the only room with `unsafe`: products, gates, exp, ln, tanh, sigmoid, sin, cos, one SIMD dispatch.
//!
//! Everything here gives the same bits on every CPU: sums have one order (the rule in `product.rs`), functions are
//! built from + - * / and fused multiply-add alone ([`functions`], [`scalar`]), and what the compiler
//! vectorises ([`lanes`]) treats each lane alone.

pub mod functions;
mod gates;
pub mod lanes;
mod outer;
mod packed;
mod product;
pub mod scalar;
mod simd;
mod strided;
mod sums;
mod tile;
mod vector;

#[cfg(test)]
pub(crate) use simd::testing::at_each_level;

pub use gates::{Above, Gates, StepBackward, StepForward, backward, forward};
pub use outer::{Columns, Rows, add_outer};
pub use packed::Packed;
pub use product::BLOCK;
pub use simd::variant;
pub use sums::add_columns;
pub use tile::Start;

/// 0 where |x| < 1e-30, else `x`. Decaying states and gradients would end as denormals, which make
/// products up to 70 times slower; 1e-30 leaves room for the product with a small weight. NaN stays.
#[inline(always)]
pub fn snap(x: f32) -> f32 {
    if x.abs() < 1e-30 { 0.0 } else { x }
}
