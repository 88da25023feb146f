//! `--bench`: how fast a config trains here, without writing anything.

use std::time::Duration;

use serde_json::json;

use super::prepare::Prepared;
use super::timing::{self, Flops, Patience, Step, median};
use crate::config::Config;
use crate::error::Result;

const PATIENCE: Patience = Patience {
    warm_up: 2,
    warm_up_time: Duration::from_millis(500),
    least: 5,
    enough: usize::MAX,
    time: Duration::from_secs(4),
};

/// Times steps for a few seconds; one JSON object on a line.
pub fn bench(config: &Config) -> Result<String> {
    let prepared = Prepared::new(config)?;
    let steps = timing::steps(config, &prepared, PATIENCE)?;
    let flops = Flops::new(prepared.network.architecture());
    let of_steps = |figure: &dyn Fn(&Step) -> f64| median(steps.iter().map(figure).collect());
    let figures = json!({
        "step_ms": rounded(of_steps(&|step| 1e3 * step.seconds)),
        "sequences_per_s": rounded(of_steps(&|step| step.sequences as f64 / step.seconds)),
        "gflops": rounded(of_steps(&|step| flops.of(step.timesteps, step.sequences) / step.seconds / 1e9)),
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
