//! The rows that a trained model is judged on: a part of its own data, or a file.

use std::path::{Path, PathBuf};

use super::evaluate::EvaluateOptions;
use super::memory;
use crate::config::Config;
use crate::data::{Dataset, PartRows, Roles, Table};
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
    /// All rows of its run, where the run folder tells and no other file was given.
    pub(super) dataset: Option<Dataset>,
    /// Why no ridge regression stands beside the model, where memory is short.
    pub(super) without_ridge: Option<String>,
}

impl Rows {
    /// Reads both; `warn` is told what the user should know.
    pub(super) fn read(options: &EvaluateOptions, warn: &mut dyn FnMut(String)) -> Result<Self> {
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
        let without_ridge = memory::check_evaluation(&model, &part, dataset.as_ref())?;
        Ok(Self { path, model, split, part, dataset, without_ridge })
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
        Some(part) => {
            let part = part.clone();
            Ok((name.to_owned(), part, Some(dataset)))
        }
        None => Err(Error::Usage(format!(
            "this run's data has no {name} rows; choose another --split, or give rows with --data"
        ))),
    }
}

/// Counts the rows of a file that the model was trained on, or that lie in the range of times it was trained on.
fn warn_of_trained_rows(model: &Model, part: &PartRows, warn: &mut dyn FnMut(String)) {
    let roles = &model.encoder.roles;
    // Rows of words without times are often equal by chance: the same word with the same label.
    let tells = roles.time.is_some() || !roles.are_words.contains(&true);
    let trained = model.rows.trained(part, roles).filter(|trained| tells && trained.rows > 0);
    if let Some(trained) = trained {
        let about = if trained.exact { "" } else { "about " };
        // Without times two rows may well be equal by chance.
        let are = if roles.time.is_some() { "rows" } else { "equal to rows" };
        warn(format!(
            "{about}{} of {} rows are {are} the model was trained on; figures on them flatter",
            trained.rows, trained.of
        ));
        return;
    }
    let count = trained_times(model, part);
    if count > 0 {
        warn(format!(
            "{count} of {} rows lie in the time range the model was trained on; figures on them flatter",
            part.rows()
        ));
    }
}

/// How many rows lie in the range of times that the model was trained on.
pub(super) fn trained_times(model: &Model, part: &PartRows) -> u64 {
    let mut count = 0u64;
    for series in &part.table.series {
        let known = model.trained_on.iter().find(|t| t.series == series.key);
        let Some(known) = known else { continue };
        let parse = |text: &str| part.table.clock.read(text).ok();
        let (Some(first), Some(last)) = (parse(&known.first), parse(&known.last)) else { continue };
        if series.time_kind() == Some(first.kind) {
            let inside = |t: &&i128| (first.nanos..=last.nanos).contains(*t);
            count += series.times.iter().filter(inside).count() as u64;
        }
    }
    count
}
