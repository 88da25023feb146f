//! From row numbers to a block of sequences: the only copy of values.

use crate::config::LossSteps;
use crate::data::{Encoder, PartRows, Scalers, Span};
use crate::model::Block;

/// Fills blocks from the training rows.
#[derive(Clone, Copy, Debug)]
pub(super) struct Assembler<'a> {
    pub(super) part: &'a PartRows,
    pub(super) encoder: &'a Encoder,
    pub(super) scalers: &'a Scalers,
    pub(super) loss_steps: LossSteps,
}

impl Assembler<'_> {
    /// Inputs and targets of some spans, longest first. `targets` becomes `[S, B, outputs]`: S = T or 1.
    pub(super) fn fill(&self, spans: &[Span], block: &mut Block, targets: &mut Vec<f32>) {
        self.inputs(spans, block);
        let outputs = self.encoder.outputs();
        let last_only = self.loss_steps == LossSteps::Last;
        let steps = if last_only { 1 } else { block.steps() };
        targets.clear();
        targets.resize(steps * spans.len() * outputs, 0.0);
        for (row, &span) in spans.iter().enumerate() {
            let first = if last_only { span.len - 1 } else { 0 };
            for t in first..span.len {
                let step = if last_only { 0 } else { t };
                let at = (step * spans.len() + row) * outputs;
                self.targets(span, t, &mut targets[at..at + outputs]);
            }
        }
    }

    /// Inputs alone.
    pub(super) fn inputs(&self, spans: &[Span], block: &mut Block) {
        let lengths: Vec<usize> = spans.iter().map(|span| span.len).collect();
        block.reset(&lengths, self.encoder.features());
        for (row, span) in spans.iter().enumerate() {
            let series = &self.part.table.series[span.series];
            let (scalers, _) = self.scalers.of(&series.key);
            let values = series.rows_between(span.start, span.start + span.len);
            let write = |t, feature, value| block.step_mut(t, row)[feature] = value;
            self.encoder.inputs(values, scalers, write);
        }
    }

    /// What the network should put out at step `t` of a span, `[outputs]`.
    pub(super) fn targets(&self, span: Span, t: usize, out: &mut [f32]) {
        let series = &self.part.table.series[span.series];
        let (scalers, _) = self.scalers.of(&series.key);
        // Targets stay inside the part: what lies behind its end is unknown here.
        let end = self.part.ranges[span.series].end;
        self.encoder.targets(series.rows_between(span.start + t, end), scalers, out);
    }
}
