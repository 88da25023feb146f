//! Truncated backpropagation: series side by side in lanes, cut into chunks that hand their state on.

use super::segments::Segment;
use super::windows::Span;

/// One lane's share of an update.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Chunk {
    /// Its rows.
    pub span: Span,
    /// Which lane's state it continues.
    pub lane: usize,
    /// Whether it starts from zeros instead.
    pub fresh: bool,
}

/// The updates of an epoch: consecutive chunks of up to `batch_size` lanes at a time. Each stretch of train rows is
/// cut into `parts` consecutive pieces; a lane that has finished one takes the next in file order.
pub fn updates(
    segments: &[Segment],
    reach: usize,
    length: usize,
    parts: usize,
    batch_size: usize,
) -> Vec<Vec<Chunk>> {
    let mut waiting = pieces(segments, reach, parts).into_iter();
    let mut lanes: Vec<Option<(Span, bool)>> = vec![None; batch_size];
    let mut updates = Vec::new();
    loop {
        let mut chunks = Vec::new();
        for (lane, slot) in lanes.iter_mut().enumerate() {
            let Some((rest, fresh)) = slot.take().or_else(|| waiting.next().map(|s| (s, true)))
            else {
                continue;
            };
            let len = rest.len.min(length);
            chunks.push(Chunk { span: Span { len, ..rest }, lane, fresh });
            if rest.len > len {
                let rest = Span { start: rest.start + len, len: rest.len - len, ..rest };
                *slot = Some((rest, false));
            }
        }
        if chunks.is_empty() {
            return updates;
        }
        updates.push(chunks);
    }
}

fn pieces(segments: &[Segment], reach: usize, parts: usize) -> Vec<Span> {
    let mut pieces = Vec::new();
    for Segment { series, rows, .. } in segments {
        let usable = rows.len().saturating_sub(reach);
        let size = usable.div_ceil(parts).max(1);
        for start in (0..usable).step_by(size) {
            let len = size.min(usable - start);
            pieces.push(Span { series: *series, start: rows.start + start, len });
        }
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::ops::Range;

    #[test]
    fn every_usable_row_comes_once_and_in_order_within_its_lane() {
        let ranges = [0..25, 0..7, 5..18];
        let updates = updates(&Segment::whole(&ranges), 2, 4, 2, 3);
        let mut seen = vec![vec![0; 25]; 3];
        let mut at = [None; 3];
        for chunk in updates.iter().flatten() {
            let Span { series, start, len } = chunk.span;
            (start..start + len).for_each(|row| seen[series][row] += 1);
            assert!(len <= 4 && len > 0);
            if !chunk.fresh {
                assert_eq!(
                    at[chunk.lane],
                    Some((series, start)),
                    "a lane goes on where it stopped"
                );
            }
            at[chunk.lane] = Some((series, start + len));
        }
        for (series, range) in ranges.iter().enumerate() {
            for (row, &count) in seen[series].iter().enumerate() {
                let wanted = range.contains(&row) && row < range.end - 2;
                assert_eq!(count, i32::from(wanted), "series {series} row {row}");
            }
        }
    }

    #[test]
    fn one_series_one_lane() {
        let updates = updates(&Segment::whole(&[Range { start: 0, end: 10 }]), 0, 4, 1, 32);
        let lens: Vec<usize> = updates.iter().map(|u| u[0].span.len).collect();
        assert_eq!(lens, [4, 4, 2]);
        assert_eq!(updates.iter().map(|u| u[0].fresh).collect::<Vec<_>>(), [true, false, false]);
    }
}
