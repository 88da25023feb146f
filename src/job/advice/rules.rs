//! The rules, one function each: what was found, why it matters, and the argument that changes it.

use super::Facts;
use super::class_rules::{both_ways, letters, rare_classes};
use crate::config::{Head, LossSteps, RelativeTo, ScalePer, Schedule, State, TaskKind};
use crate::error::{shell_path, shell_word};
use crate::eval::Standing;
use crate::text::{short, shortest, thousands};

/// A suggestion, if the facts call for it.
type Rule = fn(&Facts) -> Option<String>;

/// The most promising first; the last two always apply.
pub(super) const ALL: [Rule; 18] = [
    untrained,
    exploded,
    clipped,
    anchor,
    relative,
    unfinished,
    overfitted,
    both_ways,
    letters,
    rare_classes,
    shorter_horizon,
    scale_per_series,
    random_walk,
    too_few_rows,
    many_inputs,
    longer_window,
    seed,
    look_at_the_data,
];

pub(super) fn untrained(facts: &Facts) -> Option<String> {
    (facts.config.training.epochs == 0)
        .then(|| "The model has not been trained: --set training.epochs=20".into())
}

/// Nothing was learnt at all, by steps that are larger than any that are usual.
pub(super) fn exploded(facts: &Facts) -> Option<String> {
    const TIMES: f64 = 10.0;
    const LARGE: f64 = 0.02;
    let times = 1.0 + facts.report.scores.change(&facts.report.naive().scores)?;
    let rate = facts.config.training.optimizer.learning_rate();
    (times > TIMES && times.is_finite() && rate >= LARGE).then(|| {
        format!(
            "The error is {} times that of the naive prediction, and a learning rate of {rate} is large: take smaller \
             steps, --set training.optimizer.learning_rate={}",
            short(times),
            argument((rate / 10.0).min(0.001))
        )
    })
}

/// The loss is a sum over steps, so a limit taken over from elsewhere is soon too low.
pub(super) fn clipped(facts: &Facts) -> Option<String> {
    let limit = facts.config.training.clip_grad_norm.filter(|_| exploded(facts).is_none())?;
    let mut norms: Vec<f64> = facts.history.iter().filter_map(|r| r.grad_norm).collect();
    norms.sort_by(f64::total_cmp);
    let usual = *norms.get(norms.len() / 2)?; // the first epoch's is often far higher
    (usual > limit).then(|| {
        format!(
            "Gradients were cut down to a norm of {}, but {} is usual here, because the loss is a sum over steps: \
             --set training.clip_grad_norm={}",
            shortest(limit),
            short(usual),
            argument(2.0 * usual)
        )
    })
}

pub(super) fn anchor(facts: &Facts) -> Option<String> {
    let config = facts.config;
    (forecast(facts).is_some() && !config.task.anchor && config.model.head == Head::Linear).then(|| {
        "Count the forecast from the last known value, so that only the change is to be learned: \
         --set task.anchor=last"
            .into()
    })
}

pub(super) fn relative(facts: &Facts) -> Option<String> {
    let config = facts.config;
    config.data.window.filter(|w| w.relative_to == RelativeTo::None && w.length > 1)?;
    forecast(facts)?;
    let row = if config.task.loss_steps == LossSteps::Last { "last" } else { "first" };
    (config.training.state == State::Reset).then(|| {
        format!(
            "Let the network read changes instead of levels, which drift away from those of the train rows: \
             --set data.window.relative_to={row}"
        )
    })
}

pub(super) fn unfinished(facts: &Facts) -> Option<String> {
    let (best, _) = facts.best()?;
    let (last, training) = (facts.history.last()?.epoch, &facts.config.training);
    // A cosine has run down by then: going on would change nothing.
    let goes_on = !matches!(training.schedule, Schedule::Cosine { .. });
    (best == last).then(|| {
        let found = format!("The best epoch was the last, {last}: training had not finished");
        let more = format!("--set training.epochs={}", 2 * last);
        match facts.folder.as_ref().filter(|_| goes_on) {
            Some(folder) => {
                let folder = shell_path(folder);
                format!("{found}; rnn-train --resume --out {folder} {more} goes on")
            }
            None => format!("{found}: {more}"),
        }
    })
}

pub(super) fn overfitted(facts: &Facts) -> Option<String> {
    let (best, lowest) = facts.best()?;
    let last = facts.history.last()?;
    let rise = last.valid_loss? / lowest - 1.0;
    let training = &facts.config.training;
    // Early, and a real rise: a little up and down is usual.
    if rise < 0.02 || 2 * best > last.epoch {
        return None;
    }
    let rate = argument(training.optimizer.learning_rate() / 3.0);
    let hidden = facts.config.model.hidden_size.div_ceil(2);
    let mut text = format!(
        "The best epoch was {best} of {}; then the validation loss rose by {:.0} %: take smaller steps, \
         --set training.optimizer.learning_rate={rate}, or a smaller network, --set model.hidden_size={hidden}",
        last.epoch,
        rise * 100.0
    );
    if training.early_stopping.is_none() {
        text += "; --set 'training.early_stopping={\"patience\": 5}' saves the time";
    }
    Some(text)
}

/// Better at the first steps only.
pub(super) fn shorter_horizon(facts: &Facts) -> Option<String> {
    let horizon = horizon(facts)?;
    let (ours, naive) = (&facts.report.scores, &facts.report.naive().scores);
    let better = |step: usize| Standing::of(ours.change_at(naive, step)) == Standing::Better;
    let steps = (0..horizon).take_while(|&step| better(step)).count();
    (0 < steps && steps < horizon).then(|| {
        let span = facts.report.span(steps).map_or(String::new(), |span| format!(" ({span})"));
        format!(
            "Up to step +{steps}{span} the model is better, further ahead it is not: forecast only so far, \
             --set task.horizon={steps}"
        )
    })
}

pub(super) fn scale_per_series(facts: &Facts) -> Option<String> {
    let shared = facts.config.data.scale_per == ScalePer::Column;
    (shared && facts.report.series.len() > 1 && forecast(facts).is_some()).then(|| {
        "Series of different size share a scaler: --set data.scale.per=series gives each its own".into()
    })
}

pub(super) fn random_walk(facts: &Facts) -> Option<String> {
    forecast(facts)?;
    // What the mean forecasts as well is no walk, but its steps.
    let walks = facts.report.scores.r2().is_none_or(|r2| r2 > 0.01);
    (walks && facts.report.verdict.standing == Standing::Same).then(|| {
        "A random walk, as most prices are, cannot be beaten: its last value is the best forecast there is. Only \
         columns that tell of the change beforehand help: add them to data.inputs"
            .into()
    })
}

/// Many parameters, few rows: the network learns them by heart.
pub(super) fn too_few_rows(facts: &Facts) -> Option<String> {
    const ROWS: u64 = 1_000;
    const PARAMETERS_PER_ROW: u64 = 10;
    let rows = facts.train_rows?;
    let hidden = facts.config.model.hidden_size;
    let smaller = if rows < ROWS { hidden.div_ceil(2).min(16) } else { hidden.div_ceil(2) };
    let crowded = rows < ROWS || facts.parameters as u64 > PARAMETERS_PER_ROW * rows;
    (crowded && smaller < hidden).then(|| {
        format!(
            "{} parameters are fitted to {} train rows: more rows, or --set model.hidden_size={smaller}",
            thousands(facts.parameters as u64),
            thousands(rows)
        )
    })
}

/// Inputs that say nothing are learned by heart too.
pub(super) fn many_inputs(facts: &Facts) -> Option<String> {
    let data = &facts.config.data;
    forecast(facts)?;
    if data.inputs.len() < 4 || data.inputs.len() < 2 * data.targets.len() {
        return None;
    }
    let names: Vec<&str> = data.targets.iter().map(|column| &column.name[..]).collect();
    let setting = format!("data.inputs={}", serde_json::json!(names));
    Some(format!(
        "{} inputs may tell less than the target's own past: --set {}",
        data.inputs.len(),
        shell_word(&setting)
    ))
}

pub(super) fn longer_window(facts: &Facts) -> Option<String> {
    let length = facts.config.data.window?.length;
    let horizon = horizon(facts)?;
    let longer = (2 * length).max(4 * horizon);
    // It must leave many windows to learn from.
    let room = facts.train_rows.is_some_and(|rows| rows > 20 * (longer + horizon) as u64);
    (length < 4 * horizon && room).then(|| {
        format!(
            "A window of {length} rows is short for a look {horizon} rows ahead: --set data.window.length={longer}"
        )
    })
}

pub(super) fn seed(facts: &Facts) -> Option<String> {
    let other = facts.config.training.seed.wrapping_add(1);
    Some(format!("See how much of it is chance, with another seed: --set training.seed={other}"))
}

pub(super) fn look_at_the_data(_: &Facts) -> Option<String> {
    Some(
        "Look at the data: rnn-train --check shows columns that drift away from their train rows or say nothing"
            .into(),
    )
}

/// The horizon of a forecast of numbers.
fn forecast(facts: &Facts) -> Option<usize> {
    horizon(facts).filter(|_| facts.report.classes.is_none())
}

/// The horizon of a forecast.
fn horizon(facts: &Facts) -> Option<usize> {
    match facts.config.task.kind {
        TaskKind::Forecast { horizon } => Some(horizon),
        TaskKind::Regression | TaskKind::Tagging | TaskKind::Classification => None,
    }
}

/// A number for a command line, with one digit that counts.
fn argument(x: f64) -> String {
    let text = format!("{x:.0e}");
    text.parse::<f64>().map_or(text, |x| x.to_string())
}
