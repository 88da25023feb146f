//! `--bench`: how fast a config trains here, without writing anything.

use std::time::Duration;

use serde_json::json;

use super::prepare::Prepared;
use super::timing::{self, Flops, Patience, Step};
use crate::config::Config;
use crate::error::Result;

const PATIENCE: Patience = Patience {
    warm_up: 2,
    warm_up_time: Duration::from_millis(500),
    least: 5,
    most: Duration::from_secs(4),
    enough: (usize::MAX, Duration::ZERO),
};

/// Times steps for a few seconds; one JSON object on a line. A step is the middle one; the rates are over all
/// steps, as a run has them on this machine with whatever else it does.
pub fn bench(config: &Config) -> Result<String> {
    let prepared = Prepared::new(config)?;
    let steps = timing::steps(config, &prepared, PATIENCE)?;
    let flops = Flops::new(prepared.network.architecture());
    let sum = |figure: fn(&Step) -> f64| steps.iter().map(figure).sum::<f64>();
    let seconds = sum(|step| step.seconds);
    let operations: f64 = steps.iter().map(|s| flops.of(s.timesteps, s.sequences)).sum();
    let mut times: Vec<f64> = steps.iter().map(|step| step.seconds).collect();
    times.sort_by(f64::total_cmp);
    let figures = json!({
        "step_ms": rounded(1e3 * times[times.len() / 2]),
        "sequences_per_s": rounded(sum(|step| step.sequences as f64) / seconds),
        "gflops": rounded(operations / seconds / 1e9),
        "threads": rayon::current_num_threads(),
        "batch_size": config.training.batch_size,
        "steps": steps.len(),
        "parameters": prepared.network.layout().len(),
    });
    Ok(format!("{figures}\n"))
}

/// Four digits: more are not in the clock.
fn rounded(figure: f64) -> f64 {
    format!("{figure:.3e}").parse().unwrap_or(figure)
}

#[cfg(test)]
mod tests {
    use super::rounded;

    #[test]
    fn four_digits() {
        assert_eq!([12.34567, 98765.4, 0.00012345678].map(rounded), [12.35, 98770.0, 0.0001235]);
    }
}
