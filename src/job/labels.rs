//! The labels of a category target, before anything is trained: enough of them, and those that are named.

use crate::config::{ClassWeights, Config};
use crate::data::{Classes, PartRows, Roles, Vocabularies};
use crate::error::{DataError, Error, Result, shown, shown_path};
use crate::suggest::nearest;

/// Labels named in a message.
const NAMED: usize = 8;

/// Refuses a target of one label, and weights of labels that there are not.
pub(super) fn check(config: &Config, words: &Vocabularies, train: &PartRows) -> Result<()> {
    let Some(classes) = &words.classes else { return Ok(()) };
    let target = shown(&config.data.targets[0].name);
    if let [label] = &classes.labels[..] {
        let message = format!(
            "target {target} is {} in every train row; there is nothing to tell apart: train on rows with two \
             labels or more",
            shown(label)
        );
        return Err(DataError { file: train.table.name(), message, ..DataError::default() }.into());
    }
    let ClassWeights::Given(weights) = &config.training.class_weights else { return Ok(()) };
    let Some((absent, _)) = weights.iter().find(|(label, _)| classes.index(label).is_none()) else {
        return Ok(());
    };
    let hint = match nearest(absent, &classes.labels) {
        Some(near) => format!("did you mean {}?", shown(near)),
        None => format!("they have {}", listed(&classes.labels)),
    };
    Err(Error::Config {
        place: "training.class_weights".into(),
        message: format!("the train rows have no label {} in {target}; {hint}", shown(absent)),
    })
}

/// Refuses train rows with a label that is no class of the model whose words were taken over.
pub(super) fn check_known(roles: &Roles, classes: &Classes, train: &PartRows) -> Result<()> {
    let (table, column) = (&train.table, roles.targets[0]);
    let words = &table.words[column];
    let unknown: Vec<bool> = words.texts().map(|label| classes.index(label).is_none()).collect();
    for (series, range) in train.ranges.iter().enumerate() {
        for row in range.clone() {
            let word = table.series[series].row(row)[column];
            if word.is_nan() || !unknown[word as usize] {
                continue;
            }
            let word = word as u32;
            let place = table.place(series, row);
            let message = format!(
                "label {} of target {} is no class of the model that is started from, which has {}; a new label \
                 needs a new model, without --init-from",
                shown(words.text(word)),
                shown(&roles.columns[column]),
                listed(&classes.labels)
            );
            let file = place.map_or_else(|| table.name(), |(file, _)| shown_path(&file.path));
            let line = place.map(|(_, line)| line);
            return Err(DataError { file, line, message, ..DataError::default() }.into());
        }
    }
    Ok(())
}

fn listed(labels: &[String]) -> String {
    let mut named: Vec<String> = labels.iter().take(NAMED).map(|label| shown(label)).collect();
    if labels.len() > NAMED {
        named.push(format!("… ({} labels)", labels.len()));
    }
    named.join(", ")
}
