//! Where text for people goes: how wide it may be, whether in colour, and how it is set. The only room that
//! asks the system about terminals.

mod ink;
mod table;
mod wrap;

use std::ffi::OsString;
use std::io::Write;

use console::Term;

pub use ink::Ink;
pub use table::{Cell, Column, Table};
pub use wrap::wrap;

/// Columns of text that is not for a terminal: it is read in one all the same.
const USUAL_WIDTH: usize = 80;

/// Narrower ones are treated as so wide.
const LEAST_WIDTH: usize = 30;

/// What is known of an output stream.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Screen {
    /// Columns of the terminal; none where the stream is no terminal.
    pub width: Option<usize>,
    /// Whether text may be coloured.
    pub colour: bool,
    /// Whether lines may be drawn over.
    pub redraws: bool,
}

impl Screen {
    /// A file, a pipe.
    pub const PLAIN: Screen = Screen { width: None, colour: false, redraws: false };

    /// What standard output is now.
    pub fn stdout() -> Self {
        Self::of(&Term::stdout())
    }

    /// What standard error is now.
    pub fn stderr() -> Self {
        Self::of(&Term::stderr())
    }

    fn of(term: &Term) -> Self {
        if !term.is_term() {
            return Self::PLAIN;
        }
        // There are terminals that do not know how wide they are.
        let columns = term.size_checked().map_or(USUAL_WIDTH, |(_, columns)| columns.into());
        let variable = |name: &str| std::env::var_os(name);
        Self {
            width: Some(columns.max(LEAST_WIDTH)),
            colour: colour(variable),
            redraws: redraws(variable),
        }
    }

    /// Columns a table may take.
    pub fn columns(self) -> usize {
        self.width.unwrap_or(USUAL_WIDTH)
    }

    /// Text in a colour, where that is wanted.
    pub fn paint(self, ink: Ink, text: &str) -> String {
        if self.colour { ink.paint(text) } else { text.to_owned() }
    }

    /// Prose, wrapped on a terminal and one line elsewhere; further lines are indented by `hang`.
    pub fn prose(self, text: &str, hang: usize) -> String {
        self.width.map_or_else(|| text.to_owned(), |width| wrap(text, width, hang))
    }
}

/// Wipes what was drawn on standard error's last line.
pub fn wipe_line() {
    if Screen::stderr().redraws {
        drop(std::io::stderr().write_all(b"\r\x1b[2K"));
    }
}

/// Whether a terminal may be drawn over.
fn redraws(variable: impl Fn(&str) -> Option<OsString>) -> bool {
    let known = variable("TERM").is_some_and(|term| !term.is_empty() && term != "dumb");
    known || variable("WT_SESSION").is_some() // Windows' own terminal sets no TERM
}

/// Whether a terminal is to show colours: it must know them, and the user must not have said no.
fn colour(variable: impl Fn(&str) -> Option<OsString>) -> bool {
    let said_no = variable("NO_COLOR").is_some_and(|value| !value.is_empty())
        || variable("CLICOLOR").is_some_and(|value| value == "0");
    redraws(variable) && !said_no
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Variables written `NAME=value`.
    fn under(variables: &[&str]) -> impl Fn(&str) -> Option<OsString> {
        |name| {
            let mut pairs = variables.iter().filter_map(|pair| pair.split_once('='));
            pairs.find(|(key, _)| *key == name).map(|(_, value)| value.into())
        }
    }

    #[test]
    fn colours_are_for_terminals_that_know_them_and_users_who_want_them() {
        for (variables, wanted) in [
            (&["TERM=xterm-256color"][..], true),
            (&["TERM=xterm", "NO_COLOR=", "CLICOLOR=1"], true),
            (&["WT_SESSION=1"], true),
            (&[], false),
            (&["TERM=dumb"], false),
            (&["TERM=xterm", "NO_COLOR=1"], false),
            (&["TERM=xterm", "NO_COLOR=0"], false),
            (&["TERM=xterm", "CLICOLOR=0"], false),
            (&["TERM=dumb", "CLICOLOR=1"], false),
        ] {
            assert_eq!(colour(under(variables)), wanted, "{variables:?}");
        }
    }

    #[test]
    fn bars_are_for_terminals_that_can_go_back() {
        assert!(redraws(under(&["TERM=screen", "NO_COLOR=1"])), "a bar needs no colour");
        assert!(!redraws(under(&["TERM=dumb"])));
        assert!(!redraws(under(&[])));
    }

    #[test]
    fn what_is_no_terminal_is_plain() {
        assert_eq!(Screen::PLAIN.columns(), 80);
        assert_eq!(Screen::PLAIN.paint(Ink::Bad, "error"), "error");
        let long = "word ".repeat(100);
        assert_eq!(Screen::PLAIN.prose(&long, 0), long);
        let wide = Screen { width: Some(200), ..Screen::PLAIN };
        assert_eq!(wide.columns(), 200);
        assert!(wide.prose(&long, 0).lines().count() == 3);
    }
}
