//! What a guard is, and how its absence shows.

/// Something in the code without which a fault would do harm.
pub struct Guard {
    /// The fault's number, where it has one, and what the guard does.
    pub name: &'static str,
    /// How it is taken out.
    pub edits: &'static [Edit],
    /// What has to fail then.
    pub caught_by: Catcher,
}

/// A place in the code.
pub struct Edit {
    /// The file, from the project's root.
    pub file: &'static str,
    /// What stands there, once in the file.
    pub there: &'static str,
    /// What stands there without the guard: instead of `there`; or, where it holds `OUT`, in any case, with `OUT` true
    /// while the guard is out and `THERE` for what stood there.
    pub gone: &'static str,
}

/// What notices.
pub enum Catcher {
    /// A test of the library.
    Lib(&'static str),
    /// A test of a file in `tests`.
    Test(&'static str, &'static str),
    /// A case of the programs, from `tests/cmd/cases`.
    Case(&'static str),
    /// A line for the shell that calls a script in `tests`, with `PROGRAM` for rnn-train.
    Shell(&'static str),
}

impl Guard {
    /// Its fault's number.
    pub fn fault(&self) -> Option<u32> {
        self.name.split(' ').next()?.parse().ok()
    }
}

impl Edit {
    /// The code in which the guard of this name can be taken out.
    pub fn applied(&self, text: &str, name: &str) -> String {
        let out = format!("crate::guard_is_out({name:?})");
        let code = if self.gone.contains("OUT") {
            self.gone.replace("THERE", self.there).replace("OUT", &out)
        } else {
            format!("if {out} {{ {} }} else {{ {} }}", self.gone, self.there)
        };
        text.replacen(self.there, &code, 1)
    }
}

impl std::fmt::Display for Catcher {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Lib(test) => write!(f, "lib {test}"),
            Self::Test(file, test) => write!(f, "{file} {test}"),
            Self::Case(case) => write!(f, "case {case}"),
            Self::Shell(line) => f.write_str(line),
        }
    }
}
