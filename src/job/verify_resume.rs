//! `--verify-resume`: a short trial on the user's own config of what resuming promises. The config is trained twice
//! into a scratch folder: in one go, and stopped halfway, saved and resumed on another number of threads.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicI32, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use super::fit::{FitOptions, FitResult, fit};
use super::resume::resume;
use crate::config::Config;
use crate::error::{Error, Result};
use crate::store::run as run_files;
use crate::text::{counted, thousands};
use crate::train::{Control, Event, Observer};

/// How long the run in one go may train, and the updates it makes at least.
const LONGEST: Duration = Duration::from_secs(5);
const LEAST_UPDATES: u64 = 2;

/// The signal by which a trial is stopped, as if a user had sent it.
const STOP: i32 = 15;

/// Trains, stops, resumes and compares; returns what was compared. Errors: those of a run; [`Error::Internal`] where
/// the resumed run differs.
pub fn verify_resume(options: &FitOptions, signal: &AtomicI32) -> Result<String> {
    let path = options.config.as_ref().ok_or_else(|| Error::Usage("give a config".into()))?;
    let config = Config::load(path, &options.sets)?;
    let mut sets = options.sets.clone();
    if config.training.epochs < 2 {
        sets.push("training.epochs=2".to_owned()); // so that there is a middle
    }
    let scratch = Scratch::new()?;
    let (whole, parts) = (scratch.0.join("whole"), scratch.0.join("parts"));
    let into = |out: &Path| FitOptions { out: Some(out.to_owned()), ..options.clone() };
    let of_config = |out: &Path| FitOptions { sets: sets.clone(), ..into(out) };

    let in_one_go = trial(fit, &of_config(&whole), Until::LongEnough, signal)?;
    let half = in_one_go.updates / 2;
    trial(fit, &of_config(&parts), Until::Update(half), signal)?;
    let rest = match in_one_go.ended {
        true => Until::End,
        false => Until::Update(in_one_go.updates - half),
    };
    let other = if options.threads > 1 { 1 } else { 2 };
    let resumed = FitOptions {
        threads: other,
        config: None,
        init_from: None,
        sets: Vec::new(),
        ..into(&parts)
    };
    let pool = rayon::ThreadPoolBuilder::new().num_threads(other).build();
    let pool = pool.map_err(|e| Error::Internal(format!("no threads: {e}")))?;
    pool.install(|| trial(resume, &resumed, rest, signal))?;

    let mut text = format!(
        "{} in one go on {}, and the same stopped after {half}, saved, and resumed on {}:\n",
        counted(in_one_go.updates, "update"),
        counted(options.threads as u64, "thread"),
        counted(other as u64, "thread"),
    );
    for name in [run_files::CHECKPOINT, run_files::MODEL, run_files::METRICS] {
        text += &compared(&whole, &parts, name)?;
    }
    Ok(text + "A run of this config that is stopped goes on to the same bits.\n")
}

/// A line about a file that must be the same in both folders, or absent from both.
fn compared(whole: &Path, parts: &Path, name: &str) -> Result<String> {
    let read = |folder: &Path| std::fs::read(folder.join(name)).ok();
    let (whole, parts) = (read(whole), read(parts));
    if whole != parts {
        let (whole, parts) = (whole.unwrap_or_default(), parts.unwrap_or_default());
        let at = whole.iter().zip(&parts).position(|(a, b)| a != b);
        return Err(Error::Internal(format!(
            "a resumed run differs from one that was not stopped: {name}, at byte {} of {} and {}",
            thousands(at.unwrap_or(whole.len().min(parts.len())) as u64),
            thousands(whole.len() as u64),
            thousands(parts.len() as u64)
        )));
    }
    Ok(match whole {
        Some(bytes) => format!("  {name:24} {:>12} bytes, equal\n", thousands(bytes.len() as u64)),
        None => format!("  {name:24} not written yet, by neither\n"),
    })
}

/// When a trial is stopped.
#[derive(Clone, Copy)]
enum Until {
    End,
    Update(u64),
    LongEnough,
}

/// What came of one.
struct Trial {
    updates: u64,
    ended: bool,
}

type Job = fn(&FitOptions, &mut dyn Observer, &AtomicI32) -> Result<FitResult>;

fn trial(job: Job, options: &FitOptions, until: Until, asked: &AtomicI32) -> Result<Trial> {
    let signal = AtomicI32::new(0);
    let mut watch = Watch { until, updates: 0, started: None, signal: &signal, asked };
    let result = job(options, &mut watch, &signal);
    let updates = watch.updates;
    match result {
        Ok(_) => Ok(Trial { updates, ended: true }),
        Err(Error::Stopped { .. }) => match asked.load(Ordering::Relaxed) {
            0 => Ok(Trial { updates, ended: false }),
            signal => Err(Error::Stopped {
                signal,
                advice: "amid the trial; nothing of it is left".into(),
            }),
        },
        Err(error) => Err(error),
    }
}

/// Counts updates and stops the trial; says nothing.
struct Watch<'a> {
    until: Until,
    updates: u64,
    started: Option<Instant>,
    signal: &'a AtomicI32,
    /// The user's own signal.
    asked: &'a AtomicI32,
}

impl Observer for Watch<'_> {
    fn on(&mut self, event: Event<'_>) -> Result<Control> {
        if let Event::Step { .. } = event {
            self.updates += 1;
            let started = *self.started.get_or_insert_with(Instant::now);
            let due = match self.until {
                Until::End => false,
                Until::Update(last) => self.updates == last,
                Until::LongEnough => self.updates >= LEAST_UPDATES && started.elapsed() >= LONGEST,
            };
            if due {
                self.signal.store(STOP, Ordering::Relaxed);
            }
        }
        Ok(if self.is_to_stop() { Control::Stop } else { Control::Go })
    }

    fn is_to_stop(&self) -> bool {
        let asked = self.asked.load(Ordering::Relaxed);
        if asked != 0 {
            self.signal.store(asked, Ordering::Relaxed);
        }
        asked != 0
    }
}

/// A folder for the trial, removed with all that is in it.
struct Scratch(PathBuf);

impl Scratch {
    fn new() -> Result<Self> {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let name = format!("rnn-verify-resume-{}-{number}", std::process::id());
        let folder = std::env::temp_dir().join(name);
        // Fails where somebody has planted something under that name.
        std::fs::create_dir(&folder).map_err(|e| Error::write(&folder, &e))?;
        Ok(Self(folder))
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}
