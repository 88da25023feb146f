//! The levels of a quantile loss.

/// Most levels there may be.
const MOST: usize = 9;

/// Ascending shares below 1, with the median and at least one on either side of it; small, so that it is copied with
/// the loss it belongs to.
#[derive(Clone, Copy, PartialEq)]
pub struct Levels {
    values: [f64; MOST],
    count: usize,
}

impl Levels {
    /// The levels.
    ///
    /// # Errors
    /// What is wrong with them, and the cure.
    pub fn new(levels: &[f64]) -> Result<Self, String> {
        if !levels.is_sorted_by(|a, b| a < b) {
            return Err("have to rise from one to the next; write them in that order".into());
        }
        let place = levels.iter().position(|&level| level == 0.5);
        if place.is_none_or(|place| place == 0 || place + 1 == levels.len()) {
            return Err("need the median, 0.5, which is the prediction, and a level on either side of it, as in \
                        [0.05, 0.5, 0.95]"
                .into());
        }
        if levels.len() > MOST {
            return Err(format!("are {}, but at most {MOST} can be had", levels.len()));
        }
        let mut values = [0.0; MOST];
        values[..levels.len()].copy_from_slice(levels);
        Ok(Self { values, count: levels.len() })
    }

    /// All of them, ascending.
    pub fn as_slice(&self) -> &[f64] {
        &self.values[..self.count]
    }

    /// The place of the median.
    pub fn median(&self) -> usize {
        self.as_slice().iter().position(|&level| level == 0.5).unwrap_or_default()
    }
}

impl std::fmt::Debug for Levels {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.as_slice().fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::Levels;

    #[test]
    fn the_median_stands_between_others() {
        let levels = Levels::new(&[0.1, 0.25, 0.5, 0.9]).expect("good levels");
        assert_eq!((levels.median(), levels.as_slice()), (2, &[0.1, 0.25, 0.5, 0.9][..]));
        for bad in
            [&[][..], &[0.5], &[0.1, 0.9], &[0.5, 0.9], &[0.1, 0.5], &[0.9, 0.5, 0.1], &[0.5; 3]]
        {
            assert!(Levels::new(bad).is_err(), "{bad:?}");
        }
        let many: Vec<f64> = (1..12).map(|k| f64::from(k) / 12.0).collect();
        assert!(Levels::new(&many).is_err_and(|message| message.contains("at most 9")));
    }
}
