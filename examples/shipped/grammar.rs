//! `grammar.csv` and `grammar-mirrored.csv`: sentences of a toy language, a word and its tag per row. Some words
//! stand for three kinds, and only a later word says which; in the mirrored file it is an earlier one.

use std::fmt::Write;

use super::noise::Noise;

const SENTENCES: usize = 1_200;

/// Noun, verb and adjective in one.
const AMBIGUOUS: [&str; 10] =
    ["light", "level", "cool", "dry", "double", "warm", "calm", "open", "clean", "slow"];
const DETERMINERS: [&str; 4] = ["the", "a", "this", "every"];
const PRONOUNS: [&str; 4] = ["they", "we", "it", "you"];
const FILLERS: [&str; 4] = ["indeed", "again", "today", "perhaps"];

/// A word and its tag.
type Tagged = (String, &'static str);

/// Words with an open end: invented stems, a few of them common and most of them rare.
struct Lexicon {
    tag: &'static str,
    words: Vec<String>,
}

impl Lexicon {
    fn new(seed: u64, tag: &'static str, count: usize, endings: &[&str]) -> Self {
        let mut noise = Noise::new(seed);
        let words = (0..count).map(|_| {
            let stem = format!("{}{}", syllable(&mut noise), syllable(&mut noise));
            format!("{stem}{}", pick(&mut noise, endings))
        });
        Lexicon { tag, words: words.collect() }
    }

    /// The first words come often, the last ones hardly ever.
    fn draw(&self, noise: &mut Noise) -> Tagged {
        let place = noise.uniform();
        let place = place * place * place;
        (self.words[(place * self.words.len() as f64) as usize].clone(), self.tag)
    }
}

fn pick<'a>(noise: &mut Noise, from: &[&'a str]) -> &'a str {
    from[(noise.uniform() * from.len() as f64) as usize]
}

fn syllable(noise: &mut Noise) -> String {
    let onset = pick(noise, &["b", "d", "f", "g", "k", "l", "m", "n", "p", "r", "s", "t", "v"]);
    let vowel = pick(noise, &["a", "e", "i", "o", "u"]);
    format!("{onset}{vowel}{}", pick(noise, &["", "", "n", "r", "l"]))
}

struct Language {
    noise: Noise,
    nouns: Lexicon,
    verbs: Lexicon,
    adjectives: Lexicon,
    adverbs: Lexicon,
}

impl Language {
    fn new() -> Self {
        Language {
            noise: Noise::new(200),
            nouns: Lexicon::new(201, "NOUN", 500, &["ment", "or", ""]),
            verbs: Lexicon::new(202, "VERB", 250, &["es", "ates", ""]),
            adjectives: Lexicon::new(203, "ADJ", 150, &["ful", "ish"]),
            adverbs: Lexicon::new(204, "ADV", 150, &["ly"]),
        }
    }

    fn chance(&mut self, share: f64) -> bool {
        self.noise.uniform() < share
    }

    fn one_of(&mut self, words: &[&str], tag: &'static str) -> Tagged {
        (pick(&mut self.noise, words).to_owned(), tag)
    }

    /// `the dolful ranment`
    fn object(&mut self, words: &mut Vec<Tagged>) {
        words.push(self.one_of(&DETERMINERS, "DET"));
        if self.chance(0.3) {
            words.push(self.adjectives.draw(&mut self.noise));
        }
        words.push(self.nouns.draw(&mut self.noise));
    }

    /// `tirates`, `tirates gonely`
    fn predicate(&mut self, words: &mut Vec<Tagged>) {
        words.push(self.verbs.draw(&mut self.noise));
        if self.chance(0.4) {
            words.push(self.adverbs.draw(&mut self.noise));
        }
    }

    /// A clause that begins with an ambiguous word. What stands before it says nothing about it, and up to two
    /// words that say nothing either follow it.
    fn open_clause(&mut self, words: &mut Vec<Tagged>) {
        let kind = (self.noise.uniform() * 3.0) as usize;
        words.push(self.one_of(&AMBIGUOUS, ["VERB", "ADJ", "NOUN"][kind]));
        while words.len() < 40 && self.chance(0.3) {
            words.push(self.one_of(&FILLERS, "ADV"));
        }
        match kind {
            0 => self.object(words),
            1 => {
                words.push(self.nouns.draw(&mut self.noise));
                self.predicate(words);
            }
            _ => self.predicate(words),
        }
    }

    fn plain_clause(&mut self, words: &mut Vec<Tagged>) {
        if self.chance(0.5) {
            words.push(self.one_of(&PRONOUNS, "PRON"));
        } else {
            self.object(words);
        }
        words.push(self.verbs.draw(&mut self.noise));
        if self.chance(0.5) {
            self.object(words);
        }
    }

    fn sentence(&mut self) -> Vec<Tagged> {
        let mut words = Vec::new();
        loop {
            if self.chance(0.7) {
                self.open_clause(&mut words)
            } else {
                self.plain_clause(&mut words)
            }
            if self.chance(0.5) {
                break;
            }
            let joint = if self.chance(0.5) { (",", "PUNCT") } else { ("and", "CCONJ") };
            words.push((joint.0.to_owned(), joint.1));
        }
        words.push((".".to_owned(), "PUNCT"));
        words
    }
}

/// The sentences, and the same ones read from their ends.
pub(super) fn csvs() -> [String; 2] {
    let header = "sentence,word,tag\n";
    let (mut text, mut mirrored) = (header.to_string(), header.to_string());
    let mut language = Language::new();
    let line = |text: &mut String, number: usize, (word, tag): &Tagged| {
        let word = if word == "," { "\",\"" } else { word };
        writeln!(text, "{number},{word},{tag}").expect("writing to a String");
    };
    for number in 1..=SENTENCES {
        let words = language.sentence();
        words.iter().for_each(|word| line(&mut text, number, word));
        words.iter().rev().for_each(|word| line(&mut mirrored, number, word));
    }
    [text, mirrored]
}
