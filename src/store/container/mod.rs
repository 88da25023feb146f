//! The file form of models and checkpoints: safetensors with a checksum over every byte, read strictly.
//!
//! Any reader of safetensors reads ours. Ours reads only files that this program wrote: the header
//! must begin with the checksum, the tensors must fill the file in the header's order, and every value
//! must be finite.

mod foreign;
mod header;
mod read;
mod write;

pub use read::read_file;

use std::collections::HashSet;

use crate::store::text::printable;

/// Longest name of a tensor, in bytes.
pub const MAX_NAME: usize = 256;
/// Most dimensions of a tensor.
pub const MAX_RANK: usize = 4;

/// What the header of every file begins with; the 64 digits of the checksum follow.
const SEAL: &[u8] = br#"{"__metadata__":{"checksum":"sha256:"#;
/// Length of the header's length at the beginning of a file.
const LENGTH_BYTES: usize = 8;
/// Where the digits of the checksum stand in every file.
const DIGITS: std::ops::Range<usize> = LENGTH_BYTES + SEAL.len()..LENGTH_BYTES + SEAL.len() + 64;
/// Longest header, as in the reference implementation.
const MAX_HEADER: u64 = 100_000_000;

/// The content of a file.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Container {
    /// Texts by name, in file order. Without the checksum, which reading and writing take care of.
    pub metadata: Vec<(String, String)>,
    /// In file order. With F64 before F32 all values are aligned, which some foreign readers want.
    pub tensors: Vec<Tensor>,
}

/// A named array.
#[derive(Clone, Debug, PartialEq)]
pub struct Tensor {
    /// E.g. `rnn.weight_ih_l0`; see [`name_fault`].
    pub name: String,
    /// Sizes, at most [`MAX_RANK`]; none: one value.
    pub shape: Vec<usize>,
    /// Row-major values, as many as the shape says.
    pub data: TensorData,
}

/// The values of a tensor.
#[derive(Clone, Debug, PartialEq)]
pub enum TensorData {
    /// 32 bits each.
    F32(Vec<f32>),
    /// 64 bits each.
    F64(Vec<f64>),
}

impl Container {
    /// The text under `key`.
    pub fn value(&self, key: &str) -> Option<&str> {
        self.metadata.iter().find(|(name, _)| name == key).map(|(_, value)| value.as_str())
    }

    /// The tensor called `name`.
    pub fn tensor(&self, name: &str) -> Option<&Tensor> {
        self.tensors.iter().find(|tensor| tensor.name == name)
    }
}

/// What is wrong with a tensor's name, if anything; for refusing a column's name before any work.
pub fn name_fault(name: &str) -> Option<String> {
    if name.is_empty() || name == "__metadata__" {
        return Some(format!("\"{name}\" cannot be the name of a tensor"));
    }
    if name.len() > MAX_NAME {
        return Some(format!("tensor name over {MAX_NAME} bytes: \"{}\"", printable(name)));
    }
    let has_control = name.chars().any(char::is_control);
    has_control.then(|| format!("control character in tensor name \"{}\"", printable(name)))
}

impl Tensor {
    /// Number of values.
    pub fn len(&self) -> usize {
        self.data.len()
    }

    /// Whether it has none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The first value that is not finite, as `name[row,column]`.
    pub fn first_non_finite(&self) -> Option<String> {
        let flat = match &self.data {
            TensorData::F32(values) => values.iter().position(|v| !v.is_finite()),
            TensorData::F64(values) => values.iter().position(|v| !v.is_finite()),
        };
        let mut rest = flat?;
        let mut index = vec![String::new(); self.shape.len()];
        for (place, size) in index.iter_mut().zip(&self.shape).rev() {
            *place = (rest % size).to_string();
            rest /= size;
        }
        Some(format!("{}[{}]", printable(&self.name), index.join(",")))
    }
}

impl TensorData {
    /// Number of values.
    fn len(&self) -> usize {
        match self {
            TensorData::F32(values) => values.len(),
            TensorData::F64(values) => values.len(),
        }
    }
}

/// Number of values of a shape; `None` where it overflows, also beside a size of 0.
fn volume(shape: &[usize]) -> Option<usize> {
    let of_others =
        shape.iter().filter(|n| **n > 0).try_fold(1usize, |product, n| product.checked_mul(*n))?;
    Some(if shape.contains(&0) { 0 } else { of_others })
}

/// The first name that occurs twice.
fn first_duplicate<'a>(names: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let mut seen = HashSet::new();
    let mut names = names;
    names.find(|name| !seen.insert(*name))
}

#[cfg(test)]
mod refusals;
#[cfg(test)]
mod tests;
