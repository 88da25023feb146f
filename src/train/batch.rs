//! From row numbers to a block of sequences: the only copy of values.

use crate::config::LossSteps;
use crate::data::{Encoder, Forget, PartRows, Scalers, Span};
use crate::model::{Block, InputShape};

/// Fills blocks from the training rows.
#[derive(Clone, Copy, Debug)]
pub(super) struct Assembler<'a> {
    pub(super) part: &'a PartRows,
    pub(super) encoder: &'a Encoder,
    pub(super) scalers: &'a Scalers,
    pub(super) input: &'a InputShape,
    pub(super) loss_steps: LossSteps,
    /// Seed and step of the words taken for unknown.
    pub(super) forget: (u64, u64),
}

impl Assembler<'_> {
    /// Inputs and targets of some spans, longest first, the first of them at place `first_row` of the batch.
    /// `targets` becomes `[S, B, targets]`: S = T or 1.
    pub(super) fn fill(
        &self,
        spans: &[Span],
        first_row: usize,
        block: &mut Block,
        targets: &mut Vec<f32>,
    ) {
        self.inputs(spans, first_row, block);
        let width = self.encoder.target_width();
        let last_only = self.loss_steps == LossSteps::Last;
        let steps = if last_only { 1 } else { block.steps() };
        targets.clear();
        targets.resize(steps * spans.len() * width, 0.0);
        for (row, &span) in spans.iter().enumerate() {
            let first = if last_only { span.len - 1 } else { 0 };
            for t in first..span.len {
                let step = if last_only { 0 } else { t };
                let at = (step * spans.len() + row) * width;
                self.targets(span, t, &mut targets[at..at + width]);
            }
        }
    }

    /// Inputs alone.
    pub(super) fn inputs(&self, spans: &[Span], first_row: usize, block: &mut Block) {
        let lengths: Vec<usize> = spans.iter().map(|span| span.len).collect();
        block.reset(&lengths, self.input);
        block.first_row = first_row;
        for (row, span) in spans.iter().enumerate() {
            let series = &self.part.table.series[span.series];
            let (scalers, _) = self.scalers.of(&series.key);
            let values = series.rows_between(span.start, span.start + span.len);
            let (seed, step) = self.forget;
            let forget = Forget { seed, step, row: first_row + row };
            let words = &self.part.table.words;
            let end = series.rows().min(span.start + span.len + self.encoder.ahead());
            let values = (values, series.rows_between(span.start + span.len, end));
            self.encoder.inputs(values, scalers, words, Some(forget), (block, row));
        }
    }

    /// What the network should put out at step `t` of a span, `[targets]`.
    pub(super) fn targets(&self, span: Span, t: usize, out: &mut [f32]) {
        let series = &self.part.table.series[span.series];
        let (scalers, _) = self.scalers.of(&series.key);
        // Targets stay inside the part: what lies behind its end is unknown here.
        let end = self.part.ranges[span.series].end;
        let (known, words) = (series.rows_between(span.start + t, end), &self.part.table.words);
        self.encoder.targets(known, scalers, words, out);
    }
}
