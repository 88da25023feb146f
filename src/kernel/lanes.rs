//! Blocks of 16 values: the shape in which the compiler vectorises gate maths well (one AVX-512
//! register, two of AVX2), while every lane stays plain scalar Rust.

/// Values in a block.
pub const WIDTH: usize = 16;

/// One block.
pub type Lanes = [f32; WIDTH];

/// `f` of each lane. Pass a function by name rather than a closure, and call this once per function: a
/// loop with several functions in its body is too long for the compiler to vectorise.
#[inline(always)]
pub fn each(f: impl Fn(f32) -> f32, mut x: Lanes) -> Lanes {
    for l in 0..WIDTH {
        x[l] = f(x[l]);
    }
    x
}

/// `f` of the sum of each lane.
#[inline(always)]
pub fn each_sum(f: impl Fn(f32) -> f32, mut x: Lanes, y: Lanes) -> Lanes {
    for l in 0..WIDTH {
        x[l] = f(x[l] + y[l]);
    }
    x
}

/// Hidden units `start .. start + width` of one row. Arrays hold rows of `parts` (gates, or saved
/// values) times `hidden` numbers.
#[derive(Clone, Copy, Debug)]
pub struct Block {
    row: usize,
    hidden: usize,
    start: usize,
    width: usize,
}

impl Block {
    /// A full block of `row`, from hidden unit `start` on.
    #[inline(always)]
    pub(super) fn full(row: usize, hidden: usize, start: usize) -> Self {
        Block { row, hidden, start, width: WIDTH }
    }

    /// What is left of `row` from hidden unit `start` on: fewer than [`WIDTH`] values.
    #[inline(always)]
    pub(super) fn tail(row: usize, hidden: usize, start: usize) -> Self {
        Block { row, hidden, start, width: hidden - start }
    }

    /// Reads part `part` of `parts` from `array`, `[rows, parts * hidden]`; zeros beyond the row's end.
    #[inline(always)]
    pub fn load(self, array: &[f32], part: usize, parts: usize) -> Lanes {
        let at = self.offset(part, parts);
        let mut lanes = [0.0; WIDTH];
        lanes[..self.width].copy_from_slice(&array[at..at + self.width]);
        lanes
    }

    /// Writes part `part` of `parts` to `array`, `[rows, parts * hidden]`; lanes beyond the row's end
    /// are dropped.
    #[inline(always)]
    pub fn store(self, array: &mut [f32], part: usize, parts: usize, lanes: Lanes) {
        let at = self.offset(part, parts);
        array[at..at + self.width].copy_from_slice(&lanes[..self.width]);
    }

    #[inline(always)]
    fn offset(self, part: usize, parts: usize) -> usize {
        (self.row * parts + part) * self.hidden + self.start
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tail_touches_only_its_own_values() {
        let array: Vec<f32> = (0..2 * 3 * 20).map(|i| i as f32).collect();
        let tail = Block::tail(1, 20, 16);
        let lanes = tail.load(&array, 2, 3);
        assert_eq!(lanes[..5], [116.0, 117.0, 118.0, 119.0, 0.0]);

        let mut out = vec![-1.0; array.len()];
        tail.store(&mut out, 1, 3, [7.0; WIDTH]);
        let written: Vec<usize> = (0..out.len()).filter(|&i| out[i] == 7.0).collect();
        assert_eq!(written, [96, 97, 98, 99]);
    }
}
