//! What has changed between two configs, key by key.

use std::collections::BTreeMap;

use serde_json::Value;

use super::types::Config;
use super::{paths, write};

/// Every key that differs, as `(dotted key, saved value, value now)`, in the order of the keys. Values
/// are JSON; "absent" stands for a key that only one of them has. Paths are compared as absolute ones.
pub fn differences(saved: &Config, now: &Config) -> Vec<(String, String, String)> {
    let (saved, now) = (leaves(saved), leaves(now));
    let mut keys: Vec<_> = saved.keys().chain(now.keys()).collect();
    keys.sort_unstable();
    keys.dedup();
    let shown = |side: &BTreeMap<String, Value>, key: &String| {
        side.get(key).map_or("absent".to_owned(), Value::to_string)
    };
    keys.into_iter()
        .filter(|key| saved.get(*key) != now.get(*key))
        .map(|key| (key.clone(), shown(&saved, key), shown(&now, key)))
        .collect()
}

/// Everything that is no object, by its dotted key.
fn leaves(config: &Config) -> BTreeMap<String, Value> {
    let absolute = |path: &std::path::Path| paths::relative(path, std::path::Path::new("/"));
    let raw = write::config(config, Some(&absolute));
    let mut leaves = BTreeMap::new();
    collect("", serde_json::to_value(raw).unwrap_or_default(), &mut leaves);
    leaves
}

fn collect(key: &str, value: Value, leaves: &mut BTreeMap<String, Value>) {
    match value {
        Value::Object(object) => {
            for (name, value) in object {
                let key = if key.is_empty() { name } else { format!("{key}.{name}") };
                collect(&key, value, leaves);
            }
        }
        mut value => {
            write::shorten(&mut value);
            leaves.insert(key.to_owned(), value);
        }
    }
}
