//! Sentences about parts, windows and the network's size; none of them speaks of a column.

use crate::config::Config;
use crate::data::Why;
use crate::data::audit::{Misfit, PartName};
use crate::text::{counted, thousands};

/// One sentence, without a full stop.
pub(super) fn sentence(misfit: &Misfit, config: &Config) -> String {
    match misfit {
        Misfit::SharedRows { part, rows } => format!(
            "{} of data.{part} {} the series and time of a train row: its score will flatter; take them out of \
             one of the files",
            counted(*rows, "row"),
            if *rows == 1 { "has" } else { "have" },
            part = part.text()
        ),
        Misfit::UnknownSeries { part, count: series } => format!(
            "{} series of the {} part {} no train rows: scaled as all series together; set data.scale.per to \"column\", \
             or data.split.by to \"time\"",
            thousands(*series),
            part.text(),
            if *series == 1 { "has" } else { "have" }
        ),
        Misfit::ShortSeries { count: short, of, needed, used } => format!(
            "{} of {} series {} short of the {needed} train rows of a window and its targets, giving {}; make \
             data.window.length smaller",
            thousands(*short),
            thousands(*of),
            if *short == 1 { "is" } else { "are" },
            if *used { "a short window each" } else { "no window" }
        ),
        Misfit::NoValid => {
            "there are no validation rows: the last epoch is kept, and over-fitting goes unseen; \
                             give data.split.valid (or data.valid) some rows"
                .into()
        }
        Misfit::ValidUnscored => {
            "no validation row can be scored (the split is shorter than the horizon or the \
                                   window): the model of the last epoch is kept"
                .into()
        }
        Misfit::FewScored { part, scored } => {
            let effect = match part {
                PartName::Valid => "which epoch is best is left to chance",
                _ => "their figures will say little",
            };
            let verb = if *scored == 1 { "is" } else { "are" };
            let predictions = counted(*scored, &format!("{} prediction", part.text()));
            format!(
                "only {predictions} {verb} scored: {effect}; make data.split.{} larger",
                part.text()
            )
        }
        Misfit::LongWindow { length, longest } => format!(
            "no series has the {length} rows of data.window.length: the longest window has {longest}"
        ),
        Misfit::LargeBatch { batch_size, sequences } => format!(
            "training.batch_size is {batch_size}, and there {} only {}: every epoch is a single update; make it \
             smaller",
            if *sequences == 1 { "is" } else { "are" },
            counted(*sequences, "sequence")
        ),
        Misfit::ManyParameters { parameters, rows } => format!(
            "{} parameters learn from {} ({} each): they can learn them by heart; make model.hidden_size ({}) \
             smaller",
            thousands(*parameters),
            counted(*rows, "train row"),
            thousands(parameters / rows),
            config.model.hidden_size
        ),
        Misfit::Underflows(cells) => {
            format!("{cells} cells are too small for 32-bit floats and count as 0")
        }
        Misfit::Masked(cells) => format!(
            "{} marked as empty; of numbers the last one of the column stands there",
            counted(*cells, "empty cell")
        ),
        Misfit::Interpolated(cells) => {
            format!("{} filled in between their neighbours", counted(*cells, "empty cell"))
        }
        Misfit::Moved(rows) => {
            format!("{} put in the order of time (data.order)", counted(*rows, "row"))
        }
        Misfit::Repeated(rows) => {
            format!("{} passed over (data.duplicates)", Why::Repeated.counted(*rows))
        }
        Misfit::Cut(gaps) => format!(
            "{} cut the rows (data.gaps); look-back and state start anew behind each",
            counted(*gaps, "gap")
        ),
        Misfit::Dropped(rows) => format!(
            "{} left out; look-back and state start anew behind each",
            Why::EmptyCell.counted(*rows)
        ),
        Misfit::Absent(cells) => format!(
            "{} of targets: no loss and no score comes from them",
            counted(*cells, "empty cell")
        ),
        Misfit::Filled(cells) => {
            format!("{} filled with the last value of the column", counted(*cells, "empty cell"))
        }
    }
}
