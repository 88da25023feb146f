//! The rows that a trained model is judged on: a part of its own data, or a file.

use std::path::{Path, PathBuf};

use super::evaluate::EvaluateOptions;
use super::memory;
use crate::config::Config;
use crate::data::{Dataset, PartRows, Roles, Table, time};
use crate::error::{DataError, Error, Result, shown, shown_path};
use crate::kernel;
use crate::store::{Model, resolve_model, run as run_files};
use crate::suggest;

/// A model and rows it can be asked about.
#[derive(Clone, Debug)]
pub(super) struct Rows {
    /// The model file.
    pub(super) path: PathBuf,
    pub(super) model: Model,
    /// `train`, `valid`, `test`, or `data` for a file of its own.
    pub(super) split: String,
    pub(super) part: PartRows,
    /// The rows it was trained on, where the run folder tells.
    pub(super) trained_on: Option<PartRows>,
}

impl Rows {
    /// Reads both; `warn` is told what the user should know.
    pub(super) fn read(options: &EvaluateOptions, warn: &mut dyn FnMut(String)) -> Result<Self> {
        kernel::variant()?;
        let path = resolve_model(&options.model)?;
        let model = Model::read(&path)?;
        let (split, part, trained_on) = match &options.data {
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
        Ok(Self { path, model, split, part, trained_on })
    }
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

/// A part of the data the model's own config names, and the rows it was trained on.
fn own_part(
    path: &Path,
    split: Option<&str>,
    model: &Model,
) -> Result<(String, PartRows, Option<PartRows>)> {
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
        Some(part) => {
            let part = part.clone();
            Ok((name.to_owned(), part, Some(dataset.train)))
        }
        None => Err(Error::Usage(format!(
            "this run's data has no {name} rows; choose another --split, or give rows with --data"
        ))),
    }
}

/// Counts the rows of a file that lie in the range of times the model was trained on.
fn warn_of_trained_rows(model: &Model, part: &PartRows, warn: &mut dyn FnMut(String)) {
    let count = trained_times(model, part);
    if count > 0 {
        warn(format!(
            "{count} of {} rows lie in the time range the model was trained on; figures on them flatter",
            part.rows()
        ));
    }
}

/// How many they are.
pub(super) fn trained_times(model: &Model, part: &PartRows) -> u64 {
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
    count
}
