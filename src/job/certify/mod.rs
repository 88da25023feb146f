//! `--certify`: what an evaluation promises, put to the test on the user's own model and rows. No prediction reads a row
//! later than it may; `rnn-predict` gives what `rnn-eval` gives; no scored row was trained on.

mod agreement;
mod later_rows;
mod unseen;

use serde_json::{Value, json};

use super::evaluate::EvaluateOptions;
use super::rows_in::Rows;
use crate::error::{Error, Result};

pub use later_rows::Claim;

/// What came of the tests.
#[derive(Clone, Debug, PartialEq)]
pub struct Certificate {
    /// One for each promise.
    pub checks: Vec<Check>,
}

/// One promise.
#[derive(Clone, Debug, PartialEq)]
pub struct Check {
    /// Its key in JSON.
    pub name: &'static str,
    /// How it went.
    pub finding: Finding,
    /// What was tried and found.
    pub sentence: String,
}

/// How a test went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Finding {
    /// The promise is kept.
    Passed,
    /// It is not.
    Failed,
    /// There is nothing to tell it by.
    Unknown,
}

impl Finding {
    /// In a word.
    pub fn word(self) -> &'static str {
        match self {
            Finding::Passed => "passed",
            Finding::Failed => "FAILED",
            Finding::Unknown => "unknown",
        }
    }
}

impl Check {
    fn new(name: &'static str, finding: Finding, sentence: String) -> Self {
        Self { name, finding, sentence }
    }
}

impl Certificate {
    /// Promises that are broken.
    pub fn failed(&self) -> usize {
        self.checks.iter().filter(|check| check.finding == Finding::Failed).count()
    }

    /// `{"passed": …, "checks": [{"name", "finding", "sentence"}]}`
    pub fn to_json(&self) -> Value {
        let check = |check: &Check| {
            let finding = check.finding.word().to_lowercase();
            json!({"name": check.name, "finding": finding, "sentence": check.sentence})
        };
        let checks: Vec<Value> = self.checks.iter().map(check).collect();
        json!({"passed": self.failed() == 0, "checks": checks})
    }
}

/// Tests a model on the rows that `options` name; `claim`: what it is held to.
pub fn certify(
    options: &EvaluateOptions,
    claim: Claim,
    warn: &mut dyn FnMut(String),
) -> Result<Certificate> {
    let once = |data: &std::path::Path| std::fs::metadata(data).is_ok_and(|found| !found.is_file());
    if options.data.as_deref().is_some_and(|data| data.as_os_str() == "-" || once(data)) {
        let message =
            "--certify reads its rows twice, and a pipe gives them once; name a file with --data";
        return Err(Error::Usage(message.into()));
    }
    let rows = Rows::read(options, warn)?;
    let checks = vec![
        later_rows::check(&rows.model, &rows.part, claim)?,
        agreement::check(&rows)?,
        unseen::check(&rows)?,
    ];
    Ok(Certificate { checks })
}
