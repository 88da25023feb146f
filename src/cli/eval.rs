//! `rnn-eval`.

use std::path::PathBuf;

use clap::{Parser, ValueEnum, ValueHint};

use super::manual::{INPUT, Manual, OUTPUT, TESTS};
use super::{Common, note, print, signals, table, warn};
use crate::error::Error;
use crate::job::{
    BacktestOptions, Certificate, Claim, EvaluateOptions, backtest, certify, compare, evaluate,
};
use crate::terminal::Screen;

const PROGRAM: &str = "rnn-eval";

/// What its help says beside the flags.
pub const MANUAL: Manual = Manual {
    program: PROGRAM,
    usage: "rnn-eval --model MODEL [OPTIONS]\n       rnn-eval --compare RUN_A RUN_B [OPTIONS]",
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
    #[arg(
        long, value_name = "MODEL", value_hint = ValueHint::FilePath, required_unless_present = "compare",
        help_heading = INPUT
    )]
    model: Option<PathBuf>,
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
    /// Test what an evaluation promises, on this model and these rows; exit code 1 where it fails
    ///
    /// No prediction reads a row later than it may: rows behind many places are changed, and all predictions before must keep
    /// every bit. rnn-predict gives what rnn-eval gives. No scored row was trained on. "forward" holds any model to reading no
    /// row after its own, as a live stream needs it.
    #[arg(
        long, value_enum, value_name = "AS", num_args = 0..=1, require_equals = true, default_missing_value = "its-kind",
        conflicts_with = "predictions", help_heading = TESTS
    )]
    certify: Option<Hold>,
    /// Train the config of the run N times, on more and more of its rows, and score what follows each time
    ///
    /// The second half of the rows is cut into N parts; each is forecast by a model of its own, trained on what lies before it.
    /// Folds run side by side. No file is written.
    #[arg(
        long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1000),
        conflicts_with_all = ["data", "split", "predictions", "certify"], help_heading = TESTS
    )]
    backtest: Option<u16>,
    /// Compare two models on the same rows: how much they differ, whether that is chance, and which one to keep
    #[arg(
        long, num_args = 2, value_names = ["RUN_A", "RUN_B"], value_hint = ValueHint::FilePath,
        conflicts_with_all = ["model", "predictions", "certify", "backtest"], help_heading = TESTS
    )]
    compare: Option<Vec<PathBuf>>,
    /// In that file one line per target and step, with the target's time and what each baseline gives
    #[arg(long, requires = "predictions", help_heading = OUTPUT)]
    long: bool,
    #[command(flatten)]
    common: Common,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Hold {
    /// To what its kind promises
    ItsKind,
    /// To reading no row after its own
    Forward,
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
    signals::watch()?;
    let threads = arguments.common.start_threads()?;
    let split = arguments.split.map(|split| {
        match split {
            Split::Train => "train",
            Split::Valid => "valid",
            Split::Test => "test",
        }
        .to_owned()
    });
    let options = EvaluateOptions {
        model: arguments.model.unwrap_or_default(),
        data: arguments.data,
        split,
        predictions: arguments.predictions,
        long: arguments.long,
    };
    let format = arguments.format;
    if let Some(folds) = arguments.backtest {
        let quiet = arguments.common.quiet;
        let options = BacktestOptions { model: options.model, folds: folds.into(), threads };
        let tell = |sentence: String| {
            if !quiet {
                note(PROGRAM, &sentence);
            }
        };
        let found = backtest(&options, &tell, &signals::REQUESTED)?;
        return Ok(print(match format {
            Style::Json => format!("{:#}\n", found.to_json()),
            Style::Table => table::backtest(&found, Screen::stdout()),
        })?);
    }
    if let Some(models) = arguments.compare {
        let models = <[PathBuf; 2]>::try_from(models).expect("clap counts them");
        let found = compare(models, &options, &mut |message| warn(PROGRAM, &message))?;
        return Ok(print(match format {
            Style::Json => format!("{:#}\n", found.to_json()),
            Style::Table => table::comparison(&found, Screen::stdout()),
        })?);
    }
    if let Some(hold) = arguments.certify {
        let claim = match hold {
            Hold::ItsKind => Claim::OfItsKind,
            Hold::Forward => Claim::Forward,
        };
        let certificate = certify(&options, claim, &mut |message| warn(PROGRAM, &message))?;
        return certified(&certificate, format);
    }
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

/// Prints a certificate; one that fails is an error.
fn certified(certificate: &Certificate, format: Style) -> anyhow::Result<()> {
    match format {
        Style::Json => print(format!("{:#}\n", certificate.to_json()))?,
        Style::Table => print(table::certificate(certificate, Screen::stdout()))?,
    }
    match certificate.failed() {
        0 => Ok(()),
        failed => {
            let all = certificate.checks.len();
            Err(Error::Failed(format!("{failed} of {all} tests failed")).into())
        }
    }
}
