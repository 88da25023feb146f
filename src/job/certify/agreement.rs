//! `rnn-predict` gives what `rnn-eval` gives: the first rows of the user's own file through both.

use std::io::{BufRead, BufReader};
use std::path::Path;

use super::{Check, Finding};
use crate::config::{Duplicates, Order};
use crate::data::{PartRows, Table, plain_text};
use crate::error::{Error, Result, shown, shown_path};
use crate::job::evaluate::write_predictions;
use crate::job::predict::{Format, PredictOptions, predict};
use crate::job::rows_in::Rows;
use crate::job::rows_out::{Columns, Sureness};
use crate::text::{counted, thousands};

/// Rows that go through both: several windows, and more than are gathered before anything is computed.
const ROWS: usize = 400;

pub(super) fn check(rows: &Rows) -> Result<Check> {
    let (name, model) = ("agreement", &rows.model);
    let roles = &model.encoder.roles;
    if roles.order == Order::Sort || roles.duplicates == Duplicates::Last {
        let sentence = "rnn-predict gives what rnn-eval gives? It cannot be told: rows that are sorted, or taken as the \
                        last of their time, have to be there all at once, and a stream takes them as they come";
        return Ok(Check::new(name, Finding::Unknown, sentence.into()));
    }
    let path = &rows.part.table.files[0].path;
    let window = model.config.data.window.map_or(0, |window| window.length);
    let text = first_rows(path, ROWS + 2 * window)?;
    let mut part = PartRows::whole(Table::read_stream(
        &text[..],
        path,
        &shown_path(path),
        &model.encoder.roles,
    )?);
    part.read_words(&model.encoder);
    let columns = Columns {
        format: Format::Csv,
        long: false,
        truth: false,
        sureness: Sureness::of(model),
        probabilities: model.encoder.classes().is_some(),
        keep: Vec::new(),
    };
    let (_, evaluated) =
        write_predictions(model, None, "data", &part, Path::new("<memory>"), columns)?;
    let options = PredictOptions {
        model: rows.path.clone(),
        probabilities: model.encoder.classes().is_some(),
        ..PredictOptions::default()
    };
    let mut predicted = Vec::new();
    predict(&options, &text[..], &mut predicted, &mut |_| {})?;
    if evaluated == predicted {
        let sentence = format!(
            "rnn-predict gives what rnn-eval gives: {} of {}, {} bytes, equal",
            counted(part.rows(), "row"),
            shown_path(path),
            thousands(predicted.len() as u64)
        );
        return Ok(Check::new(name, Finding::Passed, sentence));
    }
    let lines = |bytes: &[u8]| -> Vec<String> {
        String::from_utf8_lossy(bytes).lines().map(str::to_owned).collect()
    };
    let (ours, theirs) = (lines(&evaluated), lines(&predicted));
    let at =
        ours.iter().zip(&theirs).position(|(a, b)| a != b).unwrap_or(ours.len().min(theirs.len()));
    let line = |lines: &[String]| lines.get(at).map_or("nothing".into(), |line| shown(line));
    let sentence = format!(
        "rnn-predict gives what rnn-eval gives? In line {} of the output they differ: {} and {}",
        at + 1,
        line(&theirs),
        line(&ours)
    );
    Ok(Check::new(name, Finding::Failed, sentence))
}

/// The header and so many records of a file; a quoted cell may go over several lines.
fn first_rows(path: &Path, rows: usize) -> Result<Vec<u8>> {
    let input = |e: &std::io::Error| Error::input(path, e);
    let mut reader = BufReader::new(plain_text(path)?);
    let (mut text, mut quotes, mut lines) = (Vec::new(), 0, 0);
    while lines <= rows || quotes % 2 == 1 {
        let start = text.len();
        if reader.read_until(b'\n', &mut text).map_err(|e| input(&e))? == 0 {
            break;
        }
        quotes += text[start..].iter().filter(|&&byte| byte == b'"').count();
        lines += 1;
    }
    Ok(text)
}
