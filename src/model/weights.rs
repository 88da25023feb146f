//! The parameters as the products read them: every matrix in panels, rearranged once per update (or once for all
//! predictions) and then read by all blocks on all threads.

use super::head::Linear;
use super::layer::Layer;
use super::network::Network;
use super::params::Tensors;
use super::recurrence::Recurrence;
use crate::kernel::Packed;

/// All parameters of a network, packed.
#[derive(Clone, Debug)]
pub struct Weights {
    pub(super) recurrences: Vec<Recurrent>, // layer by layer, direction by direction
    pub(super) head: Option<Affine>,
    pub(super) tables: Vec<Vec<f32>>, // of each embedding, [size, width]
    pub(super) encoders: Vec<Weights>, // of each network over characters
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

/// One matrix to be packed, or a table to be copied.
enum Job<'a> {
    Matrix {
        affine: &'a mut Affine,
        weight: &'a [f32],
        bias: &'a [f32],
        outputs: usize,
        backward: bool,
    },
    Table {
        to: &'a mut Vec<f32>,
        from: &'a [f32],
    },
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
        Self {
            recurrences: vec![Recurrent::default(); recurrences],
            head,
            tables: vec![Vec::new(); network.input.embeddings.len()],
            encoders: network.input.encoders.iter().map(|e| Self::room(&e.network)).collect(),
            backward: true,
        }
    }

    fn packed(network: &Network, params: &Tensors, backward: bool) -> Self {
        let mut weights = Self { backward, ..Self::room(network) };
        weights.pack(network, params);
        weights
    }

    /// Takes over all parameters.
    pub fn pack(&mut self, network: &Network, params: &Tensors) {
        let backward = self.backward;
        let jobs = self.jobs(network, params.as_slice(), backward);
        if network.layout().len() < WORTH_SHARING {
            jobs.for_each(Job::run);
        } else {
            rayon::scope(|scope| jobs.for_each(|job| scope.spawn(|_| job.run())));
        }
    }

    /// What there is to be packed.
    fn jobs<'a>(
        &'a mut self,
        network: &'a Network,
        params: &'a [f32],
        backward: bool,
    ) -> Box<dyn Iterator<Item = Job<'a>> + Send + 'a> {
        let Self { recurrences, head, tables, encoders, .. } = self;
        // Nothing asks for the gradient of numbers.
        let learned = network.input.is_learned();
        let of_layer = move |(layer, l): (usize, &'a Layer)| {
            l.recurrences.iter().map(move |r| (r, layer > 0 || learned))
        };
        let parts = network.layers.iter().enumerate().flat_map(of_layer);
        let recurrent = recurrences.iter_mut().zip(parts).flat_map(move |(weights, (r, below))| {
            let Recurrent { input, hidden } = weights;
            r.packing(params, input, hidden, backward && below, backward)
        });
        let head = head.as_mut().zip(network.head.as_ref());
        let head = head.map(|(affine, head)| head.packing(params, affine, backward));
        let tables = tables.iter_mut().zip(&network.input.embeddings);
        let tables = tables.map(|(to, e)| Job::Table { to, from: &params[e.weight.range()] });
        let encoders = encoders.iter_mut().zip(&network.input.encoders);
        let encoders = encoders.flat_map(move |(w, e)| w.jobs(&e.network, params, backward));
        Box::new(recurrent.chain(head).chain(tables).chain(encoders))
    }
}

#[cfg(test)]
impl Weights {
    /// What they hold, for the test of `size`.
    pub(super) fn numbers(&self) -> usize {
        let affine = |a: &Affine| a.forward.numbers() + a.bias.len() + a.backward.numbers();
        let recurrent = |r: &Recurrent| affine(&r.input) + affine(&r.hidden);
        let layers: usize = self.recurrences.iter().map(recurrent).sum();
        let tables: usize = self.tables.iter().map(Vec::len).sum();
        let encoders: usize = self.encoders.iter().map(Self::numbers).sum();
        layers + self.head.as_ref().map_or(0, affine) + tables + encoders
    }
}

impl Recurrence {
    fn packing<'a>(
        &self,
        params: &'a [f32],
        input: &'a mut Affine,
        hidden: &'a mut Affine,
        input_backward: bool,
        hidden_backward: bool,
    ) -> [Job<'a>; 2] {
        let outputs = self.width();
        let part = |range| &params[range];
        [
            Job::Matrix {
                affine: input,
                weight: part(self.weight_ih.range()),
                bias: part(self.bias_ih.range()),
                outputs,
                backward: input_backward,
            },
            Job::Matrix {
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
    fn packing<'a>(&self, params: &'a [f32], affine: &'a mut Affine, backward: bool) -> Job<'a> {
        let part = |range| &params[range];
        let (weight, bias) = (part(self.weight.range()), part(self.bias.range()));
        Job::Matrix { affine, weight, bias, outputs: bias.len(), backward }
    }
}

impl Job<'_> {
    fn run(self) {
        match self {
            Job::Matrix { affine, weight, bias, outputs, backward } => {
                let inputs = weight.len() / outputs;
                affine.forward.pack_transposed(weight, outputs, inputs);
                affine.bias.clear();
                affine.bias.extend_from_slice(bias);
                if backward {
                    affine.backward.pack(weight, outputs, inputs);
                }
            }
            Job::Table { to, from } => {
                to.clear();
                to.extend_from_slice(from);
            }
        }
    }
}
