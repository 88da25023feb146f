//! `--init`: a starter config for a CSV, that runs as it is.

mod choice;
mod plan;
mod screen;
mod sentences;
mod write;

use std::path::{Path, PathBuf};

use choice::Choice;
use plan::Plan;

use super::prepare::Prepared;
use crate::config::{Config, relative_path};
use crate::data::audit;
use crate::data::survey::Survey;
use crate::error::{DataError, Result, shown_path};
use crate::text::thousands;

/// Fewer rows than this teach nothing that could be tested.
const FEWEST_ROWS: u64 = 40;

/// What `rnn-train --init` was asked for.
#[derive(Clone, Debug, Default)]
pub struct InitOptions {
    /// The CSV.
    pub data: PathBuf,
    /// `--target`; none: the last number column.
    pub targets: Vec<String>,
    /// The folder the config will stand in, as far as it is known; none: the working directory.
    pub folder: Option<PathBuf>,
}

/// The config as text; `tell` hears, sentence by sentence, what was found and chosen.
pub fn init(options: &InitOptions, tell: &mut dyn FnMut(String)) -> Result<String> {
    let survey = Survey::read(&options.data)?;
    sentences::on_data(&survey).into_iter().for_each(&mut *tell);
    if survey.extent.longest < FEWEST_ROWS {
        let message = format!(
            "the longest series has {} rows; at least {FEWEST_ROWS} are needed to train, choose and test a network",
            thousands(survey.extent.longest)
        );
        let file = shown_path(&options.data);
        return Err(DataError { file, message, ..DataError::default() }.into());
    }
    let mut choice = Choice::new(&survey, &options.targets)?;
    let plan = Plan::new(&survey);
    let folder = options.folder.as_deref().unwrap_or(Path::new(""));
    let path = written_path(&options.data, options.folder.as_deref());
    let starter = |choice: &Choice| write::config(&survey, choice, &plan, &path);
    let prepare = |text: &str| -> Result<Prepared> {
        Prepared::new(&Config::parse(text, "the starter config", folder, &[])?)
    };
    if !choice.candidates.is_empty() && choice.candidates.len() <= screen::CANDIDATES {
        // Where one of them cannot be read throughout, none is tried; the target's own past is enough to start.
        if let Ok(prepared) = prepare(&starter(&choice.with_candidates(&survey))) {
            try_candidates(&mut choice, &survey, &plan, &prepared);
        }
    }
    sentences::on_choice(&survey, &choice, &plan).into_iter().for_each(&mut *tell);
    let text = starter(&choice);
    // What is handed out runs: it is read and prepared as the trainer will do it.
    prepare(&text)?;
    Ok(text)
}

/// The data as a config in `folder` names it. A folder elsewhere may be a place where output is only kept for a
/// while, so there the whole path is written, which is right wherever the config goes.
fn written_path(data: &Path, folder: Option<&Path>) -> String {
    match folder {
        None => data.to_string_lossy().into_owned(),
        Some(folder) if below_here(folder) => relative_path(data, folder),
        Some(_) => relative_path(data, Path::new("/")),
    }
}

/// Whether something stands in the working directory or below it.
pub fn below_here(path: &Path) -> bool {
    std::env::current_dir().is_ok_and(|here| path.starts_with(here))
}

/// Takes in as inputs those candidates that help; `prepared` has all of them as inputs.
fn try_candidates(choice: &mut Choice, survey: &Survey, plan: &Plan, prepared: &Prepared) {
    let roles = &prepared.encoder.roles;
    let Some(valid) = &prepared.dataset.valid else { return };
    let scales: Vec<f64> = prepared.scalers.all.inputs.iter().map(|scaler| scaler.scale).collect();
    let parts = (&prepared.dataset.train, valid);
    let leaks: Vec<usize> = audit::copies(&prepared.dataset.train, &prepared.encoder)
        .into_iter()
        .map(|copied| copied.input)
        .filter(|input| !roles.targets.contains(input))
        .collect();
    let tried: Vec<usize> = (0..roles.columns.len()).filter(|c| !leaks.contains(c)).collect();
    choice.refuse_leaks(leaks.into_iter().map(|column| &roles.columns[column][..]));
    let helpful = screen::helpful(roles, &tried, &scales, parts, (plan.horizon, plan.window));
    let names: Vec<String> = helpful.columns.iter().map(|&c| roles.columns[c].clone()).collect();
    choice.take(&names, helpful.gain, survey);
}
