//! `--backtest N`: rolling origin. The second half of the rows is cut into N parts; each is forecast by a model of its own,
//! trained as `rnn-train` would on what lies before it. Folds run side by side, and give the bits that they give one after
//! the other.

mod fold;
mod overall;

use std::path::PathBuf;
use std::sync::atomic::{AtomicI32, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use serde_json::{Value, json};

use super::memory;
use super::prepare::Prepared;
use crate::config::{Config, Source, SplitBy, TaskKind};
use crate::data::{Dataset, PartRows, Roles};
use crate::error::{DataError, Error, Result, shown_path};
use crate::eval::Report;
use crate::store::{resolve_model, run as run_files};
use crate::text::{counted, thousands};

pub use overall::Overall;

/// What a backtest was asked for.
#[derive(Clone, Debug)]
pub struct BacktestOptions {
    /// `--model`: the run whose config is trained again.
    pub model: PathBuf,
    /// How many times.
    pub folds: usize,
    /// Threads in use.
    pub threads: usize,
}

/// All folds.
#[derive(Clone, Debug)]
pub struct Backtest {
    /// One after the other in time.
    pub folds: Vec<Fold>,
    /// All of them together.
    pub overall: Overall,
}

/// One fold.
#[derive(Clone, Debug)]
pub struct Fold {
    /// Train, valid and test rows.
    pub rows: [u64; 3],
    /// The time of the first and the last test row of the first series; empty without times.
    pub times: [String; 2],
    /// The best epoch; 0: the initial model.
    pub best_epoch: usize,
    /// Its test rows scored.
    pub report: Report,
}

/// Trains and scores every fold. `tell` hears of each that is done; `signal` becomes the number of a signal that asks to
/// stop.
pub fn backtest(
    options: &BacktestOptions,
    tell: &(dyn Fn(String) + Sync),
    signal: &AtomicI32,
) -> Result<Backtest> {
    let config = config_of(options)?;
    refuse_without_time(&config)?;
    let roles = Roles::new(&config);
    memory::check_sources(&config, &roles)?;
    let whole = Dataset::read(&config, &roles)?;
    let parts = (1..=options.folds).map(|fold| cut(&whole, fold, options.folds));
    let parts: Vec<Dataset> = parts.collect();
    let few = |part: &Dataset| part.test.as_ref().is_none_or(|test| test.rows() == 0);
    if parts.iter().any(few) {
        let message = format!(
            "too few rows for {}: half of the rows of each series are cut into so many parts; fewer folds fit",
            counted(options.folds as u64, "fold")
        );
        let file = whole.train.table.name();
        return Err(DataError { file, message, ..DataError::default() }.into());
    }
    drop(whole);
    let workers = side_by_side(&config, &parts, options.threads)?;
    let folds = run_all(&config, parts, (workers, options.threads), tell, signal)?;
    let overall = Overall::of(&folds);
    Ok(Backtest { folds, overall })
}

/// The config in the run folder.
fn config_of(options: &BacktestOptions) -> Result<Config> {
    let path = resolve_model(&options.model)?;
    let file = path.parent().unwrap_or(std::path::Path::new("")).join(run_files::CONFIG);
    if !file.exists() {
        return Err(Error::Usage(format!(
            "--backtest trains the config of a run again, but {} stands alone; give the run folder",
            shown_path(&path)
        )));
    }
    Config::load(&file, &[])
}

/// Only rows in time order can be cut at points in time.
fn refuse_without_time(config: &Config) -> Result<()> {
    let refuse = |why: &str| {
        Err(Error::Usage(format!(
            "--backtest cuts the rows of data.path at points in time, but {why}"
        )))
    };
    let by = config.data.split.as_ref().map(|split| &split.by);
    match (&config.data.source, by) {
        (Some(Source::Whole(_)), Some(SplitBy::Time)) => {}
        (Some(Source::Whole(_)), _) => {
            return refuse("this run deals whole series or rows by a column (data.split)");
        }
        _ => return refuse("this run has train, valid and test in files of their own"),
    }
    if config.task.kind == TaskKind::Classification {
        return refuse("a classification has one label for a whole series");
    }
    Ok(())
}

/// The parts of one fold, from 1. Of each series the rows in use are halved; the second half is cut into test parts of
/// one size, the last of which ends where the rows in use do. What lies before a test part is train and valid, in the
/// config's proportion.
fn cut(whole: &Dataset, fold: usize, folds: usize) -> Dataset {
    let table = &whole.train.table;
    let range = |part: &Option<PartRows>, series: usize| {
        part.as_ref().map_or(0..0, |part| part.ranges[series].clone())
    };
    let (mut train, mut valid, mut test) = (Vec::new(), Vec::new(), Vec::new());
    for series in 0..table.series.len() {
        let own = whole.train.ranges[series].clone();
        let (their_valid, their_test) = (range(&whole.valid, series), range(&whole.test, series));
        let end = own.end.max(their_valid.end).max(their_test.end);
        let start = own.start.min(end);
        let size = (end - start) / (2 * folds);
        let from = end - (folds + 1 - fold) * size;
        let learnt = own.len() + their_valid.len();
        let held = (from - start) * their_valid.len() / learnt.max(1);
        train.push(start..from - held);
        valid.push(from - held..from);
        test.push(from..from + size);
    }
    let rows = |ranges| PartRows { table: std::sync::Arc::clone(table), ranges };
    let filled = |part: PartRows| (part.rows() > 0).then_some(part);
    let left_out = table.rows();
    let (train, valid, test) = (rows(train), filled(rows(valid)), filled(rows(test)));
    let used =
        train.rows() + [&valid, &test].into_iter().flatten().map(PartRows::rows).sum::<u64>();
    Dataset { train, valid, test, left_out: left_out - used, pace: whole.pace }
}

/// How many folds run at a time: as many as there are threads, and as fit into memory. The last fold is the largest.
fn side_by_side(config: &Config, parts: &[Dataset], threads: usize) -> Result<usize> {
    let most = threads.min(parts.len());
    let (Some(last), 2..) = (parts.last(), most) else { return Ok(1) };
    let prepared = Prepared::on(config, last.clone(), None)?;
    let rows_shared = Arc::ptr_eq(&prepared.dataset.train.table, &last.train.table);
    Ok(memory::side_by_side(config, &prepared, rows_shared, most))
}

/// Every fold on threads of its own, so many folds at a time.
fn run_all(
    config: &Config,
    parts: Vec<Dataset>,
    (workers, threads): (usize, usize),
    tell: &(dyn Fn(String) + Sync),
    signal: &AtomicI32,
) -> Result<Vec<Fold>> {
    let (count, next) = (parts.len(), AtomicUsize::new(0));
    let parts: Vec<Mutex<Option<Dataset>>> =
        parts.into_iter().map(|p| Mutex::new(Some(p))).collect();
    let results: Vec<Mutex<Option<Result<Fold>>>> = (0..count).map(|_| Mutex::new(None)).collect();
    let work = || {
        let pool = rayon::ThreadPoolBuilder::new().num_threads((threads / workers).max(1)).build();
        let pool = pool.map_err(|e| Error::Internal(format!("no threads: {e}")));
        loop {
            let fold = next.fetch_add(1, Ordering::Relaxed);
            if fold >= count {
                return;
            }
            let part = parts[fold].lock().ok().and_then(|mut part| part.take());
            let Some(part) = part else { return };
            let result = match &pool {
                Ok(pool) => {
                    let tell = |why| tell(format!("fold {} of {count}: {why}", fold + 1));
                    pool.install(|| fold::run(config, part, &tell, signal))
                }
                Err(error) => Err(Error::Internal(error.to_string())),
            };
            if let Ok(done) = &result {
                tell(format!("fold {} of {count}: {}", fold + 1, done.sentence()));
            } else {
                next.store(count, Ordering::Relaxed); // no use in the others
            }
            if let Ok(mut place) = results[fold].lock() {
                *place = Some(result);
            }
        }
    };
    std::thread::scope(|scope| {
        for _ in 0..workers {
            scope.spawn(work);
        }
    });
    let results: Vec<Option<Result<Fold>>> =
        results.into_iter().map(|result| result.into_inner().ok().flatten()).collect();
    // The first that failed tells why; those behind it were not begun.
    let mut folds = Vec::new();
    for result in results.into_iter().flatten() {
        folds.push(result?);
    }
    if folds.len() < count {
        return Err(Error::Internal("a fold was not run".into()));
    }
    Ok(folds)
}

impl Fold {
    /// `5,400 train, 1,800 valid, 1,440 test rows; best epoch 6`
    fn sentence(&self) -> String {
        let [train, valid, test] = self.rows.map(thousands);
        format!("{train} train, {valid} valid, {test} test rows; best epoch {}", self.best_epoch)
    }

    fn to_json(&self, number: usize) -> Value {
        let [train, valid, test] = self.rows;
        json!({
            "fold": number, "rows": {"train": train, "valid": valid, "test": test},
            "first": self.times[0], "last": self.times[1], "best_epoch": self.best_epoch,
            "report": self.report.to_json(),
        })
    }
}

impl Backtest {
    /// `{"folds": [{"fold", "rows", "first", "last", "best_epoch", "report"}], "overall": {…}}`
    pub fn to_json(&self) -> Value {
        let folds: Vec<Value> =
            self.folds.iter().enumerate().map(|(k, fold)| fold.to_json(k + 1)).collect();
        json!({"folds": folds, "overall": self.overall.to_json()})
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    fn whole(rows: usize, split: &str) -> Dataset {
        let folder = tempfile::tempdir().expect("a folder");
        let csv: String = (0..rows).map(|k| format!("{k}\n")).collect();
        std::fs::write(folder.path().join("x.csv"), format!("y\n{csv}")).expect("a file");
        let text = format!(
            r#"{{"data": {{"path": "x.csv", "targets": ["y"], "split": {split}}}, "task": {{"type": "forecast"}},
                "model": {{"topology": "single", "cell": "gru"}}}}"#
        );
        let config = Config::parse(&text, "test", folder.path(), &[]).expect("valid");
        Dataset::read(&config, &Roles::new(&config)).expect("a split")
    }

    #[test]
    fn test_parts_follow_each_other_and_end_where_the_rows_in_use_do() {
        let whole = whole(1_000, r#"{"train": 500, "valid": 250, "test": 150}"#);
        let mut last = 450;
        for fold in 1..=4 {
            let cut = cut(&whole, fold, 4);
            let [train, valid, test] = [Some(&cut.train), cut.valid.as_ref(), cut.test.as_ref()]
                .map(|part| part.expect("rows").ranges[0].clone());
            assert_eq!((train.start, train.end, valid.end), (0, valid.start, test.start));
            assert_eq!((test.start - last, test.len()), (usize::from(fold == 1) * 2, 112));
            assert_eq!(valid.len(), test.start / 3, "a third of what is learnt from");
            assert_eq!(cut.left_out, 1_000 - test.end as u64);
            last = test.end;
        }
        assert_eq!(last, 900);
    }

    #[test]
    fn without_validation_rows_there_are_none() {
        let whole = whole(100, r#"{"valid": 0, "test": 0.2}"#);
        assert!(cut(&whole, 1, 3).valid.is_none());
    }
}
