//! The recurrent network: parameters, cells, the walk over time, layers, head. It knows tensors and
//! nothing of files, CSV or training; a mismatch of shapes is a bug and panics.

pub mod cell;

mod block;
mod characters;
mod direction;
mod dropout;
mod edge;
mod embedding;
mod features;
mod gradient;
mod head;
mod init;
mod input;
mod layer;
mod network;
mod non_finite;
mod params;
mod quantiles;
mod recurrence;
mod size;
mod softmax;
mod spellings;
mod weights;

pub use block::{BLOCK_ROWS, Block, State};
pub use direction::Direction;
pub use dropout::DropoutKey;
pub use edge::{Outputs, run};
pub use gradient::GradientPart;
pub use init::initial_params;
pub use input::{CharactersShape, EmbeddingShape, InputShape};
pub use network::{Architecture, Network, Read, Tape};
pub use non_finite::Spot;
pub use params::{Entry, Layout, Slot, Tensors};
pub use quantiles::{distance_slopes, distances, quantiles, quantiles_backward};
pub use size::BlockSize;
pub(crate) use softmax::exponentials;
pub use softmax::softmax;
pub use weights::Weights;
