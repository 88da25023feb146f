//! `rnn-eval`.

use std::path::PathBuf;

use clap::{Parser, ValueEnum};

use super::{Common, print, table, warn};
use crate::job::{EvaluateOptions, evaluate};
use crate::terminal::Screen;

const PROGRAM: &str = "rnn-eval";

/// Score a trained model on held-out CSV, beside the naive prediction
#[derive(Debug, Parser)]
#[command(name = PROGRAM, version, max_term_width = 100, after_help = "Examples:\n  \
    rnn-eval --model runs/pump-multi\n  \
    rnn-eval --model runs/pump-multi/model.safetensors --data new-rows.csv --format json")]
pub struct Arguments {
    /// A model.safetensors, or a run folder (its best model)
    #[arg(long, value_name = "MODEL")]
    model: PathBuf,
    /// Score every row of this file (- is standard input) instead of the config's own data
    #[arg(long, value_name = "CSV")]
    data: Option<PathBuf>,
    /// Part of the config's own data [default: test if there is one, else valid]
    #[arg(long, value_enum)]
    split: Option<Split>,
    /// How the result is printed
    #[arg(long, value_enum, default_value_t = Style::Table)]
    format: Style,
    /// Write every prediction beside the truth
    #[arg(long, value_name = "FILE.csv")]
    predictions: Option<PathBuf>,
    #[command(flatten)]
    common: Common,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Split {
    Train,
    Valid,
    Test,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Style {
    Table,
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
    };
    let judged = evaluate(&options, &mut |message| warn(PROGRAM, &message))?;
    let text = match arguments.format {
        Style::Table => table::report(&judged.report, Screen::stdout()),
        Style::Json => format!("{:#}\n", judged.report.to_json()),
    };
    print(&text)?;
    super::advise(arguments.common.quiet, &judged.advice);
    Ok(())
}
