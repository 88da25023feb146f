//! `data` as it is written.

use super::Cell;
use crate::config::delimiter::Delimiter;
use crate::config::gaps::Gaps;
use crate::config::header::HeaderBy;
use crate::config::number::{Count, NotNegative, Seed, Whole};
use crate::config::part::Part;
use crate::config::section::section;
use crate::config::strings::Strings;
use crate::config::time::TimeFormat;
use crate::config::types;
use crate::config::words::words;

section! {
    /// Where rows come from and how they become sequences.
    Data [required "targets"] {
        /// A CSV file, a glob pattern, or a list of them, read one after the other and cut by `split`.
        /// Required, or `train` in its place.
        path: Strings [eg "../data/pump.csv", "plant-*.csv", ["2023.csv", "2024.csv"]],
        /// Files to fit on, written like `path` and in its place; separate files never lend look-back to
        /// each other. Default: none.
        train: Strings [eg "train.csv"],
        /// Files to choose the best model on, beside `train`. Default: none.
        valid: Strings [eg "valid.csv"],
        /// Files held out for rnn-eval, beside `train`. Default: none.
        test: Strings [eg "test.csv"],
        /// The character between cells; "tab" may be written for "\t".
        delimiter: Delimiter [eg ";", "\t"] = Delimiter(b','),
        /// The mark before the decimals of a number.
        decimal: Decimal = Decimal::Point,
        /// Where the names of columns come from: true: a file's first line; false: nowhere, the first line is data
        /// and columns are called "1", "2"…; or a list of the names.
        header: HeaderBy [eg false, ["time", "load"]] = HeaderBy::First,
        /// Column to order by and to echo; null: rows stand in the order of the file.
        time: Option<Time> [eg "time", {"column": "date", "format": "%d.%m.%Y %H:%M", "zone": "Europe/Berlin"}] = None,
        /// What a time that does not come after the one before it in its series does.
        order: Order = Order::Error,
        /// What a time that stands twice in its series does.
        duplicates: Duplicates = Duplicates::Error,
        /// What more time between two rows than the regular step does, or than `cut` says: "report": it is counted
        /// and told; "cut": windows, states and forecasts never cross it. The regular step is that of the train rows.
        gaps: Gaps [eg "cut", {"cut": "2 h"}, {"cut": 3}] = Gaps::Report,
        /// Column, or list of columns, that names the series a row belongs to; "@file": each file is one;
        /// null: all rows are one series. Windows never cross series.
        series: Option<Strings> [eg "symbol", ["plant", "unit"], "@file"] = None,
        /// Columns the network reads. Default for a forecast: the targets; required for the other tasks. "@hour",
        /// "@minute", "@weekday", "@day_of_month", "@day_of_year" and "@month" are what the calendar and the clock
        /// say at a row's time, each as a sine and a cosine.
        inputs: Vec<Column> [eg ["load", "flow"], ["load", "@hour", {"column": "price", "ahead": true}], ["load", {"column": "mode", "type": "category"}]],
        /// Columns to predict, written like `inputs`: numbers, or one category. A bare name is a category for
        /// a tagging and a classification.
        targets: Vec<Column> [eg ["temperature"], [{"column": "mode", "type": "category"}]],
        /// How the rows of `path` are dealt to train, valid and test: in this order from the first row on,
        /// inside each series. Below 1 a part is a fraction of the rows, rounded down (0: none); from 1 on it
        /// is so many rows; text is the time at which it begins, or with `column` what stands there.
        split: Split [eg {"train": 8640, "valid": 2880, "test": 2880}, {"valid": "2024-03-01", "test": "2024-04-01"}, {"column": "fold"}]
            = Split::usual(),
        /// Rows of a sequence; null: each series is one sequence, as a classification has it.
        window: Option<Window> [eg {"length": 96, "stride": 4}, null] = Some(Window::usual()),
        /// How number columns are brought to about unit size. Fitted on train rows only, kept in the model,
        /// undone on output. A constant column counts as deviation 1.
        scale: Scale [eg "minmax", {"type": "standard", "per": "series"}] = ScaleType::Standard.into(),
        /// What an empty cell does.
        missing: Missing [eg "drop", {"policy": "ffill", "spellings": ["NA", "-"]}] = MissingPolicy::Error.into(),
    }
}

words! {
    /// The mark before the decimals of a number.
    Decimal {
        /// As in 12.5.
        Point = ".",
        /// As in 12,5.
        Comma = ",",
    }
}

words! {
    /// What a time that does not come after the one before it in its series does.
    Order {
        /// It is an error.
        Error = "error",
        /// The rows of each series are sorted, those of equal times as they stand in the file. Not in a stream:
        /// rnn-predict then asks for `--order error`.
        Sort = "sort",
        /// Nothing: rows are taken as they stand in the file, and times are only echoed.
        Ignore = "ignore",
    }
}

words! {
    /// What a time that stands twice in its series does.
    Duplicates {
        /// It is an error.
        Error = "error",
        /// The first row of that time counts; later ones are passed over and counted.
        First = "first",
        /// The last one counts. Not in a stream: rnn-predict then asks for `--duplicates first`.
        Last = "last",
    }
}

section! {
    /// A column of times; a bare name is the column with its defaults.
    Time [bare column: String] [required "column"] {
        /// Header name.
        column: String [eg "date"],
        /// How times are written: "iso": ISO 8601 or plain numbers; "epoch_s", "epoch_ms": seconds or milliseconds
        /// since 1970; or a pattern of strptime.
        format: TimeFormat [eg "epoch_ms", "%d.%m.%Y %H:%M"] = TimeFormat::Iso,
        /// The zone of times that say none, as its name or an offset; null: a clock that is never put forward or back.
        zone: Option<String> [eg "Europe/Berlin", "+02:00"] = None,
    }
}

section! {
    /// A column; a bare name is the column with its defaults.
    Column [bare column: String] [required "column"] {
        /// Header name.
        column: String [eg "temperature"],
        /// What its cells are. Default: "number"; "category" for the target of a tagging or a classification.
        r#type: ColumnType [eg "category"],
        /// Its scaling; of numbers. Default: that of `data.scale`.
        scale: ScaleType,
        /// Whether its later values are known ahead, as those of a plan or a price list; of number inputs of a
        /// forecast. At each row those of the rows it forecasts are read, too. Of a calendar name: the same.
        ahead: bool = false,
        /// Whether it is one number of the whole series, which is read at every row; of number inputs.
        r#static: bool = false,
        /// Width of the learned embedding of a word; of "category" and "text". Default: 8; 64 for "text".
        embedding: Count [eg 16],
        /// A word that the train rows hold fewer times is read as unknown; of "category" and "text".
        min_count: Count [eg 2] = Whole(1),
        /// `a`: while training, a word that the train rows hold c times is read as unknown with chance
        /// a / (a + c), so that unknown words are learnt, too; of "category" and "text".
        unknown: NotNegative [eg 1, 0] = NotNegative(0.25),
        /// Lengths of a word's beginnings, in characters, that are embedded beside it; of "text". Default: none.
        prefixes: Vec<Length> [eg [1, 2, 3]],
        /// Lengths of its ends; of "text". Default: none.
        suffixes: Vec<Length> [eg [1, 2, 3, 4]],
        /// Whether it is embedded where its capitals stand; of "text".
        case: bool = false,
        /// Whether its outline (Xxx-dd) is embedded; of "text".
        shape: bool = false,
        /// Width of the embedding of each of these; of "text".
        features: Count = Whole(16),
        /// A recurrent encoder over the characters of each word; of "text".
        characters: Option<Characters> [eg {"embedding": 16, "hidden_size": 32}] = None,
    }
}

/// Characters of a word's beginning or end.
pub(in crate::config) type Length = Whole<1, 16>;

section! {
    /// A bidirectional recurrent layer over the characters of a word: its final states in both directions are
    /// read beside the word's embedding.
    Characters {
        /// Width of the embedding of a character.
        embedding: Count = Whole(16),
        /// Units per direction.
        hidden_size: Count = Whole(32),
        /// The recurrent cell.
        cell: Cell = Cell::Lstm,
    }
}

words! {
    /// What the cells of a column are.
    ColumnType {
        /// Decimal numbers.
        Number = "number",
        /// Words from a small set; each has a learned embedding.
        Category = "category",
        /// Words of a language: a category of which the letters may be read, too.
        Text = "text",
    }
}

section! {
    /// How the rows are dealt.
    Split {
        /// Train part. Where it is given, `valid` and `test` must be too, and rows in none of them are left
        /// out and counted. Default: what the others leave.
        train: Part [eg 0.7, 8640],
        /// Validation part. Default: none; 0.1 where no part is given.
        valid: Part [eg 0.1, 2880, "2024-03-01"],
        /// Test part. Default: none; 0.2 where no part is given.
        test: Part [eg 0.2, 2880, "2024-04-01"],
        /// What is dealt. Default: "time"; "series" where `window` is null and `data.series` is given.
        by: SplitUnit,
        /// A column that says which part a row belongs to. `train`, `valid` and `test` are then what stands in
        /// it, text or a list of texts: where none is given "train", "valid" and "test", and rows with anything
        /// else are left out and counted; where one is given, `train` is what the others leave unless it is given
        /// too. The rows of a part follow each other in their series. Default: none.
        column: String [eg "fold"],
        /// Changes the hash that deals series; with `by` "series" only.
        seed: Seed = Whole(0),
    }
}

impl Split {
    /// What it is where no part is given.
    pub(in crate::config) fn usual() -> Self {
        let fraction = |share| Some(Part(types::Part::Fraction(share)));
        Self { valid: fraction(0.1), test: fraction(0.2), ..Self::default() }
    }
}

words! {
    /// What a split deals.
    SplitUnit {
        /// The rows of each series, in order.
        Time = "time",
        /// Whole series, by a hash of their name; for a classification class by class.
        Series = "series",
    }
}

section! {
    /// A sequence of fixed length.
    Window {
        /// Rows of a sequence.
        length: Count = Whole(96),
        /// Rows between the starts of training windows; prediction and scoring always take every row.
        /// Default: 1; with carried state the length.
        stride: Count [eg 1, 4],
        /// The row that inputs are counted from: its inputs are subtracted from those of all rows of a window.
        /// Default for a forecast of numbers: "first", or "last" with `loss_steps`
        /// "last"; else, with carried state, and for windows of one row: "none".
        relative_to: RelativeTo,
    }
}

impl Window {
    /// What it is where nothing is said.
    pub(in crate::config) fn usual() -> Self {
        let window = Self::default();
        Self { length: Some(window.length()), ..window }
    }
}

words! {
    /// The row of a window whose inputs are subtracted from those of all its rows.
    RelativeTo {
        /// The window's first row.
        First = "first",
        /// The window's last row; only with `task.loss_steps` "last".
        Last = "last",
        /// Nothing is subtracted.
        None = "none",
    }
}

section! {
    /// How number columns are scaled; a bare name is the type.
    Scale [bare r#type: ScaleType] {
        /// The kind of scaling.
        r#type: ScaleType = ScaleType::Standard,
        /// Whether series share a column's scaler. Default: "series" for a forecast with series columns, else
        /// "column".
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
        /// Each column and series; a series the model does not know takes the scaler fitted over all, with a
        /// warning.
        Series = "series",
    }
}

section! {
    /// What an empty cell does; a bare word is the policy.
    Missing [bare policy: MissingPolicy] {
        /// What is done.
        policy: MissingPolicy = MissingPolicy::Error,
        /// Cells that count as empty, too, as they are written. Default: none.
        spellings: Vec<String> [eg ["NA", "null", "-"]],
    }
}

words! {
    /// What an empty cell does.
    MissingPolicy {
        /// It is an error.
        Error = "error",
        /// A row in which a cell that the prediction needs is empty (an input, or the target that a forecast is
        /// counted from) is left out, and look-back and state start anew behind it: it cuts its series. An empty
        /// target that is not needed is only left out of loss and scores.
        Drop = "drop",
        /// It takes the last value of its column in the same series, and is an error where there is none yet;
        /// of targets, too: what is filled counts as true. How many were filled is printed.
        Ffill = "ffill",
        /// An input takes the last value of its column in the same series, before the first one the scaler's centre,
        /// and beside each number input stands another that says whether it was empty; an empty word is a word of its
        /// own. An empty target is left out of loss and scores.
        Mask = "mask",
        /// A number input lies on the line between the known values before and after it in the sequence that a
        /// prediction reads; only where it reads the sequence as a whole: bidirectional, or whole series with
        /// `loss_steps` "last". Words and targets are as with "mask".
        Interpolate = "interpolate",
    }
}
