//! The few colours there are, by what they mean.

/// What a piece of text is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ink {
    /// The word "error".
    Bad,
    /// Warnings, and a verdict that is lost.
    Warning,
    /// The best epoch, and a verdict that is won.
    Good,
    /// Headers.
    Header,
    /// What may be passed over.
    Faint,
}

impl Ink {
    /// The text between the terminal's codes.
    pub(super) fn paint(self, text: &str) -> String {
        let code = match self {
            Ink::Bad => "1;31",
            Ink::Warning => "33",
            Ink::Good => "32",
            Ink::Header => "1",
            Ink::Faint => "2",
        };
        format!("\x1b[{code}m{text}\x1b[0m")
    }
}
