//! `data.window`.

use super::{Facts, Resolved, refuse};
use crate::config::raw;
use crate::config::types::{LossSteps, RelativeTo, TaskKind, Window};

pub(super) fn resolve(data: &raw::Data, facts: Facts) -> Resolved<Option<Window>> {
    let classification = facts.kind == TaskKind::Classification;
    if classification && data.window.as_ref().is_some_and(Option::is_some) {
        return refuse(
            "data.window",
            "cuts series into windows, but a classification reads each series as a whole; write null",
        );
    }
    let Some(raw) = data.window().filter(|_| !classification) else {
        return whole_series(facts);
    };
    let length = raw.length().size();
    let stride = match raw.stride.map(|rows| rows.size()) {
        Some(stride) if facts.carry && stride != length => {
            return refuse(
                "data.window.stride",
                format!(
                    "with \"state\": \"carry\" each chunk begins where the one before ended, so stride is \
                     the length ({length}), not {stride}; take it out"
                ),
            );
        }
        Some(stride) => stride,
        None if facts.carry => length,
        None => 1,
    };
    Ok(Some(Window { length, stride, relative_to: relative_to(raw.relative_to, length, facts)? }))
}

fn whole_series(facts: Facts) -> Resolved<Option<Window>> {
    if facts.carry {
        return refuse(
            "data.window",
            "null makes each series one sequence, but \"state\": \"carry\" cuts series into chunks; \
             write their length, {\"length\": 96}, or \"state\": \"reset\"",
        );
    }
    if facts.forecast() && facts.loss_steps == LossSteps::Last {
        return refuse(
            "data.window",
            "null with a forecast and \"loss_steps\": \"last\" predicts only at a series' last row, \
             whose targets are past its end; write {\"length\": 96}, or \"loss_steps\": \"all\"",
        );
    }
    Ok(None)
}

fn relative_to(raw: Option<raw::RelativeTo>, length: usize, facts: Facts) -> Resolved<RelativeTo> {
    let key = "data.window.relative_to";
    let relative_to = match raw {
        Some(raw::RelativeTo::First) => RelativeTo::First,
        Some(raw::RelativeTo::Last) => RelativeTo::Last,
        Some(raw::RelativeTo::None) => return Ok(RelativeTo::None),
        None if !facts.forecast() || facts.classes || facts.carry || length == 1 => {
            return Ok(RelativeTo::None);
        }
        None if facts.loss_steps == LossSteps::Last => return Ok(RelativeTo::Last),
        None => return Ok(RelativeTo::First),
    };
    if facts.carry {
        return refuse(
            key,
            "with \"state\": \"carry\" a series is read in one go, so its inputs cannot be counted \
             from a row of each chunk; write \"none\"",
        );
    }
    if relative_to == RelativeTo::Last && facts.loss_steps == LossSteps::All {
        return refuse(
            key,
            "\"last\" with \"loss_steps\": \"all\" would tell earlier steps the value of the last row, \
             which is their future; write \"first\", or \"loss_steps\": \"last\"",
        );
    }
    if length == 1 {
        return refuse(
            key,
            "a window of one row, counted from that row, is all zeros; write \"none\"",
        );
    }
    Ok(relative_to)
}
