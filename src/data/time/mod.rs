//! Times as text in a CSV: ISO 8601 dates and times, with or without a zone, plain numbers, or as `data.time` says.

mod iso;
mod patterns;
mod reader;
mod spans;

pub use iso::parse;
pub use patterns::{fits, patterns};
pub use reader::TimeReader;
pub use spans::{about_text, span_text};

/// A point in time that can be compared with others of the same kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Time {
    /// How it was written.
    pub kind: TimeKind,
    /// Nanoseconds (numbers: billionths) from an arbitrary but fixed point.
    pub nanos: i128,
    /// The other moment it may mean, where the clock was put back and showed it twice.
    pub later: Option<i128>,
}

/// Times of different kinds cannot be compared.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum TimeKind {
    /// `2016-07-01 00:00:00`, `2016-07-01T00:00`, `2016-07-01`: a wall clock without a zone.
    Local,
    /// `2016-07-01T00:00:00Z`, `…+02:00`: a moment.
    Zoned,
    /// `1467331200`, `0.5`: seconds, milliseconds or a counter.
    #[default]
    Number,
}

impl TimeKind {
    /// In words, for messages.
    pub fn name(self) -> &'static str {
        match self {
            TimeKind::Local => "a time without a zone",
            TimeKind::Zoned => "a time with a zone",
            TimeKind::Number => "a number",
        }
    }
}

impl Time {
    fn new(kind: TimeKind, nanos: i128) -> Self {
        Self { kind, nanos, later: None }
    }
}
