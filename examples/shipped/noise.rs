//! Random numbers and waves.

/// SplitMix64 (Steele, Lea, Flood 2014): a counter with a mixing function behind it.
pub(crate) struct Noise {
    counter: u64,
}

impl Noise {
    /// Streams of different seeds are unrelated: one per sensor, so that a change to one sensor
    /// leaves the noise of the others as it was.
    pub(crate) fn new(seed: u64) -> Self {
        Noise { counter: seed.wrapping_mul(0xA24B_AED4_963E_E407) }
    }

    /// Uniform in [0, 1), 53 bits.
    pub(crate) fn uniform(&mut self) -> f64 {
        self.counter = self.counter.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.counter;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^= z >> 31;
        (z >> 11) as f64 / (1u64 << 53) as f64
    }

    /// About standard normal: twelve uniforms have variance 1. No tail beyond six deviations.
    pub(crate) fn normal(&mut self) -> f64 {
        (0..12).map(|_| self.uniform()).sum::<f64>() - 6.0
    }
}

/// A value that wanders around zero and forgets a share of itself at every step: AR(1).
pub(crate) struct Wander {
    noise: Noise,
    keep: f64,
    kick: f64,
    value: f64,
}

impl Wander {
    /// `keep` is the autocorrelation at lag 1, `deviation` that of the stationary values.
    pub(crate) fn new(seed: u64, keep: f64, deviation: f64) -> Self {
        let kick = deviation * (1.0 - keep * keep).sqrt();
        Wander { noise: Noise::new(seed), keep, kick, value: 0.0 }
    }

    /// The next value.
    pub(crate) fn step(&mut self) -> f64 {
        self.value = self.keep * self.value + self.kick * self.noise.normal();
        self.value
    }
}

/// sin(2 pi `turns`) to .001: two parabolas, then a correction (the well-known one with weight .225).
pub(crate) fn wave(turns: f64) -> f64 {
    let half = 2.0 * (turns - turns.floor()) - 1.0; // [-1, 1); 0 where the sine falls through zero
    let parabola = -4.0 * half * (1.0 - half.abs());
    parabola + 0.225 * (parabola * parabola.abs() - parabola)
}
