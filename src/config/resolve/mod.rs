//! From what is written to what is meant: defaults filled in, contradictions refused. One file per
//! section; this one holds the order and what concerns several sections.

mod columns;
mod data;
mod model;
pub(super) mod optimizer;
pub(super) mod schedule;
mod source;
mod split;
mod task;
mod time;
mod training;
mod window;
pub(super) mod words;

use std::path::PathBuf;

use super::raw;
use super::types::{
    Config, DataConfig, Head, LossKind, LossSteps, ModelConfig, OutputConfig, Schedule, TaskConfig,
    TaskKind, Topology, TrainingConfig,
};

/// A key and what is wrong with it.
#[derive(Debug, PartialEq)]
pub(super) struct Refusal {
    pub(super) key: String,
    pub(super) message: String,
}

type Resolved<T> = std::result::Result<T, Refusal>;

/// Joins a path written at a key with the folder it is relative to.
pub(super) type Join<'a> = &'a dyn Fn(&str, &str) -> PathBuf;

fn refuse<T>(key: impl Into<String>, message: impl Into<String>) -> Resolved<T> {
    Err(Refusal { key: key.into(), message: message.into() })
}

/// Makes a config valid. `join` is absent for a model file, whose data section carries no paths.
pub(super) fn resolve(raw: raw::Config, join: Option<Join<'_>>) -> Resolved<Config> {
    let raw_task = raw.task.unwrap_or_default();
    let raw_training = raw.training.unwrap_or_default();
    let kind = task::kind(&raw_task)?;
    let raw_data = raw.data.unwrap_or_default();
    let classes = columns::predicts_classes(&raw_data, kind)?;
    let loss_steps = task::loss_steps(&raw_task, kind)?;
    let carry = raw_training.state == Some(raw::State::Carry);

    let model = model::resolve(&raw.model.unwrap_or_default())?;
    let bidirectional = model.topology == Topology::Bidirectional;
    reads_no_target(kind, loss_steps, bidirectional, carry)?;
    let facts = Facts { kind, loss_steps, carry, bidirectional, classes };
    let task = task::resolve(&raw_task, facts, model.head)?;
    let data = data::resolve(raw_data, facts, join)?;
    let training = training::resolve(&raw_training, facts)?;
    if classes && model.head == Head::None {
        return refuse(
            "model.head",
            "\"none\" makes the hidden state the output, but how many classes there are is counted in the \
             data; write \"linear\"",
        );
    }

    if model.head == Head::None && matches!(training.loss, LossKind::Quantile { .. }) {
        return refuse(
            "model.head",
            "\"none\" makes the hidden state the output, but a quantile loss makes several numbers out of every \
             output; write \"linear\"",
        );
    }
    fits_without_head(&model, data.targets.len().saturating_mul(task.steps()))?;
    has_what_is_watched(&data, &task, &training)?;
    let output = output(raw.output.unwrap_or_default(), join)?;
    Ok(Config { data, task, model, training, output })
}

/// Without a head the hidden state must be as wide as the output.
fn fits_without_head(model: &ModelConfig, outputs: usize) -> Resolved<()> {
    let width = model.hidden_size.saturating_mul(model.directions());
    if model.head == Head::Linear || outputs == width {
        return Ok(());
    }
    refuse(
        "model.head",
        format!(
            "\"none\" makes the hidden state the output, but there are {width} hidden values \
             (hidden_size x directions) and {outputs} outputs (targets x horizon); write \
             \"linear\", or make them equal"
        ),
    )
}

/// Early stopping and plateau watch `valid_loss`; intervals are calibrated on validation rows.
fn has_what_is_watched(
    data: &DataConfig,
    task: &TaskConfig,
    training: &TrainingConfig,
) -> Resolved<()> {
    // In a model file made from separate files nothing says whether there was a valid one.
    let unknown = data.source.is_none() && data.split.is_none();
    if unknown || source::has_valid(data) {
        return Ok(());
    }
    let cure = match data.split {
        Some(_) => "give data.split.valid a part",
        None => "name files in data.valid",
    };
    if task.intervals.is_some() {
        let message = format!("are calibrated on validation rows, but there are none; {cure}");
        return refuse("task.intervals", message);
    }
    let message = format!("watches valid_loss, but there are no validation rows; {cure}");
    if training.early_stopping.is_some() {
        return refuse("training.early_stopping", message);
    }
    if matches!(training.schedule, Schedule::Plateau { .. }) {
        return refuse("training.schedule", format!("\"plateau\" {message}"));
    }
    Ok(())
}

/// What the sections tell each other.
#[derive(Clone, Copy)]
struct Facts {
    kind: TaskKind,
    loss_steps: LossSteps,
    carry: bool,
    bidirectional: bool,
    /// A category is predicted.
    classes: bool,
}

impl Facts {
    fn forecast(self) -> bool {
        matches!(self.kind, TaskKind::Forecast { .. })
    }

    /// The task in a sentence.
    fn task(self) -> &'static str {
        match self.kind {
            TaskKind::Forecast { .. } => "a forecast",
            TaskKind::Regression => "a regression",
            TaskKind::Tagging => "a tagging",
            TaskKind::Classification => "a classification",
        }
    }
}

/// Shapes in which a network would read what it is asked for, or which state cannot cross.
fn reads_no_target(
    kind: TaskKind,
    loss_steps: LossSteps,
    bidirectional: bool,
    carry: bool,
) -> Resolved<()> {
    let forecast = matches!(kind, TaskKind::Forecast { .. });
    if bidirectional && carry {
        return refuse(
            "training.state",
            "\"carry\" hands state on in time, but a bidirectional network also reads backwards; \
             write \"reset\", or the topology \"single\" or \"multi\"",
        );
    }
    if bidirectional && forecast && loss_steps == LossSteps::All {
        return refuse(
            "task.loss_steps",
            "a bidirectional forecast with \"all\" would read, at each step, the rows it is asked to \
             predict; write \"loss_steps\": \"last\", or the topology \"single\" or \"multi\"",
        );
    }
    if carry && loss_steps == LossSteps::Last {
        return refuse(
            "task.loss_steps",
            "\"last\" leaves all steps but one of a chunk without a loss, while \"carry\" predicts at \
             every row; write \"all\", or \"state\": \"reset\"",
        );
    }
    Ok(())
}

fn output(raw: raw::Output, join: Option<Join<'_>>) -> Resolved<OutputConfig> {
    let checkpoint_every = raw.checkpoint_every().resolve();
    let dir = match raw.dir.flatten() {
        Some(dir) if dir.is_empty() => {
            return refuse("output.dir", "is empty; name a folder, or leave it out");
        }
        dir => dir,
    };
    Ok(OutputConfig {
        dir: dir.zip(join).map(|(dir, join)| join("output.dir", &dir)),
        checkpoint_every,
    })
}

/// Refuses the options of another kind: those given that are not among the `own` of `kind`.
fn only_own(
    section: &str,
    kind: &str,
    given: &[&'static str],
    own: &[&'static str],
) -> Resolved<()> {
    match given.iter().find(|key| !own.contains(key) && **key != "type") {
        Some(key) => {
            let options = match own {
                [] => "it has none".to_owned(),
                own => format!("it has {}", own.join(", ")),
            };
            refuse(
                format!("{section}.{key}"),
                format!("is not an option of \"{kind}\" ({options}); take it out"),
            )
        }
        None => Ok(()),
    }
}
