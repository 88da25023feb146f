//! From CSV to the numbers a network reads: tables, splits, windows, scaling.

pub mod audit;
mod dataset;
mod encoder;
pub mod lanes;
mod last_values;
mod letters;
mod lines;
pub mod reader;
mod roles;
mod row;
mod scale;
mod source;
mod split;
pub mod survey;
mod table;
pub mod time;
mod timeline;
mod vocabulary;
mod windows;
mod words;

pub use dataset::{Dataset, PartRows};
pub use encoder::Encoder;
pub use lanes::Chunk;
pub use last_values::LastValues;
pub use letters::{Feature, features};
pub use lines::Lines;
pub use roles::Roles;
pub use row::{Row, RowLayout, TimeOrder};
pub use scale::{Moments, Scaler, ScalerSet, Scalers};
pub use source::{Hashing, expand};
pub use split::Ranges;
pub use table::{Series, SourceFile, Table};
pub use timeline::{Gap, Step, Timeline};
pub use vocabulary::{Classes, Lexicon, UNKNOWN, Vocabularies, Vocabulary};
pub use windows::{Span, Windows};
pub use words::{Reading, Words};
