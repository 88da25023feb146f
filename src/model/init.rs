//! First values, as PyTorch draws them: uniform in ±1/sqrt(hidden) for recurrent layers, in
//! ±1/sqrt(inputs) for the head.

use super::network::Network;
use super::params::Tensors;
use crate::random::{self, Purpose};

/// Parameters to start from: a pure function of the seed and each tensor's place.
pub fn initial_params(network: &Network, seed: u64) -> Tensors {
    let mut params = Tensors::zeros(network.layout());
    let architecture = network.architecture();
    let recurrent = 1.0 / (architecture.hidden as f32).sqrt();
    let head = 1.0 / ((architecture.hidden * architecture.directions) as f32).sqrt();
    let entries = network.layout().entries().to_vec();
    for (tensor, entry) in entries.iter().enumerate() {
        let bound = if entry.name.starts_with("head.") { head } else { recurrent };
        let values = &mut params.as_mut_slice()[entry.range()];
        for (quad, values) in values.chunks_mut(4).enumerate() {
            let bits = random::bits(seed, Purpose::Init, [tensor as u64, quad as u64]);
            for (value, &bits) in values.iter_mut().zip(&bits) {
                *value = bound * (2.0 * random::uniform(bits) - 1.0);
            }
        }
    }
    params
}
