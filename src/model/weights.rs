//! The parameters as the products read them: every matrix in panels, rearranged once per update (or once for all
//! predictions) and then read by all blocks on all threads.

use super::head::Linear;
use super::network::Network;
use super::params::Tensors;
use super::recurrence::Recurrence;
use crate::kernel::Packed;

/// All parameters of a network, packed.
#[derive(Clone, Debug)]
pub struct Weights {
    pub(super) recurrences: Vec<Recurrent>, // layer by layer, direction by direction
    pub(super) head: Option<Affine>,
    backward: bool,
}

/// Those of one layer in one direction.
#[derive(Clone, Debug, Default)]
pub(super) struct Recurrent {
    pub(super) input: Affine,
    pub(super) hidden: Affine,
}

/// `y = W x + b`, and for the way back `dx = dy W`.
#[derive(Clone, Debug, Default)]
pub(super) struct Affine {
    /// `[inputs, outputs]`: y' = x' W' + b'.
    pub(super) forward: Packed,
    pub(super) bias: Vec<f32>,
    /// `[outputs, inputs]`; empty where nothing goes back.
    pub(super) backward: Packed,
}

/// One matrix to be packed.
struct Job<'a> {
    affine: &'a mut Affine,
    weight: &'a [f32],
    bias: &'a [f32],
    outputs: usize,
    backward: bool,
}

/// Networks with fewer parameters are packed by the thread that asks: the others would come too late to help.
const WORTH_SHARING: usize = 1 << 16;

impl Weights {
    /// Packs parameters for passes there and back.
    pub fn new(network: &Network, params: &Tensors) -> Self {
        Self::packed(network, params, true)
    }

    /// Packs parameters for forward passes alone.
    pub fn for_prediction(network: &Network, params: &Tensors) -> Self {
        Self::packed(network, params, false)
    }

    /// Room that is still to be packed.
    pub fn room(network: &Network) -> Self {
        let recurrences = network.layers.iter().map(|layer| layer.recurrences.len()).sum();
        let head = network.head.as_ref().map(|_| Affine::default());
        Self { recurrences: vec![Recurrent::default(); recurrences], head, backward: true }
    }

    fn packed(network: &Network, params: &Tensors, backward: bool) -> Self {
        let mut weights = Self { backward, ..Self::room(network) };
        weights.pack(network, params);
        weights
    }

    /// Takes over all parameters.
    pub fn pack(&mut self, network: &Network, params: &Tensors) {
        let backward = self.backward;
        let recurrences = network.layers.iter().enumerate().flat_map(|(layer, l)| {
            // Nothing asks for the gradient of the network's inputs.
            l.recurrences.iter().map(move |r| (r, layer > 0))
        });
        let head = self.head.as_mut().zip(network.head.as_ref());
        let head = head.map(|(affine, head)| head.packing(params, affine, backward));
        let recurrent =
            self.recurrences.iter_mut().zip(recurrences).flat_map(|(weights, (r, below))| {
                let Recurrent { input, hidden } = weights;
                r.packing(params, input, hidden, backward && below, backward)
            });
        let jobs = recurrent.chain(head);
        if network.layout().len() < WORTH_SHARING {
            jobs.for_each(Job::run);
        } else {
            rayon::scope(|scope| jobs.for_each(|job| scope.spawn(|_| job.run())));
        }
    }
}

impl Recurrence {
    fn packing<'a>(
        &self,
        params: &'a Tensors,
        input: &'a mut Affine,
        hidden: &'a mut Affine,
        input_backward: bool,
        hidden_backward: bool,
    ) -> [Job<'a>; 2] {
        let outputs = self.width();
        let part = |range| &params.as_slice()[range];
        [
            Job {
                affine: input,
                weight: part(self.weight_ih.range()),
                bias: part(self.bias_ih.range()),
                outputs,
                backward: input_backward,
            },
            Job {
                affine: hidden,
                weight: part(self.weight_hh.range()),
                bias: part(self.bias_hh.range()),
                outputs,
                backward: hidden_backward,
            },
        ]
    }
}

impl Linear {
    fn packing<'a>(&self, params: &'a Tensors, affine: &'a mut Affine, backward: bool) -> Job<'a> {
        let part = |range| &params.as_slice()[range];
        let (weight, bias) = (part(self.weight.range()), part(self.bias.range()));
        Job { affine, weight, bias, outputs: bias.len(), backward }
    }
}

impl Job<'_> {
    fn run(self) {
        let Job { affine, weight, bias, outputs, backward } = self;
        let inputs = weight.len() / outputs;
        affine.forward.pack_transposed(weight, outputs, inputs);
        affine.bias.clear();
        affine.bias.extend_from_slice(bias);
        if backward {
            affine.backward.pack(weight, outputs, inputs);
        }
    }
}
