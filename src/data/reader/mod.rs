//! The one CSV reader that training, evaluation and the live stream share.
//!
//! [`RecordReader`] cuts records and counts physical lines, [`Header`] finds columns and says which
//! cell an error is about, [`number`] turns cells into numbers. Nothing is guessed and nothing is
//! repaired: what is not plainly a table of the header's width is an error with its line.

mod columns;
mod header;
mod hint;
pub mod number;
mod record;
mod records;
mod scan;
mod signature;
#[cfg(test)]
mod tests;
mod unzip;

pub use columns::absent;
pub use header::Header;
pub use record::Record;
pub use records::RecordReader;
pub(in crate::data) use unzip::Unzip;
