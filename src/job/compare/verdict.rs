//! Which of the two to keep, in words.

use super::Line;
use crate::text::thousands;

/// Which to keep: the one that errs less where the rows tell, else the smaller.
pub(super) fn verdict(
    names: &[String; 2],
    line: &Line,
    parameters: [usize; 2],
) -> (Option<usize>, String) {
    let better = usize::from(line.errors[0] > line.errors[1]);
    let (keep, other) = (&names[better], &names[1 - better]);
    let p = line.difference.p;
    let chance = p.map_or(String::new(), |p| match p {
        p if p < 0.001 => ", p below 0.001".into(),
        p => format!(", p {p:.3}"),
    });
    if line.difference.is_clear() {
        let of = |error: f64| 100.0 * error / line.errors[1 - better];
        let share = 100.0 - of(line.errors[better]);
        let [low, high] = line.difference.interval.unwrap_or_default().map(f64::abs);
        let (least, most) = (of(low.min(high)), of(low.max(high)));
        let sentence = format!(
            "Keep {keep}: its error is {share:.1} % lower than that of {other} ({least:.1} to {most:.1} %{chance})."
        );
        return (Some(better), sentence);
    }
    let cannot = format!("These rows cannot tell them apart{chance}.");
    let smaller = match parameters[0].cmp(&parameters[1]) {
        std::cmp::Ordering::Equal => {
            return (None, format!("{cannot} They are equally large, too: either will do."));
        }
        std::cmp::Ordering::Less => 0,
        std::cmp::Ordering::Greater => 1,
    };
    let sentence = format!(
        "{cannot} Keep {}, the smaller: {} parameters against {}.",
        names[smaller],
        thousands(parameters[smaller] as u64),
        thousands(parameters[1 - smaller] as u64)
    );
    (Some(smaller), sentence)
}
