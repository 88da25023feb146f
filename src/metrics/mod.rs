//! Measures of predictions, accumulated one at a time in a fixed order: errors of numbers, and what is made of
//! predicted classes.

mod classes;
mod confusion;
mod errors;
pub mod student;

pub use classes::{ClassErrors, ClassFigures};
pub use confusion::{Confusion, LabelFigures};
pub use errors::{Errors, Figures, pinball};

/// How much higher one error is than another: -0.2 is 20 % lower. Infinite beside one that is never wrong.
pub fn change(ours: f64, theirs: f64) -> f64 {
    if theirs > 0.0 {
        return ours / theirs - 1.0;
    }
    if ours > 0.0 { f64::INFINITY } else { 0.0 }
}
