//! The same audit for programs.

use serde_json::{Map, Value, json};

use super::columns::{role, word};
use super::estimate::Times;
use super::findings::Words;
use crate::config::Config;
use crate::data::audit::{Audit, ColumnAudit, Drift, Finding, Misfit, parts};
use crate::data::{PartRows, Table, Timeline};
use crate::error::shown_path;
use crate::job::memory;
use crate::job::prepare::Prepared;

/// Everything that was looked at. `diverged`: why training breaks off at once.
pub(super) fn json(
    config: &Config,
    prepared: &Prepared,
    audit: &Audit,
    times: std::result::Result<&Times, &String>,
) -> Value {
    let tables = prepared.dataset.tables().into_iter().zip(&audit.timelines);
    let tables: Vec<Value> =
        tables.map(|(table, timeline)| of_table(table, timeline.as_ref())).collect();
    let parts: Map<String, Value> = parts(&prepared.dataset)
        .into_iter()
        .map(|(name, rows)| (name.text().into(), part(config, prepared, name.text(), rows)))
        .collect();
    let memory = memory::estimate(config, prepared);
    json!({
        "tables": tables,
        "parts": parts,
        "in_no_part": prepared.dataset.left_out,
        "columns": columns(prepared, audit),
        "findings": findings(config, prepared, audit, times.err()),
        "network": {
            "parameters": prepared.network.layout().len(),
            "tensors": tensors(prepared),
            "inputs": prepared.encoder.input_shape().features(),
            "outputs": prepared.encoder.outputs(),
        },
        "estimate": {
            "memory_bytes": memory.total() as u64,
            "seconds": times.ok().map(|times| times.json(config)),
        },
    })
}

/// Files, series and times.
fn of_table(table: &Table, timeline: Option<&Timeline>) -> Value {
    let files = table.files.iter().map(
        |file| json!({"path": shown_path(&file.path), "rows": file.rows, "sha256": file.sha256}),
    );
    let empty = &table.empty;
    json!({
        "files": files.collect::<Vec<_>>(),
        "series": table.series.len(),
        "rows": table.rows(),
        "time": timeline.map(time),
        "cuts": table.series.iter().map(|s| s.cuts.len()).sum::<usize>(),
        "dropped": table.series.iter().map(|s| s.dropped.len()).sum::<usize>(),
        "empty_cells": {
            "filled": empty.filled, "masked": empty.masked,
            "interpolated": empty.interpolated, "absent": empty.absent,
        },
    })
}

fn time(timeline: &Timeline) -> Value {
    let seconds = |nanos: u64| nanos as f64 / 1e9;
    json!({
        "first": timeline.first,
        "last": timeline.last,
        "step_seconds": timeline.step.map(|step| seconds(step.nanos)),
        "step_share": timeline.step.map(|step| step.share),
        "weekdays": timeline.step.is_some_and(|step| step.weekdays),
        "gaps": timeline.gaps.len(),
        "rows_missing": timeline.gaps.iter().map(|gap| gap.missing).sum::<u64>(),
        "longest_gap_seconds": timeline.longest_gap().map(|gap| seconds(gap.nanos)),
        "irregular_steps": timeline.irregular,
        "out_of_order": timeline.disordered,
    })
}

/// Rows of a part, and what becomes of them, in all and series by series.
fn part(config: &Config, prepared: &Prepared, name: &str, rows: &PartRows) -> Value {
    let (windows, train) = (prepared.windows(config), name == "train");
    let series = rows.table.series.iter().zip(&rows.ranges).enumerate();
    let of_series = series.filter(|(_, (_, range))| !range.is_empty()).map(|(k, (s, range))| {
        let mut out = json!({"series": s.key.join(" / "), "rows": range.len()});
        match train {
            true => out["windows"] = windows.of_series(k).into(),
            false => out["scored"] = prepared.predictions_of(config, rows, k).0.into(),
        }
        out
    });
    let of_series: Vec<Value> = of_series.collect();
    let (used, left_out) = match train {
        true => (windows.count(), prepared.row_counts(config).1),
        false => prepared.predictions(config, name),
    };
    let left_out: Map<String, Value> =
        left_out.into_iter().map(|(reason, rows)| (reason.into(), rows.into())).collect();
    let mut out = json!({"rows": rows.rows(), "left_out": left_out, "series": of_series});
    out[if train { "windows" } else { "scored" }] = used.into();
    out
}

fn columns(prepared: &Prepared, audit: &Audit) -> Vec<Value> {
    let roles = &prepared.encoder.roles;
    let of_file = roles.of_file().map(|place| (place, &audit.columns[place]));
    let column = |(place, audit): (usize, &ColumnAudit)| {
        let (name, role) = (&roles.columns[place], role(prepared, place));
        if let Some(words) = &audit.words {
            return json!({
                "column": name, "role": role, "type": "words", "distinct": words.distinct,
                "commonest": words.commonest, "share": words.share,
                "unknown": {
                    "valid": words.valid.map(|unknown| unknown.share()),
                    "test": words.test.map(|unknown| unknown.share()),
                },
            });
        }
        let (profile, m) = (&audit.profile, &audit.profile.moments);
        json!({
            "column": name, "role": role, "type": "number", "whole": profile.whole,
            "constant": profile.is_constant(), "values": m.count,
            "min": m.min, "max": m.max, "mean": m.mean, "deviation": m.deviation(),
            "drift": {"valid": audit.valid.map(drift), "test": audit.test.map(drift)},
        })
    };
    of_file.map(column).collect()
}

fn drift(drift: Drift) -> Value {
    json!({
        "shift": drift.shift, "spread": drift.spread, "outside": drift.outside,
        "strength": word(drift.strength()),
    })
}

fn tensors(prepared: &Prepared) -> Vec<Value> {
    let entries = prepared.network.layout().entries().iter();
    entries.map(|entry| json!({"name": entry.name, "shape": entry.shape})).collect()
}

/// Each with its kind, its sentence and what cures it.
fn findings(
    config: &Config,
    prepared: &Prepared,
    audit: &Audit,
    diverged: Option<&String>,
) -> Vec<Value> {
    let words = Words { config, prepared };
    let broken = diverged.map(|message| {
        json!({"finding": "diverges", "message": format!("the run breaks off at once: {message}"), "cure": null})
    });
    let of = |finding: &Finding| {
        let sentence = words.sentence(finding);
        json!({"finding": kind(finding), "message": sentence, "cure": cure(&sentence)})
    };
    broken.into_iter().chain(audit.findings.iter().map(of)).collect()
}

/// Findings by name.
fn kind(finding: &Finding) -> &'static str {
    match finding {
        Finding::Copied(_) => "leak",
        Finding::EqualInputs(..) => "equal_inputs",
        Finding::Constant { .. } => "constant",
        Finding::Unscaled { .. } => "unscaled",
        Finding::FewValues { .. } => "few_values",
        Finding::Drift(_) => "drift",
        Finding::Outliers(..) => "outliers",
        Finding::Jump(..) => "jump",
        Finding::Gaps { .. } => "gaps",
        Finding::UnknownWords { .. } => "unknown_words",
        Finding::Misfit(misfit) => match misfit {
            Misfit::SharedRows { .. } => "shared_rows",
            Misfit::ShortSeries { .. } => "short_series",
            Misfit::UnknownSeries { .. } => "unknown_series",
            Misfit::NoValid => "no_valid",
            Misfit::ValidUnscored => "valid_unscored",
            Misfit::FewScored { .. } => "few_scored",
            Misfit::LongWindow { .. } => "long_window",
            Misfit::LargeBatch { .. } => "large_batch",
            Misfit::ManyParameters { .. } => "many_parameters",
            Misfit::Underflows(_) => "underflows",
            Misfit::Filled(_) | Misfit::Masked(_) | Misfit::Interpolated(_) => "empty_cells",
            Misfit::Dropped(_) => "dropped_rows",
            Misfit::Absent(_) => "absent_targets",
            _ => "rows",
        },
    }
}

/// The end of a sentence, where it names the key that cures what was found.
fn cure(sentence: &str) -> Option<&str> {
    let names_a_key = |text: &&str| {
        ["data.", "task.", "model.", "training.", "\"scale\""].iter().any(|key| text.contains(key))
    };
    let ends = ["; ", ": "].iter().filter_map(|mark| Some(sentence.rsplit_once(mark)?.1));
    ends.filter(names_a_key).min_by_key(|end| end.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cure_is_the_end_that_names_a_key() {
        let sentence = "input \"x\" is the target: it leaks; take it out of data.inputs";
        assert_eq!(cure(sentence), Some("take it out of data.inputs"));
        assert_eq!(
            cure("3 of y: make model.hidden_size smaller"),
            Some("make model.hidden_size smaller")
        );
        assert_eq!(cure("4 cells are too small for 32-bit floats and count as 0"), None);
    }
}
