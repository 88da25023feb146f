//! `--check`: what a config and its data come to, without writing anything. `data::audit` finds the figures; here
//! they become text.

mod columns;
mod data;
mod estimate;
mod findings;
mod json;
mod layout;
mod network;
mod sizes;
mod words;

use super::prepare::Prepared;
use crate::config::Config;
use crate::data::audit::{self, Audit, Finding};
use crate::error::Result;
use crate::terminal::Screen;
use findings::Words;
use layout::Page;

/// Findings of one kind that are told one by one.
const ALIKE: usize = 5;

/// The audit of a config and its data, as text for a screen.
pub fn check(config: &Config, screen: Screen) -> Result<String> {
    let page = Page::new(screen);
    let prepared = Prepared::new(config)?;
    let windows = prepared.windows(config);
    let audit = Audit::new(&prepared.audited(config, &windows), &prepared.sizes(config));
    let times = estimate::times(config, &prepared)?;
    let mut out = data::data(config, &prepared, &audit, page);
    out += &columns::columns(&prepared, &audit, page);
    out += &findings(config, &prepared, &audit, times.as_ref().err(), page);
    out += &network::network(config, &prepared);
    Ok(out + &estimate::estimate(config, &prepared, times.as_ref().ok(), page))
}

/// The same as JSON.
pub fn check_json(config: &Config) -> Result<serde_json::Value> {
    let prepared = Prepared::new(config)?;
    let windows = prepared.windows(config);
    let audit = Audit::new(&prepared.audited(config, &windows), &prepared.sizes(config));
    let times = estimate::times(config, &prepared)?;
    Ok(json::json(config, &prepared, &audit, times.as_ref()))
}

/// What a run should say before it begins, short of a whole audit.
pub(super) fn warnings(config: &Config, prepared: &Prepared) -> Vec<String> {
    let windows = prepared.windows(config);
    let found = audit::at_start(&prepared.audited(config, &windows), &prepared.sizes(config));
    let words = Words { config, prepared };
    found.iter().map(|finding| words.sentence(finding)).collect()
}

/// One sentence each; `diverged`: why training breaks off at once.
fn findings(
    config: &Config,
    prepared: &Prepared,
    audit: &Audit,
    diverged: Option<&String>,
    page: Page,
) -> String {
    let words = Words { config, prepared };
    let mut out = "\nFindings\n".to_owned();
    if let Some(message) = diverged {
        out += &page.paragraph("  - ", &format!("the run breaks off at once: {message}"));
    }
    let kind = std::mem::discriminant;
    let are_alike =
        |a: &Finding, b: &Finding| kind(a) == kind(b) && !matches!(a, Finding::Misfit(_));
    for alike in audit.findings.chunk_by(are_alike) {
        for finding in alike.iter().take(ALIKE) {
            out += &page.paragraph("  - ", &words.sentence(finding));
        }
        if alike.len() > ALIKE {
            let more = crate::text::counted((alike.len() - ALIKE) as u64, "more finding");
            out += &format!("  - and {more} of this kind\n");
        }
    }
    if audit.findings.is_empty() && diverged.is_none() {
        out += "  nothing found that would hurt\n";
    }
    out
}
