//! `rnn-train`.

use std::path::{Path, PathBuf};

use clap::{ArgGroup, Parser, ValueEnum, ValueHint};

use super::manual::{INPUT, INSTEAD, Manual, RUN};
use super::{Common, note, print, signals, table};
use crate::config::{Config, relative_path, schema};
use crate::error::{Error, shown_path};
use crate::job::{
    FitOptions, FitResult, InitOptions, below_here, bench, check, check_json, fit, init, resume,
    verify_resume,
};
use crate::progress::View;
use crate::terminal::{Ink, Screen};
use crate::train::Outcome;

const PROGRAM: &str = "rnn-train";

/// What its help says beside the flags.
pub const MANUAL: Manual = Manual {
    program: PROGRAM,
    usage: "rnn-train --config FILE [OPTIONS]\n       rnn-train --resume [--out RUN] [OPTIONS]\n       rnn-train --init DATA.csv [--target COL] > config.json",
    examples: [
        (
            "Forecast a pump's temperature, with data that comes along",
            "rnn-train --config configs/pump-single.json",
        ),
        (
            "Look before a run: what another size of network comes to",
            "rnn-train --config configs/pump-single.json --set model.hidden_size=128 --check",
        ),
    ],
    needs: (
        "--config",
        "nothing to do: rnn-train --config FILE starts a run, --resume goes on with the last one, --init DATA.csv \
         writes a first config",
    ),
};

/// Train a recurrent network (RNN, LSTM, GRU) on CSV time series from one JSON config
///
/// The best model, checkpoints and figures go into a run folder; the end is a comparison with the naive prediction on rows
/// that training has not seen. The same config, data and seed give the same bits on any number of threads, stopped
/// and resumed or not. Results go to standard output, all else to standard error.
#[derive(Debug, Parser)]
#[command(name = PROGRAM, version, disable_help_flag = true, disable_version_flag = true)]
#[command(group = ArgGroup::new("job").args(["check", "bench", "verify_resume", "print_config", "schema", "resume", "init"]))]
#[command(group = ArgGroup::new("start").args(["config", "schema", "resume", "init", "completions", "man"]).required(true).multiple(true))]
pub struct Arguments {
    /// The config file
    ///
    /// JSON; README.md lists the keys, --schema prints them for an editor. Paths in it are relative to it.
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, help_heading = INPUT)]
    config: Option<PathBuf>,
    /// Override one key of the config, e.g. model.hidden_size=128 (repeatable)
    ///
    /// VALUE is JSON, or a bare word taken as a string. Paths in it are relative to the working directory.
    #[arg(long = "set", value_name = "KEY=VALUE", help_heading = INPUT)]
    sets: Vec<String>,
    /// Start from the weights and scalers of this model
    ///
    /// A model.safetensors or a run folder, with the same columns and shapes.
    #[arg(long, value_name = "MODEL", conflicts_with = "resume", value_hint = ValueHint::FilePath, help_heading = INPUT)]
    init_from: Option<PathBuf>,
    /// The run folder [default: output.dir, else runs/NAME beside NAME.json]
    ///
    /// Nothing is ever overwritten: where the default holds a run already, the new one gets the same name with -2, -3...;
    /// an explicit --out that holds one is refused, but for --resume.
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath, help_heading = RUN)]
    out: Option<PathBuf>,
    /// Go on with a run that was stopped
    ///
    /// Without --out the newest run, of --config if that is given. The bits are those of a run that was never stopped.
    /// --set training.epochs=N makes a finished run longer.
    #[arg(long, help_heading = RUN)]
    resume: bool,
    /// Resume from the checkpoint before the last
    #[arg(long, requires = "resume", help_heading = RUN)]
    from_previous: bool,
    /// Resume although the data files have changed
    #[arg(long, requires = "resume", help_heading = RUN)]
    accept_new_data: bool,
    /// Do not lock the run folder (for file systems without locks)
    #[arg(long, help_heading = RUN)]
    no_lock: bool,
    /// Audit config and data: findings, shapes, memory, time; write nothing
    ///
    /// Every finding comes with its line and the key that cures it. The time is that of a few real updates.
    #[arg(long, help_heading = INSTEAD)]
    check: bool,
    /// How the audit of --check is printed
    #[arg(long, value_enum, default_value_t = Style::Text, requires = "check", value_name = "FORM", help_heading = INSTEAD)]
    format: Style,
    /// Time training steps for a few seconds, print JSON; write nothing
    ///
    /// A step is a whole update: windows, forward, loss, backward, clipping, optimizer. step_ms is the median, the rates
    /// are over all steps.
    #[arg(long, help_heading = INSTEAD)]
    bench: bool,
    /// Try out resuming on this config: train briefly, stop, resume, compare every bit
    ///
    /// Trains for at most two epochs or some seconds into a scratch folder, once in one go and once stopped halfway and
    /// resumed on another number of threads; the folder is removed. Ends with 0 where all files are equal, else 70.
    #[arg(long, requires = "config", help_heading = INSTEAD)]
    verify_resume: bool,
    /// Print the config with every default filled in
    #[arg(long, help_heading = INSTEAD)]
    print_config: bool,
    /// Print the JSON Schema of the config
    #[arg(long, conflicts_with = "config", help_heading = INSTEAD)]
    schema: bool,
    /// Print a starter config for a CSV: rnn-train --init DATA.csv --target COL > config.json
    #[arg(
        long,
        value_name = "DATA.csv",
        value_hint = ValueHint::FilePath,
        conflicts_with_all = ["config", "sets", "out", "init_from"],
        help_heading = INSTEAD
    )]
    init: Option<PathBuf>,
    /// A column to forecast, with --init (repeatable) [default: the last number column]
    #[arg(long = "target", value_name = "COL", requires = "init", conflicts_with = "config", help_heading = INSTEAD)]
    targets: Vec<String>,
    #[command(flatten)]
    common: Common,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Style {
    /// For people
    Text,
    /// For programs: the same figures, each finding with its cure
    Json,
}

/// Runs it.
pub fn run(arguments: Arguments) -> anyhow::Result<()> {
    if arguments.schema {
        return Ok(print(schema())?);
    }
    if let Some(data) = arguments.init {
        arguments.common.start_threads()?;
        return Ok(print(starter(data, arguments.targets, arguments.common.quiet)?)?);
    }
    if arguments.print_config {
        let config = load(&arguments)?;
        return Ok(print(config.to_json(folder_of(&arguments)))?);
    }
    signals::watch()?;
    signals::survive_hangup()?;
    let threads = arguments.common.start_threads()?;
    if arguments.check {
        let config = load(&arguments)?;
        return Ok(print(match arguments.format {
            Style::Text => check(&config, Screen::stdout())?,
            Style::Json => format!("{:#}\n", check_json(&config)?),
        })?);
    }
    if arguments.bench {
        return Ok(print(bench(&load(&arguments)?)?)?);
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
    if arguments.verify_resume {
        signals::save_on_signal(); // the scratch folder is to go, whatever happens
        return Ok(print(verify_resume(&options, &signals::REQUESTED)?)?);
    }
    let quiet = arguments.common.quiet;
    let mut view = View::new(PROGRAM, quiet, signals::save_on_signal);
    let job = if arguments.resume { resume } else { fit };
    let result = job(&options, &mut view, &signals::REQUESTED)?;
    drop(view); // the bar goes before the result comes
    print(summary(&result))?;
    super::advise(quiet, &result.advice);
    Ok(())
}

/// `--init`: what was found goes to standard error.
fn starter(data: PathBuf, targets: Vec<String>, quiet: bool) -> anyhow::Result<String> {
    let file = file_of_stdout();
    let folder = file.as_deref().and_then(Path::parent).map(Path::to_owned);
    let options = InitOptions { data, targets, folder };
    let mut tell = |sentence: String| {
        if !quiet {
            note(PROGRAM, &sentence);
        }
    };
    let text = init(&options, &mut tell)?;
    let name = match file {
        Some(file) if below_here(&file) => relative_path(&file, Path::new("")),
        Some(file) => shown_path(&file),
        None => "config.json".to_owned(),
    };
    let name = quoted(&name);
    tell(format!(
        "next: rnn-train --config {name} --check for an audit, rnn-train --config {name} to train"
    ));
    Ok(text)
}

/// As a shell takes it.
fn quoted(name: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || "./_-+:,=@%".contains(c);
    if name.chars().all(plain) {
        name.to_owned()
    } else {
        format!("'{}'", name.replace('\'', "'\\''"))
    }
}

/// The file that standard output goes to, where the system tells: paths in a config are relative to its folder.
fn file_of_stdout() -> Option<PathBuf> {
    let file = std::fs::read_link("/proc/self/fd/1").ok()?;
    std::fs::metadata(&file).is_ok_and(|found| found.is_file()).then_some(file)
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
