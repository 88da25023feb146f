//! Every trainable number in one flat buffer, addressed by named, typed slots.

use std::ops::Range;
use std::sync::Arc;

use ndarray::{ArrayView, ArrayViewMut, Dimension, IntoDimension};

/// A handle to one tensor of a [`Layout`].
#[derive(Clone, Copy, Debug)]
pub struct Slot<D> {
    offset: usize,
    dim: D,
}

impl<D: Dimension> Slot<D> {
    /// Where the tensor lies in the flat buffer.
    pub fn range(&self) -> Range<usize> {
        self.offset..self.offset + self.dim.size()
    }

    /// Its shape.
    pub fn dim(&self) -> D {
        self.dim.clone()
    }

    /// The tensor inside a flat buffer of this layout.
    pub fn view<'a>(&self, flat: &'a [f32]) -> ArrayView<'a, f32, D> {
        ArrayView::from_shape(self.dim.clone(), &flat[self.range()]).expect("slot fits its layout")
    }
}

/// One tensor by name, as files see it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// PyTorch's name with a prefix: `rnn.weight_ih_l0`, `head.bias`, `embedding.word.weight`.
    pub name: String,
    /// Its shape, row-major.
    pub shape: Vec<usize>,
    /// First element in the flat buffer.
    pub offset: usize,
    /// How its numbers are first drawn.
    pub(super) first: First,
}

/// How first values are drawn, as PyTorch does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum First {
    /// Evenly between ±1/sqrt(inputs).
    Uniform { inputs: usize },
    /// From the standard normal distribution.
    Normal,
}

impl Entry {
    /// Where the tensor lies in the flat buffer.
    pub fn range(&self) -> Range<usize> {
        self.offset..self.offset + self.shape.iter().product::<usize>()
    }
}

/// Names, shapes and offsets of all tensors, in file order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Layout {
    entries: Vec<Entry>,
    len: usize,
}

impl Layout {
    /// Appends a tensor.
    pub(super) fn add<D: Dimension>(
        &mut self,
        name: String,
        shape: impl IntoDimension<Dim = D>,
        first: First,
    ) -> Slot<D> {
        let dim = shape.into_dimension();
        let offset = self.len;
        self.len += dim.size();
        self.entries.push(Entry { name, shape: dim.slice().to_vec(), offset, first });
        Slot { offset, dim }
    }

    /// All tensors.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// Numbers in total.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether there is nothing to train.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }
}

/// Values laid out by a [`Layout`]: parameters, gradients and optimizer moments alike.
#[derive(Clone, Debug, PartialEq)]
pub struct Tensors {
    layout: Arc<Layout>,
    data: Vec<f32>,
}

impl Tensors {
    /// All zeros.
    pub fn zeros(layout: &Arc<Layout>) -> Self {
        Self { layout: Arc::clone(layout), data: vec![0.0; layout.len] }
    }

    /// One tensor.
    pub fn get<D: Dimension>(&self, slot: &Slot<D>) -> ArrayView<'_, f32, D> {
        slot.view(&self.data)
    }

    /// One tensor, to write.
    pub fn get_mut<D: Dimension>(&mut self, slot: &Slot<D>) -> ArrayViewMut<'_, f32, D> {
        let range = slot.range();
        ArrayViewMut::from_shape(slot.dim.clone(), &mut self.data[range])
            .expect("slot fits its layout")
    }

    /// One tensor by name, flat; `None` where the layout has no such name.
    pub fn named(&self, name: &str) -> Option<&[f32]> {
        let entry = self.layout.entries.iter().find(|e| e.name == name)?;
        Some(&self.data[entry.range()])
    }

    /// All numbers.
    pub fn as_slice(&self) -> &[f32] {
        &self.data
    }

    /// All numbers, to write.
    pub fn as_mut_slice(&mut self) -> &mut [f32] {
        &mut self.data
    }

    /// Names and shapes.
    pub fn layout(&self) -> &Arc<Layout> {
        &self.layout
    }
}
