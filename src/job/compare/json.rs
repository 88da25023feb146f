//! A comparison for programs.

use serde_json::{Map, Value, json};

use super::{Comparison, Line, Of};

impl Comparison {
    /// `{"models", "split", "rows", "measure", "all": {"errors", "difference", "interval", "p"}, "targets", "horizon",
    /// "parameters", "config", "keep", "verdict"}`
    pub fn to_json(&self) -> Value {
        let figures = |line: &Line| {
            let found = &line.difference;
            json!({
                "errors": line.errors, "change": line.change(), "difference": found.mean, "interval": found.interval,
                "p": found.p, "rows": found.rows,
            })
        };
        let (mut targets, mut horizon) = (Map::new(), Vec::new());
        for line in &self.lines[1..] {
            match &line.of {
                Of::Step(step) => {
                    let mut figures = figures(line);
                    figures["step"] = json!(step);
                    horizon.push(figures);
                }
                Of::Target(name) => drop(targets.insert(name.clone(), figures(line))),
                Of::All => {}
            }
        }
        let config: Map<String, Value> = self
            .config
            .iter()
            .map(|(key, a, b)| (key.clone(), json!([value(a), value(b)])))
            .collect();
        json!({
            "models": self.names, "split": self.split, "rows": self.rows, "measure": self.measure,
            "all": figures(&self.lines[0]), "targets": targets, "horizon": horizon,
            "parameters": self.parameters, "config": config,
            "keep": self.keep.map(|k| &self.names[k]), "verdict": self.verdict,
        })
    }
}

/// A value of a config as JSON again; a key that one config has not is null.
fn value(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or(Value::Null)
}
