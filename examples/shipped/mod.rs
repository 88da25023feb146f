//! The shipped data sets as text, from fixed seeds. Only + - x / and sqrt are used, which IEEE 754
//! rounds alike everywhere, so the bytes do not depend on a system's maths library.

mod activity;
mod grammar;
mod noise;
mod prices;
mod pump;

/// File name and content of every generated data set.
pub(crate) fn files() -> [(&'static str, String); 5] {
    let [grammar, mirrored] = grammar::csvs();
    [
        ("pump.csv", pump::csv()),
        ("prices.csv", prices::csv()),
        ("grammar.csv", grammar),
        ("grammar-mirrored.csv", mirrored),
        ("activity.csv", activity::csv()),
    ]
}
