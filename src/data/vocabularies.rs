//! All words and classes of a model.

use serde::{Deserialize, Serialize};

use super::contexts::Context;
use super::dataset::PartRows;
use super::letters::features;
use super::roles::Roles;
use super::vocabulary::{Classes, Vocabulary, counts};
use crate::config::{Config, DataConfig};

/// All that a model knows of words.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Vocabularies {
    /// Of the word inputs, in the order of `data.inputs`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub inputs: Vec<Vocabulary>,
    /// Of a category target.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub classes: Option<Classes>,
    /// What naive predictions of classes go by.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub contexts: Vec<Context>,
}

impl Vocabularies {
    /// Counted on the train rows. `last_only`: of each series the target of the last row alone counts.
    pub fn fit(config: &DataConfig, roles: &Roles, train: &PartRows, last_only: bool) -> Self {
        let inputs = config.inputs.iter().zip(&roles.inputs);
        let words = inputs.filter_map(|(c, &place)| Some((c, c.words()?, place)));
        let inputs =
            words.map(|(c, read_as, place)| Vocabulary::fit(&c.name, read_as, train, place));
        let class_target =
            config.targets.iter().zip(&roles.targets).find(|(c, _)| c.words().is_some());
        let classes = class_target.map(|(_, &place)| {
            let counted =
                if last_only { counts(&train.last_rows(), place) } else { counts(train, place) };
            let (labels, counts) = counted.into_iter().unzip();
            Classes { labels, counts }
        });
        Self { inputs: inputs.collect(), classes, contexts: Vec::new() }
    }

    /// Whether they are those of a config; says what is not.
    pub fn check(&self, config: &Config) -> Result<(), String> {
        let columns = config.data.inputs.iter().filter(|c| c.words().is_some());
        if !columns.clone().map(|c| &c.name).eq(self.inputs.iter().map(|v| &v.column)) {
            return Err("its vocabularies do not fit its columns".into());
        }
        for (column, vocabulary) in columns.zip(&self.inputs) {
            let read_as = column.words().into_iter();
            let spelled = read_as.clone().filter_map(|w| w.text.as_ref()?.characters).count();
            let fits = vocabulary.features.len()
                == read_as.map(|w| features(w).len()).sum::<usize>()
                && vocabulary.alphabet.iter().count() == spelled;
            if !fits {
                return Err(format!("its vocabulary of {} does not fit its config", column.name));
            }
        }
        let classes = self.classes.as_ref().map_or(0, |classes| classes.labels.len());
        if !self.contexts.iter().all(|context| context.fits(classes)) {
            return Err("its counts of classes by word are of other classes".into());
        }
        match &self.classes {
            Some(classes) if !config.predicts_classes() || classes.labels.is_empty() => {
                Err("its classes do not fit its config".into())
            }
            None if config.predicts_classes() => Err("it has no classes".into()),
            Some(classes) if classes.labels.len() != classes.counts.len() => {
                Err("its classes have not a count each".into())
            }
            Some(classes) if !classes.labels.is_sorted() => {
                Err("its classes are not sorted".into())
            }
            _ => Ok(()),
        }
    }
}
