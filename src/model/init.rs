//! First values, as PyTorch draws them: uniform in ±1/sqrt(hidden) for recurrent layers, in ±1/sqrt(inputs) for the
//! head; embeddings from the standard normal distribution.

use std::f64::consts::TAU;

use super::network::Network;
use super::params::{First, Tensors};
use crate::kernel::scalar;
use crate::random::{self, Purpose};

/// Parameters to start from: a pure function of the seed and each tensor's place.
pub fn initial_params(network: &Network, seed: u64) -> Tensors {
    let mut params = Tensors::zeros(network.layout());
    let entries = network.layout().entries().to_vec();
    for (tensor, entry) in entries.iter().enumerate() {
        let values = &mut params.as_mut_slice()[entry.range()];
        for (quad, values) in values.chunks_mut(4).enumerate() {
            let bits = random::bits(seed, Purpose::Init, [tensor as u64, quad as u64]);
            let drawn = match entry.first {
                First::Uniform { inputs } => {
                    let bound = 1.0 / (inputs as f32).sqrt();
                    bits.map(|bits| bound * (2.0 * random::uniform(bits) - 1.0))
                }
                First::Normal => normal(bits),
            };
            values.copy_from_slice(&drawn[..values.len()]);
        }
    }
    params
}

/// Four normal random numbers (Box and Muller): a radius and an angle give two.
fn normal(bits: [u32; 4]) -> [f32; 4] {
    let [a, b, c, d] = bits.map(|bits| f64::from(random::uniform(bits)));
    let pair = |radius: f64, angle: f64| {
        let radius = (-2.0 * scalar::ln(1.0 - radius)).sqrt(); // in (0, 1], where ln is finite
        [radius * scalar::cos(TAU * angle), radius * scalar::sin(TAU * angle)]
    };
    let ([w, x], [y, z]) = (pair(a, b), pair(c, d));
    [w, x, y, z].map(|value| value as f32)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Mean, deviation, and how many lie within one and two deviations; neighbours know nothing of each other.
    #[test]
    fn normal_numbers_are_normal() {
        let quads = (0..50_000).map(|k| normal(random::bits(1, Purpose::Init, [0, k])));
        let numbers: Vec<f64> = quads.flatten().map(f64::from).collect();
        let mean_of = |f: &dyn Fn(f64) -> f64| {
            numbers.iter().map(|&x| f(x)).sum::<f64>() / numbers.len() as f64
        };
        assert!(mean_of(&|x| x).abs() < 0.01);
        assert!((mean_of(&|x| x * x) - 1.0).abs() < 0.02);
        let within = |bound: f64| mean_of(&|x| f64::from(u8::from(x.abs() < bound)));
        assert!((within(1.0) - 0.6827).abs() < 0.005, "{}", within(1.0));
        assert!((within(2.0) - 0.9545).abs() < 0.003, "{}", within(2.0));
        for apart in 1..4 {
            let pairs = numbers.iter().zip(&numbers[apart..]);
            let product = pairs.map(|(a, b)| a * b).sum::<f64>() / numbers.len() as f64;
            assert!(product.abs() < 0.01, "{apart} apart: {product}");
        }
    }

    #[test]
    fn the_ends_of_the_uniform_are_finite() {
        for bits in [0, u32::MAX] {
            assert!(normal([bits; 4]).iter().all(|x| x.is_finite() && x.abs() < 6.0));
        }
    }
}
