//! `rnn-predict`.

use std::io::IsTerminal;
use std::path::PathBuf;

use clap::{Parser, ValueEnum, ValueHint};

use super::manual::{INPUT, Manual, OUTPUT};
use super::{Common, warn};
use crate::config::{Duplicates, Order};
use crate::job::{Format, OnBadRow, PredictOptions, predict};

const PROGRAM: &str = "rnn-predict";

/// What its help says beside the flags.
pub const MANUAL: Manual = Manual {
    program: PROGRAM,
    usage: "rnn-predict --model MODEL [OPTIONS] < ROWS.csv",
    examples: [
        (
            "What comes after the last row",
            "rnn-predict --model runs/pump-single --last < data/pump.csv",
        ),
        (
            "Live: each row is answered before the next is waited for",
            "tail -n +1 -F live.csv | rnn-predict --model runs/pump-single --format jsonl",
        ),
    ],
    needs: (
        "--model",
        "which model? rnn-predict --model RUN < ROWS.csv takes a run folder or a model.safetensors",
    ),
};

/// Rows on standard input, predictions on standard output, each as soon as its row is there
///
/// The first line of the input is the header; columns are found by name, and others are ignored. One row of output per row of
/// input, with the time and series columns in front; a model that classifies series prints one per series, at the end of the
/// input. A row that has no prediction yet has empty cells.
#[derive(Debug, Parser)]
#[command(name = PROGRAM, version, disable_help_flag = true, disable_version_flag = true)]
pub struct Arguments {
    /// A model.safetensors, or a run folder (its best model)
    #[arg(long, value_name = "MODEL", value_hint = ValueHint::FilePath, help_heading = INPUT)]
    model: PathBuf,
    /// What a row that cannot be read does
    #[arg(long, value_enum, default_value_t = Policy::Abort, value_name = "WHAT", help_heading = INPUT)]
    on_bad_row: Policy,
    /// What a time that comes before the last one of its series does, in place of the model's data.order
    #[arg(long, value_enum, value_name = "WHAT", help_heading = INPUT)]
    order: Option<InOrder>,
    /// What a time that comes twice does, in place of the model's data.duplicates
    #[arg(long, value_enum, value_name = "WHAT", help_heading = INPUT)]
    duplicates: Option<Twice>,
    /// Print each series' last row only
    #[arg(long, help_heading = OUTPUT)]
    last: bool,
    /// Print one line per target and step
    #[arg(long, help_heading = OUTPUT)]
    long: bool,
    /// Print the probability of every class too
    #[arg(long, help_heading = OUTPUT)]
    probabilities: bool,
    /// Copy these input columns into the output
    #[arg(long, value_name = "COL,COL", value_delimiter = ',', help_heading = OUTPUT)]
    keep: Vec<String>,
    /// How rows are printed
    #[arg(long, value_enum, default_value_t = Style::Csv, value_name = "FORM", help_heading = OUTPUT)]
    format: Style,
    #[command(flatten)]
    common: Common,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Style {
    /// With a header
    Csv,
    /// A JSON object per line
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

#[derive(Clone, Copy, Debug, ValueEnum)]
enum InOrder {
    /// Such a row cannot be read
    Error,
    /// Nothing: rows are taken as they come
    Ignore,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Twice {
    /// The second row cannot be read
    Error,
    /// The second row is passed over
    First,
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
        probabilities: arguments.probabilities,
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
        order: arguments.order.map(|order| match order {
            InOrder::Error => Order::Error,
            InOrder::Ignore => Order::Ignore,
        }),
        duplicates: arguments.duplicates.map(|twice| match twice {
            Twice::Error => Duplicates::Error,
            Twice::First => Duplicates::First,
        }),
    };
    // The lock is not held across reads: rows are written by this thread alone.
    let output = std::io::stdout().lock();
    let input = std::io::stdin().lock();
    Ok(predict(&options, input, output, &mut |message| warn(PROGRAM, &message))?)
}
