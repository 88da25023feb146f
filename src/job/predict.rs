//! The live stream: rows in, predictions out, each before the next blocking read.

use std::collections::{BTreeMap, HashMap};
use std::io::{Read, Write};
use std::path::PathBuf;

pub use super::rows_out::Format;
use super::rows_out::{Columns, Lead, RowWriter, Sureness, Values};
use crate::config::{Duplicates, Order, TaskKind};
use crate::data::reader::{Header, Record, RecordReader};
use crate::data::{
    EmptyCells, Fate, LastValues, Next, Roles, Row, RowLayout, TimeOrder, Unknown, Why, WordPool,
    Words,
};
use crate::error::{DataError, Error, Result, shown};
use crate::kernel;
use crate::serve::{Answer, InOrder, Plan, Prediction, Predictor, WordsOf};
use crate::store::{Model, resolve_model};
use crate::text::counted;

/// What a bad row does.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum OnBadRow {
    /// Ends the stream with exit code 65.
    #[default]
    Abort,
    /// Is passed over.
    Skip,
    /// Gives a row without a prediction.
    Empty,
}

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
    /// `--last`: the newest row of each series, not yet pushed; without values where it is left out.
    newest: Vec<Option<(Option<Vec<f64>>, Lead)>>,
    /// The same where intervals follow the truths, and so every forecast is needed: of each series the newest answer.
    held: Option<BTreeMap<usize, (Lead, Answer)>>,
    /// Classification: what leads the newest row of each series; one prediction of the series goes with the last.
    last_leads: Vec<Option<Lead>>,
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
    settle_times(options, &mut model.encoder.roles)?;
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
    let anchored = model.encoder.anchored();
    let follows = model.intervals().is_some_and(|(_, adaptive)| adaptive);
    let wanted_by = |column: usize| match roles.is_input(column) {
        true => Some(", which the model was trained to read,"),
        false if anchored => Some(", from whose last value the model's forecast is counted,"),
        false if follows => Some(", whose truths the model's intervals follow,"),
        false => None,
    };
    let layout = RowLayout::new(header, roles, wanted_by)?;
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
        newest: Vec::new(),
        held: (options.last && follows).then(BTreeMap::new),
        last_leads: Vec::new(),
        warn,
    };
    stream.writer.header()?;
    let result = stream.read_all(&mut reader);
    stream.finish(result, reader.ended_without_newline())
}

/// What times out of order do here: as in training, unless that takes all rows at once.
fn settle_times(options: &PredictOptions, roles: &mut Roles) -> Result<()> {
    if roles.time.is_none() && (options.order.is_some() || options.duplicates.is_some()) {
        let message = "--order and --duplicates are about times, and this model reads none";
        return Err(Error::Usage(message.into()));
    }
    roles.order = options.order.unwrap_or(roles.order);
    roles.duplicates = options.duplicates.unwrap_or(roles.duplicates);
    if roles.order == Order::Sort {
        return Err(Error::Usage(
            "the model was trained with \"order\": \"sort\", and rows that still come cannot be sorted; with --order \
             error it takes rows that are in order, with --order ignore as they stand"
                .into(),
        ));
    }
    if roles.duplicates == Duplicates::Last {
        return Err(Error::Usage(
            "the model was trained with \"duplicates\": \"last\", and which row is the last of its time cannot be known \
             before the next one comes; --duplicates first takes the first, --duplicates error none"
                .into(),
        ));
    }
    Ok(())
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

    /// Checks a row and hands it to the predictor; a row that is refused has touched nothing.
    fn accept(&mut self, record: &Record, row: &mut Row) -> Result<()> {
        self.model.encoder.read(self.predictor.words_mut());
        let (series, unknown) = self.predictor.series(&self.series_key(row));
        if unknown {
            let key = shown(&row.key.join(" / "));
            (self.warn)(format!(
                "series {key} is unknown to the model; it takes the scaler of all series"
            ));
        }
        let roles = &self.model.encoder.roles;
        let fate = self.last_values.fill(roles, series, row);
        let mut fate = fate.map_err(|fault| self.layout.fault(record, fault))?;
        let (scalers, _) = self.model.scalers.of(&self.series_key(row));
        let fits = match fate {
            Fate::Kept => self.model.encoder.check(&row.values, scalers),
            Fate::Dropped(_) => Ok(()), // it is not read
        };
        fits.map_err(|column| {
            let message = "is too far from the values the model was trained on to be scaled; is the unit right?";
            self.layout.value_error(record, column, message)
        })?;
        let next = row.time.map(|time| self.order.check(series, time, &row.time_text));
        let next = next.transpose().map_err(|message| self.layout.time_error(record, message))?;
        if next == Some(Next::Repeated) {
            fate = Fate::Dropped(Why::Repeated);
        }
        if fate == Fate::Kept {
            self.last_values.keep(roles, series, &row.values);
            self.empty.add(roles, row);
            if let Some(Next::Row { nanos, .. }) = next {
                self.model.encoder.calendar.write(nanos, &mut row.values);
            }
            self.count_unknown(&row.values);
        }
        let kept = self
            .keep
            .iter()
            .map(|&place| String::from_utf8_lossy(record.field(place)).into_owned());
        let lead = Lead {
            time: row.time.map(|_| row.time_text.clone()),
            series: self.series_key(row),
            number: self.rows,
            kept: kept.collect(),
            place: series,
        };
        let values = match fate {
            Fate::Kept => Some(row.values.clone()),
            Fate::Dropped(Why::Plan) => {
                self.last_values.plan(series);
                self.push_plan(series, &row.values, lead);
                return Ok(());
            }
            Fate::Dropped(why) => {
                match self.dropped.iter_mut().find(|(known, _)| *known == why) {
                    Some((_, rows)) => *rows += 1,
                    None => self.dropped.push((why, 1)),
                }
                None
            }
        };
        if next == Some(Next::Repeated) && (self.options.last || self.of_series()) {
            return Ok(()); // the row before it is still the newest
        }
        let after_gap = matches!(next, Some(Next::Row { after_gap: true, .. }));
        self.gaps += u64::from(after_gap);
        let cuts = after_gap || matches!(fate, Fate::Dropped(why) if why.cuts());
        if values.is_none() || cuts {
            self.newest_is_past(series);
        }
        if cuts {
            self.predictor.cut(series);
        }
        self.hand_on(series, values, lead);
        Ok(())
    }

    /// Hands a row to the predictor; one that is left out has no values.
    fn hand_on(&mut self, series: usize, values: Option<Vec<f64>>, lead: Lead) {
        if self.of_series() {
            self.last_leads.resize_with(self.last_leads.len().max(series + 1), || None);
            self.last_leads[series] = Some(lead);
            values.iter().for_each(|values| self.predictor.push(series, values, None));
        } else if self.options.last && self.held.is_none() {
            self.newest_is_past(series);
            self.newest[series] = Some((values, lead));
        } else {
            self.push(series, values.as_deref(), lead);
        }
    }

    /// What is known of a row to come: rows before it may wait for it. It has no prediction, and is not a last row.
    fn push_plan(&mut self, series: usize, values: &[f64], lead: Lead) {
        self.newest.resize_with(self.newest.len().max(series + 1), || None);
        if let Some((values, lead)) = self.newest[series].take() {
            self.push(series, values.as_deref(), lead);
        }
        self.predictor.push(series, values, None);
        if !self.options.last {
            self.push(series, None, lead);
        }
    }

    /// `--last`: another row of the series has come, so the one before it is only looked back at.
    fn newest_is_past(&mut self, series: usize) {
        self.newest.resize_with(self.newest.len().max(series + 1), || None);
        if let Some((Some(values), _)) = self.newest[series].take() {
            self.predictor.push(series, &values, None);
        }
    }

    /// Whether predictions are of whole series.
    fn of_series(&self) -> bool {
        self.model.config.task.kind == TaskKind::Classification
    }

    /// Words that the model was not trained on, for the end.
    fn count_unknown(&mut self, values: &[f64]) {
        let found = self.model.encoder.unknown_words(values, self.predictor.words());
        for ((column, is_unknown), unknown) in found.zip(&mut self.unknown) {
            unknown.column = column;
            unknown.add(is_unknown);
        }
    }

    /// Words that no row held here or by the predictor holds any more need not be remembered.
    fn forget_words(&mut self) {
        let newest =
            self.newest.iter_mut().flatten().filter_map(|(values, _)| values.as_deref_mut());
        self.predictor.forget_words(self.last_values.rows_mut().chain(newest));
    }

    /// The series a row belongs to; the files a model may know by name are one unnamed series here.
    fn series_key(&self, row: &Row) -> Vec<String> {
        if self.model.config.data.series == crate::config::SeriesBy::File {
            return vec![String::new()];
        }
        row.key.clone()
    }

    fn push(&mut self, series: usize, values: Option<&[f64]>, lead: Lead) {
        let ticket = lead.number;
        self.in_order.expect(ticket);
        self.leads.insert(ticket, lead);
        match values {
            Some(values) => self.predictor.push(series, values, Some(ticket)),
            None => self.predictor.leave_out(ticket),
        }
    }

    /// Asks for one prediction of each series, in the order in which they ended.
    fn ask_for_series(&mut self) {
        let leads = std::mem::take(&mut self.last_leads).into_iter().enumerate();
        let mut leads: Vec<(usize, Lead)> =
            leads.filter_map(|(k, lead)| Some((k, lead?))).collect();
        leads.sort_by_key(|(_, lead)| lead.number);
        for (series, lead) in leads {
            let ticket = lead.number;
            self.in_order.expect(ticket);
            self.leads.insert(ticket, lead);
            self.predictor.ask_last(series, ticket);
        }
    }

    /// A single forecast deserves all the rows the model reads.
    fn warn_of_short_look_back(&mut self) {
        let Plan::Window { length, full: false } = self.model.plan() else { return };
        let rows = self.rows - self.bad;
        if self.options.last && rows > 0 && rows < length as u64 {
            (self.warn)(format!(
                "{} came, but the model reads the last {length} rows of a series; with all of them it forecasts better",
                counted(rows, "row")
            ));
        }
    }

    fn bad_row(&mut self, error: Error) -> Result<()> {
        self.bad += 1;
        match self.options.on_bad_row {
            OnBadRow::Abort => {
                return Err(match error {
                    Error::Data(mut data) => {
                        data.message += "; --on-bad-row skip or empty goes on after such rows";
                        data.into()
                    }
                    other => other,
                });
            }
            OnBadRow::Skip => {}
            OnBadRow::Empty => {
                let ticket = self.rows;
                if !self.options.last && !self.of_series() {
                    self.in_order.expect(ticket);
                    let kept = vec![String::new(); self.keep.len()];
                    self.leads.insert(ticket, Lead { number: ticket, kept, ..Lead::default() });
                    self.write_ready(vec![Answer { ticket, prediction: None }])?;
                }
            }
        }
        if self.bad <= 10 {
            (self.warn)(error.to_string());
        } else if self.bad.is_power_of_two() {
            (self.warn)(format!(
                "{} bad rows so far; only their number is shown from here on",
                self.bad
            ));
        }
        Ok(())
    }

    fn emit(&mut self) -> Result<()> {
        let answers = self.predictor.take();
        if answers.is_empty() {
            return Ok(());
        }
        self.write_ready(answers)
    }

    fn write_ready(&mut self, answers: Vec<Answer>) -> Result<()> {
        for answer in self.in_order.ready(answers) {
            let lead = self.leads.remove(&answer.ticket).unwrap_or_default();
            let predicted = answer.prediction.as_ref();
            let finite =
                |p: &Prediction| p.values.iter().chain(&p.probabilities).all(|v| v.is_finite());
            if !predicted.is_none_or(finite) {
                return Err(Error::Model {
                    path: self.options.model.clone(),
                    reason: format!(
                        "the prediction for row {} is not finite; its inputs are too far from those the model was \
                         trained on",
                        answer.ticket
                    ),
                });
            }
            match &mut self.held {
                Some(held) => drop(held.insert(lead.place, (lead, answer))),
                None => self.writer.row(&lead, &Values { predicted, truth: None })?,
            }
        }
        Ok(())
    }

    /// The newest answer of each series, where the others were only needed for it.
    fn write_held(&mut self) -> Result<()> {
        for (lead, answer) in self.held.take().unwrap_or_default().into_values() {
            let predicted = answer.prediction.as_ref();
            self.writer.row(&lead, &Values { predicted, truth: None })?;
        }
        Ok(())
    }

    /// The end of the input, or an error: what is known goes out either way.
    fn finish(mut self, result: Result<()>, cut: bool) -> Result<()> {
        if let Err(Error::ReaderLeft) = result {
            return result;
        }
        if result.is_ok() {
            if cut {
                (self.warn)("the last line has no newline; it was taken as whole".into());
            }
            for sentence in super::empty_cells::sentences(&self.empty, &self.dropped) {
                (self.warn)(sentence);
            }
            if self.gaps > 0 {
                let gaps = counted(self.gaps, "gap");
                (self.warn)(format!("{gaps}; look-back and state start anew behind each"));
            }
            for sentence in super::unknown::sentences(&self.model.encoder, &self.unknown) {
                (self.warn)(sentence);
            }
            self.warn_of_short_look_back();
            for series in 0..self.newest.len() {
                if let Some((values, lead)) = self.newest[series].take() {
                    self.push(series, values.as_deref(), lead);
                }
            }
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
