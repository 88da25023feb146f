//! Columns of words: how they are read.

use super::{Resolved, columns, refuse};
use crate::config::columns::{CharacterEncoder, Column, TextColumn, WordColumn};
use crate::config::raw::{self, ColumnType};
use crate::config::section::Section;
use crate::error::shown;

/// Widths of a word's embedding where none is given.
const CATEGORY: usize = 8;
const TEXT: usize = 64;

/// The options of a column of this type.
pub(in crate::config) fn own(kind: ColumnType) -> &'static [&'static str] {
    match kind {
        ColumnType::Number => &["scale", "ahead", "static"],
        ColumnType::Category => &["embedding", "min_count", "unknown"],
        ColumnType::Text => &[
            "embedding",
            "min_count",
            "unknown",
            "prefixes",
            "suffixes",
            "case",
            "shape",
            "features",
            "characters",
        ],
    }
}

/// The options of a column that are given.
fn options(raw: &raw::Column) -> impl Iterator<Item = &'static str> {
    raw.given().into_iter().filter(|key| *key != "column" && *key != "type")
}

/// Refuses the options of another type.
pub(super) fn only_own(place: &str, raw: &raw::Column, kind: ColumnType) -> Resolved<()> {
    let options: Vec<_> = options(raw).collect();
    super::only_own(place, kind.word(), &options, own(kind))
}

/// The first option of a list of columns that is about how words are read: place and key.
pub(super) fn first_option(columns: &[raw::Column]) -> Option<(usize, &'static str)> {
    let is_word = |raw: &raw::Column| raw.r#type == Some(ColumnType::Category);
    let of_one = |(index, raw): (usize, &raw::Column)| {
        options(raw).find(|key| own(ColumnType::Category).contains(key)).map(|key| (index, key))
    };
    columns.iter().enumerate().filter(|(_, raw)| is_word(raw)).find_map(of_one)
}

/// Of a target nothing is read.
pub(super) fn of_target() -> WordColumn {
    let raw = raw::Column::default();
    let (min_count, unknown) = (raw.min_count().0, raw.unknown().0);
    WordColumn { embedding: CATEGORY, min_count, unknown, text: None }
}

/// The embedding of a feature is called `COLUMN.suffix3`; no column may be called so beside it.
pub(super) fn named_apart(inputs: &[Column]) -> Resolved<()> {
    for (index, input) in inputs.iter().enumerate().filter(|(_, input)| input.words().is_some()) {
        let is_feature = |of: &&Column| {
            let text = of.words().and_then(|words| words.text.as_ref());
            let feature = input.name.strip_prefix(&of.name).and_then(|rest| rest.strip_prefix('.'));
            text.is_some() && feature.is_some_and(is_named)
        };
        if let Some(of) = inputs.iter().find(is_feature) {
            return refuse(
                format!("data.inputs[{index}]"),
                format!(
                    "{} is what the embedding of a feature of {} may be called; rename the column",
                    shown(&input.name),
                    shown(&of.name)
                ),
            );
        }
    }
    Ok(())
}

/// `suffix3`, `case`.
fn is_named(feature: &str) -> bool {
    let number = |rest: &str| rest.parse::<usize>().is_ok();
    let length = |kind: &str| feature.strip_prefix(kind).is_some_and(number);
    feature == "case" || feature == "shape" || length("prefix") || length("suffix")
}

/// How the words of a column are read.
pub(super) fn resolve(place: &str, raw: &raw::Column, kind: ColumnType) -> Resolved<WordColumn> {
    only_own(place, raw, kind)?;
    let is_text = kind == ColumnType::Text;
    let usual = if is_text { TEXT } else { CATEGORY };
    Ok(WordColumn {
        embedding: raw.embedding.map_or(usual, |width| width.size()),
        min_count: raw.min_count().0,
        unknown: raw.unknown().0,
        text: if is_text { Some(text(place, raw)?) } else { None },
    })
}

fn text(place: &str, raw: &raw::Column) -> Resolved<TextColumn> {
    let text = TextColumn {
        prefixes: lengths(place, "prefixes", raw.prefixes.as_deref())?,
        suffixes: lengths(place, "suffixes", raw.suffixes.as_deref())?,
        case: raw.case(),
        shape: raw.shape(),
        features: raw.features().size(),
        characters: raw.characters().map(|raw| CharacterEncoder {
            embedding: raw.embedding().size(),
            hidden_size: raw.hidden_size().size(),
            cell: super::model::plain_cell(raw.cell()),
        }),
    };
    if !text.has_features() && raw.features.is_some() {
        return refuse(
            format!("{place}.features"),
            "is the width of prefixes, suffixes, case and shape, and there is none of them; take it out",
        );
    }
    Ok(text)
}

/// Lengths from the shortest to the longest, each once.
fn lengths(place: &str, key: &str, raw: Option<&[raw::Length]>) -> Resolved<Vec<usize>> {
    let mut lengths: Vec<usize> = raw.unwrap_or_default().iter().map(|n| n.size()).collect();
    let key = format!("{place}.{key}");
    if raw.is_some() && lengths.is_empty() {
        return refuse(key, "is an empty list; name a length, or take it out");
    }
    lengths.sort_unstable();
    let texts: Vec<String> = lengths.iter().map(usize::to_string).collect();
    match columns::duplicate(texts.iter().map(String::as_str)) {
        Some(twice) => refuse(key, format!("{twice} stands there twice; write it once")),
        None => Ok(lengths),
    }
}
