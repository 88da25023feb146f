//! The live stream: rows in, predictions out, each before the next blocking read.

mod accept;
mod answers;
mod bad_row;
mod last;
mod notes;
mod times;
mod whole;

use std::collections::{BTreeMap, HashMap};
use std::io::{Read, Write};
use std::path::PathBuf;

pub use bad_row::OnBadRow;

use last::Newest;
use whole::LastLeads;

pub use super::rows_out::Format;
use super::rows_out::{Columns, Lead, RowWriter, Sureness};
use crate::config::{Duplicates, Order};
use crate::data::reader::{Header, Record, RecordReader};
use crate::data::{
    EmptyCells, LastValues, Row, RowLayout, TimeOrder, Unknown, Why, WordPool, Words,
};
use crate::error::{DataError, Error, Result};
use crate::kernel;
use crate::serve::{Answer, InOrder, Predictor, WordsOf};
use crate::store::{Model, resolve_model};

/// What `rnn-predict` was asked for.
#[derive(Clone, Debug, Default)]
pub struct PredictOptions {
    /// `--model`.
    pub model: PathBuf,
    /// `--last`.
    pub last: bool,
    /// `--long`.
    pub long: bool,
    /// `--probabilities`.
    pub probabilities: bool,
    /// `--keep`.
    pub keep: Vec<String>,
    /// `--format`.
    pub format: Format,
    /// `--on-bad-row`.
    pub on_bad_row: OnBadRow,
    /// `--order`; none: that of the model.
    pub order: Option<Order>,
    /// `--duplicates`; none: those of the model.
    pub duplicates: Option<Duplicates>,
}

/// A stream under way.
struct Stream<'a, 'm, W: Write> {
    options: &'a PredictOptions,
    model: &'m Model,
    layout: &'a RowLayout,
    keep: Vec<usize>,
    predictor: Predictor<'m>,
    order: TimeOrder,
    last_values: LastValues,
    empty: EmptyCells,
    /// Rows left out, by reason.
    dropped: Vec<(Why, u64)>,
    /// Gaps at which look-back and state started anew.
    gaps: u64,
    in_order: InOrder,
    leads: HashMap<u64, Lead>,
    /// Of each word input.
    unknown: Vec<Unknown>,
    rows: u64,
    bad: u64,
    writer: RowWriter<W>,
    /// `--last`: the newest rows.
    newest: Newest,
    /// The same where intervals follow the truths, and so every forecast is needed: of each series the newest answer.
    held: Option<BTreeMap<usize, (Lead, Answer)>>,
    /// Classification: what leads the newest rows.
    last_leads: LastLeads,
    warn: &'a mut dyn FnMut(String),
}

/// Reads rows from `input` until its end, writes predictions to `output`.
pub fn predict(
    options: &PredictOptions,
    input: impl Read,
    output: impl Write,
    warn: &mut dyn FnMut(String),
) -> Result<()> {
    kernel::variant()?;
    let mut model = Model::read(&resolve_model(&options.model)?)?;
    times::settle(options, &mut model.encoder.roles)?;
    let mut reader = RecordReader::new(input, "<stdin>", model.encoder.roles.dialect);
    if options.probabilities && model.encoder.classes().is_none() {
        let message =
            "--probabilities goes with a model that predicts a category; this one predicts numbers";
        return Err(Error::Usage(message.into()));
    }
    let header = Header::of(&mut reader, &model.encoder.roles.header)?;
    let keep = options
        .keep
        .iter()
        .map(|name| header.position(name, " of --keep"))
        .collect::<Result<_>>()?;
    let roles = &model.encoder.roles;
    let layout = layout(header, &model)?;
    let columns = Columns {
        format: options.format,
        long: options.long,
        truth: false,
        sureness: Sureness::of(&model),
        probabilities: options.probabilities,
        keep: options.keep.clone(),
    };
    let place = PathBuf::from("<stdout>");
    let mut stream = Stream {
        options,
        model: &model,
        layout: &layout,
        keep,
        predictor: Predictor::new(
            &model.network,
            &model.params,
            &model.encoder,
            &model.scalers,
            model.plan(),
            WordsOf::Stream(WordPool::new(vec![Words::default(); roles.columns.len()])),
        )
        .with_intervals(model.intervals()),
        order: TimeOrder::live(roles),
        last_values: LastValues::default(),
        empty: EmptyCells::default(),
        dropped: Vec::new(),
        gaps: 0,
        in_order: InOrder::default(),
        leads: HashMap::new(),
        unknown: vec![Unknown::default(); roles.words().count()],
        rows: 0,
        bad: 0,
        writer: RowWriter::new(output, place, columns, &model.encoder),
        newest: Newest::default(),
        held: (options.last && follows_truths(&model)).then(BTreeMap::new),
        last_leads: LastLeads::default(),
        warn,
    };
    stream.writer.header()?;
    let result = stream.read_all(&mut reader);
    stream.finish(result, reader.ended_without_newline())
}

/// Whether the model's intervals follow the truths that come.
fn follows_truths(model: &Model) -> bool {
    model.intervals().is_some_and(|(_, adaptive)| adaptive)
}

/// Where the columns stand that the model reads; others may be absent.
fn layout(header: Header, model: &Model) -> Result<RowLayout> {
    let (roles, anchored, follows) =
        (&model.encoder.roles, model.encoder.anchored(), follows_truths(model));
    let wanted_by = |column: usize| match roles.is_input(column) {
        true => Some(", which the model was trained to read,"),
        false if anchored => Some(", from whose last value the model's forecast is counted,"),
        false if follows => Some(", whose truths the model's intervals follow,"),
        false => None,
    };
    RowLayout::new(header, roles, wanted_by)
}

impl<W: Write> Stream<'_, '_, W> {
    fn read_all<R: Read>(&mut self, reader: &mut RecordReader<R>) -> Result<()> {
        let (mut record, mut row) = (Record::default(), Row::default());
        loop {
            if !reader.has_buffered_record() {
                // The next read may block: what is known goes out first.
                self.predictor.flush();
                self.emit()?;
                self.writer.flush()?;
            }
            self.forget_words();
            let parsed = match reader.read(&mut record) {
                Ok(false) => return Ok(()),
                Ok(true) => {
                    self.rows += 1;
                    self.layout
                        .parse(&record, &mut row, self.predictor.words_mut())
                        .and_then(|()| self.accept(&record, &mut row))
                }
                Err(error @ Error::Data(_)) => {
                    self.rows += 1;
                    Err(error)
                }
                Err(error) => return Err(error),
            };
            match parsed {
                Ok(()) => self.emit()?,
                Err(error @ Error::Data(_)) => self.bad_row(error)?,
                Err(error) => return Err(error),
            }
        }
    }

    /// The end of the input, or an error: what is known goes out either way.
    fn finish(mut self, result: Result<()>, cut: bool) -> Result<()> {
        if let Err(Error::ReaderLeft) = result {
            return result;
        }
        if result.is_ok() {
            self.tell(cut);
            self.all_are_last();
            self.ask_for_series();
            self.predictor.end();
        } else {
            self.predictor.flush();
        }
        self.emit()?;
        if result.is_ok() {
            self.write_held()?;
        }
        self.writer.flush()?;
        result?;
        if self.bad > 0 {
            let message = format!("{} of {} rows were bad", self.bad, self.rows);
            let file = "<stdin>".into();
            return Err(DataError { file, message, ..DataError::default() }.into());
        }
        Ok(())
    }
}
