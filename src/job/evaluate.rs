//! Scoring a trained model on rows it was not fitted on.

use std::path::{Path, PathBuf};

use super::advice::{Facts, advice};
use super::joined::Joined;
use super::memory;
use super::rows_out::{Columns, Format, Lead, RowWriter, Values, truth_text};
use crate::config::{Config, TaskKind};
use crate::data::{Dataset, PartRows, Roles, Table, Turn, time};
use crate::error::{DataError, Error, Result, shown, shown_path};
use crate::eval::{Beside, Evaluated, Evaluation, Report, Ridge};
use crate::kernel;
use crate::optim::Loss;
use crate::store::{Model, resolve_model, run as run_files, write_file};
use crate::suggest;

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
    kernel::variant()?;
    let path = resolve_model(&options.model)?;
    let model = Model::read(&path)?;
    let (split, part, dataset) = match &options.data {
        Some(data) => {
            if options.split.is_some() {
                return Err(Error::Usage(
                    "--split goes with the config's own data; with --data every row is held out"
                        .into(),
                ));
            }
            let mut part = PartRows::whole(read_table(data, &model.encoder.roles)?);
            part.read_words(&model.encoder);
            warn_of_trained_rows(&model, &part, warn);
            ("data".to_owned(), part, None)
        }
        None => own_part(&path, options.split.as_deref(), &model)?,
    };
    for series in &part.table.series {
        if !model.scalers.of(&series.key).1 {
            let key = shown(&series.key.join(" / "));
            warn(format!(
                "series {key} is unknown to the model; it takes the scaler of all series"
            ));
        }
    }
    super::unknown::sentences(&model.encoder, &part.unknown_words(&model.encoder))
        .into_iter()
        .chain(super::unknown::label_sentence(part.unknown_labels(&model.encoder)))
        .for_each(&mut *warn);
    refuse_extremes(&model, &part)?;
    memory::check_evaluation(&model, &part)?;
    let ridge = dataset.as_ref().and_then(|dataset| ridge(&model, dataset));
    let report = match &options.predictions {
        None => part_report(&model, ridge.as_ref(), &split, &part, |_| Ok(()))?,
        Some(file) if options.long => joined(&model, ridge.as_ref(), &split, &part, file)?,
        Some(file) => with_predictions(&model, ridge.as_ref(), &split, &part, file)?,
    };
    let mut notes = Vec::new();
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

fn read_table(data: &Path, roles: &Roles) -> Result<Table> {
    if data == Path::new("-") {
        return Table::read_stream(std::io::stdin(), data, "<stdin>", roles);
    }
    let file = std::fs::File::open(data).map_err(|e| suggest::unreadable(data, &e))?;
    if file.metadata().is_ok_and(|m| m.is_dir()) {
        return Err(Error::Input {
            path: data.to_owned(),
            reason: "is a folder, not a file".into(),
        });
    }
    memory::check_files(&[data.to_owned()], roles)?;
    Table::read_stream(file, data, &shown_path(data), roles)
}

/// Refuses values that cannot be scaled, as `rnn-predict` does: their predictions would mean nothing.
fn refuse_extremes(model: &Model, part: &PartRows) -> Result<()> {
    let (table, encoder) = (&part.table, &model.encoder);
    for series in &table.series {
        let (scalers, _) = model.scalers.of(&series.key);
        for row in 0..series.rows() {
            let values = series.row(row);
            encoder.check(values, scalers).map_err(|column| DataError {
                file: table.name(),
                message: format!(
                    "column {}, row {} of its series: {:e} is too far from the values the model was trained on \
                     to be scaled; is the unit right?",
                    shown(&encoder.roles.columns[column]),
                    row + 1,
                    values[column]
                ),
                ..DataError::default()
            })?;
        }
    }
    Ok(())
}

/// A part of the data the model's own config names, and all of them.
fn own_part(
    path: &Path,
    split: Option<&str>,
    model: &Model,
) -> Result<(String, PartRows, Option<Dataset>)> {
    let config_path = path.parent().unwrap_or(Path::new("")).join(run_files::CONFIG);
    if !config_path.exists() {
        return Err(Error::Usage(format!(
            "{} stands alone, without the config of its run; give the run folder, or rows with --data",
            shown_path(path)
        )));
    }
    let config = Config::load(&config_path, &[])?;
    memory::check_sources(&config, &model.encoder.roles)?;
    let mut dataset = Dataset::read(&config, &model.encoder.roles)?;
    dataset.read_words(&model.encoder);
    let name = split.unwrap_or(if dataset.test.is_some() { "test" } else { "valid" });
    match dataset.part(name) {
        Some(part) => Ok((name.to_owned(), part.clone(), Some(dataset))),
        None => Err(Error::Usage(format!(
            "this run's data has no {name} rows; choose another --split, or give rows with --data"
        ))),
    }
}

/// A model's report on a part.
pub(super) fn part_report(
    model: &Model,
    ridge: Option<&Ridge>,
    split: &str,
    part: &PartRows,
    each: impl FnMut(Evaluated) -> Result<()>,
) -> Result<Report> {
    let evaluation = Evaluation {
        network: &model.network,
        params: &model.params,
        encoder: &model.encoder,
        scalers: &model.scalers,
        plan: model.plan(),
        whole_series: model.config.task.kind == TaskKind::Classification,
        loss: Loss {
            kind: model.config.training.loss,
            sequences: 1.0,
            class_weights: &model.encoder.class_weights,
        },
        beside: Some(Beside { season: model.season, ridge }),
    };
    evaluation.run(split, part, each)
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
    let mut lines = Joined::new(&model.encoder, &part.table, &baselines, file)?;
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
        probabilities: false,
        keep: Vec::new(),
    };
    let mut writer = RowWriter::new(Vec::new(), file.to_owned(), columns, &model.encoder);
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
        let lead = Lead { time, series: series.key.clone(), number, kept: Vec::new() };
        let truth: Vec<String> = match model.encoder.classes() {
            None => row.truth.iter().map(|&value| truth_text(value)).collect(),
            Some(_) => {
                let words = model.encoder.target_words(&part.table.words);
                let label = |&word: &f64| words.of(word).unwrap_or_default().to_owned();
                row.truth.iter().map(label).collect()
            }
        };
        writer.row(&lead, &Values { predicted: row.prediction, truth: Some(&truth) })
    })?;
    writer.flush()?;
    write_file(file, &writer.into_inner()?)?;
    Ok(report)
}

/// Counts the rows of a file that lie in the range of times the model was trained on.
fn warn_of_trained_rows(model: &Model, part: &PartRows, warn: &mut dyn FnMut(String)) {
    let mut count = 0u64;
    for series in &part.table.series {
        let known = model.trained_on.iter().find(|t| t.series == series.key);
        let Some(known) = known else { continue };
        let parse = |text: &str| time::parse(text, model.encoder.roles.dialect.decimal);
        let (Some(first), Some(last)) = (parse(&known.first), parse(&known.last)) else { continue };
        if series.time_kind() == Some(first.kind) {
            let inside = |t: &&i128| (first.nanos..=last.nanos).contains(*t);
            count += series.times.iter().filter(inside).count() as u64;
        }
    }
    if count > 0 {
        warn(format!(
            "{count} of {} rows lie in the time range the model was trained on; figures on them flatter",
            part.rows()
        ));
    }
}
