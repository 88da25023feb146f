//! The scores of several evaluations as one: each counts by its rows.

use super::scores::{ClassScores, NumberScores, Scores, TargetScores};
use crate::metrics::{ClassFigures, Figures};

impl Scores {
    /// The scores over the rows of all of these, (rows, scores) each. What is no mean over rows has no figure; scaled ones
    /// are each in the units of its own model. None where there is nothing to pool.
    pub fn pooled(parts: &[(u64, &Scores)]) -> Option<Scores> {
        let numbers = |(rows, scores): &(u64, &Scores)| match scores {
            Scores::Numbers(numbers) => Some((*rows, numbers.clone())),
            Scores::Classes(_) => None,
        };
        let classes = |(rows, scores): &(u64, &Scores)| match scores {
            Scores::Classes(classes) => Some((*rows, classes.clone())),
            Scores::Numbers(_) => None,
        };
        match parts.first()?.1 {
            Scores::Numbers(_) => {
                let parts: Vec<_> = parts.iter().filter_map(numbers).collect();
                Some(Scores::Numbers(of_numbers(&parts)))
            }
            Scores::Classes(_) => {
                let parts: Vec<_> = parts.iter().filter_map(classes).collect();
                Some(Scores::Classes(of_classes(&parts)))
            }
        }
    }
}

fn of_numbers(parts: &[(u64, NumberScores)]) -> NumberScores {
    let first = &parts[0].1;
    let pool = |of: &dyn Fn(&NumberScores) -> Figures| {
        let figures: Vec<_> = parts.iter().map(|(rows, scores)| (*rows, of(scores))).collect();
        figures_of_numbers(&figures)
    };
    let target = |(k, (name, scores)): (usize, &(String, TargetScores))| {
        let step = |step: usize| {
            let both = |scores: &NumberScores| scores.targets[k].1.horizon[step];
            (pool(&|scores| both(scores).0), pool(&|scores| both(scores).1))
        };
        let scores = TargetScores {
            data: pool(&|scores| scores.targets[k].1.data),
            scaled: pool(&|scores| scores.targets[k].1.scaled),
            horizon: (0..scores.horizon.len()).map(step).collect(),
        };
        (name.clone(), scores)
    };
    NumberScores {
        data: first.data.map(|_| pool(&|scores| scores.data.unwrap_or(scores.scaled))),
        scaled: pool(&|scores| scores.scaled),
        targets: first.targets.iter().enumerate().map(target).collect(),
    }
}

fn of_classes(parts: &[(u64, ClassScores)]) -> ClassScores {
    let pool = |of: &dyn Fn(&ClassScores) -> ClassFigures| {
        let figures: Vec<_> = parts.iter().map(|(rows, scores)| (*rows, of(scores))).collect();
        ClassFigures {
            accuracy: mean(&figures, |figures| figures.accuracy),
            log_loss: mean(&figures, |figures| figures.log_loss),
            ..ClassFigures::default()
        }
    };
    let first = &parts[0].1;
    ClassScores {
        target: first.target.clone(),
        sequence: first.sequence,
        overall: pool(&|scores| scores.overall),
        horizon: (0..first.horizon.len())
            .map(|step| pool(&|scores| scores.horizon[step]))
            .collect(),
    }
}

fn figures_of_numbers(parts: &[(u64, Figures)]) -> Figures {
    let mse = mean(parts, |figures| figures.mse);
    Figures {
        mse,
        mae: mean(parts, |figures| figures.mae),
        rmse: mse.map(f64::sqrt),
        smape: mean(parts, |figures| figures.smape),
        mase: mean(parts, |figures| figures.mase),
        r2: None,
    }
}

/// The mean by rows; none where one of them is not known.
fn mean<F>(parts: &[(u64, F)], of: impl Fn(&F) -> Option<f64>) -> Option<f64> {
    let rows: u64 = parts.iter().map(|(rows, _)| rows).sum();
    let sum = parts
        .iter()
        .map(|(rows, figures)| Some(*rows as f64 * of(figures)?))
        .sum::<Option<f64>>()?;
    (rows > 0).then(|| sum / rows as f64)
}

#[cfg(test)]
mod tests {
    use super::super::sample::scores;
    use super::*;

    #[test]
    fn each_counts_by_its_rows() {
        let (a, b) = (scores(&[("y", 1.0)], 2), scores(&[("y", 3.0)], 2));
        let pooled = Scores::pooled(&[(30, &a), (10, &b)]).expect("scores");
        assert_eq!(pooled.error(), Some(3.0f64.sqrt()), "the root of (30 x 1 + 10 x 9) / 40");
        assert_eq!(pooled.r2(), None);
        assert_eq!(Scores::pooled(&[]), None);
    }
}
