//! The steps of a case that are not programs: changes to files, locks, signals, and questions about files.

use std::fs::{self, File};

use super::case::unescape;
use super::program::{split, text};
use super::scratch::Scratch;

impl Scratch<'_> {
    /// Carries out one step; `tests/cmd/README.md` lists them.
    pub(super) fn step(&mut self, step: &str) -> Result<(), String> {
        let words = split(step)?;
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        match words[..] {
            ["fresh"] => self.fresh(),
            ["trained", name] => self.put_run(name),
            ["folder", name] => fs::create_dir_all(self.path().join(name)).map_err(text),
            ["remove", name] => {
                let path = self.path().join(name);
                if path.is_dir() { fs::remove_dir_all(path) } else { fs::remove_file(path) }
                    .map_err(text)
            }
            ["copy", from, to] => self.edit(from, to, |_| Ok(())),
            ["line", name, number, line] => self.edit_lines(name, number, Some(line), 1),
            ["insert", name, number, line] => self.edit_lines(name, number, Some(line), 0),
            ["drop", name, number] => self.edit_lines(name, number, None, 1),
            ["append", name, content] => self.edit(name, name, |bytes| {
                bytes.extend(unescape(content)?);
                Ok(())
            }),
            ["append", name, content, "times", count] => {
                let count: usize = count.parse().map_err(text)?;
                self.edit(name, name, |bytes| {
                    bytes.extend(unescape(content)?.repeat(count));
                    Ok(())
                })
            }
            ["replace", name, old, new] => self.edit(name, name, |bytes| replace(bytes, old, new)),
            ["flip", name, at] => self.edit(name, name, |bytes| {
                let at = place(at, bytes.len())?;
                bytes[at] ^= 1;
                Ok(())
            }),
            ["cut", name, at] => self.edit(name, name, |bytes| {
                bytes.truncate(place(at, bytes.len())?);
                Ok(())
            }),
            ["lock", name] => {
                let path = self.path().join(name);
                let file = File::options()
                    .write(true)
                    .create(true)
                    .truncate(false)
                    .open(path)
                    .map_err(text)?;
                file.try_lock().map_err(text)?;
                self.locks.push(file);
                Ok(())
            }
            ["signal", name, "once", file] => {
                self.signal = Some((name.to_owned(), self.path().join(file)));
                Ok(())
            }
            ["same", one, other] => {
                let read = |name| fs::read(self.path().join(name)).map_err(text);
                if read(one)? == read(other)? { Ok(()) } else { Err("the files differ".to_owned()) }
            }
            ["columns", part, "of", whole] => {
                let read = |name| fs::read_to_string(self.path().join(name)).map_err(text);
                columns_of(&read(part)?, &read(whole)?)
            }
            ["absent", name] if self.path().join(name).exists() => Err("it is there".to_owned()),
            ["present", name] if !self.path().join(name).exists() => {
                Err("it is not there".to_owned())
            }
            ["absent" | "present", _] => Ok(()),
            ["remember"] => {
                self.remembered = self.files();
                Ok(())
            }
            ["unchanged"] if self.files() != self.remembered => {
                Err("some files changed".to_owned())
            }
            ["unchanged"] => Ok(()),
            _ => Err("unknown step".to_owned()),
        }
    }

    fn edit(
        &self,
        from: &str,
        to: &str,
        change: impl FnOnce(&mut Vec<u8>) -> Result<(), String>,
    ) -> Result<(), String> {
        let mut bytes = fs::read(self.path().join(from)).map_err(text)?;
        change(&mut bytes)?;
        self.write(to, &bytes)
    }

    /// Puts `line` (escapes allowed) in the place of `count` lines from the one with this number, from 1.
    fn edit_lines(
        &self,
        name: &str,
        number: &str,
        line: Option<&str>,
        count: usize,
    ) -> Result<(), String> {
        let at =
            number.parse::<usize>().map_err(text)?.checked_sub(1).ok_or("lines count from 1")?;
        self.edit(name, name, |bytes| {
            let mut lines: Vec<Vec<u8>> =
                bytes.split_inclusive(|&b| b == b'\n').map(<[u8]>::to_vec).collect();
            if at + count > lines.len() {
                return Err(format!("there are only {} lines", lines.len()));
            }
            let new = line.map(|line| unescape(&format!("{line}\n"))).transpose()?;
            lines.splice(at..at + count, new);
            *bytes = lines.concat();
            Ok(())
        })
    }
}

/// Whether every column of the table `part` stands in `whole` with the same cells (none of them quoted).
fn columns_of(part: &str, whole: &str) -> Result<(), String> {
    let cells = |text: &str| -> Vec<Vec<String>> {
        text.lines().map(|line| line.split(',').map(str::to_owned).collect()).collect()
    };
    let (part, whole) = (cells(part), cells(whole));
    let (Some(names), Some(header)) = (part.first(), whole.first()) else {
        return Err("a table is empty".to_owned());
    };
    for (place, name) in names.iter().enumerate() {
        let other = header
            .iter()
            .position(|other| other == name)
            .ok_or_else(|| format!("{name} is not there"))?;
        let column = |table: &[Vec<String>], place: usize| -> Vec<String> {
            table.iter().filter_map(|row| row.get(place).cloned()).collect()
        };
        if column(&part, place) != column(&whole, other) {
            return Err(format!("column {name} differs"));
        }
    }
    Ok(())
}

/// Replaces a text that must be there once.
fn replace(bytes: &mut Vec<u8>, old: &str, new: &str) -> Result<(), String> {
    let content = String::from_utf8(std::mem::take(bytes)).map_err(text)?;
    if content.matches(old).count() != 1 {
        return Err(format!(
            "{old:?} stands there {} times, not once",
            content.matches(old).count()
        ));
    }
    let new = String::from_utf8(unescape(new)?).map_err(text)?;
    *bytes = content.replace(old, &new).into_bytes();
    Ok(())
}

/// A byte's place; a negative one counts from the end.
fn place(at: &str, length: usize) -> Result<usize, String> {
    let at: isize = at.parse().map_err(text)?;
    let place = if at < 0 { length.checked_add_signed(at) } else { usize::try_from(at).ok() };
    place.filter(|&place| place < length).ok_or_else(|| format!("there are only {length} bytes"))
}
