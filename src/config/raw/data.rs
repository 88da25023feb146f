//! `data` as it is written.

use crate::config::delimiter::Delimiter;
use crate::config::number::{Count, Seed};
use crate::config::part::Part;
use crate::config::section::section;
use crate::config::strings::Strings;
use crate::config::words::words;

section! {
    /// Where rows come from and how they become sequences.
    Data {
        /// One CSV file, a glob pattern, or a list of them; cut by `split`. Either this, or `train`,
        /// `valid` and `test`.
        path: Strings,
        /// Files to fit on; separate files never lend look-back to each other.
        train: Strings,
        /// Files to choose the best model on.
        valid: Strings,
        /// Files held out for rnn-eval.
        test: Strings,
        /// The character between cells, for example ";" or "\t". Default: ",".
        delimiter: Delimiter,
        /// The mark before the decimals of a number. Default: ".".
        decimal: Decimal,
        /// Column to order by and to echo. Default: none.
        time: Option<String>,
        /// What a time that does not come after the one before it in its series does. Default: "error".
        order: Order,
        /// Column, or list of columns, that names the series a row belongs to, or "@file": each file
        /// is a series. Windows never cross series. Default: all rows are one series.
        series: Option<Strings>,
        /// Input columns. Default for a forecast: the targets.
        inputs: Vec<Column>,
        /// Columns to predict; required.
        targets: Vec<Column>,
        /// How the rows of `path` are dealt to train, valid and test. Default: {"valid": 0.1, "test": 0.2}.
        split: Split,
        /// Rows of a training sequence, or null: each series is one sequence. Default: {"length": 96}.
        window: Option<Window>,
        /// How number columns are brought to about unit size, fitted on train rows only. Default: "standard".
        scale: Scale,
        /// What an empty cell does. Default: "error".
        missing: Missing,
    }
}

words! {
    /// The mark before the decimals of a number.
    Decimal {
        /// 12.5
        Point = ".",
        /// 12,5
        Comma = ",",
    }
}

words! {
    /// What a time that does not come after the one before it in its series does.
    Order [later "sort"] {
        /// It is an error.
        Error = "error",
        /// Nothing: rows are taken in the order of the file, and times are only echoed.
        Ignore = "ignore",
    }
}

section! {
    /// A column; a bare name is the column with its defaults.
    Column [bare column] [later "embedding"] {
        /// Header name.
        column: String,
        /// What its cells are. Default: "number".
        r#type: ColumnType,
        /// Its scaling. Default: that of `data.scale`.
        scale: ScaleType,
    }
}

words! {
    /// What the cells of a column are.
    ColumnType [later "category"] {
        /// Decimal numbers.
        Number = "number",
    }
}

section! {
    /// How the rows are dealt, in time order: train, valid, test. A number below 1 is a fraction, rounded
    /// down (0: none); from 1 on it is a count; text is the time at which the part begins.
    Split {
        /// Train part. Default: what the others leave. Where it is given, the other two must be too,
        /// and rows after test are left out.
        train: Part,
        /// Validation part. Default: none, or 0.1 where no part is given.
        valid: Part,
        /// Test part. Default: none, or 0.2 where no part is given.
        test: Part,
        /// What is dealt. Default: "time"; "series" where `window` is null and there are several series.
        by: SplitUnit,
        /// Chooses which series go where; with by "series" only. From 0 to 2^53 - 1. Default: 0.
        seed: Seed,
    }
}

words! {
    /// What a split deals.
    SplitUnit {
        /// The rows of each series, in order.
        Time = "time",
        /// Whole series, chosen by a hash of their name.
        Series = "series",
    }
}

section! {
    /// A sequence of fixed length.
    Window {
        /// Rows in a window. Default: 96.
        length: Count,
        /// Rows between the starts of training windows. Default: 1; with carried state: `length`.
        stride: Count,
        /// What inputs are counted from. Default for a forecast: "first", or "last" where only the last
        /// step carries a loss; else, with carried state and for windows of one row: "none".
        relative_to: RelativeTo,
    }
}

words! {
    /// The row of a window whose inputs are subtracted from those of all its rows.
    RelativeTo {
        /// The window's first row.
        First = "first",
        /// The window's last row; only where `task.loss_steps` is "last".
        Last = "last",
        /// Nothing is subtracted.
        None = "none",
    }
}

section! {
    /// How number columns are scaled; a bare name is the type.
    Scale [bare r#type] {
        /// The kind of scaling. Default: "standard".
        r#type: ScaleType,
        /// Whether series share a column's scaler. Default: "series" for a forecast with series columns,
        /// else "column".
        per: ScalePer,
    }
}

words! {
    /// A kind of scaling.
    ScaleType {
        /// Minus the mean, by the population deviation.
        Standard = "standard",
        /// To [-1, 1].
        Minmax = "minmax",
        /// As they are.
        None = "none",
    }
}

words! {
    /// What has a scaler of its own.
    ScalePer {
        /// Each column.
        Column = "column",
        /// Each column and series.
        Series = "series",
    }
}

words! {
    /// What an empty cell does.
    Missing [later "drop", "mask", "interpolate"] {
        /// It is an error.
        Error = "error",
        /// It takes the last value of its column in the same series; an error where there is none yet.
        Ffill = "ffill",
    }
}
