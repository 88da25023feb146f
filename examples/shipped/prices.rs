//! `prices.csv`: five symbols that share a market and whose quiet and wild times come in clusters.

use std::fmt::Write;

use jiff::{ToSpan, civil::Weekday};

use super::noise::Noise;

const DAYS: usize = 1_300;

/// A return whose variance remembers: GARCH(1,1) (Bollerslev 1986),
/// `v' = (1 - a - b) v_mean + a r^2 + b v`, with a = .13, b = .85.
struct Clustered {
    noise: Noise,
    mean_variance: f64,
    variance: f64,
}

impl Clustered {
    /// `deviation`: of the daily return in the long run.
    fn new(seed: u64, deviation: f64) -> Self {
        let variance = deviation * deviation;
        Clustered { noise: Noise::new(seed), mean_variance: variance, variance }
    }

    /// The return of the next day.
    fn step(&mut self) -> f64 {
        let value = self.variance.sqrt() * self.noise.normal();
        self.variance = 0.02 * self.mean_variance + 0.13 * value * value + 0.85 * self.variance;
        value
    }
}

struct Symbol {
    name: &'static str,
    /// Trading day of the first row: one symbol is listed later than the others.
    listed: usize,
    close: f64,
    /// How much of the market's return it follows.
    beta: f64,
    drift: f64,
    own: Clustered,
    usual_volume: f64,
    volume_noise: Noise,
}

fn symbols() -> [Symbol; 5] {
    let symbol = |seed, name, listed, close, beta, drift, deviation, usual_volume| Symbol {
        name,
        listed,
        close,
        beta,
        drift,
        own: Clustered::new(seed, deviation),
        usual_volume,
        volume_noise: Noise::new(seed + 50),
    };
    [
        symbol(101, "QUARVO", 0, 24.50, 1.1, 0.0004, 0.011, 5.2e6),
        symbol(102, "BRENIX", 0, 88.00, 0.7, 0.0002, 0.008, 2.1e6),
        symbol(103, "COVARO", 0, 41.20, 1.3, 0.0005, 0.016, 3.4e6),
        symbol(104, "DELMIR", 250, 12.80, 0.9, 0.0003, 0.020, 0.8e6),
        symbol(105, "ESKOVA", 0, 1310.0, 1.0, 0.0002, 0.004, 9.5e6),
    ]
}

/// The whole file.
pub(super) fn csv() -> String {
    let mut text = "date,symbol,close,volume\n".to_string();
    let mut market = Clustered::new(100, 0.009);
    let mut symbols = symbols();
    let first = jiff::civil::date(2019, 1, 1);
    let weekend = [Weekday::Saturday, Weekday::Sunday];
    let business_days =
        (0i64..).map(|day| first + day.days()).filter(|date| !weekend.contains(&date.weekday()));
    for (day, date) in business_days.take(DAYS).enumerate() {
        let shared = market.step();
        for symbol in symbols.iter_mut().filter(|symbol| day >= symbol.listed) {
            let change = symbol.drift + symbol.beta * shared + symbol.own.step();
            symbol.close *= 1.0 + change.clamp(-0.2, 0.2);
            // Busy days are those on which the price moves.
            let busy = 0.7 + 20.0 * change.abs() + 0.15 * symbol.volume_noise.normal().abs();
            let volume = 100.0 * (symbol.usual_volume * busy / 100.0).floor();
            writeln!(text, "{date},{},{:.2},{volume:.0}", symbol.name, symbol.close)
                .expect("writing to a String");
        }
    }
    text
}
