//! What the intervals of predictions held, in a sentence.

use crate::eval::{Coverage, Held};
use crate::text::short;

/// `Intervals for 90 % of the truths hold 89.6 % of them (85.1 to 92.0 % at each step); they are 3.214 wide.`
pub(super) fn sentence(found: &Coverage) -> String {
    let percent = |share: Option<f64>| format!("{:.1}", 100.0 * share.unwrap_or_default());
    let what = if found.sets { "Sets" } else { "Intervals" };
    let asked = format!("{:.4}", 100.0 * found.nominal);
    let asked = asked.trim_end_matches('0').trim_end_matches('.');
    let mut text = format!(
        "{what} for {asked} % of the truths hold {} % of them",
        percent(found.all.coverage())
    );
    let steps = found.targets.iter().map(|(_, _, steps)| steps.len()).sum::<usize>();
    let several = if found.targets.len() > 1 { "target and step" } else { "step" };
    if let (true, Some((least, most))) = (steps > 1, found.range()) {
        text += &format!(" ({} to {} % by {several})", percent(Some(least)), percent(Some(most)));
    }
    let size = |held: &Held| short(held.width().unwrap_or_default());
    let size = match &found.targets[..] {
        _ if found.sets => format!("of {} classes on average", size(&found.all)),
        [(_, target, _)] => format!("{} wide on average", size(target)),
        _ => format!("{} wide on average in units of the scalers", size(&found.all)),
    };
    text + "; they are " + &size + "."
}
