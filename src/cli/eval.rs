//! `rnn-eval`.

use std::path::PathBuf;

use clap::{Parser, ValueEnum, ValueHint};

use super::manual::{INPUT, Manual, OUTPUT};
use super::{Common, note, print, table, warn};
use crate::job::{EvaluateOptions, evaluate};
use crate::terminal::Screen;

const PROGRAM: &str = "rnn-eval";

/// What its help says beside the flags.
pub const MANUAL: Manual = Manual {
    program: PROGRAM,
    usage: "rnn-eval --model MODEL [OPTIONS]",
    examples: [
        ("The test rows of a run", "rnn-eval --model runs/pump-single"),
        (
            "Rows of another file, every figure as JSON",
            "rnn-eval --model runs/pump-single --data new-rows.csv --format json",
        ),
    ],
    needs: (
        "--model",
        "which model? rnn-eval --model RUN takes a run folder or a model.safetensors",
    ),
};

/// Score a trained model on held-out CSV, beside naive predictions
///
/// Naive predictions are the last value, the last season, the drift and the mean of the train rows; of categories what is frequent
/// in the train rows. The model beats the best of them if its error is lower by more than 1 % and by more than chance explains. A
/// ridge regression on the same rows stands beside them. Results go to standard output, all else to standard error.
#[derive(Debug, Parser)]
#[command(name = PROGRAM, version, disable_help_flag = true, disable_version_flag = true)]
pub struct Arguments {
    /// A model.safetensors, or a run folder (its best model)
    #[arg(long, value_name = "MODEL", value_hint = ValueHint::FilePath, help_heading = INPUT)]
    model: PathBuf,
    /// Score every row of this file (- is standard input) instead of the config's own data
    #[arg(long, value_name = "CSV", value_hint = ValueHint::FilePath, help_heading = INPUT)]
    data: Option<PathBuf>,
    /// Part of the config's own data [default: test if there is one, else valid]
    #[arg(long, value_enum, value_name = "PART", help_heading = INPUT)]
    split: Option<Split>,
    /// How the result is printed
    #[arg(long, value_enum, default_value_t = Style::Table, value_name = "FORM", help_heading = OUTPUT)]
    format: Style,
    /// Write every prediction beside the truth
    #[arg(long, value_name = "FILE.csv", value_hint = ValueHint::FilePath, help_heading = OUTPUT)]
    predictions: Option<PathBuf>,
    /// In that file one line per target and step, with the target's time and what each baseline gives
    #[arg(long, requires = "predictions", help_heading = OUTPUT)]
    long: bool,
    #[command(flatten)]
    common: Common,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Split {
    /// Rows the model was fitted on
    Train,
    /// Rows the best epoch was chosen by
    Valid,
    /// Rows held out
    Test,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Style {
    /// For people: what fits the terminal
    Table,
    /// For programs: every figure
    Json,
}

/// Runs it.
pub fn run(arguments: Arguments) -> anyhow::Result<()> {
    super::signals::watch()?;
    arguments.common.start_threads()?;
    let split = arguments.split.map(|split| {
        match split {
            Split::Train => "train",
            Split::Valid => "valid",
            Split::Test => "test",
        }
        .to_owned()
    });
    let options = EvaluateOptions {
        model: arguments.model,
        data: arguments.data,
        split,
        predictions: arguments.predictions,
        long: arguments.long,
    };
    let judged = evaluate(&options, &mut |message| warn(PROGRAM, &message))?;
    match arguments.format {
        Style::Json => print(format!("{:#}\n", judged.report.to_json()))?,
        Style::Table => {
            print(table::report(&judged.report, Screen::stdout()))?;
            if !arguments.common.quiet {
                judged.notes.iter().for_each(|text| note(PROGRAM, text));
            }
            super::advise(arguments.common.quiet, &judged.advice);
        }
    }
    Ok(())
}
