//! From the text of a config file to values that cannot contradict each other.
//!
//! text --`parse`--> raw (ranges and words checked) --`set`--> raw --`resolve`--> [`Config`] --`write`--> text

mod calendar;
mod class_weights;
mod columns;
mod delimiter;
mod describe;
mod difference;
mod elsewhere;
mod every;
mod gaps;
mod header;
mod levels;
mod load;
mod locate;
mod number;
mod pair;
mod parse;
mod part;
mod paths;
mod raw;
mod resolve;
mod rules;
mod schema;
mod season;
mod section;
mod set;
mod strings;
pub mod time;
mod types;
mod unknown;
mod words;
mod write;

pub use calendar::CalendarField;
pub use columns::*;
pub use difference::differences;
pub use gaps::{Gaps, Longest};
pub use header::HeaderBy;
pub use levels::Levels;
pub use paths::relative as relative_path;
pub use schema::schema;
pub use time::{Duplicates, TimeColumn, TimeFormat};
pub use types::*;
