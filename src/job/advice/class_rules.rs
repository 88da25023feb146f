//! Rules for models that predict a category.

use super::Facts;
use crate::config::{ClassWeights, Column, State, TaskKind};
use crate::error::shown;
use crate::eval::Scores;
use crate::text::short;

/// What comes later tells of a tag, and of a series, as much as what came before.
pub(super) fn both_ways(facts: &Facts) -> Option<String> {
    let config = facts.config;
    let fits = matches!(config.task.kind, TaskKind::Tagging | TaskKind::Classification)
        && config.model.directions() == 1
        && config.training.state == State::Reset;
    fits.then(|| {
        "Read each series from its end too, where predictions need not be made live: --set \
         model.topology=bidirectional"
            .into()
    })
}

/// The end of a word that is new tells much of it.
pub(super) fn letters(facts: &Facts) -> Option<String> {
    let unread = |column: &Column| {
        let text = column.words().and_then(|words| words.text.as_ref());
        text.is_some_and(|text| !text.has_features() && text.characters.is_none())
    };
    let inputs = &facts.config.data.inputs;
    let place = inputs.iter().position(unread)?;
    Some(format!(
        "Of a word that no train row holds the model knows nothing; let it read the last letters of {}: --set \
         'data.inputs.{place}.suffixes=[1, 2, 3]'",
        shown(&inputs[place].name)
    ))
}

/// A model that gives the most frequent class and little else.
pub(super) fn rare_classes(facts: &Facts) -> Option<String> {
    let Scores::Classes(scores) = &facts.report.scores else { return None };
    let (accuracy, macro_f1) = (scores.overall.accuracy?, scores.overall.macro_f1?);
    let unweighted = facts.config.training.class_weights == ClassWeights::None;
    (unweighted && !scores.sequence && macro_f1 < 0.5 * accuracy).then(|| {
        format!(
            "Rare classes are hardly ever given (macro-F1 {} beside an accuracy of {}): let each class count alike, \
             --set training.class_weights=balanced, which raises the first and may lower the second",
            short(macro_f1),
            short(accuracy)
        )
    })
}
