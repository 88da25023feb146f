//! Columns as they are written.

use super::network::cell;
use crate::config::columns::{Column, ColumnKind, Known, WordColumn};
use crate::config::number::{NotNegative, Whole};
use crate::config::raw;
use crate::config::types::ScaleKind;

pub(super) fn column(column: &Column, common: ScaleKind) -> raw::Column {
    let name = raw::Column { column: Some(column.name.clone()), ..Default::default() };
    match &column.kind {
        ColumnKind::Number { scale: kind, known } => raw::Column {
            scale: (*kind != common).then(|| scale(*kind)),
            ahead: (*known == Known::Ahead).then_some(true),
            r#static: (*known == Known::Static).then_some(true),
            ..name
        },
        ColumnKind::Calendar { ahead, .. } => raw::Column { ahead: ahead.then_some(true), ..name },
        ColumnKind::Words(words) => word_column(name, words),
    }
}

fn word_column(name: raw::Column, words: &WordColumn) -> raw::Column {
    let kind = if words.text.is_some() { raw::ColumnType::Text } else { raw::ColumnType::Category };
    let column = raw::Column {
        r#type: Some(kind),
        embedding: Some(Whole::of(words.embedding)),
        min_count: Some(Whole(words.min_count)),
        unknown: Some(NotNegative(words.unknown)),
        ..name
    };
    let Some(text) = &words.text else { return column };
    let lengths = |lengths: &[usize]| {
        (!lengths.is_empty()).then(|| lengths.iter().map(|&n| Whole::of(n)).collect())
    };
    raw::Column {
        prefixes: lengths(&text.prefixes),
        suffixes: lengths(&text.suffixes),
        case: Some(text.case),
        shape: Some(text.shape),
        features: text.has_features().then(|| Whole::of(text.features)),
        characters: Some(text.characters.map(|characters| raw::Characters {
            embedding: Some(Whole::of(characters.embedding)),
            hidden_size: Some(Whole::of(characters.hidden_size)),
            cell: Some(cell(characters.cell).0),
        })),
        ..column
    }
}

/// Of a target only says what it is: how it is read stands with the inputs.
pub(super) fn target(target: &Column, common: ScaleKind) -> raw::Column {
    let column = column(target, common);
    match column.r#type {
        Some(kind) => {
            raw::Column { column: column.column, r#type: Some(kind), ..Default::default() }
        }
        None => column,
    }
}

pub(super) fn scale(kind: ScaleKind) -> raw::ScaleType {
    match kind {
        ScaleKind::Standard => raw::ScaleType::Standard,
        ScaleKind::Minmax => raw::ScaleType::Minmax,
        ScaleKind::None => raw::ScaleType::None,
    }
}
