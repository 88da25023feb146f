//! A key that is known, but not where it was written.

use serde_json::Value;

use super::schema::schema;

/// Keys stand no deeper.
const DEPTH: usize = 6;

/// The full names of all keys called `name`, from the schema.
pub(super) fn keys_named(name: &str) -> Vec<String> {
    let root: Value = serde_json::from_str(&schema()).unwrap_or_default();
    let mut found = Vec::new();
    collect(&root, &root, "", name, &mut found);
    found
}

fn collect(root: &Value, node: &Value, path: &str, name: &str, found: &mut Vec<String>) {
    if path.matches('.').count() >= DEPTH {
        return;
    }
    let target = node["$ref"].as_str().and_then(|to| root.pointer(to.strip_prefix('#')?));
    let choices = node["anyOf"].as_array().into_iter().flatten();
    for part in target.into_iter().chain(choices) {
        collect(root, part, path, name, found);
    }
    for (key, value) in node["properties"].as_object().into_iter().flatten() {
        let full = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
        collect(root, value, &full, name, found);
        if key == name && !found.contains(&full) {
            found.push(full);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_found_wherever_they_stand() {
        assert_eq!(keys_named("hidden_size"), ["model.hidden_size"]);
        assert_eq!(keys_named("learning_rate"), ["training.optimizer.learning_rate"]);
        assert_eq!(keys_named("length"), ["data.window.length"]);
        assert_eq!(
            keys_named("patience"),
            ["training.schedule.patience", "training.early_stopping.patience"]
        );
        assert_eq!(keys_named("hiden_size"), [""; 0]);
    }
}
