//! The words of a stream, which may meet new ones for months: those that no row holds any more are forgotten.

use super::words::Words;

/// Distinct words of a column that are kept whether rows hold them or not.
const POOL: usize = 1 << 16;

/// When the words of a stream are to be looked through again.
#[derive(Clone, Debug)]
pub struct WordPool {
    /// The words of each column.
    pub words: Vec<Words>,
    /// Of each column so many before the next look: twice those that rows held at the last one.
    limits: Vec<usize>,
}

impl WordPool {
    /// Of words of each column.
    pub fn new(words: Vec<Words>) -> Self {
        Self { limits: vec![POOL; words.len()], words }
    }

    /// Whether there are too many.
    pub fn is_full(&self) -> bool {
        self.words.iter().zip(&self.limits).any(|(words, &limit)| words.len() > limit)
    }

    /// Forgets the words that none of `rows` (each `[n, columns]`) holds, and gives those that they hold their new
    /// numbers.
    pub fn sweep(&mut self, rows: &mut [&mut [f64]]) {
        let columns = self.words.len();
        for column in 0..columns {
            let words = &mut self.words[column];
            if words.len() <= self.limits[column] {
                continue;
            }
            let cells = |row: &mut &mut [f64]| {
                let cells = row.iter().skip(column).step_by(columns).filter(|cell| !cell.is_nan());
                cells.map(|&cell| cell as usize).collect::<Vec<_>>()
            };
            let mut used = vec![false; words.len()];
            rows.iter_mut().flat_map(cells).for_each(|word| used[word] = true);
            let numbers = words.keep(&used);
            for row in rows.iter_mut() {
                let cells = row.iter_mut().skip(column).step_by(columns);
                cells.filter(|cell| !cell.is_nan()).for_each(|cell| {
                    *cell = f64::from(numbers[*cell as usize]);
                });
            }
            self.limits[column] = POOL.max(2 * words.len());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sweep_keeps_what_rows_hold() {
        let mut pool = WordPool::new(vec![Words::default(), Words::default()]);
        for word in 0..=POOL {
            pool.words[1].intern(&word.to_string());
        }
        assert!(pool.is_full());
        // Two rows of a number and a word, and one whose word is not known.
        let (mut first, mut second) = ([0.5, 9.0, 1.5, POOL as f64], [2.5, f64::NAN]);
        pool.sweep(&mut [&mut first, &mut second]);
        assert_eq!((first, second[0]), ([0.5, 0.0, 1.5, 1.0], 2.5));
        assert_eq!(pool.words[1].texts().collect::<Vec<_>>(), ["9", "65536"]);
        assert!(!pool.is_full());
    }
}
