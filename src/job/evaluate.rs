//! Scoring a trained model on rows it was not fitted on.

use std::path::{Path, PathBuf};

use super::advice::{Facts, advice};
use super::joined::Joined;
use super::rows_in::Rows;
use super::rows_out::{Columns, Format, Lead, RowWriter, Sureness, Values, truth_text};
use crate::config::TaskKind;
use crate::data::{Dataset, PartRows, Turn};
use crate::error::Result;
use crate::eval::{Beside, Evaluated, Evaluation, Report, Ridge};
use crate::optim::Loss;
use crate::store::{Model, run as run_files, write_file};

/// What `rnn-eval` was asked for.
#[derive(Clone, Debug, Default)]
pub struct EvaluateOptions {
    /// `--model`.
    pub model: PathBuf,
    /// `--data`; `-` is standard input.
    pub data: Option<PathBuf>,
    /// `--split`.
    pub split: Option<String>,
    /// `--predictions`.
    pub predictions: Option<PathBuf>,
    /// `--long`: one line per target and step in it.
    pub long: bool,
}

/// An evaluation, and what follows from it.
#[derive(Clone, Debug)]
pub struct Judged {
    /// The figures.
    pub report: Report,
    /// What to try next, if the model does not beat the naive prediction.
    pub advice: Vec<String>,
    /// What is missing, and why.
    pub notes: Vec<String>,
}

/// Evaluates; `warn` is told what the user should know.
pub fn evaluate(options: &EvaluateOptions, warn: &mut dyn FnMut(String)) -> Result<Judged> {
    let Rows { path, model, split, part, dataset, without_ridge } = Rows::read(options, warn)?;
    let fitted_on = dataset.as_ref().filter(|_| without_ridge.is_none());
    let ridge = fitted_on.and_then(|dataset| ridge(&model, dataset));
    let report = match &options.predictions {
        None => part_report(&model, ridge.as_ref(), &split, &part, |_| Ok(()))?,
        Some(file) if options.long => joined(&model, ridge.as_ref(), &split, &part, file)?,
        Some(file) => with_predictions(&model, ridge.as_ref(), &split, &part, file)?,
    };
    let mut notes: Vec<String> = without_ridge.into_iter().collect();
    if dataset.is_none() && model.encoder.classes().is_none() {
        notes.push(
            "without a ridge regression beside the model: it is fitted on the train rows, which only the run's own \
             data have (leave out --data)"
                .to_owned(),
        );
    }
    let folder = path.parent().filter(|folder| folder.join(run_files::CONFIG).exists());
    let advice = advice(&Facts {
        train_rows: dataset.map(|dataset| dataset.train.rows()),
        parameters: model.network.layout().len(),
        ..Facts::new(&model.config, &report, folder)
    });
    Ok(Judged { report, advice, notes })
}

/// The regression that stands beside a model, on the rows the model was trained on.
pub(super) fn ridge(model: &Model, dataset: &Dataset) -> Option<Ridge> {
    let window = model.config.data.window.map(|window| window.length);
    let (train, valid) = (&dataset.train, dataset.valid.as_ref());
    Ridge::fit(&model.encoder, &model.scalers, window, train, valid)
}

/// A model's report on a part.
pub(super) fn part_report(
    model: &Model,
    ridge: Option<&Ridge>,
    split: &str,
    part: &PartRows,
    each: impl FnMut(Evaluated) -> Result<()>,
) -> Result<Report> {
    let beside = Some(Beside { season: model.season, ridge });
    Evaluation { beside, ..evaluation(model) }.run(split, part, each)
}

/// What is evaluated of a model.
pub(super) fn evaluation(model: &Model) -> Evaluation<'_> {
    Evaluation {
        network: &model.network,
        params: &model.params,
        encoder: &model.encoder,
        scalers: &model.scalers,
        plan: model.plan(),
        whole_series: model.config.task.kind == TaskKind::Classification,
        intervals: model.intervals(),
        loss: Loss {
            kind: model.config.training.loss,
            sequences: 1.0,
            class_weights: &model.encoder.class_weights,
        },
        beside: Some(Beside { season: model.season, ridge: None }),
    }
}

/// The report, and a file with a line for each prediction.
fn joined(
    model: &Model,
    ridge: Option<&Ridge>,
    split: &str,
    part: &PartRows,
    file: &Path,
) -> Result<Report> {
    let baselines = Beside { season: model.season, ridge }.baselines(&model.encoder);
    let mut lines =
        Joined::new(&model.encoder, &part.table, (Sureness::of(model), &baselines), file)?;
    let report = part_report(model, ridge, split, part, |row| lines.row(&row))?;
    write_file(file, &lines.into_bytes()?)?;
    Ok(report)
}

/// The report, and a file with a line for each row.
fn with_predictions(
    model: &Model,
    ridge: Option<&Ridge>,
    split: &str,
    part: &PartRows,
    file: &Path,
) -> Result<Report> {
    let columns = Columns {
        format: Format::Csv,
        long: false,
        truth: true,
        sureness: Sureness::of(model),
        probabilities: false,
        keep: Vec::new(),
    };
    let (report, bytes) = write_predictions(model, ridge, split, part, file, columns)?;
    write_file(file, &bytes)?;
    Ok(report)
}

/// A model's report on a part, and its predictions as rows; `place` names them in errors.
pub(super) fn write_predictions(
    model: &Model,
    ridge: Option<&Ridge>,
    split: &str,
    part: &PartRows,
    place: &Path,
    columns: Columns,
) -> Result<(Report, Vec<u8>)> {
    let with_truth = columns.truth;
    let mut writer = RowWriter::new(Vec::new(), place.to_owned(), columns, &model.encoder);
    writer.header()?;
    let (mut number, timed) = (0, model.encoder.roles.time.is_some());
    let report = part_report(model, ridge, split, part, |row| {
        number += 1;
        let series = &part.table.series[row.series];
        let time = match row.turn {
            Turn::Row(row) => series.time_text(row),
            Turn::Dropped(k) => &series.dropped[k].time_text,
        };
        let time = timed.then(|| time.to_owned());
        let lead = Lead { time, series: series.key.clone(), number, ..Lead::default() };
        let truth: Vec<String> = match model.encoder.classes() {
            None => row.truth.iter().map(|&value| truth_text(value)).collect(),
            Some(_) => {
                let words = model.encoder.target_words(&part.table.words);
                let label = |&word: &f64| words.of(word).unwrap_or_default().to_owned();
                row.truth.iter().map(label).collect()
            }
        };
        let truth = with_truth.then_some(&truth[..]);
        writer.row(&lead, &Values { predicted: row.prediction, truth })
    })?;
    writer.flush()?;
    Ok((report, writer.into_inner()?))
}
