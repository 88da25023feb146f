//! `rnn-train`.

use std::path::PathBuf;

use clap::{ArgGroup, Parser};

use super::{Common, print, signals, table};
use crate::config::{Config, schema};
use crate::error::{Error, shown_path};
use crate::job::{FitOptions, FitResult, check, fit, resume};
use crate::progress::View;
use crate::terminal::{Ink, Screen};
use crate::train::Outcome;

const PROGRAM: &str = "rnn-train";

/// Train a recurrent network (RNN, LSTM, GRU) on CSV time series from one JSON config
#[derive(Debug, Parser)]
#[command(name = PROGRAM, version, max_term_width = 100, after_help = "Examples:\n  \
    rnn-train --config configs/pump-multi.json\n  \
    rnn-train --config configs/pump-multi.json --set model.hidden_size=128 --set training.seed=2 --check")]
#[command(group = ArgGroup::new("job").args(["check", "print_config", "schema", "resume"]))]
#[command(group = ArgGroup::new("start").args(["config", "schema", "resume"]).required(true).multiple(true))]
pub struct Arguments {
    /// The config file
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Override one key of the config, e.g. model.hidden_size=128 (repeatable)
    #[arg(long = "set", value_name = "KEY=VALUE")]
    sets: Vec<String>,
    /// The run folder [default: output.dir, else runs/NAME beside the config NAME.json; -2, -3... if taken]
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Start from the weights and scalers of this model
    #[arg(long, value_name = "MODEL", conflicts_with = "resume")]
    init_from: Option<PathBuf>,
    /// Read config and data, print what they come to; write nothing
    #[arg(long)]
    check: bool,
    /// Print the config with every default filled in
    #[arg(long)]
    print_config: bool,
    /// Go on with a run that was stopped
    #[arg(long)]
    resume: bool,
    /// Print the JSON Schema of the config
    #[arg(long, conflicts_with = "config")]
    schema: bool,
    /// Resume although the data files have changed
    #[arg(long, requires = "resume")]
    accept_new_data: bool,
    /// Resume from the checkpoint before the last
    #[arg(long, requires = "resume")]
    from_previous: bool,
    /// Do not lock the run folder (for file systems without locks)
    #[arg(long)]
    no_lock: bool,
    #[command(flatten)]
    common: Common,
}

/// Runs it.
pub fn run(arguments: Arguments) -> anyhow::Result<()> {
    if arguments.schema {
        return Ok(print(&schema())?);
    }
    if arguments.print_config {
        let config = load(&arguments)?;
        return Ok(print(&config.to_json(folder_of(&arguments)))?);
    }
    signals::watch()?;
    let threads = arguments.common.start_threads()?;
    if arguments.check {
        return Ok(print(&check(&load(&arguments)?)?)?);
    }
    let options = FitOptions {
        config: arguments.config,
        sets: arguments.sets,
        out: arguments.out,
        init_from: arguments.init_from,
        accept_new_data: arguments.accept_new_data,
        no_lock: arguments.no_lock,
        from_previous: arguments.from_previous,
        threads,
    };
    let quiet = arguments.common.quiet;
    let mut view = View::new(PROGRAM, quiet, signals::save_on_signal);
    let job = if arguments.resume { resume } else { fit };
    let result = job(&options, &mut view, &signals::REQUESTED)?;
    drop(view); // the bar goes before the result comes
    print(&summary(&result))?;
    super::advise(quiet, &result.advice);
    Ok(())
}

fn load(arguments: &Arguments) -> anyhow::Result<Config> {
    let path = arguments.config.as_ref();
    let path = path.ok_or_else(|| Error::Usage("give a config: rnn-train --config FILE".into()))?;
    Ok(Config::load(path, &arguments.sets)?)
}

fn folder_of(arguments: &Arguments) -> &std::path::Path {
    let config = arguments.config.as_deref().and_then(|config| config.parent());
    config.unwrap_or(std::path::Path::new(""))
}

/// The end of a run: which epoch was best, where it lies, what it is worth.
fn summary(result: &FitResult) -> String {
    let folder = shown_path(&result.folder);
    let Some(report) = &result.report else {
        return match result.outcome {
            Outcome::Finished if result.best_epoch == 0 => String::new(),
            _ => format!("model of epoch {} in {folder}\n", result.best_epoch),
        };
    };
    let screen = Screen::stdout();
    let best = screen.paint(Ink::Good, &format!("best epoch {}", result.best_epoch));
    let early = if result.outcome == Outcome::StoppedEarly { ", stopped early" } else { "" };
    format!("\n{best}{early}; model in {folder}\n{}", table::report(report, screen))
}
