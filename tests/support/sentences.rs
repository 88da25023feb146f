//! Made-up sentences `sentence,word,level,tag` of different lengths, and configs that read their words.

use std::fmt::Write;

use serde_json::{Value, json};

use crate::common::Rng;

const STEMS: [&str; 12] =
    ["ta", "Mora", "ki", "sel", "luné", "po", "zan", "Bri", "o", "wek", "dulo", "фи"];
const ENDINGS: [(&str, &str); 5] = [("", "X"), ("ing", "V"), ("s", "N"), ("ly", "A"), ("ы", "N")];

/// So many sentences of 1 to 12 words; the tag is told by the ending, and after a V by that.
pub fn csv(seed: u64, sentences: usize) -> String {
    let mut rng = Rng(seed);
    let mut text = String::from("sentence,word,level,tag\n");
    for sentence in 0..sentences {
        let length = 1 + rng.below(12);
        let mut after_verb = false;
        for _ in 0..length {
            let stem = STEMS[rng.below(STEMS.len()).min(rng.below(STEMS.len()))];
            let (ending, tag) = ENDINGS[rng.below(ENDINGS.len())];
            let tag = if after_verb { "after" } else { tag };
            let level = rng.uniform();
            let _ = writeln!(text, "s{sentence},{stem}{ending},{level},{tag}");
            after_verb = ending == "ing";
        }
    }
    text
}

/// Configs for a file `sentences.csv` with more sequences side by side than are summed together: whole sentences with
/// all that can be read of a word, and windows of one length with embeddings alone.
pub fn cases() -> Vec<(&'static str, Value)> {
    let text = json!({
        "column": "word", "type": "text", "embedding": 6, "suffixes": [1, 2], "prefixes": [2], "case": true,
        "features": 3, "characters": {"embedding": 3, "hidden_size": 4},
    });
    let tag = json!({"column": "tag", "type": "category"});
    let category = json!({"column": "word", "type": "category", "embedding": 5, "min_count": 2});
    let split = json!({"valid": 0.2, "test": 0.1, "by": "series"});
    let data = |inputs: Value, target: Value, window: Value| {
        json!({
            "path": "sentences.csv", "series": "sentence", "inputs": inputs, "targets": [target],
            "window": window, "split": split,
        })
    };
    let training = |more: Value| {
        let training = json!({
            "epochs": 4, "batch_size": 20, "optimizer": {"type": "adam", "learning_rate": 0.01},
        });
        super::job::merged(training, &more)
    };
    vec![
        (
            "tagging, spellings, dropout on the input, class weights",
            json!({
                "data": data(json!([text, "level"]), json!("tag"), Value::Null),
                "task": {"type": "tagging"},
                "model": {
                    "topology": "bidirectional", "cell": "lstm", "hidden_size": 5, "input_dropout": 0.2,
                },
                "training": training(json!({"class_weights": "balanced"})),
            }),
        ),
        (
            "forecast of a category in windows, embeddings",
            json!({
                "data": data(json!([tag, category]), tag.clone(), json!({"length": 3})),
                "task": {"type": "forecast", "horizon": 2},
                "model": {"topology": "multi", "cell": "gru", "hidden_size": 5, "dropout": 0.2},
                "training": training(json!({"batch_size": 90})),
            }),
        ),
    ]
}
