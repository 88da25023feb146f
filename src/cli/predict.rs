//! `rnn-predict`.

use std::io::IsTerminal;
use std::path::PathBuf;

use clap::{Parser, ValueEnum};

use super::{Common, warn};
use crate::job::{Format, OnBadRow, PredictOptions, predict};

const PROGRAM: &str = "rnn-predict";

/// Rows on standard input, predictions on standard output, each as soon as its row is there
#[derive(Debug, Parser)]
#[command(name = PROGRAM, version, max_term_width = 100, after_help = "Examples:\n  \
    rnn-predict --model runs/pump-multi --last < data/pump.csv\n  \
    tail -n +1 -F live.csv | rnn-predict --model runs/pump-multi --format jsonl --on-bad-row empty")]
pub struct Arguments {
    /// A model.safetensors, or a run folder (its best model)
    #[arg(long, value_name = "MODEL")]
    model: PathBuf,
    /// Print each series' last row only
    #[arg(long)]
    last: bool,
    /// Print one line per target and step
    #[arg(long)]
    long: bool,
    /// Copy these input columns into the output
    #[arg(long, value_name = "COL,COL", value_delimiter = ',')]
    keep: Vec<String>,
    /// How rows are printed
    #[arg(long, value_enum, default_value_t = Style::Csv)]
    format: Style,
    /// What a row that cannot be read does
    #[arg(long, value_enum, default_value_t = Policy::Abort)]
    on_bad_row: Policy,
    #[command(flatten)]
    common: Common,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Style {
    Csv,
    Jsonl,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Policy {
    /// End with exit code 65
    Abort,
    /// Pass it over
    Skip,
    /// Print a row without a prediction
    Empty,
}

/// Runs it.
pub fn run(arguments: Arguments) -> anyhow::Result<()> {
    super::signals::watch()?;
    arguments.common.start_threads()?;
    let quiet = arguments.common.quiet;
    if std::io::stdin().is_terminal() && !quiet {
        warn(PROGRAM, "reading rows from the terminal; pipe a CSV into it, end with Ctrl-D");
    }
    let options = PredictOptions {
        model: arguments.model,
        last: arguments.last,
        long: arguments.long,
        keep: arguments.keep,
        format: match arguments.format {
            Style::Csv => Format::Csv,
            Style::Jsonl => Format::Jsonl,
        },
        on_bad_row: match arguments.on_bad_row {
            Policy::Abort => OnBadRow::Abort,
            Policy::Skip => OnBadRow::Skip,
            Policy::Empty => OnBadRow::Empty,
        },
    };
    // The lock is not held across reads: rows are written by this thread alone.
    let output = std::io::stdout().lock();
    let input = std::io::stdin().lock();
    Ok(predict(&options, input, output, &mut |message| warn(PROGRAM, &message))?)
}
