//! The columns of words.

use super::columns::role;
use super::layout::{Side, indented, percent, table};
use crate::data::Unknown;
use crate::data::audit::Audit;
use crate::job::prepare::Prepared;
use crate::terminal::Cell;
use crate::text::{printable, thousands};

/// Of each column how many words there are, the commonest, and what the later parts have that the model does not know.
pub(super) fn words(prepared: &Prepared, audit: &Audit) -> String {
    use Side::{Left, Right};
    let of_words = || audit.columns.iter().filter_map(|column| column.words.as_ref());
    let mut titles = vec![
        ("column", Left),
        ("role", Left),
        ("type", Left),
        ("different", Right),
        ("commonest", Left),
        ("share", Right),
    ];
    let parts = [
        ("unknown in valid", of_words().any(|words| words.valid.is_some())),
        ("in test", of_words().any(|words| words.test.is_some())),
    ];
    titles.extend(parts.iter().filter(|(_, there)| *there).map(|(title, _)| (*title, Right)));
    let mut lines = table(&titles);
    for (place, (name, column)) in
        prepared.encoder.roles.columns.iter().zip(&audit.columns).enumerate()
    {
        let Some(words) = &column.words else { continue };
        let mut cells: Vec<Cell> = vec![
            name.as_str().into(),
            role(prepared, place).into(),
            kind(prepared, name).into(),
            thousands(words.distinct).into(),
            printable(&words.commonest).as_str().into(),
            percent(words.share).into(),
        ];
        let unknown = |unknown: Option<Unknown>| unknown.map_or("-".into(), |u| percent(u.share()));
        let shares = parts.iter().zip([words.valid, words.test]);
        cells.extend(shares.filter(|((_, there), _)| *there).map(|(_, u)| unknown(u).into()));
        lines.line(cells);
    }
    indented(&lines)
}

/// `text` where letters may be read.
fn kind(prepared: &Prepared, name: &str) -> &'static str {
    let texts = &prepared.encoder;
    if texts.reads_letters(name) { "text" } else { "category" }
}
